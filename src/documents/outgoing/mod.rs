//! Files that are to leave the office: bytes in, what a clerk has to look at out.
//!
//! Nothing is trusted here; call it only in a child process (`crate::confined`). What it cannot
//! find is said in [`LIMITS`], to the clerk too.

mod docx;
mod gather;
mod office;
mod own;
mod pdf;
mod personal;
mod picture;
mod xlsx;

use std::borrow::Cow;

use encoding_rs::GBK;
use serde::{Deserialize, Serialize};

use self::gather::{Sighting, gather, veiled};
pub use self::own::Own;
use crate::domain::outgoing::FindingKind;

/// What these readers cannot see.
pub const LIMITS: &str = "自动检查不能代替人工核对：图片和扫描件画面上的文字（包括涂黑不彻底的）、\
     用花纹或者半透明图形盖住的文字、用音视频或者其他格式保存的内容检查不到；只核对证件号码、\
     电话号码、银行卡号和电子邮箱，不核对姓名、住址等其他个人信息。";

/// How deep files inside of files are looked into: an archive, and what is embedded in a file of
/// it.
const DEPTH: usize = 2;
/// The longest excerpt, in characters.
const LENGTH: usize = 200;
/// The place of what concerns the file as such.
const WHOLE: &str = "整个文件";

/// Something in a file that has to be looked at before it leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct Finding {
    /// What it is.
    pub kind: FindingKind,
    /// Where it stands.
    pub place: String,
    /// What it says, with numbers masked.
    pub excerpt: String,
}

impl Finding {
    /// A finding; what is too long is cut.
    #[must_use]
    pub fn new(kind: FindingKind, place: impl Into<String>, excerpt: impl Into<String>) -> Self {
        Self { kind, place: cut(&place.into()), excerpt: cut(&excerpt.into()) }
    }
}

/// A finding on its way between two processes.
#[derive(Serialize, Deserialize)]
struct Wire(String, String, String);

impl From<Finding> for Wire {
    fn from(finding: Finding) -> Self {
        Self(finding.kind.code().to_owned(), finding.place, finding.excerpt)
    }
}

impl TryFrom<Wire> for Finding {
    type Error = &'static str;

    fn try_from(Wire(kind, place, excerpt): Wire) -> Result<Self, Self::Error> {
        let kind = FindingKind::from_code(&kind).ok_or("unknown kind")?;
        Ok(Self::new(kind, place, excerpt))
    }
}

/// Why a file could not be looked at to its end.
#[derive(Debug)]
enum Fault {
    /// It is not what it seems.
    Broken,
    /// It unpacks to more than can be meant.
    TooLarge,
    /// It opens with a password only.
    Locked,
}

impl Fault {
    fn sighting(&self) -> Sighting {
        let words = match self {
            Self::Broken => "文件不完整或者格式有误，未能检查",
            Self::TooLarge => "文件展开后内容过多，未能检查",
            Self::Locked => {
                let words = "文件设置了打开密码，程序不能检查其内容";
                return Sighting::new(FindingKind::Encrypted, WHOLE, words);
            }
        };
        Sighting::new(FindingKind::NotChecked, WHOLE, words)
    }
}

/// Everything in a file that has to be looked at; the kind of file is told by its first bytes.
#[must_use]
pub fn look(bytes: &[u8], own: &Own) -> Vec<Finding> {
    gather(Eye { own, depth: DEPTH }.look(bytes))
}

/// Who looks, and how deep.
#[derive(Debug, Clone, Copy)]
struct Eye<'a> {
    /// What is no finding.
    own: &'a Own,
    depth: usize,
}

impl Eye<'_> {
    fn look(self, bytes: &[u8]) -> Vec<Sighting> {
        let not_looked_into =
            |what| Ok(vec![Sighting::new(FindingKind::NotLookedInto, WHOLE, what)]);
        let looked = match bytes {
            [b'P', b'K', 3 | 5, ..] => office::look(bytes, self),
            [0xD0, 0xCF, 0x11, 0xE0, ..] if is_locked(bytes) => Err(Fault::Locked),
            [0xD0, 0xCF, 0x11, 0xE0, ..] => not_looked_into(
                "旧版Office或者WPS文件（.doc、.xls、.wps、.et），程序不能检查其内容",
            ),
            _ if pdf::is_pdf(bytes) => pdf::look(bytes, self),
            _ => match (picture::look(bytes, "图片", self), plain_text(bytes)) {
                (Some(seen), _) => Ok(seen),
                (None, Some(text)) => Ok(self.of_text(&text)),
                (None, None) => not_looked_into("程序不认识这种文件，不能检查其内容"),
            },
        };
        looked.unwrap_or_else(|fault| vec![fault.sighting()])
    }

    fn of_text(self, text: &str) -> Vec<Sighting> {
        let lines = (1..).zip(text.lines());
        lines
            .flat_map(|(number, line)| self.numbers(line, "正文", &format!("第{number}行")))
            .collect()
    }

    /// The numbers of people in a text.
    fn numbers(self, text: &str, place: &str, spot: &str) -> Vec<Sighting> {
        let numbers = personal::numbers(text, self.own).into_iter();
        numbers
            .map(|(kind, masked)| Sighting::new(kind, place, masked).at(spot))
            .collect()
    }

    /// Who wrote a file, unless it is the office itself or no person.
    fn author(self, label: &str, value: &str, place: &str) -> Option<Sighting> {
        let value = value.trim();
        self.is_person(value)
            .then(|| Sighting::new(FindingKind::Author, place, format!("{label}：{value}")))
    }

    /// Whether a name is that of somebody.
    fn is_person(self, name: &str) -> bool {
        !name.trim().is_empty() && !self.own.is_author(name)
    }

    /// What is to be seen in a file inside of the file.
    fn inside(self, name: &str, bytes: &[u8]) -> Vec<Sighting> {
        let Some(depth) = self.depth.checked_sub(1) else {
            let words = "嵌套过深的文件，没有继续检查";
            return vec![Sighting::new(FindingKind::NotLookedInto, WHOLE, words).inside(name)];
        };
        let seen = Self { depth, ..self }.look(bytes).into_iter();
        seen.map(|one| one.inside(name)).collect()
    }
}

/// Whether a compound file is an office file behind a password: that one holds the whole file as
/// `EncryptedPackage`, a name that is written in UTF-16.
fn is_locked(bytes: &[u8]) -> bool {
    let name: Vec<u8> = "EncryptedPackage"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    bytes.windows(name.len()).any(|window| window == name)
}

/// A file that is nothing but text, in UTF-8 or, as old programs write it, in GBK.
fn plain_text(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => GBK.decode_without_bom_handling_and_without_replacement(bytes)?,
    };
    let is_plain = |one: char| !one.is_control() || one.is_whitespace();
    text.chars().all(is_plain).then_some(text)
}

/// A text in one line, cut where it is too long.
fn cut(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut short: String = line.chars().take(LENGTH).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is found in a file of an office without a name.
    pub(super) fn look(bytes: &[u8]) -> Vec<Finding> {
        super::look(bytes, &Own::default())
    }

    #[test]
    fn what_cannot_be_looked_into_is_said() {
        for bytes in [&[0xD0, 0xCF, 0x11, 0xE0, 0][..], b"\0\x01", b"\xFF"] {
            let findings = look(bytes);
            assert_eq!(findings.len(), 1);
            assert_eq!(findings[0].kind, FindingKind::NotLookedInto);
        }
        for bytes in [&b"PK\x03\x04rest"[..], b"%PDF-1.7\n%%EOF\n"] {
            assert_eq!(look(bytes)[0].kind, FindingKind::NotChecked);
        }
    }

    #[test]
    fn a_text_is_read_line_by_line() {
        assert_eq!(look(b"\xb5\xe7\xbb\xb013800000000").len(), 1);
        let findings = look("说明\n电话13800000000\n".as_bytes());
        assert_eq!(
            findings,
            [Finding::new(
                FindingKind::MobileNumber,
                "正文第2行",
                "138******00"
            )]
        );
        assert_eq!(look(b""), []);
    }

    #[test]
    fn a_finding_survives_the_way_between_two_processes() {
        let finding = Finding::new(FindingKind::Author, "文件属性", "王\n芳".repeat(60));
        let text = serde_json::to_string(&finding).unwrap();
        assert_eq!(serde_json::from_str::<Finding>(&text).unwrap(), finding);
        assert!(serde_json::from_str::<Finding>(r#"["nonsense","",""]"#).is_err());
    }
}
