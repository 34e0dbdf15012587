//! `/track`: where a case stands, for whoever has its number and code. Neither is ever in an
//! address or in a later page: those carry a sealed ticket instead.

pub mod correct;
pub mod rectification;
mod standing;
mod ticket;

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::Datelike as _;
use uuid::Uuid;

use self::standing::{Day, Standing};
use self::ticket::Ticket;
use crate::app::App;
use crate::casework::CaseworkError;
use crate::casework::history::HistoryEntry;
use crate::casework::rectify;
use crate::casework::track::{self, TrackView};
use crate::domain::case::{Ending, Stage};
use crate::domain::number::CaseNumber;
use crate::domain::outcome::Disposition;
use crate::storage::StorageError;
use crate::web::Site;
use crate::web::error::{WebError, Words};
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
    notice: Option<Words>,
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

/// `GET /track`
///
/// # Errors
///
/// [`WebError`], if the page could not be made.
pub async fn form(app: Data<App>, site: Data<Site>) -> Result<HttpResponse, WebError> {
    ask(&app, &site, View::default(), StatusCode::OK).await
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
        Ok(()) => words_of("申请已撤回", "本机关不再办理这件申请。"),
        // The button was pressed twice.
        Err(_) if is_withdrawn(&view) => words_of("申请已撤回", "本机关不再办理这件申请。"),
        Err(CaseworkError::NotAllowed(why)) => words_of("没有撤回", &format!("{why}。")),
        Err(CaseworkError::Storage(StorageError::Conflict)) => {
            words_of("没有撤回", "办理情况刚刚有变化，请看过最新进度后再决定。")
        }
        Err(error) => return Err(error.into()),
    };
    progress(&app, &site, view, Some(notice)).await
}

fn is_withdrawn(view: &TrackView) -> bool {
    let ending = view.case.stage.closed().map(|(ending, _)| ending);
    ending == Some(Ending::Found(Disposition::Withdrawn))
}

fn words_of(title: &'static str, message: &str) -> Words {
    Words { title, message: message.to_owned(), next: &[] }
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
    notice: Option<Words>,
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
    };
    page::show(StatusCode::OK, &page)
}
