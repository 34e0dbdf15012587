//! 已公开信息: what the office makes known to everybody, and how often it was found.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use crate::app::App;
use crate::casework::publish::{self, NewItem};
use crate::casework::{CaseworkError, view};
use crate::storage::items::{self, Whose};
use crate::web::error::WebError;
use crate::web::form::View;
use crate::web::page::{self, StaffFrame};
use crate::web::public::published::{self, ItemLine};
use crate::web::session::CurrentOfficer;
use crate::web::staff::case::title;
use crate::web::staff::form::DeskForm;
use crate::web::staff::see_other;

/// Where it stands.
pub const HERE: &str = "/staff/published";
/// How long a title may be, in characters.
const TITLE: usize = 200;
/// How long a summary or place may be.
const TEXT: usize = 2000;

/// An item as the office sees it.
#[derive(Debug)]
struct OwnLine {
    id: Uuid,
    line: ItemLine,
    found: i32,
    is_withdrawn: bool,
}

#[derive(Debug, Template)]
#[template(path = "staff/published.html")]
struct ListPage {
    frame: StaffFrame,
    token: String,
    may_publish: bool,
    lines: Vec<OwnLine>,
    next: Option<String>,
}

#[derive(Debug, Template)]
#[template(path = "staff/publish.html")]
struct FormPage {
    frame: StaffFrame,
    token: String,
    case: String,
    form: View,
}

/// Where a page begins, or which case is made public.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    after: String,
    case: String,
}

/// `GET /staff/published`
///
/// # Errors
///
/// [`WebError`].
pub async fn list(
    app: Data<App>,
    officer: CurrentOfficer,
    asked: Query<Asked>,
) -> Result<HttpResponse, WebError> {
    let (agency, after) = (officer.agency().id, published::place_of(&asked.after));
    let found = app
        .database
        .read(move |conn| items::latest(conn, Whose::Agency(agency), after, published::WANTED));
    let (found, next) = published::pager(found.await?);
    page::show(
        StatusCode::OK,
        &ListPage {
            frame: super::frame(&app, &officer, HERE)?,
            token: officer.token(&app)?,
            may_publish: officer.holds(&[crate::domain::actor::Role::Clerk]),
            lines: found
                .iter()
                .map(|item| OwnLine {
                    id: item.id,
                    line: published::line(item),
                    found: item.found,
                    is_withdrawn: item.withdrawn_at.is_some(),
                })
                .collect(),
            next: next.map(|after| format!("{HERE}?after={after}")),
        },
    )
}

fn form_page(
    app: &App,
    officer: &CurrentOfficer,
    status: StatusCode,
    case: &str,
    form: View,
) -> Result<HttpResponse, WebError> {
    let page = FormPage {
        frame: super::frame(app, officer, HERE)?,
        token: officer.token(app)?,
        case: case.to_owned(),
        form,
    };
    page::show(status, &page)
}

/// `GET /staff/published/new`
///
/// # Errors
///
/// [`WebError::NoSuchPage`] for another agency's case.
pub async fn ask(
    app: Data<App>,
    officer: CurrentOfficer,
    asked: Query<Asked>,
) -> Result<HttpResponse, WebError> {
    let mut filled = vec![("published_on", app.clock.today().to_string())];
    if !asked.case.is_empty() {
        let case: Uuid = asked.case.parse().map_err(|_| WebError::NoSuchPage)?;
        let view = view::case_page(&app, officer.agency().id, case).await?;
        filled.push(("title", title(&view)));
    }
    form_page(&app, &officer, StatusCode::OK, &asked.case, View::filled(filled))
}

/// `POST /staff/published/new`
///
/// # Errors
///
/// [`WebError`].
pub async fn submit(
    app: Data<App>,
    officer: CurrentOfficer,
    form: DeskForm,
) -> Result<HttpResponse, WebError> {
    let mut back = form.view();
    let mut text = |id: &'static str, label: &str, at_most: usize, required: bool| {
        let text = form.text(id).to_owned();
        let length = text.chars().count();
        if required && length == 0 {
            back.add_fault(id, format!("请填写{label}"));
        } else if length > at_most {
            back.add_fault(id, format!("{label}不能超过{at_most}字，现有{length}字"));
        }
        text
    };
    let (title, summary, place) = (
        text("title", "信息名称", TITLE, true),
        text("summary", "内容说明", TEXT, false),
        text("place", "获取途径", TEXT, true),
    );
    let published_on: Option<NaiveDate> = form.text("published_on").parse().ok();
    if published_on.is_none() {
        back.add_fault("published_on", "请填写公开日期");
    }
    let case = form.text("case");
    let (Some(published_on), false) = (published_on, back.has_faults()) else {
        return form_page(&app, &officer, StatusCode::UNPROCESSABLE_ENTITY, case, back);
    };
    let new = NewItem { title, summary, place, published_on, case: case.parse().ok() };
    match publish::publish(&app, officer.agency().id, new, &officer.actor()).await {
        Ok(_) => Ok(see_other(HERE)),
        Err(CaseworkError::Days(why)) => {
            back.add_fault("published_on", why);
            form_page(&app, &officer, StatusCode::UNPROCESSABLE_ENTITY, case, back)
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /staff/published/{id}/withdraw`
///
/// # Errors
///
/// [`WebError::NoSuchPage`], also for another agency's item.
pub async fn withdraw(
    app: Data<App>,
    officer: CurrentOfficer,
    id: Path<Uuid>,
    _form: DeskForm,
) -> Result<HttpResponse, WebError> {
    publish::withdraw(&app, officer.agency().id, *id, &officer.actor()).await?;
    Ok(see_other(HERE))
}
