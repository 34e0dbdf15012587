//! Section three for people: as a page, on a terminal, as CSV.

use askama::Template;

use crate::documents::Cell;
use crate::documents::csv::{self, CsvError};
use crate::documents::text_width::{pad_left, pad_right, width, wrap};
use crate::report::layout::{APPLICANTS, Heading, Layout, NOTE, ORGANISATIONS, TITLE};
use crate::report::line::{Column, Line};
use crate::report::reconcile::Review;
use crate::report::table::Table;

/// A row of the page: its headings, and its numbers with where they lead.
struct HtmlRow {
    line: &'static str,
    headings: Vec<Heading>,
    cells: Vec<HtmlCell>,
}

/// A number of the page.
struct HtmlCell {
    number: u64,
    link: Option<String>,
    what: String,
}

/// `templates/report/section_three.html`: the table alone, to stand in a page.
#[derive(Template)]
#[template(path = "report/section_three.html")]
struct Fragment<'a> {
    caption: String,
    note: &'a str,
    applicants: &'a str,
    organisations: &'a str,
    kinds: Vec<&'static str>,
    rows: Vec<HtmlRow>,
}

/// `templates/report/section_three_page.html`: a page of its own, to be opened from a folder.
#[derive(Template)]
#[template(path = "report/section_three_page.html")]
struct Page<'a> {
    title: String,
    table: &'a str,
}

/// The table as a piece of HTML; `link` says where a number leads, if anywhere.
///
/// # Errors
///
/// What askama says, if the template cannot be filled.
pub fn html_fragment(
    table: &Table,
    link: impl Fn(Line, Column) -> Option<String>,
) -> Result<String, askama::Error> {
    let rows = table
        .layout
        .rows()
        .into_iter()
        .map(|row| HtmlRow {
            line: row.line.id(),
            headings: row.headings,
            cells: Column::ALL
                .into_iter()
                .map(|column| HtmlCell {
                    number: table.cell(row.line, column),
                    link: link(row.line, column),
                    what: format!("{}，{}", row.line.title(), column.title()),
                })
                .collect(),
        })
        .collect();
    Fragment {
        caption: caption(table),
        note: NOTE,
        applicants: APPLICANTS,
        organisations: ORGANISATIONS,
        kinds: organisation_labels(),
        rows,
    }
    .render()
}

/// The table as an HTML document of its own.
///
/// # Errors
///
/// What askama says, if the template cannot be filled.
pub fn html_page(table: &Table) -> Result<String, askama::Error> {
    let fragment = html_fragment(table, |_, _| None)?;
    Page { title: caption(table), table: &fragment }.render()
}

/// The table as CSV: the row's heading in three columns, repeated so that it can be filtered.
///
/// # Errors
///
/// [`CsvError`].
pub fn csv(table: &Table) -> Result<Vec<u8>, CsvError> {
    let mut headings = vec!["项目", "办理结果", "具体情形"];
    headings.extend(Column::ALL.map(Column::title));
    let rows: Vec<Vec<Cell>> = table
        .layout
        .rows()
        .into_iter()
        .map(|row| {
            let words = row.path.into_iter().map(Cell::Ours);
            let mut cells: Vec<Cell> = words
                .chain(std::iter::repeat(Cell::Empty))
                .take(3)
                .collect();
            cells.extend(Column::ALL.map(|column| Cell::Count(table.cell(row.line, column))));
            cells
        })
        .collect();
    csv::write(&headings, &rows)
}

/// The table for a terminal, with its checks below.
#[must_use]
pub fn text(table: &Table, reviews: &[Review]) -> String {
    let mut lines = vec![caption(table), String::new(), heading_line()];
    let mut above: Vec<String> = Vec::new();
    for row in table.layout.rows() {
        for (level, words) in row.path.iter().enumerate() {
            if above.get(level) == Some(words) {
                continue;
            }
            let numbers = (level + 1 == row.path.len()).then(|| number_cells(table, row.line));
            lines.extend(labelled(words, level, numbers.as_deref()));
        }
        above = row.path;
    }
    lines.push(String::new());
    lines.extend(verdict(reviews));
    lines.push(String::new());
    lines.join("\n")
}

/// How wide the headings of rows are on a terminal.
const LABEL_COLUMNS: usize = 46;
/// The blanks between two columns of numbers.
const GAP: &str = "  ";

fn caption(table: &Table) -> String {
    format!("{TITLE}（{}，{}年）", table.agency, table.year)
}

fn organisation_labels() -> Vec<&'static str> {
    Column::ALL
        .iter()
        .skip(1)
        .take(5)
        .map(|column| column.label())
        .collect()
}

/// The column's heading, wide enough for its numbers.
fn column_width(column: Column) -> usize {
    width(column.label()).max(6)
}

fn heading_line() -> String {
    let cells: Vec<String> = Column::ALL
        .iter()
        .map(|column| pad_left(column.label(), column_width(*column)))
        .collect();
    format!("{}{GAP}{}", pad_right("", LABEL_COLUMNS), cells.join(GAP))
}

fn number_cells(table: &Table, line: Line) -> String {
    let cells: Vec<String> = Column::ALL
        .iter()
        .map(|column| pad_left(&table.cell(line, *column).to_string(), column_width(*column)))
        .collect();
    cells.join(GAP)
}

/// A row's heading, indented by its level and broken where it is long, with its numbers on
/// the first line.
fn labelled(words: &str, level: usize, numbers: Option<&str>) -> Vec<String> {
    let indent = "  ".repeat(level);
    wrap(words, LABEL_COLUMNS - indent.len())
        .into_iter()
        .enumerate()
        .map(|(place, part)| {
            let label = format!("{indent}{part}");
            match numbers.filter(|_| place == 0) {
                Some(numbers) => format!("{}{GAP}{numbers}", pad_right(&label, LABEL_COLUMNS)),
                None => label,
            }
        })
        .collect()
}

/// What the checks say, a line for each rule and each finding.
#[must_use]
pub fn verdict(reviews: &[Review]) -> Vec<String> {
    let mut lines = Vec::new();
    for review in reviews {
        let label = review.rule.label();
        if review.findings.is_empty() {
            lines.push(format!("相符  {label}（核对 {} 处）", review.tried));
        } else {
            let count = review.findings.len();
            lines.push(format!("不符  {label}（核对 {} 处，不符 {count} 处）", review.tried));
            lines.extend(
                review
                    .findings
                    .iter()
                    .map(|finding| format!("      {finding}")),
            );
        }
    }
    lines
}

/// The name under which the table is handed out, without its ending.
#[must_use]
pub fn file_name(year: i32, layout: Layout) -> String {
    format!("section-three-{year}-{}", layout.code())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::reconcile::reconcile;

    fn published(name: &str) -> Table {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/tables/");
        let text = std::fs::read_to_string(format!("{folder}{name}.json")).unwrap();
        Table::from_json(&text).unwrap()
    }

    #[test]
    fn the_terminal_shows_the_form_and_its_checks() {
        let table = published("yanghe-2025");
        crate::report::snapshots().bind(|| {
            insta::assert_snapshot!("section_three_text", text(&table, &reconcile(&table)));
        });
    }

    #[test]
    fn numbers_stand_under_their_headings() {
        let page = text(&published("suqian-2023"), &[]);
        let rows: Vec<&str> = page
            .lines()
            .filter(|line| line.ends_with(char::is_numeric))
            .collect();
        assert_eq!(rows.len(), 25);
        assert!(rows.iter().all(|row| width(row) == width(&heading_line())), "{page}");
    }

    #[test]
    fn the_csv_repeats_the_headings_on_every_row() {
        let file = String::from_utf8(csv(&published("hongze-2023")).unwrap()).unwrap();
        let lines: Vec<&str> = file.split_terminator("\r\n").collect();
        assert_eq!(lines.len(), 24);
        assert_eq!(
            lines[0],
            "\u{feff}项目,办理结果,具体情形,自然人,商业企业,科研机构,社会公益组织,法律服务机构,其他（法人或其他组织）,总计"
        );
        assert_eq!(lines[1], "一、本年新收政府信息公开申请数量,,,21,0,0,0,0,0,21");
        assert_eq!(
            lines[10],
            "三、本年度办理结果,（三）不予公开,6.属于四类过程性信息,1,0,0,0,0,0,1"
        );
    }

    #[test]
    fn the_page_has_the_merged_headings_and_escapes_names() {
        let mut named = published("suqian-2024");
        "<b>&局".clone_into(&mut named.agency);
        let page = html_page(&named).unwrap();
        assert!(page.starts_with("<!DOCTYPE html>"));
        assert!(page.contains("&#60;b&#62;&#38;局，2024年") && !page.contains("<b>&"));
        assert!(page.contains("rowspan=\"22\"") && page.contains("rowspan=\"8\""));
        assert!(page.contains("colspan=\"7\"") && page.contains("colspan=\"5\""));
        assert_eq!(page.matches("<td").count(), 25 * 7);
        assert!(!page.contains("<a "));
    }

    #[test]
    fn every_number_can_lead_to_its_cases() {
        let table = published("suqian-2024");
        let page =
            html_fragment(&table, |line, column| Some(format!("/x/{}/{}", line.id(), column.id())))
                .unwrap();
        assert_eq!(page.matches("<a ").count(), 25 * 7);
        assert!(page.contains("href=\"/x/unable_not_held/business\""));
        assert!(page.contains(">33</a>"));
    }
}
