//! The archives that office programs write: what DOCX and XLSX have in common.

use std::io::{Cursor, Read as _};

use zip::ZipArchive;

use super::{Eye, Fault, Sighting, docx, picture, xlsx};
use crate::documents::reading::markup::unescaped;
use crate::domain::outgoing::FindingKind;

/// The most bytes that all parts together may unpack to.
const AT_MOST: u64 = 192 << 20;

/// An archive that is being looked into.
pub(super) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// How much may still be unpacked.
    left: u64,
    /// The names of its parts.
    pub(super) names: Vec<String>,
}

impl<'a> Package<'a> {
    fn open(bytes: &'a [u8]) -> Result<Self, Fault> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Fault::Broken)?;
        let names = (0..archive.len())
            .filter_map(|place| Some(archive.name_for_index(place)?.ok()?.into_owned()))
            .collect();
        Ok(Self { archive, left: AT_MOST, names })
    }

    /// The names of the parts whose name begins like this.
    pub(super) fn below(&self, folder: &str) -> Vec<String> {
        let names = self.names.iter().filter(|name| name.starts_with(folder));
        names.cloned().collect()
    }

    /// A part, if there is one.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<Vec<u8>>, Fault> {
        if !self.names.iter().any(|known| known == name) {
            return Ok(None);
        }
        let part = self.archive.by_name(name).map_err(|_| Fault::Broken)?;
        let mut bytes = Vec::new();
        part.take(self.left + 1)
            .read_to_end(&mut bytes)
            .map_err(|_| Fault::Broken)?;
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.left = self.left.checked_sub(length).ok_or(Fault::TooLarge)?;
        Ok(Some(bytes))
    }

    /// A part of markup; empty, if there is none.
    pub(super) fn markup(&mut self, name: &str) -> Result<String, Fault> {
        let bytes = self.part(name)?.unwrap_or_default();
        String::from_utf8(bytes).map_err(|_| Fault::Broken)
    }
}

/// Looks into an archive, whatever it is.
pub(super) fn look(bytes: &[u8], eye: Eye<'_>) -> Result<Vec<Sighting>, Fault> {
    let mut package = Package::open(bytes)?;
    let has = |name: &str| package.names.iter().any(|known| known == name);
    let mut findings = if has("word/document.xml") {
        docx::look(&mut package, eye)?
    } else if has("xl/workbook.xml") {
        xlsx::look(&mut package, eye)?
    } else {
        let what = if has("OFD.xml") {
            "OFD文件，程序不能检查其内容"
        } else {
            "程序不认识这种文件，不能检查其内容"
        };
        return Ok(vec![Sighting::new(FindingKind::NotLookedInto, "整个文件", what)]);
    };
    findings.extend(properties(&mut package, eye)?);
    for folder in ["word/media/", "xl/media/"] {
        for name in package.below(folder) {
            let picture = package.part(&name)?.unwrap_or_default();
            findings.extend(picture::look(&picture, "文件中的图片"));
        }
    }
    for folder in ["word/embeddings/", "xl/embeddings/"] {
        let count = package.below(folder).len();
        if count > 0 {
            let words = format!("嵌入的文件{count}个，程序不能检查其内容");
            findings.push(Sighting::new(FindingKind::NotLookedInto, "嵌入的文件", words));
        }
    }
    Ok(findings)
}

/// Who wrote the file, as its properties say.
fn properties(package: &mut Package<'_>, eye: Eye<'_>) -> Result<Vec<Sighting>, Fault> {
    const FIELDS: [(&str, &str, &str); 4] = [
        ("docProps/core.xml", "creator", "作者"),
        ("docProps/core.xml", "lastModifiedBy", "最后保存者"),
        ("docProps/app.xml", "Company", "单位"),
        ("docProps/app.xml", "Manager", "主管"),
    ];
    let mut findings = Vec::new();
    for (part, field, label) in FIELDS {
        let markup = package.markup(part)?;
        let value = content(&markup, field);
        findings.extend(eye.author(label, &value, "文件属性"));
    }
    if !package.markup("docProps/custom.xml")?.is_empty() {
        findings.push(Sighting::new(FindingKind::Author, "文件属性", "有自定义的文件属性"));
    }
    Ok(findings)
}

/// The text inside of the first element of this name.
pub(super) fn content(markup: &str, name: &str) -> String {
    let mut text = String::new();
    let mut is_inside = false;
    for node in nodes(markup) {
        match node {
            Node::Open { name: opened, is_whole, .. } if opened == name => is_inside = !is_whole,
            Node::Close(closed) if closed == name => break,
            Node::Text(piece) if is_inside => text.push_str(&unescaped(piece)),
            _ => {}
        }
    }
    text
}

/// A piece of markup; names are without their prefix.
pub(super) enum Node<'a> {
    /// A tag that opens an element.
    Open {
        /// The element.
        name: &'a str,
        /// What else stands in the tag.
        attributes: &'a str,
        /// Whether the element ends at once.
        is_whole: bool,
    },
    /// A tag that closes it.
    Close(&'a str),
    /// What stands between tags.
    Text(&'a str),
}

/// The pieces of markup, in order; what is broken ends them.
pub(super) fn nodes(markup: &str) -> impl Iterator<Item = Node<'_>> {
    let mut rest = markup;
    std::iter::from_fn(move || {
        loop {
            if rest.is_empty() {
                return None;
            }
            let Some(inner) = rest.strip_prefix('<') else {
                let (text, tail) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
                rest = tail;
                return Some(Node::Text(text));
            };
            if let Some(comment) = inner.strip_prefix("!--") {
                rest = comment.split_once("-->").map_or("", |(_, tail)| tail);
                continue;
            }
            if let Some(text) = inner.strip_prefix("![CDATA[") {
                let (text, tail) = text.split_once("]]>").unwrap_or((text, ""));
                rest = tail;
                return Some(Node::Text(text));
            }
            let (tag, tail) = inner.split_at(end_of_tag(inner));
            rest = tail.strip_prefix('>').unwrap_or_default();
            if tag.starts_with(['?', '!']) {
                continue;
            }
            if let Some(closed) = tag.strip_prefix('/') {
                return Some(Node::Close(local(closed.trim())));
            }
            let is_whole = tag.ends_with('/');
            let tag = tag.strip_suffix('/').unwrap_or(tag);
            let (name, attributes) = tag
                .split_once(|one: char| one.is_whitespace())
                .unwrap_or((tag, ""));
            return Some(Node::Open { name: local(name), attributes, is_whole });
        }
    })
}

/// Where a tag ends: at the first `>` that is in no quotes.
fn end_of_tag(inner: &str) -> usize {
    let mut quote = None;
    for (place, byte) in inner.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return place,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    inner.len()
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// The value of an attribute, by its name without prefix.
pub(super) fn attribute(attributes: &str, wanted: &str) -> Option<String> {
    let mut rest = attributes;
    while let Some((name, tail)) = rest.split_once('=') {
        let tail = tail.trim_start();
        let quote = tail
            .chars()
            .next()
            .filter(|one| matches!(one, '"' | '\''))?;
        let (value, tail) = tail.get(1..)?.split_once(quote)?;
        if local(name.trim()) == wanted {
            return Some(unescaped(value));
        }
        rest = tail;
    }
    None
}

/// Whether an attribute says yes.
pub(super) fn says_yes(attributes: &str, wanted: &str) -> bool {
    attribute(attributes, wanted).is_some_and(|value| matches!(&*value, "1" | "true" | "on"))
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Write as _;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::super::Own;
    use super::*;

    /// An archive of these parts.
    pub(in crate::documents::outgoing) fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in parts {
            writer
                .start_file(*name, SimpleFileOptions::default())
                .unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn an_attribute_may_hold_what_looks_like_a_tag() {
        let nodes: Vec<_> =
            nodes("<?x?><a:row r='1>2' hidden=\"1\"/>甲<!-- <b> --></a:row>").collect();
        let [
            Node::Open { name, attributes, is_whole: true },
            Node::Text("甲"),
            Node::Close("row"),
        ] = nodes.as_slice()
        else {
            panic!("other nodes");
        };
        assert_eq!(*name, "row");
        assert_eq!(attribute(attributes, "r").unwrap(), "1>2");
        assert!(says_yes(attributes, "hidden") && !says_yes(attributes, "r"));
    }

    #[test]
    fn an_archive_of_another_kind_is_told() {
        let ofd = package(&[("OFD.xml", b"<x/>")]);
        let findings = super::super::tests::look(&ofd);
        assert_eq!(findings[0].kind, FindingKind::NotLookedInto);
        assert!(findings[0].excerpt.contains("OFD"));
    }

    #[test]
    fn an_archive_that_never_ends_is_told() {
        let zeros = vec![b' '; 1 << 20];
        let parts: Vec<(String, &[u8])> = (0..200)
            .map(|number| (format!("word/media/{number}.png"), zeros.as_slice()))
            .chain([("word/document.xml".to_owned(), &b"<x/>"[..])])
            .collect();
        let parts: Vec<_> = parts
            .iter()
            .map(|(name, part)| (name.as_str(), *part))
            .collect();
        assert!(matches!(
            look(&package(&parts), Eye { own: &Own::default(), depth: 1 }),
            Err(Fault::TooLarge)
        ));
    }
}
