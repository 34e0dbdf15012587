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

    proptest! {
        #[test]
        fn likeness_goes_both_ways(one in "([a-d] ){0,6}", other in "([a-d] ){0,6}") {
            let (one, other) = (words(&one), words(&other));
            prop_assert_eq!(likeness(&one, &other), likeness(&other, &one));
            prop_assert!(likeness(&one, &other) <= 100);
            prop_assert_eq!(likeness(&one, &one) == 100, !one.is_empty());
        }
    }
}
