//! What of a file is the office's own, and therefore no finding.

use serde::{Deserialize, Serialize};

/// Names that programs write where a person's is meant.
const PROGRAMS: [&str; 24] = [
    "microsoft",
    "word",
    "excel",
    "wps",
    "kingsoft",
    "libreoffice",
    "openoffice",
    "openpyxl",
    "xlsxwriter",
    "python-docx",
    "apache poi",
    "adobe",
    "acrobat",
    "foxit",
    "docx4j",
    "aspose",
    "administrator",
    "admin",
    "user",
    "windows",
    "lenovo",
    "thinkpad",
    "unknown",
    "yishen",
];
/// Words that may stand beside such a name.
const BESIDE: [&str; 12] = [
    "office",
    "user",
    "client",
    "pc",
    "hp",
    "dell",
    "pdf",
    "writer",
    "calc",
    "distiller",
    "pro",
    "windows",
];
/// What such programs write in Chinese.
const NOBODY: [&str; 9] = [
    "用户",
    "微软用户",
    "微软中国",
    "Windows 用户",
    "未知",
    "匿名",
    "未定义",
    "作者",
    "Author",
];

/// The office's own names and what it is reached by, which are public (art. 12).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Own {
    /// What it is called.
    pub names: Vec<String>,
    /// Its telephones and mailboxes, as they are published.
    pub contacts: Vec<String>,
}

impl Own {
    /// A file together with this, on its way to another process.
    #[must_use]
    pub fn parcel(&self, file: &[u8]) -> Vec<u8> {
        let mut parcel = serde_json::to_vec(self).unwrap_or_default();
        // No line break stands in such a text.
        parcel.push(b'\n');
        parcel.extend_from_slice(file);
        parcel
    }

    /// Takes a [`parcel`](Self::parcel) apart.
    #[must_use]
    pub fn unpack(parcel: &[u8]) -> Option<(Self, &[u8])> {
        let end = parcel.iter().position(|byte| *byte == b'\n')?;
        let (own, file) = parcel.split_at_checked(end)?;
        Some((serde_json::from_slice(own).ok()?, file.get(1..)?))
    }

    /// Whether a writer is the office itself, or no person at all.
    pub(super) fn is_author(&self, name: &str) -> bool {
        let name = name.trim();
        let small = name.to_lowercase();
        let words = || small.split(|one: char| !one.is_alphanumeric() && one != '-');
        let is_told = |word: &str| {
            word.is_empty()
                || word.chars().all(|one| one.is_ascii_digit())
                || BESIDE.contains(&word)
                || PROGRAMS.contains(&word)
        };
        let is_program = PROGRAMS.iter().any(|program| small.starts_with(program));
        self.names.iter().any(|own| own == name)
            || NOBODY.contains(&name)
            || small == "apache poi"
            || (is_program && words().all(is_told))
    }

    /// Whether a number or mailbox is one that the office publishes.
    pub(super) fn is_contact(&self, contact: &str) -> bool {
        let digits = |text: &str| -> String {
            text.chars()
                .map(crate::domain::number::half_width)
                .filter(char::is_ascii_digit)
                .collect()
        };
        if contact.contains('@') {
            return self
                .contacts
                .iter()
                .any(|own| own.eq_ignore_ascii_case(contact));
        }
        let wanted = digits(contact);
        wanted.len() >= 7
            && self
                .contacts
                .iter()
                .any(|own| digits(own).contains(&wanted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own() -> Own {
        Own {
            names: vec!["莲花街道办事处".to_owned()],
            contacts: vec![
                "0377-69662002".to_owned(),
                "lianhua@example.gov.cn".to_owned(),
            ],
        }
    }

    #[test]
    fn a_parcel_is_taken_apart_again() {
        let parcel = own().parcel(b"%PDF\nrest");
        assert_eq!(Own::unpack(&parcel), Some((own(), &b"%PDF\nrest"[..])));
        assert_eq!(Own::unpack(b"%PDF"), None);
    }

    #[test]
    fn the_office_and_programs_are_no_persons() {
        for name in [
            "莲花街道办事处",
            "Microsoft Office User",
            "WPS Office",
            "openpyxl",
            "Apache POI",
            "Administrator",
            "python-docx",
            "微软用户",
            "Windows 用户",
            "Lenovo",
        ] {
            let own = Own { names: own().names, ..Own::default() };
            assert!(own.is_author(name), "{name}");
        }
        for name in [
            "王芳",
            "userwang",
            "Wordsworth",
            "Adobe 王芳",
            "admin-zhang",
        ] {
            assert!(!own().is_author(name), "{name}");
        }
    }

    #[test]
    fn what_the_office_publishes_is_its_own() {
        for contact in [
            "0377-69662002",
            "69662002",
            "（0377）69662002",
            "LIANHUA@example.gov.cn",
        ] {
            assert!(own().is_contact(contact), "{contact}");
        }
        for contact in ["69662003", "662002", "other@example.gov.cn"] {
            assert!(!own().is_contact(contact), "{contact}");
        }
    }
}
