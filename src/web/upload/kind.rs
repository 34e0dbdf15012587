//! Which files are taken: the name's ending must be on the list, and the content must be what
//! the ending says. Nothing is parsed here; a few bytes at known places are looked at.

/// A kind of file that the office takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileKind {
    /// The name's ending.
    pub extension: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// What it is served as.
    pub media_type: &'static str,
    shape: Shape,
}

/// How the content of a kind begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// With these bytes.
    Starts(&'static [u8]),
    /// `%PDF-` within the first kilobyte, as readers allow it.
    Pdf,
    /// A compound file, as old office programs write it.
    Compound,
    /// An archive that holds entries with one of these names or below these folders.
    Archive(&'static [&'static str]),
    /// A compound file or an office archive: WPS writes both under its own endings.
    CompoundOrArchive(&'static [&'static str]),
}

const COMPOUND: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
const ENTRY: &[u8] = b"PK\x03\x04";
/// How far into an archive its first entries are looked for.
const HEAD: usize = 64 * 1024;

/// Everything that is taken.
pub const KINDS: [FileKind; 11] = [
    kind("pdf", "PDF", "application/pdf", Shape::Pdf),
    kind("ofd", "OFD", "application/ofd", Shape::Archive(&["OFD.xml", "Doc_"])),
    kind("jpg", "JPG 图片", "image/jpeg", Shape::Starts(&[0xFF, 0xD8, 0xFF])),
    kind("jpeg", "JPG 图片", "image/jpeg", Shape::Starts(&[0xFF, 0xD8, 0xFF])),
    kind("png", "PNG 图片", "image/png", Shape::Starts(b"\x89PNG\r\n\x1a\n")),
    kind("doc", "Word 文档", "application/msword", Shape::Compound),
    kind(
        "docx",
        "Word 文档",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Shape::Archive(&["word/"]),
    ),
    kind("xls", "Excel 表格", "application/vnd.ms-excel", Shape::Compound),
    kind(
        "xlsx",
        "Excel 表格",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Shape::Archive(&["xl/"]),
    ),
    kind("wps", "WPS 文字", "application/vnd.ms-works", Shape::CompoundOrArchive(&["word/"])),
    kind("et", "WPS 表格", "application/vnd.ms-excel", Shape::CompoundOrArchive(&["xl/"])),
];

/// The endings, as a file input takes them.
pub const ACCEPT: &str = ".pdf,.ofd,.jpg,.jpeg,.png,.doc,.docx,.xls,.xlsx,.wps,.et";

/// What one form takes, and what is said of anything else.
#[derive(Debug, Clone, Copy)]
pub struct Accepted {
    /// The endings.
    pub endings: &'static [&'static str],
    /// The kinds, as people call them.
    pub words: &'static str,
    /// The largest file, in MiB, where it is less than the office's own limit.
    pub mib: usize,
}

/// Whatever the office takes.
pub const EVERYTHING: Accepted = Accepted {
    endings: &[
        "pdf", "ofd", "jpg", "jpeg", "png", "doc", "docx", "xls", "xlsx", "wps", "et",
    ],
    words: "PDF、OFD、图片、Word、Excel 或者 WPS 文件",
    mib: usize::MAX,
};

const fn kind(
    extension: &'static str,
    label: &'static str,
    media_type: &'static str,
    shape: Shape,
) -> FileKind {
    FileKind { extension, label, media_type, shape }
}

impl FileKind {
    /// The kind that a file's name says.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        let extension = name.rsplit_once('.')?.1.to_ascii_lowercase();
        KINDS.into_iter().find(|kind| kind.extension == extension)
    }

    /// Whether a file that does not fit is what this kind becomes behind a password: a compound
    /// file in place of an archive.
    #[must_use]
    pub fn may_be_locked(self, content: &[u8]) -> bool {
        matches!(self.shape, Shape::Archive(_)) && content.starts_with(COMPOUND)
    }

    /// Whether a file whose content begins like this can be of this kind.
    #[must_use]
    pub fn fits(self, content: &[u8]) -> bool {
        let head = content.get(..HEAD).unwrap_or(content);
        let is_compound = head.starts_with(COMPOUND);
        match self.shape {
            Shape::Starts(with) => head.starts_with(with),
            Shape::Pdf => {
                let start = head.get(..1024.min(head.len())).unwrap_or_default();
                start.windows(5).any(|bytes| bytes == b"%PDF-")
            }
            Shape::Compound => is_compound,
            Shape::Archive(names) => has_entry(head, names),
            Shape::CompoundOrArchive(names) => is_compound || has_entry(head, names),
        }
    }
}

/// Whether one of the archive's first entries has such a name. An office archive that begins
/// with a long entry of another name shows its table of contents first, which names the rest.
fn has_entry(head: &[u8], names: &[&str]) -> bool {
    if !head.starts_with(ENTRY) {
        return false;
    }
    let entries = head
        .windows(ENTRY.len())
        .enumerate()
        .filter(|(_, bytes)| *bytes == ENTRY)
        .filter_map(|(at, _)| entry_name(head, at));
    let mut found_contents = false;
    for name in entries {
        if names
            .iter()
            .any(|wanted| name.starts_with(wanted.as_bytes()))
        {
            return true;
        }
        found_contents |= name == b"[Content_Types].xml";
    }
    // A document of which the first entries fill the whole head, such as one with a large
    // picture in front; OFD has no table of contents and always begins with its root.
    found_contents && head.len() >= HEAD && !names.contains(&"OFD.xml")
}

/// The name of the entry whose local header begins at `at`.
fn entry_name(head: &[u8], at: usize) -> Option<&[u8]> {
    let length = head.get(at + 26..at + 28)?;
    let length = usize::from(u16::from_le_bytes(length.try_into().ok()?));
    head.get(at + 30..at + 30 + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The local header of an archive's entry, and some content.
    fn entry(name: &str) -> Vec<u8> {
        let mut bytes = ENTRY.to_vec();
        bytes.extend([0; 22]);
        bytes.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        bytes.extend([0; 2]);
        bytes.extend(name.as_bytes());
        bytes.extend(b"content");
        bytes
    }

    fn fits(name: &str, head: &[u8]) -> bool {
        FileKind::of_name(name).unwrap().fits(head)
    }

    #[test]
    fn the_list_of_endings_is_the_list_of_kinds() {
        let endings: Vec<String> = KINDS
            .iter()
            .map(|kind| format!(".{}", kind.extension))
            .collect();
        assert_eq!(endings.join(","), ACCEPT);
        let taken = EVERYTHING.endings.iter();
        assert!(taken.eq(KINDS.iter().map(|kind| &kind.extension)));
    }

    #[test]
    fn what_a_name_says_must_be_inside() {
        assert!(fits("a.pdf", b"%PDF-1.7\n"));
        assert!(fits("身份证.JPG", &[0xFF, 0xD8, 0xFF, 0xE0]));
        assert!(fits("a.png", b"\x89PNG\r\n\x1a\n...."));
        assert!(fits("a.doc", COMPOUND) && fits("a.et", COMPOUND));
        let docx = [
            entry("[Content_Types].xml"),
            entry("_rels/.rels"),
            entry("word/document.xml"),
        ];
        assert!(fits("a.docx", &docx.concat()) && fits("a.wps", &docx.concat()));
        assert!(!fits("a.xlsx", &docx.concat()));
        assert!(fits("a.ofd", &entry("OFD.xml")));
    }

    #[test]
    fn an_office_file_behind_a_password_is_told_from_other_content() {
        let of = |name: &str| FileKind::of_name(name).unwrap();
        assert!(of("a.docx").may_be_locked(COMPOUND) && of("a.xlsx").may_be_locked(COMPOUND));
        assert!(!of("a.docx").may_be_locked(b"MZ") && !of("a.doc").may_be_locked(COMPOUND));
    }

    #[test]
    fn a_program_under_another_name_is_seen() {
        let program = b"MZ\x90\x00\x03\x00\x00\x00";
        for kind in KINDS {
            assert!(!kind.fits(program), "{}", kind.extension);
            assert!(!kind.fits(b""), "{}", kind.extension);
            assert!(!kind.fits(b"<html><script>"), "{}", kind.extension);
        }
        assert!(FileKind::of_name("a.exe").is_none());
        assert!(FileKind::of_name("a.pdf.exe").is_none());
        assert!(FileKind::of_name("pdf").is_none());
    }

    #[test]
    fn headers_that_are_cut_short_are_no_archive() {
        let whole = entry("word/document.xml");
        for length in 0..30 {
            assert!(!fits("a.docx", &whole[..length]));
        }
    }
}
