//! 文书: the letters of the catalogue, written from the facts of a case and what the officer
//! filled in.

mod facts;
mod stationery;

pub use facts::{Asked, Facts};
pub use stationery::{LetterError, Stationery};

use chrono::NaiveDate;

use crate::documents::paper::{Block, Paper};
use crate::domain::letter::{LetterKind, in_chinese};

/// A letter in words, not yet on paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Which letter it is.
    pub kind: LetterKind,
    /// 文号, where it has one.
    pub number: Option<String>,
    /// Whom it addresses, without the colon.
    pub addressee: String,
    /// What it says.
    pub body: Vec<Part>,
    /// 落款: who writes.
    pub agency: String,
    /// 成文日期.
    pub on: NaiveDate,
}

/// A piece of a letter's body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// A paragraph.
    Paragraph(String),
    /// What somebody else wrote: the application, the information asked about.
    Quote(String),
    /// One of several points.
    Item(String),
}

impl Part {
    /// Its words.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Paragraph(text) | Self::Quote(text) | Self::Item(text) => text,
        }
    }
}

impl Letter {
    /// The letter as plain text, for a search, a test and a reader without the paper.
    #[must_use]
    pub fn text(&self) -> String {
        let mut lines = vec![self.kind.title().to_owned()];
        lines.extend(self.number.clone());
        lines.push(format!("{}：", self.addressee));
        lines.extend(self.body.iter().map(|part| part.text().to_owned()));
        if self.is_signed() {
            lines.push(self.agency.clone());
            lines.push(in_chinese(self.on));
        }
        lines.join("\n")
    }

    /// The letter on paper.
    #[must_use]
    pub fn paper(&self) -> Paper {
        let mut blocks = vec![Block::Title(self.kind.title().to_owned())];
        blocks.extend(self.number.clone().map(Block::Number));
        blocks.push(Block::Addressee(format!("{}：", self.addressee)));
        blocks.extend(self.body.iter().cloned().map(|part| match part {
            Part::Paragraph(text) => Block::Paragraph(text),
            Part::Quote(text) => Block::Quote(text),
            Part::Item(text) => Block::Item(text),
        }));
        if self.is_signed() {
            let date = in_chinese(self.on);
            blocks.push(Block::Signature { agency: self.agency.clone(), date });
        }
        Paper {
            title: self.kind.title().to_owned(),
            author: self.agency.clone(),
            on: self.on,
            blocks,
        }
    }

    /// Whether the agency signs it; the reply slip is signed by the third party.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        self.kind != LetterKind::ReplySlip
    }
}
