//! A sheet: its cells, and what of them is not to be seen.

use super::super::office::{Node, attribute, nodes, says_yes};
use super::super::{Eye, Sighting};
use super::styles::Styles;
use super::texts;
use crate::documents::reading::markup::unescaped;
use crate::domain::outgoing::FindingKind;

/// A row that is lower than this, in points, cannot be read.
const LOW: f64 = 2.0;
/// A column that is narrower than this, in characters, cannot be read.
const NARROW: f64 = 0.5;

/// How many rows or columns, or runs of them, are told one by one.
const TOLD: usize = 6;

/// What is needed to read the cells of a sheet.
pub(super) struct Cells<'a> {
    pub(super) place: &'a str,
    /// The texts that cells point to.
    pub(super) strings: &'a [String],
    pub(super) styles: &'a Styles,
    pub(super) eye: Eye<'a>,
}

/// What a sheet hides, as it is read on.
#[derive(Default)]
struct Hidden {
    /// From which column to which.
    columns: Vec<(u32, u32)>,
    /// Whether rows are hidden that do not say anything.
    by_default: bool,
    /// Whether the row that is being read is.
    row: Option<u32>,
    /// The rows and columns that hide something.
    full_rows: Vec<u32>,
    full_columns: Vec<u32>,
}

/// A cell that is being read.
#[derive(Default)]
struct Cell {
    at: String,
    style: String,
    is_shared: bool,
    is_value: bool,
    value: String,
}

impl Cells<'_> {
    pub(super) fn look(&self, markup: &str) -> Vec<Sighting> {
        let mut seen = Vec::new();
        let mut hidden = Hidden::default();
        let mut cell = Cell::default();
        for node in nodes(markup) {
            match node {
                Node::Open { name: "sheetFormatPr", attributes, .. } => {
                    hidden.by_default = says_yes(attributes, "zeroHeight")
                        || is_below(attributes, "defaultRowHeight", LOW);
                }
                Node::Open { name: "col", attributes, .. } => hidden.column(attributes),
                Node::Open { name: "row", attributes, .. } => hidden.begin_row(attributes),
                Node::Open { name: "c", attributes, .. } => {
                    cell = Cell {
                        at: attribute(attributes, "r").unwrap_or_default(),
                        style: attribute(attributes, "s").unwrap_or_default(),
                        is_shared: attribute(attributes, "t").as_deref() == Some("s"),
                        ..Cell::default()
                    };
                }
                Node::Open { name: "v" | "t", is_whole, .. } => cell.is_value = !is_whole,
                Node::Close("v" | "t") => cell.is_value = false,
                Node::Text(piece) if cell.is_value => cell.value.push_str(&unescaped(piece)),
                Node::Close("c") => {
                    let cell = std::mem::take(&mut cell);
                    seen.extend(self.cell(&cell, &mut hidden));
                }
                _ => {}
            }
        }
        seen.extend(hidden.sightings(self.place));
        let around = [
            "oddHeader",
            "oddFooter",
            "evenHeader",
            "evenFooter",
            "firstHeader",
            "firstFooter",
        ];
        for text in texts(markup, &around) {
            seen.extend(self.eye.numbers(&text, self.place, "页眉页脚"));
        }
        seen
    }

    fn cell(&self, cell: &Cell, hidden: &mut Hidden) -> Vec<Sighting> {
        let shared = || {
            let place = cell.value.trim().parse::<usize>().ok()?;
            self.strings.get(place)
        };
        let text = match (cell.is_shared, shared()) {
            (true, Some(text)) => text,
            (true, None) => return Vec::new(),
            (false, _) => &cell.value,
        };
        if text.trim().is_empty() {
            return Vec::new();
        }
        hidden.holds(&cell.at);
        let mut seen = self.eye.numbers(text, self.place, &cell.at);
        if let Some(blank) = self.styles.blank(&cell.style) {
            let one = Sighting::new(FindingKind::HiddenText, self.place, blank.words());
            seen.push(one.at(&cell.at));
        }
        seen
    }
}

impl Hidden {
    fn column(&mut self, attributes: &str) {
        let bound = |name| attribute(attributes, name).and_then(|bound| bound.parse().ok());
        if let (Some(first), Some(last)) = (bound("min"), bound("max"))
            && (says_yes(attributes, "hidden") || is_below(attributes, "width", NARROW))
        {
            self.columns.push((first, last));
        }
    }

    fn begin_row(&mut self, attributes: &str) {
        let is_quiet = attribute(attributes, "ht").is_none();
        let is_hidden = says_yes(attributes, "hidden")
            || is_below(attributes, "ht", LOW)
            || (self.by_default && is_quiet);
        let number = attribute(attributes, "r").and_then(|number| number.parse().ok());
        self.row = number.filter(|_| is_hidden);
    }

    /// There is something in this cell.
    fn holds(&mut self, at: &str) {
        if let Some(row) = self.row
            && self.full_rows.last() != Some(&row)
        {
            self.full_rows.push(row);
        }
        let column = column_of(at);
        let is_hidden = self
            .columns
            .iter()
            .any(|(first, last)| (*first..=*last).contains(&column));
        if is_hidden && !self.full_columns.contains(&column) {
            self.full_columns.push(column);
        }
    }

    fn sightings(mut self, place: &str) -> Vec<Sighting> {
        self.full_columns.sort_unstable();
        [
            (FindingKind::HiddenRows, self.full_rows, "行"),
            (FindingKind::HiddenColumns, self.full_columns, "列"),
        ]
        .into_iter()
        .filter(|(_, full, _)| !full.is_empty())
        .map(|(kind, full, what)| {
            let words = format!("隐藏{}{what}：{}", full.len(), ranges(&full, what));
            Sighting::new(kind, place, words)
        })
        .collect()
    }
}

/// The number of a cell's column: A is 1.
fn column_of(at: &str) -> u32 {
    at.chars()
        .map_while(|one| one.to_digit(36).filter(|digit| *digit >= 10))
        .fold(0, |number: u32, digit| number.saturating_mul(26).saturating_add(digit - 9))
}

/// Numbers in order, those in a row as from … to.
fn ranges(numbers: &[u32], what: &str) -> String {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for number in numbers {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == *number => *last = *number,
            _ => ranges.push((*number, *number)),
        }
    }
    let told = ranges.iter().map(|(first, last)| {
        if first == last {
            format!("第{first}{what}")
        } else {
            format!("第{first}至{last}{what}")
        }
    });
    let more = if ranges.len() > TOLD { "等" } else { "" };
    format!("{}{more}", told.take(TOLD).collect::<Vec<_>>().join("、"))
}

/// Whether a size is told, and less than this.
fn is_below(attributes: &str, name: &str, least: f64) -> bool {
    let size = attribute(attributes, name).and_then(|size| size.parse::<f64>().ok());
    size.is_some_and(|size| size < least)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_in_a_row_are_one_and_many_are_cut_short() {
        assert_eq!(ranges(&[1, 3, 4, 5], "行"), "第1行、第3至5行");
        let odd: Vec<u32> = (0..20).map(|row| 2 * row + 1).collect();
        assert_eq!(ranges(&odd, "行"), "第1行、第3行、第5行、第7行、第9行、第11行等");
    }

    #[test]
    fn columns_have_numbers() {
        assert_eq!([column_of("A1"), column_of("Z9"), column_of("AA10")], [1, 26, 27]);
    }
}
