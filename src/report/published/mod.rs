//! Somebody's published annual report, as far as it can be understood.
//!
//! Pieces of a file come in, in whatever shape it had; out comes a [`PublishedReport`] with
//! what was recognised. Nothing is put right on the way: that is for [`crate::report::lint`].

mod grid;

use serde::{Deserialize, Serialize};

use crate::report::annual::form::Computed;
use crate::report::annual::{AnnualReport, FilledTable};
use crate::report::section_four::SectionFour;
use crate::report::table::{Table, TableFault};

/// A piece of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Piece {
    /// A line of text.
    Text(String),
    /// Rows of cells, as they stand; merged cells may be missing or empty.
    Table(Vec<Vec<String>>),
}

/// 现行有效 and how it came about: a row of section two, item one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleCount {
    /// 规章 or 行政规范性文件.
    pub label: String,
    /// 本年制发件数.
    pub made: u64,
    /// 本年废止件数.
    pub repealed: u64,
    /// 现行有效件数.
    pub in_force: u64,
}

/// A place in a table where no plain number stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Where.
    pub place: String,
    /// What stands there; nothing, if the cell is blank.
    pub found: String,
}

/// A report, as far as it was understood.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PublishedReport {
    /// The year, where it is told.
    pub year: Option<i32>,
    /// Section three.
    pub section_three: Option<Table>,
    /// Section four.
    pub section_four: Option<SectionFour>,
    /// Section two, item one, of the 2021 form.
    pub rules: Vec<RuleCount>,
    /// Cells without a number.
    pub unreadable: Vec<Unreadable>,
    /// Every line of text that belongs to no table that was understood.
    pub prose: Vec<String>,
    /// The form's note on how the columns add up, as printed.
    pub note: Option<String>,
    /// Whether the file is a table alone, which nobody expects to hold the other sections.
    pub is_table_alone: bool,
}

impl PublishedReport {
    /// What the pieces of a file tell.
    #[must_use]
    pub fn of_pieces(pieces: &[Piece]) -> Self {
        let mut report = Self::default();
        for piece in pieces {
            match piece {
                Piece::Text(line) => report.prose.push(line.clone()),
                Piece::Table(rows) => grid::read(rows, &mut report),
            }
        }
        report.year = year_of(&report.prose);
        if let (Some(year), Some(table)) = (report.year, &mut report.section_three) {
            table.year = year;
        }
        let is_whole = report.prose.iter().map(|line| squeezed(line)).any(|line| {
            [
                "总体情况",
                "主动公开政府信息",
                "存在的主要问题",
                "其他需要报告",
            ]
            .iter()
            .any(|heading| line.contains(heading))
        });
        report.is_table_alone = report.section_three.is_some() && !is_whole;
        report
    }

    /// What a JSON document tells: a whole report of ours, or a table of contract §3, with the
    /// texts of its report, if it has them.
    ///
    /// # Errors
    ///
    /// [`TableFault`].
    pub fn of_json(text: &str) -> Result<Self, TableFault> {
        #[derive(Deserialize)]
        struct Whole {
            #[serde(default)]
            paragraphs: Vec<String>,
            #[serde(default)]
            section_four: Option<Vec<u64>>,
        }
        if let Ok(report) = serde_json::from_str::<AnnualReport>(text) {
            return Ok(Self::from(&report));
        }
        let table = Table::from_json(text)?;
        let whole: Whole =
            serde_json::from_str(text).map_err(|error| TableFault::Form(error.to_string()))?;
        Ok(Self {
            year: Some(table.year),
            section_three: Some(table),
            section_four: whole.section_four.as_deref().and_then(SectionFour::of),
            is_table_alone: whole.paragraphs.is_empty(),
            prose: whole.paragraphs,
            ..Self::default()
        })
    }
}

impl From<&AnnualReport> for PublishedReport {
    fn from(report: &AnnualReport) -> Self {
        let prints_four = report
            .parts
            .iter()
            .any(|part| part.content == Some(Computed::SectionFour));
        let tables = report.parts.iter().flat_map(|part| &part.tables);
        Self {
            year: Some(report.year),
            section_three: Some(report.section_three.clone()),
            section_four: prints_four.then_some(report.section_four),
            rules: tables.flat_map(rules).collect(),
            prose: report.prose().map(str::to_owned).collect(),
            ..Self::default()
        }
    }
}

/// The rows of a table that tell how 现行有效 came about.
fn rules(table: &FilledTable) -> Vec<RuleCount> {
    let place = |key: &str| table.columns.iter().position(|column| column.key == key);
    let (Some(made), Some(repealed), Some(in_force)) =
        (place("made"), place("repealed"), place("in_force"))
    else {
        return Vec::new();
    };
    let rows = table.rows.iter().filter_map(|row| {
        let number = |place: usize| row.values.get(place)?.as_ref()?.parse().ok();
        Some(RuleCount {
            label: row.label.clone(),
            made: number(made)?,
            repealed: number(repealed)?,
            in_force: number(in_force)?,
        })
    });
    rows.collect()
}

/// The text without blanks.
pub(super) fn squeezed(text: &str) -> String {
    text.chars()
        .filter(|letter| !letter.is_whitespace() && *letter != '\u{3000}')
        .collect()
}

/// The year of the first “2023年…年度报告” or “2023年度”, else of the first year named.
fn year_of(prose: &[String]) -> Option<i32> {
    let lines: Vec<String> = prose.iter().map(|line| squeezed(line)).collect();
    let titled = lines
        .iter()
        .filter(|line| line.contains("年度报告") || line.contains("年报"));
    titled.chain(&lines).find_map(|line| first_year(line))
}

fn first_year(line: &str) -> Option<i32> {
    line.match_indices('年').find_map(|(place, _)| {
        let digits = line.get(place.checked_sub(4)?..place)?;
        let year: i32 = digits.parse().ok()?;
        (2008..=2999).contains(&year).then_some(year)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_year_is_that_of_the_title() {
        let lines = [
            "依据2019年修订的条例".to_owned(),
            "某县202 2 年政府信息公开工作年度报告".to_owned(),
        ];
        assert_eq!(year_of(&lines), Some(2022));
        assert_eq!(year_of(&["本年情况".to_owned()]), None);
    }
}
