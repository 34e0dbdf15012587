//! Numbers in prose against the table they speak of.
//!
//! A number is only held against the table where the words before it name a line beyond
//! doubt; other numbers (of visits, of trainings) are left alone.

use super::{Finding, Weight};
use crate::domain::outcome::Outcome;
use crate::report::line::{Column, Line};
use crate::report::published::squeezed;
use crate::report::table::Table;

/// What the words before a number may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    Line(Line),
    /// A group of outcomes, by the beginning of their codes.
    Group(&'static str),
}

/// The words, and what they name; the last words before the number decide.
const WORDS: &[(&str, Named)] = &[
    ("新收", Named::Line(Line::New)),
    ("上年结转", Named::Line(Line::CarriedIn)),
    ("上年度结转", Named::Line(Line::CarriedIn)),
    ("结转下年", Named::Line(Line::CarriedOut)),
    ("予以公开", Named::Line(Line::Closed(Outcome::Granted))),
    ("部分公开", Named::Line(Line::Closed(Outcome::Partial))),
    ("不予公开", Named::Group("refused_")),
    ("无法提供", Named::Group("unable_")),
    ("不予处理", Named::Group("not_processed_")),
    ("其他处理", Named::Group("other_")),
];

/// The sentences whose numbers are not those of the table.
pub(super) fn disagreements(prose: &[String], table: &Table) -> Vec<Finding> {
    let mut findings = Vec::new();
    for line in prose {
        for (words, named, told) in claims(&squeezed(line)) {
            let counted = count(table, named);
            if told != counted {
                findings.push(Finding::new(
                    Weight::Soft,
                    "正文",
                    format!("正文写“{words}{told}件”，第三部分表格为 {counted} 件"),
                    "使正文与表格一致；正文另有所指的，请改写清楚",
                ));
            }
        }
    }
    findings
}

/// Every “…N件” whose words name a line: the words, what they name, the number.
fn claims(line: &str) -> Vec<(&'static str, Named, u64)> {
    let mut claims = Vec::new();
    let clauses = line.split([
        '，', ',', '。', '；', ';', '、', '：', ':', '（', '）', '(', ')',
    ]);
    for clause in clauses {
        let Some(before) = clause.split("件").next().filter(|_| clause.contains('件')) else {
            continue;
        };
        let words = before.trim_end_matches(|letter: char| letter.is_ascii_digit());
        let told = before
            .get(words.len()..)
            .and_then(|digits| digits.parse().ok());
        let last = WORDS
            .iter()
            .filter_map(|(words_of, named)| Some((words.rfind(words_of)?, *words_of, *named)))
            .max_by_key(|(place, ..)| *place);
        if let (Some(told), Some((place, name, named))) = (told, last)
            && is_near(words, place, name)
        {
            claims.push((name, named, told));
        }
    }
    claims
}

/// Between the name and the number only words stand that change nothing.
fn is_near(words: &str, place: usize, name: &str) -> bool {
    let between = words.get(place + name.len()..).unwrap_or_default();
    let mut rest = between.to_owned();
    for filler in [
        "政府信息公开",
        "依申请公开",
        "度",
        "继续办理",
        "办理",
        "申请",
        "数量",
        "的",
        "共",
        "为",
        "了",
        "有",
    ] {
        rest = rest.replace(filler, "");
    }
    rest.is_empty()
}

fn count(table: &Table, named: Named) -> u64 {
    let lines = table.layout.lines();
    let of = |line: Line| table.cell(line, Column::Total);
    match named {
        Named::Line(line) => of(line),
        Named::Group(code) => lines
            .into_iter()
            .filter(|line| line.id().starts_with(code))
            .map(of)
            .fold(0, u64::saturating_add),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_names_a_line_is_a_claim() {
        let told = |line: &str| -> Vec<(&str, u64)> {
            claims(line)
                .into_iter()
                .map(|(words, _, number)| (words, number))
                .collect()
        };
        assert_eq!(
            told("2023年，新收政府信息公开申请143件，上年结转0件；予以公开12件，不予公开4件。"),
            [
                ("新收", 143),
                ("上年结转", 0),
                ("予以公开", 12),
                ("不予公开", 4)
            ]
        );
        assert_eq!(told("结转下年度继续办理的3件"), [("结转下年", 3)]);
        assert!(told("全年公开各类文件24件，新收到来信5件，网站新收录稿件7件").is_empty());
    }
}
