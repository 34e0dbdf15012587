//! EXIF: what a camera, and whoever worked on the picture, wrote about it.

/// The tags that matter.
mod tag {
    pub(super) const DESCRIPTION: u16 = 0x010E;
    pub(super) const ARTIST: u16 = 0x013B;
    pub(super) const COPYRIGHT: u16 = 0x8298;
    pub(super) const EXIF: u16 = 0x8769;
    pub(super) const GPS: u16 = 0x8825;
    pub(super) const XP_TITLE: u16 = 0x9C9B;
    pub(super) const XP_COMMENT: u16 = 0x9C9C;
    pub(super) const XP_AUTHOR: u16 = 0x9C9D;
    pub(super) const USER_COMMENT: u16 = 0x9286;
    pub(super) const OWNER: u16 = 0xA430;
    pub(super) const THUMBNAIL: u16 = 0x0201;
    pub(super) const LATITUDE: u16 = 2;
}

/// What was read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Exif {
    /// Whether it says where the picture was taken.
    pub(super) has_position: bool,
    /// Whether there is a small copy of the picture.
    pub(super) has_thumbnail: bool,
    /// Who took it, or owns the camera.
    pub(super) authors: Vec<String>,
    /// What was written about it.
    pub(super) notes: Vec<String>,
}

/// Reads a TIFF header and the directories it leads to; `None`, if it is none.
pub(super) fn read(bytes: &[u8]) -> Option<Exif> {
    let is_little = bytes.starts_with(b"II");
    if !is_little && !bytes.starts_with(b"MM") {
        return None;
    }
    let tiff = Tiff { bytes, is_little };
    let mut exif = Exif::default();
    let (entries, next) = tiff.directory(tiff.long(4)?)?;
    for entry in &entries {
        exif.take(&tiff, entry);
        match entry.tag {
            tag::GPS => {
                // The directory has to hold a latitude.
                let inside = tiff.directory(entry.value);
                exif.has_position |=
                    inside.is_none_or(|(gps, _)| gps.iter().any(|one| one.tag == tag::LATITUDE));
            }
            tag::EXIF => {
                if let Some((inside, _)) = tiff.directory(entry.value) {
                    for entry in &inside {
                        exif.take(&tiff, entry);
                    }
                }
            }
            _ => {}
        }
    }
    // The second directory is that of the small copy.
    let second = next.filter(|at| *at > 0).and_then(|at| tiff.directory(at));
    exif.has_thumbnail =
        second.is_some_and(|(small, _)| small.iter().any(|one| one.tag == tag::THUMBNAIL));
    Some(exif)
}

impl Exif {
    fn take(&mut self, tiff: &Tiff<'_>, entry: &Entry) {
        let text = || tiff.text(entry).filter(|text| !text.is_empty());
        match entry.tag {
            tag::ARTIST | tag::XP_AUTHOR | tag::OWNER | tag::COPYRIGHT => {
                self.authors.extend(text());
            }
            tag::DESCRIPTION | tag::XP_TITLE | tag::XP_COMMENT | tag::USER_COMMENT => {
                self.notes.extend(text());
            }
            _ => {}
        }
    }
}

/// A line of a directory.
struct Entry {
    tag: u16,
    kind: u16,
    count: usize,
    /// Its value, or where that stands.
    value: usize,
    /// Where the value itself is written, if it is short.
    at: usize,
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

    /// The lines of the directory that begins there, and where the next one does.
    fn directory(&self, at: usize) -> Option<(Vec<Entry>, Option<usize>)> {
        let count = usize::from(self.short(at)?);
        let entries = (0..count)
            .map(|number| {
                let entry = at.checked_add(2 + number * 12)?;
                Some(Entry {
                    tag: self.short(entry)?,
                    kind: self.short(entry.checked_add(2)?)?,
                    count: self.long(entry.checked_add(4)?)?,
                    value: self.long(entry.checked_add(8)?)?,
                    at: entry.checked_add(8)?,
                })
            })
            .collect::<Option<Vec<_>>>()?;
        let next = at.checked_add(2 + count * 12).and_then(|at| self.long(at));
        Some((entries, next))
    }

    /// The text of an entry: letters, or the two-byte ones of Windows.
    fn text(&self, entry: &Entry) -> Option<String> {
        // Bytes, letters, and what is undefined have one byte each.
        if !matches!(entry.kind, 1 | 2 | 7) {
            return None;
        }
        let at = if entry.count <= 4 {
            entry.at
        } else {
            entry.value
        };
        let bytes = self.bytes.get(at..at.checked_add(entry.count)?)?;
        let text = if matches!(entry.tag, tag::XP_TITLE | tag::XP_COMMENT | tag::XP_AUTHOR) {
            encoding_rs::UTF_16LE.decode(bytes).0
        } else {
            // A comment says first how it is written.
            let bytes = match entry.tag {
                tag::USER_COMMENT => bytes.get(8..).unwrap_or_default(),
                _ => bytes,
            };
            String::from_utf8_lossy(bytes)
        };
        let text = text.trim_matches(|one: char| one == '\0' || one.is_whitespace());
        Some(text.to_owned())
    }
}
