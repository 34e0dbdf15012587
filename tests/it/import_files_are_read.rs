//! Import files as offices write them, before anything is kept.

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate};
use uuid::Uuid;
use yishen::casework::import::columns::Columns;
use yishen::casework::import::rows::{Rules, parse};
use yishen::casework::import::sheet;
use yishen::domain::calendar::{Arrangement, WorkingCalendar};
use yishen::report::section_three::{SectionThree, Tally};
use yishen::report::table::Table;

use crate::published::{as_csv, cases_behind, table, tables};

/// The tables of `years`, counted from what a file says.
fn counted(file: &str, years: &[&Table]) -> Vec<Table> {
    let sheet = sheet::read(file.as_bytes()).unwrap();
    let columns = Columns::find(&sheet.headings).unwrap();
    let calendar = WorkingCalendar::new((2019..=2026).map(|year| Arrangement {
        year,
        notice: String::new(),
        holidays: BTreeMap::new(),
        makeup_workdays: BTreeMap::new(),
    }));
    let agencies = [(Uuid::nil(), "JG".to_owned(), "某机关".to_owned())];
    let today = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
    let rules = Rules { today, agencies: &agencies, layout: None, calendar: &calendar };
    let cases = parse(&sheet, &columns, &rules).unwrap();
    let tallies: Vec<Tally> = cases
        .iter()
        .map(|case| Tally {
            kind: case.kind,
            received_year: case.received_on.year(),
            closed: case.closed.map(|(on, outcome)| (on.year(), outcome)),
            count: 1,
        })
        .collect();
    years
        .iter()
        .map(|table| {
            SectionThree::of(table.year, tallies.iter().copied())
                .table(&*table.agency, table.layout)
        })
        .collect()
}

#[test]
fn every_balanced_table_is_what_its_cases_count() {
    for (name, published) in tables()
        .into_iter()
        .filter(|(name, _)| name != "yanghe-2025")
    {
        let file = as_csv(&cases_behind(std::slice::from_ref(&published)), "JG");
        let counted = counted(&file, &[&published]);
        assert_eq!(counted, std::slice::from_ref(&published), "{name}");
    }
}

#[test]
fn two_years_of_one_city_are_what_their_cases_count() {
    let (earlier, later) = (table("suqian-2023"), table("suqian-2024"));
    let file = as_csv(&cases_behind(&[earlier.clone(), later.clone()]), "JG");
    assert_eq!(counted(&file, &[&earlier, &later]), [earlier, later]);
}
