//! 案卷: the whole file of a case for the archive room, as one ZIP archive.
//!
//! The same values give the same bytes: nothing here asks for the time, and every entry bears
//! the one it is given.

mod name;
mod sheet;

use std::io::{self, Cursor, Write as _};

use chrono::{Datelike as _, NaiveDateTime, Timelike as _};
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

pub use self::name::safe;
pub use self::sheet::{Fact, Happening, Sheet, history};

/// A file as the index lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its place in the archive.
    pub path: String,
    /// What it is.
    pub what: String,
    /// How long it is, in bytes.
    pub size: usize,
    /// SHA-256 of its content, in hexadecimal.
    pub sha256: String,
}

/// An archive that is being written.
pub struct Archive(ZipWriter<Cursor<Vec<u8>>>);

impl Default for Archive {
    fn default() -> Self {
        Self(ZipWriter::new(Cursor::new(Vec::new())))
    }
}

impl Archive {
    /// Adds a file. Its name is marked as UTF-8 where it is not plain ASCII; `at` is the time of
    /// Beijing that it bears.
    ///
    /// # Errors
    ///
    /// What the ZIP writer says, of a name that was there already for one.
    pub fn add(&mut self, path: &str, at: NaiveDateTime, bytes: &[u8]) -> io::Result<()> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(stamp(at))
            .unix_permissions(0o644);
        self.0.start_file(path, options).map_err(other)?;
        self.0.write_all(bytes)
    }

    /// The whole archive.
    ///
    /// # Errors
    ///
    /// What the ZIP writer says.
    pub fn finish(self) -> io::Result<Vec<u8>> {
        Ok(self.0.finish().map_err(other)?.into_inner())
    }
}

fn other(error: ZipError) -> io::Error {
    io::Error::other(error)
}

/// The time of an entry; ZIP knows none before 1980.
fn stamp(at: NaiveDateTime) -> DateTime {
    let short = |number: u32| u8::try_from(number).unwrap_or_default();
    DateTime::from_date_and_time(
        u16::try_from(at.year()).unwrap_or_default(),
        short(at.month()),
        short(at.day()),
        short(at.hour()),
        short(at.minute()),
        short(at.second()),
    )
    .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn at() -> NaiveDateTime {
        "2026-06-01T09:00:02".parse().unwrap()
    }

    fn archive() -> Vec<u8> {
        let mut archive = Archive::default();
        archive
            .add("03-文书/01-登记回执.pdf", at(), b"%PDF")
            .unwrap();
        archive.add("a.txt", at(), b"text").unwrap();
        archive.finish().unwrap()
    }

    #[test]
    fn the_same_files_make_the_same_bytes() {
        assert_eq!(archive(), archive());
    }

    #[test]
    fn names_in_chinese_say_that_they_are_utf_8() {
        let bytes = archive();
        // The flags of the first entry: bit 11.
        assert_eq!(u16::from_le_bytes([bytes[6], bytes[7]]) & 0x0800, 0x0800);
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut entry = archive.by_name("03-文书/01-登记回执.pdf").unwrap();
        assert_eq!(entry.last_modified().unwrap().hour(), 9);
        let mut content = String::new();
        entry.read_to_string(&mut content).unwrap();
        assert_eq!(content, "%PDF");
    }

    #[test]
    fn a_name_is_given_once() {
        let mut archive = Archive::default();
        archive.add("a", at(), b"1").unwrap();
        assert!(archive.add("a", at(), b"2").is_err());
    }
}
