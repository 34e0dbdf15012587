//! 形式要求: how the information is to be given (art. 29(2)3).

/// How the information is to be given (art. 29(2)3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Provision {
    /// 提供方式.
    pub form: ProvisionForm,
    /// 获取途径.
    pub route: DeliveryRoute,
}

/// 提供方式: on what the information is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProvisionForm {
    /// 纸质文件.
    Paper,
    /// 电子文件.
    Electronic,
    /// 光盘等存储介质.
    Disc,
}

/// 获取途径: by which way it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeliveryRoute {
    /// 网上获取, on the tracking page.
    Online,
    /// 电子邮件.
    Email,
    /// 邮寄.
    Post,
    /// 当面领取.
    InPerson,
    /// 现场查阅、抄录.
    OnSite,
    /// 传真.
    Fax,
}

impl ProvisionForm {
    /// All forms.
    pub const ALL: [Self; 3] = [Self::Paper, Self::Electronic, Self::Disc];

    /// The identifier, as stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Paper => "paper",
            Self::Electronic => "electronic",
            Self::Disc => "disc",
        }
    }

    /// The form with this [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.code() == code)
    }

    /// What people call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Paper => "纸质文件",
            Self::Electronic => "电子文件",
            Self::Disc => "光盘等存储介质",
        }
    }
}

impl DeliveryRoute {
    /// All routes.
    pub const ALL: [Self; 6] = [
        Self::Online,
        Self::Email,
        Self::Post,
        Self::InPerson,
        Self::OnSite,
        Self::Fax,
    ];

    /// The identifier, as stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Email => "email",
            Self::Post => "post",
            Self::InPerson => "in_person",
            Self::OnSite => "on_site",
            Self::Fax => "fax",
        }
    }

    /// The route with this [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|route| route.code() == code)
    }

    /// What people call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Online => "网上查询下载",
            Self::Email => "电子邮件",
            Self::Post => "邮寄",
            Self::InPerson => "当面领取",
            Self::OnSite => "现场查阅、抄录",
            Self::Fax => "传真",
        }
    }
}
