//! 申请人: which applications are of the same one.
//!
//! Whoever proved who they are is told from namesakes by the number of the document; older
//! records have the name alone.

use chrono::{Datelike as _, Months, NaiveDate};
use diesel::prelude::*;
use uuid::Uuid;

use super::cases::CaseFile;
use super::engines::MultiBackend;
use super::schema::cases;
use super::types::Id;
use super::{Connection, StorageError};

/// How many applications of one applicant an agency was handed, the case in question included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filings {
    /// In the calendar month of the case.
    pub of_the_month: u32,
    /// In its calendar year.
    pub of_the_year: u32,
    /// Which of the month the case is, from 1: what the fee by application goes by.
    pub place_in_month: u32,
}

/// Name and document of an applicant, as the database knows them.
type Indexes = (Option<Vec<u8>>, Option<Vec<u8>>);

fn indexes(conn: &mut Connection, case: Uuid) -> Result<Indexes, StorageError> {
    let found = cases::table
        .find(Id(case))
        .select((cases::name_index, cases::document_index))
        .first(conn)
        .optional()?;
    found.ok_or(StorageError::NotFound("case"))
}

/// The cases of an agency that the applicant filed; `None` where nothing says who that is.
fn of_applicant(
    agency: Uuid,
    indexes: Indexes,
) -> Option<cases::BoxedQuery<'static, MultiBackend>> {
    let all = cases::table
        .filter(cases::agency_id.eq(Id(agency)))
        .into_boxed();
    Some(match indexes {
        (Some(name), Some(document)) => all.filter(
            cases::document_index
                .eq(Some(document))
                .or(cases::document_index
                    .is_null()
                    .and(cases::name_index.eq(Some(name)))),
        ),
        (None, Some(document)) => all.filter(cases::document_index.eq(Some(document))),
        (Some(name), None) => all.filter(cases::name_index.eq(Some(name))),
        (None, None) => return None,
    })
}

/// What the applicant of a case has filed with its agency.
///
/// # Errors
///
/// [`StorageError`].
///
/// Source: 《政府信息公开信息处理费管理办法》 (国办函〔2020〕109号) art. 4; 《政府信息公开条例》
/// art. 35.
pub fn filings(conn: &mut Connection, case: &CaseFile) -> Result<Filings, StorageError> {
    let indexes = indexes(conn, case.id)?;
    let mut count = |first: Option<NaiveDate>, months, is_before: bool| {
        let first = first.unwrap_or(case.arrived_on);
        let next = first
            .checked_add_months(Months::new(months))
            .unwrap_or(first);
        let Some(query) = of_applicant(case.agency_id, indexes.clone()) else {
            return Ok(1);
        };
        let mut query = query
            .filter(cases::arrived_on.ge(first))
            .filter(cases::arrived_on.lt(next));
        if is_before {
            let day = case.arrived_on;
            query = query
                .filter(cases::arrived_on.le(day))
                .filter(cases::arrived_on.lt(day).or(cases::id.le(Id(case.id))));
        }
        let number: i64 = query.count().get_result(conn)?;
        Ok::<_, StorageError>(u32::try_from(number).unwrap_or(1).max(1))
    };
    let (month, year) = (case.arrived_on.with_day(1), case.arrived_on.with_ordinal(1));
    Ok(Filings {
        of_the_month: count(month, 1, false)?,
        of_the_year: count(year, 12, false)?,
        place_in_month: count(month, 1, true)?,
    })
}

/// The latest other cases of an agency by the applicant of this one.
///
/// # Errors
///
/// [`StorageError`].
pub fn others(
    conn: &mut Connection,
    agency: Uuid,
    case: Uuid,
    limit: i64,
) -> Result<Vec<Uuid>, StorageError> {
    let indexes = indexes(conn, case)?;
    let Some(query) = of_applicant(agency, indexes) else {
        return Ok(Vec::new());
    };
    let ids: Vec<Id> = query
        .filter(cases::id.ne(Id(case)))
        .order(cases::id.desc())
        .limit(limit)
        .select(cases::id)
        .load(conn)?;
    Ok(ids.into_iter().map(|id| id.0).collect())
}

/// Who filed each of these cases, as a hash that tells applicants apart.
///
/// # Errors
///
/// [`StorageError`].
pub fn of_cases(conn: &mut Connection, cases: &[Uuid]) -> Result<Vec<Vec<u8>>, StorageError> {
    let rows: Vec<Indexes> = cases::table
        .filter(cases::id.eq_any(cases.iter().copied().map(Id)))
        .select((cases::name_index, cases::document_index))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .filter_map(|(name, document)| document.or(name))
        .collect())
}
