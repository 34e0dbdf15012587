//! What a picture tells beside the picture: where it was taken and by whom, small copies, words,
//! and what was left behind its end.

use lopdf::{Stream, dictionary};

use super::{Eye, Sighting, veiled};
use crate::domain::outgoing::FindingKind;

mod exif;

/// The deepest that headers of a picture are followed.
const SEGMENTS: usize = 200;
/// The most bytes that a packed text may unpack to.
const AT_MOST: usize = 1 << 20;

/// What is written beside a picture.
enum Header<'a> {
    Exif(&'a [u8]),
    Xmp(&'a [u8]),
    /// Who made it.
    Author(String),
    /// Words.
    Note(String),
    /// So many bytes behind the end of the picture.
    Rest(usize),
}

/// What a picture's headers tell beside the picture; `None` of what is no picture that this knows.
pub(super) fn look(bytes: &[u8], place: &str, eye: Eye<'_>) -> Option<Vec<Sighting>> {
    let mut seen = Vec::new();
    for header in headers(bytes)? {
        match header {
            Header::Exif(tiff) => seen.extend(of_exif(tiff, place, eye)),
            Header::Xmp(text) => {
                if contains(text, b"GPSLatitude") {
                    seen.push(position(place));
                }
                let creator = super::pdf::creator(&String::from_utf8_lossy(text));
                seen.extend(eye.author("作者（XMP）", &creator, place));
            }
            Header::Author(name) => seen.extend(eye.author("作者", &name, place)),
            Header::Note(text) => seen.extend(note(&text, place, eye)),
            Header::Rest(count) => {
                let words =
                    format!("图片末尾之后还有{count}字节，可能是裁剪以前的画面或者其他文件");
                seen.push(Sighting::new(FindingKind::PictureNote, place, words));
            }
        }
    }
    Some(seen)
}

fn position(place: &str) -> Sighting {
    Sighting::new(FindingKind::Position, place, "照片中记录了拍摄地点的经纬度")
}

fn note(text: &str, place: &str, eye: Eye<'_>) -> Vec<Sighting> {
    let mut seen = eye.numbers(text, place, "");
    let words = format!("附带的文字：{}", veiled(text));
    seen.push(Sighting::new(FindingKind::PictureNote, place, words));
    seen
}

fn of_exif(tiff: &[u8], place: &str, eye: Eye<'_>) -> Vec<Sighting> {
    let Some(exif) = exif::read(tiff) else {
        return Vec::new();
    };
    let mut seen = Vec::new();
    if exif.has_position {
        seen.push(position(place));
    }
    for author in &exif.authors {
        seen.extend(eye.author("拍摄者或者版权人", author, place));
    }
    if exif.has_thumbnail {
        let words = "照片中另存有缩略图";
        seen.push(Sighting::new(FindingKind::Thumbnail, place, words));
    }
    for text in &exif.notes {
        seen.extend(note(text, place, eye));
    }
    seen
}

fn headers(bytes: &[u8]) -> Option<Vec<Header<'_>>> {
    match bytes {
        [0xFF, 0xD8, 0xFF, ..] => Some(of_jpeg(bytes)),
        [0x89, b'P', b'N', b'G', ..] => Some(of_png(bytes)),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            rest @ ..,
        ] => Some(of_webp(rest)),
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => Some(vec![Header::Exif(bytes)]),
        [_, _, _, _, b'f', b't', b'y', b'p', b'h' | b'm' | b'a', ..] => Some(of_heic(bytes)),
        _ => None,
    }
}

/// The segments before the picture itself.
fn of_jpeg(bytes: &[u8]) -> Vec<Header<'_>> {
    /// What encoders say of themselves.
    const ENCODERS: [&str; 7] = [
        "gd-jpeg",
        "Adobe",
        "LEAD",
        "Intel",
        "AppleMark",
        "Lavc",
        "libjpeg",
    ];
    let mut headers = Vec::new();
    let mut rest = bytes.get(2..).unwrap_or_default();
    for _ in 0..SEGMENTS {
        let [0xFF, marker, high, low, ..] = rest else {
            break;
        };
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        // The picture begins.
        if *marker == 0xDA || length < 2 {
            break;
        }
        let Some(segment) = rest.get(4..length + 2) else {
            break;
        };
        match marker {
            0xE1 => {
                if let Some(tiff) = segment.strip_prefix(b"Exif\0\0") {
                    headers.push(Header::Exif(tiff));
                } else if segment.starts_with(b"http://ns.adobe.com/") {
                    headers.push(Header::Xmp(segment));
                }
            }
            0xED => headers.extend(iptc(segment)),
            0xFE => {
                let text = String::from_utf8_lossy(segment);
                if !ENCODERS.iter().any(|encoder| text.contains(encoder)) {
                    headers.push(Header::Note(text.into_owned()));
                }
            }
            _ => {}
        }
        rest = rest.get(length + 2..).unwrap_or_default();
    }
    headers
}

/// What editors of newspapers write: who made the picture, and what is to be seen.
///
/// Source: IPTC-IIM, records 2:80 (by-line) and 2:120 (caption).
fn iptc(segment: &[u8]) -> Vec<Header<'static>> {
    let mut headers = Vec::new();
    let mut rest = segment;
    while let Some(place) = rest.windows(2).position(|window| window == [0x1C, 2]) {
        rest = rest.get(place + 2..).unwrap_or_default();
        let [record, high, low, tail @ ..] = rest else {
            break;
        };
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let Some(text) = tail.get(..length) else {
            continue;
        };
        let text = String::from_utf8_lossy(text).into_owned();
        match record {
            80 => headers.push(Header::Author(text)),
            120 => headers.push(Header::Note(text)),
            _ => continue,
        }
        rest = tail.get(length..).unwrap_or_default();
    }
    headers
}

/// The chunks that say something, and what follows after the last one.
fn of_png(bytes: &[u8]) -> Vec<Header<'_>> {
    let mut headers = Vec::new();
    let mut rest = bytes.get(8..).unwrap_or_default();
    while let Some((head, tail)) = rest.split_first_chunk::<8>() {
        let [a, b, c, d, kind @ ..] = *head;
        let length = usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(usize::MAX);
        let Some(chunk) = tail.get(..length) else {
            break;
        };
        rest = tail.get(length.saturating_add(4)..).unwrap_or_default();
        match &kind {
            b"eXIf" => headers.push(Header::Exif(chunk)),
            b"tEXt" | b"zTXt" | b"iTXt" => headers.extend(png_text(kind, chunk)),
            b"IEND" => {
                if !rest.is_empty() {
                    headers.push(Header::Rest(rest.len()));
                }
                break;
            }
            _ => {}
        }
    }
    headers
}

/// A keyword and its text.
fn png_text(kind: [u8; 4], chunk: &[u8]) -> Option<Header<'_>> {
    /// What programs write about themselves and about time.
    const ORDINARY: [&str; 8] = [
        "Software",
        "Creation Time",
        "date:",
        "Source",
        "png:",
        "exif:",
        "Raw profile type icc",
        "Thumb::",
    ];
    let end = chunk.iter().position(|byte| *byte == 0)?;
    let (keyword, rest) = chunk.split_at_checked(end)?;
    let keyword = String::from_utf8_lossy(keyword).into_owned();
    let rest = rest.get(1..)?;
    let text = match &kind {
        b"tEXt" => String::from_utf8_lossy(rest).into_owned(),
        b"zTXt" => unpacked(rest.get(1..)?)?,
        _ => {
            let [is_packed, _, tail @ ..] = rest else {
                return None;
            };
            // Past the language, and the keyword in that language.
            let text = tail.splitn(3, |byte| *byte == 0).nth(2)?;
            if keyword.starts_with("XML:com.adobe") && *is_packed == 0 {
                return Some(Header::Xmp(text));
            }
            match is_packed {
                0 => String::from_utf8_lossy(text).into_owned(),
                _ => unpacked(text)?,
            }
        }
    };
    if ORDINARY
        .iter()
        .any(|ordinary| keyword.starts_with(ordinary))
    {
        return None;
    }
    Some(match keyword.as_str() {
        "Author" | "Artist" | "Copyright" => Header::Author(text),
        _ => Header::Note(text),
    })
}

/// A packed text; the reader of PDFs unpacks the same, and keeps to a limit.
fn unpacked(bytes: &[u8]) -> Option<String> {
    let stream = Stream::new(dictionary! { "Filter" => "FlateDecode" }, bytes.to_vec());
    let text = stream.get_plain_content_with_limit(AT_MOST).ok()?;
    Some(String::from_utf8_lossy(&text).into_owned())
}

fn of_webp(chunks: &[u8]) -> Vec<Header<'_>> {
    let mut headers = Vec::new();
    let mut rest = chunks;
    while let Some((head, tail)) = rest.split_first_chunk::<8>() {
        let [kind @ .., a, b, c, d] = *head;
        let length = usize::try_from(u32::from_le_bytes([a, b, c, d])).unwrap_or(usize::MAX);
        let Some(chunk) = tail.get(..length) else {
            break;
        };
        match &kind {
            b"EXIF" => {
                headers.push(Header::Exif(chunk.strip_prefix(b"Exif\0\0").unwrap_or(chunk)));
            }
            b"XMP " => headers.push(Header::Xmp(chunk)),
            _ => {}
        }
        // Chunks begin at even places.
        rest = tail.get(length + length % 2..).unwrap_or_default();
    }
    headers
}

/// HEIC and AVIF: their boxes are not followed; what is looked for says where it begins.
fn of_heic(bytes: &[u8]) -> Vec<Header<'_>> {
    let after = |what: &[u8]| {
        let place = bytes
            .windows(what.len())
            .position(|window| window == what)?;
        bytes.get(place + what.len()..)
    };
    let exif = after(b"Exif\0\0").map(Header::Exif);
    let xmp = after(b"<x:xmpmeta").map(Header::Xmp);
    exif.into_iter().chain(xmp).collect()
}

fn contains(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::tests::look;
    use super::*;

    /// A directory with one tag of this kind, length and value, and the next directory there.
    fn directory((tag, kind, count): (u16, u16, u32), value: u32, next: u32) -> Vec<u8> {
        let mut bytes = vec![0, 1];
        bytes.extend(tag.to_be_bytes());
        bytes.extend(kind.to_be_bytes());
        bytes.extend(count.to_be_bytes());
        bytes.extend(value.to_be_bytes());
        bytes.extend(next.to_be_bytes());
        bytes
    }

    fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0xFF, marker];
        bytes.extend(u16::try_from(content.len() + 2).unwrap().to_be_bytes());
        bytes.extend(content);
        bytes
    }

    fn jpeg_of(segments: &[Vec<u8>]) -> Vec<u8> {
        let end = vec![0xFF, 0xDA, 0, 2, 0xFF, 0xD9];
        [vec![0xFF, 0xD8], segments.concat(), end].concat()
    }

    /// A TIFF header, and directories one behind the other.
    fn tiff(directories: &[Vec<u8>]) -> Vec<u8> {
        [b"MM\0\x2a\0\0\0\x08".to_vec(), directories.concat()].concat()
    }

    /// Where a picture was taken, if `tag` is 2.
    fn gps(tag: u16) -> Vec<u8> {
        tiff(&[
            directory((0x8825, 4, 1), 26, 0),
            directory((tag, 5, 3), 0, 0),
        ])
    }

    /// A JPEG whose GPS directory holds `tag`.
    pub(in crate::documents::outgoing) fn jpeg(tag: u16) -> Vec<u8> {
        jpeg_of(&[segment(0xE1, &[b"Exif\0\0".to_vec(), gps(tag)].concat())])
    }

    fn png(chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
        for (kind, content) in chunks {
            bytes.extend(u32::try_from(content.len()).unwrap().to_be_bytes());
            bytes.extend(*kind);
            bytes.extend(content);
            bytes.extend([0; 4]);
        }
        bytes
    }

    fn kinds(bytes: &[u8]) -> Vec<FindingKind> {
        look(bytes).iter().map(|one| one.kind).collect()
    }

    #[test]
    fn a_position_is_found_wherever_it_stands() {
        assert_eq!(kinds(&jpeg(2)), [FindingKind::Position]);
        assert_eq!(kinds(&jpeg(0)), []);
        assert_eq!(kinds(&gps(2)), [FindingKind::Position]);
        assert_eq!(kinds(&png(&[(b"eXIf", gps(2))])), [FindingKind::Position]);
        let xmp = b"http://ns.adobe.com/xap/1.0/\0<x exif:GPSLatitude='1'/>";
        assert_eq!(kinds(&jpeg_of(&[segment(0xE1, xmp)])), [FindingKind::Position]);
        let mut webp = b"RIFF\0\0\0\0WEBPEXIF".to_vec();
        webp.extend(u32::try_from(gps(2).len()).unwrap().to_le_bytes());
        webp.extend(gps(2));
        assert_eq!(kinds(&webp), [FindingKind::Position]);
        let heic = [b"\0\0\0\x18ftypheic....Exif\0\0".to_vec(), gps(2)].concat();
        assert_eq!(kinds(&heic), [FindingKind::Position]);
    }

    #[test]
    fn small_copies_and_words_of_a_camera_are_found() {
        let small = tiff(&[
            directory((0x010E, 2, 4), u32::from_be_bytes(*b"abc\0"), 26),
            directory((0x0201, 4, 1), 0, 0),
        ]);
        let small = jpeg_of(&[segment(0xE1, &[b"Exif\0\0".to_vec(), small].concat())]);
        assert_eq!(kinds(&small), [FindingKind::Thumbnail, FindingKind::PictureNote]);
        let artist = tiff(&[directory((0x013B, 2, 4), u32::from_be_bytes(*b"Li\0\0"), 0)]);
        let findings = look(&artist);
        assert_eq!(findings[0].excerpt, "拍摄者或者版权人：Li");
    }

    #[test]
    fn words_beside_a_picture_are_found() {
        let comment = segment(0xFE, b"tel 13800138000");
        assert_eq!(
            kinds(&jpeg_of(&[comment])),
            [FindingKind::MobileNumber, FindingKind::PictureNote]
        );
        assert_eq!(kinds(&jpeg_of(&[segment(0xFE, b"CREATOR: gd-jpeg v1.0")])), []);
        let press = segment(0xED, b"Photoshop 3.0\0\x1c\x02\x50\0\x02Li\x1c\x02\x78\0\x03abc");
        assert_eq!(kinds(&jpeg_of(&[press])), [FindingKind::Author, FindingKind::PictureNote]);
        let packed = {
            let mut stream = Stream::new(dictionary! {}, b"13800138000 ".repeat(20));
            stream.compress().unwrap();
            stream.content
        };
        for (kind, content) in [
            (b"tEXt", b"Comment\x0013800138000".to_vec()),
            (b"zTXt", [b"Comment\0\0".to_vec(), packed.clone()].concat()),
            (b"iTXt", b"Comment\0\0\0zh\0\x0013800138000".to_vec()),
            (b"iTXt", [b"Comment\0\x01\0zh\0\0".to_vec(), packed].concat()),
        ] {
            let kinds = kinds(&png(&[(kind, content)]));
            assert_eq!(kinds, [FindingKind::MobileNumber, FindingKind::PictureNote], "{kind:?}");
        }
        assert_eq!(kinds(&png(&[(b"tEXt", b"Author\0Wang".to_vec())])), [FindingKind::Author]);
        assert_eq!(kinds(&png(&[(b"tEXt", b"Software\0gimp".to_vec())])), []);
    }

    #[test]
    fn what_was_left_behind_the_end_is_found() {
        let mut cropped = png(&[(b"IEND", Vec::new())]);
        assert_eq!(kinds(&cropped), []);
        cropped.extend(b"the rest of the picture");
        assert_eq!(kinds(&cropped), [FindingKind::PictureNote]);
    }

    #[test]
    fn pictures_that_are_cut_anywhere_do_no_harm() {
        let packed = png(&[
            (b"iTXt", b"Comment\0\0\0zh\0\x0013800138000".to_vec()),
            (b"IEND", vec![]),
        ]);
        for whole in [jpeg(2), packed, gps(2)] {
            for end in 0..whole.len() {
                let _ = look(&whole[..end]);
            }
        }
    }
}
