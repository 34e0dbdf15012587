//! XLSX: what a workbook hides or keeps beside its cells: sheets, rows, columns, cells, names,
//! caches, comments; numbers of people.

use std::collections::{BTreeSet, HashMap};

use self::sheet::Cells;
use self::styles::Styles;
use super::office::{Node, Package, attribute, is_markup, nodes, says_yes};
use super::{Eye, Fault, Sighting, veiled};
use crate::documents::reading::markup::unescaped;
use crate::domain::outgoing::FindingKind;

mod sheet;
mod styles;

/// What concerns the workbook as such.
const BOOK: &str = "工作簿";

/// What has to be looked at in a workbook.
pub(super) fn look(package: &mut Package<'_>, eye: Eye<'_>) -> Result<Vec<Sighting>, Fault> {
    let mut seen = Vec::new();
    let strings = shared(&package.markup("xl/sharedStrings.xml")?);
    let styles = Styles::read(&package.markup("xl/styles.xml")?);
    let book = package.markup("xl/workbook.xml")?;
    for sheet in sheets(package, &book)? {
        if !sheet.hidden.is_empty() {
            seen.push(Sighting::new(FindingKind::HiddenSheet, &sheet.place, sheet.hidden));
        }
        let markup = package.markup(&sheet.part)?;
        let cells = Cells { place: &sheet.place, strings: &strings, styles: &styles, eye };
        seen.extend(cells.look(&markup));
    }
    seen.extend(names(&book));
    seen.extend(caches(package, eye)?);
    seen.extend(comments(package, eye)?);
    seen.extend(drawings(package, eye)?);
    Ok(seen)
}

/// A sheet of the workbook.
struct Sheet {
    place: String,
    part: String,
    /// How it is hidden, if it is.
    hidden: &'static str,
}

fn sheets(package: &mut Package<'_>, book: &str) -> Result<Vec<Sheet>, Fault> {
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
    for node in nodes(book) {
        if let Node::Open { name: "sheet", attributes, .. } = node {
            let name = attribute(attributes, "name").unwrap_or_default();
            let state = attribute(attributes, "state").unwrap_or_default();
            // The relation's prefix is dropped, so `r:id` is `id`; `sheetId` is another.
            let id = attribute(attributes, "id").unwrap_or_default();
            sheets.push(Sheet {
                place: format!("工作表“{name}”"),
                part: targets.remove(&id).unwrap_or_default(),
                hidden: match &*state {
                    "hidden" => "取消隐藏后可以看到全部内容",
                    "veryHidden" => "深度隐藏，菜单中看不到，但可以恢复全部内容",
                    _ => "",
                },
            });
        }
    }
    // Sheets that the workbook does not own up to are looked at as well.
    for part in package.below("xl/worksheets/sheet") {
        if !sheets.iter().any(|sheet| sheet.part == part) {
            let place = format!("部件{part}");
            let hidden = "工作簿中没有登记，打开时看不到";
            sheets.push(Sheet { place, part, hidden });
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

/// The texts inside of elements of these names, one by one.
pub(super) fn texts(markup: &str, names: &[&str]) -> Vec<String> {
    let mut is_text = false;
    let mut texts = Vec::new();
    for node in nodes(markup) {
        match node {
            Node::Open { name, is_whole, .. } if names.contains(&name) => is_text = !is_whole,
            Node::Close(name) if names.contains(&name) => is_text = false,
            Node::Text(piece) if is_text => texts.push(unescaped(piece)),
            _ => {}
        }
    }
    texts
}

/// Names that are not listed, but for those that every filter and print area makes.
fn names(book: &str) -> Option<Sighting> {
    let hidden: Vec<String> = nodes(book)
        .filter_map(|node| match node {
            Node::Open { name: "definedName", attributes, .. }
                if says_yes(attributes, "hidden") =>
            {
                attribute(attributes, "name")
            }
            _ => None,
        })
        .filter(|name| !name.starts_with('_'))
        .collect();
    let words = format!("隐藏的名称{}个：{}", hidden.len(), hidden.join("、"));
    (!hidden.is_empty()).then(|| Sighting::new(FindingKind::HiddenName, BOOK, words))
}

/// Data that the workbook keeps a copy of.
fn caches(package: &mut Package<'_>, eye: Eye<'_>) -> Result<Vec<Sighting>, Fault> {
    let mut seen = Vec::new();
    let (mut records, mut has_cache) = (0, false);
    for name in package.below("xl/pivotCache/pivotCache") {
        has_cache = true;
        for node in nodes(&package.markup(&name)?) {
            if let Node::Open { name, attributes, .. } = node {
                records += usize::from(name == "r");
                if let Some(value) = attribute(attributes, "v") {
                    seen.extend(eye.numbers(&value, "数据透视表缓存", ""));
                }
            }
        }
    }
    if has_cache {
        let words = format!("数据透视表缓存着原始数据，其中记录{records}条");
        seen.push(Sighting::new(FindingKind::PivotCache, BOOK, words));
    }
    let links = package.below("xl/externalLinks/externalLink");
    let mut values = 0;
    for name in &links {
        for value in texts(&package.markup(name)?, &["v"]) {
            values += 1;
            seen.extend(eye.numbers(&value, "外部链接的缓存", ""));
        }
    }
    if !links.is_empty() {
        let words = format!("链接到{}个其他工作簿，缓存着其中的{values}个值", links.len());
        seen.push(Sighting::new(FindingKind::CachedData, BOOK, words));
    }
    let connections = package.markup("xl/connections.xml")?;
    let count = nodes(&connections)
        .filter(|node| matches!(node, Node::Open { name: "connection", .. }))
        .count();
    if count > 0 {
        let words = format!("数据连接{count}个，可能含有服务器地址和账号");
        seen.push(Sighting::new(FindingKind::CachedData, BOOK, words));
    }
    if !package.below("xl/revisions/").is_empty() {
        let words = "共享工作簿的修订记录";
        seen.push(Sighting::new(FindingKind::TrackedChange, BOOK, words));
    }
    Ok(seen)
}

fn comments(package: &mut Package<'_>, eye: Eye<'_>) -> Result<Vec<Sighting>, Fault> {
    let mut seen = Vec::new();
    let (mut count, mut authors, mut first) = (0, BTreeSet::new(), String::new());
    let parts = [
        package.below("xl/comments"),
        package.below("xl/threadedComments/"),
        package.below("xl/persons/"),
    ];
    for name in parts.concat() {
        let markup = package.markup(&name)?;
        for node in nodes(&markup) {
            if let Node::Open { name, attributes, .. } = node {
                count += usize::from(matches!(name, "comment" | "threadedComment"));
                authors.extend(attribute(attributes, "displayName"));
            }
        }
        authors.extend(texts(&markup, &["author"]));
        let words = texts(&markup, &["t", "text"]).join("");
        seen.extend(eye.numbers(&words, "单元格批注", ""));
        if first.is_empty() {
            first = words;
        }
    }
    if count > 0 {
        let authors: Vec<&str> = authors
            .iter()
            .map(|author| author.trim())
            // Conversations are also kept under a name of the program's own.
            .filter(|author| !author.starts_with("tc={") && eye.is_person(author))
            .collect();
        let mut words = format!("单元格批注{count}条：{}", veiled(&first));
        if !authors.is_empty() {
            words = format!("{words}，批注者：{}", authors.join("、"));
        }
        seen.push(Sighting::new(FindingKind::Comment, BOOK, words));
    }
    Ok(seen)
}

/// Text in boxes, and what charts keep of their data.
fn drawings(package: &mut Package<'_>, eye: Eye<'_>) -> Result<Vec<Sighting>, Fault> {
    let mut seen = Vec::new();
    for (folder, place, names) in [
        ("xl/drawings/", "图形", &["t"][..]),
        ("xl/diagrams/", "图形", &["t"]),
        ("xl/charts/", "图表", &["v", "t"]),
    ] {
        for name in package.below(folder) {
            if !is_markup(&name) {
                continue;
            }
            let markup = package.markup(&name)?;
            for text in texts(&markup, names) {
                seen.extend(eye.numbers(&text, place, ""));
            }
            // `[1]Sheet1!A1`: what the chart shows comes from another workbook.
            if place == "图表" && texts(&markup, &["f"]).iter().any(|from| from.contains('[')) {
                let words = "图表缓存着其他工作簿的数据";
                seen.push(Sighting::new(FindingKind::CachedData, place, words));
            }
        }
    }
    Ok(seen)
}

#[cfg(test)]
mod tests {
    use rust_xlsxwriter::{Color, Format, Note, Workbook};

    use super::super::office::tests::package;
    use super::super::tests::look;
    use super::*;

    fn told(file: &[u8]) -> Vec<(FindingKind, String, String)> {
        let findings = look(file).into_iter();
        findings
            .map(|one| (one.kind, one.place, one.excerpt))
            .collect()
    }

    fn says(file: &[u8], kind: FindingKind, place: &str, words: &str) {
        let told = told(file);
        let is_said = |one: &(FindingKind, String, String)| {
            one.0 == kind && one.1 == place && one.2.contains(words)
        };
        assert!(told.iter().any(is_said), "{kind:?} {place} {words}: {told:?}");
    }

    #[test]
    fn what_a_workbook_hides_is_found() {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet().set_name("公开").unwrap();
        sheet.write_string(0, 0, "电话13800000000").unwrap();
        sheet.write_number(4, 1, 13_900_000_000_f64).unwrap();
        for row in [2, 6, 7, 8] {
            sheet.write_string(row, 0, "甲").unwrap();
        }
        sheet.write_string(0, 3, "乙").unwrap();
        sheet.set_row_hidden(2).unwrap();
        sheet.set_row_hidden(6).unwrap();
        sheet.set_row_height(7, 0.5).unwrap();
        sheet.set_row_hidden(8).unwrap();
        sheet.set_row_hidden(20).unwrap();
        sheet.set_column_hidden(3).unwrap();
        sheet.set_column_width(7, 0.1).unwrap();
        sheet.set_column_hidden(9).unwrap();
        sheet.write_string(1, 7, "丙").unwrap();
        sheet
            .insert_note(0, 0, &Note::new("王芳：110105194912310 02X").set_author("李四"))
            .unwrap();
        let secret = book.add_worksheet().set_name("底稿").unwrap();
        secret.write_string(0, 0, "11010519491231002X").unwrap();
        secret.set_hidden(true);
        book.add_worksheet()
            .set_name("深藏")
            .unwrap()
            .set_very_hidden(true);
        let file = book.save_to_buffer().unwrap();
        says(&file, FindingKind::MobileNumber, "工作表“公开”", "共2处：A1：138");
        // Rows and columns without anything in them hide nothing.
        says(&file, FindingKind::HiddenRows, "工作表“公开”", "隐藏4行：第3行、第7至9行");
        says(&file, FindingKind::HiddenColumns, "工作表“公开”", "隐藏2列：第4列、第8列");
        says(&file, FindingKind::HiddenSheet, "工作表“底稿”", "取消隐藏");
        says(&file, FindingKind::HiddenSheet, "工作表“深藏”", "深度隐藏");
        says(&file, FindingKind::IdentityNumber, "工作表“底稿”A1", "110");
        says(&file, FindingKind::Comment, "工作簿", "批注者：李四");
        assert!(told(&file).iter().all(|one| !one.2.contains("19491231")));
    }

    #[test]
    fn cells_that_do_not_show_what_they_hold_are_found() {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet().set_name("表").unwrap();
        let white = Format::new().set_font_color(Color::White);
        let on_blue = Format::new()
            .set_font_color(Color::White)
            .set_background_color(Color::Navy);
        let same = Format::new()
            .set_font_color(Color::Black)
            .set_background_color(Color::Black);
        let nothing = Format::new().set_num_format(";;;");
        sheet.write_string_with_format(0, 0, "甲", &white).unwrap();
        sheet
            .write_string_with_format(1, 0, "乙", &on_blue)
            .unwrap();
        sheet.write_number_with_format(2, 0, 1.0, &nothing).unwrap();
        sheet.write_string_with_format(3, 0, "丁", &same).unwrap();
        let file = book.save_to_buffer().unwrap();
        says(&file, FindingKind::HiddenText, "工作表“表”", "共3处：A1：与底色同色的文字");
        says(&file, FindingKind::HiddenText, "工作表“表”", "A3：格式设为不显示");
        assert_eq!(told(&file).len(), 1);
    }

    /// A workbook of one sheet, with these parts beside it.
    fn with(sheet: &str, parts: &[(&str, &[u8])]) -> Vec<u8> {
        let book = "<workbook><sheets><sheet name=\"表\" r:id=\"r1\"/></sheets><definedNames>\
            <definedName name=\"底价\" hidden=\"1\">1</definedName>\
            <definedName name=\"_xlnm._FilterDatabase\" hidden=\"1\">1</definedName>\
            </definedNames></workbook>";
        let relations = "<x><Relationship Id=\"r1\" Target=\"worksheets/sheet1.xml\"/></x>";
        let own = [
            ("xl/workbook.xml", book.as_bytes()),
            ("xl/_rels/workbook.xml.rels", relations.as_bytes()),
            ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
        ];
        package(&[&own[..], parts].concat())
    }

    #[test]
    fn rows_that_are_hidden_by_default_are_found() {
        let sheet = "<worksheet><sheetFormatPr zeroHeight=\"1\"/><sheetData>\
            <row r=\"1\" ht=\"15\"><c r=\"A1\"><v>1</v></c></row>\
            <row r=\"2\"><c r=\"A2\"><v>2</v></c></row></sheetData>\
            <headerFooter><oddHeader>&amp;L13800138000</oddHeader></headerFooter></worksheet>";
        let file = with(sheet, &[]);
        says(&file, FindingKind::HiddenRows, "工作表“表”", "隐藏1行：第2行");
        says(&file, FindingKind::MobileNumber, "工作表“表”页眉页脚", "138");
        says(&file, FindingKind::HiddenName, "工作簿", "隐藏的名称1个：底价");
    }

    #[test]
    fn what_a_workbook_keeps_a_copy_of_is_found() {
        let file = with(
            "<worksheet/>",
            &[
                ("xl/pivotCache/pivotCacheDefinition1.xml", b"<x><s v=\"13800138000\"/></x>"),
                ("xl/pivotCache/pivotCacheRecords1.xml", b"<x><r><x v=\"0\"/></r><r/></x>"),
                ("xl/externalLinks/externalLink1.xml", b"<x><v>13900139000</v></x>"),
                ("xl/connections.xml", b"<connections><connection id=\"1\"/></connections>"),
                (
                    "xl/threadedComments/t1.xml",
                    b"<x><threadedComment><text>hi</text></threadedComment></x>",
                ),
                ("xl/persons/person.xml", "<x><person displayName=\"王芳\"/></x>".as_bytes()),
                ("xl/drawings/drawing1.xml", b"<x><a:t>13700137000</a:t></x>"),
                ("xl/charts/chart1.xml", b"<x><c:f>[1]A!B1</c:f><c:v>13600136000</c:v></x>"),
            ],
        );
        says(&file, FindingKind::PivotCache, "工作簿", "记录2条");
        says(&file, FindingKind::MobileNumber, "数据透视表缓存", "138");
        says(&file, FindingKind::CachedData, "工作簿", "其中的1个值");
        says(&file, FindingKind::CachedData, "工作簿", "数据连接1个");
        says(&file, FindingKind::MobileNumber, "外部链接的缓存", "139");
        says(&file, FindingKind::Comment, "工作簿", "批注者：王芳");
        says(&file, FindingKind::MobileNumber, "图形", "137");
        says(&file, FindingKind::MobileNumber, "图表", "136");
        says(&file, FindingKind::CachedData, "图表", "其他工作簿");
    }
}
