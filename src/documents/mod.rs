//! Letters and files: values in, bytes out. Nothing here reads or writes.

pub mod annual;
pub mod archive;
pub mod chart;
pub mod csv;
pub mod letters;
pub mod outgoing;
pub mod paper;
pub mod reading;
pub mod section_three;
pub mod text_width;
pub mod xlsx;

use std::fmt::Write as _;

use chrono::NaiveDate;

/// Bytes as hexadecimal digits, as a hash is shown.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// One cell of a list that is handed out as CSV or XLSX.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Words of this program: headings, codes, official wording.
    Ours(String),
    /// Words that people typed in, which a spreadsheet must never take for a formula.
    Theirs(String),
    /// A number.
    Count(u64),
    /// A day.
    Day(NaiveDate),
}

impl Cell {
    /// A cell of people's words, if there are any.
    #[must_use]
    pub fn theirs(words: Option<&str>) -> Self {
        words
            .filter(|words| !words.is_empty())
            .map_or(Self::Empty, |words| Self::Theirs(words.to_owned()))
    }

    /// A cell of a day, if there is one.
    #[must_use]
    pub fn day(day: Option<NaiveDate>) -> Self {
        day.map_or(Self::Empty, Self::Day)
    }
}
