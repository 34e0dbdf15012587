//! 第三部分: counting the cases of a year, and finding those behind each number.
//!
//! A table of year Y asks of two disjoint sets, each with an index that holds all it needs:
//! what was received in Y, and what crossed from a year before Y into it. The second is small
//! beside the archive, however old the office gets.

use std::collections::{BTreeMap, HashSet};

use chrono::NaiveDate;
use diesel::connection::SimpleConnection as _;
use diesel::dsl::{not, sql};
use diesel::prelude::*;
use diesel::sql_types::{Binary, Bool};
use uuid::Uuid;

use super::connection::on_each;
use super::schema::{agencies, cases};
use super::types::Id;
use super::{Connection, StorageError};
use crate::domain::applicant::ApplicantKind;
use crate::domain::number::CaseNumber;
use crate::domain::outcome::Outcome;
use crate::report::line::{CaseFacts, Cell};
use crate::report::section_three::Tally;

/// A case behind a number of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedCase {
    /// Its identity; also the place to go on from.
    pub id: Uuid,
    /// Who answers.
    pub agency_id: Uuid,
    /// 受理编号.
    pub number: CaseNumber,
    /// What decides where it counts.
    pub facts: CaseFacts,
}

/// What the database answers for one group of cases: column, years, outcome, how many.
type GroupRow = (String, Option<i32>, Option<i32>, Option<String>, i64);

/// The cases that the table of `year` counts on any line, tallied. The agencies' tallies are
/// not added up: one group may come once for each.
///
/// # Errors
///
/// [`StorageError::Inconsistent`] for a row that contradicts itself.
pub fn tallies(
    conn: &mut Connection,
    agencies: &[Uuid],
    year: i32,
) -> Result<Vec<Tally>, StorageError> {
    if agencies.len() > FEW {
        return tallies_together(conn, agencies, year);
    }
    let mut tallies = Vec::new();
    for agency in agencies {
        tallies.extend(tallies_of(conn, *agency, year)?);
    }
    Ok(tallies)
}

/// The condition of the partial index in its own words, so that both engines see that it applies.
macro_rules! crossing {
    () => {
        cases::closed_year
            .is_null()
            .or(cases::closed_year.gt(cases::received_year))
    };
}

/// Up to so many agencies are asked one by one, each through its own part of an index; more
/// are counted together, through indexes that lie across all agencies.
const FEW: usize = 24;
/// How many agencies are named in one query; the engines have a limit.
const NAMED: usize = 10_000;

/// Whose cases are counted together: agencies by their ordinals.
#[derive(Clone, Copy)]
enum Whose<'a> {
    All,
    These(&'a [i32]),
    AllBut(&'a [i32]),
}

/// A byte for each agency by its ordinal, 1 for those of a list.
fn marked(units: &[i32]) -> Vec<u8> {
    let places = units.iter().filter_map(|unit| usize::try_from(*unit).ok());
    let mut marks = vec![0; places.clone().max().map_or(0, |last| last + 1)];
    for place in places {
        if let Some(mark) = marks.get_mut(place) {
            *mark = 1;
        }
    }
    marks
}

/// Whether the agency of a case is in a list: SQLite looks a byte up by its place, which takes a
/// fraction of looking a key up in a list.
macro_rules! is_marked {
    ($units:expr) => {
        sql::<Bool>("substr(")
            .bind::<Binary, _>(marked($units))
            .sql(", cases.unit + 1, 1) = x'01'")
    };
}

/// The groups of cases of these agencies that meet a condition, all agencies together.
/// PostgreSQL takes the agencies as one value, and not as thousands that it has to plan for.
macro_rules! groups {
    ($conn:expr, $whose:expr, $condition:expr) => {{
        let groups = cases::table
            .filter($condition)
            .group_by((
                cases::applicant_kind,
                cases::received_year,
                cases::closed_year,
                cases::outcome,
            ))
            .select((
                cases::applicant_kind,
                cases::received_year,
                cases::closed_year,
                cases::outcome,
                diesel::dsl::count_star(),
            ));
        let whose: Whose<'_> = $whose;
        match (&mut *$conn, whose) {
            (conn, Whose::All) => on_each!(conn, engine => groups.load(engine)),
            (Connection::Pg(engine), Whose::These(units)) => {
                groups.filter(cases::unit.eq_any(units.to_vec())).load(engine)
            }
            (Connection::Pg(engine), Whose::AllBut(units)) => {
                groups.filter(cases::unit.ne_all(units.to_vec())).load(engine)
            }
            (Connection::Sqlite(engine), Whose::These(units)) => {
                groups.filter(is_marked!(units)).load(engine)
            }
            (Connection::Sqlite(engine), Whose::AllBut(units)) => {
                groups.filter(not(is_marked!(units))).load(engine)
            }
        }
    }};
}

fn tallies_together(
    conn: &mut Connection,
    wanted: &[Uuid],
    year: i32,
) -> Result<Vec<Tally>, StorageError> {
    let all: Vec<(Id, i32)> = agencies::table
        .select((agencies::id, agencies::unit))
        .load(conn)?;
    let named: HashSet<&Uuid> = wanted.iter().collect();
    let (these, others): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|(Id(agency), _)| named.contains(agency));
    let units = |of: &[(Id, i32)]| of.iter().map(|(_, unit)| *unit).collect::<Vec<_>>();
    let mut groups = Vec::new();
    if others.is_empty() {
        groups.extend(received_together(conn, Whose::All, year)?);
        groups.extend(crossed_together(conn, Whose::All, year)?);
        return read(wanted, groups);
    }
    if let Connection::Pg(postgres) = conn {
        // A plan for any list of agencies would be one for a short list.
        postgres.batch_execute("SET LOCAL plan_cache_mode = force_custom_plan")?;
    }
    let counted = units(&these);
    if matches!(conn, Connection::Sqlite(_)) && these.len() < others.len() / 3 {
        // SQLite reads the whole index for some of the agencies; of a small part of them, a
        // question to each in a statement that stays prepared is cheaper.
        for (Id(agency), _) in &these {
            groups.extend(received_in(conn, *agency, year)?);
        }
    } else {
        groups.extend(received_together(conn, Whose::These(&counted), year)?);
    }
    // Few cases cross a New Year: those of all are gone through faster than agency by agency.
    if others.len() <= these.len() {
        groups.extend(crossed_together(conn, Whose::AllBut(&units(&others)), year)?);
    } else {
        groups.extend(crossed_together(conn, Whose::These(&counted), year)?);
    }
    read(wanted, groups)
}

/// The groups as tallies.
fn read(agencies: &[Uuid], groups: Vec<GroupRow>) -> Result<Vec<Tally>, StorageError> {
    let whose = agencies.first().copied().unwrap_or_default();
    groups
        .into_iter()
        .map(|row| tally(row).ok_or_else(|| broken(whose, "a group cannot be read")))
        .collect()
}

/// What these agencies, or all, received in the year.
fn received_together(
    conn: &mut Connection,
    whose: Whose<'_>,
    year: i32,
) -> QueryResult<Vec<GroupRow>> {
    groups!(conn, whose, cases::received_year.eq(year))
}

/// What these agencies, or all, received in years before and closed in this one or later, or
/// have open.
fn crossed_together(
    conn: &mut Connection,
    whose: Whose<'_>,
    year: i32,
) -> QueryResult<Vec<GroupRow>> {
    let first: Option<i32> = cases::table
        .filter(cases::received_year.is_not_null())
        .order(cases::received_year)
        .select(cases::received_year.assume_not_null())
        .first(conn)
        .optional()?;
    let before: Vec<i32> = first
        .map(|first| (first..year).collect())
        .unwrap_or_default();
    let earlier = cases::received_year.eq_any(before).and(crossing!());
    let closed = earlier.clone().and(cases::closed_year.ge(year));
    let open = earlier.and(cases::closed_year.is_null());
    let mut groups: Vec<GroupRow> = groups!(conn, whose, closed)?;
    groups.extend::<Vec<GroupRow>>(groups!(conn, whose, open)?);
    Ok(groups)
}

/// What a group of cases of one agency answers: the agency, and as a [`GroupRow`].
type UnitRow = (Id, String, Option<i32>, Option<i32>, Option<String>, i64);

/// How many cases of each of these agencies a cell counts; agencies with none are left out.
///
/// # Errors
///
/// [`StorageError::Inconsistent`] for a row that contradicts itself.
pub fn counts_by_agency(
    conn: &mut Connection,
    agencies: &[Uuid],
    cell: Cell,
) -> Result<BTreeMap<Uuid, u64>, StorageError> {
    let mut counts = BTreeMap::new();
    for named in agencies.chunks(NAMED) {
        let ids: Vec<Id> = named.iter().copied().map(Id).collect();
        let rows: Vec<UnitRow> = cases::table
            .filter(cases::agency_id.eq_any(ids))
            .filter(
                cases::received_year
                    .eq(cell.year)
                    .or(cases::received_year.lt(cell.year).and(crossing!())),
            )
            .group_by((
                cases::agency_id,
                cases::applicant_kind,
                cases::received_year,
                cases::closed_year,
                cases::outcome,
            ))
            .select((
                cases::agency_id,
                cases::applicant_kind,
                cases::received_year,
                cases::closed_year,
                cases::outcome,
                diesel::dsl::count_star(),
            ))
            .load(conn)?;
        for (Id(agency), kind, received, closed, outcome, count) in rows {
            let tally = tally((kind, received, closed, outcome, count))
                .ok_or_else(|| broken(agency, "a group cannot be read"))?;
            let counted = cell.column.takes(tally.kind)
                && cell
                    .line
                    .counts(cell.year, tally.received_year, tally.closed);
            if counted {
                *counts.entry(agency).or_default() += u64::from(tally.count);
            }
        }
    }
    Ok(counts)
}

/// Applications that came within the year and whose day of receipt is not confirmed.
///
/// # Errors
///
/// [`StorageError`].
pub fn unconfirmed(
    conn: &mut Connection,
    agencies: &[Uuid],
    year: i32,
) -> Result<u64, StorageError> {
    let day = |month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
    let count: i64 = cases::table
        .filter(cases::agency_id.eq_any(agencies.iter().copied().map(Id)))
        .filter(cases::received_on.is_null())
        .filter(cases::closed_on.is_null())
        .filter(cases::arrived_on.between(day(1, 1), day(12, 31)))
        .count()
        .get_result(conn)?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// One agency at a time, for then the index gives the groups in order.
fn tallies_of(conn: &mut Connection, agency: Uuid, year: i32) -> Result<Vec<Tally>, StorageError> {
    let mut groups = received_in(conn, agency, year)?;
    if let Some(first) = first_year(conn, &[agency])? {
        // Each year by name: the index then leads to its few cases that were closed so late.
        let before: Vec<i32> = (first..year).collect();
        groups.extend(closed_from(conn, agency, &before, year)?);
        groups.extend(still_open(conn, agency, &before)?);
    }
    read(&[agency], groups)
}

/// Of one agency: in a statement that stays prepared, which a list of one would not.
fn of(agency: Uuid) -> diesel::dsl::Eq<cases::agency_id, Id> {
    cases::agency_id.eq(Id(agency))
}

/// What was received in the year.
fn received_in(conn: &mut Connection, agency: Uuid, year: i32) -> QueryResult<Vec<GroupRow>> {
    groups!(conn, Whose::All, of(agency).and(cases::received_year.eq(year)))
}

/// What was received in years before and closed in this one or later.
fn closed_from(
    conn: &mut Connection,
    agency: Uuid,
    before: &[i32],
    year: i32,
) -> QueryResult<Vec<GroupRow>> {
    let closed = cases::closed_year.ge(year);
    let earlier = cases::received_year.eq_any(before).and(crossing!());
    groups!(conn, Whose::All, of(agency).and(earlier).and(closed))
}

/// What was received in years before and is open.
fn still_open(conn: &mut Connection, agency: Uuid, before: &[i32]) -> QueryResult<Vec<GroupRow>> {
    let open = cases::closed_year.is_null();
    let earlier = cases::received_year.eq_any(before).and(crossing!());
    groups!(conn, Whose::All, of(agency).and(earlier).and(open))
}

fn tally((kind, received_year, closed_year, outcome, count): GroupRow) -> Option<Tally> {
    let closed = match (closed_year, outcome) {
        (Some(year), Some(code)) => Some((year, Outcome::from_code(&code)?)),
        (None, None) => None,
        _ => return None,
    };
    Some(Tally {
        kind: ApplicantKind::from_code(&kind)?,
        received_year: received_year?,
        closed,
        count: u32::try_from(count).ok()?,
    })
}

/// The first year in which one of these agencies received an application, if any did.
///
/// # Errors
///
/// [`StorageError`].
pub fn first_year(conn: &mut Connection, agencies: &[Uuid]) -> Result<Option<i32>, StorageError> {
    let mut first = None;
    for agency in agencies {
        let of_agency: Option<i32> = cases::table
            .filter(cases::agency_id.eq(Id(*agency)))
            .filter(cases::received_year.is_not_null())
            .order(cases::received_year)
            .select(cases::received_year.assume_not_null())
            .first(conn)
            .optional()?;
        first = first.into_iter().chain(of_agency).min();
    }
    Ok(first)
}

/// A page of the cases that a cell counts; `after` is the last case of the page before.
///
/// The cases come by year of receipt, then by closing, outcome and column, then by identity,
/// that is by the order of filing.
///
/// # Errors
///
/// [`StorageError::NotFound`], if there is no case `after`; [`StorageError::Inconsistent`] for
/// a row that contradicts itself.
pub fn cases_of_cell(
    conn: &mut Connection,
    agencies: &[Uuid],
    cell: Cell,
    after: Option<Uuid>,
    limit: usize,
) -> Result<Vec<CountedCase>, StorageError> {
    let mut groups = Vec::new();
    for agency in agencies {
        let tallies = tallies_of(conn, *agency, cell.year)?.into_iter();
        let counted = tallies.filter(|tally| {
            cell.column.takes(tally.kind)
                && cell
                    .line
                    .counts(cell.year, tally.received_year, tally.closed)
        });
        groups.extend(counted.map(|tally| Group::of(*agency, &tally)));
    }
    groups.sort_unstable();
    let after = after.map(|id| place(conn, id)).transpose()?;
    let mut found = Vec::new();
    for group in groups {
        let begin_after = match after {
            Some((last, _)) if group < last => continue,
            Some((last, id)) if group == last => Some(id),
            _ => None,
        };
        let room = limit.saturating_sub(found.len());
        if room == 0 {
            break;
        }
        found.extend(group.cases(conn, begin_after, room)?);
    }
    Ok(found)
}

/// Cases that the index keeps side by side, in the order in which they are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Group {
    received_year: i32,
    closed: Option<(i32, Outcome)>,
    kind: ApplicantKind,
    agency: Uuid,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = cases)]
struct CountedRow {
    id: Id,
    agency_id: Id,
    number: String,
    applicant_kind: String,
    received_on: Option<NaiveDate>,
    received_year: Option<i32>,
    closed_on: Option<NaiveDate>,
    closed_year: Option<i32>,
    outcome: Option<String>,
}

impl CountedRow {
    fn into_case(self) -> Result<CountedCase, StorageError> {
        let id = self.id.0;
        let outcome = self.outcome.as_deref().map(Outcome::from_code);
        let closed = match (self.closed_on, outcome) {
            (Some(on), Some(Some(outcome))) => Some((on, outcome)),
            (None, None) => None,
            _ => return Err(broken(id, "closing and outcome contradict each other")),
        };
        let kind = ApplicantKind::from_code(&self.applicant_kind);
        Ok(CountedCase {
            id,
            agency_id: self.agency_id.0,
            number: self
                .number
                .parse()
                .map_err(|_| broken(id, "number is none"))?,
            facts: CaseFacts {
                kind: kind.ok_or_else(|| broken(id, "applicant kind unknown"))?,
                received_on: self
                    .received_on
                    .ok_or_else(|| broken(id, "counted, and not received"))?,
                closed,
            },
        })
    }
}

/// Where a case stands in the order of the list.
fn place(conn: &mut Connection, id: Uuid) -> Result<(Group, Uuid), StorageError> {
    let row: CountedRow = cases::table
        .find(Id(id))
        .select(CountedRow::as_select())
        .first(conn)
        .optional()?
        .ok_or(StorageError::NotFound("case"))?;
    let (received_year, closed_year) = (row.received_year, row.closed_year);
    let case = row.into_case()?;
    let group = Group {
        received_year: received_year.ok_or_else(|| broken(id, "counted, and not received"))?,
        closed: closed_year.zip(case.facts.closed.map(|(_, outcome)| outcome)),
        kind: case.facts.kind,
        agency: case.agency_id,
    };
    Ok((group, id))
}

impl Group {
    fn of(agency: Uuid, tally: &Tally) -> Self {
        Self {
            received_year: tally.received_year,
            closed: tally.closed,
            kind: tally.kind,
            agency,
        }
    }

    fn cases(
        self,
        conn: &mut Connection,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<CountedCase>, StorageError> {
        let mut query = cases::table
            .filter(cases::agency_id.eq(Id(self.agency)))
            .filter(cases::received_year.eq(self.received_year))
            .filter(cases::applicant_kind.eq(self.kind.code()))
            .order(cases::id)
            .limit(i64::try_from(limit).unwrap_or(i64::MAX))
            .select(CountedRow::as_select())
            .into_boxed();
        query = match self.closed {
            Some((year, outcome)) => query
                .filter(cases::closed_year.eq(year))
                .filter(cases::outcome.eq(outcome.code())),
            None => query
                .filter(cases::closed_year.is_null())
                .filter(cases::outcome.is_null()),
        };
        if let Some(after) = after {
            query = query.filter(cases::id.gt(Id(after)));
        }
        let rows: Vec<CountedRow> = query.load(conn)?;
        rows.into_iter().map(CountedRow::into_case).collect()
    }
}

fn broken(row: Uuid, why: &'static str) -> StorageError {
    StorageError::Inconsistent { table: "cases", row: row.to_string(), why }
}
