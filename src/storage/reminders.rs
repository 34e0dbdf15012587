//! 提醒: of what each officer wants to be reminded by mail, and the digests of each day.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::on_each;
use super::officers::{self, Officer};
use super::outbox::Delivery;
use super::schema::{agency_digests, digests, outbox, reminders};
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

/// The heads whom no mail of their own tells of overdue cases, by agency.
///
/// # Errors
///
/// [`StorageError::Inconsistent`] for a row that contradicts itself.
pub fn heads_not_told(conn: &mut Connection) -> Result<Vec<Officer>, StorageError> {
    let mut heads = officers::heads(conn)?;
    let of: Vec<Id> = heads.iter().map(|head| Id(head.id)).collect();
    let rows: Vec<ReminderRow> = reminders::table
        .filter(reminders::wanted.eq(true))
        .filter(reminders::officer_id.eq_any(of))
        .select(ReminderRow::as_select())
        .load(conn)?;
    for row in rows {
        let reminder = row.into_reminder()?;
        if reminder.parts.contains(&Part::Overdue) {
            heads.retain(|head| head.id != reminder.officer);
        }
    }
    Ok(heads)
}

/// The agencies whose own mailbox was told of a day's overdue cases.
///
/// # Errors
///
/// [`StorageError`].
pub fn agencies_told(conn: &mut Connection, day: NaiveDate) -> Result<Vec<Uuid>, StorageError> {
    let told: Vec<Id> = agency_digests::table
        .filter(agency_digests::day.eq(day))
        .select(agency_digests::agency_id)
        .load(conn)?;
    Ok(told.into_iter().map(Uuid::from).collect())
}

/// Keeps that an agency's mailbox was told of a day; without a mail where nothing was overdue.
///
/// # Errors
///
/// [`StorageError::Duplicate`], if it was told already.
pub fn keep_agency_digest(
    conn: &mut Connection,
    agency: Uuid,
    day: NaiveDate,
    mail: Option<Uuid>,
) -> Result<(), StorageError> {
    diesel::insert_into(agency_digests::table)
        .values((
            agency_digests::agency_id.eq(Id(agency)),
            agency_digests::day.eq(day),
            agency_digests::mail_id.eq(mail.map(Id)),
        ))
        .execute(conn)?;
    Ok(())
}

/// A digest that did not arrive, and after which none did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undelivered {
    /// Whose it was; the agency's own mailbox has nobody's.
    pub officer: Option<Uuid>,
    /// Of which day.
    pub day: NaiveDate,
}

/// Whose last digest of an agency did not arrive.
///
/// # Errors
///
/// [`StorageError`].
pub fn undelivered(
    conn: &mut Connection,
    agency: Uuid,
    since: NaiveDate,
) -> Result<Vec<Undelivered>, StorageError> {
    let of_officers: Vec<(Id, NaiveDate, String)> = digests::table
        .inner_join(outbox::table.on(digests::mail_id.eq(outbox::id.nullable())))
        .filter(outbox::agency_id.eq(Id(agency)))
        .filter(digests::day.ge(since))
        .order((digests::day, digests::officer_id))
        .select((digests::officer_id, digests::day, outbox::state))
        .load(conn)?;
    let of_agency: Vec<(NaiveDate, String)> = agency_digests::table
        .inner_join(outbox::table.on(agency_digests::mail_id.eq(outbox::id.nullable())))
        .filter(agency_digests::agency_id.eq(Id(agency)))
        .filter(agency_digests::day.ge(since))
        .order(agency_digests::day)
        .select((agency_digests::day, outbox::state))
        .load(conn)?;
    let all = of_officers
        .into_iter()
        .map(|(officer, day, state)| (Some(officer.0), day, state))
        .chain(of_agency.into_iter().map(|(day, state)| (None, day, state)));
    let last: BTreeMap<_, _> = all
        .map(|(officer, day, state)| (officer, (day, state)))
        .collect();
    let failed = last
        .into_iter()
        .filter(|(_, (_, state))| state == Delivery::GivenUp.code())
        .map(|(officer, (day, _))| Undelivered { officer, day });
    Ok(failed.collect())
}
