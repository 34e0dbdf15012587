//! 统一社会信用代码: the number of an organisation.

use thiserror::Error;

use crate::domain::number::half_width;

/// A 统一社会信用代码 whose check characters fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditCode(String);

/// What is wrong with a 统一社会信用代码.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidCreditCode {
    /// Nothing was written.
    #[error("请填写统一社会信用代码")]
    Missing,
    /// Not 18 characters, or letters that the code does not know (I, O, S, V, Z).
    #[error("统一社会信用代码应为18位数字和大写字母（不含I、O、S、V、Z）")]
    Shape,
    /// The last character does not fit (GB 32100).
    #[error("统一社会信用代码的校验位不正确，请逐位核对")]
    CheckCharacter,
}

const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

impl CreditCode {
    /// Reads a code as people type it: full-width characters, small letters and spaces are
    /// forgiven.
    ///
    /// # Errors
    ///
    /// [`InvalidCreditCode`], the first thing that is wrong.
    ///
    /// Source: GB 32100 (check character after MOD 31 with the weights 3ⁿ).
    pub fn parse(text: &str) -> Result<Self, InvalidCreditCode> {
        let code: String = text
            .chars()
            .map(half_width)
            .filter(|c| !c.is_whitespace())
            .map(|c| c.to_ascii_uppercase())
            .collect();
        if code.is_empty() {
            return Err(InvalidCreditCode::Missing);
        }
        let values: Option<Vec<u32>> = code.chars().map(value).collect();
        let values = values
            .filter(|values| values.len() == 18)
            .ok_or(InvalidCreditCode::Shape)?;
        let (body, check) = values.split_at(17);
        let weights = std::iter::successors(Some(1_u32), |weight| Some(weight * 3 % 31));
        let sum: u32 = body
            .iter()
            .zip(weights)
            .map(|(value, weight)| value * weight)
            .sum();
        if check == [(31 - sum % 31) % 31] {
            Ok(Self(code))
        } else {
            Err(InvalidCreditCode::CheckCharacter)
        }
    }

    /// The code, 18 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn value(c: char) -> Option<u32> {
    ALPHABET
        .chars()
        .position(|known| known == c)
        .and_then(|place| u32::try_from(place).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_in_use_pass() {
        for code in [
            "91350100M000100Y43",
            "91110000600037341L",
            "91330100799655058B",
            "91110000802100433B",
        ] {
            assert!(CreditCode::parse(code).is_ok(), "{code}");
        }
    }

    #[test]
    fn every_fault_has_its_own_sentence() {
        assert_eq!(CreditCode::parse(""), Err(InvalidCreditCode::Missing));
        assert_eq!(CreditCode::parse("91350100M000100Y4"), Err(InvalidCreditCode::Shape));
        assert_eq!(CreditCode::parse("9135O100M000100Y43"), Err(InvalidCreditCode::Shape));
        assert_eq!(CreditCode::parse("91350100M000100Y44"), Err(InvalidCreditCode::CheckCharacter));
    }
}
