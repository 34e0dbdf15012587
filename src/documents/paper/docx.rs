//! The paper as a document that an office can go on editing.

use std::io::Cursor;

use docx_rs::{
    AlignmentType, Docx, Footer, LineSpacing, LineSpacingType, PageMargin, PageNum, Paragraph, Pic,
    Run, RunFonts, SpecialIndentType, Table, TableCell, TableCellMargins, TableLayoutType,
    TableRow, VAlignType, VMergeType, WidthType,
};

use super::grid::Placed;
use super::{Block, CellKind, Grid, Image, Paper, PaperError};

/// Twentieths of a point in a millimetre, times ten.
const TWIPS_PER_CM: i32 = 567;
/// Half points: 3号, 2号, 4号.
const BODY: usize = 32;
const TITLE: usize = 44;
const SMALL: usize = 28;
const CAPTION: usize = 24;
/// A character of 3号, in twentieths of a point.
const CHARACTER: i32 = 320;
/// The fixed line pitch of 28.95 points, in twentieths.
const PITCH: i32 = 579;

/// So many paragraphs go to the next page with the signature: none stands on a page without text
/// (GB/T 9704: the seal is on the page of the text).
const WITH_SIGNATURE: usize = 2;

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
    for (place, block) in paper.blocks.iter().enumerate() {
        if let Block::Table(grid) = block {
            // Without a line between them, two tables would become one.
            let gap = Paragraph::new().line_spacing(spaced(0).line(GAP));
            docx = docx.add_table(table(grid)).add_paragraph(gap);
            continue;
        }
        let is_last = paper
            .blocks
            .iter()
            .skip(place + 1)
            .take(WITH_SIGNATURE)
            .any(|next| matches!(next, Block::Signature { .. }));
        for paragraph in paragraphs(place, block) {
            let paragraph = if is_last {
                paragraph.keep_next(true)
            } else {
                paragraph
            };
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
const HEI: &str = "黑体";

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

fn paragraphs(place: usize, block: &Block) -> Vec<Paragraph> {
    let body = |text: &str| {
        Paragraph::new()
            .add_run(run(text, BODY, FANG_SONG))
            .line_spacing(spaced(0))
            .align(AlignmentType::Both)
    };
    let first_line = Some(SpecialIndentType::FirstLine(2 * CHARACTER));
    match block {
        Block::Title(text) => text
            .lines()
            .map(|line| {
                Paragraph::new()
                    .add_run(run(line, TITLE, BIAO_SONG))
                    .line_spacing(spaced(0).line(720))
                    .align(AlignmentType::Center)
                    .outline_lvl(0)
            })
            .collect(),
        Block::Number(text) => vec![
            body(text)
                .align(AlignmentType::Center)
                .line_spacing(spaced(200)),
        ],
        Block::Addressee(text) => vec![body(text).line_spacing(spaced(400))],
        Block::Paragraph(text) | Block::Item(text) => {
            vec![body(text).indent(None, first_line, None, None)]
        }
        Block::Heading(text) => {
            let run = run(text, BODY, HEI).bold();
            let heading = Paragraph::new().add_run(run).line_spacing(spaced(0));
            let heading = heading.indent(None, first_line, None, None);
            vec![heading.keep_next(true).outline_lvl(1)]
        }
        Block::Table(_) => Vec::new(),
        Block::Image(image) => picture(place, image),
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

/// English metric units in a pixel of 96 to the inch.
const EMU: u64 = 9525;
/// 156 mm, and two thirds of 225 mm, in pixels of 96 to the inch.
const WIDEST: u64 = 589;
const HIGHEST: u64 = 566;

/// A picture that fits the type area, over its caption.
fn picture(place: usize, image: &Image) -> Vec<Paragraph> {
    let (wide, high) = (u64::from(image.width.max(1)), u64::from(image.height.max(1)));
    // Whichever side is too long decides; neither is ever made longer.
    let (width, height) = if wide <= WIDEST && high <= HIGHEST {
        (wide, high)
    } else if wide * HIGHEST >= high * WIDEST {
        (WIDEST, (high * WIDEST / wide).max(1))
    } else {
        ((wide * HIGHEST / high).max(1), HIGHEST)
    };
    let emu = |pixels: u64| u32::try_from(pixels * EMU).unwrap_or(u32::MAX);
    // Named by its place: the library's own names count on from paper to paper.
    let drawn = Pic::new_with_dimensions(image.content.clone(), image.width, image.height)
        .id(format!("picture{place}"))
        .size(emu(width), emu(height));
    let picture = Paragraph::new()
        .add_run(Run::new().add_image(drawn))
        .align(AlignmentType::Center)
        .keep_next(true);
    let caption = Paragraph::new()
        .add_run(run(&image.caption, CAPTION, SONG))
        .align(AlignmentType::Center);
    vec![picture, caption]
}

/// 156 mm, in twentieths of a point.
const TYPE_AREA: usize = 8845;
/// 5号, in half points.
const CELL: usize = 21;
/// Between a rule and the words, in twentieths of a point.
const PAD: usize = 40;
/// Between a table and what follows, in twentieths of a point.
const GAP: i32 = 160;

/// A table; a cell that reaches down is begun again, empty, in each row it covers.
fn table(grid: &Grid) -> Table {
    let sum = usize::from(grid.widths.iter().sum::<u16>().max(1));
    let widths: Vec<usize> = grid
        .widths
        .iter()
        .map(|width| TYPE_AREA * usize::from(*width) / sum)
        .collect();
    let placed = grid.placed();
    let last = grid.rows.len().saturating_sub(1);
    let rows = (0..grid.rows.len()).map(|row| {
        let mut cells: Vec<_> = placed
            .iter()
            .filter(|place| (place.row..place.row + place.cell.rows).contains(&row))
            .collect();
        cells.sort_by_key(|place| place.column);
        TableRow::new(
            cells
                .into_iter()
                .map(|place| cell(place, (row, last), &widths))
                .collect(),
        )
        .cant_split()
    });
    Table::new(rows.collect())
        .set_grid(widths.clone())
        .layout(TableLayoutType::Fixed)
        .width(TYPE_AREA, WidthType::Dxa)
        .margins(TableCellMargins::new().margin(0, PAD, 0, PAD))
}

/// A cell in a row; every row but the last stays on a page with the next one.
fn cell(place: &Placed<'_>, (row, last): (usize, usize), widths: &[usize]) -> TableCell {
    let Placed { column, cell, .. } = *place;
    let begins = place.row == row;
    let align = match cell.kind {
        CellKind::Label => AlignmentType::Left,
        CellKind::Head | CellKind::Group | CellKind::Number => AlignmentType::Center,
    };
    let text = if begins { cell.text.as_str() } else { "" };
    let paragraph = Paragraph::new()
        .add_run(run(text, CELL, SONG))
        .align(align)
        .keep_next(row < last);
    let width = widths.iter().skip(column).take(cell.columns).sum();
    let mut made = TableCell::new()
        .add_paragraph(paragraph)
        .width(width, WidthType::Dxa)
        .vertical_align(VAlignType::Center);
    if cell.columns > 1 {
        made = made.grid_span(cell.columns);
    }
    if cell.rows > 1 {
        let merge = if begins {
            VMergeType::Restart
        } else {
            VMergeType::Continue
        };
        made = made.vertical_merge(merge);
    }
    made
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn the_signature_takes_the_last_paragraphs_along() {
        let paragraph = |text: &str| Block::Paragraph(text.to_owned());
        let signature = Block::Signature {
            agency: "莲花街道办事处".to_owned(),
            date: "2026年3月12日".to_owned(),
        };
        let paper = Paper {
            title: "告知书".to_owned(),
            author: "莲花街道办事处".to_owned(),
            on: "2026-03-12".parse().unwrap(),
            blocks: vec![
                paragraph("一"),
                paragraph("二"),
                paragraph("特此告知。"),
                signature,
            ],
        };
        let mut zip = zip::ZipArchive::new(Cursor::new(write(&paper).unwrap())).unwrap();
        let mut document = String::new();
        zip.by_name("word/document.xml")
            .unwrap()
            .read_to_string(&mut document)
            .unwrap();
        let kept: Vec<bool> = document
            .split("<w:p ")
            .skip(1)
            .map(|paragraph| paragraph.contains("keepNext"))
            .collect();
        assert_eq!(kept, [false, true, true, true, false]);
    }
}
