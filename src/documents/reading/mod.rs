//! Files of other offices: bytes in, texts and tables out.
//!
//! Nothing is trusted here; call it only in a child process (`crate::confined`).

mod docx;
pub(in crate::documents) mod markup;
mod xlsx;

use thiserror::Error;

use crate::report::published::Piece;

/// Why a file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReadingFault {
    /// A Word document of before 2007, or a spreadsheet of that time.
    #[error("这是旧版 Office 文件（.doc、.xls），请另存为 .docx 或 .xlsx 后再试")]
    OldOffice,
    /// A PDF.
    #[error("PDF 文件不能核对，请用同一份报告的网页（HTML）、DOCX 或 XLSX 文件")]
    Pdf,
    /// A ZIP archive that is neither DOCX nor XLSX, or a broken one.
    #[error("文件不是完好的 DOCX 或 XLSX 文件")]
    NotOffice,
    /// More than can be meant.
    #[error("文件内容过多，不像一份年度报告")]
    TooLarge,
    /// No text at all.
    #[error("文件中没有文字")]
    Empty,
}

/// Reads HTML, DOCX or XLSX, told apart by the first bytes.
///
/// # Errors
///
/// [`ReadingFault`].
pub fn read(bytes: &[u8]) -> Result<Vec<Piece>, ReadingFault> {
    let pieces = match bytes {
        [b'P', b'K', 3 | 5, ..] => docx::read(bytes)
            .transpose()
            .unwrap_or_else(|| xlsx::read(bytes))?,
        [0xD0, 0xCF, 0x11, 0xE0, ..] => return Err(ReadingFault::OldOffice),
        [b'%', b'P', b'D', b'F', ..] => return Err(ReadingFault::Pdf),
        _ => markup::pieces(&decoded(bytes), &markup::HTML),
    };
    if pieces.is_empty() {
        Err(ReadingFault::Empty)
    } else {
        Ok(pieces)
    }
}

/// The text of a page: UTF-8, or else GB 18030, in which older portals publish.
fn decoded(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
        Err(_) => encoding_rs::GB18030.decode(bytes).0.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_in_the_older_encoding_are_read() {
        let (bytes, ..) = encoding_rs::GB18030.encode("<p>总体情况</p>");
        assert_eq!(read(&bytes).unwrap(), [Piece::Text("总体情况".to_owned())]);
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        assert_eq!(read(b"%PDF-1.7"), Err(ReadingFault::Pdf));
        assert_eq!(read(&[0xD0, 0xCF, 0x11, 0xE0, 0]), Err(ReadingFault::OldOffice));
        assert_eq!(read(b"PK\x03\x04rest"), Err(ReadingFault::NotOffice));
        assert_eq!(read(b" <br> "), Err(ReadingFault::Empty));
    }
}
