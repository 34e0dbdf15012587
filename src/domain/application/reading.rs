//! Reading what was typed: an application, or everything that is wrong with it.

use chrono::NaiveDate;

use super::{
    Applicant, Application, Contact, DeliveryRoute, Draft, Fault, Field, Proof, Provision,
    ProvisionForm, Wanted,
};
use crate::domain::applicant::ApplicantKind;
use crate::domain::credit_code::CreditCode;
use crate::domain::identity::{DocumentKind, IdentityDocument};

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

impl Draft {
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
