//! The page on which everything is seen once more before it is sent.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::paper::{AGENCY, IDENTITY, Paper};
use crate::app::App;
use crate::casework::similar;
use crate::domain::agency::Agency;
use crate::domain::applicant::ApplicantKind;
use crate::domain::application::{DeliveryRoute, Draft, Field, ProvisionForm};
use crate::domain::identity::DocumentKind;
use crate::web::Site;
use crate::web::error::{WebError, Words};
use crate::web::page::{self, Frame};
use crate::web::public::published::{self, ItemLine};
use crate::web::upload::readable_size;

/// How much of what is public already is shown.
const SHOWN: usize = 3;

#[derive(Debug, Template)]
#[template(path = "public/check.html")]
struct CheckPage<'a> {
    frame: Frame,
    token: &'a str,
    notice: Option<Words>,
    hidden: Vec<Hidden<'a>>,
    parts: Vec<Part>,
    /// What is public already and looks like it.
    published: Vec<ItemLine>,
}

/// What the page carries on to the next step.
#[derive(Debug)]
struct Hidden<'a> {
    name: &'static str,
    value: &'a str,
}

/// A part of the form.
#[derive(Debug)]
struct Part {
    number: &'static str,
    title: &'static str,
    anchor: &'static str,
    facts: Vec<Fact>,
}

/// A line of the summary.
#[derive(Debug)]
struct Fact {
    label: &'static str,
    text: String,
}

/// Shows what was typed, to be sent or changed.
///
/// # Errors
///
/// [`WebError`], if the page could not be made.
pub async fn show(
    app: &App,
    site: &Site,
    paper: &Paper,
    notice: Option<Words>,
    status: StatusCode,
) -> Result<HttpResponse, WebError> {
    let agencies = site.agencies(app).await;
    let texts = Field::TEXTS
        .into_iter()
        .map(|field| Hidden { name: field.id(), value: paper.draft.get(field) });
    let agency = Hidden { name: AGENCY, value: &paper.agency };
    let page = CheckPage {
        frame: Frame::of(&agencies, "/apply"),
        token: paper.token.as_str(),
        notice,
        hidden: texts
            .chain([agency])
            .filter(|hidden| !hidden.value.is_empty())
            .collect(),
        parts: parts(paper, &agencies),
        published: published(app, &paper.draft).await,
    };
    page::show(status, &page)
}

/// What is public already and looks like what is asked for. A search that fails keeps nobody
/// from applying.
async fn published(app: &App, draft: &Draft) -> Vec<ItemLine> {
    let text = format!("{}\n{}\n{}", draft.title, draft.reference, draft.description);
    match similar::published_like(app, &text, SHOWN).await {
        Ok(found) => found.iter().map(published::line).collect(),
        Err(error) => {
            tracing::warn!(%error, "what is public cannot be searched");
            Vec::new()
        }
    }
}

fn parts(paper: &Paper, agencies: &[Agency]) -> Vec<Part> {
    let draft = &paper.draft;
    let chosen = agencies.iter().find(|agency| agency.code == paper.agency);
    let agency = chosen
        .filter(|_| agencies.len() > 1)
        .map(|agency| Fact { label: "受理机关", text: agency.name.clone() });
    let applicant = [
        Field::Kind,
        Field::Name,
        Field::DocumentKind,
        Field::DocumentNumber,
        Field::OrganisationName,
        Field::CreditCode,
        Field::LegalRepresentative,
        Field::ContactPerson,
    ];
    let contact = [
        Field::Telephone,
        Field::Email,
        Field::Address,
        Field::Postcode,
        Field::Representative,
        Field::Assistance,
    ];
    let wanted = [Field::Title, Field::Reference, Field::Description];
    let facts = |fields: &[Field]| -> Vec<Fact> {
        let texts = fields.iter().map(|field| (field, text(draft, *field)));
        texts
            .filter(|(_, text)| !text.is_empty())
            .map(|(field, text)| Fact { label: field.label(), text })
            .collect()
    };
    let part = |number, title, anchor, facts| Part { number, title, anchor, facts };
    let chain = |parts: Vec<Vec<Fact>>| parts.into_iter().flatten().collect();
    vec![
        part(
            "一",
            "申请人",
            "part-applicant",
            chain(vec![
                agency.into_iter().collect(),
                facts(&applicant),
                files(paper, IDENTITY, "身份证明"),
                facts(&contact),
            ]),
        ),
        part(
            "二",
            "所需信息",
            "part-information",
            chain(vec![
                facts(&wanted),
                files(paper, Field::Attachments.id(), "其他附件"),
            ]),
        ),
        part("三", "提供方式和获取途径", "part-provision", facts(&[Field::Form, Field::Route])),
    ]
}

/// What a person reads for what was typed or chosen.
fn text(draft: &Draft, field: Field) -> String {
    let typed = draft.get(field).trim();
    let is_organisation = draft
        .applicant_kind()
        .is_some_and(ApplicantKind::is_organisation);
    let chosen = match field {
        Field::Kind => ApplicantKind::from_code(typed).map(ApplicantKind::label),
        // The form always sends one; of an organisation it says nothing.
        Field::DocumentKind if is_organisation => Some(""),
        Field::DocumentKind => DocumentKind::from_code(typed).map(DocumentKind::label),
        Field::Form => ProvisionForm::from_code(typed).map(ProvisionForm::label),
        Field::Route => DeliveryRoute::from_code(typed).map(DeliveryRoute::label),
        _ => None,
    };
    chosen.unwrap_or(typed).to_owned()
}

fn files(paper: &Paper, field: &str, label: &'static str) -> Vec<Fact> {
    let lines: Vec<String> = paper
        .files
        .iter()
        .filter(|file| file.field == field)
        .map(|file| format!("{}（{}）", file.name, readable_size(file.bytes)))
        .collect();
    if lines.is_empty() {
        Vec::new()
    } else {
        vec![Fact { label, text: lines.join("\n") }]
    }
}
