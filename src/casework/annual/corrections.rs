//! 更正: what changed among the cases of a sealed year, beside the figure that was sealed.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::report::line::{Cell, Column, Line};
use crate::report::table::Table;
use crate::storage::seals::{self, Seal};
use crate::storage::yearly::{self, CountedCase};
use crate::storage::{Connection, StorageError, agencies, events, unit_tables};

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
    /// The agency's own cases that make the difference: number, and when its last change was put
    /// on record.
    pub cases: Vec<(String, Option<DateTime<Utc>>)>,
    /// The agencies below that make the difference.
    pub units: Vec<UnitChange>,
}

/// An agency below whose number is not the one that was summed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitChange {
    /// Its name.
    pub name: String,
    /// What was summed.
    pub summed: u64,
    /// What it tells now.
    pub now: u64,
    /// When it published a correction or handed its table in, if that is what changed it.
    pub since: Option<DateTime<Utc>>,
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

/// Where a sealed year no longer gives the table as it stands: that of the agency's own cases or,
/// where the report sums a tree, that of the tree.
///
/// # Errors
///
/// [`StorageError`].
pub fn corrections(conn: &mut Connection, seal: &Seal) -> Result<Vec<Correction>, StorageError> {
    let year = seal.year;
    let standing = seals::standing_report(conn, seal)?;
    let now = Tables::now(conn, seal)?;
    let off = differences(&standing, now.published());
    if off.is_empty() && seals::standing_table(conn, seal)? == now.own {
        return Ok(Vec::new());
    }
    let changed = changed_cases(conn, seal)?;
    let units = changed_units(conn, seal)?;
    let mut corrections = Vec::new();
    for (line, column, published, now) in off {
        let cell = Cell { year, line, column };
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
        let units = units.iter().map(|unit| UnitChange {
            name: unit.name.clone(),
            summed: unit.summed.cell(line, column),
            now: unit.now.cell(line, column),
            since: unit.since,
        });
        let units = units.filter(|unit| unit.summed != unit.now).collect();
        corrections.push(Correction { cell, published, now, cases, units });
    }
    Ok(corrections)
}

/// The cells in which two tables differ, with both numbers.
fn differences(before: &Table, now: &Table) -> Vec<(Line, Column, u64, u64)> {
    let mut off = Vec::new();
    for row in now.rows() {
        for column in Column::ALL {
            let (was, is) = (before.cell(row.line, column), now.cell(row.line, column));
            if was != is {
                off.push((row.line, column, was, is));
            }
        }
    }
    off
}

/// What a sealed report would say now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tables {
    /// Of the agency's own cases.
    pub(super) own: Table,
    /// Of the tree, where the report sums one.
    pub(super) whole: Option<Table>,
}

impl Tables {
    /// As cases and agencies below give them now.
    pub(super) fn now(conn: &mut Connection, seal: &Seal) -> Result<Self, StorageError> {
        let (agency, year) = (seal.agency, seal.year);
        let own = super::gather::own_section(conn, agency, year)?;
        let whole = if seal.roll_up {
            let printed = &seal.report.section_three;
            let tree = super::gather::tree_now(conn, agency, year)?;
            Some(tree.table(&*printed.agency, printed.layout))
        } else {
            None
        };
        Ok(Self { own: own.table(&*seal.own_table.agency, seal.own_table.layout), whole })
    }

    /// The one that the report prints.
    fn published(&self) -> &Table {
        self.whole.as_ref().unwrap_or(&self.own)
    }
}

/// An agency below whose table is not the one that was summed.
struct ChangedUnit {
    name: String,
    summed: Table,
    now: Table,
    since: Option<DateTime<Utc>>,
}

/// The agencies below that do not tell what was summed; those that came or left since too.
fn changed_units(conn: &mut Connection, seal: &Seal) -> Result<Vec<ChangedUnit>, StorageError> {
    if !seal.roll_up {
        return Ok(Vec::new());
    }
    let year = seal.year;
    let mut found = Vec::new();
    for (id, (summed, now)) in units_then_and_now(conn, seal)? {
        let nothing = || Table::fill("", year, seal.own_table.layout, |_, _| 0);
        let (summed, now) = (summed.unwrap_or_else(nothing), now.unwrap_or_else(nothing));
        if differences(&summed, &now).is_empty() {
            continue;
        }
        let corrected = seals::published_corrections(conn, id, year)?.pop();
        let handed = unit_tables::handed_in(conn, &[id], year)?.pop();
        found.push(ChangedUnit {
            name: agencies::find(conn, id)?.name,
            summed,
            now,
            since: corrected
                .map(|correction| correction.at)
                .or(handed.map(|handed| handed.at)),
        });
    }
    Ok(found)
}

/// A table that was summed and the one that there is now, if there was and is one.
type ThenAndNow = (Option<Table>, Option<Table>);

fn units_then_and_now(
    conn: &mut Connection,
    seal: &Seal,
) -> Result<BTreeMap<Uuid, ThenAndNow>, StorageError> {
    let mut both: BTreeMap<Uuid, ThenAndNow> = BTreeMap::new();
    for (unit, table) in seals::units(conn, seal.agency, seal.year)? {
        both.entry(unit).or_default().0 = Some(table);
    }
    let below = super::gather::below(conn, seal.agency)?;
    for (unit, table) in super::gather::tables_of_each(conn, &below, seal.year)? {
        both.entry(unit).or_default().1 = Some(table);
    }
    Ok(both)
}

/// The tables of agencies below that were not summed as they are now.
pub(super) fn units_to_keep(
    conn: &mut Connection,
    seal: &Seal,
) -> Result<BTreeMap<Uuid, Table>, StorageError> {
    let nothing = Table::fill("", seal.year, seal.own_table.layout, |_, _| 0);
    let both = units_then_and_now(conn, seal)?.into_iter();
    Ok(both
        .filter_map(|(unit, (summed, now))| {
            let now = now.unwrap_or_else(|| nothing.clone());
            let is_same = summed.is_some_and(|summed| differences(&summed, &now).is_empty());
            (!is_same).then_some((unit, now))
        })
        .collect())
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
