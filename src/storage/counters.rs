//! Numbers that are given once: the running number of a series within an agency and a year.

use diesel::prelude::*;
use uuid::Uuid;

use super::connection::on_each;
use super::schema::counters;
use super::types::Id;
use super::{Connection, StorageError};

/// The next number of a series, from 1.
///
/// Take it as late in a deed as possible: on PostgreSQL others who want one of the same
/// series wait until the deed ends. A deed that fails gives its number back.
///
/// # Errors
///
/// [`StorageError`].
pub fn next(
    conn: &mut Connection,
    agency: Uuid,
    series: &str,
    year: i32,
) -> Result<u32, StorageError> {
    let first = (
        counters::agency_id.eq(Id(agency)),
        counters::series.eq(series),
        counters::year.eq(year),
        counters::last.eq(1),
    );
    let number: i32 = on_each!(conn, conn => diesel::insert_into(counters::table)
        .values(first)
        .on_conflict((counters::agency_id, counters::series, counters::year))
        .do_update()
        .set(counters::last.eq(counters::last + 1))
        .returning(counters::last)
        .get_result(conn))?;
    u32::try_from(number).map_err(|_| StorageError::Inconsistent {
        table: "counters",
        row: format!("{agency} {series} {year}"),
        why: "a counter is below zero",
    })
}

/// The number that [`next`] would give now, if nobody else is faster.
///
/// # Errors
///
/// [`StorageError`].
pub fn upcoming(
    conn: &mut Connection,
    agency: Uuid,
    series: &str,
    year: i32,
) -> Result<u32, StorageError> {
    let last: Option<i32> = counters::table
        .find((Id(agency), series, year))
        .select(counters::last)
        .first(conn)
        .optional()?;
    Ok(u32::try_from(last.unwrap_or(0)).unwrap_or(0) + 1)
}

/// Makes sure that no number up to this one is given any more, since it stands on something
/// already.
///
/// # Errors
///
/// [`StorageError`].
pub fn skip_to(
    conn: &mut Connection,
    agency: Uuid,
    series: &str,
    year: i32,
    taken: u32,
) -> Result<(), StorageError> {
    let taken = i32::try_from(taken).map_err(|_| StorageError::Inconsistent {
        table: "counters",
        row: format!("{agency} {series} {year}"),
        why: "a number is too large",
    })?;
    let first = (
        counters::agency_id.eq(Id(agency)),
        counters::series.eq(series),
        counters::year.eq(year),
        counters::last.eq(taken),
    );
    let raised = diesel::update(counters::table.find((Id(agency), series, year)))
        .filter(counters::last.lt(taken))
        .set(counters::last.eq(taken))
        .execute(conn)?;
    if raised == 0 {
        on_each!(conn, conn => diesel::insert_into(counters::table)
            .values(first)
            .on_conflict_do_nothing()
            .execute(conn))?;
    }
    Ok(())
}
