//! The tables of the annual report as the official forms print them.

use crate::documents::paper::{CellKind, Grid, GridCell};
use crate::report::annual::form::Computed;
use crate::report::annual::{AnnualReport, FilledTable, ReportPart};
use crate::report::layout::{APPLICANTS, NOTE, ORGANISATIONS, TITLE};
use crate::report::line::Column;
use crate::report::section_four::{self, COLUMNS, SectionFour};
use crate::report::table::Table;

/// The tables of a part, in printed order.
#[must_use]
pub fn of_part(report: &AnnualReport, part: &ReportPart) -> Vec<Grid> {
    let computed = part.content.map(|content| match content {
        Computed::SectionThree => section_three(&report.section_three),
        Computed::SectionFour => section_four(report.section_four),
    });
    let filled = part.tables.iter().map(filled);
    computed.into_iter().chain(filled).collect()
}

fn head(text: &str) -> GridCell {
    GridCell::new(CellKind::Head, text)
}

fn number(number: u64) -> GridCell {
    GridCell::new(CellKind::Number, number.to_string())
}

/// Section three with the merged headings of its layout.
#[must_use]
pub fn section_three(table: &Table) -> Grid {
    let [natural, kinds @ .., total] = Column::ALL;
    let mut rows = vec![
        vec![head(NOTE).over(3, 3), head(APPLICANTS).over(1, 7)],
        vec![
            head(natural.label()).over(2, 1),
            head(ORGANISATIONS).over(1, 5),
            head(total.label()).over(2, 1),
        ],
        kinds.iter().map(|kind| head(kind.label())).collect(),
    ];
    rows.extend(table.layout.rows().into_iter().map(|row| {
        let headings = row.headings.into_iter().map(|heading| {
            let (down, across) = (usize::from(heading.rows), usize::from(heading.columns));
            let kind = if down > 1 {
                CellKind::Group
            } else {
                CellKind::Label
            };
            GridCell::new(kind, heading.text).over(down, across)
        });
        let numbers = Column::ALL.map(|column| number(table.cell(row.line, column)));
        headings.chain(numbers).collect()
    }));
    Grid {
        caption: format!("{TITLE}（{}，{}年）", table.agency, table.year),
        widths: vec![9, 15, 52, 12, 11, 11, 12, 12, 10, 12],
        head: 3,
        rows,
    }
}

/// Section four: one row of fifteen numbers.
#[must_use]
pub fn section_four(section: SectionFour) -> Grid {
    let [review, direct, after] = ["行政复议", "未经复议直接起诉", "复议后起诉"];
    let mut rows = vec![
        vec![head(review).over(1, 5), head("行政诉讼").over(1, 10)],
        COLUMNS
            .iter()
            .map(|column| head(column).over(2, 1))
            .collect(),
        [COLUMNS, COLUMNS]
            .as_flattened()
            .iter()
            .map(|column| head(column))
            .collect(),
    ];
    if let Some(middle) = rows.get_mut(1) {
        middle.extend([head(direct).over(1, 5), head(after).over(1, 5)]);
    }
    rows.push(
        section
            .blocks
            .as_flattened()
            .iter()
            .map(|count| number(*count))
            .collect(),
    );
    Grid {
        caption: section_four::TITLE.to_owned(),
        widths: vec![1; 15],
        head: 3,
        rows,
    }
}

/// A table of section two, its title over all columns.
fn filled(table: &FilledTable) -> Grid {
    let across = table.columns.len() + 1;
    let headings = table.columns.iter().map(|column| head(&column.label));
    let mut rows = vec![
        vec![head(&table.title).over(1, across)],
        std::iter::once(head(&table.subject))
            .chain(headings)
            .collect(),
    ];
    rows.extend(table.rows.iter().map(|row| {
        let numbers = row
            .values
            .iter()
            .map(|value| GridCell::new(CellKind::Number, value.as_deref().unwrap_or_default()));
        std::iter::once(GridCell::new(CellKind::Label, &row.label))
            .chain(numbers)
            .collect()
    }));
    let mut widths = vec![2];
    widths.extend(table.columns.iter().map(|_| 2));
    Grid { caption: table.title.clone(), widths, head: 2, rows }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every cell of the rectangle is covered once.
    fn is_whole(grid: &Grid) -> bool {
        let mut covered = vec![vec![0; grid.widths.len()]; grid.rows.len()];
        for placed in grid.placed() {
            for row in covered.iter_mut().skip(placed.row).take(placed.cell.rows) {
                for cell in row.iter_mut().skip(placed.column).take(placed.cell.columns) {
                    *cell += 1;
                }
            }
        }
        covered.iter().flatten().all(|count| *count == 1)
    }

    #[test]
    fn the_merged_cells_of_every_table_fit_together() {
        for name in ["suqian-2023", "hongze-2023"] {
            let place = format!("{}/tests/data/tables/{name}.json", env!("CARGO_MANIFEST_DIR"));
            let table = Table::from_json(&std::fs::read_to_string(place).unwrap()).unwrap();
            let grid = section_three(&table);
            assert!(is_whole(&grid), "{name}");
            let numbers = grid.rows.iter().flatten();
            let numbers = numbers.filter(|cell| cell.kind == CellKind::Number).count();
            assert_eq!(numbers, table.layout.lines().len() * 7);
        }
        assert!(is_whole(&section_four(SectionFour::default())));
    }
}
