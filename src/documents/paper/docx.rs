//! The paper as a document that an office can go on editing.

use std::io::Cursor;

use docx_rs::{
    AlignmentType, Docx, Footer, LineSpacing, LineSpacingType, PageMargin, PageNum, Paragraph, Run,
    RunFonts, SpecialIndentType,
};

use super::{Block, Paper, PaperError};

/// Twentieths of a point in a millimetre, times ten.
const TWIPS_PER_CM: i32 = 567;
/// Half points: 3号, 2号, 4号.
const BODY: usize = 32;
const TITLE: usize = 44;
const SMALL: usize = 28;
/// A character of 3号, in twentieths of a point.
const CHARACTER: i32 = 320;
/// The fixed line pitch of 28.95 points, in twentieths.
const PITCH: i32 = 579;

/// Writes the paper.
pub(super) fn write(paper: &Paper) -> Result<Vec<u8>, PaperError> {
    let margin = PageMargin::new()
        .top(37 * TWIPS_PER_CM / 10)
        .bottom(35 * TWIPS_PER_CM / 10)
        .left(28 * TWIPS_PER_CM / 10)
        .right(26 * TWIPS_PER_CM / 10);
    let number = Paragraph::new()
        .align(AlignmentType::Center)
        .add_run(run("— ", SMALL, SONG))
        .add_page_num(PageNum::new())
        .add_run(run(" —", SMALL, SONG));
    // The day of the paper, never today: the same paper makes the same bytes.
    let day = format!("{}T00:00:00Z", paper.on);
    let mut docx = Docx::new()
        .page_size(11906, 16838)
        .page_margin(margin)
        .footer(Footer::new().add_paragraph(number))
        .created_at(&day)
        .updated_at(&day);
    for block in &paper.blocks {
        for paragraph in paragraphs(block) {
            docx = docx.add_paragraph(paragraph);
        }
    }
    let mut file = Cursor::new(Vec::new());
    docx.pack(&mut file)
        .map_err(|error| PaperError(error.to_string()))?;
    Ok(file.into_inner())
}

/// What official papers are set in, and what stands in where it is not installed.
const FANG_SONG: &str = "仿宋_GB2312";
const BIAO_SONG: &str = "方正小标宋简体";
const SONG: &str = "宋体";

fn run(text: &str, size: usize, font: &str) -> Run {
    let fonts = RunFonts::new()
        .ascii("Times New Roman")
        .hi_ansi("Times New Roman")
        .east_asia(font);
    Run::new().add_text(text).size(size).fonts(fonts)
}

fn spaced(before: u32) -> LineSpacing {
    LineSpacing::new()
        .line_rule(LineSpacingType::Exact)
        .line(PITCH)
        .before(before)
        .after(0)
}

fn paragraphs(block: &Block) -> Vec<Paragraph> {
    let body = |text: &str| {
        Paragraph::new()
            .add_run(run(text, BODY, FANG_SONG))
            .line_spacing(spaced(0))
            .align(AlignmentType::Both)
    };
    let first_line = Some(SpecialIndentType::FirstLine(2 * CHARACTER));
    match block {
        Block::Title(text) => vec![
            Paragraph::new()
                .add_run(run(text, TITLE, BIAO_SONG))
                .line_spacing(spaced(0).line(720))
                .align(AlignmentType::Center)
                .outline_lvl(0),
        ],
        Block::Number(text) => vec![
            body(text)
                .align(AlignmentType::Center)
                .line_spacing(spaced(200)),
        ],
        Block::Addressee(text) => vec![body(text).line_spacing(spaced(400))],
        Block::Paragraph(text) | Block::Item(text) => {
            vec![body(text).indent(None, first_line, None, None)]
        }
        Block::Quote(text) => vec![body(text).indent(Some(2 * CHARACTER), None, None, None)],
        Block::Signature { agency, date } => {
            let right = |text: &str, before, end| {
                body(text)
                    .align(AlignmentType::Right)
                    .indent(None, None, Some(end), None)
                    .line_spacing(spaced(before))
                    .keep_next(before > 0)
            };
            vec![
                right(agency, 1100, 3 * CHARACTER),
                right(date, 0, 4 * CHARACTER),
            ]
        }
    }
}
