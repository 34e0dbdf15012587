//! A file as rows of cells: CSV in UTF-8, or the first sheet of an XLSX.

use std::io::Cursor;

use calamine::{DataRef, Reader, Xlsx, XlsxError};
use chrono::NaiveDate;
use thiserror::Error;

use crate::documents::csv::{BYTE_ORDER_MARK, restored};

/// The most rows that a file may bring.
pub const ROWS_AT_MOST: usize = 200_000;
/// The most columns that a row may have.
const COLUMNS_AT_MOST: usize = 64;

/// A cell as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Raw {
    /// Words or digits, without blanks around them; empty for an empty cell.
    Text(String),
    /// A day that the spreadsheet program itself knows as one.
    Day(NaiveDate),
    /// A formula; what it would give is not looked at.
    Formula,
    /// An error of the spreadsheet program, such as `#N/A`.
    Broken(String),
}

impl Raw {
    /// Whether the cell is empty.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        matches!(self, Self::Text(words) if words.is_empty())
    }
}

/// A row of the file, and the line on which it begins, counted from 1 as editors do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The line.
    pub number: u64,
    /// The cells.
    pub cells: Vec<Raw>,
}

/// A file with its first row as heading. Rows without any words are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// The headings, as they stand.
    pub headings: Vec<String>,
    /// The rows below.
    pub lines: Vec<Line>,
}

/// Why a file cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SheetFault {
    /// Bytes that are not UTF-8.
    #[error(
        "文件不是 UTF-8 编码{}（第 {line} 行起无法识别）。请用 Excel 或 WPS 打开后“另存为”，类型选“CSV UTF-8（逗号分隔）”，\
         或直接保存为 .xlsx 再导入",
        if *.gbk { "，很可能是 GBK（ANSI）编码" } else { "" }
    )]
    NotUtf8 {
        /// Where it begins.
        line: usize,
        /// Whether it looks like the older Chinese encoding.
        gbk: bool,
    },
    /// UTF-16, as some programs save "Unicode text".
    #[error(
        "文件是 UTF-16 编码。请用 Excel 或 WPS 打开后“另存为”，类型选“CSV UTF-8（逗号分隔）”，或保存为 .xlsx 再导入"
    )]
    Utf16,
    /// The binary format of old Excel.
    #[error("文件是旧版 Excel 格式（.xls）。请用 Excel 或 WPS 打开后另存为 .xlsx 再导入")]
    OldExcel,
    /// An XLSX that is broken, or protected by a password.
    #[error("无法读取 XLSX 文件，文件可能已损坏或设有密码")]
    NotXlsx,
    /// Quotes that do not end, or the like.
    #[error("CSV 文件第 {line} 行格式有误，请检查该行的引号")]
    BadCsv {
        /// Where.
        line: u64,
    },
    /// No row at all.
    #[error("文件是空的，第一行应为表头")]
    Empty,
    /// A byte that no text has.
    #[error("第 {line} 行含有空字符（NUL），文件可能已损坏")]
    Nul {
        /// Where.
        line: usize,
    },
    /// More than can be meant.
    #[error("文件过大：最多 {ROWS_AT_MOST} 行、{COLUMNS_AT_MOST} 列，请分成几个文件导入")]
    TooLarge,
}

/// Reads a file, told apart by its first bytes and not by its name.
///
/// # Errors
///
/// [`SheetFault`].
pub fn read(bytes: &[u8]) -> Result<Sheet, SheetFault> {
    let sheet = match bytes {
        [b'P', b'K', 3 | 5, ..] => read_xlsx(bytes),
        [0xD0, 0xCF, 0x11, 0xE0, ..] => Err(SheetFault::OldExcel),
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => Err(SheetFault::Utf16),
        _ => read_csv(bytes),
    }?;
    if sheet.headings.is_empty() {
        Err(SheetFault::Empty)
    } else {
        Ok(sheet)
    }
}

fn read_csv(bytes: &[u8]) -> Result<Sheet, SheetFault> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let (sound, rest) = bytes.split_at(error.valid_up_to());
        SheetFault::NotUtf8 { line: line_of(sound), gbk: looks_like_gbk(rest) }
    })?;
    if let Some(place) = text.find('\0') {
        return Err(SheetFault::Nul { line: line_of(text.as_bytes().split_at(place).0) });
    }
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut lines = LineCounter { text: text.as_bytes(), place: 0, line: 1 };
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| SheetFault::BadCsv {
            line: error.position().map_or(0, csv::Position::line),
        })?;
        if record.len() > COLUMNS_AT_MOST || rows.len() > ROWS_AT_MOST {
            return Err(SheetFault::TooLarge);
        }
        let number = lines.number_at(record.position().map_or(0, csv::Position::byte));
        let cells = record
            .iter()
            .map(|cell| Raw::Text(restored(cell.trim()).to_owned()))
            .collect();
        rows.push(Line { number, cells });
    }
    Ok(headed(rows))
}

fn read_xlsx(bytes: &[u8]) -> Result<Sheet, SheetFault> {
    let not_xlsx = |_: XlsxError| SheetFault::NotXlsx;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(not_xlsx)?;
    let name = book
        .sheet_names()
        .first()
        .cloned()
        .ok_or(SheetFault::Empty)?;
    let mut reader = book.worksheet_cells_reader(&name).map_err(not_xlsx)?;
    let mut rows: Vec<Line> = Vec::new();
    // The cells are read one by one, since a lone cell at the far corner would make a whole
    // range of them fill the memory.
    while let Some(cell) = reader.next_cell_with_formula_metadata().map_err(not_xlsx)? {
        let (row, column) = cell.pos;
        let raw = if cell.formula.is_some() {
            Raw::Formula
        } else {
            raw(&cell.value)
        };
        if raw.is_empty() {
            continue;
        }
        let number = u64::from(row) + 1;
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column >= COLUMNS_AT_MOST || rows.len() > ROWS_AT_MOST {
            return Err(SheetFault::TooLarge);
        }
        if rows.last().is_none_or(|line| line.number != number) {
            rows.push(Line { number, cells: Vec::new() });
        }
        if let Some(line) = rows.last_mut() {
            put(&mut line.cells, column, raw);
        }
    }
    Ok(headed(rows))
}

/// Puts a cell into its column, with empty ones before it.
fn put(cells: &mut Vec<Raw>, column: usize, raw: Raw) {
    while cells.len() <= column {
        cells.push(Raw::Text(String::new()));
    }
    if let Some(place) = cells.get_mut(column) {
        *place = raw;
    }
}

fn raw(value: &DataRef<'_>) -> Raw {
    match value {
        DataRef::Empty => Raw::Text(String::new()),
        DataRef::Int(number) => Raw::Text(number.to_string()),
        DataRef::Float(number) => Raw::Text(number.to_string()),
        DataRef::Bool(truth) => Raw::Text(truth.to_string()),
        DataRef::String(words) | DataRef::DateTimeIso(words) | DataRef::DurationIso(words) => {
            Raw::Text(words.trim().to_owned())
        }
        DataRef::SharedString(words) => Raw::Text(words.trim().to_owned()),
        DataRef::Error(error) => Raw::Broken(error.to_string()),
        DataRef::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day))
                .map_or_else(|| Raw::Broken(moment.as_f64().to_string()), Raw::Day)
        }
    }
}

/// Takes the first row that has words as heading, and leaves out rows that have none.
fn headed(mut rows: Vec<Line>) -> Sheet {
    rows.retain(|line| !line.cells.iter().all(Raw::is_empty));
    let mut rows = rows.into_iter();
    let headings = rows.next().map_or_else(Vec::new, |line| {
        line.cells
            .into_iter()
            .map(|cell| match cell {
                Raw::Day(day) => day.to_string(),
                Raw::Formula => "（公式）".to_owned(),
                Raw::Text(words) | Raw::Broken(words) => words,
            })
            .collect()
    });
    Sheet { headings, lines: rows.collect() }
}

/// Tells on which line a record begins. The reader's own count is off after blank lines and
/// line ends of Windows.
struct LineCounter<'a> {
    text: &'a [u8],
    place: usize,
    line: u64,
}

impl LineCounter<'_> {
    /// The line of the first letter at or after `byte`, which never goes back.
    fn number_at(&mut self, byte: u64) -> u64 {
        let start = usize::try_from(byte).unwrap_or(usize::MAX);
        while let Some(letter) = self.text.get(self.place) {
            if self.place >= start && !matches!(letter, b'\r' | b'\n') {
                break;
            }
            self.line += u64::from(*letter == b'\n');
            self.place += 1;
        }
        self.line
    }
}

/// The line, from 1, on which what follows `before` stands.
fn line_of(before: &[u8]) -> usize {
    before.split(|byte| *byte == b'\n').count()
}

/// Whether bytes that are not UTF-8 begin with characters of GBK: two bytes each, the first
/// from 0x81, the second from 0x40.
fn looks_like_gbk(bytes: &[u8]) -> bool {
    matches!(bytes, [0x81..=0xFE, 0x40..=0x7E | 0x80..=0xFE, ..])
}

#[cfg(test)]
mod tests {
    use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};

    use super::*;

    fn text(words: &str) -> Raw {
        Raw::Text(words.to_owned())
    }

    fn rows(sheet: &Sheet) -> Vec<(u64, Vec<Raw>)> {
        sheet
            .lines
            .iter()
            .map(|line| (line.number, line.cells.clone()))
            .collect()
    }

    #[test]
    fn a_csv_of_windows_is_read_with_its_line_numbers() {
        let file = "\u{feff}甲,乙\r\n1,\"二\r\n行\"\r\n\r\n,\r\n 3 ,'=1+1\r\n";
        let sheet = read(file.as_bytes()).unwrap();
        assert_eq!(sheet.headings, ["甲", "乙"]);
        assert_eq!(
            rows(&sheet),
            [
                (2, vec![text("1"), text("二\r\n行")]),
                (6, vec![text("3"), text("=1+1")])
            ]
        );
    }

    #[test]
    fn gbk_is_refused_with_the_way_out() {
        // 受理编号 and a line of it, in GBK.
        let gbk = b"number\n\xca\xdc\xc0\xed\xb1\xe0\xba\xc5\n";
        let fault = read(gbk).unwrap_err();
        assert_eq!(fault, SheetFault::NotUtf8 { line: 2, gbk: true });
        assert!(fault.to_string().contains("GBK") && fault.to_string().contains("CSV UTF-8"));
        let broken = read(b"a,b\n\xe5\x8f").unwrap_err();
        assert!(matches!(broken, SheetFault::NotUtf8 { line: 2, .. }));
    }

    #[test]
    fn other_kinds_of_files_are_told_apart() {
        assert_eq!(read(b""), Err(SheetFault::Empty));
        assert_eq!(read(b"\r\n ,\r\n"), Err(SheetFault::Empty));
        assert_eq!(read(b"\xff\xfea\0"), Err(SheetFault::Utf16));
        assert_eq!(read(b"\xd0\xcf\x11\xe0\xa1\xb1"), Err(SheetFault::OldExcel));
        assert_eq!(read(b"PK\x03\x04 not a workbook"), Err(SheetFault::NotXlsx));
        assert_eq!(read(b"a\nb\0c"), Err(SheetFault::Nul { line: 2 }));
        let wide = ",".repeat(100);
        assert_eq!(read(wide.as_bytes()), Err(SheetFault::TooLarge));
    }

    #[test]
    fn a_workbook_gives_words_days_and_formulas_apart() {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        let dated = Format::new().set_num_format("yyyy/m/d");
        let day = ExcelDateTime::from_ymd(2024, 1, 5).unwrap();
        sheet.write_string(0, 0, "甲").unwrap();
        sheet.write_string(0, 1, "乙").unwrap();
        sheet
            .write_datetime_with_format(1, 0, &day, &dated)
            .unwrap();
        sheet.write_number(1, 1, 20_230_001_u32).unwrap();
        sheet.write_formula(3, 1, Formula::new("=1+1")).unwrap();
        sheet.write_string(4, 0, "=1+1").unwrap();
        let sheet = read(&book.save_to_buffer().unwrap()).unwrap();
        assert_eq!(sheet.headings, ["甲", "乙"]);
        let the_day = NaiveDate::from_ymd_opt(2024, 1, 5).unwrap();
        assert_eq!(
            rows(&sheet),
            [
                (2, vec![Raw::Day(the_day), text("20230001")]),
                (4, vec![text(""), Raw::Formula]),
                (5, vec![text("=1+1")]),
            ]
        );
    }

    #[test]
    fn a_lone_cell_at_the_far_corner_does_not_fill_the_memory() {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        sheet.write_string(0, 0, "甲").unwrap();
        sheet.write_string(1_048_575, 0, "末").unwrap();
        let read_back = read(&book.save_to_buffer().unwrap()).unwrap();
        assert_eq!(rows(&read_back), [(1_048_576, vec![text("末")])]);
        let mut book = Workbook::new();
        book.add_worksheet().write_string(0, 16_383, "甲").unwrap();
        assert_eq!(read(&book.save_to_buffer().unwrap()), Err(SheetFault::TooLarge));
    }
}
