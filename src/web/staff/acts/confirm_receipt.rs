//! 确认收到: both sides have confirmed, and the term begins (art. 31).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use chrono::NaiveDate;
use uuid::Uuid;

use super::{Desk, Doing, Head, Tried, fault_of_words, typed};
use crate::app::App;
use crate::domain::case::{Act, ActKind};
use crate::web::error::WebError;
use crate::web::form::{Choice, View};
use crate::web::page::{self, StaffFrame};
use crate::web::session::CurrentOfficer;
use crate::web::staff::case::standing::rule_in_words;
use crate::web::staff::form::DeskForm;

#[derive(Debug, Template)]
#[template(path = "staff/acts/confirm_receipt.html")]
struct ConfirmPage {
    frame: StaffFrame,
    token: String,
    head: Head,
    rule: &'static str,
    ways: Vec<Choice>,
    form: View,
}

/// How people confirm with each other.
pub(super) const WAYS: [(&str, &str); 5] = [
    ("telephone", "电话"),
    ("in_person", "当面"),
    ("email", "电子邮件"),
    ("letter", "信函"),
    ("message", "短信或者即时通信"),
];

pub(super) fn ways() -> Vec<Choice> {
    WAYS.into_iter()
        .map(|(code, label)| Choice::new(code, label))
        .collect()
}

pub(super) fn way(code: &str) -> Option<&'static str> {
    WAYS.into_iter()
        .find(|(known, _)| *known == code)
        .map(|(_, label)| label)
}

fn page(
    desk: &Desk<'_>,
    status: StatusCode,
    version: &str,
    form: View,
) -> Result<HttpResponse, WebError> {
    page::show(
        status,
        &ConfirmPage {
            frame: desk.frame()?,
            token: desk.officer.token(desk.app)?,
            head: desk.head(version),
            rule: rule_in_words(desk.view.channel.receipt_rule()),
            ways: ways(),
            form,
        },
    )
}

/// `GET /staff/cases/{id}/confirm_receipt`
///
/// # Errors
///
/// [`WebError`].
pub async fn show(
    app: Data<App>,
    officer: CurrentOfficer,
    id: Path<Uuid>,
) -> Result<HttpResponse, WebError> {
    let desk = Desk::open(&app, &officer, *id, ActKind::ConfirmReceipt).await?;
    if let Some(refusal) = desk.refusal()? {
        return Ok(refusal);
    }
    let today = app.clock.today().to_string();
    page(&desk, StatusCode::OK, "", View::filled([("on", today)]))
}

/// `POST /staff/cases/{id}/confirm_receipt`
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
    let desk = Desk::open(&app, &officer, *id, ActKind::ConfirmReceipt).await?;
    let version = form.text("version");
    let mut view = form.view();
    let on: Option<NaiveDate> = form.text("on").parse().ok();
    if on.is_none() {
        view.add_fault("on", "请填写确认之日");
    }
    let how = way(form.text("how"));
    if how.is_none() {
        view.add_fault("how", "请选择怎样确认的");
    }
    if let Some(fault) = fault_of_words(&app, form.text("words"), "补充说明", false) {
        view.add_fault("words", fault);
    }
    let (Some(on), Some(how), false) = (on, how, view.has_faults()) else {
        return page(&desk, StatusCode::UNPROCESSABLE_ENTITY, version, view);
    };
    let words = form.text("words");
    let words = if words.is_empty() {
        format!("{how}确认")
    } else {
        format!("{how}确认。{words}")
    };
    let doing = Doing::new(Act::ConfirmReceipt, on, Some(words));
    match desk
        .carry_out(version, doing, typed(&form, "补充说明"))
        .await?
    {
        Tried::Answered(response) => Ok(response),
        Tried::Stale(read) => desk.stale(read, typed(&form, "补充说明")).await,
        Tried::Wrong(words) => {
            view.add_fault("on", words);
            page(&desk, StatusCode::UNPROCESSABLE_ENTITY, version, view)
        }
    }
}
