//! 退回: the draft goes back to who wrote it, with words.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use uuid::Uuid;

use super::{Desk, Doing, Head, Tried, fault_of_words, typed, words};
use crate::app::App;
use crate::domain::case::{Act, ActKind};
use crate::web::error::WebError;
use crate::web::form::View;
use crate::web::page::{self, StaffFrame};
use crate::web::session::CurrentOfficer;
use crate::web::staff::case::parts::{self, DraftView};
use crate::web::staff::form::DeskForm;

#[derive(Debug, Template)]
#[template(path = "staff/acts/return.html")]
struct ReturnPage {
    frame: StaffFrame,
    token: String,
    head: Head,
    draft: DraftView,
    form: View,
}

fn page(
    desk: &Desk<'_>,
    status: StatusCode,
    version: &str,
    form: View,
) -> Result<HttpResponse, WebError> {
    let (_, draft) = parts::draft(&desk.view).ok_or(WebError::NoSuchPage)?;
    page::show(
        status,
        &ReturnPage {
            frame: desk.frame()?,
            token: desk.officer.token(desk.app)?,
            head: desk.head(version),
            draft,
            form,
        },
    )
}

/// `GET /staff/cases/{id}/return`
///
/// # Errors
///
/// [`WebError`].
pub async fn show(
    app: Data<App>,
    officer: CurrentOfficer,
    id: Path<Uuid>,
) -> Result<HttpResponse, WebError> {
    let desk = Desk::open(&app, &officer, *id, ActKind::Return).await?;
    match desk.refusal()? {
        Some(refusal) => Ok(refusal),
        None => page(&desk, StatusCode::OK, "", View::default()),
    }
}

/// `POST /staff/cases/{id}/return`
///
/// # Errors
///
/// [`WebError`].
pub async fn submit(
    app: Data<App>,
    officer: CurrentOfficer,
    id: Path<Uuid>,
    form: DeskForm,
) -> Result<HttpResponse, WebError> {
    let desk = Desk::open(&app, &officer, *id, ActKind::Return).await?;
    let version = form.text("version");
    let mut view = form.view();
    let fault = fault_of_words(&app, form.text("words"), "退回意见", true);
    if let (Some(fault), None) = (fault, desk.refusal()?) {
        view.add_fault("words", fault);
        return page(&desk, StatusCode::UNPROCESSABLE_ENTITY, version, view);
    }
    let doing = Doing::new(Act::Return, app.clock.today(), words(&form));
    match desk
        .carry_out(version, doing, typed(&form, "退回意见"))
        .await?
    {
        Tried::Answered(response) => Ok(response),
        Tried::Stale(read) => desk.stale(read, typed(&form, "退回意见")).await,
        Tried::Wrong(words) => {
            view.add_fault("words", words);
            page(&desk, StatusCode::UNPROCESSABLE_ENTITY, version, view)
        }
    }
}
