//! 更正: what changed among the cases of a sealed year, beside the figure that was sealed.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::report::line::{Cell, Column, Line};
use crate::report::table::Table;
use crate::storage::seals::{self, Seal};
use crate::storage::yearly::{self, CountedCase};
use crate::storage::{Connection, StorageError, events};

/// A case as it was when the year was sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Listed {
    id: Uuid,
    number: String,
    kind: String,
    received_on: chrono::NaiveDate,
    closed_on: Option<chrono::NaiveDate>,
    outcome: Option<String>,
}

/// A number that was published and that the cases no longer give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// The line and the column.
    pub cell: Cell,
    /// What was sealed, or published as a correction since.
    pub published: u64,
    /// What the cases give now.
    pub now: u64,
    /// The cases that make the difference: number, and when its last change was put on record.
    pub cases: Vec<(String, Option<DateTime<Utc>>)>,
}

/// The most cases of one year: more than any agency has.
const AT_MOST: usize = 1_000_000;

/// Every case that a year's table counts.
fn cases_of(
    conn: &mut Connection,
    agency: Uuid,
    year: i32,
) -> Result<Vec<CountedCase>, StorageError> {
    let mut cases = Vec::new();
    for line in [Line::New, Line::CarriedIn] {
        let cell = Cell { year, line, column: Column::Total };
        cases.extend(yearly::cases_of_cell(conn, &[agency], cell, None, AT_MOST)?);
    }
    Ok(cases)
}

fn listed(year: i32, case: &CountedCase) -> Listed {
    // What became of a case after the year does not matter to its table.
    let closed = case
        .facts
        .closed
        .filter(|(on, _)| chrono::Datelike::year(on) <= year);
    Listed {
        id: case.id,
        number: case.number.as_str().to_owned(),
        kind: case.facts.kind.code().to_owned(),
        received_on: case.facts.received_on,
        closed_on: closed.map(|(on, _)| on),
        outcome: closed.map(|(_, outcome)| outcome.code().to_owned()),
    }
}

/// The list of a year's cases, as it is sealed.
pub(super) fn case_list(
    conn: &mut Connection,
    agency: Uuid,
    year: i32,
) -> Result<String, StorageError> {
    let cases = cases_of(conn, agency, year)?;
    let list: Vec<Listed> = cases.iter().map(|case| listed(year, case)).collect();
    serde_json::to_string(&list).map_err(|_| unreadable(agency, year))
}

fn unreadable(agency: Uuid, year: i32) -> StorageError {
    let row = format!("{agency}/{year}");
    StorageError::Inconsistent { table: "seals", row, why: "the list of cases cannot be read" }
}

/// Where the cases of a sealed year no longer give the agency's own table as it stands.
///
/// # Errors
///
/// [`StorageError`].
pub fn corrections(conn: &mut Connection, seal: &Seal) -> Result<Vec<Correction>, StorageError> {
    let year = seal.year;
    let standing = seals::standing_table(conn, seal)?;
    let now = table_now(conn, seal)?;
    let mut off = Vec::new();
    for row in now.rows() {
        for column in Column::ALL {
            let (told, now) = (standing.cell(row.line, column), now.cell(row.line, column));
            if told != now {
                off.push((Cell { year, line: row.line, column }, told, now));
            }
        }
    }
    if off.is_empty() {
        return Ok(Vec::new());
    }
    let changed = changed_cases(conn, seal)?;
    let mut corrections = Vec::new();
    for (cell, published, now) in off {
        let mut cases = Vec::new();
        for (before, after) in &changed {
            let counted = |listed: &Option<Listed>| {
                listed.as_ref().is_some_and(|listed| counts(cell, listed))
            };
            if counted(before) != counted(after)
                && let Some(case) = after.as_ref().or(before.as_ref())
            {
                let last = events::of_case(conn, case.id)?.pop();
                cases.push((case.number.clone(), last.map(|event| event.at)));
            }
        }
        corrections.push(Correction { cell, published, now, cases });
    }
    Ok(corrections)
}

/// The agency's own table of a sealed year as its cases give it now.
pub(super) fn table_now(conn: &mut Connection, seal: &Seal) -> Result<Table, StorageError> {
    let section = super::gather::own_section(conn, seal.agency, seal.year)?;
    Ok(section.table(&*seal.own_table.agency, seal.own_table.layout))
}

/// A case before and now, if it was and is counted.
type Changed = (Option<Listed>, Option<Listed>);

/// The cases that are not as they were.
fn changed_cases(conn: &mut Connection, seal: &Seal) -> Result<Vec<Changed>, StorageError> {
    let before: Vec<Listed> =
        serde_json::from_str(&seal.cases).map_err(|_| unreadable(seal.agency, seal.year))?;
    let mut before: BTreeMap<Uuid, Listed> = before
        .into_iter()
        .map(|listed| (listed.id, listed))
        .collect();
    let mut changed = Vec::new();
    for case in cases_of(conn, seal.agency, seal.year)? {
        let now = listed(seal.year, &case);
        match before.remove(&case.id) {
            Some(then) if then == now => {}
            then => changed.push((then, Some(now))),
        }
    }
    changed.extend(before.into_values().map(|gone| (Some(gone), None)));
    Ok(changed)
}

/// Whether a cell counts a listed case.
fn counts(cell: Cell, listed: &Listed) -> bool {
    use crate::domain::applicant::ApplicantKind;
    use crate::domain::outcome::Outcome;
    use crate::report::line::CaseFacts;
    let outcome = listed.outcome.as_deref().and_then(Outcome::from_code);
    ApplicantKind::from_code(&listed.kind).is_some_and(|kind| {
        let closed = listed.closed_on.zip(outcome);
        cell.counts(&CaseFacts { kind, received_on: listed.received_on, closed })
    })
}
