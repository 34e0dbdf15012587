//! 答复 and when they left the office: what says whether they were in time.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use super::case_row;
use super::schema::answers;
use super::types::Id;
use super::{Connection, StorageError};
use crate::domain::case::{Handling, Stage};
use crate::domain::deadline::Answered;
use crate::report::figures::{Taken, Unsent};

/// An answer that was decided.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The case.
    pub case: Uuid,
    /// The case as it was decided; `None` for answers of older versions.
    pub handling: Option<Handling>,
    /// The day on which it left, once it did.
    pub answered_on: Option<NaiveDate>,
}

/// Keeps that an answer was decided on; it has not left yet.
///
/// # Errors
///
/// [`StorageError`].
pub fn decide(
    conn: &mut Connection,
    (agency, case): (Uuid, Uuid),
    on: NaiveDate,
    handling: &Handling,
    due_on: Option<NaiveDate>,
) -> Result<(), StorageError> {
    diesel::insert_into(answers::table)
        .values((
            answers::case_id.eq(Id(case)),
            answers::agency_id.eq(Id(agency)),
            answers::decided_on.eq(on),
            answers::state.eq(case_row::encode(&Stage::Handling(handling.clone()))?),
            answers::due_on.eq(due_on),
        ))
        .execute(conn)?;
    Ok(())
}

/// Keeps the day on which an answer left, and how long it took where the calendar tells.
///
/// # Errors
///
/// [`StorageError`].
pub fn leave(
    conn: &mut Connection,
    case: Uuid,
    on: NaiveDate,
    took: Option<Answered>,
) -> Result<(), StorageError> {
    let days = took.map(|took| i32::try_from(took.working_days).unwrap_or(i32::MAX));
    diesel::update(answers::table.find(Id(case)))
        .set((
            answers::answered_on.eq(Some(on)),
            answers::working_days.eq(days),
            answers::is_late.eq(took.map(|took| took.is_late)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Keeps the last day for an answer, counted anew.
///
/// # Errors
///
/// [`StorageError`].
pub fn set_due(
    conn: &mut Connection,
    case: Uuid,
    due_on: Option<NaiveDate>,
) -> Result<(), StorageError> {
    diesel::update(answers::table.find(Id(case)))
        .set(answers::due_on.eq(due_on))
        .execute(conn)?;
    Ok(())
}

type AnswerRow = (Id, Option<String>, Option<NaiveDate>);

fn read((Id(case), state, answered_on): AnswerRow) -> Result<Answer, StorageError> {
    let decided = state.map(|state| case_row::read(&state, None, case));
    let handling = decided.transpose()?.and_then(|case| match case.stage {
        Stage::Handling(handling) => Some(handling),
        _ => None,
    });
    Ok(Answer { case, handling, answered_on })
}

/// The answer to a case, if one was decided on.
///
/// # Errors
///
/// [`StorageError::Inconsistent`] for a row that cannot be read.
pub fn find(conn: &mut Connection, case: Uuid) -> Result<Option<Answer>, StorageError> {
    let row: Option<AnswerRow> = answers::table
        .find(Id(case))
        .select((answers::case_id, answers::state, answers::answered_on))
        .first(conn)
        .optional()?;
    row.map(read).transpose()
}

/// Answers whose clock can be computed again, in order of their cases after `after`.
///
/// # Errors
///
/// [`StorageError::Inconsistent`] for a row that cannot be read.
pub fn list(
    conn: &mut Connection,
    after: Option<Uuid>,
    at_most: i64,
) -> Result<Vec<Answer>, StorageError> {
    let rows: Vec<AnswerRow> = answers::table
        .filter(answers::case_id.gt(Id(after.unwrap_or_default())))
        .filter(answers::state.is_not_null())
        .order(answers::case_id)
        .limit(at_most)
        .select((answers::case_id, answers::state, answers::answered_on))
        .load(conn)?;
    rows.into_iter().map(read).collect()
}

/// The last day for each of these cases whose answer was decided on and has not left.
///
/// # Errors
///
/// [`StorageError`].
pub fn due_of(
    conn: &mut Connection,
    cases: &[Uuid],
) -> Result<Vec<(Uuid, NaiveDate)>, StorageError> {
    let rows: Vec<(Id, Option<NaiveDate>)> = answers::table
        .filter(answers::case_id.eq_any(cases.iter().copied().map(Id)))
        .filter(answers::answered_on.is_null())
        .select((answers::case_id, answers::due_on))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .filter_map(|(Id(case), due_on)| Some((case, due_on?)))
        .collect())
}

/// How long the answers that left between two days took.
///
/// # Errors
///
/// [`StorageError`].
pub fn taken(
    conn: &mut Connection,
    agencies: &[Uuid],
    from: NaiveDate,
    until: NaiveDate,
) -> Result<Vec<Taken>, StorageError> {
    let rows: Vec<(Option<i32>, Option<bool>, i64)> = answers::table
        .filter(answers::agency_id.eq_any(agencies.iter().copied().map(Id)))
        .filter(answers::answered_on.between(from, until))
        .filter(answers::working_days.is_not_null())
        .group_by((answers::working_days, answers::is_late))
        .select((answers::working_days, answers::is_late, diesel::dsl::count_star()))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(days, is_late, number)| Taken {
            working_days: days
                .and_then(|days| u32::try_from(days).ok())
                .unwrap_or_default(),
            is_late: is_late.unwrap_or_default(),
            count: count(number),
        })
        .collect())
}

/// The answers that were decided on and have not left: all, and those whose last day is over
/// at the beginning of `today`.
///
/// # Errors
///
/// [`StorageError`].
pub fn unsent(
    conn: &mut Connection,
    agencies: &[Uuid],
    today: NaiveDate,
) -> Result<Unsent, StorageError> {
    let waiting = || {
        answers::table
            .filter(answers::agency_id.eq_any(agencies.iter().copied().map(Id)))
            .filter(answers::answered_on.is_null())
    };
    let all: i64 = waiting().count().get_result(conn)?;
    let late: i64 = waiting()
        .filter(answers::due_on.lt(today))
        .count()
        .get_result(conn)?;
    Ok(Unsent { all: count(all), late: count(late) })
}

fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}
