//! 复议诉讼: the records of a case, and the list that section four counts.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use chrono::{Datelike as _, NaiveDate};
use serde::Deserialize;
use uuid::Uuid;

use crate::app::App;
use crate::casework::{CaseworkError, redress as deeds};
use crate::documents::annual::grids;
use crate::documents::paper::html_table;
use crate::domain::redress::{Redress, RedressFault, Ruling, Way};
use crate::report::section_four::SectionFour;
use crate::storage::redress::{self, Recorded};
use crate::storage::{self, StorageError};
use crate::web::error::WebError;
use crate::web::form::{Choice, View};
use crate::web::page::{self, StaffFrame};
use crate::web::session::CurrentOfficer;
use crate::web::staff::case::href;
use crate::web::staff::form::DeskForm;
use crate::web::staff::see_other;
use crate::web::words;

/// Where the list stands.
const HERE: &str = "/staff/redress";

/// A record as a page lists it.
#[derive(Debug)]
pub struct RedressLine {
    /// Which way.
    pub way: &'static str,
    /// Day, authority and number.
    pub facts: String,
    /// How it ended, or that it has not.
    pub state: String,
    /// The class of the state's tag.
    pub class: &'static str,
    /// Where it is changed.
    pub href: String,
    /// The number of its case.
    pub number: String,
}

/// A record as a page lists it.
#[must_use]
pub fn line(record: &Recorded, number: &str) -> RedressLine {
    let redress = &record.redress;
    let mut facts = format!("{}受理，{}", words::full_day(redress.begun_on), redress.authority);
    if !redress.file_number.is_empty() {
        facts.push('，');
        facts.push_str(&redress.file_number);
    }
    let (state, class) = match redress.ended {
        Some((on, ruling)) => {
            let class = match ruling {
                Ruling::Upheld => "tag tag-good",
                Ruling::Corrected => "tag tag-late",
                Ruling::Other => "tag",
            };
            (format!("{}，{}", ruling.label(), words::full_day(on)), class)
        }
        None => ("尚未审结".to_owned(), "tag tag-soon"),
    };
    RedressLine {
        way: redress.way.label(),
        facts,
        state,
        class,
        href: format!("{}/redress/{}", href(record.case), record.id),
        number: number.to_owned(),
    }
}

#[derive(Debug, Template)]
#[template(path = "staff/redress.html")]
struct ListPage {
    frame: StaffFrame,
    year: i32,
    years: Vec<(i32, bool)>,
    table: String,
    lines: Vec<RedressLine>,
}

/// Which year is asked for.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    year: Option<i32>,
}

/// `GET /staff/redress`
///
/// # Errors
///
/// [`WebError`].
pub async fn list(
    app: Data<App>,
    officer: CurrentOfficer,
    asked: Query<Asked>,
) -> Result<HttpResponse, WebError> {
    let this_year = app.clock.today().year();
    let year = asked.year.unwrap_or(this_year);
    if !(2008..=this_year).contains(&year) {
        return Err(WebError::NoSuchPage);
    }
    let agency = officer.agency().id;
    let (records, groups, first) = app
        .database
        .read(move |conn| {
            let records = redress::of_year(conn, &[agency], year)?;
            let groups = redress::groups(conn, &[agency], year)?;
            let first = storage::yearly::first_year(conn, &[agency])?;
            Ok::<_, StorageError>((records, groups, first))
        })
        .await?;
    let first = first.unwrap_or(this_year).clamp(2008, year);
    page::show(
        StatusCode::OK,
        &ListPage {
            frame: super::frame(&app, &officer, HERE)?,
            year,
            years: (first..=this_year)
                .rev()
                .map(|one| (one, one == year))
                .collect(),
            table: html_table(&grids::section_four(SectionFour::count(year, groups))),
            lines: records
                .iter()
                .map(|(record, number)| line(record, number))
                .collect(),
        },
    )
}

#[derive(Debug, Template)]
#[template(path = "staff/redress_form.html")]
struct FormPage {
    frame: StaffFrame,
    token: String,
    version: i32,
    heading: &'static str,
    number: String,
    back: String,
    action: String,
    ways: Vec<Choice>,
    rulings: Vec<Choice>,
    stopped: Option<String>,
    form: View,
}

/// What a form is about: the case, and the record that it changes.
struct Subject {
    case: Uuid,
    number: String,
    record: Option<Recorded>,
    review_authority: String,
    court: String,
}

async fn subject(
    app: &App,
    officer: &CurrentOfficer,
    case: Uuid,
    record: Option<Uuid>,
) -> Result<Subject, WebError> {
    let agency = officer.agency();
    let id = agency.id;
    let (file, records) = app
        .database
        .read(move |conn| {
            let file = storage::cases::find(conn, id, case)?;
            let records = redress::of_case(conn, case)?;
            Ok::<_, StorageError>((file, records))
        })
        .await?;
    let found = match record {
        Some(wanted) => {
            let mut records = records.into_iter();
            Some(
                records
                    .find(|record| record.id == wanted)
                    .ok_or(WebError::NoSuchPage)?,
            )
        }
        None => None,
    };
    Ok(Subject {
        case,
        number: file.number.to_string(),
        record: found,
        review_authority: agency.review_authority.clone(),
        court: agency.court.clone(),
    })
}

fn form_page(
    app: &App,
    officer: &CurrentOfficer,
    subject: &Subject,
    status: StatusCode,
    (form, stopped): (View, Option<String>),
) -> Result<HttpResponse, WebError> {
    let back = format!("{}#redress", href(subject.case));
    let action = match &subject.record {
        Some(record) => format!("{}/redress/{}", href(subject.case), record.id),
        None => format!("{}/redress", href(subject.case)),
    };
    let hint = |way: Way| match way {
        Way::Reconsideration => subject.review_authority.as_str(),
        Way::DirectLitigation | Way::AfterReconsideration => subject.court.as_str(),
    };
    page::show(
        status,
        &FormPage {
            frame: super::frame(app, officer, HERE)?,
            token: officer.token(app)?,
            version: subject.record.as_ref().map_or(0, |record| record.version),
            heading: if subject.record.is_some() {
                "修改复议、诉讼记录"
            } else {
                "登记复议、诉讼"
            },
            number: subject.number.clone(),
            back,
            action,
            ways: Way::ALL
                .iter()
                .map(|way| Choice::new(way.code(), way.label()).with_hint(hint(*way)))
                .collect(),
            rulings: Ruling::ALL
                .iter()
                .map(|ruling| Choice::new(ruling.code(), ruling.label()))
                .collect(),
            stopped,
            form,
        },
    )
}

fn filled(record: &Redress) -> View {
    let (ended_on, ruling) = match record.ended {
        Some((on, ruling)) => (on.to_string(), ruling.code()),
        None => (String::new(), ""),
    };
    View::filled([
        ("way", record.way.code().to_owned()),
        ("begun_on", record.begun_on.to_string()),
        ("authority", record.authority.clone()),
        ("file_number", record.file_number.clone()),
        ("ended_on", ended_on),
        ("ruling", ruling.to_owned()),
    ])
}

/// `GET /staff/cases/{id}/redress`
///
/// # Errors
///
/// [`WebError`].
pub async fn ask(
    app: Data<App>,
    officer: CurrentOfficer,
    id: Path<Uuid>,
) -> Result<HttpResponse, WebError> {
    let subject = subject(&app, &officer, *id, None).await?;
    form_page(&app, &officer, &subject, StatusCode::OK, (View::default(), None))
}

/// `GET /staff/cases/{id}/redress/{redress}`
///
/// # Errors
///
/// [`WebError`].
pub async fn change(
    app: Data<App>,
    officer: CurrentOfficer,
    ids: Path<(Uuid, Uuid)>,
) -> Result<HttpResponse, WebError> {
    let (case, record) = ids.into_inner();
    let subject = subject(&app, &officer, case, Some(record)).await?;
    let form = subject
        .record
        .as_ref()
        .map(|record| filled(&record.redress))
        .unwrap_or_default();
    form_page(&app, &officer, &subject, StatusCode::OK, (form, None))
}

/// `POST /staff/cases/{id}/redress`
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
    keep(&app, &officer, (*id, None), &form).await
}

/// `POST /staff/cases/{id}/redress/{redress}`
///
/// # Errors
///
/// [`WebError`].
pub async fn submit_change(
    app: Data<App>,
    officer: CurrentOfficer,
    ids: Path<(Uuid, Uuid)>,
    form: DeskForm,
) -> Result<HttpResponse, WebError> {
    let (case, record) = ids.into_inner();
    keep(&app, &officer, (case, Some(record)), &form).await
}

async fn keep(
    app: &App,
    officer: &CurrentOfficer,
    (case, record): (Uuid, Option<Uuid>),
    form: &DeskForm,
) -> Result<HttpResponse, WebError> {
    let subject = subject(app, officer, case, record).await?;
    let mut view = form.view();
    let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
    let Some(redress) = read(form, &mut view) else {
        return form_page(app, officer, &subject, unprocessable, (view, None));
    };
    let version = form.text("version").parse().unwrap_or_default();
    let amends = record.map(|id| (id, version));
    let kept = deeds::keep(app, officer.agency().id, case, amends, redress, &officer.actor()).await;
    match kept {
        Ok(()) => Ok(see_other(&format!("{}#redress", href(case)))),
        Err(CaseworkError::Redress(fault)) => {
            view.add_fault(field_of(fault), fault.to_string());
            form_page(app, officer, &subject, unprocessable, (view, None))
        }
        Err(CaseworkError::Storage(StorageError::Conflict)) => {
            let words = "别人刚刚改动了这条记录，您的内容没有保存。请核对后再次保存".to_owned();
            form_page(app, officer, &subject, StatusCode::CONFLICT, (view, Some(words)))
        }
        Err(error) => Err(error.into()),
    }
}

/// The field at which a fault is told.
const fn field_of(fault: RedressFault) -> &'static str {
    match fault {
        RedressFault::NotReceived | RedressFault::NoReviewBefore => "way",
        RedressFault::BeforeReceipt | RedressFault::InTheFuture => "begun_on",
        RedressFault::EndedBeforeItBegan => "ended_on",
    }
}

/// What the form says; nothing, with the faults put on it, if it says too little.
fn read(form: &DeskForm, view: &mut View) -> Option<Redress> {
    let way = Way::from_code(form.text("way"));
    if way.is_none() {
        view.add_fault("way", "请选择是复议还是诉讼");
    }
    let begun_on: Option<NaiveDate> = form.text("begun_on").parse().ok();
    if begun_on.is_none() {
        view.add_fault("begun_on", "请填写受理日期");
    }
    let authority = form.text("authority");
    if authority.is_empty() || authority.chars().count() > 100 {
        view.add_fault("authority", "请填写复议机关或者法院的名称，不超过100字");
    }
    let file_number = form.text("file_number");
    if file_number.chars().count() > 60 {
        view.add_fault("file_number", "案号不能超过60字");
    }
    let (typed_end, typed_ruling) = (form.text("ended_on"), form.text("ruling"));
    let ended_on: Option<NaiveDate> = typed_end.parse().ok();
    let ruling = Ruling::from_code(typed_ruling);
    if !typed_end.is_empty() && ended_on.is_none() {
        view.add_fault("ended_on", "请填写正确的日期");
    } else if ended_on.is_some() && ruling.is_none() {
        view.add_fault("ruling", "已经审结的，请选择结果");
    } else if ruling.is_some() && typed_end.is_empty() {
        view.add_fault("ended_on", "请填写审结日期");
    }
    if view.has_faults() {
        return None;
    }
    Some(Redress {
        way: way?,
        begun_on: begun_on?,
        authority: authority.to_owned(),
        file_number: file_number.to_owned(),
        ended: ended_on.zip(ruling),
    })
}
