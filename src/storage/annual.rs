//! 年度报告 in the writing: one for each agency and year.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::schema::annual_reports;
use super::types::{Id, Instant};
use super::{Connection, StorageError};
use crate::report::annual::Draft;

/// A report that somebody writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The identifier of its form.
    pub form: String,
    /// Whether it sums the agencies below.
    pub roll_up: bool,
    /// What was written so far.
    pub draft: Draft,
    /// The version that was read; 0 for one that is not kept yet.
    pub version: i32,
}

/// The report of an agency and year, if anything was written.
///
/// # Errors
///
/// [`StorageError::Inconsistent`], if what was kept cannot be read.
pub fn find(
    conn: &mut Connection,
    agency: Uuid,
    year: i32,
) -> Result<Option<Written>, StorageError> {
    let found: Option<(String, bool, String, i32)> = annual_reports::table
        .find((Id(agency), year))
        .select((
            annual_reports::form,
            annual_reports::roll_up,
            annual_reports::draft,
            annual_reports::version,
        ))
        .first(conn)
        .optional()?;
    let Some((form, roll_up, draft, version)) = found else {
        return Ok(None);
    };
    let draft = serde_json::from_str(&draft).map_err(|_| StorageError::Inconsistent {
        table: "annual_reports",
        row: format!("{agency}/{year}"),
        why: "the draft cannot be read",
    })?;
    Ok(Some(Written { form, roll_up, draft, version }))
}

/// Keeps what was written, if nobody else wrote since it was read.
///
/// # Errors
///
/// [`StorageError::Conflict`], if somebody did.
pub fn save(
    conn: &mut Connection,
    agency: Uuid,
    year: i32,
    written: &Written,
    at: DateTime<Utc>,
) -> Result<(), StorageError> {
    let draft = serde_json::to_string(&written.draft).map_err(|_| StorageError::Inconsistent {
        table: "annual_reports",
        row: format!("{agency}/{year}"),
        why: "the draft cannot be written",
    })?;
    let values = (
        annual_reports::form.eq(&written.form),
        annual_reports::roll_up.eq(written.roll_up),
        annual_reports::draft.eq(draft),
        annual_reports::version.eq(written.version + 1),
        annual_reports::changed_at.eq(Instant(at)),
    );
    let kept = if written.version == 0 {
        diesel::insert_into(annual_reports::table)
            .values((
                annual_reports::agency_id.eq(Id(agency)),
                annual_reports::year.eq(year),
                values,
            ))
            .execute(conn)
            .map_err(|error| match StorageError::from(error) {
                StorageError::Duplicate { .. } => StorageError::Conflict,
                error => error,
            })?
    } else {
        diesel::update(
            annual_reports::table
                .find((Id(agency), year))
                .filter(annual_reports::version.eq(written.version)),
        )
        .set(values)
        .execute(conn)?
    };
    if kept == 0 {
        return Err(StorageError::Conflict);
    }
    Ok(())
}
