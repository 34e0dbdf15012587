//! What a PDF holds beside its pages: forms, attached files, earlier versions, who wrote it.

use std::collections::HashSet;

use lopdf::{Dictionary, Document, Object, ObjectId, decode_text_string};

use super::super::office::{Node, nodes};
use super::super::{Eye, Sighting, WHOLE, picture, veiled};
use super::AT_MOST;
use crate::documents::reading::markup::unescaped;
use crate::domain::outgoing::FindingKind;

/// The deepest that fields within fields are followed.
const DEPTH: usize = 32;
/// The most files inside of one PDF that are looked into.
const FILES: usize = 50;

/// What has to be looked at beside the pages.
pub(super) fn look(document: &Document, eye: Eye<'_>) -> Vec<Sighting> {
    let mut seen = properties(document, eye);
    seen.extend(form(document, eye));
    seen.extend(attached(document, eye));
    seen.extend(others(document, eye));
    let revisions = document.revision_count();
    if revisions > 1 {
        let words = format!(
            "文件保存着{}个以前的版本（批注、填表、电子签章等都会留下），可以恢复修改以前的内容",
            revisions - 1
        );
        seen.push(Sighting::new(FindingKind::Revision, WHOLE, words));
    }
    seen
}

/// The words of an annotation, and of whoever wrote it.
pub(super) fn words(annotation: &Dictionary, document: &Document) -> String {
    let mut words = Vec::new();
    for key in [&b"Contents"[..], b"RC", b"Subj", b"T", b"V"] {
        if let Some(text) = text(annotation, key, document) {
            words.push(match key {
                b"RC" => plain(&text),
                _ => text,
            });
        }
    }
    words.dedup();
    words.join("\n")
}

/// The words of markup.
fn plain(markup: &str) -> String {
    let mut text = String::new();
    for node in nodes(markup) {
        if let Node::Text(piece) = node {
            text.push_str(&unescaped(piece));
        }
    }
    text
}

/// A text of a dictionary, if it has one with words in it.
fn text(dictionary: &Dictionary, key: &[u8], document: &Document) -> Option<String> {
    let value = dictionary.get_deref(key, document).ok()?;
    let text = decode_text_string(value).ok()?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Who wrote the file: by its information, and by its XMP.
fn properties(document: &Document, eye: Eye<'_>) -> Vec<Sighting> {
    let mut seen = Vec::new();
    let information = document
        .trailer
        .get_deref(b"Info", document)
        .and_then(Object::as_dict)
        .ok();
    for (key, label) in [(&b"Author"[..], "作者"), (b"Company", "单位")] {
        if let Some(value) = information.and_then(|fields| text(fields, key, document)) {
            seen.extend(eye.author(label, &value, "文件属性"));
        }
    }
    let xmp = document
        .catalog()
        .and_then(|catalog| catalog.get_deref(b"Metadata", document))
        .and_then(Object::as_stream)
        .and_then(|stream| stream.get_plain_content_with_limit(AT_MOST));
    if let Ok(xmp) = xmp {
        let creator = creator(&String::from_utf8_lossy(&xmp));
        seen.extend(eye.author("作者（XMP）", &creator, "文件属性"));
    }
    seen
}

/// `dc:creator` of XMP.
pub(in crate::documents::outgoing) fn creator(markup: &str) -> String {
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

/// What was filled into the form.
fn form(document: &Document, eye: Eye<'_>) -> Vec<Sighting> {
    let form = document
        .catalog()
        .and_then(|catalog| catalog.get_deref(b"AcroForm", document))
        .and_then(Object::as_dict);
    let Ok(form) = form else {
        return Vec::new();
    };
    let mut seen = Vec::new();
    let mut filled = Vec::new();
    let mut known = HashSet::new();
    let fields = form
        .get_deref(b"Fields", document)
        .and_then(Object::as_array);
    for field in fields.into_iter().flatten() {
        fill(document, field, (&mut filled, &mut known), DEPTH);
    }
    for value in &filled {
        seen.extend(eye.numbers(value, "表单", ""));
    }
    if let Some(first) = filled.first() {
        let words = format!("填写的内容{}项：{}", filled.len(), veiled(first));
        seen.push(Sighting::new(FindingKind::FormField, "表单", words));
    }
    if form.has(b"XFA") {
        let words = "XFA表单，程序不能检查其内容";
        seen.push(Sighting::new(FindingKind::NotLookedInto, "表单", words));
    }
    seen
}

/// The values of a field and of those below it.
fn fill(
    document: &Document,
    field: &Object,
    (filled, known): (&mut Vec<String>, &mut HashSet<ObjectId>),
    depth: usize,
) {
    if field.as_reference().is_ok_and(|id| !known.insert(id)) || depth == 0 {
        return;
    }
    let Ok(field) = document
        .dereference(field)
        .and_then(|(_, field)| field.as_dict())
    else {
        return;
    };
    match field.get_deref(b"V", document) {
        Ok(Object::Array(values)) => {
            filled.extend(values.iter().filter_map(|one| decode_text_string(one).ok()));
        }
        Ok(Object::Stream(value)) => {
            let value = value
                .get_plain_content_with_limit(AT_MOST)
                .unwrap_or_default();
            filled.push(String::from_utf8_lossy(&value).into_owned());
        }
        _ => filled.extend(text(field, b"V", document)),
    }
    let below = field
        .get_deref(b"Kids", document)
        .and_then(Object::as_array);
    for field in below.into_iter().flatten() {
        fill(document, field, (filled, known), depth - 1);
    }
}

/// Every dictionary of the file, wherever it lies.
fn dictionaries(document: &Document) -> impl Iterator<Item = &Dictionary> {
    document.objects.values().filter_map(|object| match object {
        Object::Dictionary(dictionary) => Some(dictionary),
        Object::Stream(stream) => Some(&stream.dict),
        _ => None,
    })
}

/// Files that are attached, to the document or to a page; each is looked into.
fn attached(document: &Document, eye: Eye<'_>) -> Vec<Sighting> {
    let mut seen = Vec::new();
    let mut known = HashSet::new();
    let mut names = Vec::new();
    for specification in specifications(document) {
        let file = specification
            .get_deref(b"EF", document)
            .and_then(Object::as_dict);
        let Ok(file) = file else { continue };
        let Some((_, object)) = file.iter().next() else {
            continue;
        };
        let Ok((Some(id), Object::Stream(stream))) = document.dereference(object) else {
            continue;
        };
        if !known.insert(id) {
            continue;
        }
        let name = text(specification, b"UF", document)
            .or_else(|| text(specification, b"F", document))
            .unwrap_or_else(|| "没有名称".to_owned());
        if known.len() <= FILES
            && let Ok(content) = stream.get_plain_content_with_limit(AT_MOST)
        {
            seen.extend(eye.inside(&name, &content));
        } else {
            let words = "附带的文件，没有继续检查";
            let one = Sighting::new(FindingKind::NotLookedInto, WHOLE, words);
            seen.push(one.inside(&name));
        }
        names.push(name);
    }
    // Files without anybody who names them.
    let nameless = document.objects.iter().filter(|(id, object)| {
        let is_file = object
            .as_stream()
            .is_ok_and(|stream| stream.dict.has_type(b"EmbeddedFile"));
        is_file && !known.contains(id)
    });
    names.extend(nameless.map(|_| "没有名称".to_owned()));
    if !names.is_empty() {
        let words = format!("附带的文件{}个：{}", names.len(), names.join("、"));
        seen.push(Sighting::new(FindingKind::Attached, WHOLE, words));
    }
    seen
}

/// What names files: dictionaries of their own, and those that stand in the lists of names.
fn specifications(document: &Document) -> Vec<&Dictionary> {
    let mut found: Vec<_> = dictionaries(document)
        .filter(|one| one.has(b"EF"))
        .collect();
    let direct = dictionaries(document)
        .filter_map(|one| one.get(b"Names").and_then(Object::as_array).ok())
        .flatten()
        .chain(dictionaries(document).filter_map(|one| one.get(b"FS").ok()))
        .filter_map(|one| one.as_dict().ok());
    found.extend(direct.filter(|one| one.has(b"EF")));
    found
}

/// Pictures with a position, and words that stand on no page: of bookmarks, of pictures for
/// people who cannot see them.
fn others(document: &Document, eye: Eye<'_>) -> Vec<Sighting> {
    let mut seen = Vec::new();
    for object in document.objects.values() {
        if let Object::Stream(stream) = object
            && stream.content.starts_with(&[0xFF, 0xD8, 0xFF])
        {
            seen.extend(picture::look(&stream.content, "文件中的图片", eye).unwrap_or_default());
        }
    }
    for dictionary in dictionaries(document) {
        for (key, place) in [
            (&b"Title"[..], "书签或者标题"),
            (b"Alt", "替代文字"),
            (b"ActualText", "替代文字"),
        ] {
            if let Some(text) = text(dictionary, key, document) {
                seen.extend(eye.numbers(&text, place, ""));
            }
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_writer_of_an_xmp_is_read() {
        assert_eq!(
            creator("<dc:creator><rdf:Seq><rdf:li>王芳</rdf:li></rdf:Seq></dc:creator>"),
            "王芳"
        );
        assert_eq!(plain("<body><p>王芳&amp;李</p></body>"), "王芳&李");
    }
}
