//! XLSX: section three as the official form, and plain lists.

use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet,
};
use thiserror::Error;

use crate::documents::Cell;
use crate::documents::annual::grids;
use crate::documents::paper::{CellKind, Grid, Placed};
use crate::report::layout::TITLE;
use crate::report::table::Table;

/// The type under which an XLSX is served.
pub const CONTENT_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A workbook that could not be written.
#[derive(Debug, Error)]
#[error("无法生成 XLSX 文件")]
pub struct XlsxError(#[from] rust_xlsxwriter::XlsxError);

/// The row on which a form's own heading begins; the title stands above it.
const HEAD_ROW: u32 = 2;

/// A paper size by its number in the file format: A4.
const A4: u8 = 9;
/// Song, which every Chinese office has; other systems put their own serif in its place.
const SONG: &str = "宋体";
const HEI: &str = "黑体";

/// The looks of the form's cells.
struct Looks {
    title: Format,
    subtitle: Format,
    head: Format,
    label: Format,
    number: Format,
}

impl Looks {
    fn new() -> Self {
        let framed = Format::new()
            .set_font_name(SONG)
            .set_font_size(10)
            .set_border(FormatBorder::Thin)
            .set_align(FormatAlign::VerticalCenter)
            .set_text_wrap();
        Self {
            title: Format::new()
                .set_font_name(HEI)
                .set_font_size(16)
                .set_align(FormatAlign::Center)
                .set_align(FormatAlign::VerticalCenter),
            subtitle: Format::new()
                .set_font_name(SONG)
                .set_font_size(10)
                .set_align(FormatAlign::Center)
                .set_align(FormatAlign::VerticalCenter),
            head: framed.clone().set_align(FormatAlign::Center),
            label: framed.clone().set_align(FormatAlign::Left),
            number: framed.set_align(FormatAlign::Center),
        }
    }
}

/// The table as the official form: merged headings, one landscape A4 page.
///
/// The same table gives the same bytes; the file is dated with the last day of its year.
///
/// # Errors
///
/// [`XlsxError`].
pub fn section_three(table: &Table) -> Result<Vec<u8>, XlsxError> {
    let mut book = Book::new(&format!("{}年{TITLE}", table.year), table.year)?;
    let subtitle = format!("{}　{}年", table.agency, table.year);
    book.sheet("第三部分", &subtitle, &[grids::section_three(table)])?;
    book.finish()
}

/// A workbook of tables with merged headings.
pub struct Book {
    book: Workbook,
    looks: Looks,
}

impl Book {
    /// An empty workbook, dated with the last day of `year`.
    ///
    /// # Errors
    ///
    /// [`XlsxError`].
    pub fn new(title: &str, year: i32) -> Result<Self, XlsxError> {
        let mut book = Workbook::new();
        let last_day = NaiveDate::from_ymd_opt(year, 12, 31).unwrap_or_default();
        book.set_properties(&properties(title, last_day)?);
        Ok(Self { book, looks: Looks::new() })
    }

    /// Adds a sheet of tables, one below the other, each under its caption.
    ///
    /// # Errors
    ///
    /// [`XlsxError`].
    pub fn sheet(&mut self, name: &str, subtitle: &str, grids: &[Grid]) -> Result<(), XlsxError> {
        let sheet = self.book.add_worksheet();
        sheet.set_name(sheet_name(name))?;
        set_up_form(sheet, grids)?;
        let mut row = 0;
        for grid in grids {
            row = write_grid(sheet, row, subtitle, grid, &self.looks)?;
        }
        Ok(())
    }

    /// The file.
    ///
    /// # Errors
    ///
    /// [`XlsxError`].
    pub fn finish(mut self) -> Result<Vec<u8>, XlsxError> {
        Ok(self.book.save_to_buffer()?)
    }
}

/// What a sheet can be called: 31 characters, and none of those that addresses are made of.
fn sheet_name(text: &str) -> String {
    let fits = |letter: &char| !r"[]:*?/\".contains(*letter);
    text.chars().filter(fits).take(31).collect()
}

/// A list with one heading row, which stays in view; built row by row.
///
/// Words stay words: nothing in a cell is ever taken for a formula, a number or a link.
pub struct List {
    sheet: Worksheet,
    next: u32,
    plain: Format,
    day: Format,
    properties: DocProperties,
}

impl List {
    /// Begins a list with its headings; `made_on` is the file's date.
    ///
    /// # Errors
    ///
    /// [`XlsxError`].
    pub fn new(name: &str, headings: &[&str], made_on: NaiveDate) -> Result<Self, XlsxError> {
        let plain = Format::new().set_font_name(SONG).set_font_size(10.5);
        let head = plain
            .clone()
            .set_bold()
            .set_background_color(Color::RGB(0x00E7_EDF3));
        let mut sheet = Worksheet::new();
        sheet.set_name(name)?.set_freeze_panes(1, 0)?;
        for (column, words) in (0_u16..).zip(headings) {
            sheet.set_column_width(column, 16)?;
            sheet.write_string_with_format(0, column, *words, &head)?;
        }
        Ok(Self {
            sheet,
            next: 1,
            day: plain.clone().set_num_format("yyyy-mm-dd"),
            plain,
            properties: properties(name, made_on)?,
        })
    }

    /// Adds a row.
    ///
    /// # Errors
    ///
    /// [`XlsxError`], where a cell is longer than the format allows (32,767 characters) or the
    /// sheet is full (1,048,576 rows).
    pub fn row(&mut self, cells: &[Cell]) -> Result<(), XlsxError> {
        for (column, cell) in (0_u16..).zip(cells) {
            write_cell(&mut self.sheet, self.next, column, cell, &self.plain, &self.day)?;
        }
        self.next += 1;
        Ok(())
    }

    /// Ends the list: the file.
    ///
    /// # Errors
    ///
    /// [`XlsxError`].
    pub fn finish(self) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        book.set_properties(&self.properties);
        book.push_worksheet(self.sheet);
        Ok(book.save_to_buffer()?)
    }
}

fn write_cell(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    cell: &Cell,
    plain: &Format,
    day: &Format,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => {}
        Cell::Ours(words) | Cell::Theirs(words) => {
            sheet.write_string_with_format(row, column, words, plain)?;
        }
        Cell::Count(number) => write_count(sheet, row, column, *number, plain)?,
        Cell::Day(date) => {
            sheet.write_datetime_with_format(row, column, excel_day(*date)?, day)?;
        }
    }
    Ok(())
}

/// A number; one too great for a number cell is written as words, not rounded.
fn write_count(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    number: u64,
    format: &Format,
) -> Result<(), XlsxError> {
    match u32::try_from(number) {
        Ok(number) => sheet.write_number_with_format(row, column, number, format)?,
        Err(_) => sheet.write_string_with_format(row, column, number.to_string(), format)?,
    };
    Ok(())
}

fn excel_day(day: NaiveDate) -> Result<ExcelDateTime, XlsxError> {
    let part = |number: u32| u8::try_from(number).unwrap_or_default();
    let year = u16::try_from(day.year()).unwrap_or_default();
    Ok(ExcelDateTime::from_ymd(year, part(day.month()), part(day.day()))?)
}

fn properties(title: &str, made_on: NaiveDate) -> Result<DocProperties, XlsxError> {
    let made_on = excel_day(made_on)?;
    Ok(DocProperties::new()
        .set_title(title)
        .set_creation_datetime(&made_on))
}

/// How wide a sheet is, in characters.
const SHEET_WIDTH: f64 = 145.0;

fn set_up_form(sheet: &mut Worksheet, grids: &[Grid]) -> Result<(), XlsxError> {
    sheet
        .set_landscape()
        .set_paper_size(A4)
        .set_print_fit_to_pages(1, 0)
        .set_print_center_horizontally(true)
        .set_margins(0.5, 0.5, 0.5, 0.5, 0.25, 0.25);
    let widest = grids.iter().max_by_key(|grid| grid.widths.len());
    let widths = widest
        .map(|grid| grid.widths.as_slice())
        .unwrap_or_default();
    let sum = f64::from(widths.iter().sum::<u16>().max(1));
    for (column, width) in (0_u16..).zip(widths) {
        sheet.set_column_width(column, SHEET_WIDTH * f64::from(*width) / sum)?;
    }
    Ok(())
}

/// A caption without the agency and year behind it, which stand in a line of their own.
fn without_scope(caption: &str) -> &str {
    if !caption.ends_with("年）") {
        return caption;
    }
    let mut depth = 0;
    for (place, character) in caption.char_indices().rev() {
        match character {
            '）' => depth += 1,
            '（' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return caption.get(..place).unwrap_or(caption);
        }
    }
    caption
}

/// Writes a table under its caption, and says on which row the next one begins.
fn write_grid(
    sheet: &mut Worksheet,
    first: u32,
    subtitle: &str,
    grid: &Grid,
    looks: &Looks,
) -> Result<u32, XlsxError> {
    let last = u16::try_from(grid.widths.len().saturating_sub(1)).unwrap_or_default();
    let title = without_scope(&grid.caption);
    sheet
        .merge_range(first, 0, first, last, title, &looks.title)?
        .set_row_height(first, 28)?;
    sheet.merge_range(first + 1, 0, first + 1, last, subtitle, &looks.subtitle)?;
    let begin = first + HEAD_ROW;
    for placed in grid.placed() {
        write_placed(sheet, begin, placed, looks)?;
    }
    for (row, cells) in (begin..).zip(&grid.rows) {
        // Two lines of wording fit in the widest heading column.
        let wide = cells
            .iter()
            .any(|cell| cell.kind == CellKind::Label && cell.text.chars().count() > 26);
        sheet.set_row_height(row, if wide { 28 } else { 17 })?;
    }
    let rows = u32::try_from(grid.rows.len()).unwrap_or_default();
    Ok(begin + rows + 1)
}

fn write_placed(
    sheet: &mut Worksheet,
    begin: u32,
    placed: Placed<'_>,
    looks: &Looks,
) -> Result<(), XlsxError> {
    let cell = placed.cell;
    let row = begin + u32::try_from(placed.row).unwrap_or_default();
    let column = u16::try_from(placed.column).unwrap_or_default();
    let format = match cell.kind {
        CellKind::Head | CellKind::Group => &looks.head,
        CellKind::Label => &looks.label,
        CellKind::Number => &looks.number,
    };
    if cell.rows > 1 || cell.columns > 1 {
        let last_row = row + u32::try_from(cell.rows).unwrap_or(1) - 1;
        let last_column = column + u16::try_from(cell.columns).unwrap_or(1) - 1;
        sheet.merge_range(row, column, last_row, last_column, &cell.text, format)?;
    } else if cell.kind == CellKind::Number && !cell.text.is_empty() {
        write_number(sheet, row, column, &cell.text, format)?;
    } else {
        sheet.write_string_with_format(row, column, &cell.text, format)?;
    }
    Ok(())
}

/// A number that a spreadsheet can hold exactly is written as one, any other as words.
fn write_number(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    text: &str,
    format: &Format,
) -> Result<(), XlsxError> {
    match text.parse::<f64>() {
        Ok(number) if number.to_string() == text => {
            sheet.write_number_with_format(row, column, number, format)?;
        }
        _ => {
            sheet.write_string_with_format(row, column, text, format)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader, Xlsx};

    use super::*;
    use crate::report::layout::Layout;

    fn published(name: &str) -> Table {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/tables/");
        let text = std::fs::read_to_string(format!("{folder}{name}.json")).unwrap();
        Table::from_json(&text).unwrap()
    }

    fn open(bytes: Vec<u8>) -> Xlsx<Cursor<Vec<u8>>> {
        Xlsx::new(Cursor::new(bytes)).unwrap()
    }

    #[test]
    fn a_title_loses_its_scope_and_nothing_else() {
        let title = "收到和处理政府信息公开申请情况";
        assert_eq!(without_scope(&format!("{title}（西峡县（本级），2025年）")), title);
        assert_eq!(without_scope("第二十条第（一）项"), "第二十条第（一）项");
        assert_eq!(without_scope(title), title);
    }

    #[test]
    fn the_form_carries_every_number_under_its_heading() {
        for name in ["suqian-2023", "hongze-2023"] {
            let table = published(name);
            let sheet = open(section_three(&table).unwrap())
                .worksheet_range("第三部分")
                .unwrap();
            for (row, printed) in (HEAD_ROW + 3..).zip(table.rows()) {
                for (column, number) in (3_u32..).zip(printed.cells) {
                    let found = sheet.get_value((row, column)).unwrap();
                    assert_eq!(found, &Data::Float(f64::from(u32::try_from(number).unwrap())));
                }
            }
            assert_eq!(sheet.get_value((HEAD_ROW, 3)).unwrap().to_string(), "申请人情况");
            assert_eq!(sheet.get_value((HEAD_ROW + 2, 4)).unwrap().to_string(), "商业企业");
        }
    }

    #[test]
    fn headings_are_merged_as_on_the_official_form() {
        let mut book = open(section_three(&published("suqian-2024")).unwrap());
        let merged: Vec<((u32, u32), (u32, u32))> = book
            .merge_cells_by_sheet_name("第三部分")
            .unwrap()
            .into_iter()
            .map(|area| (area.start, area.end))
            .collect();
        for expected in [
            ((2, 0), (4, 2)),   // the note
            ((2, 3), (2, 9)),   // 申请人情况
            ((3, 3), (4, 3)),   // 自然人
            ((3, 4), (3, 8)),   // 法人或其他组织
            ((3, 9), (4, 9)),   // 总计
            ((5, 0), (5, 2)),   // 一
            ((7, 0), (28, 0)),  // 三, 22 rows
            ((9, 1), (16, 1)),  // （三）, 8 rows
            ((25, 1), (27, 1)), // （六）, 3 rows
            ((28, 1), (28, 2)), // （七）
            ((29, 0), (29, 2)), // 四
        ] {
            assert!(merged.contains(&expected), "{expected:?} in {merged:?}");
        }
    }

    #[test]
    fn the_same_table_gives_the_same_file() {
        let table = Table::fill("某局", 2022, Layout::Trial2019, |_, _| 0);
        assert_eq!(section_three(&table).unwrap(), section_three(&table).unwrap());
    }

    #[test]
    fn a_formula_in_a_list_stays_words() {
        let day = NaiveDate::from_ymd_opt(2024, 1, 5).unwrap();
        let cells = vec![
            Cell::Theirs("=1+1".to_owned()),
            Cell::Day(day),
            Cell::Count(7),
            Cell::Empty,
        ];
        let mut list = List::new("办件", &["甲", "乙", "丙", "丁"], day).unwrap();
        list.row(&cells).unwrap();
        let bytes = list.finish().unwrap();
        let mut book = open(bytes);
        let sheet = book.worksheet_range("办件").unwrap();
        assert_eq!(sheet.get_value((1, 0)), Some(&Data::String("=1+1".to_owned())));
        assert_eq!(sheet.get_value((1, 2)), Some(&Data::Float(7.0)));
        let Some(Data::DateTime(date)) = sheet.get_value((1, 1)) else {
            panic!("not a date")
        };
        assert_eq!(date.to_ymd_hms_milli(), (2024, 1, 5, 0, 0, 0, 0));
        assert!(book.worksheet_formula("办件").unwrap().is_empty());
    }
}
