//! Numbers of people in a text: identity cards, mobile telephones, bank cards.

use chrono::NaiveDate;

use super::Finding;
use crate::domain::identity::{DocumentKind, IdentityDocument};
use crate::domain::number::half_width;
use crate::domain::outgoing::FindingKind;

/// The numbers of people in `text`, each masked.
pub(super) fn numbers(text: &str, place: &str) -> Vec<Finding> {
    let plain: Vec<char> = text.chars().map(half_width).collect();
    let mut found = Vec::new();
    for run in plain.split(|one| !is_part(*one)) {
        found.extend(in_run(run, place));
    }
    found
}

/// Whether a character can stand in a number: digits, the X of a check character, and what
/// people write between groups of digits.
const fn is_part(one: char) -> bool {
    one.is_ascii_digit() || matches!(one, 'X' | 'x' | ' ' | '-' | '\u{a0}')
}

/// A run of digits as it is written in one piece, or in groups.
fn in_run(run: &[char], place: &str) -> Vec<Finding> {
    let text: String = run.iter().collect();
    let groups: Vec<&str> = text
        .split([' ', '-', '\u{a0}'])
        .filter(|group| !group.is_empty())
        .collect();
    let whole: Vec<Finding> = groups
        .iter()
        .filter_map(|group| number(group, place))
        .collect();
    if !whole.is_empty() || groups.len() < 2 {
        return whole;
    }
    let shape: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    let is_grouped = match shape.as_slice() {
        // 138 0000 0000; 110105 19491231 002X; 6222 0212 3456 7890 123
        [3, 4, 4] | [6, 8, 4] | [6, 4, 4, 4] => true,
        [first @ .., last] => first.len() >= 3 && first.iter().all(|one| *one == 4) && *last <= 4,
        [] => false,
    };
    if is_grouped {
        number(&groups.concat(), place).into_iter().collect()
    } else {
        Vec::new()
    }
}

/// What a number in one piece is, if it is one of a person's.
fn number(digits: &str, place: &str) -> Option<Finding> {
    let kind = if is_identity(digits) {
        FindingKind::IdentityNumber
    } else if is_mobile(digits) {
        FindingKind::MobileNumber
    } else if is_card(digits) {
        FindingKind::BankCard
    } else {
        return None;
    };
    Some(Finding::new(kind, place, masked(digits)))
}

fn is_identity(text: &str) -> bool {
    // A birthday that lies ahead makes no number a harmless one.
    text.len() == 18
        && IdentityDocument::parse(DocumentKind::ResidentCard, text, NaiveDate::MAX).is_ok()
}

/// Source: the numbering plan of mainland China: 11 digits that begin with 13 to 19.
fn is_mobile(text: &str) -> bool {
    let local = match text.len() {
        13 => text.strip_prefix("86").unwrap_or(text),
        _ => text,
    };
    local.len() == 11
        && local.bytes().all(|byte| byte.is_ascii_digit())
        && matches!(local.as_bytes(), [b'1', b'3'..=b'9', ..])
}

/// Source: GB/T 15694 (ISO/IEC 7812): 16 to 19 digits, the last one after Luhn.
fn is_card(text: &str) -> bool {
    let begins = matches!(text.as_bytes(), [b'3'..=b'6' | b'9', ..]);
    (16..=19).contains(&text.len()) && begins && is_luhn(text)
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

    fn found(text: &str) -> Vec<(FindingKind, String)> {
        let numbers = numbers(text, "正文").into_iter();
        numbers.map(|one| (one.kind, one.excerpt)).collect()
    }

    #[test]
    fn numbers_of_people_are_found_and_masked() {
        let identity = (FindingKind::IdentityNumber, "110*************2X".to_owned());
        assert_eq!(found("身份证：11010519491231002X，男"), std::slice::from_ref(&identity));
        assert_eq!(found("１１０１０５１９４９１２３１００２ｘ").len(), 1);
        assert_eq!(found("110105 19491231 002X"), [identity]);
        let mobile = (FindingKind::MobileNumber, "138******00".to_owned());
        assert_eq!(found("电话13800000000。"), std::slice::from_ref(&mobile));
        assert_eq!(found("138-0000-0000"), [mobile]);
        assert_eq!(found("+8613800000000").len(), 1);
        let card = found("卡号 4111 1111 1111 1111");
        assert_eq!(card, [(FindingKind::BankCard, "411***********11".to_owned())]);
    }

    #[test]
    fn other_numbers_are_left_alone() {
        for text in [
            "110105194912310021",
            "20261123000024",
            "0377-69662002",
            "12800000000",
            "4111111111111112",
            "2026 1123 0000",
            "913700000000000000000",
            "",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
