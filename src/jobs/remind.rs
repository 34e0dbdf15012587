//! The morning's digests: one mail for each person who wants it, on every working day.
//!
//! The row of the day and the mail are kept in one transaction, so that however many servers
//! there are, and whenever one is killed, nobody gets two and nobody who is due one gets none.

use std::collections::HashSet;
use std::time::Duration;

use chrono::{DateTime, Datelike as _, NaiveDate, Timelike as _, Utc};
use thiserror::Error;
use tokio::sync::watch;
use uuid::Uuid;

use crate::app::App;
use crate::casework::{ids, reminders as wishes};
use crate::clock::beijing;
use crate::domain::actor::Role;
use crate::domain::agency::Agency;
use crate::domain::calendar::WorkingCalendar;
use crate::domain::digest::{Line, OpenCase, Part, Reader};
use crate::notify::{Digest, MessageError, Section, recipient};
use crate::storage::cases::{self, CaseFile};
use crate::storage::officers::{self, Officer};
use crate::storage::outbox::{self, NewMail};
use crate::storage::reminders::{self, Reminder};
use crate::storage::{Connection, StorageError, agencies, constraints, letters};
use crate::vault::VaultError;

/// How often it is looked whether the hour has come.
const ROUND: Duration = Duration::from_mins(1);
/// How many letters and mails are named; the page has the rest.
const NAMED: i64 = 20;

/// Why the digests of a day could not all be made.
#[derive(Debug, Error)]
pub enum RemindError {
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// An address or a mail cannot be opened or sealed.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The template.
    #[error(transparent)]
    Message(#[from] MessageError),
}

/// Makes each day's digests until `stop` says so; a server that was down at the hour makes them
/// when it comes back that day.
pub async fn run(app: App, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(error) = remind(&app).await {
            tracing::error!(%error, "the day's reminders cannot be made");
        }
        tokio::select! {
            () = tokio::time::sleep(ROUND) => {}
            changed = stop.changed() => {
                if changed.is_err() {
                    return;
                }
            }
        }
    }
}

/// Makes the digests that are due now, and says how many mails were put into the outbox.
///
/// # Errors
///
/// [`RemindError`]; what was made stays made, and the rest is tried again.
pub async fn remind(app: &App) -> Result<usize, RemindError> {
    let now = app.clock.now();
    let Some(day) = due_day(now, app.settings.reminders.hour, &app.calendar) else {
        return Ok(0);
    };
    let waiting = app
        .database
        .read(move |conn| reminders::still_to_write(conn, day))
        .await?;
    let mut mails = 0;
    let mut failed = None;
    for reminder in waiting {
        // One that cannot be made does not keep the others from theirs.
        match make(app, reminder, day, now).await {
            Ok(sent) => mails += usize::from(sent),
            Err(error) => failed = Some(error),
        }
    }
    if mails > 0 {
        app.mail_waiting.notify_one();
    }
    failed.map_or(Ok(mails), Err)
}

/// The day whose digests are due, if the hour has come on a working day.
fn due_day(now: DateTime<Utc>, hour: u32, calendar: &WorkingCalendar) -> Option<NaiveDate> {
    let local = beijing(now);
    (local.hour() >= hour && calendar.is_working(local.date())).then(|| local.date())
}

/// Makes one officer's digest; whether a mail came of it.
async fn make(
    app: &App,
    reminder: Reminder,
    day: NaiveDate,
    now: DateTime<Utc>,
) -> Result<bool, RemindError> {
    let email = wishes::address(&app.vault, reminder.officer, &reminder.email_sealed)?;
    let officer = reminder.officer;
    let office = app.clone();
    let made: Result<bool, RemindError> = app
        .database
        .write(move |conn: &mut Connection| {
            let mail = write(conn, &office, &reminder, &email, day)?;
            if let Some(mail) = &mail {
                outbox::enqueue(conn, mail, now)?;
            }
            let mail = mail.map(|mail| mail.id);
            reminders::keep_digest(conn, reminder.officer, day, now, mail)?;
            Ok(mail.is_some())
        })
        .await;
    match made {
        Err(RemindError::Storage(StorageError::Duplicate { constraint }))
            if constraint == constraints::ONE_DIGEST_FOR_EACH_OFFICER_AND_DAY =>
        {
            tracing::debug!(%officer, "another server made this digest");
            Ok(false)
        }
        made => made,
    }
}

/// The mail that tells an officer of the day, if there is anything to tell.
fn write(
    conn: &mut Connection,
    app: &App,
    reminder: &Reminder,
    email: &str,
    day: NaiveDate,
) -> Result<Option<NewMail>, RemindError> {
    let officer = officers::find(conn, reminder.officer)?;
    if officer.disabled_at.is_some() || email.is_empty() {
        return Ok(None);
    }
    let agency = agencies::find(conn, officer.agency_id)?;
    let sections = sections(conn, app, &officer, &agency, reminder, day)?;
    let base_url = app.settings.base_url();
    let digest = Digest {
        agency: &agency.name,
        today: day,
        base_url: &base_url,
        sections: &sections,
        calendar_known: app.calendar.covers(day.year()),
    };
    let Some(written) = digest.write()? else {
        return Ok(None);
    };
    let id = ids::new();
    Ok(Some(NewMail {
        id,
        agency_id: agency.id,
        case_id: None,
        message_id: app.mailer.message_id(id),
        kind: Digest::CODE.to_owned(),
        recipient_sealed: recipient::seal(&app.vault, id, email)?,
        subject: written.subject,
        body_text: written.text,
        body_html: written.html,
    }))
}

fn sections(
    conn: &mut Connection,
    app: &App,
    officer: &Officer,
    agency: &Agency,
    reminder: &Reminder,
    day: NaiveDate,
) -> Result<Vec<Section>, StorageError> {
    let files = cases::list_open(conn, agency.id)?;
    let open: Vec<OpenCase<'_>> = files.iter().map(as_open).collect();
    let since = reminders::last_made(conn, officer.id)?;
    let reader = Reader { officer: officer.id, roles: &officer.roles, since };
    let is_clerk = officer.roles.contains(&Role::Clerk);
    let mut sections = Vec::new();
    for part in Part::ALL
        .into_iter()
        .filter(|part| reminder.parts.contains(part))
    {
        let (lines, count) = match part {
            Part::Letters | Part::Mails if !is_clerk => continue,
            Part::Letters => letters_to_serve(conn, agency.id)?,
            Part::Mails => mails_to_settle(conn, agency.id)?,
            part => {
                let lines = reader.lines(part, &open, day, &app.calendar);
                let count = lines.len();
                (lines, count)
            }
        };
        sections.push(Section { part, lines, count });
    }
    Ok(sections)
}

fn as_open(file: &CaseFile) -> OpenCase<'_> {
    OpenCase {
        id: file.id,
        number: &file.number,
        case: &file.case,
        due_on: file.due.map(|due| due.on),
        filed_at: file.filed_at,
    }
}

fn letters_to_serve(
    conn: &mut Connection,
    agency: Uuid,
) -> Result<(Vec<Line>, usize), StorageError> {
    let found = letters::to_serve(conn, agency, None, NAMED)?;
    let count = letters::count_to_serve(conn, agency)?;
    let found = found
        .iter()
        .map(|letter| (letter.case, letter.kind.title(), Some(letter.issued_on)));
    let lines = named(conn, found.collect())?;
    Ok((lines, usize::try_from(count).unwrap_or(lines_at_most())))
}

fn mails_to_settle(
    conn: &mut Connection,
    agency: Uuid,
) -> Result<(Vec<Line>, usize), StorageError> {
    let found = outbox::to_settle(conn, agency, NAMED)?;
    let count = outbox::count_to_settle(conn, agency)?;
    let found = found
        .iter()
        .filter_map(|mail| Some((mail.mail.case_id?, "邮件未能送达", None)));
    let lines = named(conn, found.collect())?;
    Ok((lines, usize::try_from(count).unwrap_or(lines_at_most())))
}

const fn lines_at_most() -> usize {
    usize::MAX
}

/// Lines about these cases, each case and word once.
fn named(
    conn: &mut Connection,
    found: Vec<(Uuid, &'static str, Option<NaiveDate>)>,
) -> Result<Vec<Line>, StorageError> {
    let of: Vec<Uuid> = found.iter().map(|(case, _, _)| *case).collect();
    let numbers = cases::numbers(conn, &of)?;
    let mut seen = HashSet::new();
    let lines = found
        .into_iter()
        .filter(|line| seen.insert(*line))
        .filter_map(|(case, stage, day)| {
            let number = numbers.get(&case)?.as_str().to_owned();
            Some(Line { case, number, stage, day })
        });
    Ok(lines.collect())
}
