//! How the characters of a font are read, and how wide they are.

use std::collections::HashMap;

use encoding_rs::{GBK, UTF_16BE};
use lopdf::{Dictionary, Document, Encoding, Object};

/// The most bytes that a font's table may unpack to.
const AT_MOST: usize = 8 << 20;
/// A character as it is shown.
pub(super) struct Glyph {
    /// What it says.
    pub(super) text: String,
    /// How wide it is, in ems; how high, in a font that is written downwards.
    pub(super) advance: f32,
    /// Whether it is the code 32 of one byte, which is widened by `Tw`.
    pub(super) is_space: bool,
}

/// How codes become text.
enum Reading {
    /// One byte, one entry.
    Table(Vec<String>),
    /// The table that the font brings.
    Mapped(Encoding<'static>),
    Utf16,
    Gbk,
    /// Nobody can tell what the codes mean.
    Unknown,
}

/// A font.
pub(super) struct Font {
    reading: Reading,
    /// Whether a code has two bytes, or one to two.
    is_wide: bool,
    widths: HashMap<u32, f32>,
    /// How wide a character is that `widths` does not name.
    ordinary: Option<f32>,
    /// Whether it is written downwards.
    pub(super) is_vertical: bool,
}

impl Default for Font {
    fn default() -> Self {
        Self {
            reading: Reading::Table(
                (0..=255_u8)
                    .map(|one| char::from(one).to_string())
                    .collect(),
            ),
            is_wide: false,
            widths: HashMap::new(),
            ordinary: None,
            is_vertical: false,
        }
    }
}

impl Font {
    /// The font of this dictionary.
    pub(super) fn of(font: &Dictionary, document: &Document) -> Self {
        let kind = font.get(b"Subtype").and_then(Object::as_name);
        if kind.is_ok_and(|kind| kind == b"Type0") {
            Self::composite(font, document)
        } else {
            Self::simple(font, document)
        }
    }

    fn simple(font: &Dictionary, document: &Document) -> Self {
        let own = table(font, document);
        let mapped = font.has(b"ToUnicode").then(|| {
            let mut mapped = font.clone();
            mapped.remove(b"Encoding");
            table(&mapped, document)
        });
        // What the font says for readers goes before what its shapes are called.
        let read = match mapped {
            Some(mapped) => mapped
                .into_iter()
                .zip(own)
                .map(|(mapped, own)| if is_told(&mapped) { mapped } else { own })
                .collect(),
            None => own,
        };
        let first = font.get_deref(b"FirstChar", document);
        let first = first.and_then(Object::as_i64).unwrap_or_default();
        let scale = font
            .get_deref(b"FontMatrix", document)
            .and_then(Object::as_array)
            .ok()
            .and_then(|matrix| matrix.first()?.as_float().ok())
            .unwrap_or(0.001);
        let widths = font
            .get_deref(b"Widths", document)
            .and_then(Object::as_array);
        let widths = widths.into_iter().flatten();
        let widths = (u32::try_from(first).unwrap_or_default()..)
            .zip(widths)
            .filter_map(|(code, width)| Some((code, number(width, document)? * scale)));
        let missing = font
            .get_deref(b"FontDescriptor", document)
            .and_then(Object::as_dict)
            .and_then(|described| described.get_deref(b"MissingWidth", document))
            .and_then(Object::as_float);
        Self {
            reading: Reading::Table(read),
            widths: widths.collect(),
            ordinary: missing.ok().map(|width| width * scale),
            ..Self::default()
        }
    }

    fn composite(font: &Dictionary, document: &Document) -> Self {
        let name = font.get_deref(b"Encoding", document);
        let name = name.and_then(Object::as_name).unwrap_or_default().to_vec();
        let is = |part: &[u8]| name.windows(part.len()).any(|window| window == part);
        let is_identity = name.is_empty() || name.starts_with(b"Identity");
        let mut asked = font.clone();
        asked.set("Encoding", Object::Name(b"Identity-H".to_vec()));
        let mapped = asked.get_font_encoding_with_limit(document, AT_MOST);
        let reading = match mapped {
            // Owned by now: it came from the font's own table.
            Ok(Encoding::UnicodeMapEncoding(map)) => {
                Reading::Mapped(Encoding::UnicodeMapEncoding(map))
            }
            _ if is(b"UCS2") || is(b"UTF16") => Reading::Utf16,
            _ if name.starts_with(b"GB") => Reading::Gbk,
            _ => Reading::Unknown,
        };
        let below = font
            .get_deref(b"DescendantFonts", document)
            .and_then(Object::as_array)
            .ok()
            .and_then(|fonts| document.dereference(fonts.first()?).ok()?.1.as_dict().ok());
        let ordinary = below.and_then(|below| number(below.get(b"DW").ok()?, document));
        let widths = below
            .filter(|_| is_identity)
            .and_then(|below| below.get_deref(b"W", document).ok()?.as_array().ok());
        Self {
            reading,
            is_wide: is_identity || is(b"UCS2") || is(b"UTF16"),
            widths: widths.map_or_else(HashMap::new, |list| listed(list, document)),
            ordinary: Some(ordinary.map_or(1.0, |width| width / 1000.0)),
            is_vertical: name.ends_with(b"-V"),
        }
    }

    /// Whether nobody can tell what its codes mean.
    pub(super) const fn is_unreadable(&self) -> bool {
        matches!(self.reading, Reading::Unknown)
    }

    /// The characters of a string.
    pub(super) fn glyphs(&self, bytes: &[u8]) -> Vec<Glyph> {
        let mut glyphs = Vec::new();
        let mut rest = bytes;
        while let Some((first, tail)) = rest.split_first() {
            let is_long = match self.reading {
                Reading::Table(_) => false,
                _ => self.is_wide || *first > 0x80,
            };
            let length = if is_long && !tail.is_empty() { 2 } else { 1 };
            let (code, tail) = rest.split_at(length.min(rest.len()));
            rest = tail;
            glyphs.push(self.glyph(code));
        }
        glyphs
    }

    fn glyph(&self, code: &[u8]) -> Glyph {
        let number = code
            .iter()
            .fold(0, |number, byte| number * 256 + u32::from(*byte));
        let is_single = code.len() == 1;
        let text = match &self.reading {
            Reading::Table(table) => usize::try_from(number)
                .ok()
                .and_then(|place| table.get(place))
                .cloned()
                .unwrap_or_default(),
            Reading::Mapped(map) => map.bytes_to_string(code).unwrap_or_default(),
            Reading::Utf16 => UTF_16BE.decode(code).0.into_owned(),
            Reading::Gbk => GBK.decode(code).0.into_owned(),
            Reading::Unknown => "\u{fffd}".to_owned(),
        };
        let narrow = !matches!(self.reading, Reading::Table(_)) && is_single && !self.is_wide;
        let ordinary = if narrow { Some(0.5) } else { self.ordinary };
        let known = self.widths.get(&number).copied().or(ordinary);
        let advance = known.unwrap_or_else(|| estimate(&text));
        Glyph {
            text,
            advance: if self.is_vertical { 1.0 } else { advance },
            is_space: is_single && number == 32,
        }
    }
}

/// What each code of one byte says.
fn table(font: &Dictionary, document: &Document) -> Vec<String> {
    let encoding = font.get_font_encoding_with_limit(document, AT_MOST).ok();
    (0..=255_u8)
        .map(|byte| {
            let read = encoding
                .as_ref()
                .and_then(|encoding| encoding.bytes_to_string(&[byte]).ok());
            read.unwrap_or_else(|| char::from(byte).to_string())
        })
        .collect()
}

/// How wide a character is taken to be of a font that says nothing, in ems: about Helvetica's.
fn estimate(text: &str) -> f32 {
    match text.chars().next() {
        Some('i' | 'j' | 'l' | 't' | 'f' | 'I' | ' ' | '.' | ',' | ':' | ';' | '(' | ')') => 0.27,
        Some('m' | 'w' | 'M' | 'W' | '@' | '%') => 0.83,
        Some('A'..='Z') => 0.68,
        Some(one) if !one.is_ascii() => 1.0,
        _ => 0.54,
    }
}

fn is_told(text: &str) -> bool {
    !text.is_empty() && !text.contains('\u{fffd}')
}

fn number(object: &Object, document: &Document) -> Option<f32> {
    document.dereference(object).ok()?.1.as_float().ok()
}

/// `W` of a composite font: a code and the widths from there on, or two codes and one width.
fn listed(list: &[Object], document: &Document) -> HashMap<u32, f32> {
    /// The most characters of one entry.
    const RUN: u32 = 65_536;
    let mut widths = HashMap::new();
    let code = |object: &Object| {
        object
            .as_i64()
            .ok()
            .and_then(|code| u32::try_from(code).ok())
    };
    let mut rest = list;
    while let [first, second, tail @ ..] = rest {
        let Some(first) = code(first) else { break };
        let second = document
            .dereference(second)
            .map_or(second, |(_, object)| object);
        if let Ok(own) = second.as_array() {
            let own = (first..).zip(own);
            widths.extend(
                own.filter_map(|(code, width)| Some((code, number(width, document)? / 1000.0))),
            );
            rest = tail;
        } else if let ([width, tail @ ..], Some(last)) = (tail, code(second)) {
            if let Some(width) = number(width, document)
                && last.saturating_sub(first) <= RUN
            {
                widths.extend((first..=last).map(|code| (code, width / 1000.0)));
            }
            rest = tail;
        } else {
            break;
        }
    }
    widths
}

#[cfg(test)]
mod tests {
    use lopdf::{Stream, dictionary};

    use super::*;

    #[test]
    fn widths_of_a_composite_font_are_read_both_ways() {
        let document = Document::new();
        let list = [
            Object::Integer(3),
            Object::Array(vec![Object::Integer(500), Object::Integer(250)]),
            Object::Integer(10),
            Object::Integer(12),
            Object::Integer(600),
        ];
        let widths = listed(&list, &document);
        assert_eq!(widths.len(), 5);
        for (code, width) in [(3, 0.5), (4, 0.25), (11, 0.6)] {
            assert!((widths[&code] - width).abs() < 1e-6, "{code}");
        }
    }

    #[test]
    fn what_a_font_says_for_readers_goes_before_the_names_of_its_shapes() {
        let mut document = Document::new();
        let whole = "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n\
            /CMapName /A def\n/CMapType 2 def\n1 begincodespacerange\n<00> <FF>\n\
            endcodespacerange\n1 beginbfchar\n<41> <0031>\nendbfchar\nendcmap\n\
            CMapName currentdict /CMap defineresource pop\nend\nend";
        let map = document.add_object(Stream::new(dictionary! {}, whole.as_bytes().to_vec()));
        let font = dictionary! {
            "Type" => "Font", "Subtype" => "TrueType", "Encoding" => "WinAnsiEncoding",
            "ToUnicode" => map,
        };
        let glyphs = Font::of(&font, &document).glyphs(b"AB");
        let text: String = glyphs.iter().map(|one| one.text.as_str()).collect();
        assert_eq!(text, "1B");
    }

    #[test]
    fn chinese_codes_are_read_without_a_table() {
        let document = Document::new();
        let font = |encoding: &str| {
            let font = dictionary! {
                "Type" => "Font", "Subtype" => "Type0",
                "Encoding" => Object::Name(encoding.as_bytes().to_vec()),
            };
            Font::of(&font, &document)
        };
        let read = |font: &Font, bytes: &[u8]| -> Vec<String> {
            font.glyphs(bytes).into_iter().map(|one| one.text).collect()
        };
        assert_eq!(read(&font("GBK-EUC-H"), b"\xD5\xC5A"), ["张", "A"]);
        assert_eq!(read(&font("UniGB-UCS2-H"), b"\x5F\x20"), ["张"]);
        assert!(font("UniGB-UCS2-V").is_vertical);
        assert!(font("Identity-H").is_unreadable());
    }
}
