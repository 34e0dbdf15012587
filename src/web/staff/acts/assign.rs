//! 分办: to one of the agency's 经办人.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use uuid::Uuid;

use super::{Desk, Doing, Head, Tried, fault_of_words, typed, words};
use crate::app::App;
use crate::domain::actor::Role;
use crate::domain::case::{Act, ActKind};
use crate::storage::officers;
use crate::web::error::WebError;
use crate::web::form::{Choice, View};
use crate::web::page::{self, StaffFrame};
use crate::web::session::CurrentOfficer;
use crate::web::staff::form::DeskForm;

#[derive(Debug, Template)]
#[template(path = "staff/acts/assign.html")]
struct AssignPage {
    frame: StaffFrame,
    token: String,
    head: Head,
    officers: Vec<Choice>,
    form: View,
}

/// The agency's 经办人 who can sign in.
async fn clerks(app: &App, officer: &CurrentOfficer) -> Result<Vec<Choice>, WebError> {
    let agency = officer.agency().id;
    let all = app
        .database
        .read(move |conn| officers::list(conn, &[agency]))
        .await?;
    let clerks = all
        .into_iter()
        .filter(|one| one.disabled_at.is_none() && one.roles.contains(&Role::Clerk));
    let choice = |one: officers::Officer| {
        let label = if one.id == officer.id() {
            format!("{}（我）", one.name)
        } else {
            one.name
        };
        Choice::new(one.id.to_string(), label)
    };
    Ok(clerks.map(choice).collect())
}

async fn page(
    desk: &Desk<'_>,
    status: StatusCode,
    version: &str,
    form: View,
) -> Result<HttpResponse, WebError> {
    page::show(
        status,
        &AssignPage {
            frame: desk.frame()?,
            token: desk.officer.token(desk.app)?,
            head: desk.head(version),
            officers: clerks(desk.app, desk.officer).await?,
            form,
        },
    )
}

/// `GET /staff/cases/{id}/assign`
///
/// # Errors
///
/// [`WebError`].
pub async fn show(
    app: Data<App>,
    officer: CurrentOfficer,
    id: Path<Uuid>,
) -> Result<HttpResponse, WebError> {
    let desk = Desk::open(&app, &officer, *id, ActKind::Assign).await?;
    if let Some(refusal) = desk.refusal()? {
        return Ok(refusal);
    }
    let now = desk
        .view
        .case
        .handler
        .map(|handler| ("to", handler.to_string()));
    page(&desk, StatusCode::OK, "", View::filled(now)).await
}

/// `POST /staff/cases/{id}/assign`
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
    let desk = Desk::open(&app, &officer, *id, ActKind::Assign).await?;
    let version = form.text("version");
    let mut view = form.view();
    let clerks = clerks(&app, &officer).await?;
    let to = clerks.iter().find(|clerk| clerk.value == form.text("to"));
    let to: Option<Uuid> = to.and_then(|clerk| clerk.value.parse().ok());
    if to.is_none() {
        view.add_fault("to", "请选择由谁经办");
    }
    if let Some(fault) = fault_of_words(&app, form.text("words"), "交办意见", false) {
        view.add_fault("words", fault);
    }
    let (Some(to), false) = (to, view.has_faults()) else {
        return page(&desk, StatusCode::UNPROCESSABLE_ENTITY, version, view).await;
    };
    let doing = Doing::new(Act::Assign { to }, app.clock.today(), words(&form));
    match desk
        .carry_out(version, doing, typed(&form, "交办意见"))
        .await?
    {
        Tried::Answered(response) => Ok(response),
        Tried::Stale(read) => desk.stale(read, typed(&form, "交办意见")).await,
        Tried::Wrong(words) => {
            view.add_fault("to", words);
            page(&desk, StatusCode::UNPROCESSABLE_ENTITY, version, view).await
        }
    }
}
