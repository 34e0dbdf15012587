//! DOCX: comments, tracked changes, hidden text, numbers of people.

use std::collections::BTreeSet;

use super::office::{Node, Package, attribute, nodes};
use super::{Eye, Fault, Sighting};
use crate::documents::reading::markup::unescaped;
use crate::domain::outgoing::FindingKind;

/// The elements that mark a tracked change.
const CHANGES: [&str; 10] = [
    "ins",
    "del",
    "moveFrom",
    "moveTo",
    "rPrChange",
    "pPrChange",
    "sectPrChange",
    "tblPrChange",
    "trPrChange",
    "tcPrChange",
];

/// What has to be looked at in a document.
pub(super) fn look(package: &mut Package<'_>, eye: Eye<'_>) -> Result<Vec<Sighting>, Fault> {
    let mut findings = Vec::new();
    for (name, place) in parts(package) {
        let part = Part::read(&package.markup(&name)?, place);
        findings.extend(part.findings(eye));
    }
    Ok(findings)
}

/// The parts with text, and what people call them.
fn parts(package: &Package<'_>) -> Vec<(String, &'static str)> {
    let place = |name: &str| {
        let file = name.strip_prefix("word/")?.strip_suffix(".xml")?;
        Some(match file.trim_end_matches(|one: char| one.is_ascii_digit()) {
            "document" => "正文",
            "header" => "页眉",
            "footer" => "页脚",
            "footnotes" => "脚注",
            "endnotes" => "尾注",
            "comments" => "批注",
            _ => return None,
        })
    };
    let names = package.names.iter();
    names
        .filter_map(|name| Some((name.clone(), place(name)?)))
        .collect()
}

#[derive(Default)]
struct Part {
    place: &'static str,
    paragraphs: Vec<String>,
    changes: usize,
    changed_by: BTreeSet<String>,
    comments: usize,
    hidden: usize,
}

impl Part {
    fn read(markup: &str, place: &'static str) -> Self {
        let mut part = Self { place, ..Self::default() };
        let mut line = String::new();
        let mut is_text = false;
        for node in nodes(markup) {
            match node {
                Node::Open { name: "t" | "delText" | "instrText", is_whole, .. } => {
                    is_text = !is_whole;
                }
                Node::Close("t" | "delText" | "instrText") => is_text = false,
                Node::Text(text) if is_text => line.push_str(&unescaped(text)),
                Node::Open { name: "tab" | "br", .. } => line.push('\n'),
                Node::Close("p") => part.paragraphs.push(std::mem::take(&mut line)),
                Node::Open { name: "comment", .. } => part.comments += 1,
                Node::Open { name: "vanish", attributes, .. } => {
                    let value = attribute(attributes, "val");
                    let is_off =
                        value.is_some_and(|value| matches!(&*value, "0" | "false" | "off"));
                    part.hidden += usize::from(!is_off);
                }
                Node::Open { name, attributes, .. } if CHANGES.contains(&name) => {
                    part.changes += 1;
                    part.changed_by.extend(attribute(attributes, "author"));
                }
                _ => {}
            }
        }
        part.paragraphs.push(line);
        part
    }

    fn findings(&self, eye: Eye<'_>) -> Vec<Sighting> {
        let mut findings = Vec::new();
        if self.comments > 0 {
            let words = format!("批注{}条", self.comments);
            findings.push(Sighting::new(FindingKind::Comment, self.place, words));
        }
        if self.changes > 0 {
            let by: Vec<&str> = self.changed_by.iter().map(String::as_str).collect();
            let words = format!("修订{}处，修订者：{}", self.changes, by.join("、"));
            findings.push(Sighting::new(FindingKind::TrackedChange, self.place, words));
        }
        if self.hidden > 0 {
            let words = format!("设为隐藏的文字{}处", self.hidden);
            findings.push(Sighting::new(FindingKind::HiddenText, self.place, words));
        }
        for (number, text) in (1..).zip(&self.paragraphs) {
            findings.extend(eye.numbers(text, self.place, &format!("第{number}段")));
        }
        findings
    }
}

#[cfg(test)]
mod tests {
    use super::super::office::tests::package;
    use super::super::tests::look;
    use super::*;

    #[test]
    fn what_word_keeps_beside_the_text_is_found() {
        let document = "<w:document><w:body><w:p><w:r><w:t>甲</w:t></w:r></w:p>\
            <w:p><w:del w:author=\"王芳\"><w:r><w:delText>电话138</w:delText></w:r></w:del>\
            <w:r><w:rPr><w:vanish/></w:rPr><w:t>00000000</w:t></w:r></w:p></w:body></w:document>";
        let core = "<cp:coreProperties><dc:creator>张三</dc:creator><cp:lastModifiedBy/></cp:coreProperties>";
        let file = package(&[
            ("word/document.xml", document.as_bytes()),
            ("word/comments.xml", b"<w:comments><w:comment w:id=\"0\"/></w:comments>"),
            ("docProps/core.xml", core.as_bytes()),
            ("word/media/image1.jpeg", &super::super::picture::tests::jpeg(2)),
        ]);
        let told: Vec<_> = look(&file)
            .into_iter()
            .map(|one| (one.kind, one.place, one.excerpt))
            .collect();
        let expected = [
            (FindingKind::MobileNumber, "正文第2段", "138******00"),
            (FindingKind::HiddenText, "正文", "设为隐藏的文字1处"),
            (FindingKind::Comment, "批注", "批注1条"),
            (FindingKind::TrackedChange, "正文", "修订1处，修订者：王芳"),
            (FindingKind::Author, "文件属性", "作者：张三"),
            (FindingKind::Position, "文件中的图片", "照片中记录了拍摄地点的经纬度"),
        ];
        let expected =
            expected.map(|(kind, place, words)| (kind, place.to_owned(), words.to_owned()));
        assert_eq!(told, expected);
    }

    #[test]
    fn a_plain_document_has_nothing() {
        let document = "<w:document><w:p><w:pPr><w:rPr><w:vanish w:val=\"0\"/></w:rPr></w:pPr>\
            <w:r><w:t>同意公开</w:t></w:r></w:p></w:document>";
        assert_eq!(look(&package(&[("word/document.xml", document.as_bytes())])), []);
    }
}
