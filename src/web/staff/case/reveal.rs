//! 查看完整信息: for a reason, and on record before anything is shown.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use uuid::Uuid;

use super::parts::{self, FileLine};
use super::{Revealed, case_page, href};
use crate::app::App;
use crate::casework::reveal;
use crate::casework::view::{self, CaseView};
use crate::web::error::WebError;
use crate::web::form::View;
use crate::web::page::{self, StaffFrame};
use crate::web::session::CurrentOfficer;
use crate::web::staff::form::DeskForm;

/// The longest reason, in characters.
const REASON_AT_MOST: usize = 200;

#[derive(Debug, Template)]
#[template(path = "staff/attachment.html")]
struct AttachmentPage {
    frame: StaffFrame,
    token: String,
    href: String,
    number: String,
    file: FileLine,
    form: View,
}

/// What is wrong with a reason, if anything; `label` is what the form calls it.
pub(super) fn fault(reason: &str, label: &str) -> Option<String> {
    let length = reason.chars().count();
    if length < 2 {
        Some(format!("请填写{label}"))
    } else if length > REASON_AT_MOST {
        Some(format!("{label}不能超过{REASON_AT_MOST}字"))
    } else {
        None
    }
}

/// `POST /staff/cases/{id}/reveal`: the page with everything, this once.
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
    let reason = form.text("reason");
    if let Some(words) = fault(reason, "查看事由") {
        let view = view::case_page(&app, agency, *id).await?;
        let mut form = form.view();
        form.add_fault("reason", words);
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return case_page(&app, &officer, &view, status, form, None, None);
    }
    let papers = reveal::reveal(&app, agency, *id, &officer.actor(), reason).await?;
    let view = view::case_page(&app, agency, *id).await?;
    let revealed = Revealed { reason: reason.to_owned(), facts: parts::applicant(&papers) };
    case_page(&app, &officer, &view, StatusCode::OK, View::default(), None, Some(revealed))
}

fn attachment_page(
    app: &App,
    officer: &CurrentOfficer,
    view: &CaseView,
    attachment: Uuid,
    status: StatusCode,
    form: View,
) -> Result<HttpResponse, WebError> {
    let file = parts::files(view, Some(&[attachment])).pop();
    page::show(
        status,
        &AttachmentPage {
            frame: crate::web::staff::frame(app, officer, "")?,
            token: officer.token(app)?,
            href: href(view.id),
            number: view.number.to_string(),
            file: file.ok_or(WebError::NoSuchPage)?,
            form,
        },
    )
}

/// `GET /staff/cases/{id}/attachments/{attachment}`
///
/// # Errors
///
/// [`WebError::NoSuchPage`], also for another agency's case.
pub async fn ask_for_attachment(
    app: Data<App>,
    officer: CurrentOfficer,
    ids: Path<(Uuid, Uuid)>,
) -> Result<HttpResponse, WebError> {
    let (case, attachment) = *ids;
    let view = view::case_page(&app, officer.agency().id, case).await?;
    // Who works on the case looks at the office's own letters all day; the reason is on record all
    // the same, and can be written anew.
    let is_own_letter = view
        .letters
        .iter()
        .any(|letter| [letter.pdf, letter.docx].contains(&attachment));
    let form = if is_own_letter && view.case.handler == Some(officer.id()) {
        View::filled([("reason", "查看本机关文书")])
    } else {
        View::default()
    };
    attachment_page(&app, &officer, &view, attachment, StatusCode::OK, form)
}

/// `POST /staff/cases/{id}/attachments/{attachment}`: the file.
///
/// # Errors
///
/// [`WebError::NoSuchPage`], also for another agency's case.
pub async fn attachment(
    app: Data<App>,
    officer: CurrentOfficer,
    ids: Path<(Uuid, Uuid)>,
    form: DeskForm,
) -> Result<HttpResponse, WebError> {
    let (case, attachment) = *ids;
    let agency = officer.agency().id;
    let reason = form.text("reason");
    if let Some(words) = fault(reason, "下载事由") {
        let view = view::case_page(&app, agency, case).await?;
        let mut form = form.view();
        form.add_fault("reason", words);
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return attachment_page(&app, &officer, &view, attachment, status, form);
    }
    let by = officer.actor();
    let file = reveal::attachment(&app, agency, case, attachment, &by, reason).await?;
    Ok(page::hand_out(file))
}
