//! A printed section three: 23 or 25 rows of seven numbers, ours or somebody else's.

use std::fmt;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use crate::report::layout::Layout;
use crate::report::line::{Column, Line};

/// A row of a printed table: seven numbers in the order of [`Column::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// What the row counts.
    pub line: Line,
    /// The six kinds of applicants and 总计, as printed: 总计 need not be their sum.
    pub cells: [u64; 7],
}

/// Section three of one agency and year, in one layout.
///
/// The table holds what is printed, right or wrong; see [`crate::report::reconcile`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The agency's name.
    pub agency: String,
    /// The year that is reported on.
    pub year: i32,
    /// The form.
    pub layout: Layout,
    rows: Vec<Row>,
}

/// Why a text is not a section three (contract §3).
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TableFault {
    /// Not JSON, or not of this form.
    #[error("不是合规的第三部分数据（JSON）：{0}")]
    Form(String),
    /// A layout that is not known.
    #[error("不认识的格式“{0}”，应为 2019 或 2021")]
    Layout(String),
    /// Not the seven columns.
    #[error(
        "列应为 natural、business、research、public_interest、legal_service、other、total 七列，各一次"
    )]
    Columns,
    /// A row that the layout has is missing.
    #[error("缺少行“{0}”")]
    MissingRow(&'static str),
    /// A row that the layout does not have.
    #[error("多出行“{0}”，该格式没有这一行")]
    ForeignRow(String),
    /// A row that stands twice.
    #[error("行“{0}”出现两次")]
    DoubleRow(String),
    /// A row without its seven numbers.
    #[error("行“{0}”应有 7 个数")]
    Width(String),
}

impl Table {
    /// The table whose numbers `cell` tells.
    pub fn fill(
        agency: impl Into<String>,
        year: i32,
        layout: Layout,
        mut cell: impl FnMut(Line, Column) -> u64,
    ) -> Self {
        let rows = layout
            .lines()
            .into_iter()
            .map(|line| Row { line, cells: Column::ALL.map(|column| cell(line, column)) })
            .collect();
        Self { agency: agency.into(), year, layout, rows }
    }

    /// The rows, in printed order.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The printed number, or zero where the layout has no such line.
    #[must_use]
    pub fn cell(&self, line: Line, column: Column) -> u64 {
        let place = Column::ALL.iter().position(|other| *other == column);
        self.rows
            .iter()
            .find(|row| row.line == line)
            .and_then(|row| row.cells.get(place?).copied())
            .unwrap_or_default()
    }

    /// Adds the numbers of another table of the same layout.
    pub(super) fn plus(&mut self, other: &Self) {
        for (row, more) in self.rows.iter_mut().zip(&other.rows) {
            for (cell, more) in row.cells.iter_mut().zip(more.cells) {
                *cell += more;
            }
        }
    }

    /// The table as one JSON document (contract §3).
    ///
    /// # Errors
    ///
    /// What `serde_json` says, if it cannot write.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// The table in one short line of numbers, as a database keeps it: a province's thousands
    /// are read at once.
    #[must_use]
    pub fn to_line(&self) -> String {
        let mut line = format!("{} {}", self.layout.code(), self.year);
        for number in self.rows.iter().flat_map(|row| row.cells) {
            line.push(' ');
            line.push_str(&number.to_string());
        }
        format!("{line} {}", self.agency)
    }

    /// The table that [`to_line`](Self::to_line) wrote; `None` for anything else.
    #[must_use]
    pub fn from_line(line: &str) -> Option<Self> {
        let mut rest = line;
        let mut next = || {
            let (word, after) = rest.split_once(' ')?;
            rest = after;
            Some(word)
        };
        let layout = Layout::from_code(next()?)?;
        let year = next()?.parse().ok()?;
        let mut rows = Vec::new();
        for line in layout.lines() {
            let mut cells = [0; 7];
            for cell in &mut cells {
                *cell = next()?.parse().ok()?;
            }
            rows.push(Row { line, cells });
        }
        Some(Self { agency: rest.to_owned(), year, layout, rows })
    }

    /// The table in a JSON document of contract §3. Other keys are passed over, and `format`
    /// is read as `layout`, since published collections write it so.
    ///
    /// # Errors
    ///
    /// [`TableFault`], the first one found.
    pub fn from_json(text: &str) -> Result<Self, TableFault> {
        let wire: Wire =
            serde_json::from_str(text).map_err(|error| TableFault::Form(error.to_string()))?;
        Self::of_wire(wire)
    }

    fn of_wire(wire: Wire) -> Result<Self, TableFault> {
        let layout = Layout::from_code(&wire.layout).ok_or(TableFault::Layout(wire.layout))?;
        let order = column_order(&wire.columns).ok_or(TableFault::Columns)?;
        let lines = layout.lines();
        let mut rows: Vec<Row> = Vec::with_capacity(lines.len());
        for (id, numbers) in wire.rows.0 {
            // Mostly they come in printed order.
            let next = lines.get(rows.len()).filter(|line| line.id() == id);
            let line = next
                .copied()
                .or_else(|| Line::from_id(&id))
                .filter(|line| layout.prints(*line))
                .ok_or_else(|| TableFault::ForeignRow(id.clone()))?;
            if rows.iter().any(|row| row.line == line) {
                return Err(TableFault::DoubleRow(id));
            }
            if numbers.len() != Column::ALL.len() {
                return Err(TableFault::Width(id));
            }
            let cells = order.map(|place| {
                numbers
                    .get(place)
                    .copied()
                    .map(u64::from)
                    .unwrap_or_default()
            });
            rows.push(Row { line, cells });
        }
        if !rows.iter().map(|row| row.line).eq(lines.iter().copied()) {
            let is_there = |wanted: Line| rows.iter().any(|row| row.line == wanted);
            if let Some(missing) = lines.iter().find(|line| !is_there(**line)) {
                return Err(TableFault::MissingRow(missing.id()));
            }
            rows.sort_by_key(|row| lines.iter().position(|line| *line == row.line));
        }
        Ok(Self { agency: wire.agency, year: wire.year, layout, rows })
    }
}

/// Where each of the seven columns stands in `ids`.
fn column_order(ids: &[String]) -> Option<[usize; 7]> {
    let mut order = [0; 7];
    for (place, column) in order.iter_mut().zip(Column::ALL) {
        *place = ids.iter().position(|id| id == column.id())?;
    }
    (ids.len() == order.len()).then_some(order)
}

#[derive(Deserialize)]
struct Wire {
    agency: String,
    year: i32,
    #[serde(alias = "format")]
    layout: String,
    columns: Vec<String>,
    rows: WireRows,
}

/// Rows as they stand, so that one that stands twice is seen.
struct WireRows(Vec<(String, Vec<u32>)>);

impl<'de> Deserialize<'de> for WireRows {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Rows;
        impl<'de> Visitor<'de> for Rows {
            type Value = WireRows;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object of rows")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<WireRows, A::Error> {
                let mut rows = Vec::new();
                while let Some(row) = map.next_entry()? {
                    rows.push(row);
                    if rows.len() > 64 {
                        return Err(A::Error::custom("too many rows"));
                    }
                }
                Ok(WireRows(rows))
            }
        }
        deserializer.deserialize_map(Rows)
    }
}

impl Serialize for Table {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(5))?;
        map.serialize_entry("agency", &self.agency)?;
        map.serialize_entry("year", &self.year)?;
        map.serialize_entry("layout", self.layout.code())?;
        map.serialize_entry("columns", &Column::ALL.map(Column::id))?;
        map.serialize_entry("rows", &RowsInOrder(&self.rows))?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for Table {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::of_wire(Wire::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// Rows under their ids, in printed order.
struct RowsInOrder<'a>(&'a [Row]);

impl Serialize for RowsInOrder<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|row| (row.line.id(), row.cells)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(layout: Layout) -> Table {
        let mut next = 0;
        Table::fill("某县人民政府", 2023, layout, |_, _| {
            next += 1;
            next
        })
    }

    #[test]
    fn a_table_comes_back_from_its_json() {
        for layout in Layout::ALL {
            let table = numbered(layout);
            assert_eq!(Table::from_json(&table.to_json().unwrap()), Ok(table));
        }
    }

    #[test]
    fn a_table_comes_back_from_its_line() {
        for layout in Layout::ALL {
            let table = Table { agency: "某县 人民政府".to_owned(), ..numbered(layout) };
            let line = table.to_line();
            assert_eq!(Table::from_line(&line), Some(table));
            let short = line.rsplit_once(" 161 ").unwrap().0;
            for wrong in [short, &line.replacen(" 5 ", " -5 ", 1), "", "2021 2025"] {
                assert_eq!(Table::from_line(wrong), None, "{wrong}");
            }
        }
    }

    #[test]
    fn json_has_the_contracts_keys_in_the_contracts_order() {
        let json = numbered(Layout::Trial2019).to_json().unwrap();
        assert!(json.starts_with(
            "{\"agency\":\"某县人民政府\",\"year\":2023,\"layout\":\"2019\",\"columns\":[\"natural\",\"business\",\
             \"research\",\"public_interest\",\"legal_service\",\"other\",\"total\"],\"rows\":{\"new\":[1,2,3,4,5,6,7],\
             \"carried_in\":[8,"
        ));
        assert!(json.contains("\"other_total\":[") && !json.contains("other_misc"));
        assert!(json.ends_with("\"carried_out\":[155,156,157,158,159,160,161]}}"));
    }

    #[test]
    fn columns_in_another_order_are_put_in_place() {
        let json = numbered(Layout::Form2021).to_json().unwrap();
        let swapped = json.replace("\"natural\",\"business\"", "\"business\",\"natural\"");
        let table = Table::from_json(&swapped).unwrap();
        assert_eq!(table.cell(Line::New, Column::ALL[0]), 2);
        assert_eq!(table.cell(Line::New, Column::ALL[1]), 1);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let json = numbered(Layout::Form2021).to_json().unwrap();
        let fault = |from: &str, to: &str| {
            assert!(json.contains(from), "{from}");
            Table::from_json(&json.replacen(from, to, 1)).unwrap_err()
        };
        assert_eq!(fault("\"2021\"", "\"2020\""), TableFault::Layout("2020".to_owned()));
        assert_eq!(
            fault("\"2021\"", "\"2019\""),
            TableFault::ForeignRow("other_not_corrected".to_owned())
        );
        assert_eq!(
            fault("\"partial\":", "\"granted\":"),
            TableFault::DoubleRow("granted".to_owned())
        );
        assert_eq!(fault("\"new\":[1,", "\"new\":["), TableFault::Width("new".to_owned()));
        assert_eq!(fault("\"business\"", "\"natural\""), TableFault::Columns);
        assert_eq!(fault("\"new\":[1,2,3,4,5,6,7],", ""), TableFault::MissingRow("new"));
        assert!(matches!(fault("[1,", "[-1,"), TableFault::Form(_)));
        assert!(matches!(Table::from_json("{"), Err(TableFault::Form(_))));
    }
}
