//! DOCX: what a document hides or keeps beside its text: hidden and painted-over words, tracked
//! changes, comments, copies of other data; numbers of people.

use std::collections::HashSet;

use self::part::Part;
use super::office::{Node, Package, attribute, is_markup, nodes};
use super::xlsx::texts;
use super::{Eye, Fault, Sighting, veiled};
use crate::documents::reading::markup::unescaped;
use crate::domain::outgoing::FindingKind;

mod part;

/// What has to be looked at in a document.
pub(super) fn look(package: &mut Package<'_>, eye: Eye<'_>) -> Result<Vec<Sighting>, Fault> {
    let mut seen = Vec::new();
    let hiding = hiding_styles(&package.markup("word/styles.xml")?);
    for (name, place) in parts(package) {
        let part = Part::read(&package.markup(&name)?, place, &hiding);
        seen.extend(part.sightings(eye));
    }
    seen.extend(beside(package, eye)?);
    Ok(seen)
}

/// The parts with text, and what people call them.
fn parts(package: &Package<'_>) -> Vec<(String, &'static str)> {
    let place = |name: &str| {
        if name == "word/glossary/document.xml" {
            return Some("构建基块");
        }
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

/// The styles whose text is hidden.
fn hiding_styles(markup: &str) -> HashSet<String> {
    let mut hiding = HashSet::new();
    let mut style = None;
    for node in nodes(markup) {
        match node {
            Node::Open { name: "style", attributes, .. } => {
                style = attribute(attributes, "styleId");
            }
            Node::Close("style") => style = None,
            Node::Open { name: "vanish", attributes, .. } if part::is_on(attributes) => {
                hiding.extend(style.clone());
            }
            _ => {}
        }
    }
    hiding
}

/// What a document keeps beside its text.
fn beside(package: &mut Package<'_>, eye: Eye<'_>) -> Result<Vec<Sighting>, Fault> {
    let mut seen = Vec::new();
    for (folder, place, names) in [
        ("word/charts/", "图表", &["v", "t"][..]),
        ("word/diagrams/", "图形", &["t"]),
    ] {
        for name in package.below(folder) {
            if is_markup(&name) {
                for text in texts(&package.markup(&name)?, names) {
                    seen.extend(eye.numbers(&text, place, ""));
                }
            }
        }
    }
    for node in nodes(&package.markup("word/settings.xml")?) {
        if let Node::Open { name: "docVar", attributes, .. } = node
            && let Some(value) = attribute(attributes, "val")
        {
            seen.extend(eye.numbers(&value, "文档变量", ""));
        }
    }
    for name in package.below("word/_rels/") {
        for node in nodes(&package.markup(&name)?) {
            let Node::Open { name: "Relationship", attributes, .. } = node else {
                continue;
            };
            let target = attribute(attributes, "Target").unwrap_or_default();
            seen.extend(eye.numbers(&target, "链接", ""));
            if target.starts_with("file:") && target.to_lowercase().contains("/users/") {
                let words = format!("链接中有本机的路径：{}", veiled(&target));
                seen.push(Sighting::new(FindingKind::Author, "链接", words));
            }
        }
    }
    if !package.below("word/afchunk").is_empty() {
        let words = "合并进来的其他文件，程序不能检查其内容";
        seen.push(Sighting::new(FindingKind::NotLookedInto, "正文", words));
    }
    Ok(seen)
}

#[cfg(test)]
mod tests {
    use super::super::office::tests::package;
    use super::super::tests::look;
    use super::*;

    fn told(file: &[u8]) -> Vec<(FindingKind, String, String)> {
        let findings = look(file).into_iter();
        findings
            .map(|one| (one.kind, one.place, one.excerpt))
            .collect()
    }

    #[test]
    fn what_word_keeps_beside_the_text_is_found() {
        let document = "<w:document><w:body><w:p><w:r><w:t>甲</w:t></w:r></w:p>\
            <w:p><w:del w:author=\"王芳\"><w:r><w:delText>电话138</w:delText></w:r></w:del>\
            <w:r><w:rPr><w:vanish/></w:rPr><w:t>00000000</w:t></w:r></w:p></w:body></w:document>";
        let core = "<cp:coreProperties><dc:creator>张三</dc:creator><cp:lastModifiedBy/></cp:coreProperties>";
        let comments = "<w:comments><w:comment w:id=\"0\" w:author=\"李四\"><w:p><w:r>\
            <w:t>不要给</w:t></w:r></w:p></w:comment></w:comments>";
        let file = package(&[
            ("word/document.xml", document.as_bytes()),
            ("word/comments.xml", comments.as_bytes()),
            ("docProps/core.xml", core.as_bytes()),
            ("word/media/image1.jpeg", &super::super::picture::tests::jpeg(2)),
        ]);
        let expected = [
            (FindingKind::MobileNumber, "正文第2段", "138******00"),
            (FindingKind::HiddenText, "正文", "设为隐藏的文字约8个：0*******"),
            (FindingKind::Comment, "批注", "批注1条：不**，批注者：李四"),
            (FindingKind::TrackedChange, "正文", "修订1处，其中删去的文字：电****，修订者：王芳"),
            (FindingKind::Author, "文件属性", "作者：张三"),
            (FindingKind::Position, "文件中的图片", "照片中记录了拍摄地点的经纬度"),
        ];
        let expected =
            expected.map(|(kind, place, words)| (kind, place.to_owned(), words.to_owned()));
        assert_eq!(told(&file), expected);
    }

    fn document(body: &str) -> Vec<u8> {
        let document = format!("<w:document><w:body>{body}</w:body></w:document>");
        let styles = "<w:styles><w:style w:styleId=\"secret\"><w:rPr><w:vanish/></w:rPr></w:style>\
            <w:style w:styleId=\"plain\"/></w:styles>";
        package(&[
            ("word/document.xml", document.as_bytes()),
            ("word/styles.xml", styles.as_bytes()),
        ])
    }

    #[test]
    fn words_that_cannot_be_seen_are_found() {
        for (run, words) in [
            ("<w:color w:val=\"FFFFFF\"/>", "白色"),
            ("<w:color w:val=\"auto\" w:themeColor=\"background1\"/>", "白色"),
            ("<w:highlight w:val=\"black\"/>", "涂黑"),
            ("<w:shd w:val=\"clear\" w:fill=\"000000\"/>", "涂黑"),
            ("<w:color w:val=\"000000\"/><w:shd w:fill=\"111111\"/>", "涂黑"),
            ("<w:rStyle w:val=\"secret\"/>", "隐藏"),
            ("<w:sz w:val=\"2\"/>", "极小"),
        ] {
            let body = format!(
                "<w:p><w:r><w:rPr>{run}</w:rPr><w:t>张三</w:t></w:r><w:r><w:t>甲</w:t></w:r></w:p>"
            );
            let told = told(&document(&body));
            assert_eq!(told.len(), 1, "{run}: {told:?}");
            assert_eq!(told[0].0, FindingKind::HiddenText, "{run}");
            assert!(
                told[0].2.contains(words) && told[0].2.contains("约2个：张*"),
                "{run}: {told:?}"
            );
        }
    }

    #[test]
    fn words_that_can_be_seen_are_no_finding() {
        for body in [
            "<w:p><w:pPr><w:rPr><w:vanish w:val=\"0\"/></w:rPr></w:pPr><w:r><w:t>同意</w:t></w:r></w:p>",
            // White on dark, of the run itself or of the cell around it.
            "<w:p><w:r><w:rPr><w:color w:val=\"FFFFFF\"/><w:shd w:fill=\"1F3864\"/></w:rPr>\
             <w:t>甲</w:t></w:r></w:p>",
            "<w:tc><w:tcPr><w:shd w:fill=\"1F3864\"/></w:tcPr><w:p><w:r><w:rPr>\
             <w:color w:val=\"FFFFFF\"/></w:rPr><w:t>甲</w:t></w:r></w:p></w:tc>",
            "<w:p><w:r><w:rPr><w:highlight w:val=\"yellow\"/></w:rPr><w:t>甲</w:t></w:r></w:p>",
            "<w:p><w:r><w:rPr><w:vanish/><w:color w:val=\"FFFFFF\"/></w:rPr></w:r>\
             <w:r><w:t>甲</w:t></w:r></w:p>",
            "<w:p><w:r><w:rPr><w:rStyle w:val=\"plain\"/></w:rPr><w:t>甲</w:t></w:r></w:p>",
        ] {
            assert_eq!(told(&document(body)), [], "{body}");
        }
    }

    #[test]
    fn everything_with_words_in_it_is_read() {
        let body = "<w:p><w:r><w:drawing><wp:docPr descr=\"13800138000\"/><a:srcRect l=\"9\"/>\
            <w:txbxContent><w:p><w:r><w:t>13900139000</w:t></w:r></w:p></w:txbxContent>\
            </w:drawing></w:r></w:p>";
        let text = format!("<w:document><w:body>{body}</w:body></w:document>");
        let header = "<w:hdr><w:p><w:r><w:t>13700137000</w:t></w:r></w:p></w:hdr>";
        let links = "<x><Relationship Target=\"mailto:li@example.com\"/>\
            <Relationship Target=\"file:///C:/Users/wangfang/a.dotx\"/></x>";
        let variables = "<w:settings><w:docVar w:name=\"a\" w:val=\"13600136000\"/></w:settings>";
        let file = package(&[
            ("word/document2.xml", text.as_bytes()),
            ("word/header1.xml", header.as_bytes()),
            ("word/_rels/document.xml.rels", links.as_bytes()),
            ("word/settings.xml", variables.as_bytes()),
            ("customXml/item1.xml", b"<data><who>13500135000</who></data>"),
            (
                "docProps/custom.xml",
                b"<Properties><property name=\"KSOProductBuildVer\"/></Properties>",
            ),
            ("word/embeddings/sheet.txt", b"13400134000"),
            ("word/vbaProject.bin", b"x"),
        ]);
        let told = told(&file);
        for wanted in [
            (FindingKind::MobileNumber, "正文", "替代文字：138"),
            (FindingKind::MobileNumber, "正文", "第1段：139"),
            (FindingKind::MobileNumber, "页眉第1段", "137"),
            (FindingKind::MobileNumber, "文档变量", "136"),
            (FindingKind::MobileNumber, "自定义XML数据", "135"),
            (FindingKind::MobileNumber, "“sheet.txt”正文第1行", "134"),
            (FindingKind::EmailAddress, "链接", "l***@example.com"),
            (FindingKind::Author, "链接", "本机的路径"),
            (FindingKind::HiddenText, "正文", "裁剪过的图片1张"),
            (FindingKind::CachedData, "自定义XML数据", "自定义XML"),
            (FindingKind::Attached, "整个文件", "嵌入的文件1个"),
            (FindingKind::NotLookedInto, "整个文件", "宏"),
        ] {
            let is_said = told
                .iter()
                .any(|one| one.0 == wanted.0 && one.1 == wanted.1 && one.2.contains(wanted.2));
            assert!(is_said, "{wanted:?}: {told:?}");
        }
        assert!(!told.iter().any(|one| one.1 == "文件属性"), "{told:?}");
    }
}
