//! An application as it was typed.

use chrono::NaiveDate;

use super::{DeliveryRoute, Fault, Field, ProvisionForm};
use crate::domain::applicant::ApplicantKind;
use crate::domain::identity::DocumentKind;

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

    /// The same without what cannot be seen, in names, numbers and addresses: zero widths and marks of
    /// direction come along when a text is copied from a page or a chat, and would make a right
    /// number wrong, or one name two.
    #[must_use]
    pub fn without_invisible(mut self) -> Self {
        for field in Field::TEXTS {
            if field.is_exact()
                && let Some(text) = self.get_mut(field)
            {
                text.retain(|c| !is_invisible(c));
            }
        }
        self
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

/// Whether a character takes no room and says nothing in a name, a number or an address.
const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}'
    )
}
