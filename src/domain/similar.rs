//! 相同、相似的申请: how alike two texts are, by the words in them.

use std::collections::BTreeSet;

/// The words of a text, each once.
pub type Words = BTreeSet<String>;

/// From so many hundredths on, texts are alike enough to be looked at side by side.
pub const ALIKE: usize = 40;
/// From so many hundredths on, they are taken to ask for the same thing.
pub const SAME: usize = 75;
/// So many different applicants make the office think of 主动公开 (art. 44: several applicants
/// ask for the same information).
pub const APPLICANTS: i32 = 3;

/// How many hundredths of the words of two texts are in both (Dice's coefficient). Nothing is
/// like a text without words.
#[must_use]
pub fn likeness(one: &Words, other: &Words) -> usize {
    let all = one.len() + other.len();
    if one.is_empty() || other.is_empty() {
        return 0;
    }
    200 * one.intersection(other).count() / all
}

/// A piece of a text, and whether its words stand in another text too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// Whether it is common to both.
    pub common: bool,
}

/// A text in pieces, so that the words which it shares with another can be marked. Case does not
/// matter; what stands side by side is one piece. The pieces are the text again.
#[must_use]
pub fn marked<'a>(text: &str, shared: impl IntoIterator<Item = &'a String>) -> Vec<Piece> {
    let letters: Vec<char> = text.chars().collect();
    // One letter each, so that places in both are the same.
    let lower: Vec<char> = letters
        .iter()
        .map(|letter| letter.to_lowercase().next().unwrap_or(*letter))
        .collect();
    let mut is_common = vec![false; letters.len()];
    for word in shared {
        let word: Vec<char> = word.chars().collect();
        if word.is_empty() {
            continue;
        }
        for (place, window) in lower.windows(word.len()).enumerate() {
            if window == word.as_slice() {
                for common in is_common.iter_mut().skip(place).take(word.len()) {
                    *common = true;
                }
            }
        }
    }
    let mut pieces: Vec<Piece> = Vec::new();
    for (letter, common) in letters.into_iter().zip(is_common) {
        match pieces.last_mut() {
            Some(last) if last.common == common => last.text.push(letter),
            _ => pieces.push(Piece { text: letter.to_string(), common }),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str) -> Words {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn likeness_is_the_share_of_words_in_both() {
        assert_eq!(likeness(&words("道路 维修 预算"), &words("道路 维修 预算")), 100);
        assert_eq!(likeness(&words("道路 维修 预算"), &words("道路 维修 合同")), 66);
        assert_eq!(likeness(&words("道路"), &words("绿化")), 0);
        assert_eq!(likeness(&words(""), &words("")), 0);
    }

    #[test]
    fn what_both_texts_have_is_marked_wherever_it_stands() {
        let shared = words("道路 维修 pm2.5");
        let pieces = marked("道路维修和PM2.5，道路", &shared);
        let marks: Vec<_> = pieces
            .iter()
            .map(|piece| (piece.text.as_str(), piece.common))
            .collect();
        let expected = [
            ("道路维修", true),
            ("和", false),
            ("PM2.5", true),
            ("，", false),
            ("道路", true),
        ];
        assert_eq!(marks, expected);
        assert!(marked("", &shared).is_empty());
    }

    proptest! {
        #[test]
        fn pieces_are_the_text_again(text in ".{0,40}", shared in prop::collection::btree_set("[a-c]{0,2}", 0..3)) {
            let pieces = marked(&text, &shared);
            let again: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
            prop_assert_eq!(again, text);
            prop_assert!(pieces.windows(2).all(|two| two[0].common != two[1].common));
        }

        #[test]
        fn likeness_goes_both_ways(one in "([a-d] ){0,6}", other in "([a-d] ){0,6}") {
            let (one, other) = (words(&one), words(&other));
            prop_assert_eq!(likeness(&one, &other), likeness(&other, &one));
            prop_assert!(likeness(&one, &other) <= 100);
            prop_assert_eq!(likeness(&one, &one) == 100, !one.is_empty());
        }
    }
}
