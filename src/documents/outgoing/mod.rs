//! Files that are to leave the office: bytes in, what a clerk has to look at out.
//!
//! Nothing is trusted here; call it only in a child process (`crate::confined`). What it cannot
//! find is said in [`LIMITS`], to the clerk too.

mod docx;
mod office;
mod pdf;
mod personal;
mod picture;
mod xlsx;

use serde::{Deserialize, Serialize};

use crate::domain::outgoing::FindingKind;

/// What these readers cannot see.
pub const LIMITS: &str = "自动检查不能代替人工核对：图片和扫描件中的文字、用图片或者曲线图形遮盖的文字、\
     嵌入文件中的内容检查不到；只核对居民身份证号码、手机号码和银行卡号，不核对姓名、住址等其他个人信息。";

/// The most findings of one file; what lies beyond is said in one more.
const AT_MOST: usize = 200;
/// The longest place, excerpt and name, in characters.
const LENGTH: usize = 80;

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
}

impl Fault {
    fn finding(&self) -> Finding {
        let words = match self {
            Self::Broken => "文件不完整或者格式有误，无法读取",
            Self::TooLarge => "文件展开后内容过多，没有检查",
        };
        Finding::new(FindingKind::NotChecked, "整个文件", words)
    }
}

/// Everything in a file that has to be looked at; the kind of file is told by its first bytes.
#[must_use]
pub fn look(bytes: &[u8]) -> Vec<Finding> {
    let not_looked_into =
        |what| Ok(vec![Finding::new(FindingKind::NotLookedInto, "整个文件", what)]);
    let looked = match bytes {
        [b'P', b'K', 3 | 5, ..] => office::look(bytes),
        [0xD0, 0xCF, 0x11, 0xE0, ..] => {
            not_looked_into("旧版Office或者WPS文件（.doc、.xls、.wps、.et），程序不能检查其内容")
        }
        [0xFF, 0xD8, 0xFF, ..] | [0x89, b'P', b'N', b'G', ..] => Ok(picture::look(bytes, "图片")),
        _ if pdf::is_pdf(bytes) => pdf::look(bytes),
        _ => plain_text(bytes).map_or_else(
            || not_looked_into("程序不认识这种文件，不能检查其内容"),
            |text| Ok(of_text(text)),
        ),
    };
    let mut findings = looked.unwrap_or_else(|fault| vec![fault.finding()]);
    let mut seen = std::collections::HashSet::new();
    findings.retain(|one| seen.insert((one.kind, one.place.clone(), one.excerpt.clone())));
    if findings.len() > AT_MOST {
        findings.truncate(AT_MOST);
        let words = format!("发现过多，只列出前{AT_MOST}项");
        findings.push(Finding::new(FindingKind::NotChecked, "整个文件", words));
    }
    findings
}

/// A file that is nothing but text.
fn plain_text(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    let is_plain = |one: char| !one.is_control() || one.is_whitespace();
    text.chars().all(is_plain).then_some(text)
}

fn of_text(text: &str) -> Vec<Finding> {
    let lines = (1..).zip(text.lines());
    lines
        .flat_map(|(number, line)| personal::numbers(line, &format!("第{number}行")))
        .collect()
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
        let findings = look("说明\n电话13800000000\n".as_bytes());
        assert_eq!(
            findings,
            [Finding::new(
                FindingKind::MobileNumber,
                "第2行",
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
