//! What figures are made of: applications by the day of receipt and of closing.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use super::schema::cases;
use super::types::Id;
use super::{Connection, StorageError};
use crate::domain::applicant::ApplicantKind;
use crate::domain::channel::Channel;
use crate::domain::outcome::Outcome;
use crate::report::figures::{Closed, Received};

fn broken(table: &'static str) -> StorageError {
    StorageError::Inconsistent { table, row: String::new(), why: "a group cannot be read" }
}

fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

type ReceivedRow = (Id, Option<NaiveDate>, String, String, i64);

/// What these agencies received in two years, by day, channel and column.
///
/// # Errors
///
/// [`StorageError::Inconsistent`] for a row that contradicts itself.
pub fn received(
    conn: &mut Connection,
    agencies: &[Uuid],
    years: [i32; 2],
) -> Result<Vec<Received>, StorageError> {
    let rows: Vec<ReceivedRow> = cases::table
        .filter(cases::agency_id.eq_any(agencies.iter().copied().map(Id)))
        .filter(cases::received_year.eq_any(years))
        .group_by((cases::agency_id, cases::received_on, cases::channel, cases::applicant_kind))
        .select((
            cases::agency_id,
            cases::received_on,
            cases::channel,
            cases::applicant_kind,
            diesel::dsl::count_star(),
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(Id(agency), on, channel, kind, number)| {
            Some(Received {
                agency,
                on: on?,
                channel: Channel::from_code(&channel)?,
                kind: ApplicantKind::from_code(&kind)?,
                count: count(number),
            })
        })
        .map(|row| row.ok_or_else(|| broken("cases")))
        .collect()
}

type ClosedRow = (Id, Option<NaiveDate>, Option<String>, i64);

/// What these agencies closed in two years, by day and outcome.
///
/// # Errors
///
/// [`StorageError::Inconsistent`] for a row that contradicts itself.
pub fn closed(
    conn: &mut Connection,
    agencies: &[Uuid],
    years: [i32; 2],
) -> Result<Vec<Closed>, StorageError> {
    let rows: Vec<ClosedRow> = cases::table
        .filter(cases::agency_id.eq_any(agencies.iter().copied().map(Id)))
        .filter(cases::closed_on.is_not_null())
        .filter(cases::closed_year.eq_any(years))
        .group_by((cases::agency_id, cases::closed_on, cases::outcome))
        .select((cases::agency_id, cases::closed_on, cases::outcome, diesel::dsl::count_star()))
        .load(conn)?;
    rows.into_iter()
        .map(|(Id(agency), on, outcome, number)| {
            let outcome = Outcome::from_code(outcome.as_deref()?)?;
            Some(Closed { agency, on: on?, outcome, count: count(number) })
        })
        .map(|row| row.ok_or_else(|| broken("cases")))
        .collect()
}

/// How many cases of these agencies are open.
///
/// # Errors
///
/// [`StorageError`].
pub fn open(conn: &mut Connection, agencies: &[Uuid]) -> Result<u64, StorageError> {
    let number: i64 = cases::table
        .filter(cases::agency_id.eq_any(agencies.iter().copied().map(Id)))
        .filter(cases::attention_on.is_not_null())
        .count()
        .get_result(conn)?;
    Ok(count(number))
}
