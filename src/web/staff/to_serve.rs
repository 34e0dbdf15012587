//! 待送达: what still has to reach somebody: letters that are not served, and mails that failed.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use crate::app::App;
use crate::domain::actor::Role;
use crate::domain::letter::{LetterKind, Recipient};
use crate::domain::number::CaseNumber;
use crate::storage::letters::{self, IssuedLetter};
use crate::storage::outbox::{self, Mail};
use crate::storage::{StorageError, answers, cases};
use crate::web::error::WebError;
use crate::web::page::{self, StaffFrame};
use crate::web::session::CurrentOfficer;
use crate::web::staff::TO_SERVE;
use crate::web::staff::case::href;
use crate::web::words::{self, Left};

/// How many letters stand on a page.
const PAGE: i64 = 30;
/// How many failed mails are shown at once; the next come when these are settled.
const MAILS: i64 = 20;

/// A letter to be served.
#[derive(Debug)]
struct Letter {
    case_href: String,
    number: String,
    title: &'static str,
    facts: String,
    recipient: &'static str,
    came_back: Option<String>,
    due: Option<Due>,
    service_href: String,
}

/// The last day on which the answer has to leave (art. 33(2)).
#[derive(Debug)]
struct Due {
    day: String,
    tone: &'static str,
    left: String,
}

/// A mail whose recipient has to be told by another way.
#[derive(Debug)]
struct Failed {
    id: Uuid,
    href: String,
    subject: String,
    at: String,
    why: String,
}

#[derive(Debug, Template)]
#[template(path = "staff/to_serve.html")]
struct ToServePage {
    frame: StaffFrame,
    notice: Option<&'static str>,
    may_serve: bool,
    letters: Vec<Letter>,
    letter_count: i64,
    mails: Vec<Failed>,
    mail_count: i64,
    first_page: bool,
    next_href: Option<String>,
}

/// Which page is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    after: String,
    done: String,
}

/// What there is to serve, as far as a page shows it.
struct Found {
    letters: Vec<IssuedLetter>,
    letter_count: i64,
    mails: Vec<Mail>,
    mail_count: i64,
    numbers: HashMap<Uuid, CaseNumber>,
    due: HashMap<Uuid, NaiveDate>,
}

async fn find(
    app: &App,
    agency: Uuid,
    after: Option<(NaiveDate, Uuid)>,
) -> Result<Found, StorageError> {
    let found = app.database.read(move |conn| {
        let letters = letters::to_serve(conn, agency, after, PAGE + 1)?;
        let of_letters: Vec<Uuid> = letters.iter().map(|letter| letter.case).collect();
        Ok::<_, StorageError>(Found {
            numbers: cases::numbers(conn, &of_letters)?,
            due: answers::due_of(conn, &of_letters)?.into_iter().collect(),
            letters,
            letter_count: letters::count_to_serve(conn, agency)?,
            mails: outbox::to_settle(conn, agency, MAILS)?,
            mail_count: outbox::count_to_settle(conn, agency)?,
        })
    });
    found.await
}

/// `GET /staff/to-serve`
///
/// # Errors
///
/// [`WebError`].
pub async fn show(
    app: Data<App>,
    officer: CurrentOfficer,
    asked: Query<Asked>,
) -> Result<HttpResponse, WebError> {
    let after = place(&asked.after);
    let found = find(&app, officer.agency().id, after).await?;
    let shown = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let last = found
        .letters
        .get(shown.saturating_sub(1))
        .filter(|_| found.letters.len() > shown);
    let page = ToServePage {
        frame: super::frame(&app, &officer, TO_SERVE)?,
        notice: (asked.done == "settled").then_some("已记录：已用其他方式告知收件人。"),
        may_serve: officer.holds(&[Role::Clerk]),
        next_href: last
            .map(|letter| format!("{TO_SERVE}?after={}_{}", letter.id, letter.issued_on)),
        first_page: after.is_none(),
        letters: found
            .letters
            .iter()
            .take(shown)
            .map(|letter| line(&app, letter, &found))
            .collect(),
        letter_count: found.letter_count,
        mails: found.mails.iter().map(failed).collect(),
        mail_count: found.mail_count,
    };
    page::show(StatusCode::OK, &page)
}

/// The place behind a letter, as the address says it: its identity and its day.
fn place(text: &str) -> Option<(NaiveDate, Uuid)> {
    let (id, day) = text.split_once('_')?;
    Some((day.parse().ok()?, id.parse().ok()?))
}

fn line(app: &App, letter: &IssuedLetter, found: &Found) -> Letter {
    let case_href = href(letter.case);
    let is_answer = matches!(letter.kind, LetterKind::Answer(_));
    let due_on = found.due.get(&letter.case).filter(|_| is_answer);
    Letter {
        due: due_on.map(|day| due(app, *day)),
        number: found
            .numbers
            .get(&letter.case)
            .map_or_else(String::new, |number| number.as_str().to_owned()),
        title: letter.kind.title(),
        facts: format!(
            "{}，{}",
            letter.number.as_deref().unwrap_or_default(),
            words::full_day(letter.issued_on)
        ),
        recipient: match letter.kind.recipient() {
            Recipient::Applicant => "申请人",
            Recipient::ThirdParty => "第三方",
            Recipient::Agency => "其他机关",
        },
        came_back: letter.failed_on.map(words::full_day),
        service_href: format!("{case_href}/letters/{}/service", letter.id),
        case_href,
    }
}

fn due(app: &App, day: NaiveDate) -> Due {
    let left = Left::until(day, app.clock.today(), &app.calendar);
    Due { day: words::full_day(day), tone: left.tone.class(), left: left.words }
}

fn failed(mail: &Mail) -> Failed {
    Failed {
        id: mail.mail.id,
        href: mail.mail.case_id.map(href).unwrap_or_default(),
        subject: mail.mail.subject.clone(),
        at: words::moment(mail.created_at),
        why: mail.last_error.clone().unwrap_or_default(),
    }
}
