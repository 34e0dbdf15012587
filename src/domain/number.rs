//! 受理编号 and 查询码.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// 受理编号: the number by which people and offices name a case. Not a secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseNumber(String);

/// Longest number that is taken over from older records, in characters.
const NUMBER_AT_MOST: usize = 60;

/// A text that is no 受理编号.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("受理编号应为 1 至 60 个字符，不含空格和控制字符")]
pub struct NotACaseNumber;

impl CaseNumber {
    /// The number of an agency's `sequence`-th application of a year: `LHJD-2026-0001`.
    #[must_use]
    pub fn assigned(agency_code: &str, year: i32, sequence: u32) -> Self {
        Self(format!("{agency_code}-{year}-{sequence:04}"))
    }

    /// The number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CaseNumber {
    type Err = NotACaseNumber;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let printable = |c: char| !c.is_control() && !c.is_whitespace();
        if text.is_empty() || text.chars().count() > NUMBER_AT_MOST || !text.chars().all(printable)
        {
            return Err(NotACaseNumber);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// 查询码: what proves that somebody is the applicant. 80 random bits, written as 16 characters
/// of Crockford's base 32 in groups of four.
#[derive(Clone, PartialEq, Eq)]
pub struct QueryCode([u8; Self::BYTES]);

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A text that cannot be a 查询码.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("查询码为 16 位字母和数字，请核对后重新填写")]
pub struct NotAQueryCode;

impl QueryCode {
    /// How many random bytes make a code.
    pub const BYTES: usize = 10;

    /// The code of these random bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// The random bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }
}

impl fmt::Display for QueryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = self
            .0
            .iter()
            .fold(0_u128, |bits, byte| (bits << 8) | u128::from(*byte));
        for place in 0..16_u32 {
            if place > 0 && place % 4 == 0 {
                f.write_str("-")?;
            }
            let five = usize::try_from((bits >> (75 - 5 * place)) & 31).unwrap_or_default();
            let letter = ALPHABET.get(five).copied().unwrap_or(b'0');
            write!(f, "{}", char::from(letter))?;
        }
        Ok(())
    }
}

impl fmt::Debug for QueryCode {
    /// Hides the code, since it opens a case.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("QueryCode(…)")
    }
}

impl FromStr for QueryCode {
    type Err = NotAQueryCode;

    /// Reads a code as people type it: small letters, full-width characters, any grouping, and
    /// the letters that are easily mistaken for digits (O, I, L).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut bits = 0_u128;
        let mut length = 0;
        for c in text
            .chars()
            .map(half_width)
            .filter(|c| !c.is_whitespace() && !is_dash(*c))
        {
            let letter = match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                letter => letter,
            };
            let found = ALPHABET
                .iter()
                .position(|known| char::from(*known) == letter);
            let five = found
                .and_then(|five| u128::try_from(five).ok())
                .ok_or(NotAQueryCode)?;
            length += 1;
            if length > 16 {
                return Err(NotAQueryCode);
            }
            bits = (bits << 5) | five;
        }
        if length != 16 {
            return Err(NotAQueryCode);
        }
        let mut bytes = [0; Self::BYTES];
        for byte in bytes.iter_mut().rev() {
            *byte = u8::try_from(bits & 0xFF).unwrap_or_default();
            bits >>= 8;
        }
        Ok(Self(bytes))
    }
}

const fn is_dash(c: char) -> bool {
    matches!(c, '-' | '－' | '–' | '—' | '‐')
}

/// The ASCII character that a full-width one stands for.
#[must_use]
pub fn half_width(c: char) -> char {
    match u32::from(c) {
        0x3000 => ' ',
        code @ 0xFF01..=0xFF5E => char::from_u32(code - 0xFEE0).unwrap_or(c),
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_names_agency_year_and_place() {
        assert_eq!(CaseNumber::assigned("LHJD", 2026, 7).as_str(), "LHJD-2026-0007");
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = QueryCode::from_bytes([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        let text = code.to_string();
        assert_eq!(text.len(), 19);
        assert_eq!(text.to_lowercase().replace('-', " ").parse(), Ok(code.clone()));
        assert_eq!(text.replace('0', "O").replace('1', "l").parse(), Ok(code));
        assert_eq!("ABC".parse::<QueryCode>(), Err(NotAQueryCode));
    }

    proptest! {
        #[test]
        fn every_code_survives_being_written_down(bytes: [u8; 10]) {
            let code = QueryCode::from_bytes(bytes);
            prop_assert_eq!(code.to_string().parse(), Ok(code));
        }
    }
}
