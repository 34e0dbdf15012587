//! How many columns of a terminal a Chinese text takes.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The width of `text`: two columns for a Han character, one for a letter.
#[must_use]
pub fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// `text` with blanks behind it until it is `columns` wide.
#[must_use]
pub fn pad_right(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// `text` with blanks before it until it is `columns` wide.
#[must_use]
pub fn pad_left(text: &str, columns: usize) -> String {
    format!("{}{text}", " ".repeat(columns.saturating_sub(width(text))))
}

/// `text` broken into lines at most `columns` wide; Chinese may break anywhere.
#[must_use]
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut taken = 0;
    for character in text.chars() {
        let own = character.width().unwrap_or_default();
        if taken + own > columns && taken > 0 {
            lines.push(String::new());
            taken = 0;
        }
        if let Some(line) = lines.last_mut() {
            line.push(character);
        }
        taken += own;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn han_characters_are_two_columns_wide() {
        assert_eq!(width("总计"), 4);
        assert_eq!(width("𠮷a"), 3);
        assert_eq!(pad_left("总计", 6), "  总计");
        assert_eq!(pad_right("7", 3), "7  ");
    }

    #[test]
    fn lines_are_broken_by_width() {
        assert_eq!(wrap("申请人逾期1次", 6), ["申请人", "逾期1", "次"]);
        assert_eq!(wrap("", 6), [""]);
        assert_eq!(wrap("宽", 1), ["宽"]);
    }
}
