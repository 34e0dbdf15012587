//! Who acts, and what each may do.

use uuid::Uuid;

use crate::domain::case::ActKind;

/// A duty of a member of staff; one person may hold several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// 经办人.
    Clerk,
    /// 审核人.
    Reviewer,
    /// 政府信息公开工作机构负责人.
    Head,
    /// 系统管理员.
    Admin,
    /// 安全审计员: reads the record, changes nothing.
    Auditor,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 5] = [
        Self::Clerk,
        Self::Reviewer,
        Self::Head,
        Self::Admin,
        Self::Auditor,
    ];

    /// The identifier, as stored and typed on the command line.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Clerk => "clerk",
            Self::Reviewer => "reviewer",
            Self::Head => "head",
            Self::Admin => "admin",
            Self::Auditor => "auditor",
        }
    }

    /// The role with this [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    /// What people call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Clerk => "经办人",
            Self::Reviewer => "审核人",
            Self::Head => "工作机构负责人",
            Self::Admin => "系统管理员",
            Self::Auditor => "安全审计员",
        }
    }
}

/// Who does an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// 申请人, who has shown number and query code.
    Applicant,
    /// A member of staff, with the duties held on the day.
    Officer {
        /// The account.
        id: Uuid,
        /// The duties held.
        roles: Vec<Role>,
    },
    /// The program itself, for what the law lets happen by the passing of days.
    System,
}

impl Actor {
    /// The account, where there is one.
    #[must_use]
    pub const fn officer(&self) -> Option<Uuid> {
        match self {
            Self::Officer { id, .. } => Some(*id),
            Self::Applicant | Self::System => None,
        }
    }

    /// Whether the actor holds one of these duties.
    #[must_use]
    pub fn holds(&self, any_of: &[Role]) -> bool {
        matches!(self, Self::Officer { roles, .. } if roles.iter().any(|role| any_of.contains(role)))
    }

    /// Whether the Regulation and the office's own rules let this actor do such an act at all;
    /// whether the case allows it now is [`Case::apply`](crate::domain::case::Case::apply)'s.
    #[must_use]
    pub fn may(&self, act: ActKind) -> bool {
        let is_applicants =
            matches!(act, ActKind::Correct | ActKind::RecordReasons | ActKind::Withdraw);
        (is_applicants && *self == Self::Applicant) || self.holds(act.duties())
    }
}

impl ActKind {
    /// The duties of which one is needed for it.
    #[must_use]
    pub const fn duties(self) -> &'static [Role] {
        match self {
            Self::ConfirmReceipt
            | Self::AskForCorrection
            | Self::Correct
            | Self::Lapse
            | Self::AskToExtend
            | Self::RequireReasons
            | Self::RecordReasons
            | Self::Consult
            | Self::RecordDelivery
            | Self::RecordOpinion
            | Self::RecordFeeDelivery
            | Self::Pay
            | Self::Propose
            | Self::Withdraw => &[Role::Clerk],
            Self::Assign => &[Role::Clerk, Role::Reviewer, Role::Head],
            // art. 33(2): only with the consent of the head; a fee is charged, and an answer put
            // off (art. 35), in the same way.
            Self::Extend | Self::DeclineExtension | Self::DelayAnswer | Self::ChargeFee => {
                &[Role::Head]
            }
            Self::Return | Self::Approve => &[Role::Reviewer, Role::Head],
        }
    }
}
