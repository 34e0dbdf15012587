//! 办理动作: what can be done to a case.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::domain::consultation::{Opinion, Party};
use crate::domain::outcome::Disposition;

/// Something done to a case, with what the law needs to know of it.
///
/// Words that people wrote (reasons, opinions, corrections) do not stand here: they are kept
/// sealed beside the act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// 确认收到: both sides have confirmed, or the office has with a letter's sender (art. 31).
    ConfirmReceipt,
    /// 分办: hand the case to an officer.
    Assign {
        /// Who handles it from now on.
        to: Uuid,
    },
    /// 告知补正 (art. 30).
    AskForCorrection {
        /// The last day of the time that the applicant is given.
        until: NaiveDate,
        /// Whether the clerk knows that it is late or not the first, and gave a reason.
        as_exception: bool,
    },
    /// 补正: the corrected application came in (art. 30).
    Correct,
    /// 逾期不再处理: the applicant let the time for correction or payment pass.
    Lapse,
    /// 申请延期: the clerk asks the head to extend the term (art. 33(2)).
    AskToExtend {
        /// Working days.
        days: u32,
    },
    /// 延长答复期限 (art. 33(2)).
    Extend {
        /// Working days.
        days: u32,
    },
    /// 驳回延期申请: the head does not grant what was asked for.
    DeclineExtension,
    /// 要求说明理由: the applicant's applications are far too many or too frequent (art. 35).
    RequireReasons {
        /// The last day of the time that the applicant is given.
        until: NaiveDate,
    },
    /// 登记说明理由: what came of it (art. 35).
    RecordReasons {
        /// Whether the applicant gave reasons, or let the time pass.
        given: bool,
    },
    /// 延迟答复: the reasons are sound, and the answer takes longer than the term (art. 35).
    DelayAnswer {
        /// The last day for the answer, from now on.
        until: NaiveDate,
    },
    /// 征求意见 (art. 32, art. 34).
    Consult {
        /// Who is asked.
        party: Party,
    },
    /// 征求意见送达登记: the party that is asked got the letter.
    RecordDelivery {
        /// The consultation's number.
        consultation: u32,
    },
    /// 登记意见: the party that was asked answered.
    RecordOpinion {
        /// The consultation's number.
        consultation: u32,
        /// What it says.
        opinion: Opinion,
    },
    /// 收费通知 (art. 42).
    ChargeFee {
        /// What is to be paid, in whole yuan.
        yuan: u32,
    },
    /// 收费通知送达登记: the applicant got the notice.
    RecordFeeDelivery,
    /// 缴费: the applicant has paid.
    Pay,
    /// 拟办: propose a decision.
    Propose {
        /// What is to be decided.
        disposition: Disposition,
    },
    /// 退回: send the proposal back.
    Return,
    /// 批准: the decision is made, and the case closed.
    Approve,
    /// 撤回: the applicant takes the application back.
    Withdraw,
}

/// An act without its particulars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ActKind {
    /// See [`Act::ConfirmReceipt`].
    ConfirmReceipt,
    /// See [`Act::Assign`].
    Assign,
    /// See [`Act::AskForCorrection`].
    AskForCorrection,
    /// See [`Act::Correct`].
    Correct,
    /// See [`Act::Lapse`].
    Lapse,
    /// See [`Act::AskToExtend`].
    AskToExtend,
    /// See [`Act::Extend`].
    Extend,
    /// See [`Act::DeclineExtension`].
    DeclineExtension,
    /// See [`Act::RequireReasons`].
    RequireReasons,
    /// See [`Act::RecordReasons`].
    RecordReasons,
    /// See [`Act::DelayAnswer`].
    DelayAnswer,
    /// See [`Act::Consult`].
    Consult,
    /// See [`Act::RecordDelivery`].
    RecordDelivery,
    /// See [`Act::RecordOpinion`].
    RecordOpinion,
    /// See [`Act::ChargeFee`].
    ChargeFee,
    /// See [`Act::RecordFeeDelivery`].
    RecordFeeDelivery,
    /// See [`Act::Pay`].
    Pay,
    /// See [`Act::Propose`].
    Propose,
    /// See [`Act::Return`].
    Return,
    /// See [`Act::Approve`].
    Approve,
    /// See [`Act::Withdraw`].
    Withdraw,
}

impl Act {
    /// Which act it is.
    #[must_use]
    pub const fn kind(&self) -> ActKind {
        match self {
            Self::ConfirmReceipt => ActKind::ConfirmReceipt,
            Self::Assign { .. } => ActKind::Assign,
            Self::AskForCorrection { .. } => ActKind::AskForCorrection,
            Self::Correct => ActKind::Correct,
            Self::Lapse => ActKind::Lapse,
            Self::AskToExtend { .. } => ActKind::AskToExtend,
            Self::Extend { .. } => ActKind::Extend,
            Self::DeclineExtension => ActKind::DeclineExtension,
            Self::RequireReasons { .. } => ActKind::RequireReasons,
            Self::RecordReasons { .. } => ActKind::RecordReasons,
            Self::DelayAnswer { .. } => ActKind::DelayAnswer,
            Self::Consult { .. } => ActKind::Consult,
            Self::RecordDelivery { .. } => ActKind::RecordDelivery,
            Self::RecordOpinion { .. } => ActKind::RecordOpinion,
            Self::ChargeFee { .. } => ActKind::ChargeFee,
            Self::RecordFeeDelivery => ActKind::RecordFeeDelivery,
            Self::Pay => ActKind::Pay,
            Self::Propose { .. } => ActKind::Propose,
            Self::Return => ActKind::Return,
            Self::Approve => ActKind::Approve,
            Self::Withdraw => ActKind::Withdraw,
        }
    }
}

impl ActKind {
    /// Every act, in the order of a case's life.
    pub const ALL: [Self; 21] = [
        Self::ConfirmReceipt,
        Self::Assign,
        Self::AskForCorrection,
        Self::Correct,
        Self::Lapse,
        Self::AskToExtend,
        Self::Extend,
        Self::DeclineExtension,
        Self::RequireReasons,
        Self::RecordReasons,
        Self::DelayAnswer,
        Self::Consult,
        Self::RecordDelivery,
        Self::RecordOpinion,
        Self::ChargeFee,
        Self::RecordFeeDelivery,
        Self::Pay,
        Self::Propose,
        Self::Return,
        Self::Approve,
        Self::Withdraw,
    ];

    /// The identifier, as stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ConfirmReceipt => "confirm_receipt",
            Self::Assign => "assign",
            Self::AskForCorrection => "ask_for_correction",
            Self::Correct => "correct",
            Self::Lapse => "lapse",
            Self::AskToExtend => "ask_to_extend",
            Self::Extend => "extend",
            Self::DeclineExtension => "decline_extension",
            Self::RequireReasons => "reasons",
            Self::RecordReasons => "reasons-given",
            Self::DelayAnswer => "delay",
            Self::Consult => "consult",
            Self::RecordDelivery => "record_delivery",
            Self::RecordOpinion => "record_opinion",
            Self::ChargeFee => "charge_fee",
            Self::RecordFeeDelivery => "record_fee_delivery",
            Self::Pay => "pay",
            Self::Propose => "propose",
            Self::Return => "return",
            Self::Approve => "approve",
            Self::Withdraw => "withdraw",
        }
    }

    /// The act with this [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// What people call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::ConfirmReceipt => "确认收到",
            Self::Assign => "分办",
            Self::AskForCorrection => "告知补正",
            Self::Correct => "登记补正",
            Self::Lapse => "逾期不再处理",
            Self::AskToExtend => "申请延期",
            Self::Extend => "延长答复期限",
            Self::DeclineExtension => "驳回延期申请",
            Self::RequireReasons => "要求说明理由",
            Self::RecordReasons => "登记说明理由",
            Self::DelayAnswer => "确定延迟答复的期限",
            Self::Consult => "征求意见",
            Self::RecordDelivery => "登记征求意见送达",
            Self::RecordOpinion => "登记意见",
            Self::ChargeFee => "通知收费",
            Self::RecordFeeDelivery => "登记收费通知送达",
            Self::Pay => "登记缴费",
            Self::Propose => "拟办",
            Self::Return => "退回",
            Self::Approve => "批准",
            Self::Withdraw => "撤回申请",
        }
    }
}
