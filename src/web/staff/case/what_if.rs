//! 试算: what the last day would be, if the term were extended or somebody asked for an opinion.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use uuid::Uuid;

use super::href;
use crate::app::App;
use crate::casework::view;
use crate::domain::case::{Handling, Supposition};
use crate::domain::deadline::{CONSULTATION, EXTENSION_AT_MOST};
use crate::web::error::WebError;
use crate::web::form::View;
use crate::web::page::{self, StaffFrame};
use crate::web::session::CurrentOfficer;
use crate::web::staff::form::DeskForm;
use crate::web::words;

#[derive(Debug, Template)]
#[template(path = "staff/what_if.html")]
struct WhatIfPage {
    frame: StaffFrame,
    href: String,
    number: String,
    due: Option<String>,
    /// What it would be, with the words of what was supposed.
    answer: Option<(String, String)>,
    provisional: bool,
    form: View,
}

/// `GET /staff/cases/{id}/what-if`
///
/// # Errors
///
/// [`WebError::NoSuchPage`], also for another agency's case.
pub async fn what_if(
    app: Data<App>,
    officer: CurrentOfficer,
    id: Path<Uuid>,
    asked: Query<BTreeMap<String, String>>,
) -> Result<HttpResponse, WebError> {
    let view = view::case_page(&app, officer.agency().id, *id).await?;
    let form = DeskForm::checked(asked.into_inner());
    let mut back = form.view();
    let found = view
        .case
        .stage
        .handling()
        .and_then(|handling| answer(&app, handling, &form, &mut back));
    let status = if back.has_faults() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    page::show(
        status,
        &WhatIfPage {
            frame: crate::web::staff::frame(&app, &officer, "")?,
            href: href(view.id),
            number: view.number.to_string(),
            due: view.due.map(words::due_day),
            provisional: found
                .as_ref()
                .is_some_and(|(_, _, provisional)| *provisional),
            answer: found.map(|(supposed, day, _)| (supposed, day)),
            form: back,
        },
    )
}

/// What was supposed in words, the day that comes of it, and whether that may still move.
fn answer(
    app: &App,
    handling: &Handling,
    form: &DeskForm,
    back: &mut View,
) -> Option<(String, String, bool)> {
    let mut days = |id: &'static str, at_most: u32| -> Option<u32> {
        let text = form.text(id);
        if text.is_empty() {
            return None;
        }
        let days = text
            .parse()
            .ok()
            .filter(|days| (1..=at_most).contains(days));
        if days.is_none() {
            back.add_fault(id, format!("请填写 1 至 {at_most} 的整数，或者留空"));
        }
        days
    };
    let supposed = Supposition {
        extended_by: days("extend", EXTENSION_AT_MOST),
        consulted_for: days("consult", CONSULTATION),
    };
    if supposed == Supposition::default() {
        return None;
    }
    let extension = supposed
        .extended_by
        .map(|days| format!("延长{days}个工作日"));
    let consultation = supposed
        .consulted_for
        .map(|days| format!("今天征求意见，第{days}个工作日收到答复"));
    let told: Vec<_> = extension.into_iter().chain(consultation).collect();
    match handling.supposing(supposed, app.clock.today(), &app.calendar) {
        Ok(due) => Some((told.join("，"), words::full_day(due.on), due.provisional)),
        Err(why) => {
            back.add_fault("extend", why.to_string());
            None
        }
    }
}
