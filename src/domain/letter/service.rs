//! 送达: how a letter reached whom it is for.

use chrono::NaiveDate;
use uuid::Uuid;

/// A way by which a letter is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ServedHow {
    /// 当面送达: the day of signing for it.
    HandedOver,
    /// 邮寄: the day of posting (国办公开办函〔2016〕235号), through the postal service.
    Posted,
    /// 网上送达: on the tracking page, with notice.
    Online,
    /// 电子邮件.
    Email,
    /// 传真.
    Fax,
}

/// That a letter was served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// The day that counts for the term: of signing, of posting, of being made available.
    pub on: NaiveDate,
    /// By which way.
    pub how: ServedHow,
    /// The postal service's number, where it was posted.
    pub postal_number: Option<String>,
    /// 送达凭证, among the attachments.
    pub evidence: Option<Uuid>,
}

impl ServedHow {
    /// All ways.
    pub const ALL: [Self; 5] = [
        Self::HandedOver,
        Self::Posted,
        Self::Online,
        Self::Email,
        Self::Fax,
    ];

    /// The identifier, as stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::HandedOver => "handed_over",
            Self::Posted => "posted",
            Self::Online => "online",
            Self::Email => "email",
            Self::Fax => "fax",
        }
    }

    /// The way with this [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|how| how.code() == code)
    }

    /// What people call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::HandedOver => "当面送达",
            Self::Posted => "邮寄",
            Self::Online => "网上送达",
            Self::Email => "电子邮件",
            Self::Fax => "传真",
        }
    }
}
