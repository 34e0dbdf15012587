//! XLSX: hidden sheets, rows and columns, pivot caches, comments, numbers of people.

use std::collections::HashMap;

use super::office::{Node, Package, attribute, nodes, says_yes};
use super::{Eye, Fault, Sighting};
use crate::documents::reading::markup::unescaped;
use crate::domain::outgoing::FindingKind;

/// What has to be looked at in a workbook.
pub(super) fn look(package: &mut Package<'_>, eye: Eye<'_>) -> Result<Vec<Sighting>, Fault> {
    let mut findings = Vec::new();
    let strings = shared(&package.markup("xl/sharedStrings.xml")?);
    let sheets = sheets(package)?;
    for sheet in &sheets {
        if sheet.is_hidden {
            let words = "取消隐藏后可以看到全部内容";
            findings.push(Sighting::new(FindingKind::HiddenSheet, &sheet.place, words));
        }
        let markup = package.markup(&sheet.part)?;
        findings.extend(of_sheet(&markup, &sheet.place, &strings, eye));
    }
    for (folder, kind, words) in [
        ("xl/pivotCache/pivotCacheDefinition", FindingKind::PivotCache, "数据透视表的数据缓存"),
        ("xl/comments", FindingKind::Comment, "单元格批注"),
        ("xl/threadedComments/", FindingKind::Comment, "单元格的批注对话"),
        ("xl/revisions/", FindingKind::TrackedChange, "共享工作簿的修订记录"),
        ("xl/externalLinks/externalLink", FindingKind::PivotCache, "外部链接及其缓存的数据"),
    ] {
        let count = package.below(folder).len();
        if count > 0 {
            let words = format!("{words}{count}份");
            findings.push(Sighting::new(kind, "工作簿", words));
        }
    }
    for name in package.below("xl/comments") {
        let markup = package.markup(&name)?;
        let text: Vec<String> = texts(&markup);
        findings.extend(eye.numbers(&text.join("\n"), "单元格批注", ""));
    }
    Ok(findings)
}

/// A sheet of the workbook.
struct Sheet {
    place: String,
    part: String,
    is_hidden: bool,
}

fn sheets(package: &mut Package<'_>) -> Result<Vec<Sheet>, Fault> {
    let mut targets = HashMap::new();
    for node in nodes(&package.markup("xl/_rels/workbook.xml.rels")?) {
        if let Node::Open { name: "Relationship", attributes, .. } = node
            && let (Some(id), Some(target)) =
                (attribute(attributes, "Id"), attribute(attributes, "Target"))
        {
            let part = match target.strip_prefix('/') {
                Some(whole) => whole.to_owned(),
                None => format!("xl/{target}"),
            };
            targets.insert(id, part);
        }
    }
    let mut sheets = Vec::new();
    for node in nodes(&package.markup("xl/workbook.xml")?) {
        if let Node::Open { name: "sheet", attributes, .. } = node {
            let name = attribute(attributes, "name").unwrap_or_default();
            let state = attribute(attributes, "state").unwrap_or_default();
            // The relation's prefix is dropped, so `r:id` is `id`; `sheetId` is another.
            let id = attribute(attributes, "id").unwrap_or_default();
            sheets.push(Sheet {
                place: format!("工作表“{name}”"),
                part: targets.remove(&id).unwrap_or_default(),
                is_hidden: matches!(&*state, "hidden" | "veryHidden"),
            });
        }
    }
    // Sheets that the workbook does not own up to are looked at as well.
    for part in package.below("xl/worksheets/sheet") {
        if !sheets.iter().any(|sheet| sheet.part == part) {
            sheets.push(Sheet { place: format!("部件{part}"), part, is_hidden: false });
        }
    }
    Ok(sheets)
}

/// The texts that cells point to.
fn shared(markup: &str) -> Vec<String> {
    let mut strings = Vec::new();
    let (mut text, mut is_text) = (String::new(), false);
    for node in nodes(markup) {
        match node {
            Node::Open { name: "si", is_whole: true, .. } => strings.push(String::new()),
            Node::Open { name: "t", is_whole, .. } => is_text = !is_whole,
            Node::Close("t") => is_text = false,
            Node::Text(piece) if is_text => text.push_str(&unescaped(piece)),
            Node::Close("si") => strings.push(std::mem::take(&mut text)),
            _ => {}
        }
    }
    strings
}

/// Every text in a part.
fn texts(markup: &str) -> Vec<String> {
    let mut is_text = false;
    let mut texts = Vec::new();
    for node in nodes(markup) {
        match node {
            Node::Open { name: "t" | "text", is_whole, .. } => is_text = !is_whole,
            Node::Close("t" | "text") => is_text = false,
            Node::Text(piece) if is_text => texts.push(unescaped(piece)),
            _ => {}
        }
    }
    texts
}

fn of_sheet(markup: &str, place: &str, strings: &[String], eye: Eye<'_>) -> Vec<Sighting> {
    let mut findings = Vec::new();
    let mut hidden_rows = Vec::new();
    let mut hidden_columns = Vec::new();
    let (mut cell, mut is_shared, mut value, mut is_value) =
        (String::new(), false, String::new(), false);
    for node in nodes(markup) {
        match node {
            Node::Open { name: "row", attributes, .. } if is_unseen(attributes, "ht") => {
                hidden_rows.push(attribute(attributes, "r").unwrap_or_default());
            }
            Node::Open { name: "col", attributes, .. } if is_unseen(attributes, "width") => {
                let bound = |name| attribute(attributes, name).unwrap_or_default();
                let (first, last) = (bound("min"), bound("max"));
                hidden_columns.push(if first == last {
                    first
                } else {
                    format!("{first}至{last}")
                });
            }
            Node::Open { name: "c", attributes, .. } => {
                cell = attribute(attributes, "r").unwrap_or_default();
                is_shared = attribute(attributes, "t").as_deref() == Some("s");
            }
            Node::Open { name: "v" | "t", is_whole, .. } => is_value = !is_whole,
            Node::Close("v" | "t") => is_value = false,
            Node::Text(piece) if is_value => value.push_str(&unescaped(piece)),
            Node::Close("c") => {
                let written = std::mem::take(&mut value);
                let text = if is_shared {
                    let place = written.trim().parse::<usize>().ok();
                    place
                        .and_then(|place| strings.get(place))
                        .cloned()
                        .unwrap_or_default()
                } else {
                    written
                };
                findings.extend(eye.numbers(&text, place, &cell));
            }
            _ => {}
        }
    }
    for (kind, hidden, what) in [
        (FindingKind::HiddenRows, hidden_rows, "行"),
        (FindingKind::HiddenColumns, hidden_columns, "列"),
    ] {
        if !hidden.is_empty() {
            let words = format!("隐藏{}处：第{}{what}", hidden.len(), hidden.join("、"));
            findings.push(Sighting::new(kind, place, words));
        }
    }
    findings
}

/// Whether a row or column is hidden, or so small that it might as well be.
fn is_unseen(attributes: &str, size: &str) -> bool {
    let size = attribute(attributes, size).and_then(|size| size.parse::<f64>().ok());
    says_yes(attributes, "hidden") || size.is_some_and(|size| size < 0.1)
}

#[cfg(test)]
mod tests {
    use rust_xlsxwriter::{Note, Workbook};

    use super::super::office::tests::package;
    use super::super::tests::look;
    use super::*;

    #[test]
    fn what_a_workbook_hides_is_found() {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet().set_name("公开").unwrap();
        sheet.write_string(0, 0, "电话13800000000").unwrap();
        sheet.write_number(4, 1, 13_900_000_000_f64).unwrap();
        sheet.set_row_hidden(2).unwrap();
        sheet.set_column_hidden(3).unwrap();
        sheet
            .insert_note(0, 0, &Note::new("王芳：110105194912310 02X"))
            .unwrap();
        let secret = book.add_worksheet().set_name("底稿").unwrap();
        secret.write_string(0, 0, "11010519491231002X").unwrap();
        secret.set_hidden(true);
        let findings = look(&book.save_to_buffer().unwrap());
        let told: Vec<_> = findings
            .iter()
            .map(|one| (one.kind, one.place.as_str()))
            .collect();
        for wanted in [
            (FindingKind::MobileNumber, "工作表“公开”"),
            (FindingKind::HiddenRows, "工作表“公开”"),
            (FindingKind::HiddenColumns, "工作表“公开”"),
            (FindingKind::HiddenSheet, "工作表“底稿”"),
            (FindingKind::IdentityNumber, "工作表“底稿”A1"),
            (FindingKind::Comment, "工作簿"),
        ] {
            assert!(told.contains(&wanted), "{wanted:?}: {told:?}");
        }
        let rows = findings
            .iter()
            .find(|one| one.kind == FindingKind::HiddenRows);
        assert_eq!(rows.unwrap().excerpt, "隐藏1处：第3行");
        assert!(findings.iter().all(|one| !one.excerpt.contains("19491231")));
    }

    #[test]
    fn a_pivot_cache_is_found() {
        let file = package(&[
            ("xl/workbook.xml", b"<workbook/>"),
            ("xl/pivotCache/pivotCacheDefinition1.xml", b"<x/>"),
        ]);
        let kinds: Vec<_> = look(&file).iter().map(|one| one.kind).collect();
        assert_eq!(kinds, [FindingKind::PivotCache]);
    }
}
