//! What was seen, spot by spot, and how it is put together so that people can read it.

use std::collections::{HashMap, HashSet};

use super::Finding;
use crate::domain::outgoing::FindingKind;

/// How many places of one kind are told one by one.
const PLACES: usize = 8;
/// How many examples are told of what was seen many times.
const EXAMPLES: usize = 3;

/// Something seen at one spot.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Sighting {
    pub(super) kind: FindingKind,
    /// The part of the file, as people call it: a page, a sheet.
    place: String,
    /// Where in it.
    spot: String,
    /// What is to be seen, with numbers masked.
    words: String,
}

impl Sighting {
    pub(super) fn new(
        kind: FindingKind,
        place: impl Into<String>,
        words: impl Into<String>,
    ) -> Self {
        Self { kind, place: place.into(), spot: String::new(), words: words.into() }
    }

    /// The same, at this spot.
    pub(super) fn at(self, spot: impl Into<String>) -> Self {
        Self { spot: spot.into(), ..self }
    }

    /// The same, seen in a file inside of the file.
    pub(super) fn inside(self, name: &str) -> Self {
        let place = match self.place.as_str() {
            super::WHOLE => format!("“{name}”"),
            place => format!("“{name}”{place}"),
        };
        Self { place, ..self }
    }

    fn example(&self) -> String {
        match self.spot.as_str() {
            "" => self.words.clone(),
            spot => format!("{spot}：{}", self.words),
        }
    }
}

/// One finding for each kind and place, with a count and the first examples; what is seen in
/// very many places is one finding.
pub(super) fn gather(seen: Vec<Sighting>) -> Vec<Finding> {
    let mut groups: Vec<Vec<Sighting>> = Vec::new();
    let mut known = HashMap::new();
    let mut told = HashSet::new();
    for one in seen {
        if !told.insert(one.clone()) {
            continue;
        }
        let next = groups.len();
        let group = *known.entry((one.kind, one.place.clone())).or_insert(next);
        match groups.get_mut(group) {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    let mut findings = Vec::new();
    for kind in FindingKind::ALL {
        let own: Vec<_> = groups
            .iter()
            .filter(|group| group.first().is_some_and(|one| one.kind == kind))
            .collect();
        if own.len() > PLACES {
            findings.push(everywhere(kind, &own));
        } else {
            findings.extend(own.into_iter().filter_map(|group| at_one_place(group)));
        }
    }
    findings
}

fn at_one_place(group: &[Sighting]) -> Option<Finding> {
    let first = group.first()?;
    Some(if group.len() == 1 {
        Finding::new(first.kind, format!("{}{}", first.place, first.spot), first.words.as_str())
    } else {
        Finding::new(first.kind, first.place.as_str(), counted(group.len(), group))
    })
}

fn everywhere(kind: FindingKind, groups: &[&Vec<Sighting>]) -> Finding {
    let count = groups.iter().map(|group| group.len()).sum();
    let firsts = groups.iter().filter_map(|group| group.first());
    let firsts: Vec<Sighting> = firsts
        .map(|one| Sighting { spot: format!("{}{}", one.place, one.spot), ..one.clone() })
        .collect();
    let place = format!("文件中{}个位置", groups.len());
    Finding::new(kind, place, counted(count, &firsts))
}

fn counted(count: usize, seen: &[Sighting]) -> String {
    let examples: Vec<_> = seen.iter().take(EXAMPLES).map(Sighting::example).collect();
    let more = if count > examples.len() { "等" } else { "" };
    format!("共{count}处：{}{more}", examples.join("；"))
}

/// A text of which only the beginning of each word is told: enough to find it, too little to
/// learn it.
pub(super) fn veiled(text: &str) -> String {
    /// The longest that is told, in characters.
    const LENGTH: usize = 16;
    let mut veiled = String::new();
    let mut is_first = true;
    for one in text.trim().chars().take(LENGTH) {
        // Chromium writes some characters as their radicals.
        let is_word = one.is_alphanumeric() || ('\u{2e80}'..='\u{2fdf}').contains(&one);
        veiled.push(if is_word && !is_first { '*' } else { one });
        is_first = !is_word;
    }
    if text.trim().chars().count() > LENGTH {
        veiled.push('…');
    }
    veiled
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(place: &str, spot: &str, words: &str) -> Sighting {
        Sighting::new(FindingKind::MobileNumber, place, words).at(spot)
    }

    fn told(seen: Vec<Sighting>) -> Vec<(String, String)> {
        let findings = gather(seen).into_iter();
        findings.map(|one| (one.place, one.excerpt)).collect()
    }

    #[test]
    fn what_is_alike_is_told_once_with_a_count() {
        let pair = |place: &str, words: &str| (place.to_owned(), words.to_owned());
        assert_eq!(
            told(vec![seen("表", "A1", "138*"), seen("表", "A1", "138*")]),
            [pair("表A1", "138*")]
        );
        assert_eq!(
            told(
                (1..=5)
                    .map(|row| seen("表", &format!("A{row}"), "138*"))
                    .collect()
            ),
            [pair("表", "共5处：A1：138*；A2：138*；A3：138*等")]
        );
        let many = (1..=300)
            .map(|page| seen(&format!("第{page}页"), "", "138*"))
            .collect();
        assert_eq!(
            told(many),
            [pair(
                "文件中300个位置",
                "共300处：第1页：138*；第2页：138*；第3页：138*等"
            )]
        );
    }

    #[test]
    fn a_veiled_text_tells_nothing_whole() {
        assert_eq!(veiled("张三丰 tel 138"), "张** t** 1**");
        assert_eq!(veiled("⽩字"), "⽩*");
        assert_eq!(veiled(" 依法不予公开的内容依法不予公开的内容 "), "依***************…");
    }
}
