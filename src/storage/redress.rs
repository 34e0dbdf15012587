//! 行政复议、行政诉讼: the records of an agency, and what section four counts of them.

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::schema::{cases, redress};
use super::types::{Id, Instant};
use super::{Connection, StorageError};
use crate::domain::redress::{Redress, Ruling, Way};
use crate::report::section_four::Group;

/// A record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its identity.
    pub id: Uuid,
    /// The case.
    pub case: Uuid,
    /// The version that was read.
    pub version: i32,
    /// What it says.
    pub redress: Redress,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = redress)]
struct RedressRow {
    id: Id,
    case_id: Id,
    way: String,
    begun_on: NaiveDate,
    authority: String,
    file_number: String,
    ended_on: Option<NaiveDate>,
    ruling: Option<String>,
    version: i32,
}

impl RedressRow {
    fn into_record(self) -> Result<Recorded, StorageError> {
        let wrong = |why| broken(&self.id.0, why);
        let way = Way::from_code(&self.way).ok_or_else(|| wrong("way unknown"))?;
        let ended = match (self.ended_on, self.ruling.as_deref().map(Ruling::from_code)) {
            (Some(on), Some(Some(ruling))) => Some((on, ruling)),
            (None, None) => None,
            _ => return Err(wrong("end and ruling contradict each other")),
        };
        Ok(Recorded {
            id: self.id.0,
            case: self.case_id.0,
            version: self.version,
            redress: Redress {
                way,
                begun_on: self.begun_on,
                authority: self.authority,
                file_number: self.file_number,
                ended,
            },
        })
    }
}

fn broken(row: &impl ToString, why: &'static str) -> StorageError {
    StorageError::Inconsistent { table: "redress", row: row.to_string(), why }
}

/// What of a record may change.
macro_rules! values {
    ($redress:expr) => {
        (
            redress::way.eq($redress.way.code()),
            redress::begun_on.eq($redress.begun_on),
            redress::begun_year.eq($redress.begun_on.year()),
            redress::authority.eq(&$redress.authority),
            redress::file_number.eq(&$redress.file_number),
            redress::ended_on.eq($redress.ended.map(|(on, _)| on)),
            redress::ended_year.eq($redress.ended.map(|(on, _)| on.year())),
            redress::ruling.eq($redress.ended.map(|(_, ruling)| ruling.code())),
        )
    };
}

/// Keeps a new record.
///
/// # Errors
///
/// [`StorageError`].
pub fn insert(
    conn: &mut Connection,
    agency: Uuid,
    record: &Recorded,
    at: DateTime<Utc>,
) -> Result<(), StorageError> {
    diesel::insert_into(redress::table)
        .values((
            redress::id.eq(Id(record.id)),
            redress::agency_id.eq(Id(agency)),
            redress::case_id.eq(Id(record.case)),
            values!(record.redress),
            redress::version.eq(1),
            redress::created_at.eq(Instant(at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Keeps what is now known of a record, if nobody else changed it since it was read.
///
/// # Errors
///
/// [`StorageError::Conflict`], if somebody did.
pub fn save(conn: &mut Connection, agency: Uuid, record: &Recorded) -> Result<(), StorageError> {
    let kept = diesel::update(
        redress::table
            .find(Id(record.id))
            .filter(redress::agency_id.eq(Id(agency)))
            .filter(redress::version.eq(record.version)),
    )
    .set((values!(record.redress), redress::version.eq(record.version + 1)))
    .execute(conn)?;
    if kept == 0 {
        return Err(StorageError::Conflict);
    }
    Ok(())
}

/// The records of a case, by the day on which they began.
///
/// # Errors
///
/// [`StorageError::Inconsistent`] for a row that contradicts itself.
pub fn of_case(conn: &mut Connection, case: Uuid) -> Result<Vec<Recorded>, StorageError> {
    let rows: Vec<RedressRow> = redress::table
        .filter(redress::case_id.eq(Id(case)))
        .order((redress::begun_on, redress::id))
        .select(RedressRow::as_select())
        .load(conn)?;
    rows.into_iter().map(RedressRow::into_record).collect()
}

/// The records that section four of a year counts, as they stood on its last day, with the
/// number of their case; what was pending comes first.
///
/// # Errors
///
/// [`StorageError::Inconsistent`] for a row that contradicts itself.
pub fn of_year(
    conn: &mut Connection,
    agencies: &[Uuid],
    year: i32,
) -> Result<Vec<(Recorded, String)>, StorageError> {
    let rows: Vec<(RedressRow, String)> = redress::table
        .inner_join(cases::table.on(cases::id.eq(redress::case_id)))
        .filter(redress::agency_id.eq_any(agencies.iter().copied().map(Id)))
        .filter(redress::begun_year.le(year))
        .filter(
            redress::ended_year
                .is_null()
                .or(redress::ended_year.ge(year)),
        )
        .order((redress::ended_on.is_not_null(), redress::begun_on.desc(), redress::id))
        .select((RedressRow::as_select(), cases::number))
        .load(conn)?;
    let mut records = Vec::with_capacity(rows.len());
    for (row, number) in rows {
        let mut record = row.into_record()?;
        record.redress = record.redress.at_the_end_of(year);
        records.push((record, number));
    }
    records.sort_by_key(|(record, _)| record.redress.ended.is_some());
    Ok(records)
}

type GroupRow = (String, i32, Option<i32>, Option<String>, i64);

/// What section four of a year counts, grouped.
///
/// # Errors
///
/// [`StorageError::Inconsistent`] for a row that contradicts itself.
pub fn groups(
    conn: &mut Connection,
    agencies: &[Uuid],
    year: i32,
) -> Result<Vec<Group>, StorageError> {
    let rows: Vec<GroupRow> = redress::table
        .filter(redress::agency_id.eq_any(agencies.iter().copied().map(Id)))
        .filter(redress::begun_year.le(year))
        .filter(
            redress::ended_year
                .is_null()
                .or(redress::ended_year.ge(year)),
        )
        .group_by((redress::way, redress::begun_year, redress::ended_year, redress::ruling))
        .select((
            redress::way,
            redress::begun_year,
            redress::ended_year,
            redress::ruling,
            diesel::dsl::count_star(),
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|row| group(row).ok_or_else(|| broken(&year, "a group cannot be read")))
        .collect()
}

fn group((way, begun_year, ended_year, ruling, count): GroupRow) -> Option<Group> {
    let ended = match (ended_year, ruling) {
        (Some(year), Some(ruling)) => Some((year, Ruling::from_code(&ruling)?)),
        (None, None) => None,
        _ => return None,
    };
    let count = u64::try_from(count).ok()?;
    Some(Group { way: Way::from_code(&way)?, begun_year, ended, count })
}
