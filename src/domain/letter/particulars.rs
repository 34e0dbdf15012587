//! What an officer filled in for a letter.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use super::blank::EVIDENCE;
use super::{Blank, LetterKind, Shape};
use crate::domain::outcome::Disposition;

/// What was filled in, by the [`id`](Blank::id) of the blank.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Particulars(BTreeMap<String, String>);

impl Particulars {
    /// What `filled` says for the blanks of these letters; blanks that were left empty and
    /// texts that no blank asks for are left out.
    pub fn read<'a>(kinds: &[LetterKind], filled: impl Fn(&str) -> &'a str) -> Self {
        let blanks = kinds.iter().flat_map(|kind| kind.blanks());
        Self(
            blanks
                .map(|blank| (blank.id.to_owned(), filled(blank.id).trim().to_owned()))
                .filter(|(_, text)| !text.is_empty())
                .collect(),
        )
    }

    /// What was filled in for a blank; empty if nothing was.
    #[must_use]
    pub fn text(&self, id: &str) -> &str {
        self.0.get(id).map_or("", String::as_str)
    }

    /// What was filled in for a blank that takes several, one a line.
    pub fn lines(&self, id: &str) -> impl Iterator<Item = &str> {
        let lines = self.text(id).lines().map(str::trim);
        lines.filter(|line| !line.is_empty())
    }

    /// Whether nothing was filled in.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All that was filled in.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(id, text)| (id.as_str(), text.as_str()))
    }

    /// Puts a text in a blank.
    #[must_use]
    pub fn with(mut self, id: &str, text: impl Into<String>) -> Self {
        self.0.insert(id.to_owned(), text.into());
        self
    }

    /// What is wrong with them for such a letter: (blank, sentence), in the order of the form.
    #[must_use]
    pub fn faults(&self, kind: LetterKind) -> Vec<(&'static str, String)> {
        let blanks = kind.blanks();
        let mut faults: Vec<_> = blanks
            .iter()
            .filter_map(|blank| Some((blank.id, blank.fault(self.text(blank.id))?)))
            .collect();
        let together = kind.one_of();
        if !together.is_empty() && together.iter().all(|id| self.text(id).is_empty()) {
            let first = together.first().copied().unwrap_or_default();
            faults.push((first, "请至少填写一项需要补正的内容".to_owned()));
        }
        if kind == LetterKind::Answer(Disposition::PartlyGiven) {
            let lacking = EVIDENCE
                .iter()
                .filter(|(ground, _)| self.chose("grounds", ground))
                .flat_map(|(_, needed)| needed.iter())
                .filter(|id| self.text(id).is_empty());
            for id in lacking {
                let label = blanks.iter().find(|blank| blank.id == *id);
                let label = label.map_or("", |blank| blank.label);
                faults.push((id, format!("按所选的依据，请填写{label}")));
            }
        }
        faults
    }

    /// Days that were filled in and lie after `today`: what a letter tells of has happened.
    #[must_use]
    pub fn days_after(&self, kind: LetterKind, today: NaiveDate) -> Vec<(&'static str, String)> {
        let days = kind
            .blanks()
            .into_iter()
            .filter(|blank| blank.shape == Shape::Day);
        let later = days.filter(|blank| {
            let day = self.text(blank.id).parse::<NaiveDate>();
            day.is_ok_and(|day| day > today)
        });
        later
            .map(|blank| (blank.id, format!("{}不能晚于今天", blank.label)))
            .collect()
    }

    /// Whether this one was chosen for a blank that takes one or several.
    #[must_use]
    pub fn chose(&self, id: &str, code: &str) -> bool {
        self.text(id).split(',').any(|one| one == code)
    }

    /// What was filled in as it is printed: choices in words, days as papers write them.
    #[must_use]
    pub fn printed(&self, blank: &Blank) -> String {
        let text = self.text(blank.id);
        match blank.shape {
            Shape::Line | Shape::Text => text.to_owned(),
            Shape::Day => text.parse().map_or_else(|_| text.to_owned(), in_chinese),
            Shape::One(choices) | Shape::Many(choices) => {
                let chosen = choices
                    .iter()
                    .filter(|(code, _)| self.chose(blank.id, code));
                let labels: Vec<_> = chosen.map(|(_, label)| *label).collect();
                labels.join("、")
            }
        }
    }
}

impl FromIterator<(String, String)> for Particulars {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(texts: T) -> Self {
        Self(texts.into_iter().collect())
    }
}

/// A day as official papers write it: 2026年3月2日.
#[must_use]
pub fn in_chinese(day: NaiveDate) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::outcome::{Disposition, Exemption};

    #[test]
    fn what_is_missing_is_told_at_its_blank() {
        let kind = LetterKind::Answer(Disposition::NonExistent);
        let faults = Particulars::default().faults(kind);
        let fields: Vec<_> = faults.iter().map(|(field, _)| *field).collect();
        assert_eq!(fields, ["search_where", "search_how", "search_on", "search_by"]);
    }

    #[test]
    fn a_correction_names_at_least_one_defect() {
        let only_guidance = Particulars::default().with("guidance", "请注明文件名称");
        let faults = only_guidance.faults(LetterKind::Correct);
        assert_eq!(faults.len(), 1);
        let named = only_guidance.with("defect_content", "未说明年份");
        assert!(named.faults(LetterKind::Correct).is_empty());
    }

    #[test]
    fn choices_and_days_are_printed_in_words() {
        let kind = LetterKind::Answer(Disposition::Withheld(Exemption::ProcessInformation));
        let blanks = kind.blanks();
        let which = blanks
            .iter()
            .find(|blank| blank.id == "process_kind")
            .unwrap();
        let filled = Particulars::default().with("process_kind", "drafts");
        assert_eq!(filled.printed(which), "过程稿");
        let wrong = Particulars::default().with("process_kind", "nonsense");
        assert!(
            wrong
                .faults(kind)
                .iter()
                .any(|(field, _)| *field == "process_kind")
        );
    }
}
