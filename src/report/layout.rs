//! The two printed forms of section three, with the official wording and the merged headings.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::outcome::{OtherEnding, Outcome};
use crate::report::line::Line;

/// The heading over the six columns of applicants.
pub const APPLICANTS: &str = "申请人情况";
/// The heading over the five columns of organisations.
pub const ORGANISATIONS: &str = "法人或其他组织";
/// The note in the form's upper left corner.
pub const NOTE: &str = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）";
/// The title of the section.
pub const TITLE: &str = "三、收到和处理政府信息公开申请情况";

/// A printed form (格式) of the annual report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layout {
    /// 《政府信息公开工作年度报告格式（试行）》, 国办公开办函〔2019〕60号: 其他处理 is one line.
    Trial2019,
    /// 《政府信息公开工作年度报告格式》, 国办公开办函〔2021〕30号: 其他处理 has three.
    Form2021,
}

impl Serialize for Layout {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Layout {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::from_code(&code).ok_or_else(|| D::Error::custom("格式应为 2019 或 2021"))
    }
}

/// A heading cell that begins on a row, and how far it reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// What is printed in it.
    pub text: String,
    /// How many rows it covers, downwards.
    pub rows: u16,
    /// How many of the three heading columns it covers.
    pub columns: u16,
}

/// A row of the form, as printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintedRow {
    /// What it counts.
    pub line: Line,
    /// The heading cells that begin on it; those that reach down from above are not repeated.
    pub headings: Vec<Heading>,
    /// The row's whole heading, from the outermost to its own: one, two or three parts.
    pub path: Vec<String>,
}

impl Layout {
    /// Both forms, the older first.
    pub const ALL: [Self; 2] = [Self::Trial2019, Self::Form2021];

    /// The form's identifier, as exchanged.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Trial2019 => "2019",
            Self::Form2021 => "2021",
        }
    }

    /// The form with this [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|layout| layout.code() == code)
    }

    /// The form's name, for people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Trial2019 => "2019年试行格式（国办公开办函〔2019〕60号）",
            Self::Form2021 => "2021年格式（国办公开办函〔2021〕30号）",
        }
    }

    /// The form that was in force for the report of `year`: the trial form until 2020.
    #[must_use]
    pub const fn of_year(year: i32) -> Self {
        if year <= 2020 {
            Self::Trial2019
        } else {
            Self::Form2021
        }
    }

    /// Whether the form prints this line.
    #[must_use]
    pub const fn prints(self, line: Line) -> bool {
        match line {
            Line::Closed(Outcome::Other(OtherEnding::Undivided)) => false,
            Line::Closed(Outcome::Other(_)) => matches!(self, Self::Form2021),
            Line::Other => matches!(self, Self::Trial2019),
            _ => true,
        }
    }

    /// The form's lines, in printed order.
    #[must_use]
    pub fn lines(self) -> Vec<Line> {
        Line::all().filter(|line| self.prints(*line)).collect()
    }

    /// The form's lines under 三、本年度办理结果 whose sum is its 总计.
    #[must_use]
    pub fn outcome_lines(self) -> Vec<Line> {
        self.lines()
            .into_iter()
            .filter(|line| matches!(line, Line::Closed(_) | Line::Other))
            .collect()
    }

    /// The form's rows with their merged headings.
    #[must_use]
    pub fn rows(self) -> Vec<PrintedRow> {
        let lines = self.lines();
        let paths: Vec<Vec<String>> = lines.iter().map(|line| path(*line, &lines)).collect();
        let mut rows = Vec::with_capacity(lines.len());
        let mut above: &[String] = &[];
        for ((line, path), number) in lines.iter().zip(&paths).zip(0..) {
            rows.push(PrintedRow {
                line: *line,
                headings: headings(path, above, paths.get(number..).unwrap_or_default()),
                path: path.clone(),
            });
            above = path;
        }
        rows
    }
}

/// The headings that begin on a row: those that the row above does not have already.
fn headings(path: &[String], above: &[String], onwards: &[Vec<String>]) -> Vec<Heading> {
    let shared = path
        .iter()
        .zip(above)
        .take_while(|(own, before)| own == before)
        .count();
    let mut headings = Vec::new();
    for (level, text) in path.iter().enumerate().skip(shared) {
        let reach = onwards
            .iter()
            .take_while(|other| other.get(level) == Some(text))
            .count();
        let is_last = level + 1 == path.len();
        let columns = if is_last { 3 - level } else { 1 };
        headings.push(Heading {
            text: text.clone(),
            rows: u16::try_from(reach).unwrap_or(1),
            columns: u16::try_from(columns).unwrap_or(1),
        });
    }
    headings
}

/// The wording of a row's headings, from the outermost inward.
fn path(line: Line, lines: &[Line]) -> Vec<String> {
    const OUTCOMES: &str = "三、本年度办理结果";
    let parts: Vec<String> = match line {
        Line::New | Line::CarriedIn | Line::CarriedOut => vec![line.title()],
        Line::Total => vec![OUTCOMES.to_owned(), "（七）总计".to_owned()],
        Line::Other => vec![OUTCOMES.to_owned(), "（六）其他处理".to_owned()],
        Line::Closed(Outcome::Granted) => vec![OUTCOMES.to_owned(), "（一）予以公开".to_owned()],
        Line::Closed(Outcome::Partial) => vec![
            OUTCOMES.to_owned(),
            "（二）部分公开（区分处理的，只计这一情形，不计其他情形）".to_owned(),
        ],
        Line::Closed(outcome) => {
            let number = 1 + lines
                .iter()
                .take_while(|other| **other != line)
                .filter(|other| group(**other) == group(line))
                .count();
            vec![
                OUTCOMES.to_owned(),
                group(line).unwrap_or_default().to_owned(),
                format!("{number}.{}", outcome.label()),
            ]
        }
    };
    parts
}

/// The numbered group that a line of its own number belongs to.
const fn group(line: Line) -> Option<&'static str> {
    match line {
        Line::Closed(Outcome::Refused(_)) => Some("（三）不予公开"),
        Line::Closed(Outcome::Unable(_)) => Some("（四）无法提供"),
        Line::Closed(Outcome::NotProcessed(_)) => Some("（五）不予处理"),
        Line::Closed(Outcome::Other(_)) => Some("（六）其他处理"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(layout: Layout) -> String {
        let line = |row: PrintedRow| {
            let headings: Vec<String> = row
                .headings
                .iter()
                .map(|heading| format!("{}[{}x{}]", heading.text, heading.rows, heading.columns))
                .collect();
            format!("{} = {}", row.line.id(), headings.join(" / "))
        };
        let lines: Vec<String> = layout.rows().into_iter().map(line).collect();
        lines.join("\n")
    }

    #[test]
    fn both_forms_are_printed_as_issued() {
        let settings = crate::report::snapshots();
        settings.bind(|| {
            insta::assert_snapshot!("section_three_2021", printed(Layout::Form2021));
            insta::assert_snapshot!("section_three_2019", printed(Layout::Trial2019));
        });
    }

    #[test]
    fn every_row_covers_three_heading_columns() {
        for layout in Layout::ALL {
            let rows = layout.rows();
            let mut covered = vec![0_u16; rows.len()];
            for (number, row) in rows.iter().enumerate() {
                for heading in &row.headings {
                    for below in 0..usize::from(heading.rows) {
                        covered[number + below] += heading.columns;
                    }
                }
            }
            assert!(covered.iter().all(|columns| *columns == 3), "{covered:?}");
        }
    }

    #[test]
    fn the_trial_form_was_used_for_two_years() {
        let codes: Vec<&str> = (2019..=2025)
            .map(|year| Layout::of_year(year).code())
            .collect();
        assert_eq!(codes, ["2019", "2019", "2021", "2021", "2021", "2021", "2021"]);
        assert_eq!(Layout::from_code("2021"), Some(Layout::Form2021));
        assert_eq!(Layout::from_code("2020"), None);
    }
}
