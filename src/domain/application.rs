//! 申请: what is asked, by whom and how it is to be given; parsed, or every fault at once.

use chrono::NaiveDate;

use crate::domain::applicant::ApplicantKind;
use crate::domain::credit_code::CreditCode;
use crate::domain::identity::{DocumentKind, IdentityDocument};

/// An application that has everything art. 29(2) asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// Who asks.
    pub applicant: Applicant,
    /// What is asked for.
    pub wanted: Wanted,
    /// How it is to be given.
    pub provision: Provision,
}

/// 申请人, with what proves and reaches them (art. 29(2)1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applicant {
    /// The column of section three.
    pub kind: ApplicantKind,
    /// 姓名或者名称.
    pub name: String,
    /// 身份证明.
    pub proof: Proof,
    /// 联系方式.
    pub contact: Contact,
    /// 代理人, who files for the applicant.
    pub representative: Option<String>,
    /// 必要的帮助 for people with difficulty in reading, sight or hearing (art. 43).
    pub assistance: Option<String>,
}

/// What proves who the applicant is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// A natural person's paper.
    Person(IdentityDocument),
    /// An organisation's number and people.
    Organisation {
        /// 统一社会信用代码.
        credit_code: CreditCode,
        /// 法定代表人或者负责人.
        legal_representative: String,
        /// 联系人.
        contact_person: String,
    },
}

/// 联系方式.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// 联系电话.
    pub telephone: String,
    /// 电子邮箱, without which nothing can be mailed.
    pub email: Option<String>,
    /// 联系地址.
    pub address: String,
    /// 邮政编码.
    pub postcode: Option<String>,
}

/// What information is wanted (art. 29(2)2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// 名称.
    pub title: String,
    /// 文号.
    pub reference: Option<String>,
    /// 其他特征性描述.
    pub description: String,
}

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

/// An application as it was typed: every field as raw text, nothing lost.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of `Field`, one for one")]
pub struct Draft {
    pub kind: String,
    pub name: String,
    pub document_kind: String,
    pub document_number: String,
    pub organisation_name: String,
    pub credit_code: String,
    pub legal_representative: String,
    pub contact_person: String,
    pub telephone: String,
    pub email: String,
    pub address: String,
    pub postcode: String,
    pub representative: String,
    pub assistance: String,
    pub title: String,
    pub reference: String,
    pub description: String,
    pub form: String,
    pub route: String,
}

/// The longest texts, in characters.
mod at_most {
    pub const NAME: usize = 60;
    pub const ORGANISATION: usize = 120;
    pub const ADDRESS: usize = 200;
    pub const TITLE: usize = 200;
    pub const REFERENCE: usize = 100;
    pub const DESCRIPTION: usize = 5000;
    pub const ASSISTANCE: usize = 500;
    pub const EMAIL: usize = 254;
}

impl Field {
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

impl Draft {
    /// The text of a field; nothing for [`Field::Attachments`].
    #[must_use]
    pub fn get(&self, field: Field) -> &str {
        match field {
            Field::Kind => &self.kind,
            Field::Name => &self.name,
            Field::DocumentKind => &self.document_kind,
            Field::DocumentNumber => &self.document_number,
            Field::OrganisationName => &self.organisation_name,
            Field::CreditCode => &self.credit_code,
            Field::LegalRepresentative => &self.legal_representative,
            Field::ContactPerson => &self.contact_person,
            Field::Telephone => &self.telephone,
            Field::Email => &self.email,
            Field::Address => &self.address,
            Field::Postcode => &self.postcode,
            Field::Representative => &self.representative,
            Field::Assistance => &self.assistance,
            Field::Title => &self.title,
            Field::Reference => &self.reference,
            Field::Description => &self.description,
            Field::Form => &self.form,
            Field::Route => &self.route,
            Field::Attachments => "",
        }
    }

    /// The text of a field as people read it: what was chosen by its label, without blanks
    /// around it.
    #[must_use]
    pub fn shown(&self, field: Field) -> &str {
        let text = self.get(field).trim();
        let label = match field {
            Field::Kind => self.applicant_kind().map(ApplicantKind::label),
            Field::DocumentKind => DocumentKind::from_code(text).map(DocumentKind::label),
            Field::Form => ProvisionForm::from_code(text).map(ProvisionForm::label),
            Field::Route => DeliveryRoute::from_code(text).map(DeliveryRoute::label),
            _ => None,
        };
        label.unwrap_or(text)
    }

    /// Where the text of a field is kept; nowhere for [`Field::Attachments`].
    pub const fn get_mut(&mut self, field: Field) -> Option<&mut String> {
        Some(match field {
            Field::Kind => &mut self.kind,
            Field::Name => &mut self.name,
            Field::DocumentKind => &mut self.document_kind,
            Field::DocumentNumber => &mut self.document_number,
            Field::OrganisationName => &mut self.organisation_name,
            Field::CreditCode => &mut self.credit_code,
            Field::LegalRepresentative => &mut self.legal_representative,
            Field::ContactPerson => &mut self.contact_person,
            Field::Telephone => &mut self.telephone,
            Field::Email => &mut self.email,
            Field::Address => &mut self.address,
            Field::Postcode => &mut self.postcode,
            Field::Representative => &mut self.representative,
            Field::Assistance => &mut self.assistance,
            Field::Title => &mut self.title,
            Field::Reference => &mut self.reference,
            Field::Description => &mut self.description,
            Field::Form => &mut self.form,
            Field::Route => &mut self.route,
            Field::Attachments => return None,
        })
    }

    /// The application that was typed, or everything that is wrong with it.
    ///
    /// `today` is needed for birth dates that lie ahead.
    ///
    /// # Errors
    ///
    /// Every [`Fault`], in the order of the form; never an empty list.
    ///
    /// Source: 《政府信息公开条例》 art. 29(2).
    pub fn parse(&self, today: NaiveDate) -> Result<Application, Vec<Fault>> {
        let mut reader = Reader { draft: self, faults: Vec::new() };
        let applicant = reader.applicant(today);
        let wanted = reader.wanted();
        let provision = reader.provision();
        match (applicant, wanted, provision) {
            (Some(applicant), Some(wanted), Some(provision)) if reader.faults.is_empty() => {
                Ok(Application { applicant, wanted, provision })
            }
            _ => {
                reader.faults.sort_by_key(|fault| fault.field);
                Err(reader.faults)
            }
        }
    }
}

impl Draft {
    /// What is wrong with an application that came on paper and is written down as it stands:
    /// the clerk is told everything, and may take over what is only [`correctable`].
    ///
    /// [`correctable`]: Fault::correctable
    #[must_use]
    pub fn faults(&self, today: NaiveDate) -> Vec<Fault> {
        self.parse(today).err().unwrap_or_default()
    }

    /// The column of section three, once it is chosen.
    #[must_use]
    pub fn applicant_kind(&self) -> Option<ApplicantKind> {
        ApplicantKind::from_code(self.kind.trim())
    }

    /// The applicant's name, of whichever sort.
    #[must_use]
    pub fn applicant_name(&self) -> &str {
        let organisation = self
            .applicant_kind()
            .is_some_and(ApplicantKind::is_organisation);
        if organisation {
            self.organisation_name.trim()
        } else {
            self.name.trim()
        }
    }
}

/// Reads fields and gathers what is wrong with them.
struct Reader<'a> {
    draft: &'a Draft,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    /// Something that an applicant can be asked to correct (art. 30), unless nobody would know
    /// then who asks or what for.
    fn fault(&mut self, field: Field, message: impl Into<String>) {
        let correctable =
            !matches!(field, Field::Kind | Field::Name | Field::OrganisationName | Field::Title);
        self.faults
            .push(Fault { field, message: message.into(), correctable });
    }

    /// Something that cannot be kept as it is, whoever wrote it.
    fn unfit(&mut self, field: Field, message: impl Into<String>) {
        self.faults
            .push(Fault { field, message: message.into(), correctable: false });
    }

    /// A text that may be empty, without blanks around it.
    fn optional(&mut self, field: Field, at_most: usize) -> Option<String> {
        let text = self.draft.get(field).trim();
        let length = text.chars().count();
        if length > at_most {
            let label = field.label();
            self.unfit(field, format!("{label}不能超过{at_most}字，现有{length}字"));
            return None;
        }
        if text.chars().any(is_forbidden) {
            self.unfit(field, format!("{}含有无法识别的控制字符，请删除后重新填写", field.label()));
            return None;
        }
        (!text.is_empty()).then(|| text.to_owned())
    }

    fn required(&mut self, field: Field, at_most: usize) -> Option<String> {
        let before = self.faults.len();
        let text = self.optional(field, at_most);
        if text.is_none() && self.faults.len() == before {
            self.fault(field, format!("请填写{}", field.label()));
        }
        text
    }

    fn chosen<T>(&mut self, field: Field, from_code: impl Fn(&str) -> Option<T>) -> Option<T> {
        let found = from_code(self.draft.get(field).trim());
        if found.is_none() {
            self.fault(field, format!("请选择{}", field.label()));
        }
        found
    }

    /// What belongs to the other sort of applicant must be empty: two sorts at once are a slip
    /// that we cannot resolve for the applicant.
    fn must_be_empty(&mut self, fields: &[Field], why: &str) {
        for field in fields {
            if !self.draft.get(*field).trim().is_empty() {
                self.unfit(
                    *field,
                    format!("{why}，请不要填写{}，或者改选申请人类型", field.label()),
                );
            }
        }
    }

    fn applicant(&mut self, today: NaiveDate) -> Option<Applicant> {
        let kind = self.chosen(Field::Kind, ApplicantKind::from_code);
        let who = match kind {
            Some(kind) if kind.is_organisation() => self.organisation(),
            Some(_) => self.person(today),
            None => None,
        };
        let contact = self.contact();
        let before = self.faults.len();
        let representative = self.optional(Field::Representative, at_most::NAME);
        let assistance = self.optional(Field::Assistance, at_most::ASSISTANCE);
        let (kind, (name, proof), contact) = (kind?, who?, contact?);
        (self.faults.len() == before).then_some(Applicant {
            kind,
            name,
            proof,
            contact,
            representative,
            assistance,
        })
    }

    fn person(&mut self, today: NaiveDate) -> Option<(String, Proof)> {
        self.must_be_empty(
            &[
                Field::OrganisationName,
                Field::CreditCode,
                Field::LegalRepresentative,
                Field::ContactPerson,
            ],
            "申请人为自然人",
        );
        let name = self.required(Field::Name, at_most::NAME);
        let kind = self.chosen(Field::DocumentKind, DocumentKind::from_code);
        let number = self.draft.get(Field::DocumentNumber);
        let document = match kind.map(|kind| IdentityDocument::parse(kind, number, today)) {
            Some(Ok(document)) => Some(document),
            Some(Err(invalid)) => {
                self.fault(Field::DocumentNumber, invalid.to_string());
                None
            }
            None => None,
        };
        Some((name?, Proof::Person(document?)))
    }

    fn organisation(&mut self) -> Option<(String, Proof)> {
        self.must_be_empty(&[Field::Name, Field::DocumentNumber], "申请人为法人或者其他组织");
        let name = self.required(Field::OrganisationName, at_most::ORGANISATION);
        let credit_code = match CreditCode::parse(self.draft.get(Field::CreditCode)) {
            Ok(code) => Some(code),
            Err(invalid) => {
                self.fault(Field::CreditCode, invalid.to_string());
                None
            }
        };
        let legal_representative = self.required(Field::LegalRepresentative, at_most::NAME);
        let contact_person = self.required(Field::ContactPerson, at_most::NAME);
        let proof = Proof::Organisation {
            credit_code: credit_code?,
            legal_representative: legal_representative?,
            contact_person: contact_person?,
        };
        Some((name?, proof))
    }

    fn contact(&mut self) -> Option<Contact> {
        let telephone = self.required(Field::Telephone, 40);
        if telephone
            .as_deref()
            .is_some_and(|telephone| !is_telephone(telephone))
        {
            self.fault(Field::Telephone, "联系电话格式不正确，例如：13800000000 或 0377-60000000");
        }
        let email = self.optional(Field::Email, at_most::EMAIL);
        if email.as_deref().is_some_and(|email| !is_email(email)) {
            self.fault(Field::Email, "电子邮箱格式不正确，例如：name@example.com");
        }
        let address = self.required(Field::Address, at_most::ADDRESS);
        let postcode = self.optional(Field::Postcode, 40);
        if postcode
            .as_deref()
            .is_some_and(|code| code.len() != 6 || !code.chars().all(|c| c.is_ascii_digit()))
        {
            self.fault(Field::Postcode, "邮政编码应为6位数字");
        }
        Some(Contact { telephone: telephone?, email, address: address?, postcode })
    }

    fn wanted(&mut self) -> Option<Wanted> {
        let title = self.required(Field::Title, at_most::TITLE);
        let reference = self.optional(Field::Reference, at_most::REFERENCE);
        let description = self.required(Field::Description, at_most::DESCRIPTION);
        Some(Wanted { title: title?, reference, description: description? })
    }

    fn provision(&mut self) -> Option<Provision> {
        let form = self.chosen(Field::Form, ProvisionForm::from_code);
        let route = self.chosen(Field::Route, DeliveryRoute::from_code);
        let no_email = self.draft.get(Field::Email).trim().is_empty();
        if route == Some(DeliveryRoute::Email) && no_email {
            self.fault(Field::Email, "您选择以电子邮件获取信息，请填写电子邮箱");
        }
        Some(Provision { form: form?, route: route? })
    }
}

/// Characters that have no place in a text of a form: controls other than line breaks and tabs,
/// and the marks that turn the direction of writing, with which a name can be made to look like
/// another.
fn is_forbidden(c: char) -> bool {
    let line = matches!(c, '\n' | '\r' | '\t');
    (c.is_control() && !line)
        || matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// Digits in any usual grouping, with at least seven of them.
fn is_telephone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let usual = |c: char| {
        c.is_ascii_digit()
            || matches!(c, '+' | '-' | ' ' | '(' | ')' | '（' | '）' | '转' | ',' | '/')
    };
    (7..=20).contains(&digits) && text.chars().all(usual)
}

/// One address, of a shape that a mail server can take; what it means is the server's to know.
fn is_email(text: &str) -> bool {
    let Some((local, host)) = text.rsplit_once('@') else {
        return false;
    };
    let plain = |c: char| {
        c.is_ascii_graphic() && !matches!(c, ',' | ';' | '<' | '>' | '"' | '(' | ')' | '\\')
    };
    let labels = host.split('.').collect::<Vec<_>>();
    let is_label = |label: &&str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    !local.is_empty()
        && local.chars().count() <= 64
        && local.chars().all(plain)
        && !local.contains('@')
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && labels.len() > 1
        && labels.iter().all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(crate) fn a_citizens_draft() -> Draft {
        let text = str::to_owned;
        Draft {
            kind: text("natural"),
            name: text("张三丰"),
            document_kind: text("resident_card"),
            document_number: text("11010519491231002X"),
            telephone: text("13800000000"),
            address: text("西峡县白羽路103号"),
            title: text("2025年道路维修预算"),
            description: text("莲花街道2025年度道路维修项目的预算批复文件"),
            form: text("electronic"),
            route: text("online"),
            ..Draft::default()
        }
    }

    fn a_firms_draft() -> Draft {
        let text = str::to_owned;
        Draft {
            kind: text("business"),
            name: String::new(),
            document_kind: text("resident_card"),
            document_number: String::new(),
            organisation_name: text("西峡县某某有限公司"),
            credit_code: text("91350100M000100Y43"),
            legal_representative: text("李四"),
            contact_person: text("王五"),
            ..a_citizens_draft()
        }
    }

    fn faults(draft: &Draft) -> Vec<Field> {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        draft.parse(today).map_or_else(
            |faults| faults.into_iter().map(|fault| fault.field).collect(),
            |_| Vec::new(),
        )
    }

    #[test]
    fn what_article_29_asks_for_is_enough() {
        assert_eq!(faults(&a_citizens_draft()), []);
        assert_eq!(faults(&a_firms_draft()), []);
    }

    #[test]
    fn everything_that_is_missing_is_told_at_once() {
        assert_eq!(
            faults(&Draft { kind: "natural".to_owned(), ..Draft::default() }),
            [
                Field::Name,
                Field::DocumentKind,
                Field::Telephone,
                Field::Address,
                Field::Title,
                Field::Description,
                Field::Form,
                Field::Route,
            ]
        );
    }

    #[test]
    fn two_sorts_of_applicant_at_once_are_not_guessed_apart() {
        let mixed = Draft { organisation_name: "某公司".to_owned(), ..a_citizens_draft() };
        assert_eq!(faults(&mixed), [Field::OrganisationName]);
        let mixed = Draft { name: "张三".to_owned(), ..a_firms_draft() };
        assert_eq!(faults(&mixed), [Field::Name]);
    }

    #[test]
    fn any_name_that_people_bear_is_taken_as_it_is() {
        let long = "阿卜杜热西提·买买提·𠮷".repeat(5);
        assert_eq!(long.chars().count(), 60);
        assert_eq!(faults(&Draft { name: long, ..a_citizens_draft() }), []);
        let longer = "名".repeat(61);
        assert_eq!(faults(&Draft { name: longer, ..a_citizens_draft() }), [Field::Name]);
    }

    #[test]
    fn controls_and_marks_of_direction_are_refused() {
        for bad in ["张\0三", "张\u{202E}三", "张\u{7}三"] {
            let draft = Draft { name: bad.to_owned(), ..a_citizens_draft() };
            assert_eq!(faults(&draft), [Field::Name], "{bad:?}");
        }
    }

    #[test]
    fn an_answer_by_mail_needs_an_address() {
        let draft = Draft { route: "email".to_owned(), ..a_citizens_draft() };
        assert_eq!(faults(&draft), [Field::Email]);
    }

    #[test]
    fn a_letter_without_its_senders_papers_can_be_taken_and_corrected() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let letter = Draft {
            document_number: String::new(),
            description: String::new(),
            route: String::new(),
            ..a_citizens_draft()
        };
        assert!(letter.faults(today).iter().all(|fault| fault.correctable));
        for nameless in [
            Draft { name: " ".to_owned(), ..a_citizens_draft() },
            Draft { title: String::new(), ..a_citizens_draft() },
            Draft { description: "长".repeat(5001), ..a_citizens_draft() },
        ] {
            assert!(
                nameless
                    .faults(today)
                    .iter()
                    .any(|fault| !fault.correctable)
            );
        }
    }

    #[test]
    fn addresses_that_a_mail_server_would_choke_on_are_refused() {
        for bad in [
            "a",
            "a@b",
            "a@b..cn",
            "a b@c.cn",
            "a@c.cn\r\nBcc: d@e.cn",
            "<a@b.cn>",
            "a,b@c.cn",
            "@c.cn",
        ] {
            let draft = Draft { email: bad.to_owned(), ..a_citizens_draft() };
            assert_eq!(faults(&draft), [Field::Email], "{bad:?}");
        }
        let draft = Draft { email: "xixialhb@126.com".to_owned(), ..a_citizens_draft() };
        assert_eq!(faults(&draft), []);
    }
}
