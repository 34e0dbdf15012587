//! 申请人: who asks, in the six columns of section three.

/// The applicant's own nature, as section three's columns divide it.
///
/// It is fixed at intake and never recomputed; what counts is the applicant, not the
/// agent who files (a lawyer filing for a citizen is 自然人).
///
/// Source: 《政府信息公开工作年度报告格式》 (国办公开办函〔2021〕30号), columns of section three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ApplicantKind {
    /// 自然人.
    Natural,
    /// 商业企业.
    Business,
    /// 科研机构.
    Research,
    /// 社会公益组织.
    PublicInterest,
    /// 法律服务机构.
    LegalService,
    /// 其他（法人或其他组织）.
    Other,
}

impl ApplicantKind {
    /// All kinds, in the order of the columns.
    pub const ALL: [Self; 6] = [
        Self::Natural,
        Self::Business,
        Self::Research,
        Self::PublicInterest,
        Self::LegalService,
        Self::Other,
    ];

    /// The column's identifier, as stored and exchanged.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Natural => "natural",
            Self::Business => "business",
            Self::Research => "research",
            Self::PublicInterest => "public_interest",
            Self::LegalService => "legal_service",
            Self::Other => "other",
        }
    }

    /// The kind with this [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The column's official heading.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Natural => "自然人",
            Self::Business => "商业企业",
            Self::Research => "科研机构",
            Self::PublicInterest => "社会公益组织",
            Self::LegalService => "法律服务机构",
            Self::Other => "其他",
        }
    }

    /// Whether the applicant is 法人或其他组织.
    #[must_use]
    pub const fn is_organisation(self) -> bool {
        !matches!(self, Self::Natural)
    }
}
