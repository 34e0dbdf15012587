//! 勾稽关系: whether a printed table adds up, in every column and every row.
//!
//! The column of totals may balance while the columns beside it do not (an application that
//! changed its column between intake and closing does that), so no column is spared.
//!
//! Source: note of the form; statute reading §5.5, items 1 to 4.

use std::fmt;

use crate::report::layout::Layout;
use crate::report::line::{Column, Line};
use crate::report::section_three::SectionThree;
use crate::report::table::{Row, Table};

/// What is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Each column: 一 + 二 = 三（七）+ 四.
    ColumnsBalance,
    /// Each column: the outcomes add up to 三（七）总计.
    OutcomesAddUp,
    /// Each row: the six kinds add up to 总计.
    RowsAddUp,
    /// Each column: 四 of last year = 二 of this year.
    YearsMeet,
    /// Every closed case has a line in the layout.
    NothingUndivided,
}

impl Rule {
    /// The rule, as a sentence.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::ColumnsBalance => "每一列：本年新收＋上年结转＝办理结果总计＋结转下年度继续办理",
            Self::OutcomesAddUp => "每一列：各项办理结果之和＝（七）总计",
            Self::RowsAddUp => "每一行：自然人与五类法人或其他组织之和＝总计列",
            Self::YearsMeet => "每一列：上一年度的“结转下年度继续办理”＝本年度的“上年结转”",
            Self::NothingUndivided => "每件“其他处理”都已区分具体情形（2021年格式要求）",
        }
    }
}

/// Something that does not add up: where, and by how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// A column whose ins and outs differ.
    ColumnOff {
        /// The column.
        column: Column,
        /// 一.
        new: u64,
        /// 二.
        carried_in: u64,
        /// 三（七）.
        total: u64,
        /// 四.
        carried_out: u64,
    },
    /// A column whose outcomes differ from their total.
    OutcomesOff {
        /// The column.
        column: Column,
        /// The sum of the outcomes.
        sum: u64,
        /// 三（七）, as printed.
        total: u64,
    },
    /// A row whose kinds differ from their total.
    RowOff {
        /// The row.
        line: Line,
        /// The sum of the six kinds.
        sum: u64,
        /// 总计, as printed.
        total: u64,
    },
    /// A column in which two years do not meet.
    YearsApart {
        /// The column.
        column: Column,
        /// The later year.
        year: i32,
        /// 四 of the year before.
        carried_out: u64,
        /// 二 of the later year.
        carried_in: u64,
    },
    /// Cases that the 2021 layout cannot place.
    Undivided {
        /// The column.
        column: Column,
        /// How many.
        count: u64,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::ColumnOff { column, new, carried_in, total, carried_out } => {
                let (came, went) = (new + carried_in, total + carried_out);
                write!(
                    out,
                    "“{}”列：本年新收 {new} ＋ 上年结转 {carried_in} ＝ {came}，办理结果总计 {total} ＋ 结转下年度 \
                     {carried_out} ＝ {went}，{}",
                    column.title(),
                    difference(came, went, "办理与结转合计")
                )
            }
            Self::OutcomesOff { column, sum, total } => write!(
                out,
                "“{}”列：各项办理结果之和为 {sum}，（七）总计为 {total}，{}",
                column.title(),
                difference(sum, total, "总计")
            ),
            Self::RowOff { line, sum, total } => write!(
                out,
                "“{}”行：六类申请人之和为 {sum}，总计列为 {total}，{}",
                line.title(),
                difference(sum, total, "总计")
            ),
            Self::YearsApart { column, year, carried_out, carried_in } => write!(
                out,
                "“{}”列：{}年结转下年度 {carried_out}，{year}年上年结转 {carried_in}，{}",
                column.title(),
                year.saturating_sub(1),
                difference(carried_out, carried_in, "上年结转")
            ),
            Self::Undivided { column, count } => write!(
                out,
                "“{}”列：有 {count} 件办理结果登记为“其他处理”而未区分具体情形，2021年格式无处可计；请逐件补明是逾期不补正、\
                 逾期未缴费还是其他，或改用2019年格式",
                column.title()
            ),
        }
    }
}

/// By how much `what` is over or under.
fn difference(expected: u64, found: u64, what: &str) -> String {
    let word = if found > expected { "多" } else { "少" };
    format!("{what}{word} {}", found.abs_diff(expected))
}

/// How one rule fared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// The rule.
    pub rule: Rule,
    /// How many columns or rows it was tried on.
    pub tried: usize,
    /// What does not add up; nothing, if all does.
    pub findings: Vec<Finding>,
}

/// Checks a printed table: 7 columns, 7 columns, and all its rows.
#[must_use]
pub fn reconcile(table: &Table) -> Vec<Review> {
    let by_column = |rule, find: &dyn Fn(Column) -> Option<Finding>| Review {
        rule,
        tried: Column::ALL.len(),
        findings: Column::ALL.into_iter().filter_map(find).collect(),
    };
    vec![
        by_column(Rule::ColumnsBalance, &|column| column_off(table, column)),
        by_column(Rule::OutcomesAddUp, &|column| outcomes_off(table, column)),
        Review {
            rule: Rule::RowsAddUp,
            tried: table.rows().len(),
            findings: table.rows().iter().filter_map(row_off).collect(),
        },
    ]
}

/// Checks whether `earlier` hands over to `later` what `later` takes in; nothing, if they are
/// not of consecutive years.
#[must_use]
pub fn across_years(earlier: &Table, later: &Table) -> Option<Review> {
    let apart = |column| {
        let carried_out = earlier.cell(Line::CarriedOut, column);
        let carried_in = later.cell(Line::CarriedIn, column);
        (carried_out != carried_in).then_some(Finding::YearsApart {
            column,
            year: later.year,
            carried_out,
            carried_in,
        })
    };
    (earlier.year.checked_add(1) == Some(later.year)).then(|| Review {
        rule: Rule::YearsMeet,
        tried: Column::ALL.len(),
        findings: Column::ALL.into_iter().filter_map(apart).collect(),
    })
}

/// Checks a counted section three as `layout` would print it.
///
/// Cases that were recorded as 其他处理 undivided (years of the 2019 form) have no line in the
/// 2021 layout: that is told, and they are put on no line.
#[must_use]
pub fn review(section: &SectionThree, layout: Layout) -> Vec<Review> {
    let mut reviews = reconcile(&section.table("", layout));
    if layout == Layout::Form2021 {
        let unplaced = |column| {
            let count = section.undivided(column);
            (count > 0).then_some(Finding::Undivided { column, count })
        };
        reviews.push(Review {
            rule: Rule::NothingUndivided,
            tried: Column::ALL.len(),
            findings: Column::ALL.into_iter().filter_map(unplaced).collect(),
        });
    }
    reviews
}

/// All that the reviews found, in order.
#[must_use]
pub fn findings(reviews: &[Review]) -> Vec<Finding> {
    reviews
        .iter()
        .flat_map(|review| review.findings.iter().copied())
        .collect()
}

fn column_off(table: &Table, column: Column) -> Option<Finding> {
    let new = table.cell(Line::New, column);
    let carried_in = table.cell(Line::CarriedIn, column);
    let total = table.cell(Line::Total, column);
    let carried_out = table.cell(Line::CarriedOut, column);
    (new + carried_in != total + carried_out).then_some(Finding::ColumnOff {
        column,
        new,
        carried_in,
        total,
        carried_out,
    })
}

fn outcomes_off(table: &Table, column: Column) -> Option<Finding> {
    let lines = table.layout.outcome_lines();
    let sum = lines.into_iter().map(|line| table.cell(line, column)).sum();
    let total = table.cell(Line::Total, column);
    (sum != total).then_some(Finding::OutcomesOff { column, sum, total })
}

fn row_off(row: &Row) -> Option<Finding> {
    let [kinds @ .., total] = row.cells;
    let sum = kinds.into_iter().sum();
    (sum != total).then_some(Finding::RowOff { line: row.line, sum, total })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::applicant::ApplicantKind;
    use crate::domain::outcome::{OtherEnding, Outcome};
    use crate::report::section_three::Tally;

    fn published(name: &str) -> Table {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/tables/");
        let text = std::fs::read_to_string(format!("{folder}{name}.json")).unwrap();
        Table::from_json(&text).unwrap()
    }

    fn told(reviews: &[Review]) -> Vec<String> {
        findings(reviews).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_published_tables_that_balance_are_found_sound() {
        for name in [
            "hongze-2023",
            "jinhu-2023",
            "suqian-2023",
            "suqian-2024",
            "lianhua-2022",
        ] {
            let reviews = reconcile(&published(name));
            assert_eq!(told(&reviews), Vec::<String>::new(), "{name}");
            let tried: Vec<usize> = reviews.iter().map(|review| review.tried).collect();
            let rows = published(name).layout.lines().len();
            assert_eq!(tried, [7, 7, rows]);
        }
    }

    #[test]
    fn a_case_that_changed_its_column_is_found_although_the_totals_balance() {
        assert_eq!(
            told(&reconcile(&published("yanghe-2025"))),
            [
                "“自然人”列：本年新收 60 ＋ 上年结转 0 ＝ 60，办理结果总计 61 ＋ 结转下年度 0 ＝ 61，\
                 办理与结转合计多 1",
                "“其他（法人或其他组织）”列：本年新收 1 ＋ 上年结转 0 ＝ 1，办理结果总计 0 ＋ 结转下年度 0 ＝ 0，\
                 办理与结转合计少 1",
            ]
        );
    }

    #[test]
    fn suqian_hands_over_to_its_next_year_in_every_column() {
        let (earlier, later) = (published("suqian-2023"), published("suqian-2024"));
        assert_eq!(across_years(&earlier, &later).unwrap().findings, []);
        assert_eq!(across_years(&later, &earlier), None);
        let stranger = Table::fill("", 2023, Layout::Form2021, |_, _| 0);
        assert_eq!(
            told(&[across_years(&stranger, &later).unwrap()]),
            [
                "“自然人”列：2023年结转下年度 0，2024年上年结转 118，上年结转多 118",
                "“商业企业”列：2023年结转下年度 0，2024年上年结转 3，上年结转多 3",
                "“总计”列：2023年结转下年度 0，2024年上年结转 121，上年结转多 121",
            ]
        );
    }

    #[test]
    fn one_wrong_number_anywhere_is_found_by_row_or_column() {
        let sound = published("suqian-2024");
        for row in sound.rows() {
            for column in Column::ALL {
                let broken = Table::fill("", 2024, sound.layout, |line, other| {
                    let wrong = line == row.line && other == column;
                    sound.cell(line, other) + u64::from(wrong)
                });
                let found = findings(&reconcile(&broken));
                assert_eq!(
                    found.len(),
                    2 + usize::from(row.line == Line::Total),
                    "{row:?} {column:?}"
                );
                assert!(found.iter().any(
                    |finding| matches!(finding, Finding::RowOff { line, .. } if *line == row.line)
                ));
            }
        }
    }

    #[test]
    fn undivided_cases_are_a_finding_of_the_2021_layout_only() {
        let undivided = Tally {
            kind: ApplicantKind::Natural,
            received_year: 2020,
            closed: Some((2020, Outcome::Other(OtherEnding::Undivided))),
            count: 3,
        };
        let section = SectionThree::of(2020, [undivided]);
        assert_eq!(findings(&review(&section, Layout::Trial2019)), []);
        let told = told(&review(&section, Layout::Form2021));
        assert_eq!(told.len(), 4);
        assert_eq!(told[0], "“自然人”列：各项办理结果之和为 0，（七）总计为 3，总计多 3");
        assert!(told[2].starts_with("“自然人”列：有 3 件办理结果登记为“其他处理”而未区分具体情形"));
    }
}
