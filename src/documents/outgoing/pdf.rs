//! PDF: what was painted over or is not shown, comments, forms, attached files, earlier versions,
//! who wrote it, numbers of people.
//!
//! What this can see of a cover: whatever opaque is painted after the text, by a fill, a wide
//! pen, a picture or an annotation, in the page itself or in a form it draws. What it cannot see:
//! a cover by tiles or by half-transparent paint, and the words of a scanned page.

use lopdf::{Dictionary, Document, LoadOptions, Object, ObjectId};

use self::covered::Unseen;
use self::drawing::Drawing;
use super::{Eye, Fault, Sighting, WHOLE};
use crate::domain::outgoing::FindingKind;

mod covered;
mod drawing;
mod font;
mod geometry;
mod state;
mod things;
mod writing;

pub(super) use self::things::creator;

/// The most bytes that one stream may unpack to.
const AT_MOST: usize = 32 << 20;
/// The most pages that are looked at.
const PAGES: usize = 3_000;

/// Whether a file is a PDF: readers allow some bytes before its head.
pub(super) fn is_pdf(bytes: &[u8]) -> bool {
    let start = bytes.get(..1024.min(bytes.len())).unwrap_or_default();
    start.windows(5).any(|window| window == b"%PDF-")
}

/// What has to be looked at in a PDF.
pub(super) fn look(bytes: &[u8], eye: Eye<'_>) -> Result<Vec<Sighting>, Fault> {
    let options = LoadOptions::with_max_decompressed_size(AT_MOST);
    let document = Document::load_mem_with_options(bytes, options).map_err(|_| Fault::Broken)?;
    if document.is_encrypted() {
        let words = "加密的PDF，程序不能检查其内容";
        return Ok(vec![Sighting::new(FindingKind::Encrypted, WHOLE, words)]);
    }
    let pages = document.get_pages();
    if pages.is_empty() {
        return Err(Fault::Broken);
    }
    let mut seen = Vec::new();
    let mut drawing = Drawing::new(&document);
    let mut scanned = Vec::new();
    for (number, page) in pages.iter().take(PAGES) {
        let place = format!("第{number}页");
        seen.extend(of_page(&document, &mut drawing, &place, *page, eye));
        if drawing.sheet.unseen().contains_key(&Unseen::Scanned) {
            scanned.push(place);
        }
    }
    if let Some(first) = scanned.first() {
        let words = format!("{first}等{}页是扫描图像，另有可以复制的文字层", scanned.len());
        seen.push(Sighting::new(FindingKind::TextLayer, WHOLE, words));
    }
    if drawing.met_unreadable {
        let words = "有的文字没有字符对照表，其中的号码检查不到";
        seen.push(Sighting::new(FindingKind::NotLookedInto, WHOLE, words));
    }
    if pages.len() > PAGES {
        let words = format!("只检查了前{PAGES}页");
        seen.push(Sighting::new(FindingKind::NotChecked, WHOLE, words));
    }
    seen.extend(things::look(&document, eye));
    Ok(seen)
}

fn of_page<'a>(
    document: &'a Document,
    drawing: &mut Drawing<'a>,
    place: &str,
    page: ObjectId,
    eye: Eye<'_>,
) -> Vec<Sighting> {
    let Ok(content) = document.get_page_content_with_limit(page, AT_MOST) else {
        let words = "未能检查这一页：内容无法读取";
        return vec![Sighting::new(FindingKind::NotChecked, place, words)];
    };
    let resources = drawing::resources(document, page);
    drawing.page(drawing::area_of(document, page), &content, &resources);
    let mut seen = Vec::new();
    let annotations = document.get_page_annotations(page).unwrap_or_default();
    let (mut comments, mut said) = (0, Vec::new());
    for annotation in annotations {
        let words = things::words(annotation, document);
        match kind_of(annotation) {
            b"Link" | b"Widget" => drawing.annotate(annotation),
            b"Redact" => {
                let words = "标记了“密文”但没有应用，文字仍在";
                seen.push(Sighting::new(FindingKind::CoveredText, place, words));
            }
            b"FileAttachment" => {}
            kind => {
                comments += usize::from(kind != b"Popup");
                drawing.annotate(annotation);
            }
        }
        seen.extend(eye.numbers(&words, place, "批注"));
        if !words.trim().is_empty() {
            said.push(super::veiled(&words));
        }
    }
    if comments > 0 {
        let words = match said.first() {
            Some(first) => format!("批注、标记或者图章{comments}处，有文字：{first}"),
            None => format!("批注、标记或者图章{comments}处"),
        };
        seen.push(Sighting::new(FindingKind::Comment, place, words));
    }
    if !drawing.sheet.is_whole {
        let words = "未能检查这一页的全部内容：图形过于复杂、互相引用或者有误";
        seen.push(Sighting::new(FindingKind::NotChecked, place, words));
    }
    for (why, (count, first)) in drawing.sheet.unseen() {
        let (kind, words) = match why {
            Unseen::Covered => (FindingKind::CoveredText, "盖在下面、可以复制出来的文字"),
            Unseen::Invisible => (FindingKind::HiddenText, "不显示、但可以复制出来的文字"),
            Unseen::Blended => (FindingKind::HiddenText, "与底色同色（例如白底白字）的文字"),
            Unseen::Outside => (FindingKind::HiddenText, "页面可见范围以外的文字"),
            Unseen::Off => (FindingKind::HiddenLayer, "关闭的图层中的文字"),
            // Told once for the whole file.
            Unseen::Scanned => continue,
        };
        let words = format!("{words}约{count}个：{first}");
        seen.push(Sighting::new(kind, place, words));
    }
    seen.extend(eye.numbers(&drawing.sheet.text(), place, ""));
    seen
}

fn kind_of(annotation: &Dictionary) -> &[u8] {
    let kind = annotation.get(b"Subtype").and_then(Object::as_name);
    kind.unwrap_or_default()
}

#[cfg(test)]
pub(super) mod tests;
