//! 文号.

use std::fmt;

/// 文号: 机关代字, the series, the year and the running number: 「莲办依申补〔2026〕3号」.
///
/// Six-cornered brackets, the year in full, no zeros before the number (GB/T 9704-2012).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterNumber {
    /// 机关代字 of the agency.
    pub initials: String,
    /// The series' word.
    pub series: &'static str,
    /// The year of the letter.
    pub year: i32,
    /// The running number within series and year, from 1; `None` while it is a draft.
    pub ordinal: Option<u32>,
}

impl fmt::Display for LetterNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { initials, series, year, ordinal } = self;
        match ordinal {
            Some(ordinal) => write!(f, "{initials}{series}〔{year}〕{ordinal}号"),
            None => write!(f, "{initials}{series}〔{year}〕  号"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_written_as_official_papers_write_it() {
        let number = LetterNumber {
            initials: "莲办依申".to_owned(),
            series: "补",
            year: 2026,
            ordinal: Some(3),
        };
        assert_eq!(number.to_string(), "莲办依申补〔2026〕3号");
        let draft = LetterNumber { ordinal: None, ..number };
        assert_eq!(draft.to_string(), "莲办依申补〔2026〕  号");
    }
}
