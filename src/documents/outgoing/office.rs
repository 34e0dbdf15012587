//! The archives that office programs write: what DOCX and XLSX have in common.

use std::io::{Cursor, Read as _};

use zip::ZipArchive;
use zip::result::ZipError;

use super::{Eye, Fault, Sighting, WHOLE, docx, picture, veiled, xlsx};
use crate::documents::reading::markup::unescaped;
use crate::domain::outgoing::FindingKind;

/// The most bytes that all parts together may unpack to.
const AT_MOST: u64 = 192 << 20;
/// The most files of an archive that are looked into.
const FILES: usize = 300;

/// An archive that is being looked into.
pub(super) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// How much may still be unpacked.
    left: u64,
    /// The names of its parts.
    pub(super) names: Vec<String>,
    /// The same as they are written.
    raw_names: Vec<Vec<u8>>,
}

impl<'a> Package<'a> {
    fn open(bytes: &'a [u8]) -> Result<Self, Fault> {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Fault::Broken)?;
        let (mut names, mut raw_names) = (Vec::new(), Vec::new());
        for place in 0..archive.len() {
            let entry = archive.by_index_raw(place).map_err(|_| Fault::Broken)?;
            let raw = entry.name_raw().to_vec();
            let name = entry.name().map(std::borrow::Cow::into_owned);
            names.push(name.unwrap_or_else(|_| String::from_utf8_lossy(&raw).into_owned()));
            raw_names.push(raw);
        }
        Ok(Self { archive, left: AT_MOST, names, raw_names })
    }

    /// The names of the parts whose name begins like this.
    pub(super) fn below(&self, folder: &str) -> Vec<String> {
        let names = self.names.iter().filter(|name| name.starts_with(folder));
        names.cloned().collect()
    }

    /// The name of a file as people wrote it: old programs write it in GBK.
    fn name(&self, place: usize) -> String {
        let known = self.names.get(place).cloned().unwrap_or_default();
        // A name that is marked as Unicode has nothing to be guessed.
        let raw = self
            .raw_names
            .get(place)
            .map(Vec::as_slice)
            .unwrap_or_default();
        match std::str::from_utf8(raw) {
            Ok(_) => known,
            Err(_) => encoding_rs::GBK.decode(raw).0.into_owned(),
        }
    }

    /// A file of an archive, by its place.
    fn file(&mut self, place: usize) -> Result<Vec<u8>, Fault> {
        let file = self.archive.by_index(place).map_err(|error| match error {
            ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => Fault::Locked,
            _ => Fault::Broken,
        })?;
        let mut bytes = Vec::new();
        file.take(self.left + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| unread(&error))?;
        self.take(&bytes)?;
        Ok(bytes)
    }

    /// Counts what was unpacked.
    fn take(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.left = self.left.checked_sub(length).ok_or(Fault::TooLarge)?;
        Ok(())
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
            .map_err(|error| unread(&error))?;
        self.take(&bytes)?;
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
    let is_document = package
        .names
        .iter()
        .any(|name| name.starts_with("word/document") && is_markup(name));
    let mut seen = if is_document {
        docx::look(&mut package, eye)?
    } else if has("xl/workbook.xml") {
        xlsx::look(&mut package, eye)?
    } else {
        let words = if has("OFD.xml") {
            "OFD文件，程序不能检查其内容"
        } else if has("xl/workbook.bin") {
            "XLSB表格，程序不能检查其内容"
        } else if has("ppt/presentation.xml") {
            "演示文稿，程序不能检查其内容"
        } else if has("content.xml") && has("META-INF/manifest.xml") {
            "OpenDocument文件（.odt、.ods），程序不能检查其内容"
        } else {
            return archive(&mut package, eye);
        };
        return Ok(vec![Sighting::new(FindingKind::NotLookedInto, WHOLE, words)]);
    };
    seen.extend(properties(&mut package, eye)?);
    seen.extend(pictures(&mut package, eye)?);
    seen.extend(embedded(&mut package, eye)?);
    seen.extend(custom(&mut package, eye)?);
    if package
        .names
        .iter()
        .any(|name| name.ends_with("vbaProject.bin"))
    {
        let words = "文件带有宏，程序不能检查其内容";
        seen.push(Sighting::new(FindingKind::NotLookedInto, WHOLE, words));
    }
    Ok(seen)
}

/// Why a part was not read to its end.
fn unread(error: &std::io::Error) -> Fault {
    match error.kind() {
        std::io::ErrorKind::OutOfMemory => Fault::TooLarge,
        _ => Fault::Broken,
    }
}

/// Whether a part is markup, by its name.
pub(super) fn is_markup(name: &str) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("xml"))
}

/// An archive of files: each is looked into.
fn archive(package: &mut Package<'_>, eye: Eye<'_>) -> Result<Vec<Sighting>, Fault> {
    let mut seen = Vec::new();
    for place in 0..package.names.len().min(FILES) {
        let name = package.name(place);
        if name.ends_with('/') {
            continue;
        }
        match package.file(place) {
            Ok(bytes) => seen.extend(eye.inside(&name, &bytes)),
            Err(Fault::Locked) => {
                let words = "压缩包中的文件设置了密码，程序不能检查其内容";
                seen.push(Sighting::new(FindingKind::Encrypted, WHOLE, words).inside(&name));
            }
            Err(fault) => return Err(fault),
        }
    }
    if package.names.len() > FILES {
        let words = format!("压缩包中的文件过多，未能检查第{FILES}个以后的文件");
        seen.push(Sighting::new(FindingKind::NotChecked, WHOLE, words));
    }
    Ok(seen)
}

/// The pictures of a document.
fn pictures(package: &mut Package<'_>, eye: Eye<'_>) -> Result<Vec<Sighting>, Fault> {
    let mut seen = Vec::new();
    for folder in ["word/media/", "xl/media/"] {
        for name in package.below(folder) {
            let bytes = package.part(&name)?.unwrap_or_default();
            seen.extend(picture::look(&bytes, "文件中的图片", eye).unwrap_or_else(|| {
                let words = "图片是EMF、WMF等其他格式，其中的文字和附带信息检查不到";
                vec![Sighting::new(
                    FindingKind::NotLookedInto,
                    "文件中的图片",
                    words,
                )]
            }));
        }
    }
    Ok(seen)
}

/// Files inside of a document; each is looked into.
fn embedded(package: &mut Package<'_>, eye: Eye<'_>) -> Result<Vec<Sighting>, Fault> {
    let mut seen = Vec::new();
    let mut names = Vec::new();
    for folder in ["word/embeddings/", "xl/embeddings/"] {
        for part in package.below(folder) {
            let bytes = package.part(&part)?.unwrap_or_default();
            let name = part.strip_prefix(folder).unwrap_or(&part).to_owned();
            seen.extend(eye.inside(&name, &bytes));
            names.push(name);
        }
    }
    if !names.is_empty() {
        let words = format!("嵌入的文件{}个：{}", names.len(), names.join("、"));
        seen.push(Sighting::new(FindingKind::Attached, WHOLE, words));
    }
    Ok(seen)
}

/// Who wrote the file, and what else its properties say.
fn properties(package: &mut Package<'_>, eye: Eye<'_>) -> Result<Vec<Sighting>, Fault> {
    const FIELDS: [(&str, &str, &str); 4] = [
        ("docProps/core.xml", "creator", "作者"),
        ("docProps/core.xml", "lastModifiedBy", "最后保存者"),
        ("docProps/app.xml", "Company", "单位"),
        ("docProps/app.xml", "Manager", "主管"),
    ];
    const TEXTS: [&str; 5] = ["title", "subject", "keywords", "description", "category"];
    let mut seen = Vec::new();
    for (part, field, label) in FIELDS {
        let value = content(&package.markup(part)?, field);
        seen.extend(eye.author(label, &value, "文件属性"));
    }
    let core = package.markup("docProps/core.xml")?;
    for field in TEXTS {
        seen.extend(eye.numbers(&content(&core, field), "文件属性", ""));
    }
    // What WPS and Office write into every file.
    let is_ordinary = |name: &str| {
        ["KSO", "ICV", "_dlc_", "ContentTypeId", "MSIP_"]
            .iter()
            .any(|ordinary| name.starts_with(ordinary))
    };
    let own = package.markup("docProps/custom.xml")?;
    let names: Vec<String> = nodes(&own)
        .filter_map(|node| match node {
            Node::Open { name: "property", attributes, .. } => attribute(attributes, "name"),
            _ => None,
        })
        .filter(|name| !is_ordinary(name))
        .collect();
    if !names.is_empty() {
        let words = format!("自定义的文件属性：{}", names.join("、"));
        seen.push(Sighting::new(FindingKind::Author, "文件属性", words));
    }
    Ok(seen)
}

/// Data that other programs keep in a document.
fn custom(package: &mut Package<'_>, eye: Eye<'_>) -> Result<Vec<Sighting>, Fault> {
    /// What office programs keep there by themselves.
    const ORDINARY: [&str; 5] = [
        "officeDocument/2006/bibliography",
        "office/2006/coverPageProps",
        "wpsCustomData",
        "office/2006/metadata",
        "customXmlDataProps",
    ];
    const PLACE: &str = "自定义XML数据";
    let mut seen = Vec::new();
    for name in package.below("customXml/item") {
        if name.starts_with("customXml/itemProps") || !is_markup(&name) {
            continue;
        }
        let bytes = package.part(&name)?.unwrap_or_default();
        let markup = String::from_utf8_lossy(&bytes);
        let mut text = String::new();
        for node in nodes(&markup) {
            match node {
                Node::Text(piece) => text.push_str(&unescaped(piece)),
                Node::Open { .. } | Node::Close(_) => text.push('\n'),
            }
        }
        seen.extend(eye.numbers(&text, PLACE, ""));
        if !text.trim().is_empty() && !ORDINARY.iter().any(|ordinary| markup.contains(ordinary)) {
            let words = format!("其他程序写入的自定义XML数据：{}", veiled(&text));
            seen.push(Sighting::new(FindingKind::CachedData, PLACE, words));
        }
    }
    Ok(seen)
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
    fn an_archive_of_files_is_looked_into() {
        let inner = package(&[("a.txt", b"13900139000")]);
        let document = b"<w:document><w:p><w:t>13800138000</w:t></w:p></w:document>";
        let document = package(&[("word/document.xml", document)]);
        let file = package(&[
            ("folder/", b""),
            ("folder/notice.docx", &document),
            ("list.zip", &inner),
            ("deep.zip", &package(&[("a.zip", &package(&[("b.zip", &inner)]))])),
        ]);
        let told: Vec<_> = super::super::tests::look(&file)
            .into_iter()
            .map(|one| (one.kind, one.place))
            .collect();
        let expected = [
            (FindingKind::MobileNumber, "“folder/notice.docx”正文第1段"),
            (FindingKind::MobileNumber, "“list.zip”“a.txt”正文第1行"),
            (FindingKind::NotLookedInto, "“deep.zip”“a.zip”“b.zip”"),
        ];
        assert_eq!(told, expected.map(|(kind, place)| (kind, place.to_owned())));
    }

    #[test]
    fn a_file_behind_a_password_is_told() {
        let mut bytes = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
        bytes.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
        let findings = super::super::tests::look(&bytes);
        assert_eq!(findings[0].kind, FindingKind::Encrypted);
        // An entry of an archive: bit 0 of its flags, in both of its heads.
        let mut file = package(&[("a.txt", b"13900139000")]);
        let heads: Vec<usize> = (0..file.len() - 4)
            .filter(|place| matches!(&file[*place..*place + 4], b"PK\x03\x04" | b"PK\x01\x02"))
            .collect();
        file[heads[0] + 6] |= 1;
        file[heads[1] + 8] |= 1;
        let findings = super::super::tests::look(&file);
        assert_eq!(findings[0].kind, FindingKind::Encrypted, "{findings:?}");
    }

    #[test]
    fn other_office_files_are_told_by_their_name() {
        for (parts, words) in [
            (&[("content.xml", &b""[..]), ("META-INF/manifest.xml", b"")][..], "OpenDocument"),
            (&[("xl/workbook.bin", b"")], "XLSB"),
            (&[("ppt/presentation.xml", b"")], "演示文稿"),
        ] {
            let findings = super::super::tests::look(&package(parts));
            assert_eq!(findings[0].kind, FindingKind::NotLookedInto);
            assert!(findings[0].excerpt.contains(words), "{findings:?}");
        }
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
