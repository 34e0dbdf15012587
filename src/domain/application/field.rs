//! The fields of the form, and what can be wrong with one.

/// A field of the form; its identifier names the input, the error and the link to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// 申请人类型: `natural`, or an organisation's kind.
    Kind,
    /// 姓名.
    Name,
    /// 证件类型.
    DocumentKind,
    /// 证件号码.
    DocumentNumber,
    /// 单位名称.
    OrganisationName,
    /// 统一社会信用代码.
    CreditCode,
    /// 法定代表人或者负责人.
    LegalRepresentative,
    /// 联系人.
    ContactPerson,
    /// 联系电话.
    Telephone,
    /// 电子邮箱.
    Email,
    /// 联系地址.
    Address,
    /// 邮政编码.
    Postcode,
    /// 代理人.
    Representative,
    /// 需要的帮助.
    Assistance,
    /// 所需信息名称.
    Title,
    /// 文号.
    Reference,
    /// 特征描述.
    Description,
    /// 提供方式.
    Form,
    /// 获取途径.
    Route,
    /// 身份证明 and other attachments, which the door checks.
    Attachments,
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub field: Field,
    /// What, and how to mend it; a Chinese sentence.
    pub message: String,
    /// Whether the office may take the application as it is and ask for a correction
    /// (补正, art. 30): something that art. 29(2) wants is missing or unclear.
    pub correctable: bool,
}

impl Field {
    /// Whether it holds a name, a number or an address, in which every character that can be seen
    /// counts, and none that cannot.
    #[must_use]
    pub const fn is_exact(self) -> bool {
        matches!(
            self,
            Self::Name
                | Self::DocumentNumber
                | Self::OrganisationName
                | Self::CreditCode
                | Self::LegalRepresentative
                | Self::ContactPerson
                | Self::Telephone
                | Self::Email
                | Self::Address
                | Self::Postcode
                | Self::Representative
        )
    }

    /// All fields that hold text, in the order of the form.
    pub const TEXTS: [Self; 19] = [
        Self::Kind,
        Self::Name,
        Self::DocumentKind,
        Self::DocumentNumber,
        Self::OrganisationName,
        Self::CreditCode,
        Self::LegalRepresentative,
        Self::ContactPerson,
        Self::Telephone,
        Self::Email,
        Self::Address,
        Self::Postcode,
        Self::Representative,
        Self::Assistance,
        Self::Title,
        Self::Reference,
        Self::Description,
        Self::Form,
        Self::Route,
    ];

    /// The input's name and identifier.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Name => "name",
            Self::DocumentKind => "document_kind",
            Self::DocumentNumber => "document_number",
            Self::OrganisationName => "organisation_name",
            Self::CreditCode => "credit_code",
            Self::LegalRepresentative => "legal_representative",
            Self::ContactPerson => "contact_person",
            Self::Telephone => "telephone",
            Self::Email => "email",
            Self::Address => "address",
            Self::Postcode => "postcode",
            Self::Representative => "representative",
            Self::Assistance => "assistance",
            Self::Title => "title",
            Self::Reference => "reference",
            Self::Description => "description",
            Self::Form => "form",
            Self::Route => "route",
            Self::Attachments => "attachments",
        }
    }

    /// The field's name on the form.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Kind => "申请人类型",
            Self::Name => "姓名",
            Self::DocumentKind => "证件类型",
            Self::DocumentNumber => "证件号码",
            Self::OrganisationName => "单位名称",
            Self::CreditCode => "统一社会信用代码",
            Self::LegalRepresentative => "法定代表人或者负责人",
            Self::ContactPerson => "联系人",
            Self::Telephone => "联系电话",
            Self::Email => "电子邮箱",
            Self::Address => "联系地址",
            Self::Postcode => "邮政编码",
            Self::Representative => "代理人",
            Self::Assistance => "需要的帮助",
            Self::Title => "所需信息名称",
            Self::Reference => "文号",
            Self::Description => "所需信息内容描述",
            Self::Form => "提供方式",
            Self::Route => "获取途径",
            Self::Attachments => "附件",
        }
    }
}
