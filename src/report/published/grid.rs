//! The rows of a foreign table, told by their wording.
//!
//! Published tables differ in numbering, punctuation, merged cells and even wording, so a row
//! is known by the few characters that no other row has.

use super::{PublishedReport, RuleCount, Unreadable, squeezed};
use crate::domain::outcome::{OtherEnding, Outcome};
use crate::report::layout::Layout;
use crate::report::line::{Column, Line};
use crate::report::section_four::SectionFour;
use crate::report::table::Table;

/// What only the row of a line says; tried in this order.
const WORDS: &[(&str, &str)] = &[
    ("新收", "new"),
    ("上年结转", "carried_in"),
    ("上年度结转", "carried_in"),
    ("结转下年", "carried_out"),
    ("部分公开", "partial"),
    ("予以公开", "granted"),
    ("国家秘密", "refused_state_secret"),
    ("其他法律", "refused_other_law"),
    ("安全一稳定", "refused_three_safeties"),
    ("三安全", "refused_three_safeties"),
    ("第三方", "refused_third_party"),
    ("内部事务", "refused_internal_affairs"),
    ("过程性", "refused_process"),
    ("执法案卷", "refused_enforcement_file"),
    ("行政查询", "refused_inquiry_matter"),
    ("不掌握", "unable_not_held"),
    ("没有现成", "unable_needs_creation"),
    ("另行制作", "unable_needs_creation"),
    ("仍不明确", "unable_still_unclear"),
    ("信访", "not_processed_petition"),
    ("重复申请", "not_processed_repeat"),
    ("公开出版物", "not_processed_publication"),
    ("大量反复", "not_processed_excessive"),
    ("重新出具", "not_processed_reconfirm"),
    ("逾期不补正", "other_not_corrected"),
    ("收费通知", "other_fee_unpaid"),
    ("其他处理", "other_total"),
];

/// A cell where a number belongs.
enum Number {
    Plain(u64),
    Blank,
    Odd(String),
}

/// Takes in what the table tells; what is not understood goes to the prose.
pub(super) fn read(rows: &[Vec<String>], report: &mut PublishedReport) {
    let squeezed_rows: Vec<Vec<String>> = rows
        .iter()
        .map(|row| row.iter().map(|cell| squeezed(cell)).collect())
        .collect();
    let found: Vec<Option<(Line, usize)>> = squeezed_rows.iter().map(|row| line(row)).collect();
    let has = |wanted: Line| found.iter().flatten().any(|(line, _)| *line == wanted);
    let is_three = has(Line::New) && (has(Line::CarriedOut) || has(Line::Total));
    if is_three && report.section_three.is_none() {
        section_three(&squeezed_rows, &found, report);
    }
    let mut in_four = false;
    let mut in_rules = false;
    for (row, line) in squeezed_rows.iter().zip(&found) {
        let says = |words: &str| row.iter().any(|cell| cell.contains(words));
        in_rules = (in_rules || says("现行有效")) && !says("第（五）项") && !says("处理决定");
        if in_four && let Some(four) = section_four(row, report) {
            report.section_four = Some(four);
            in_four = false;
            continue;
        }
        in_four = in_four || (says("尚未审结") && report.section_four.is_none());
        if in_rules && let Some(rule) = rule(row) {
            report.rules.push(rule);
        }
        for cell in row {
            if cell.contains("勾稽关系") || cell.contains("第一项加第二项") {
                report.note.get_or_insert_with(|| cell.clone());
            }
        }
        if !(is_three && line.is_some()) {
            let words = row.iter().filter(|cell| cell.chars().count() > 12);
            report.prose.extend(words.cloned());
        }
    }
}

/// The line that a row belongs to, and where its numbers begin.
fn line(row: &[String]) -> Option<(Line, usize)> {
    let mut found = None;
    for (place, cell) in row.iter().enumerate() {
        if let Some(line) = line_of(cell) {
            found = Some((line, place));
        }
    }
    let (line, place) = found?;
    let begin = place + 1;
    let rest = row.get(begin..).unwrap_or_default();
    let has_number = rest
        .iter()
        .any(|cell| matches!(number(cell), Number::Plain(_)));
    let only_numbers = rest.iter().all(|cell| cell.chars().count() <= 12);
    (has_number && only_numbers && rest.len() >= 6).then_some((line, begin))
}

fn line_of(cell: &str) -> Option<Line> {
    let words = cell.trim_start_matches(|letter: char| {
        letter.is_ascii_punctuation()
            || letter.is_ascii_digit()
            || "（）、．，一二三四五六七八".contains(letter)
    });
    match words {
        "总计" | "合计" => return Some(Line::Total),
        "其他" => return Some(Line::Closed(Outcome::Other(OtherEnding::Misc))),
        _ => {}
    }
    if cell.contains("勾稽") {
        return None;
    }
    WORDS
        .iter()
        .find(|(fragment, _)| cell.contains(fragment))
        .and_then(|(_, id)| Line::from_id(id))
}

fn number(cell: &str) -> Number {
    let cell = cell.replace([',', '，'], "");
    let cell = cell.strip_suffix('件').unwrap_or(&cell);
    if cell.is_empty() || ["/", "／", "-", "—", "－", "——"].contains(&cell) {
        return Number::Blank;
    }
    cell.parse()
        .map_or_else(|_| Number::Odd(cell.to_owned()), Number::Plain)
}

/// The number of a cell; what is none is noted with its place.
fn noted(cell: &str, place: impl Fn() -> String, report: &mut PublishedReport) -> Option<u64> {
    match number(cell) {
        Number::Plain(number) => Some(number),
        Number::Blank => {
            report
                .unreadable
                .push(Unreadable { place: place(), found: String::new() });
            None
        }
        Number::Odd(found) => {
            report.unreadable.push(Unreadable { place: place(), found });
            None
        }
    }
}

fn section_three(
    rows: &[Vec<String>],
    found: &[Option<(Line, usize)>],
    report: &mut PublishedReport,
) {
    let mut numbers: Vec<(Line, [u64; 7])> = Vec::new();
    for (row, (line, begin)) in rows
        .iter()
        .zip(found)
        .filter_map(|(row, found)| Some((row, (*found)?)))
    {
        if numbers.iter().any(|(known, _)| *known == line) {
            continue;
        }
        let cells = row.get(begin..).unwrap_or_default();
        let place = |column: Column| format!("“{}”行“{}”列", line.title(), column.title());
        let mut row_numbers = [0; 7];
        let mut sum = 0_u64;
        for ((number, column), place_in_row) in row_numbers.iter_mut().zip(Column::ALL).zip(0..) {
            let cell = cells.get(place_in_row).map_or("", String::as_str);
            let read = noted(cell, || place(column), report);
            // A column of totals that was left blank claims nothing that could be wrong.
            *number = read.unwrap_or(if column == Column::Total { sum } else { 0 });
            sum = sum.saturating_add(*number);
        }
        numbers.push((line, row_numbers));
    }
    let has = |id: &str| {
        numbers
            .iter()
            .any(|(line, _)| Some(*line) == Line::from_id(id))
    };
    let layout = if has("other_not_corrected") || has("other_fee_unpaid") {
        Layout::Form2021
    } else {
        Layout::Trial2019
    };
    for missing in layout.lines() {
        if !numbers.iter().any(|(line, _)| *line == missing) {
            let place = format!("“{}”行", missing.title());
            report
                .unreadable
                .push(Unreadable { place, found: "整行缺失".to_owned() });
        }
    }
    let cell = |wanted: Line, column: Column| {
        let place = Column::ALL.iter().position(|other| *other == column)?;
        let (_, row) = numbers.iter().find(|(line, _)| *line == wanted)?;
        row.get(place).copied()
    };
    let table = Table::fill("", 0, layout, |line, column| cell(line, column).unwrap_or_default());
    report.section_three = Some(table);
}

/// The row of fifteen numbers, if this is it.
fn section_four(row: &[String], report: &mut PublishedReport) -> Option<SectionFour> {
    let end = row.iter().rposition(|cell| !cell.is_empty())? + 1;
    let cells = row.get(..end.max(15).min(row.len()))?;
    let cells = cells.get(cells.len().checked_sub(15)?..)?;
    let is_numbers = cells
        .iter()
        .all(|cell| !matches!(number(cell), Number::Odd(_)))
        && cells
            .iter()
            .any(|cell| matches!(number(cell), Number::Plain(_)));
    if !is_numbers {
        return None;
    }
    let numbers: Vec<u64> = (1..)
        .zip(cells)
        .map(|(place, cell)| {
            noted(cell, || format!("第四部分第 {place} 格"), report).unwrap_or_default()
        })
        .collect();
    SectionFour::of(&numbers)
}

/// A row of section two, item one: 制发, 废止, 现行有效.
fn rule(row: &[String]) -> Option<RuleCount> {
    let place = row
        .iter()
        .position(|cell| cell == "规章" || cell.ends_with("规范性文件"))?;
    let label = row.get(place)?.clone();
    let mut numbers = row.iter().skip(place + 1).map(|cell| match number(cell) {
        Number::Plain(number) => Some(number),
        Number::Blank => Some(0),
        Number::Odd(_) => None,
    });
    let (made, repealed, in_force) = (numbers.next()??, numbers.next()??, numbers.next()??);
    Some(RuleCount { label, made, repealed, in_force })
}
