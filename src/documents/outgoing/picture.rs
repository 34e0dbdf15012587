//! Where a picture was taken, and by whom: EXIF in JPEG and PNG, and XMP in JPEG.

use super::Sighting;
use crate::domain::outgoing::FindingKind;

/// The deepest that headers of a picture are followed.
const SEGMENTS: usize = 200;
/// The pointer to the GPS directory, and 作者.
const GPS: u16 = 0x8825;
const ARTIST: u16 = 0x013B;

/// What a picture's headers tell beside the picture.
pub(super) fn look(bytes: &[u8], place: &str) -> Vec<Sighting> {
    let headers = if bytes.starts_with(&[0xFF, 0xD8]) {
        of_jpeg(bytes)
    } else {
        of_png(bytes)
    };
    let mut findings = Vec::new();
    for header in headers {
        let (position, artist) = match header {
            Header::Exif(tiff) => exif(tiff).unwrap_or_default(),
            Header::Xmp(text) => (contains(text, b"GPSLatitude"), false),
        };
        if position {
            let words = "照片中记录了拍摄地点的经纬度";
            findings.push(Sighting::new(FindingKind::Position, place, words));
        }
        if artist {
            findings.push(Sighting::new(FindingKind::Author, place, "照片中记录了拍摄者"));
        }
    }
    findings
}

enum Header<'a> {
    Exif(&'a [u8]),
    Xmp(&'a [u8]),
}

/// The APP1 segments before the picture itself.
fn of_jpeg(bytes: &[u8]) -> Vec<Header<'_>> {
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
        if *marker == 0xE1 {
            if let Some(tiff) = segment.strip_prefix(b"Exif\0\0") {
                headers.push(Header::Exif(tiff));
            } else if segment.starts_with(b"http://ns.adobe.com/") {
                headers.push(Header::Xmp(segment));
            }
        }
        rest = rest.get(length + 2..).unwrap_or_default();
    }
    headers
}

/// The `eXIf` chunks.
fn of_png(bytes: &[u8]) -> Vec<Header<'_>> {
    let mut headers = Vec::new();
    let mut rest = bytes.get(8..).unwrap_or_default();
    while let Some((head, tail)) = rest.split_first_chunk::<8>() {
        let [a, b, c, d, kind @ ..] = *head;
        let length = usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(usize::MAX);
        let Some(chunk) = tail.get(..length) else {
            break;
        };
        if &kind == b"eXIf" {
            headers.push(Header::Exif(chunk));
        }
        rest = tail.get(length + 4..).unwrap_or_default();
    }
    headers
}

/// Whether a TIFF header has a position, and whether it names somebody.
fn exif(tiff: &[u8]) -> Option<(bool, bool)> {
    let tiff = Tiff { bytes: tiff, is_little: tiff.starts_with(b"II") };
    let tags = tiff.tags(tiff.long(4)?)?;
    let position = tags.iter().any(|(tag, at)| {
        // The directory has to hold a latitude.
        let directory = || {
            tiff.tags(*at)
                .map(|gps| gps.iter().any(|(tag, _)| *tag == 2))
        };
        *tag == GPS && directory().unwrap_or(true)
    });
    Some((position, tags.iter().any(|(tag, _)| *tag == ARTIST)))
}

struct Tiff<'a> {
    bytes: &'a [u8],
    is_little: bool,
}

impl Tiff<'_> {
    fn short(&self, at: usize) -> Option<u16> {
        let bytes = self.bytes.get(at..)?.first_chunk()?;
        Some(if self.is_little {
            u16::from_le_bytes(*bytes)
        } else {
            u16::from_be_bytes(*bytes)
        })
    }

    fn long(&self, at: usize) -> Option<usize> {
        let bytes = self.bytes.get(at..)?.first_chunk()?;
        let number = if self.is_little {
            u32::from_le_bytes(*bytes)
        } else {
            u32::from_be_bytes(*bytes)
        };
        usize::try_from(number).ok()
    }

    /// The tags of the directory that begins there, each with its value as a number.
    fn tags(&self, at: usize) -> Option<Vec<(u16, usize)>> {
        let count = usize::from(self.short(at)?);
        (0..count)
            .map(|number| {
                let entry = at.checked_add(2 + number * 12)?;
                Some((self.short(entry)?, self.long(entry.checked_add(8)?)?))
            })
            .collect()
    }
}

fn contains(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A directory with one tag of four bytes.
    fn directory(tag: u16, value: u32) -> Vec<u8> {
        let mut bytes = vec![0, 1];
        bytes.extend(tag.to_be_bytes());
        bytes.extend([0, 4, 0, 0, 0, 1]);
        bytes.extend(value.to_be_bytes());
        bytes.extend([0, 0, 0, 0]);
        bytes
    }

    /// A JPEG whose GPS directory holds `tag`.
    pub(in crate::documents::outgoing) fn jpeg(tag: u16) -> Vec<u8> {
        let mut tiff = b"MM\0\x2a\0\0\0\x08".to_vec();
        tiff.extend(directory(GPS, 26));
        tiff.extend(directory(tag, 0));
        let mut bytes = vec![0xFF, 0xD8, 0xFF, 0xE1];
        bytes.extend(u16::try_from(tiff.len() + 8).unwrap().to_be_bytes());
        bytes.extend(b"Exif\0\0");
        bytes.extend(tiff);
        bytes.extend([0xFF, 0xDA, 0, 2, 0xFF, 0xD9]);
        bytes
    }

    #[test]
    fn a_position_is_found_where_there_is_a_latitude() {
        let kinds: Vec<_> = look(&jpeg(2), "图片").iter().map(|one| one.kind).collect();
        assert_eq!(kinds, [FindingKind::Position]);
        assert!(look(&jpeg(0), "图片").is_empty());
    }

    #[test]
    fn a_position_in_a_png_is_found() {
        let jpeg = jpeg(2);
        let tiff = &jpeg[12..jpeg.len() - 6];
        let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
        png.extend(u32::try_from(tiff.len()).unwrap().to_be_bytes());
        png.extend(b"eXIf");
        png.extend(tiff);
        png.extend([0; 4]);
        assert_eq!(look(&png, "图片").len(), 1);
    }

    #[test]
    fn pictures_that_are_cut_anywhere_do_no_harm() {
        let whole = jpeg(2);
        for end in 0..whole.len() {
            let _ = look(&whole[..end], "图片");
        }
    }
}
