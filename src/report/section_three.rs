//! 第三部分: 收到和处理政府信息公开申请情况, counted from the cases.

use std::collections::BTreeMap;

use crate::domain::applicant::ApplicantKind;
use crate::domain::outcome::{OtherEnding, Outcome};
use crate::report::layout::Layout;
use crate::report::line::{Column, Line};
use crate::report::table::Table;

/// So many cases that do not differ in anything that section three looks at.
///
/// This is all that the table needs of a case: it carries no personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tally {
    /// The applicants' kind, fixed at intake.
    pub kind: ApplicantKind,
    /// The year of 收到申请之日.
    pub received_year: i32,
    /// The year of closing and the outcome, if closed.
    pub closed: Option<(i32, Outcome)>,
    /// How many cases.
    pub count: u32,
}

/// Section three, counted: every line of both layouts, for each kind of applicant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionThree {
    /// The year that is reported on.
    pub year: i32,
    cells: BTreeMap<(Line, ApplicantKind), u64>,
}

impl SectionThree {
    /// Counts `tallies` for the report of `year`.
    ///
    /// Source: statute reading §5.7; the rule of each line is [`Line::terms`].
    #[must_use]
    pub fn of(year: i32, tallies: impl IntoIterator<Item = Tally>) -> Self {
        let mut cells = BTreeMap::new();
        for tally in tallies {
            for line in
                Line::all().filter(|line| line.counts(year, tally.received_year, tally.closed))
            {
                *cells.entry((line, tally.kind)).or_default() += u64::from(tally.count);
            }
        }
        Self { year, cells }
    }

    /// Adds the numbers of a printed table: one that was sealed, or handed in. The single
    /// line of 其他处理 of the 2019 layout stays undivided.
    pub fn add(&mut self, table: &Table) {
        const UNDIVIDED: Line = Line::Closed(Outcome::Other(OtherEnding::Undivided));
        for kind in ApplicantKind::ALL {
            let column = Column::Kind(kind);
            let endings = table.layout.outcome_lines().into_iter();
            let endings = endings.filter(|line| line.id().starts_with("other_"));
            let other: u64 = endings.map(|line| table.cell(line, column)).sum();
            for line in Line::all() {
                let number = match line {
                    Line::Other => other,
                    UNDIVIDED if table.layout == Layout::Trial2019 => other,
                    line => table.cell(line, column),
                };
                *self.cells.entry((line, kind)).or_default() += number;
            }
        }
    }

    /// [`add`](Self::add) for many tables.
    pub fn add_all<'a>(&mut self, tables: impl IntoIterator<Item = &'a Table>) {
        let mut sums: BTreeMap<Layout, Table> = BTreeMap::new();
        for table in tables {
            sums.entry(table.layout)
                .and_modify(|sum| sum.plus(table))
                .or_insert_with(|| table.clone());
        }
        for sum in sums.values() {
            self.add(sum);
        }
    }

    /// Adds the numbers of other agencies' cases.
    pub fn add_section(&mut self, other: &Self) {
        for (cell, number) in &other.cells {
            *self.cells.entry(*cell).or_default() += number;
        }
    }

    /// Takes 上年结转 from what the year before handed over, as it was published.
    pub fn carry_in(&mut self, before: &Table) {
        for kind in ApplicantKind::ALL {
            let number = before.cell(Line::CarriedOut, Column::Kind(kind));
            self.cells.insert((Line::CarriedIn, kind), number);
        }
    }

    /// How many cases the cell counts.
    #[must_use]
    pub fn cell(&self, line: Line, column: Column) -> u64 {
        ApplicantKind::ALL
            .into_iter()
            .filter(|kind| column.takes(*kind))
            .filter_map(|kind| self.cells.get(&(line, kind)))
            .sum()
    }

    /// How many cases of a column ended in 其他处理 without its kind on record; the 2021
    /// layout has no line for them.
    #[must_use]
    pub fn undivided(&self, column: Column) -> u64 {
        self.cell(Line::Closed(Outcome::Other(OtherEnding::Undivided)), column)
    }

    /// The table as `layout` prints it.
    #[must_use]
    pub fn table(&self, agency: impl Into<String>, layout: Layout) -> Table {
        Table::fill(agency, self.year, layout, |line, column| self.cell(line, column))
    }
}

#[cfg(test)]
mod tests {
    use chrono::{Datelike, NaiveDate};
    use proptest::prelude::*;

    use super::*;
    use crate::report::line::{CaseFacts, Cell};
    use crate::report::reconcile::{across_years, findings, reconcile, review};

    const FIRST: i32 = 2019;
    const LAST: i32 = 2024;

    fn last_day_of(year: i32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, 12, 31).unwrap()
    }

    /// A case received in one of six years and closed, if at all, up to three years later.
    fn case(outcomes: &'static [Outcome]) -> impl Strategy<Value = CaseFacts> {
        let kind = prop::sample::select(&ApplicantKind::ALL[..]);
        let closing = prop::option::weighted(0.8, (0_i64..1100, prop::sample::select(outcomes)));
        (kind, 0_i64..2190, closing).prop_map(|(kind, day, closing)| {
            let received_on = last_day_of(FIRST - 1) + chrono::Days::new(1 + day.unsigned_abs());
            let closed = closing.map(|(after, outcome)| {
                (received_on + chrono::Days::new(after.unsigned_abs()), outcome)
            });
            CaseFacts { kind, received_on, closed }
        })
    }

    fn history(outcomes: &'static [Outcome]) -> impl Strategy<Value = Vec<CaseFacts>> {
        prop::collection::vec(case(outcomes), 0..120)
    }

    fn divided() -> &'static [Outcome] {
        &[
            Outcome::Granted,
            Outcome::Partial,
            Outcome::Refused(crate::domain::outcome::Exemption::StateSecret),
            Outcome::Unable(crate::domain::outcome::Inability::NotHeld),
            Outcome::NotProcessed(crate::domain::outcome::NonProcessing::Repeat),
            Outcome::Other(OtherEnding::NotCorrected),
            Outcome::Other(OtherEnding::FeeUnpaid),
            Outcome::Other(OtherEnding::Misc),
        ]
    }

    fn count(year: i32, history: &[CaseFacts]) -> SectionThree {
        SectionThree::of(
            year,
            history.iter().map(|case| Tally {
                kind: case.kind,
                received_year: case.received_on.year(),
                closed: case.closed.map(|(on, outcome)| (on.year(), outcome)),
                count: 1,
            }),
        )
    }

    /// The same numbers, counted by days and by hand: what came, what was open on the last
    /// day of a year, what ended between two New Years.
    fn recount(year: i32, line: Line, column: Column, history: &[CaseFacts]) -> u64 {
        let open_at_end_of = |case: &CaseFacts, year: i32| {
            case.received_on <= last_day_of(year)
                && case.closed.is_none_or(|(on, _)| on > last_day_of(year))
        };
        let within = |day: NaiveDate| last_day_of(year - 1) < day && day <= last_day_of(year);
        let mut number = 0;
        for case in history {
            let of_column = match column {
                Column::Kind(kind) => kind == case.kind,
                Column::Total => true,
            };
            let of_line = match line {
                Line::New => within(case.received_on),
                Line::CarriedIn => open_at_end_of(case, year - 1),
                Line::CarriedOut => open_at_end_of(case, year),
                Line::Total => case.closed.is_some_and(|(on, _)| within(on)),
                Line::Other => case
                    .closed
                    .is_some_and(|(on, how)| within(on) && how.code().starts_with("other_")),
                Line::Closed(wanted) => case
                    .closed
                    .is_some_and(|(on, how)| within(on) && how == wanted),
            };
            if of_column && of_line {
                number += 1;
            }
        }
        number
    }

    proptest! {
        #[test]
        fn every_cell_is_what_a_count_by_hand_gives(history in history(Outcome::ALL)) {
            for year in FIRST - 1..=LAST + 4 {
                let section = count(year, &history);
                for line in Line::all() {
                    for column in Column::ALL {
                        let cell = Cell { year, line, column };
                        let by_hand = recount(year, line, column, &history);
                        prop_assert_eq!(section.cell(line, column), by_hand, "{:?}", cell);
                        let listed = history.iter().filter(|case| cell.counts(case)).count();
                        prop_assert_eq!(u64::try_from(listed).unwrap(), by_hand, "{:?}", cell);
                    }
                }
            }
        }

        #[test]
        fn every_column_and_row_of_any_history_adds_up(history in history(Outcome::ALL)) {
            for year in FIRST..=LAST + 3 {
                let table = count(year, &history).table("某局", Layout::Trial2019);
                prop_assert_eq!(findings(&reconcile(&table)), vec![]);
            }
        }

        #[test]
        fn both_layouts_of_a_divided_history_add_up_and_agree(history in history(divided())) {
            for year in FIRST..=LAST + 3 {
                let section = count(year, &history);
                let old = section.table("某局", Layout::Trial2019);
                let new = section.table("某局", Layout::Form2021);
                prop_assert_eq!(findings(&review(&section, Layout::Form2021)), vec![]);
                for column in Column::ALL {
                    let endings = [OtherEnding::NotCorrected, OtherEnding::FeeUnpaid, OtherEnding::Misc];
                    let three: u64 = endings
                        .into_iter()
                        .map(|ending| new.cell(Line::Closed(Outcome::Other(ending)), column))
                        .sum();
                    prop_assert_eq!(old.cell(Line::Other, column), three);
                    for row in old.rows().iter().filter(|row| row.line != Line::Other) {
                        prop_assert_eq!(
                            old.cell(row.line, column),
                            new.cell(row.line, column)
                        );
                    }
                }
            }
        }

        #[test]
        fn what_one_year_hands_over_the_next_takes_in(history in history(Outcome::ALL)) {
            for year in FIRST..=LAST + 3 {
                let earlier = count(year, &history).table("某局", Layout::of_year(year));
                let later = count(year + 1, &history).table("某局", Layout::of_year(year + 1));
                let review = across_years(&earlier, &later).unwrap();
                prop_assert_eq!(review.findings, vec![]);
                prop_assert_eq!(across_years(&later, &earlier), None);
            }
        }

        #[test]
        fn undivided_cases_are_told_in_the_2021_layout_and_put_nowhere(
            history in history(Outcome::ALL)
        ) {
            for year in FIRST..=LAST + 3 {
                let section = count(year, &history);
                let table = section.table("某局", Layout::Form2021);
                let placed: u64 = Layout::Form2021
                    .outcome_lines()
                    .into_iter()
                    .map(|line| table.cell(line, Column::Total))
                    .sum();
                let undivided = section.undivided(Column::Total);
                prop_assert_eq!(placed + undivided, table.cell(Line::Total, Column::Total));
                let found = findings(&review(&section, Layout::Form2021));
                prop_assert_eq!(found.is_empty(), undivided == 0);
            }
        }

        #[test]
        fn printed_tables_add_up_to_the_count_of_all_their_cases(
            first in history(Outcome::ALL),
            second in history(divided()),
        ) {
            for year in FIRST..=LAST + 3 {
                let mut sum = SectionThree::of(year, []);
                let of_first = count(year, &first).table("甲", Layout::Trial2019);
                let of_second = count(year, &second).table("乙", Layout::Form2021);
                sum.add_all([&of_first, &of_second, &of_second]);
                let both: Vec<CaseFacts> =
                    first.iter().chain(&second).chain(&second).copied().collect();
                let whole = count(year, &both);
                prop_assert_eq!(
                    sum.table("", Layout::Trial2019),
                    whole.table("", Layout::Trial2019)
                );
            }
        }

        #[test]
        fn a_case_in_a_cell_says_why_and_no_other_does(case in case(Outcome::ALL)) {
            for year in FIRST - 1..=LAST + 4 {
                for line in Line::all() {
                    for column in Column::ALL {
                        let cell = Cell { year, line, column };
                        prop_assert_eq!(cell.why(&case).is_some(), cell.counts(&case));
                    }
                }
            }
        }
    }
}
