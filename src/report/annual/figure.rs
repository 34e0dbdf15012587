//! A number that somebody fills in, exact to its last digit.

use std::fmt;

use thiserror::Error;

use super::form::ColumnForm;

/// A decimal number, kept as whole units of its last digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figure {
    units: i64,
    decimals: u8,
}

/// Why a text is not a number of its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FigureFault {
    /// Nothing was filled in.
    #[error("请填写数字，没有的填 0")]
    Blank,
    /// Not a number.
    #[error("应为阿拉伯数字，例如 0 或 12")]
    NotANumber,
    /// Digits behind the point where there can be none.
    #[error("应为整数")]
    NotWhole,
    /// Too many digits behind the point.
    #[error("小数点后最多 {0} 位")]
    TooFine(u8),
    /// Below zero.
    #[error("不能为负数")]
    Negative,
    /// More than anybody has.
    #[error("数字太大，请核对")]
    TooLarge,
}

impl Figure {
    /// A whole number.
    #[must_use]
    pub fn whole(number: u64) -> Self {
        Self { units: i64::try_from(number).unwrap_or(i64::MAX), decimals: 0 }
    }

    /// The number that was typed into a column; full-width digits and separators of thousands
    /// are understood.
    ///
    /// # Errors
    ///
    /// [`FigureFault`].
    pub fn parse(text: &str, column: &ColumnForm) -> Result<Self, FigureFault> {
        let text: String = text.chars().filter_map(plain).collect();
        if text.is_empty() {
            return Err(FigureFault::Blank);
        }
        let (is_negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(&text)),
        };
        let (whole, rest) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(rest) || digits.ends_with('.') {
            return Err(FigureFault::NotANumber);
        }
        let rest = rest.trim_end_matches('0');
        if rest.len() > usize::from(column.decimals) {
            return Err(match column.decimals {
                0 => FigureFault::NotWhole,
                decimals => FigureFault::TooFine(decimals),
            });
        }
        if is_negative && !column.is_signed {
            return Err(FigureFault::Negative);
        }
        if whole.trim_start_matches('0').len() > 12 {
            return Err(FigureFault::TooLarge);
        }
        let decimals = u8::try_from(rest.len()).unwrap_or_default();
        let units: i64 = format!("{whole}{rest}")
            .parse()
            .map_err(|_| FigureFault::TooLarge)?;
        Ok(Self { units: if is_negative { -units } else { units }, decimals })
    }

    /// The number, if it is a whole one and not below zero.
    #[must_use]
    pub fn count(self) -> Option<u64> {
        (self.decimals == 0)
            .then(|| u64::try_from(self.units).ok())
            .flatten()
    }
}

/// A character as it is counted with; nothing, if it only sets digits apart.
fn plain(letter: char) -> Option<char> {
    match letter {
        ',' | '，' => None,
        letter if letter.is_whitespace() => None,
        '０'..='９' => char::from_digit(u32::from(letter) - u32::from('０'), 10),
        '．' => Some('.'),
        '－' | '−' => Some('-'),
        '＋' => Some('+'),
        letter => Some(letter),
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.units < 0 { "-" } else { "" };
        let places = usize::from(self.decimals);
        let digits = format!("{:0>width$}", self.units.unsigned_abs(), width = places + 1);
        let (whole, rest) = digits.split_at(digits.len() - places);
        if rest.is_empty() {
            write!(out, "{sign}{whole}")
        } else {
            write!(out, "{sign}{whole}.{rest}")
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn column(decimals: u8, is_signed: bool) -> ColumnForm {
        ColumnForm { key: String::new(), label: String::new(), decimals, is_signed }
    }

    #[test]
    fn what_people_type_is_understood_or_refused_with_the_reason() {
        let told = |text: &str, decimals, is_signed| {
            Figure::parse(text, &column(decimals, is_signed)).map(|figure| figure.to_string())
        };
        assert_eq!(told(" 1,204 ", 0, false), Ok("1204".to_owned()));
        assert_eq!(told("１２", 0, false), Ok("12".to_owned()));
        assert_eq!(told("12.0", 0, false), Ok("12".to_owned()));
        assert_eq!(told("0.050", 6, false), Ok("0.05".to_owned()));
        assert_eq!(told("-3", 0, true), Ok("-3".to_owned()));
        assert_eq!(told("", 0, false), Err(FigureFault::Blank));
        assert_eq!(told("无", 0, false), Err(FigureFault::NotANumber));
        assert_eq!(told("1.", 2, false), Err(FigureFault::NotANumber));
        assert_eq!(told("1.5", 0, false), Err(FigureFault::NotWhole));
        assert_eq!(told("1.234", 2, false), Err(FigureFault::TooFine(2)));
        assert_eq!(told("-3", 0, false), Err(FigureFault::Negative));
        assert_eq!(told("1000000000000", 6, false), Err(FigureFault::TooLarge));
    }

    proptest! {
        #[test]
        fn a_figure_reads_as_it_was_written(whole in 0_u64..1_000_000_000_000, part in 0_u32..1_000_000) {
            let column = column(6, true);
            let figure = Figure::parse(&format!("-{whole}.{part:06}"), &column).unwrap();
            prop_assert_eq!(Figure::parse(&figure.to_string(), &column), Ok(figure));
            prop_assert_eq!(Figure::whole(whole).count(), Some(whole));
        }
    }
}
