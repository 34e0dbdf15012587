//! Tables that were counted elsewhere: what agencies without this system hand in, and what was
//! carried over before it.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::schema::{handed_in_tables, opening_balances};
use super::types::{Id, Instant};
use super::{Connection, StorageError};
use crate::report::table::Table;

/// A table as it was handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedIn {
    /// Whose table.
    pub agency: Uuid,
    /// Section three.
    pub table: Table,
    /// The name of the file that it came in.
    pub file_name: String,
    /// The file's SHA-256.
    pub sha256: Vec<u8>,
    /// When.
    pub at: DateTime<Utc>,
}

/// 结转下年度 of the year before, as it was published: one number for each kind of applicants.
pub type Opening = [u64; 6];

fn broken(table: &'static str, agency: Uuid, year: i32) -> StorageError {
    let row = format!("{agency}/{year}");
    StorageError::Inconsistent { table, row, why: "cannot be read" }
}

/// A table as a column keeps it: a line of numbers, or JSON from before there were lines.
pub(super) fn kept_table(text: &str) -> Option<Table> {
    Table::from_line(text).or_else(|| Table::from_json(text).ok())
}

/// Keeps a table in place of the one that was handed in before, if one was.
///
/// # Errors
///
/// [`StorageError`].
pub fn hand_in(conn: &mut Connection, handed: &HandedIn) -> Result<(), StorageError> {
    let (agency, year) = (handed.agency, handed.table.year);
    diesel::delete(handed_in_tables::table.find((Id(agency), year))).execute(conn)?;
    diesel::insert_into(handed_in_tables::table)
        .values((
            handed_in_tables::agency_id.eq(Id(agency)),
            handed_in_tables::year.eq(year),
            handed_in_tables::own_table.eq(handed.table.to_line()),
            handed_in_tables::file_name.eq(&handed.file_name),
            handed_in_tables::sha256.eq(&handed.sha256),
            handed_in_tables::handed_in_at.eq(Instant(handed.at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// What these agencies handed in for a year.
///
/// # Errors
///
/// [`StorageError::Inconsistent`], if what was kept cannot be read.
pub fn handed_in(
    conn: &mut Connection,
    agencies: &[Uuid],
    year: i32,
) -> Result<Vec<HandedIn>, StorageError> {
    let of_year = handed_in_tables::table
        .filter(handed_in_tables::year.eq(year))
        .select((
            handed_in_tables::agency_id,
            handed_in_tables::own_table,
            handed_in_tables::file_name,
            handed_in_tables::sha256,
            handed_in_tables::handed_in_at,
        ));
    let rows: Vec<(Id, String, String, Vec<u8>, Instant)> = if agencies.len() > MANY {
        of_year.load(conn)?
    } else {
        let ids = agencies.iter().copied().map(Id);
        of_year
            .filter(handed_in_tables::agency_id.eq_any(ids))
            .load(conn)?
    };
    let wanted = Wanted::of(agencies);
    rows.into_iter()
        .filter(|(Id(agency), ..)| wanted.has(*agency))
        .map(|(Id(agency), text, file_name, sha256, Instant(at))| {
            let table =
                kept_table(&text).ok_or_else(|| broken("handed_in_tables", agency, year))?;
            Ok(HandedIn { agency, table, file_name, sha256, at })
        })
        .collect()
}

/// Of more agencies than this a whole year is read, and picked from here: looking each up in an
/// index takes longer.
pub(super) const MANY: usize = 500;

/// Agencies that something is picked for.
pub(super) struct Wanted<'a>(HashSet<&'a Uuid>);

impl<'a> Wanted<'a> {
    pub(super) fn of(agencies: &'a [Uuid]) -> Self {
        Self(agencies.iter().collect())
    }

    pub(super) fn has(&self, agency: Uuid) -> bool {
        self.0.contains(&agency)
    }
}

/// Keeps what the report of the year before `year` carried over.
///
/// # Errors
///
/// [`StorageError`].
pub fn set_opening(
    conn: &mut Connection,
    agency: Uuid,
    year: i32,
    numbers: Opening,
) -> Result<(), StorageError> {
    let text = numbers.map(|number| number.to_string()).join(" ");
    diesel::delete(opening_balances::table.find((Id(agency), year))).execute(conn)?;
    diesel::insert_into(opening_balances::table)
        .values((
            opening_balances::agency_id.eq(Id(agency)),
            opening_balances::year.eq(year),
            opening_balances::numbers.eq(text),
        ))
        .execute(conn)?;
    Ok(())
}

/// What the reports of the year before `year` carried over, of those of these agencies that told.
///
/// # Errors
///
/// [`StorageError::Inconsistent`], if what was kept cannot be read.
pub fn openings(
    conn: &mut Connection,
    agencies: &[Uuid],
    year: i32,
) -> Result<Vec<(Uuid, Opening)>, StorageError> {
    let rows: Vec<(Id, String)> = opening_balances::table
        .filter(opening_balances::year.eq(year))
        .select((opening_balances::agency_id, opening_balances::numbers))
        .load(conn)?;
    let wanted = Wanted::of(agencies);
    rows.into_iter()
        .filter(|(Id(agency), _)| wanted.has(*agency))
        .map(|(Id(agency), text)| Ok((agency, numbers_in(&text, agency, year)?)))
        .collect()
}

fn numbers_in(text: &str, agency: Uuid, year: i32) -> Result<Opening, StorageError> {
    let numbers: Option<Vec<u64>> = text.split(' ').map(|number| number.parse().ok()).collect();
    numbers
        .and_then(|numbers| numbers.try_into().ok())
        .ok_or_else(|| broken("opening_balances", agency, year))
}

/// What the report of the year before `year` carried over, if it was told.
///
/// # Errors
///
/// [`StorageError::Inconsistent`], if what was kept cannot be read.
pub fn opening(
    conn: &mut Connection,
    agency: Uuid,
    year: i32,
) -> Result<Option<Opening>, StorageError> {
    let text: Option<String> = opening_balances::table
        .find((Id(agency), year))
        .select(opening_balances::numbers)
        .first(conn)
        .optional()?;
    text.map(|text| numbers_in(&text, agency, year)).transpose()
}
