//! 对外提供文件检查: what was found in the files that are to be given out, and the answers.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use uuid::Uuid;

use crate::app::App;
use crate::casework::CaseworkError;
use crate::casework::outgoing::{FindingView, confirm};
use crate::casework::view::{self, CaseView};
use crate::documents::outgoing::LIMITS;
use crate::domain::actor::Role;
use crate::domain::case::Stage;
use crate::domain::outgoing::{Answer, FindingKind};
use crate::storage::StorageError;
use crate::storage::attachments::Purpose;
use crate::web::error::WebError;
use crate::web::form::{Choice, View};
use crate::web::page::{self, StaffFrame};
use crate::web::session::CurrentOfficer;
use crate::web::staff::case::href;
use crate::web::staff::form::DeskForm;
use crate::web::staff::see_other;

/// How the box of a finding is called in the form.
const BOX: &str = "finding.";
/// How the boxes of whole kinds are called.
const KINDS: &str = "kinds";

/// A finding as the page lists it.
#[derive(Debug)]
struct Line {
    /// The name of its box.
    field: String,
    kind: &'static str,
    place: String,
    excerpt: String,
    advice: &'static str,
    /// How it was answered; empty while it waits.
    answer: &'static str,
    reason: String,
}

/// A file and what was found in it.
#[derive(Debug)]
struct Looked {
    name: String,
    href: String,
    lines: Vec<Line>,
}

#[derive(Debug, Template)]
#[template(path = "staff/outgoing.html")]
struct OutgoingPage {
    frame: StaffFrame,
    token: String,
    href: String,
    number: String,
    files: Vec<Looked>,
    waiting: usize,
    /// The kinds of which several wait.
    kinds: Vec<Choice>,
    answers: bool,
    can_replace: bool,
    limits: &'static str,
    form: View,
}

/// How many findings of a case wait for an answer.
#[must_use]
pub fn waiting(view: &CaseView) -> usize {
    let findings = view.findings.iter();
    findings.filter(|one| one.answer.is_none()).count()
}

/// The kinds of which more than one finding waits, each with how many.
fn kinds(view: &CaseView) -> Vec<Choice> {
    let waiting = || view.findings.iter().filter(|one| one.answer.is_none());
    let count = |kind| waiting().filter(|one| one.kind == kind).count();
    FindingKind::ALL
        .into_iter()
        .filter(|kind| count(*kind) > 1)
        .map(|kind| {
            let label = format!("{}（{}项）", kind.label(), count(kind));
            Choice::new(kind.code(), label)
        })
        .collect()
}

/// The files that were put forward to be given, the latest first, each with its findings.
fn looked(view: &CaseView) -> Vec<Looked> {
    let files = view.attachments.iter().rev();
    files
        .filter(|file| file.purpose == Purpose::Reply)
        .map(|file| {
            let findings = view.findings.iter();
            let own = findings.filter(|one| one.attachment == file.id);
            Looked {
                name: file.name.clone(),
                href: format!("{}/attachments/{}", href(view.id), file.id),
                lines: own.map(line).collect(),
            }
        })
        .collect()
}

fn line(finding: &FindingView) -> Line {
    Line {
        field: format!("{BOX}{}", finding.id),
        kind: finding.kind.label(),
        place: finding.place.clone(),
        excerpt: finding.excerpt.clone(),
        advice: finding.kind.advice(),
        answer: finding.answer.map_or("", Answer::label),
        reason: finding.reason.clone().unwrap_or_default(),
    }
}

fn outgoing_page(
    app: &App,
    officer: &CurrentOfficer,
    view: &CaseView,
    status: StatusCode,
    form: View,
) -> Result<HttpResponse, WebError> {
    let waiting = waiting(view);
    let is_clerk = officer.actor().holds(&[Role::Clerk]);
    page::show(
        status,
        &OutgoingPage {
            frame: super::frame(app, officer, "")?,
            token: officer.token(app)?,
            href: href(view.id),
            number: view.number.to_string(),
            files: looked(view),
            waiting,
            kinds: kinds(view),
            answers: is_clerk && waiting > 0,
            can_replace: is_clerk && matches!(view.case.stage, Stage::Handling(_)),
            limits: LIMITS,
            form,
        },
    )
}

/// `GET /staff/cases/{id}/outgoing`
///
/// # Errors
///
/// [`WebError::NoSuchPage`], also for another agency's case.
pub async fn show(
    app: Data<App>,
    officer: CurrentOfficer,
    id: Path<Uuid>,
) -> Result<HttpResponse, WebError> {
    let view = view::case_page(&app, officer.agency().id, *id).await?;
    outgoing_page(&app, &officer, &view, StatusCode::OK, View::default())
}

/// `POST /staff/cases/{id}/outgoing`: a clerk confirms that what was found may leave.
///
/// # Errors
///
/// [`WebError::NoSuchPage`], also for another agency's case.
pub async fn submit(
    app: Data<App>,
    officer: CurrentOfficer,
    id: Path<Uuid>,
    form: DeskForm,
) -> Result<HttpResponse, WebError> {
    let agency = officer.agency().id;
    let view = view::case_page(&app, agency, *id).await?;
    let waiting = view.findings.iter().filter(|one| one.answer.is_none());
    let chosen: Vec<Uuid> = waiting
        .filter(|one| {
            form.is_ticked(&format!("{BOX}{}", one.id))
                || form.is_ticked(&format!("{KINDS}.{}", one.kind.code()))
        })
        .map(|one| one.id)
        .collect();
    let reason = form.text("reason");
    let mut back = form.view();
    if chosen.is_empty() {
        back.add_fault("findings", "请勾选要确认的检查发现，可以逐项勾选，也可以按类勾选");
    }
    let (length, at_most) = (reason.chars().count(), app.settings.limits.reason_chars);
    if length < 2 {
        back.add_fault("reason", "请填写可以对外提供的理由");
    } else if length > at_most {
        back.add_fault("reason", format!("理由不能超过{at_most}字，现有{length}字"));
    }
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    if !back.has_faults() {
        match confirm(&app, agency, *id, &officer.actor(), chosen, reason).await {
            Ok(()) => return Ok(see_other(&format!("{}/outgoing", href(*id)))),
            Err(CaseworkError::Storage(StorageError::Conflict)) => {
                status = StatusCode::CONFLICT;
                back.add_fault("findings", "其中有的刚刚由他人处理，请核对后重新勾选");
            }
            Err(error) => return Err(error.into()),
        }
    }
    let view = view::case_page(&app, agency, *id).await?;
    outgoing_page(&app, &officer, &view, status, back)
}
