//! The morning's digests: one mail for each person who wants it, on every working day.
//!
//! The row of the day and the mail are kept in one transaction, so that however many servers
//! there are, and whenever one is killed, nobody gets two and nobody who is due one gets none.

use std::collections::HashSet;
use std::sync::Arc;
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
use crate::domain::case::Stage;
use crate::domain::digest::{Line, OpenCase, Part, Reader};
use crate::notify::{Digest, MessageError, Section, recipient};
use crate::storage::cases::{self, CaseFile};
use crate::storage::officers;
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
    let (confirm_within, calendar) =
        (app.settings.intake.confirm_within_days, app.calendar.clone());
    let readers = app.database.read(move |conn| readers(conn, day)).await?;
    let gather = Gather { day, confirm_within, calendar };
    let mut mails = 0;
    let mut failed = None;
    for to in readers {
        // One that cannot be made does not keep the others from theirs.
        match make(app, to, gather.clone(), now).await {
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

/// Who is written to.
#[derive(Clone)]
enum To {
    /// Somebody who wants it.
    Officer(Reminder),
    /// An agency's own mailbox, in the place of a head whom no mail tells of overdue cases.
    Agency { head: Uuid, agency: Uuid },
}

/// Those who are due a digest of this day and have none yet.
fn readers(conn: &mut Connection, day: NaiveDate) -> Result<Vec<To>, StorageError> {
    let told = reminders::agencies_told(conn, day)?;
    let mut heads = reminders::heads_not_told(conn)?;
    heads.dedup_by_key(|head| head.agency_id);
    let of_heads = heads
        .into_iter()
        .filter(|head| !told.contains(&head.agency_id))
        .map(|head| To::Agency { head: head.id, agency: head.agency_id });
    let wanted = reminders::still_to_write(conn, day)?;
    Ok(wanted
        .into_iter()
        .map(To::Officer)
        .chain(of_heads)
        .collect())
}

/// Makes one digest; whether a mail came of it. What it says is gathered and written before the
/// one writer of the database is asked for anything.
async fn make(app: &App, to: To, gather: Gather, now: DateTime<Utc>) -> Result<bool, RemindError> {
    let (day, reader) = (gather.day, to.clone());
    let found = app
        .database
        .read(move |conn| gather.of(conn, &reader))
        .await?;
    let mail = match found {
        Some((agency, sections)) => write(app, &to, &agency, &sections, day)?,
        None => None,
    };
    let sent = mail.is_some();
    let made: Result<(), StorageError> = app
        .database
        .write(move |conn: &mut Connection| {
            if let Some(mail) = &mail {
                outbox::enqueue(conn, mail, now)?;
            }
            let mail = mail.map(|mail| mail.id);
            match &to {
                To::Officer(reminder) => {
                    reminders::keep_digest(conn, reminder.officer, day, now, mail)
                }
                To::Agency { agency, .. } => {
                    reminders::keep_agency_digest(conn, *agency, day, mail)
                }
            }
        })
        .await;
    match made {
        Err(StorageError::Duplicate { constraint }) if ONE_A_DAY.contains(&&*constraint) => {
            tracing::debug!("another server made this digest");
            Ok(false)
        }
        made => Ok(made.map(|()| sent)?),
    }
}

/// The rules that keep two servers from making one digest twice.
const ONE_A_DAY: [&str; 2] = [
    constraints::ONE_DIGEST_FOR_EACH_OFFICER_AND_DAY,
    constraints::ONE_DIGEST_FOR_EACH_AGENCY_AND_DAY,
];

/// The mail that tells of the day, if there is anything to tell.
fn write(
    app: &App,
    to: &To,
    agency: &Agency,
    sections: &[Section],
    day: NaiveDate,
) -> Result<Option<NewMail>, RemindError> {
    let email = match to {
        To::Officer(reminder) => {
            wishes::address(&app.vault, reminder.officer, &reminder.email_sealed)?
        }
        To::Agency { .. } => agency.email.trim().to_owned(),
    };
    if email.is_empty() {
        return Ok(None);
    }
    let base_url = app.settings.base_url();
    let digest = Digest {
        agency: &agency.name,
        today: day,
        base_url: &base_url,
        sections,
        to_the_agency: matches!(to, To::Agency { .. }),
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
        recipient_sealed: recipient::seal(&app.vault, id, &email)?,
        subject: written.subject,
        body_text: written.text,
        body_html: written.html,
    }))
}

/// What is gathered for a digest, and by which day and calendar.
#[derive(Clone)]
struct Gather {
    day: NaiveDate,
    confirm_within: u32,
    calendar: Arc<WorkingCalendar>,
}

impl Gather {
    /// What there is to say to somebody; `None` to one who works here no longer.
    fn of(
        &self,
        conn: &mut Connection,
        to: &To,
    ) -> Result<Option<(Agency, Vec<Section>)>, StorageError> {
        let (officer, parts, roles, since) = match to {
            To::Officer(reminder) => {
                let officer = officers::find(conn, reminder.officer)?;
                let since = reminders::last_made(conn, officer.id)?;
                let roles = officer.roles.clone();
                (officer, reminder.parts.clone(), roles, since)
            }
            To::Agency { head, .. } => {
                (officers::find(conn, *head)?, vec![Part::Overdue], vec![Role::Head], None)
            }
        };
        if officer.disabled_at.is_some() {
            return Ok(None);
        }
        let agency = agencies::find(conn, officer.agency_id)?;
        let reader = Reader { officer: officer.id, roles: &roles, since };
        let sections = self.sections(conn, reader, agency.id, &parts)?;
        Ok(Some((agency, sections)))
    }

    fn sections(
        &self,
        conn: &mut Connection,
        reader: Reader<'_>,
        agency: Uuid,
        parts: &[Part],
    ) -> Result<Vec<Section>, StorageError> {
        let files = cases::list_open(conn, agency)?;
        let open: Vec<OpenCase<'_>> = files.iter().map(|file| self.as_open(file)).collect();
        let is_clerk = reader.roles.contains(&Role::Clerk);
        let mut sections = Vec::new();
        for part in Part::ALL.into_iter().filter(|part| parts.contains(part)) {
            let (lines, count) = match part {
                Part::Letters | Part::Mails if !is_clerk => continue,
                Part::Letters => letters_to_serve(conn, agency)?,
                Part::Mails => mails_to_settle(conn, agency)?,
                part => {
                    let lines = reader.lines(part, &open, self.day, &self.calendar);
                    let count = lines.len();
                    (lines, count)
                }
            };
            sections.push(Section { part, lines, count });
        }
        Ok(sections)
    }

    fn as_open<'a>(&self, file: &'a CaseFile) -> OpenCase<'a> {
        let stage = &file.case.stage;
        let promised = match stage {
            Stage::Filed { .. } => stage.attention_on(self.confirm_within, &self.calendar),
            _ => Ok(None),
        };
        OpenCase {
            id: file.id,
            number: &file.number,
            case: &file.case,
            due_on: file.due.map(|due| due.on),
            // The day of arrival, where the calendar does not reach: better early than silent.
            confirm_by: promised.unwrap_or(match stage {
                Stage::Filed { arrived_on } => Some(*arrived_on),
                _ => None,
            }),
            filed_at: file.filed_at,
        }
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
