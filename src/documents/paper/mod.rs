//! 公文用纸: one model of blocks, printed as PDF, written as DOCX, shown as HTML.
//!
//! Sizes and margins are those of GB/T 9704-2012: A4, a type area of 156 × 225 mm with 22 lines
//! of 28 characters. The same paper always makes the same bytes.

mod breaking;
mod docx;
mod fit;
mod fonts;
mod grid;
mod html;
mod layout;
mod pdf;
mod setting;

use chrono::NaiveDate;
use thiserror::Error;

pub use self::fit::{Unfit, measure};
pub(in crate::documents) use self::grid::Placed;
pub use self::grid::{CellKind, Grid, GridCell};
pub use self::html::table as html_table;

/// A paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// What it is called, for the file's own description.
    pub title: String,
    /// Who wrote it.
    pub author: String,
    /// The day it bears.
    pub on: NaiveDate,
    /// What stands on it.
    pub blocks: Vec<Block>,
}

/// A piece of a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// 标题, centred, 2号; a line feed begins a new line.
    Title(String),
    /// 文号, centred.
    Number(String),
    /// 主送, from the left edge.
    Addressee(String),
    /// A paragraph, its first line indented by two characters.
    Paragraph(String),
    /// What somebody else wrote, indented as a whole.
    Quote(String),
    /// One of several points.
    Item(String),
    /// The heading of a part, bold.
    Heading(String),
    /// A table.
    Table(Grid),
    /// A picture with its caption below.
    Image(Image),
    /// 落款: who signs and the date, with room for the seal.
    Signature {
        /// Who signs.
        agency: String,
        /// 成文日期, in words.
        date: String,
    },
}

/// A picture: PNG or JPEG.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// What is to be seen.
    pub caption: String,
    /// `image/png` or `image/jpeg`.
    pub media_type: String,
    /// How wide it is, in pixels.
    pub width: u32,
    /// How high it is, in pixels.
    pub height: u32,
    /// Its bytes.
    pub content: Vec<u8>,
}

/// A paper as files.
#[derive(Debug, Clone)]
pub struct Printed {
    /// As PDF.
    pub pdf: Vec<u8>,
    /// As DOCX.
    pub docx: Vec<u8>,
    /// Characters that no font at hand can show; the PDF has 〓 in their place.
    pub missing: Vec<char>,
}

/// A paper that cannot be printed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct PaperError(String);

impl Paper {
    /// The paper as PDF and DOCX.
    ///
    /// # Errors
    ///
    /// [`PaperError`], if a font or a file cannot be made, which is a fault of the program.
    pub fn print(&self) -> Result<Printed, PaperError> {
        let fonts = fonts::embedded().map_err(PaperError)?;
        let (pages, missing) = layout::pages(self, fonts);
        Ok(Printed {
            pdf: pdf::write(self, &pages, fonts)?,
            docx: docx::write(self)?,
            missing,
        })
    }

    /// The paper as a piece of a page.
    #[must_use]
    pub fn html(&self) -> String {
        html::write(self)
    }
}

impl Block {
    /// Its words, a line each.
    fn texts(&self) -> Vec<&str> {
        match self {
            Self::Title(text)
            | Self::Number(text)
            | Self::Addressee(text)
            | Self::Paragraph(text)
            | Self::Quote(text)
            | Self::Item(text)
            | Self::Heading(text) => vec![text],
            Self::Table(grid) => grid.texts().collect(),
            Self::Image(image) => vec![&image.caption],
            Self::Signature { agency, date } => vec![agency, date],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paper(name: &str) -> Paper {
        Paper {
            title: "延期答复告知书".to_owned(),
            author: "莲花街道办事处".to_owned(),
            on: NaiveDate::from_ymd_opt(2026, 3, 2).unwrap(),
            blocks: vec![
                Block::Title("政府信息公开延期答复告知书".to_owned()),
                Block::Number("莲办依申延〔2026〕1号".to_owned()),
                Block::Addressee(format!("{name}：")),
                Block::Paragraph("本机关收到您的申请。".repeat(20)),
                Block::Signature {
                    agency: "莲花街道办事处".to_owned(),
                    date: "2026年3月2日".to_owned(),
                },
            ],
        }
    }

    #[test]
    fn the_same_paper_makes_the_same_bytes() {
        let (first, again) = (paper("张三").print().unwrap(), paper("张三").print().unwrap());
        assert_eq!(first.pdf, again.pdf);
        assert_eq!(first.docx, again.docx);
        assert!(first.pdf.starts_with(b"%PDF-") && first.docx.starts_with(b"PK"));
    }

    #[test]
    fn rare_characters_are_shown_and_what_no_font_has_is_told() {
        assert!(
            paper("𠮷田䶮㛃·尼格买提")
                .print()
                .unwrap()
                .missing
                .is_empty()
        );
        // A character of the private use area, which no font has.
        assert_eq!(paper("张\u{E123}三").print().unwrap().missing, ['\u{E123}']);
    }

    #[test]
    fn what_people_wrote_is_no_markup() {
        let html = paper("<script>alert(1)</script>").html();
        assert!(html.contains("&lt;script&gt;") && !html.contains("<script"));
    }
}
