//! The year is counted as it was, whichever way the numbers are come by.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike as _, Days, NaiveDate};
use uuid::Uuid;
use yishen::domain::applicant::ApplicantKind;
use yishen::domain::case::{Case, Stage};
use yishen::domain::outcome::Outcome;
use yishen::report::line::{CaseFacts, Cell, Column, Line};
use yishen::report::section_three::SectionThree;
use yishen::storage::cases::NewCase;
use yishen::storage::{Connection, Database, StorageError, agencies, yearly};

use crate::support::cases::{closed, day, has_agency, has_case, received};
use crate::support::database::on_both_engines;

const YEARS: std::ops::RangeInclusive<i32> = 2021..=2026;

/// Agencies with four hundred cases of six years, and what decides where each counts.
struct Office {
    agencies: Vec<Uuid>,
    facts: BTreeMap<Uuid, (Uuid, CaseFacts)>,
}

async fn office(database: &Database) -> Office {
    let filled = database.write(|conn: &mut Connection| {
        let agencies = vec![has_agency(conn, "LH")?, has_agency(conn, "ZZ")?];
        fill(conn, agencies, |place| usize::from(place < 100))
    });
    filled.await.unwrap()
}

/// Gives the agencies their cases; `whose` says whose the next is, of a number below four
/// hundred.
fn fill(
    conn: &mut Connection,
    agencies: Vec<Uuid>,
    whose: impl Fn(u64) -> usize,
) -> Result<Office, StorageError> {
    let mut facts = BTreeMap::new();
    // A small generator of our own: the same history at every run.
    let mut seed = 20_260_601_u64;
    let mut draw = |below: u64| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    for _ in 0..400 {
        let agency = agencies[whose(draw(400))];
        let on = day("2021-01-01") + Days::new(draw(2100));
        let kind = ApplicantKind::ALL[usize::try_from(draw(6)).unwrap()];
        let outcome = Outcome::ALL[usize::try_from(draw(22)).unwrap()];
        let new = match draw(10) {
            0 => received(agency, on),
            1 => closed(agency, on, on + Days::new(draw(900)), outcome),
            2 => closed(agency, on, last_day_of(on.year()), outcome),
            _ => closed(agency, on, on + Days::new(draw(60)), outcome),
        };
        let new = NewCase { applicant_kind: kind, ..new };
        has_case(conn, &new)?;
        let stage = &new.case.stage;
        let closed = stage.closed().map(|(ending, on)| (on, ending.outcome()));
        facts.insert(new.id, (agency, CaseFacts { kind, received_on: on, closed }));
    }
    // Not received: counted nowhere.
    let stage = Stage::Filed { arrived_on: day("2025-12-30") };
    let filed = NewCase {
        case: Case { handler: None, stage },
        due: None,
        attention_on: Some(day("2026-01-10")),
        ..received(agencies[0], day("2025-12-30"))
    };
    has_case(conn, &filed)?;
    Ok(Office { agencies, facts })
}

fn last_day_of(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 12, 31).unwrap()
}

async fn count(database: &Database, agencies: &[Uuid], year: i32) -> SectionThree {
    let agencies = agencies.to_vec();
    let tallies = database
        .read(move |conn| yearly::tallies(conn, &agencies, year))
        .await
        .unwrap_or_else(|error: StorageError| panic!("{error}"));
    SectionThree::of(year, tallies)
}

/// Counts these agencies, and makes sure that every cell says what a recount of the cases does.
async fn recounted(database: &Database, office: &Office, agencies: &[Uuid]) {
    for year in YEARS {
        let table = count(database, agencies, year).await;
        for (line, column) in cells() {
            let cell = Cell { year, line, column };
            let recount = office
                .facts
                .values()
                .filter(|(agency, facts)| agencies.contains(agency) && cell.counts(facts));
            let recount = u64::try_from(recount.count()).unwrap();
            assert_eq!(table.cell(line, column), recount, "{cell:?} of {}", agencies.len());
        }
    }
}

on_both_engines! {
    async fn every_cell_is_the_recount_of_the_cases(database: TestDatabase) {
        let office = office(&database).await;
        for agencies in [&office.agencies[..], &office.agencies[..1], &office.agencies[1..], &[]] {
            recounted(&database, &office, agencies).await;
        }
    }

    /// Few agencies, a small part of them, most, and all are each counted in another way.
    async fn however_many_agencies_are_counted_every_cell_is_the_recount(database: TestDatabase) {
        let filled = database.write(|conn: &mut Connection| {
            let agencies = (0..120)
                .map(|number| has_agency(conn, &format!("A{number}")))
                .collect::<Result<Vec<_>, _>>()?;
            fill(conn, agencies, |place| usize::try_from(place % 120).unwrap())
        });
        let office = filled.await.unwrap();
        for (first, how_many) in [(0, 24), (3, 25), (7, 45), (0, 60), (1, 119), (0, 120)] {
            let agencies = &office.agencies[first..first + how_many];
            recounted(&database, &office, agencies).await;
        }
    }

    /// P8: 结转下年 of a year is 上年结转 of the next, in every column.
    async fn what_is_carried_out_of_a_year_is_carried_into_the_next(database: TestDatabase) {
        let office = office(&database).await;
        let mut carried = 0;
        for year in YEARS {
            let this = count(&database, &office.agencies, year).await;
            let next = count(&database, &office.agencies, year + 1).await;
            for column in Column::ALL {
                let out = this.cell(Line::CarriedOut, column);
                assert_eq!(out, next.cell(Line::CarriedIn, column), "{year} {column:?}");
                carried += out;
            }
        }
        assert!(carried > 0);
    }

    async fn behind_every_number_are_its_cases(database: TestDatabase) {
        let office = office(&database).await;
        let year = 2024;
        for (line, column) in cells() {
            let cell = Cell { year, line, column };
            let expected: BTreeSet<Uuid> = office
                .facts
                .iter()
                .filter(|(_, (_, facts))| cell.counts(facts))
                .map(|(id, _)| *id)
                .collect();
            let found = listed(&database, &office.agencies, cell, 7).await;
            assert_eq!(found.len(), expected.len(), "{cell:?}");
            for (id, facts) in &found {
                assert_eq!(office.facts[id].1, *facts);
            }
            assert_eq!(found.into_iter().map(|(id, _)| id).collect::<BTreeSet<_>>(), expected);
        }
    }

    async fn an_agencys_numbers_are_behind_its_own_cases_alone(database: TestDatabase) {
        let office = office(&database).await;
        let cell = Cell { year: 2024, line: Line::New, column: Column::Total };
        let own = listed(&database, &office.agencies[1..], cell, 100).await;
        assert!(!own.is_empty());
        assert!(own.iter().all(|(id, _)| office.facts[id].0 == office.agencies[1]));
    }

    async fn the_first_year_is_that_of_the_first_receipt(database: TestDatabase) {
        let none = database.read(|conn| {
            let all = agencies::list_ids(conn)?;
            yearly::first_year(conn, &all)
        });
        assert_eq!(none.await.unwrap(), None);
        let office = office(&database).await;
        let first = database.read(move |conn| yearly::first_year(conn, &office.agencies)).await;
        assert_eq!(first.unwrap(), Some(2021));
    }
}

fn cells() -> impl Iterator<Item = (Line, Column)> {
    Line::all().flat_map(|line| Column::ALL.map(|column| (line, column)))
}

/// Every case of a cell, page by page.
async fn listed(
    database: &Database,
    agencies: &[Uuid],
    cell: Cell,
    limit: usize,
) -> Vec<(Uuid, CaseFacts)> {
    let mut found = Vec::new();
    loop {
        let (agencies, after) = (agencies.to_vec(), found.last().map(|(id, _)| *id));
        let page = database
            .read(move |conn| yearly::cases_of_cell(conn, &agencies, cell, after, limit))
            .await
            .unwrap_or_else(|error: StorageError| panic!("{error}"));
        let full = page.len() == limit;
        found.extend(page.into_iter().map(|case| (case.id, case.facts)));
        if !full {
            return found;
        }
    }
}
