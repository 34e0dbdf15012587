//! 身份证明: identity papers of natural persons, and what can be checked of their numbers.

use chrono::{Datelike, NaiveDate};
use thiserror::Error;

use crate::domain::number::half_width;

/// What kind of paper proves who a natural person is (art. 29(2)1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DocumentKind {
    /// 居民身份证.
    ResidentCard,
    /// 港澳居民来往内地通行证.
    HongKongMacaoPermit,
    /// 台湾居民来往大陆通行证.
    TaiwanPermit,
    /// 港澳台居民居住证.
    ResidencePermit,
    /// 护照.
    Passport,
    /// 外国人永久居留身份证.
    ForeignerCard,
    /// 军官证、士兵证等军人证件.
    MilitaryCard,
}

/// An identity paper whose number passed what can be checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityDocument {
    /// Its kind.
    pub kind: DocumentKind,
    /// Its number, letters in capitals and without spaces.
    pub number: String,
}

/// What is wrong with an identity paper's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidIdentity {
    /// Nothing was written.
    #[error("请填写证件号码")]
    Missing,
    /// A number of the first generation of cards, void since 2013-01-01.
    #[error("15位旧身份证号码已停止使用，请填写18位居民身份证号码")]
    OldNumber,
    /// Not 17 digits and a check character.
    #[error("居民身份证号码应为18位，前17位为数字，末位为数字或X")]
    Shape,
    /// The first two digits name no province.
    #[error("居民身份证号码的前两位不是有效的地区代码，请核对")]
    Region,
    /// The eight digits in the middle are no day, or one that lies ahead.
    #[error("居民身份证号码中的出生日期不正确，请核对")]
    BirthDate,
    /// The check character does not fit (GB 11643).
    #[error("居民身份证号码的校验位不正确，请逐位核对")]
    CheckDigit,
    /// A number of another kind of paper that has not its shape.
    #[error("证件号码格式不正确，应为：{0}")]
    OtherShape(&'static str),
}

impl DocumentKind {
    /// All kinds, the commonest first.
    pub const ALL: [Self; 7] = [
        Self::ResidentCard,
        Self::HongKongMacaoPermit,
        Self::TaiwanPermit,
        Self::ResidencePermit,
        Self::Passport,
        Self::ForeignerCard,
        Self::MilitaryCard,
    ];

    /// The identifier, as stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ResidentCard => "resident_card",
            Self::HongKongMacaoPermit => "hong_kong_macao_permit",
            Self::TaiwanPermit => "taiwan_permit",
            Self::ResidencePermit => "residence_permit",
            Self::Passport => "passport",
            Self::ForeignerCard => "foreigner_card",
            Self::MilitaryCard => "military_card",
        }
    }

    /// The kind with this [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// What people call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::ResidentCard => "居民身份证",
            Self::HongKongMacaoPermit => "港澳居民来往内地通行证",
            Self::TaiwanPermit => "台湾居民来往大陆通行证",
            Self::ResidencePermit => "港澳台居民居住证",
            Self::Passport => "护照",
            Self::ForeignerCard => "外国人永久居留身份证",
            Self::MilitaryCard => "军人证件",
        }
    }
}

impl IdentityDocument {
    /// Reads a number as people type it: full-width characters, small letters and spaces are
    /// forgiven.
    ///
    /// # Errors
    ///
    /// [`InvalidIdentity`], the first thing that is wrong.
    pub fn parse(
        kind: DocumentKind,
        number: &str,
        today: NaiveDate,
    ) -> Result<Self, InvalidIdentity> {
        let number: String = number
            .chars()
            .map(half_width)
            .filter(|c| !c.is_whitespace())
            .map(|c| c.to_ascii_uppercase())
            .collect();
        if number.is_empty() {
            return Err(InvalidIdentity::Missing);
        }
        match kind {
            DocumentKind::ResidentCard | DocumentKind::ResidencePermit => {
                check_resident_number(&number, today)?;
            }
            DocumentKind::HongKongMacaoPermit => {
                let shape = "H或M加8位数字（旧证为10位）";
                other(lettered(&number, &['H', 'M'], &[8, 10]), shape)?;
            }
            DocumentKind::TaiwanPermit => {
                other(all_digits(&number) && number.len() == 8, "8位数字")?;
            }
            DocumentKind::Passport => {
                let plain = number.chars().all(|c| c.is_ascii_alphanumeric());
                other(plain && (5..=20).contains(&number.len()), "5至20位字母和数字")?;
            }
            DocumentKind::ForeignerCard => {
                let old = number.len() == 15
                    && number.chars().take(3).all(|c| c.is_ascii_uppercase())
                    && number.chars().skip(3).all(|c| c.is_ascii_digit());
                if !old {
                    check_resident_number(&number, today)?;
                }
            }
            DocumentKind::MilitaryCard => {
                let length = number.chars().count();
                let plain = number.chars().all(char::is_alphanumeric);
                other(plain && (5..=20).contains(&length), "5至20位汉字、字母或数字")?;
            }
        }
        Ok(Self { kind, number })
    }
}

fn other(fits: bool, shape: &'static str) -> Result<(), InvalidIdentity> {
    if fits {
        Ok(())
    } else {
        Err(InvalidIdentity::OtherShape(shape))
    }
}

fn all_digits(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_digit())
}

fn lettered(text: &str, letters: &[char], digits: &[usize]) -> bool {
    let mut rest = text.chars();
    rest.next().is_some_and(|first| letters.contains(&first))
        && all_digits(rest.as_str())
        && digits.contains(&rest.as_str().len())
}

/// The provinces' codes (GB/T 2260): 83 (台湾) is issued on 居住证, 9x on 外国人永久居留身份证.
const REGIONS: &[u32] = &[
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52,
    53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83, 91, 92, 93, 94, 95, 96, 97, 98, 99,
];

/// Checks a citizen's number of 18 characters: region, birth date, check character.
///
/// Source: GB 11643 (check character after ISO 7064 MOD 11-2).
fn check_resident_number(number: &str, today: NaiveDate) -> Result<(), InvalidIdentity> {
    if number.len() == 15 && all_digits(number) {
        return Err(InvalidIdentity::OldNumber);
    }
    let digits: Vec<u32> = number
        .chars()
        .take(17)
        .filter_map(|c| c.to_digit(10))
        .collect();
    let check = number
        .chars()
        .nth(17)
        .filter(|c| c.is_ascii_digit() || *c == 'X');
    let (17, 18, Some(check)) = (digits.len(), number.chars().count(), check) else {
        return Err(InvalidIdentity::Shape);
    };
    let value = |places: std::ops::Range<usize>| {
        digits
            .get(places)
            .unwrap_or_default()
            .iter()
            .fold(0, |value, digit| value * 10 + digit)
    };
    if !REGIONS.contains(&value(0..2)) {
        return Err(InvalidIdentity::Region);
    }
    let born = i32::try_from(value(6..10))
        .ok()
        .and_then(|year| NaiveDate::from_ymd_opt(year, value(10..12), value(12..14)));
    if born.is_none_or(|born| born > today || born.year() < 1880) {
        return Err(InvalidIdentity::BirthDate);
    }
    if check == check_character(&digits) {
        Ok(())
    } else {
        Err(InvalidIdentity::CheckDigit)
    }
}

fn check_character(digits: &[u32]) -> char {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = digits
        .iter()
        .zip(WEIGHTS)
        .map(|(digit, weight)| digit * weight)
        .sum();
    match (12 - sum % 11) % 11 {
        10 => 'X',
        digit => char::from_digit(digit, 10).unwrap_or('X'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resident(number: &str) -> Result<String, InvalidIdentity> {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        IdentityDocument::parse(DocumentKind::ResidentCard, number, today)
            .map(|document| document.number)
    }

    fn other(kind: DocumentKind, number: &str) -> bool {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        IdentityDocument::parse(kind, number, today).is_ok()
    }

    #[test]
    fn the_example_of_the_standard_passes() {
        assert_eq!(resident("11010519491231002X"), Ok("11010519491231002X".to_owned()));
        assert_eq!(resident("440524188001010014"), Ok("440524188001010014".to_owned()));
    }

    #[test]
    fn numbers_are_read_as_people_type_them() {
        assert_eq!(resident(" １１０１０５ 19491231 002x "), Ok("11010519491231002X".to_owned()));
    }

    #[test]
    fn every_fault_has_its_own_sentence() {
        assert_eq!(resident(" "), Err(InvalidIdentity::Missing));
        assert_eq!(resident("110105491231002"), Err(InvalidIdentity::OldNumber));
        assert_eq!(resident("1101051949123100"), Err(InvalidIdentity::Shape));
        assert_eq!(resident("11010519491231002Y"), Err(InvalidIdentity::Shape));
        assert_eq!(resident("00010519491231002X"), Err(InvalidIdentity::Region));
        assert_eq!(resident("11010520260229002X"), Err(InvalidIdentity::BirthDate));
        assert_eq!(resident("110105202612310021"), Err(InvalidIdentity::BirthDate));
        assert_eq!(resident("110105194912310021"), Err(InvalidIdentity::CheckDigit));
    }

    #[test]
    fn one_wrong_digit_is_always_noticed() {
        let right = "11010519491231002X";
        for place in 0..17 {
            for digit in '0'..='9' {
                let mut wrong: Vec<char> = right.chars().collect();
                if wrong[place] == digit {
                    continue;
                }
                wrong[place] = digit;
                let wrong: String = wrong.into_iter().collect();
                assert!(resident(&wrong).is_err(), "{wrong}");
            }
        }
    }

    #[test]
    fn other_papers_have_shapes_of_their_own() {
        assert!(other(DocumentKind::HongKongMacaoPermit, "H12345678"));
        assert!(other(DocumentKind::HongKongMacaoPermit, "m1234567890"));
        assert!(!other(DocumentKind::HongKongMacaoPermit, "A12345678"));
        assert!(other(DocumentKind::TaiwanPermit, "12345678"));
        assert!(!other(DocumentKind::TaiwanPermit, "1234567"));
        assert!(other(DocumentKind::Passport, "E12345678"));
        assert!(!other(DocumentKind::Passport, "E1<script>"));
        assert!(other(DocumentKind::MilitaryCard, "南字第0123456号"));
        assert!(!other(DocumentKind::MilitaryCard, "1"));
    }
}
