//! Where a line may end: the rules of Chinese composition (禁则), words and numbers kept whole.

/// What no line begins with.
const NEVER_FIRST: &str = "，。、；：？！）》〉」』】〕”’％·—…,.;:?!)]}%°℃";
/// What no line ends with.
const NEVER_LAST: &str = "（《〈「『【〔“‘([{";

/// Widths are sums of fractions: a hair too much is no reason for a new line.
const HAIR: f32 = 0.01;

/// The lines of a text: the first no wider than `first`, the others no wider than `rest`.
/// Only what is longer than a whole line by itself is cut within.
pub(super) fn lines(text: &str, first: f32, rest: f32, width: impl Fn(&str) -> f32) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0.0;
    let room = |lines: &Vec<String>| if lines.is_empty() { first } else { rest };
    for unit in units(text) {
        let mut unit = unit.as_str();
        let mut wide = width(unit);
        if used + wide > room(&lines) + HAIR && !line.is_empty() {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
            used = 0.0;
            unit = unit.trim_start();
            wide = width(unit);
        }
        while wide > room(&lines) + HAIR {
            let cut = fitting(unit, room(&lines), &width);
            let (head, tail) = unit.split_at(cut);
            lines.push(head.to_owned());
            unit = tail;
            wide = width(unit);
        }
        line.push_str(unit);
        used += wide;
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// How much of a unit fits, in bytes: one character at least.
fn fitting(unit: &str, room: f32, width: &impl Fn(&str) -> f32) -> usize {
    let ends = unit
        .char_indices()
        .map(|(at, character)| at + character.len_utf8());
    let mut fitting = unit.chars().next().map_or(0, char::len_utf8);
    for end in ends {
        if unit.get(..end).is_none_or(|head| width(head) > room) {
            break;
        }
        fitting = end;
    }
    fitting
}

/// The pieces of a text that stay together.
fn units(text: &str) -> Vec<String> {
    let mut units: Vec<String> = Vec::new();
    for character in text.chars() {
        let joins = units.last().is_some_and(|unit| stays_with(unit, character));
        match units.last_mut() {
            Some(unit) if joins => unit.push(character),
            _ => units.push(character.to_string()),
        }
    }
    units
}

fn stays_with(unit: &str, next: char) -> bool {
    let Some(last) = unit.chars().next_back() else {
        return false;
    };
    NEVER_FIRST.contains(next) || NEVER_LAST.contains(last) || (in_word(last) && in_word(next))
}

/// Whether a character is part of a word, a number or an address that is read as one.
fn in_word(character: char) -> bool {
    character.is_ascii_graphic() && !NEVER_LAST.contains(character)
        || ('\u{C0}'..'\u{250}').contains(&character)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Han characters are one wide, others a half.
    fn width(text: &str) -> f32 {
        text.chars()
            .map(|character| if character.is_ascii() { 0.5 } else { 1.0 })
            .sum()
    }

    #[test]
    fn marks_stay_where_they_belong_and_words_whole() {
        let broken = lines("一二三四五。六七（八九十）", 5.0, 5.0, width);
        assert_eq!(broken, ["一二三四", "五。六七", "（八九十）"]);
        let address = lines("网址https://a.cn/x查询", 6.0, 6.0, width);
        assert_eq!(address, ["网址", "https://a.cn", "/x查询"]);
        let number = lines("共计人民币12345元", 6.0, 6.0, width);
        assert_eq!(number, ["共计人民币", "12345元"]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_nothing_is_too_wide_and_no_mark_leads(
            text in "[一-龥，。（）《》a-z0-9]{0,200}",
            room in 6_u8..40,
        ) {
            let room = f32::from(room);
            let broken = lines(&text, room - 2.0, room, width);
            prop_assert_eq!(broken.concat(), text.clone());
            for (place, line) in broken.iter().enumerate() {
                let most = if place == 0 { room - 2.0 } else { room };
                prop_assert!(width(line) <= most + 0.01);
            }
        }

        #[test]
        fn in_ordinary_prose_no_line_begins_or_ends_with_the_wrong_mark(
            clauses in prop::collection::vec("[一-龥]{3,9}", 1..30),
            room in 14_u8..40,
        ) {
            let text = clauses.iter().fold(String::new(), |text, clause| text + clause + "（某）。");
            let room = f32::from(room);
            for line in lines(&text, room - 2.0, room, width) {
                prop_assert!(!line.starts_with(['。', '）']) && !line.ends_with('（'), "{}", line);
            }
        }
    }
}
