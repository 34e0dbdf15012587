//! 导出案卷: the whole file of a case for the archive room, for a reason and on record.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use uuid::Uuid;

use super::href;
use super::reveal::fault;
use crate::app::App;
use crate::casework::view::{self, CaseView};
use crate::casework::{CaseworkError, archive};
use crate::web::error::WebError;
use crate::web::form::View;
use crate::web::page::{self, StaffFrame};
use crate::web::session::CurrentOfficer;
use crate::web::staff::form::DeskForm;

#[derive(Debug, Template)]
#[template(path = "staff/archive.html")]
struct ArchivePage {
    frame: StaffFrame,
    token: String,
    href: String,
    number: String,
    form: View,
}

fn archive_page(
    app: &App,
    officer: &CurrentOfficer,
    view: &CaseView,
    status: StatusCode,
    form: View,
) -> Result<HttpResponse, WebError> {
    page::show(
        status,
        &ArchivePage {
            frame: crate::web::staff::frame(app, officer, "")?,
            token: officer.token(app)?,
            href: href(view.id),
            number: view.number.to_string(),
            form,
        },
    )
}

/// `GET /staff/cases/{id}/archive`
///
/// # Errors
///
/// [`WebError::NoSuchPage`], also for another agency's case.
pub async fn ask_for_archive(
    app: Data<App>,
    officer: CurrentOfficer,
    id: Path<Uuid>,
) -> Result<HttpResponse, WebError> {
    let view = view::case_page(&app, officer.agency().id, *id).await?;
    archive_page(&app, &officer, &view, StatusCode::OK, View::default())
}

/// `POST /staff/cases/{id}/archive.zip`: the archive.
///
/// # Errors
///
/// [`WebError::NoSuchPage`], also for another agency's case.
pub async fn archive(
    app: Data<App>,
    officer: CurrentOfficer,
    id: Path<Uuid>,
    form: DeskForm,
) -> Result<HttpResponse, WebError> {
    let agency = officer.agency().id;
    let reason = form.text("reason");
    let (status, words) = match fault(reason, "导出事由") {
        Some(words) => (StatusCode::UNPROCESSABLE_ENTITY, words),
        None => match archive::take(&app, agency, *id, &officer.actor(), reason).await {
            Ok(file) => return Ok(page::hand_out(file)),
            Err(error @ (CaseworkError::TooMuch(_) | CaseworkError::Shredded)) => {
                (StatusCode::CONFLICT, error.to_string())
            }
            Err(error) => return Err(error.into()),
        },
    };
    let view = view::case_page(&app, agency, *id).await?;
    let mut form = form.view();
    form.add_fault("reason", words);
    archive_page(&app, &officer, &view, status, form)
}
