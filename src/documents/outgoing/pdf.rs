//! PDF: text below dark boxes, comments, attached files, who wrote it, numbers of people.
//!
//! What this can see of a cover: a rectangle that is filled dark after the text was shown, in
//! the page itself, in a form it draws, or as an annotation. What it cannot see: a picture or
//! a curve laid over text, text that is shown outside of a box and reaches into it, a cover by
//! a pattern or by transparency, and the words of a scanned page.

use lopdf::content::Content;
use lopdf::{Dictionary, Document, LoadOptions, Object, ObjectId, decode_text_string};

use super::office::{Node, nodes};
use super::{Fault, Finding, personal, picture};
use crate::documents::reading::markup::unescaped;
use crate::domain::outgoing::FindingKind;

mod covered;

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
pub(super) fn look(bytes: &[u8]) -> Result<Vec<Finding>, Fault> {
    let options = LoadOptions::with_max_decompressed_size(AT_MOST);
    let document = Document::load_mem_with_options(bytes, options).map_err(|_| Fault::Broken)?;
    if document.is_encrypted() {
        let words = "加密的PDF，程序不能检查其内容";
        return Ok(vec![Finding::new(FindingKind::NotLookedInto, "整个文件", words)]);
    }
    let pages = document.get_pages();
    if pages.is_empty() {
        return Err(Fault::Broken);
    }
    let mut findings = Vec::new();
    for (number, page) in pages.iter().take(PAGES) {
        findings.extend(of_page(&document, *number, *page));
    }
    if pages.len() > PAGES {
        let words = format!("只检查了前{PAGES}页");
        findings.push(Finding::new(FindingKind::NotChecked, "整个文件", words));
    }
    findings.extend(properties(&document));
    findings.extend(things(&document));
    Ok(findings)
}

fn of_page(document: &Document, number: u32, page: ObjectId) -> Vec<Finding> {
    let place = format!("第{number}页");
    let mut findings = Vec::new();
    let content = document.get_page_content_with_limit(page, AT_MOST);
    let content = content.ok().and_then(|bytes| Content::decode(&bytes).ok());
    let Some(content) = content else {
        let words = "这一页的内容无法读取";
        return vec![Finding::new(FindingKind::NotChecked, place, words)];
    };
    let resources = covered::resources(document, page);
    let mut drawing = covered::Drawing::new(document);
    drawing.draw(&content.operations, &resources);
    let annotations = document.get_page_annotations(page).unwrap_or_default();
    let mut comments = 0;
    for annotation in annotations {
        match kind_of(annotation).as_slice() {
            b"Link" | b"Widget" | b"Popup" => {}
            b"Redact" => {
                let words = "标记了“密文”但没有应用，文字仍在";
                findings.push(Finding::new(FindingKind::CoveredText, &place, words));
            }
            b"FileAttachment" => {
                let words = "附带的文件，程序不能检查其内容";
                findings.push(Finding::new(FindingKind::NotLookedInto, &place, words));
            }
            _ => {
                comments += 1;
                drawing.cover(annotation);
            }
        }
    }
    if comments > 0 {
        let words = format!("批注、标记或者图章{comments}处");
        findings.push(Finding::new(FindingKind::Comment, &place, words));
    }
    let hidden = drawing.hidden();
    if !hidden.is_empty() {
        let count: usize = hidden.iter().map(|text| text.chars().count()).sum();
        let words = format!("黑框下有约{count}个字可以复制出来");
        findings.push(Finding::new(FindingKind::CoveredText, &place, words));
    }
    findings.extend(personal::numbers(&drawing.text(), &place));
    findings
}

fn kind_of(annotation: &Dictionary) -> Vec<u8> {
    let kind = annotation.get(b"Subtype").and_then(Object::as_name);
    kind.unwrap_or_default().to_vec()
}

/// Who wrote the file: by its information, and by its XMP.
fn properties(document: &Document) -> Vec<Finding> {
    let mut findings = Vec::new();
    let information = document
        .trailer
        .get_deref(b"Info", document)
        .and_then(Object::as_dict)
        .ok();
    for (key, label) in [(&b"Author"[..], "作者"), (b"Company", "单位")] {
        let value = information
            .and_then(|fields| fields.get_deref(key, document).ok())
            .and_then(|text| decode_text_string(text).ok())
            .unwrap_or_default();
        if !value.trim().is_empty() {
            let words = format!("{label}：{}", value.trim());
            findings.push(Finding::new(FindingKind::Author, "文件属性", words));
        }
    }
    let xmp = document
        .catalog()
        .and_then(|catalog| catalog.get_deref(b"Metadata", document))
        .and_then(Object::as_stream)
        .and_then(|stream| stream.get_plain_content_with_limit(AT_MOST));
    if let Ok(xmp) = xmp {
        let creator = creator(&String::from_utf8_lossy(&xmp));
        if !creator.is_empty() {
            let words = format!("作者（XMP）：{creator}");
            findings.push(Finding::new(FindingKind::Author, "文件属性", words));
        }
    }
    findings
}

/// `dc:creator` of XMP.
fn creator(markup: &str) -> String {
    let (mut text, mut is_inside) = (String::new(), false);
    for node in nodes(markup) {
        match node {
            Node::Open { name: "creator", is_whole, .. } => is_inside = !is_whole,
            Node::Close("creator") => is_inside = false,
            Node::Text(piece) if is_inside => text.push_str(&unescaped(piece)),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Pictures with a position, and files that are attached to the document.
fn things(document: &Document) -> Vec<Finding> {
    let mut findings = Vec::new();
    for object in document.objects.values() {
        if let Object::Stream(stream) = object {
            let is_picture = stream.content.starts_with(&[0xFF, 0xD8, 0xFF]);
            if is_picture {
                findings.extend(picture::look(&stream.content, "文件中的图片"));
            }
            if stream.dict.has_type(b"EmbeddedFile") {
                let words = "附带的文件，程序不能检查其内容";
                findings.push(Finding::new(FindingKind::NotLookedInto, "附带的文件", words));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::super::look;
    use super::*;

    /// A PDF of one page that draws this, with these lines in its information.
    fn pdf(drawing: &str, information: &str, more: &str) -> Vec<u8> {
        let objects = [
            "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
            "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
            format!(
                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R{more}\
                 /Resources<</Font<</F1 5 0 R>>>>>>"
            ),
            format!("<</Length {}>>stream\n{drawing}\nendstream", drawing.len() + 1),
            "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_owned(),
            format!("<<{information}>>"),
        ];
        let mut text = "%PDF-1.7\n".to_owned();
        let mut places = Vec::new();
        for (number, object) in (1..).zip(&objects) {
            places.push(text.len());
            write!(text, "{number} 0 obj\n{object}\nendobj\n").unwrap();
        }
        let table = text.len();
        write!(text, "xref\n0 7\n0000000000 65535 f \n").unwrap();
        for place in places {
            writeln!(text, "{place:010} 00000 n ").unwrap();
        }
        write!(text, "trailer<</Size 7/Root 1 0 R/Info 6 0 R>>\nstartxref\n{table}\n%%EOF\n")
            .unwrap();
        text.into_bytes()
    }

    fn kinds(file: &[u8]) -> Vec<FindingKind> {
        look(file).into_iter().map(|one| one.kind).collect()
    }

    const TEXT: &str = "BT /F1 12 Tf 100 700 Td (tel 13800000000) Tj ET";

    #[test]
    fn text_below_a_dark_box_is_found() {
        let covered = format!("{TEXT} 0 g 90 690 200 30 re f");
        assert_eq!(
            kinds(&pdf(&covered, "", "")),
            [FindingKind::CoveredText, FindingKind::MobileNumber]
        );
        let moved = format!(
            "{TEXT} q 1 0 0 1 90 690 cm 0.1 0.1 0.1 rg 0 0 m 200 0 l 200 30 l 0 30 l h f Q"
        );
        assert_eq!(kinds(&pdf(&moved, "", ""))[0], FindingKind::CoveredText);
    }

    #[test]
    fn text_on_a_box_or_beside_it_is_not_covered() {
        for drawing in [
            format!("0 g 90 690 200 30 re f 1 g {TEXT}"),
            format!("{TEXT} 0 g 90 600 200 30 re f"),
            format!("{TEXT} 1 1 0 rg 90 690 200 30 re f"),
            format!("{TEXT} 0 g 90 690 200 30 re W n"),
        ] {
            assert_eq!(kinds(&pdf(&drawing, "", "")), [FindingKind::MobileNumber], "{drawing}");
        }
    }

    #[test]
    fn the_writer_and_annotations_are_found() {
        let note = "/Annots[<</Type/Annot/Subtype/Text/Rect[0 0 9 9]/Contents(x)>>]";
        assert_eq!(
            kinds(&pdf("BT /F1 9 Tf (a) Tj ET", "/Author(Wang)", note)),
            [FindingKind::Comment, FindingKind::Author]
        );
        let square = "/Annots[<</Type/Annot/Subtype/Square/Rect[90 690 290 720]/IC[0 0 0]>>]";
        assert!(kinds(&pdf(TEXT, "", square)).contains(&FindingKind::CoveredText));
        assert_eq!(kinds(&pdf("BT /F1 9 Tf (a) Tj ET", "", "")), []);
        assert_eq!(
            creator("<dc:creator><rdf:Seq><rdf:li>王芳</rdf:li></rdf:Seq></dc:creator>"),
            "王芳"
        );
    }

    #[test]
    fn a_file_that_is_cut_anywhere_does_no_harm() {
        let whole = pdf(TEXT, "/Author(Wang)", "");
        for end in (0..whole.len()).step_by(7) {
            let _ = look(&whole[..end]);
        }
    }
}
