//! 撤回申请: on the applicant's own word, said to the office.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use chrono::NaiveDate;
use uuid::Uuid;

use super::confirm_receipt::{way, ways};
use super::{Desk, Doing, Head, Tried, fault_of_words, typed};
use crate::app::App;
use crate::domain::case::{Act, ActKind};
use crate::web::error::WebError;
use crate::web::form::{Choice, View};
use crate::web::page::{self, StaffFrame};
use crate::web::session::CurrentOfficer;
use crate::web::staff::form::DeskForm;

#[derive(Debug, Template)]
#[template(path = "staff/acts/withdraw.html")]
struct WithdrawPage {
    frame: StaffFrame,
    token: String,
    head: Head,
    ways: Vec<Choice>,
    form: View,
}

fn page(
    desk: &Desk<'_>,
    status: StatusCode,
    version: &str,
    form: View,
) -> Result<HttpResponse, WebError> {
    page::show(
        status,
        &WithdrawPage {
            frame: desk.frame()?,
            token: desk.officer.token(desk.app)?,
            head: desk.head(version),
            ways: ways(),
            form,
        },
    )
}

/// `GET /staff/cases/{id}/withdraw`
///
/// # Errors
///
/// [`WebError`].
pub async fn show(
    app: Data<App>,
    officer: CurrentOfficer,
    id: Path<Uuid>,
) -> Result<HttpResponse, WebError> {
    let desk = Desk::open(&app, &officer, *id, ActKind::Withdraw).await?;
    if let Some(refusal) = desk.refusal()? {
        return Ok(refusal);
    }
    let today = app.clock.today().to_string();
    page(&desk, StatusCode::OK, "", View::filled([("on", today)]))
}

/// `POST /staff/cases/{id}/withdraw`
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
    let desk = Desk::open(&app, &officer, *id, ActKind::Withdraw).await?;
    let version = form.text("version");
    let mut view = form.view();
    let on: Option<NaiveDate> = form.text("on").parse().ok();
    if on.is_none() {
        view.add_fault("on", "请填写撤回之日");
    }
    let how = way(form.text("how"));
    if how.is_none() {
        view.add_fault("how", "请选择申请人怎样表示撤回");
    }
    if let Some(fault) = fault_of_words(&app, form.text("words"), "经过", true) {
        view.add_fault("words", fault);
    }
    let (Some(on), Some(how), false) = (on, how, view.has_faults()) else {
        return page(&desk, StatusCode::UNPROCESSABLE_ENTITY, version, view);
    };
    let doing =
        Doing::new(Act::Withdraw, on, Some(format!("{how}表示撤回。{}", form.text("words"))));
    match desk.carry_out(version, doing, typed(&form, "经过")).await? {
        Tried::Answered(response) => Ok(response),
        Tried::Stale(read) => desk.stale(read, typed(&form, "经过")).await,
        Tried::Wrong(words) => {
            view.add_fault("on", words);
            page(&desk, StatusCode::UNPROCESSABLE_ENTITY, version, view)
        }
    }
}
