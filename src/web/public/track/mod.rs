//! `/track`: where a case stands, for whoever has its number and code. Neither is ever in an
//! address or in a later page: those carry a sealed ticket instead.

pub mod correct;
pub mod rectification;
mod standing;
mod ticket;

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::Datelike as _;
use serde::Deserialize;
use uuid::Uuid;

use self::standing::{Day, Standing};
use self::ticket::Ticket;
use crate::app::App;
use crate::casework::CaseworkError;
use crate::casework::history::HistoryEntry;
use crate::casework::rectify;
use crate::casework::track::{self, TrackView};
use crate::domain::case::{Ending, Heard, Stage};
use crate::domain::number::CaseNumber;
use crate::domain::outcome::Disposition;
use crate::storage::StorageError;
use crate::web::Site;
use crate::web::error::WebError;
use crate::web::fields::fields;
use crate::web::form::View;
use crate::web::limits::visitor;
use crate::web::page::{self, Frame};
use crate::web::words;

/// What is said of a number that nobody has and of a wrong code alike.
const NOT_OPENED: &str = "受理编号或者查询码不正确，请对照回执核对";

#[derive(Debug, Template)]
#[template(path = "public/track.html")]
struct TrackPage {
    frame: Frame,
    form: View,
}

#[derive(Debug, Template)]
#[template(path = "public/progress.html")]
struct ProgressPage {
    frame: Frame,
    ticket: String,
    notice: Option<Told>,
    agency: String,
    telephone: String,
    number: String,
    channel: &'static str,
    filed_at: String,
    received_on: String,
    standing: Standing,
    days: Vec<Day>,
    files: Vec<Letter>,
    history: Vec<Line>,
    /// The other parts of the same application: number and where each stands.
    parts: Vec<(String, &'static str)>,
    may_correct: bool,
    may_withdraw: bool,
    /// What was asked for.
    title: String,
    /// The last day for the reasons that are awaited.
    reasons_until: Option<String>,
    form: View,
}

#[derive(Debug, Template)]
#[template(path = "public/withdraw.html")]
struct WithdrawPage {
    frame: Frame,
    ticket: String,
    agency: String,
    number: String,
}

/// A letter to take along.
#[derive(Debug)]
struct Letter {
    id: Uuid,
    name: String,
    size: String,
}

/// A line of the history.
#[derive(Debug)]
struct Line {
    date: String,
    iso: String,
    title: String,
    detail: String,
    words: String,
}

impl From<HistoryEntry> for Line {
    fn from(entry: HistoryEntry) -> Self {
        let date = entry
            .on
            .map_or_else(|| words::moment(entry.at), words::full_day);
        Self {
            date,
            iso: entry.at.to_rfc3339(),
            title: entry.title,
            detail: entry.detail,
            words: entry.words.unwrap_or_default(),
        }
    }
}

/// What the address of the form brings along: the number as mails name it, never the code.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    number: String,
}

/// `GET /track`
///
/// # Errors
///
/// [`WebError`], if the page could not be made.
pub async fn form(
    app: Data<App>,
    site: Data<Site>,
    asked: Query<Asked>,
) -> Result<HttpResponse, WebError> {
    let form = View::filled([("number", asked.number.as_str())]);
    ask(&app, &site, form, StatusCode::OK).await
}

/// `POST /track`: number and code, or the ticket of an earlier page.
///
/// # Errors
///
/// [`WebError::Throttled`] after too many wrong codes.
pub async fn show(
    app: Data<App>,
    site: Data<Site>,
    request: HttpRequest,
    body: Bytes,
) -> Result<HttpResponse, WebError> {
    let fields = fields(&body)?;
    if fields.contains_key("ticket") {
        let ticket = ticket_in(&app, &fields)?;
        let view = track::again(&app, ticket.case).await?;
        return progress(&app, &site, view, None).await;
    }
    let text = |name: &str| fields.get(name).map_or("", |text| text.trim());
    let (number, code) = (text("number"), text("code"));
    let mut form = View::filled([("number", number)]);
    if number.is_empty() {
        form.add_fault("number", "请填写受理编号");
    }
    if code.is_empty() {
        form.add_fault("code", "请填写查询码");
    }
    if form.has_faults() {
        return ask(&app, &site, form, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    match open(&app, &site, &request, number, code).await? {
        Some(Opened::Case(view)) => return progress(&app, &site, *view, None).await,
        Some(Opened::Rectification(one)) => return rectification::page(&app, &site, &one).await,
        None => {}
    }
    form.add_fault("code", NOT_OPENED);
    ask(&app, &site, form, StatusCode::UNPROCESSABLE_ENTITY).await
}

/// What number and code open.
enum Opened {
    Case(Box<TrackView>),
    Rectification(Box<rectify::Standing>),
}

/// Opens a case or an application for rectification, unless this visitor has been wrong too
/// often.
async fn open(
    app: &App,
    site: &Site,
    request: &HttpRequest,
    number: &str,
    code: &str,
) -> Result<Option<Opened>, WebError> {
    let visitor = visitor(request, &app.settings.server.trusted_proxies);
    let now = app.clock.now();
    // What can be no number is counted with all others of its sort.
    let counted: CaseNumber = number
        .parse()
        .unwrap_or_else(|_| CaseNumber::assigned("-", 0, 0));
    if let Some(minutes) = site.codes.wait(visitor, &counted, now) {
        return Err(WebError::Throttled { minutes });
    }
    if let Some(view) = track::open(app, number, code).await? {
        return Ok(Some(Opened::Case(Box::new(view))));
    }
    if let Some(one) = rectify::open_with_code(app, number, code).await? {
        return Ok(Some(Opened::Rectification(Box::new(one))));
    }
    site.codes.was_wrong(visitor, &counted, now);
    Ok(None)
}

/// `POST /track/file`: a letter of the answer.
///
/// # Errors
///
/// [`WebError::Forged`] or [`WebError::Expired`] for the ticket; [`WebError::NoSuchPage`] for
/// anything but a letter of this case.
pub async fn letter(app: Data<App>, body: Bytes) -> Result<HttpResponse, WebError> {
    let fields = fields(&body)?;
    let ticket = ticket_in(&app, &fields)?;
    let file = fields.get("file").and_then(|id| id.parse().ok());
    let file = track::letter(&app, ticket.case, file.ok_or(WebError::NoSuchPage)?).await?;
    Ok(page::hand_out(file))
}

/// `POST /track/withdraw`: asks whether the applicant is sure, and then does it.
///
/// # Errors
///
/// [`WebError::Forged`] or [`WebError::Expired`] for the ticket.
pub async fn withdraw(
    app: Data<App>,
    site: Data<Site>,
    body: Bytes,
) -> Result<HttpResponse, WebError> {
    let fields = fields(&body)?;
    let ticket = ticket_in(&app, &fields)?;
    if fields.get("sure").is_none_or(|sure| sure != "yes") {
        let view = track::again(&app, ticket.case).await?;
        return ask_again(&app, &site, &view).await;
    }
    let done = track::withdraw(&app, ticket.case, ticket.version, None).await;
    let view = track::again(&app, ticket.case).await?;
    let notice = match done {
        // The button may have been pressed twice.
        Err(error) if !is_withdrawn(&view) => Told::why_not("没有撤回", error)?,
        _ => Told::done("申请已撤回", "本机关不再办理这件申请。"),
    };
    progress(&app, &site, view, Some(notice)).await
}

/// `POST /track/reasons`: the reasons that the applicant was required to give (art. 35).
///
/// # Errors
///
/// [`WebError::Forged`] or [`WebError::Expired`] for the ticket.
pub async fn give_reasons(
    app: Data<App>,
    site: Data<Site>,
    body: Bytes,
) -> Result<HttpResponse, WebError> {
    let fields = fields(&body)?;
    let ticket = ticket_in(&app, &fields)?;
    let words = fields.get("words").map_or("", |words| words.trim());
    let at_most = app.settings.limits.reason_chars;
    let length = words.chars().count();
    let mut form = View::filled([("words", words)]);
    if length == 0 {
        form.add_fault("words", "请填写理由");
    } else if length > at_most {
        form.add_fault("words", format!("理由不能超过{at_most}字，现有{length}字"));
    }
    if form.has_faults() {
        let view = track::again(&app, ticket.case).await?;
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return progress_with(&app, &site, view, status, None, form).await;
    }
    let done = track::give_reasons(&app, ticket.case, ticket.version, words.to_owned()).await;
    let view = track::again(&app, ticket.case).await?;
    let heard = view.case.stage.course().and_then(|course| course.reasons);
    let was_given = heard.is_some_and(|reasons| matches!(reasons.heard, Some(Heard::Given(_))));
    let notice = match done {
        Err(error) if !was_given => Told::why_not("没有提交", error)?,
        _ => Told::done("理由已收到", "本机关将审查您说明的理由，答复期限照常计算。"),
    };
    progress(&app, &site, view, Some(notice)).await
}

fn is_withdrawn(view: &TrackView) -> bool {
    let ending = view.case.stage.closed().map(|(ending, _)| ending);
    ending == Some(Ending::Found(Disposition::Withdrawn))
}

/// What is said above the page after something was tried.
#[derive(Debug)]
pub(super) struct Told {
    title: &'static str,
    message: String,
    class: &'static str,
}

impl Told {
    fn done(title: &'static str, message: impl Into<String>) -> Self {
        Self { title, message: message.into(), class: "panel-good" }
    }

    fn not_done(title: &'static str, message: impl Into<String>) -> Self {
        Self { title, message: message.into(), class: "panel-notice" }
    }

    /// Why something that the applicant tried was not done, if that is one of the usual reasons.
    fn why_not(title: &'static str, error: CaseworkError) -> Result<Self, WebError> {
        match error {
            CaseworkError::NotAllowed(why) => Ok(Self::not_done(title, format!("{why}。"))),
            CaseworkError::Storage(StorageError::Conflict) => {
                let words = "办理情况刚刚有变化，请看过最新进度后再决定。";
                Ok(Self::not_done(title, words))
            }
            error => Err(error.into()),
        }
    }
}

fn ticket_in(app: &App, fields: &BTreeMap<String, String>) -> Result<Ticket, WebError> {
    let text = fields.get("ticket").map_or("", String::as_str);
    Ticket::read(&app.vault, text, app.clock.now())
}

fn new_ticket(app: &App, view: &TrackView) -> Result<String, WebError> {
    let ticket = Ticket { case: view.case_id, version: view.version };
    Ok(ticket.write(&app.vault, app.clock.now())?)
}

/// The form that asks for number and code.
async fn ask(
    app: &App,
    site: &Site,
    form: View,
    status: StatusCode,
) -> Result<HttpResponse, WebError> {
    let frame = Frame::of(&site.agencies(app).await, "/track");
    page::show(status, &TrackPage { frame, form })
}

/// The page that asks whether the applicant is sure.
async fn ask_again(app: &App, site: &Site, view: &TrackView) -> Result<HttpResponse, WebError> {
    let page = WithdrawPage {
        frame: Frame::of(&site.agencies(app).await, "/track"),
        ticket: new_ticket(app, view)?,
        agency: view.agency.name.clone(),
        number: view.number.to_string(),
    };
    page::show(StatusCode::OK, &page)
}

/// The page that shows where the case stands.
async fn progress(
    app: &App,
    site: &Site,
    view: TrackView,
    notice: Option<Told>,
) -> Result<HttpResponse, WebError> {
    progress_with(app, site, view, StatusCode::OK, notice, View::default()).await
}

/// The same, with a form on it that has to be mended.
async fn progress_with(
    app: &App,
    site: &Site,
    view: TrackView,
    status: StatusCode,
    notice: Option<Told>,
    form: View,
) -> Result<HttpResponse, WebError> {
    let schedule = view.schedule.as_ref();
    let filed_at = view.history.first().map(|entry| words::moment(entry.at));
    let page = ProgressPage {
        frame: Frame::of(&site.agencies(app).await, "/track"),
        ticket: new_ticket(app, &view)?,
        notice,
        standing: Standing::of(&view, app.clock.today(), &app.calendar),
        days: schedule.map_or_else(Vec::new, |schedule| {
            let days = schedule.days.iter();
            days.map(|day| Day::of(day, app.clock.today().year()))
                .collect()
        }),
        filed_at: filed_at.unwrap_or_default(),
        received_on: view
            .case
            .stage
            .received_on()
            .map_or_else(String::new, words::full_day),
        number: view.number.to_string(),
        channel: view.channel.label(),
        files: view
            .letters
            .into_iter()
            .map(|file| Letter {
                id: file.id,
                name: file.name,
                size: words::size(u64::try_from(file.size).unwrap_or_default()),
            })
            .collect(),
        history: view.history.into_iter().rev().map(Line::from).collect(),
        may_correct: view.correction.is_some(),
        parts: view
            .parts
            .iter()
            .map(|part| (part.number.to_string(), Stage::label_of(part.stage).unwrap_or_default()))
            .collect(),
        may_withdraw: view.may_withdraw,
        telephone: view.agency.telephone,
        agency: view.agency.name,
        title: view.wording.title,
        reasons_until: view.reasons_until.map(words::full_day),
        form,
    };
    page::show(status, &page)
}
