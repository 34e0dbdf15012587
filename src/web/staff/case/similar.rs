//! 相似的申请: earlier ones of the same applicant and those that ask for something alike, side
//! by side; for the clerk to judge.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use uuid::Uuid;

use super::{href, title};
use crate::app::App;
use crate::casework::similar::{self, Alike};
use crate::casework::view;
use crate::domain::similar::{APPLICANTS, Piece, marked};
use crate::web::error::WebError;
use crate::web::page::{self, StaffFrame};
use crate::web::session::CurrentOfficer;
use crate::web::words;

/// A case beside this one, as the page shows it.
#[derive(Debug)]
struct AlikeLine {
    href: String,
    number: String,
    title: String,
    /// What it asks for, and what this case asks for: the words common to both marked.
    theirs: Vec<Piece>,
    own: Vec<Piece>,
    applicant: String,
    day: String,
    state: String,
    likeness: usize,
    shared: String,
}

impl AlikeLine {
    fn of(other: &Alike, own: &str) -> Self {
        let ended = other.case.stage.closed();
        let state = match ended {
            Some((ending, _)) => ending.outcome().full_label(),
            None => other.case.stage.label().to_owned(),
        };
        Self {
            href: href(other.id),
            number: other.number.to_string(),
            title: other.title.clone(),
            theirs: marked(&other.description, &other.shared),
            own: marked(own, &other.shared),
            applicant: other.applicant.clone(),
            day: words::full_day(other.arrived_on),
            state,
            likeness: other.likeness,
            shared: other.shared.join("、"),
        }
    }
}

#[derive(Debug, Template)]
#[template(path = "staff/similar.html")]
struct SimilarPage {
    frame: StaffFrame,
    href: String,
    number: String,
    title: String,
    description: String,
    of_month: u32,
    of_year: u32,
    /// How many different applicants asked, where that is many.
    asked_by: Option<i32>,
    of_applicant: Vec<AlikeLine>,
    alike: Vec<AlikeLine>,
}

/// `GET /staff/cases/{id}/similar`
///
/// # Errors
///
/// [`WebError::NoSuchPage`], also for another agency's case.
pub async fn similar(
    app: Data<App>,
    officer: CurrentOfficer,
    id: Path<Uuid>,
) -> Result<HttpResponse, WebError> {
    let agency = officer.agency().id;
    let view = view::case_page(&app, agency, *id).await?;
    let beside = match view.papers {
        Some(_) => similar::beside(&app, agency, *id).await?,
        None => similar::Beside::default(),
    };
    let papers = view.papers.as_ref();
    let description = papers
        .map(|papers| papers.description.clone())
        .unwrap_or_default();
    let lines = |all: &[Alike]| {
        all.iter()
            .map(|other| AlikeLine::of(other, &description))
            .collect()
    };
    page::show(
        StatusCode::OK,
        &SimilarPage {
            frame: crate::web::staff::frame(&app, &officer, "")?,
            href: href(view.id),
            number: view.number.to_string(),
            title: title(&view),
            of_month: view.filings.of_the_month,
            of_year: view.filings.of_the_year,
            asked_by: Some(beside.asked_by).filter(|count| *count >= APPLICANTS),
            of_applicant: lines(&beside.of_applicant),
            alike: lines(&beside.alike),
            description,
        },
    )
}
