//! The body of a DOCX.

use std::io::{Cursor, Read as _};

use zip::ZipArchive;
use zip::result::ZipError;

use super::{ReadingFault, markup};
use crate::report::published::Piece;

/// The most bytes of text that a document may unpack to.
const AT_MOST: u64 = 64 << 20;

/// Reads the document; nothing, if the archive holds none.
pub(super) fn read(bytes: &[u8]) -> Result<Option<Vec<Piece>>, ReadingFault> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| ReadingFault::NotOffice)?;
    let part = match archive.by_name("word/document.xml") {
        Ok(part) => part,
        Err(ZipError::FileNotFound) => return Ok(None),
        Err(_) => return Err(ReadingFault::NotOffice),
    };
    let mut xml = Vec::new();
    part.take(AT_MOST + 1)
        .read_to_end(&mut xml)
        .map_err(|_| ReadingFault::NotOffice)?;
    if u64::try_from(xml.len()).unwrap_or(u64::MAX) > AT_MOST {
        return Err(ReadingFault::TooLarge);
    }
    let xml = String::from_utf8(xml).map_err(|_| ReadingFault::NotOffice)?;
    Ok(Some(markup::pieces(&xml, &markup::WORD)))
}
