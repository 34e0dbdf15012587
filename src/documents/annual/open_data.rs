//! The report as open data: JSON and CSV, and what each field means.

use super::tables;
use crate::documents::Cell;
use crate::documents::csv::{self as file, CsvError};
use crate::documents::paper::{CellKind, Grid};
use crate::report::annual::AnnualReport;

/// What each field of the JSON means: its path, its type, its meaning.
pub const FIELDS: &[(&str, &str, &str)] = &[
    ("agency", "文本", "编制机关的名称"),
    ("year", "整数", "报告年度；统计期限为该年1月1日至12月31日"),
    ("form", "文本", "报告格式的代号：2019、2021，或者地方格式的代号"),
    ("title", "文本", "报告标题"),
    ("preface", "文本列表", "报告说明，一段一项"),
    ("parts[].key", "文本", "部分的代号"),
    ("parts[].heading", "文本", "部分的标题"),
    (
        "parts[].content",
        "文本",
        "由办件统计的表：section_three 为第三部分，section_four 为第四部分；没有的不出现",
    ),
    ("parts[].tables[]", "对象列表", "填报的表：title 表名，columns 列，rows 行"),
    (
        "parts[].tables[].rows[].values",
        "文本列表",
        "与 columns 逐列对应的十进制数；该格没有数字的为 null",
    ),
    (
        "parts[].pictures[]",
        "对象列表",
        "图片：caption 说明，media_type 类型，width、height 像素，content 为 base64；没有的不出现",
    ),
    ("parts[].paragraphs", "文本列表", "正文，一段一项"),
    (
        "section_three",
        "对象",
        "第三部分：columns 为七列的代号，rows 为各行七个整数，行号见《年度报告格式》",
    ),
    (
        "section_four",
        "整数列表",
        "第四部分的十五个数：行政复议、未经复议直接起诉、复议后起诉，各为结果维持、结果纠正、其他结果、尚未审结、总计",
    ),
    ("information_fees", "整数", "本年度收取的信息处理费，单位：元"),
    ("dated", "日期", "成文日期；没有的为 null"),
];

/// The report as one JSON document; [`FIELDS`] says what stands in it.
///
/// # Errors
///
/// What `serde_json` says, if it cannot write.
pub fn json(report: &AnnualReport) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec_pretty(report)
}

/// Every number of every table, one to a line: part, table, row, column, number.
///
/// # Errors
///
/// [`CsvError`].
pub fn csv(report: &AnnualReport) -> Result<Vec<u8>, CsvError> {
    let mut rows = Vec::new();
    for (heading, grid) in tables(report) {
        for (row, column, number) in numbers(&grid) {
            let cells = [heading, &grid.caption, &row, &column];
            let mut line: Vec<Cell> = cells
                .iter()
                .map(|text| Cell::Theirs((*text).to_owned()))
                .collect();
            line.push(Cell::Theirs(number));
            rows.push(line);
        }
    }
    file::write(&["部分", "表", "行", "列", "数"], &rows)
}

/// The numbers of a table with the headings that they stand under.
fn numbers(grid: &Grid) -> Vec<(String, String, String)> {
    let placed = grid.placed();
    let over = |row: usize, column: usize| -> (String, String) {
        let (mut rows, mut columns) = (Vec::new(), Vec::new());
        for other in &placed {
            let in_row = (other.row..other.row + other.cell.rows).contains(&row);
            let in_column = (other.column..other.column + other.cell.columns).contains(&column);
            match other.cell.kind {
                CellKind::Label | CellKind::Group if in_row => rows.push(&*other.cell.text),
                CellKind::Head if in_column && other.row < grid.head => {
                    columns.push(&*other.cell.text);
                }
                _ => {}
            }
        }
        // What stands over the whole table is its name, not that of a column.
        columns.retain(|text| *text != grid.caption);
        (rows.join(" / "), columns.join(" / "))
    };
    placed
        .iter()
        .filter(|place| place.cell.kind == CellKind::Number && !place.cell.text.is_empty())
        .map(|place| {
            let (row, column) = over(place.row, place.column);
            (row, column, place.cell.text.clone())
        })
        .collect()
}
