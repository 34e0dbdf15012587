//! 提醒: of what each officer wants to be reminded by mail, and the digests of each day.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::on_each;
use super::schema::{digests, reminders};
use super::types::{Id, Instant};
use super::{Connection, StorageError};
use crate::domain::digest::Part;

/// What an officer wants to be reminded of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminder {
    /// Who.
    pub officer: Uuid,
    /// Whether at all.
    pub wanted: bool,
    /// Of what.
    pub parts: Vec<Part>,
    /// The address, sealed.
    pub email_sealed: Vec<u8>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = reminders)]
struct ReminderRow {
    officer_id: Id,
    wanted: bool,
    parts: String,
    email_sealed: Vec<u8>,
}

impl ReminderRow {
    fn into_reminder(self) -> Result<Reminder, StorageError> {
        let parts: Option<Vec<Part>> = self
            .parts
            .split_terminator(',')
            .map(Part::from_code)
            .collect();
        Ok(Reminder {
            officer: self.officer_id.0,
            wanted: self.wanted,
            parts: parts.ok_or(StorageError::Inconsistent {
                table: "reminders",
                row: self.officer_id.0.to_string(),
                why: "a part is unknown",
            })?,
            email_sealed: self.email_sealed,
        })
    }
}

/// Keeps what an officer wants, in the place of what was wanted before.
///
/// # Errors
///
/// [`StorageError`].
pub fn save(conn: &mut Connection, reminder: &Reminder) -> Result<(), StorageError> {
    let parts: Vec<&str> = reminder.parts.iter().map(|part| part.code()).collect();
    let wants = (
        reminders::wanted.eq(reminder.wanted),
        reminders::parts.eq(parts.join(",")),
        reminders::email_sealed.eq(reminder.email_sealed.as_slice()),
    );
    on_each!(conn, conn => diesel::insert_into(reminders::table)
        .values((reminders::officer_id.eq(Id(reminder.officer)), wants.clone()))
        .on_conflict(reminders::officer_id)
        .do_update()
        .set(wants)
        .execute(conn))?;
    Ok(())
}

/// What an officer wants, if it was ever said.
///
/// # Errors
///
/// [`StorageError::Inconsistent`] for a row that contradicts itself.
pub fn find(conn: &mut Connection, officer: Uuid) -> Result<Option<Reminder>, StorageError> {
    reminders::table
        .find(Id(officer))
        .select(ReminderRow::as_select())
        .first(conn)
        .optional()?
        .map(ReminderRow::into_reminder)
        .transpose()
}

/// Those who want a digest and have none of this day yet.
///
/// # Errors
///
/// [`StorageError::Inconsistent`] for a row that contradicts itself.
pub fn still_to_write(
    conn: &mut Connection,
    day: NaiveDate,
) -> Result<Vec<Reminder>, StorageError> {
    let written = digests::table
        .filter(digests::day.eq(day))
        .select(digests::officer_id);
    let rows: Vec<ReminderRow> = reminders::table
        .filter(reminders::wanted.eq(true))
        .filter(reminders::officer_id.ne_all(written))
        .order(reminders::officer_id)
        .select(ReminderRow::as_select())
        .load(conn)?;
    rows.into_iter().map(ReminderRow::into_reminder).collect()
}

/// When the officer's last digest was made.
///
/// # Errors
///
/// [`StorageError`].
pub fn last_made(
    conn: &mut Connection,
    officer: Uuid,
) -> Result<Option<DateTime<Utc>>, StorageError> {
    let last: Option<Instant> = digests::table
        .filter(digests::officer_id.eq(Id(officer)))
        .order(digests::day.desc())
        .select(digests::made_at)
        .first(conn)
        .optional()?;
    Ok(last.map(|instant| instant.0))
}

/// Keeps that an officer's digest of a day was made; without a mail where there was nothing to
/// say.
///
/// # Errors
///
/// [`StorageError::Duplicate`], if there is one of that day.
pub fn keep_digest(
    conn: &mut Connection,
    officer: Uuid,
    day: NaiveDate,
    at: DateTime<Utc>,
    mail: Option<Uuid>,
) -> Result<(), StorageError> {
    diesel::insert_into(digests::table)
        .values((
            digests::officer_id.eq(Id(officer)),
            digests::day.eq(day),
            digests::made_at.eq(Instant(at)),
            digests::mail_id.eq(mail.map(Id)),
        ))
        .execute(conn)?;
    Ok(())
}
