//! Numbers of people in a text: identity cards, telephones, bank cards, mailboxes.

use chrono::NaiveDate;

use super::Own;
use crate::domain::credit_code::CreditCode;
use crate::domain::identity::{DocumentKind, IdentityDocument, InvalidIdentity};
use crate::domain::number::half_width;
use crate::domain::outgoing::FindingKind;

/// What a number is, and how it is told: masked.
type Found = (FindingKind, String);

/// The most groups that people write one number in: a digit in each box of a form.
const GROUPS: usize = 19;

/// The numbers of people in `text`, each masked; those that the office publishes are none.
pub(super) fn numbers(text: &str, own: &Own) -> Vec<Found> {
    let plain: Vec<char> = text.chars().map(plain).collect();
    let groups = groups(&plain);
    let mut found = Vec::new();
    let mut rest = groups.as_slice();
    while let [first, ..] = rest {
        let length = 1 + rest
            .iter()
            .zip(rest.iter().skip(1))
            .take(GROUPS - 1)
            .take_while(|(one, next)| are_joined(&plain, one.end, next.start))
            .count();
        let read = (1..=length).rev().find_map(|count| {
            let (taken, left) = rest.split_at_checked(count)?;
            let around = Around::of(&plain, first.start, taken.last()?.end);
            let number = Number::of(taken);
            Some((number.read(around, own)?, left))
        });
        rest = match read {
            Some((Meaning::Person(number), left)) => {
                found.push(number);
                left
            }
            Some((Meaning::Harmless, left)) => left,
            None => rest.get(1..).unwrap_or_default(),
        };
    }
    found.extend(mailboxes(&plain, own));
    found
}

/// A character as it is meant, however wide it is and whichever dash it is.
fn plain(one: char) -> char {
    match half_width(one) {
        '–' | '—' | '‐' | '‑' | '‒' | '−' => '-',
        '\u{a0}' | '\u{2002}' | '\u{2003}' | '\u{2009}' | '\t' => ' ',
        one => one,
    }
}

/// Digits in a row, with the X that an identity number may end with.
struct Group {
    digits: String,
    start: usize,
    end: usize,
}

fn groups(plain: &[char]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (place, one) in plain.iter().enumerate() {
        let open = groups.last_mut().filter(|group| group.end == place);
        match (open, *one) {
            (Some(group), digit) if digit.is_ascii_digit() && !group.digits.ends_with('X') => {
                group.digits.push(digit);
                group.end += 1;
            }
            (Some(group), 'x' | 'X') if !group.digits.ends_with('X') => {
                group.digits.push('X');
                group.end += 1;
            }
            (_, digit) if digit.is_ascii_digit() || matches!(digit, 'x' | 'X') => {
                let digits = digit.to_ascii_uppercase().to_string();
                groups.push(Group { digits, start: place, end: place + 1 });
            }
            _ => {}
        }
    }
    groups
}

/// Whether two groups can be one number: what stands between them is what people write there.
fn are_joined(plain: &[char], end: usize, start: usize) -> bool {
    let between: String = plain.get(end..start).unwrap_or_default().iter().collect();
    matches!(between.as_str(), " " | "-" | " - " | "  " | ")" | ") " | ")-" | "")
}

/// What stands around a number.
#[derive(Clone, Copy)]
struct Around {
    /// It is a part of a larger figure, an amount, or the number of a paper.
    is_figure: bool,
    /// It is a part of a word of letters and digits.
    is_in_word: bool,
}

impl Around {
    fn of(plain: &[char], start: usize, end: usize) -> Self {
        let before = || plain.get(..start).unwrap_or_default().iter().rev().copied();
        let after = || plain.get(end..).unwrap_or_default().iter().copied();
        let is_digit_after_point = |mut beside: Box<dyn Iterator<Item = char> + '_>| {
            beside.next() == Some('.') && beside.next().is_some_and(|one| one.is_ascii_digit())
        };
        let unit = after().find(|one| *one != ' ');
        let is_amount = matches!(unit, Some('元' | '万' | '亿' | '圆' | '%' | '㎡'))
            || matches!(before().find(|one| *one != ' '), Some('¥' | '￥' | '$'));
        let is_paper = after().next() == Some('号')
            && matches!(before().next(), Some('〕' | ']' | '】' | ')' | '第' | '字'));
        // Letters right before it are a label; letters and digits before it are a code.
        let mut word = before().take_while(char::is_ascii_alphanumeric);
        let is_code = word.any(|one| one.is_ascii_digit());
        Self {
            is_figure: is_amount
                || is_paper
                || is_digit_after_point(Box::new(before()))
                || is_digit_after_point(Box::new(after())),
            is_in_word: is_code || after().next().is_some_and(|one| one.is_ascii_alphabetic()),
        }
    }
}

/// What a number was found to be.
enum Meaning {
    Person(Found),
    /// Nothing of a person's, as a whole or in part.
    Harmless,
}

/// A number as it is written: its digits, and in groups of how many.
struct Number {
    digits: String,
    shape: Vec<usize>,
}

impl Number {
    fn of(groups: &[Group]) -> Self {
        let shape = groups.iter().map(|group| group.digits.len()).collect();
        Self {
            digits: groups.iter().map(|group| group.digits.as_str()).collect(),
            shape,
        }
    }

    /// What it is, if that can be told.
    fn read(&self, around: Around, own: &Own) -> Option<Meaning> {
        if around.is_in_word {
            return None;
        }
        if self.shape.len() == 1 && self.shape.first() == Some(&18) && is_credit_code(&self.digits)
        {
            return Some(Meaning::Harmless);
        }
        if let Some(found) = self.identity() {
            return Some(Meaning::Person(found));
        }
        if around.is_figure {
            return None;
        }
        let (kind, digits) = self
            .mobile()
            .map(|digits| (FindingKind::MobileNumber, digits))
            .or_else(|| Some((FindingKind::Landline, self.landline()?)))
            .or_else(|| Some((FindingKind::BankCard, self.card()?)))?;
        let is_own = kind != FindingKind::BankCard && own.is_contact(&digits);
        Some(if is_own {
            Meaning::Harmless
        } else {
            Meaning::Person((kind, masked(&digits)))
        })
    }

    /// In one of these groupings, or a digit at a time.
    fn is_shaped(&self, shapes: &[&[usize]]) -> bool {
        let is_boxed = self.shape.len() > 1 && self.shape.iter().all(|length| *length == 1);
        is_boxed || shapes.contains(&self.shape.as_slice())
    }

    fn identity(&self) -> Option<Found> {
        let told = |words: &str| {
            Some((FindingKind::IdentityNumber, format!("{words}{}", masked(&self.digits))))
        };
        if self.digits.len() == 18
            && self.is_shaped(&[
                &[18],
                &[6, 8, 4],
                &[6, 4, 4, 4],
                &[6, 4, 2, 2, 4],
                &[3, 3, 4, 4, 4],
                &[14, 4],
                &[6, 12],
                &[4, 4, 4, 4, 2],
            ])
        {
            // A birthday that lies ahead makes no number a harmless one.
            let read =
                IdentityDocument::parse(DocumentKind::ResidentCard, &self.digits, NaiveDate::MAX);
            return match read {
                Ok(_) => told(""),
                Err(InvalidIdentity::CheckDigit) => told("疑似（校验位不符）"),
                Err(_) => None,
            };
        }
        // Cards before 1999 had 15 digits: the year in two, and no check character.
        if self.digits.len() == 15 && self.is_shaped(&[&[15], &[6, 6, 3], &[8, 7]]) {
            let (region, rest) = self.digits.split_at_checked(6)?;
            let whole = format!("{region}19{rest}0");
            let read = IdentityDocument::parse(DocumentKind::ResidentCard, &whole, NaiveDate::MAX);
            return match read {
                Ok(_) | Err(InvalidIdentity::CheckDigit) => told("疑似15位旧号码"),
                Err(_) => None,
            };
        }
        None
    }

    /// Source: the numbering plan of mainland China: 11 digits that begin with 13 to 19.
    fn mobile(&self) -> Option<String> {
        let (digits, shape) = self.without_country();
        let shapes: [&[usize]; 7] = [
            &[11],
            &[3, 4, 4],
            &[3, 8],
            &[7, 4],
            &[4, 3, 4],
            &[4, 4, 3],
            &[5, 6],
        ];
        let is_boxed = shape.len() > 1 && shape.iter().all(|length| *length == 1);
        let is_mobile = digits.len() == 11
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && matches!(digits.as_bytes(), [b'1', b'3'..=b'9', ..])
            && (is_boxed || shapes.contains(&shape.as_slice()));
        is_mobile.then_some(digits)
    }

    /// The number without 86 in front of it, whether that stands alone or not.
    fn without_country(&self) -> (String, Vec<usize>) {
        let whole = || (self.digits.clone(), self.shape.clone());
        let prefix = ["0086", "86"]
            .into_iter()
            .find(|prefix| self.digits.starts_with(prefix) && self.digits.len() > 11);
        let Some(prefix) = prefix else {
            return whole();
        };
        let digits = self.digits.chars().skip(prefix.len()).collect();
        let mut shape = self.shape.clone();
        let mut left = prefix.len();
        while let (Some(first), true) = (shape.first_mut(), left > 0) {
            let taken = left.min(*first);
            *first -= taken;
            left -= taken;
            if *first == 0 {
                shape.remove(0);
            }
        }
        (digits, shape)
    }

    /// Source: the numbering plan: an area code of three digits (010, 02x) before eight, or of
    /// four before seven or eight.
    fn landline(&self) -> Option<String> {
        let has_country = self.digits.starts_with("86") && self.shape.len() > 1;
        let (digits, shape) = if has_country {
            let (digits, mut shape) = self.without_country();
            if let Some(first) = shape.first_mut() {
                *first += 1;
            }
            (format!("0{digits}"), shape)
        } else {
            (self.digits.clone(), self.shape.clone())
        };
        let area = match digits.as_bytes() {
            [b'0', b'1', b'0', ..] | [b'0', b'2', b'0'..=b'9', ..] => 3,
            [b'0', b'3'..=b'9', ..] => 4,
            _ => return None,
        };
        let (_, local) = digits.split_at_checked(area)?;
        let is_long = local.len() == 8 || area == 4 && local.len() == 7;
        let is_local = is_long
            && local.bytes().all(|byte| byte.is_ascii_digit())
            && matches!(local.as_bytes(), [b'2'..=b'8', ..]);
        let is_shaped = match shape.as_slice() {
            [_] => true,
            [first, ..] => *first == area && shape.len() <= 3,
            [] => false,
        };
        (is_local && is_shaped).then_some(digits)
    }

    /// Source: GB/T 15694 (ISO/IEC 7812): 16 to 19 digits, the last one after Luhn; what begins
    /// with 62 is 银联's, with 4 or 5 the foreign networks' of 16.
    fn card(&self) -> Option<String> {
        let is_shaped = match self.shape.as_slice() {
            [_] => true,
            [first @ .., last] => {
                let all =
                    first.iter().all(|one| *one == 4) || self.shape.iter().all(|one| *one == 1);
                all && *last <= 4
            }
            [] => false,
        };
        let lengths = match self.digits.as_bytes() {
            [b'6', b'2', ..] => 16..=19,
            [b'6', b'0', ..] | [b'9', b'5', b'5', ..] => 16..=17,
            [b'4' | b'6', ..] | [b'5', b'1'..=b'5', ..] | [b'3', b'5', ..] => 16..=16,
            _ => return None,
        };
        let fits = lengths.contains(&self.digits.len());
        (is_shaped && fits && is_luhn(&self.digits)).then(|| self.digits.clone())
    }
}

fn is_credit_code(digits: &str) -> bool {
    CreditCode::parse(digits).is_ok()
}

fn is_luhn(text: &str) -> bool {
    let Some(digits) = text
        .chars()
        .rev()
        .map(|one| one.to_digit(10))
        .collect::<Option<Vec<_>>>()
    else {
        return false;
    };
    let sum: u32 = digits
        .iter()
        .enumerate()
        .map(|(place, digit)| match place % 2 {
            0 => *digit,
            _ => digit * 2 / 10 + digit * 2 % 10,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Mailboxes, each with its name masked.
fn mailboxes(plain: &[char], own: &Own) -> Vec<Found> {
    let mut found = Vec::new();
    for (place, _) in plain.iter().enumerate().filter(|(_, one)| **one == '@') {
        let (before, after) = plain.split_at(place);
        let is_name = |one: &&char| one.is_ascii_alphanumeric() || "._%+-".contains(**one);
        let name: Vec<_> = before.iter().rev().take_while(is_name).collect();
        let host: String = after
            .iter()
            .skip(1)
            .take_while(|one| one.is_ascii_alphanumeric() || matches!(**one, '.' | '-'))
            .collect();
        let host = host.trim_end_matches(['.', '-']);
        let is_host = host.rsplit_once('.').is_some_and(|(name, top)| {
            !name.is_empty() && top.len() >= 2 && top.chars().all(|one| one.is_ascii_alphabetic())
        });
        let name: String = name.into_iter().rev().collect();
        if let Some(first) = name.chars().next()
            && is_host
            && !own.is_contact(&format!("{name}@{host}"))
        {
            found.push((FindingKind::EmailAddress, format!("{first}***@{host}")));
        }
    }
    found
}

/// The first three and the last two digits.
fn masked(digits: &str) -> String {
    let all: Vec<char> = digits.chars().collect();
    let hidden = all.len().saturating_sub(5);
    let shown = |from: usize, count: usize| all.iter().skip(from).take(count).collect::<String>();
    format!("{}{}{}", shown(0, 3), "*".repeat(hidden), shown(3 + hidden, 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<Found> {
        numbers(text, &Own::default())
    }

    #[test]
    fn identity_numbers_are_found_and_masked() {
        let identity = (FindingKind::IdentityNumber, "110*************2X".to_owned());
        for text in [
            "身份证：11010519491231002X，男",
            "身份证11010519491231002x",
            "110105 19491231 002X",
            "110105-1949-1231-002X",
            "1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2 X",
            "１１０１０５１９４９１２３１００２ｘ",
        ] {
            assert_eq!(found(text), std::slice::from_ref(&identity), "{text}");
        }
        let wrong = found("110105194912310021");
        assert_eq!(wrong[0].1, "疑似（校验位不符）110*************21");
        let old = found("旧证号：110105491231002。");
        assert_eq!(old[0].1, "疑似15位旧号码110**********02");
    }

    #[test]
    fn telephones_are_found_however_they_are_written() {
        for text in [
            "电话13800138000。",
            "+86 138 0013 8000",
            "138-0013-8000",
            "138 0013 8000",
            "８６１３８００１３８０００",
            "+86-13800138000",
            "0086 13800138000",
            "86138 0013 8000",
            "138—0013—8000",
            "Tel13800138000",
            "1 3 8 0 0 1 3 8 0 0 0",
            "5 13800138000",
            "138 00138000",
            "手机：１３８-００１３-８０００",
        ] {
            let told = found(text);
            let mobile = (FindingKind::MobileNumber, "138******00".to_owned());
            assert_eq!(told, [mobile], "{text}");
        }
        for text in [
            "0513-84121234",
            "（0513）84121234",
            "0513 8412 1234",
            "051384121234",
            "010-84121234",
            "020-8412-1234",
            "+86-513-84121234",
            "+86 10 8412 1234",
            "0513-8412123",
        ] {
            assert_eq!(found(text)[0].0, FindingKind::Landline, "{text}");
            assert_eq!(found(text).len(), 1, "{text}");
        }
    }

    #[test]
    fn bank_cards_and_mailboxes_are_found() {
        let card = found("卡号 4111 1111 1111 1111");
        assert_eq!(card, [(FindingKind::BankCard, "411***********11".to_owned())]);
        assert_eq!(found("6222020200000000006")[0].0, FindingKind::BankCard);
        let mail = found("请寄 zhang.san@example.com。");
        assert_eq!(mail, [(FindingKind::EmailAddress, "z***@example.com".to_owned())]);
        assert_eq!(found("王芳＠示例 a@b @example.com"), []);
    }

    #[test]
    fn other_numbers_are_left_alone() {
        for text in [
            "20261123000024",
            "12800000000",
            "4111111111111112",
            "2026 1123 0000",
            "913700000000000000000",
            // 统一社会信用代码, of digits only and with letters.
            "911101051234567892",
            "91110105MA13800138000X",
            "编号A213800138000",
            // Amounts and numbers of papers.
            "123456789.00元",
            "13800138000.00",
            "13800138000元",
            "¥13800138000",
            "13,800,138,000",
            "莲政信〔2026〕13800138000号",
            "第13800138000号",
            "2026-06-01 12:30:00",
            "410523000012345",
            "",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn what_the_office_publishes_is_no_finding() {
        let own = Own {
            names: Vec::new(),
            contacts: vec![
                "0377-69662002".to_owned(),
                "lianhua@example.gov.cn".to_owned(),
            ],
        };
        let text = "电话（0377）69662002，0377-69662003；邮箱lianhua@example.gov.cn";
        assert_eq!(numbers(text, &own), [(FindingKind::Landline, "037*******03".to_owned())]);
    }
}
