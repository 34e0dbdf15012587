//! CSV as spreadsheet programs in China open it: UTF-8 with a byte-order mark, CRLF.

use std::borrow::Cow;
use std::io::Write;

use thiserror::Error;

use crate::documents::Cell;

/// What tells a spreadsheet program that the file is UTF-8.
pub const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A CSV that could not be written.
#[derive(Debug, Error)]
#[error("无法生成 CSV 文件")]
pub struct CsvError(#[from] csv::Error);

/// Writes a CSV row by row, however long it gets.
pub struct Writer<W: Write>(csv::Writer<W>);

impl<W: Write> Writer<W> {
    /// Begins a file with its headings.
    ///
    /// # Errors
    ///
    /// [`CsvError`], if it cannot be written.
    pub fn new(mut out: W, headings: &[&str]) -> Result<Self, CsvError> {
        out.write_all(BYTE_ORDER_MARK.as_bytes())
            .map_err(csv::Error::from)?;
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(out);
        writer.write_record(headings)?;
        Ok(Self(writer))
    }

    /// Writes a row.
    ///
    /// # Errors
    ///
    /// [`CsvError`], if it is longer or shorter than the headings or cannot be written.
    pub fn row(&mut self, cells: &[Cell]) -> Result<(), CsvError> {
        let texts: Vec<Cow<'_, str>> = cells.iter().map(written).collect();
        Ok(self
            .0
            .write_record(texts.iter().map(AsRef::<str>::as_ref))?)
    }

    /// Ends the file.
    ///
    /// # Errors
    ///
    /// [`CsvError`], if it cannot be written.
    pub fn finish(mut self) -> Result<(), CsvError> {
        Ok(self.0.flush().map_err(csv::Error::from)?)
    }
}

/// The CSV file of a heading row and what follows it.
///
/// # Errors
///
/// [`CsvError`], where a row is longer or shorter than the headings.
pub fn write(headings: &[&str], rows: &[Vec<Cell>]) -> Result<Vec<u8>, CsvError> {
    let mut file = Vec::new();
    let mut writer = Writer::new(&mut file, headings)?;
    for row in rows {
        writer.row(row)?;
    }
    writer.finish()?;
    Ok(file)
}

/// The cell as text.
fn written(cell: &Cell) -> Cow<'_, str> {
    match cell {
        Cell::Empty => Cow::Borrowed(""),
        Cell::Ours(words) => Cow::Borrowed(words),
        Cell::Theirs(words) => neutral(words),
        Cell::Count(number) => Cow::Owned(number.to_string()),
        Cell::Day(day) => Cow::Owned(day.to_string()),
    }
}

/// Whether a spreadsheet program may take `text` for a formula.
///
/// Blanks and apostrophes in front do not make it harmless: some programs pass over the
/// ones, and the others are what [`neutral`] itself puts there.
#[must_use]
pub fn looks_like_a_formula(text: &str) -> bool {
    let bare = text.trim_start_matches('\'');
    bare.starts_with(['\t', '\r', '\n'])
        || bare
            .trim_start_matches(|letter: char| letter == '\'' || letter.is_whitespace())
            .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

/// `text` with an apostrophe in front, if a spreadsheet program may take it for a formula.
#[must_use]
pub fn neutral(text: &str) -> Cow<'_, str> {
    if looks_like_a_formula(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// What `text` was before [`neutral`]: the two undo each other for every text.
#[must_use]
pub fn restored(text: &str) -> &str {
    text.strip_prefix('\'')
        .filter(|rest| looks_like_a_formula(rest))
        .unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use proptest::prelude::*;

    use super::*;

    fn text_of(rows: &[Vec<Cell>]) -> String {
        String::from_utf8(write(&["甲", "乙"], rows).unwrap()).unwrap()
    }

    #[test]
    fn the_file_has_a_mark_and_ends_its_lines_as_windows_does() {
        let day = Cell::day(NaiveDate::from_ymd_opt(2024, 1, 5));
        let rows = [
            vec![Cell::Ours("一,二".to_owned()), Cell::Count(3)],
            vec![day, Cell::Empty],
        ];
        assert_eq!(text_of(&rows), "\u{feff}甲,乙\r\n\"一,二\",3\r\n2024-01-05,\r\n");
    }

    #[test]
    fn formulas_that_people_wrote_are_made_harmless() {
        for formula in [
            "=1+1", "+86", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", "'=1", "\r=1",
        ] {
            let cell = Cell::theirs(Some(formula));
            assert!(written(&cell).starts_with('\''), "{formula:?}");
        }
        for harmless in ["王五", "1-2", "关于=的说明", "'引用'", ""] {
            assert_eq!(neutral(harmless), harmless);
        }
        assert_eq!(written(&Cell::Ours("-".to_owned())), "-");
    }

    #[test]
    fn a_row_of_another_length_is_an_error() {
        assert!(write(&["甲", "乙"], &[vec![Cell::Empty]]).is_err());
    }

    proptest! {
        #[test]
        fn what_was_neutralised_comes_back(text in "['=+@\\- \t\r\na一]{0,8}") {
            let neutral = neutral(&text);
            prop_assert_eq!(restored(&neutral), text.as_str());
            prop_assert!(!neutral.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', ' ']) || !looks_like_a_formula(&neutral));
        }
    }
}
