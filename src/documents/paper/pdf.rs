//! The paper as a tagged PDF with embedded fonts.

use std::collections::BTreeMap;
use std::num::{NonZeroU16, NonZeroU32};

use chrono::Datelike as _;
use krilla::geom::{PathBuilder, Point, Size, Transform};
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, SpanTag, TableHeaderScope, Tag, TagGroup,
    TagTree,
};
use krilla::text::{GlyphId, KrillaGlyph};
use krilla::{Data, Document};

use super::fonts::Fonts;
use super::layout::{BODY, HEIGHT, LEFT, Line, PAGE, PITCH, Page, Placement, Rule, TOP, WIDTH};
use super::{Block, CellKind, Grid, Paper, PaperError};

/// The page number, 4号.
const SMALL: f32 = 14.0;

/// Writes the pages.
pub(super) fn write(paper: &Paper, pages: &[Page], fonts: &Fonts) -> Result<Vec<u8>, PaperError> {
    let size = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or_else(|| wrong("the page's size"))?;
    let mut document = Document::new();
    let pictures = pictures(paper)?;
    let mut marks = Marks::new();
    for (number, printed) in pages.iter().enumerate() {
        let mut page = document.start_page_with(size.clone());
        let mut surface = page.surface();
        if !printed.rules.is_empty() {
            let artifact = Artifact::with_kind(ArtifactType::Other);
            surface.start_tagged(ContentTag::Artifact(artifact));
            for rule in &printed.rules {
                rule_off(&mut surface, rule);
            }
            surface.end_tagged();
        }
        for place in &printed.images {
            if let Some(picture) = pictures.get(&place.block) {
                let figure = surface.start_tagged(ContentTag::Other);
                draw_image(&mut surface, picture.clone(), place);
                surface.end_tagged();
                // Before every line of the caption.
                marks.entry((place.block, IMAGE)).or_default().push(figure);
            }
        }
        for line in &printed.lines {
            let is_repeated = line.block == usize::MAX;
            let tag = if is_repeated {
                ContentTag::Artifact(Artifact::with_kind(ArtifactType::Other))
            } else {
                ContentTag::Span(SpanTag::empty())
            };
            let tag = surface.start_tagged(tag);
            draw(&mut surface, line, fonts);
            surface.end_tagged();
            if !is_repeated {
                marks.entry((line.block, line.cell)).or_default().push(tag);
            }
        }
        if pages.len() > 1 {
            let artifact = Artifact::with_kind(ArtifactType::PageNumber);
            surface.start_tagged(ContentTag::Artifact(artifact));
            draw(&mut surface, &page_number(number + 1, fonts), fonts);
            surface.end_tagged();
        }
        surface.finish();
        page.finish();
    }
    document.set_tag_tree(tags(paper, marks));
    document.set_metadata(metadata(paper));
    document
        .finish()
        .map_err(|error| wrong(&format!("{error:?}")))
}

fn wrong(what: &str) -> PaperError {
    PaperError(what.to_owned())
}

/// 「— 1 —」, below the type area.
fn page_number(number: usize, fonts: &Fonts) -> Line {
    let text = format!("— {number} —");
    let x = LEFT + (WIDTH - fonts.width(&text, SMALL)) / 2.0;
    let y = TOP + HEIGHT + PITCH;
    Line { block: usize::MAX, text, size: SMALL, x, y, ..Line::default() }
}

/// Draws a line, run by run of characters that the same font shows.
fn draw(surface: &mut Surface<'_>, line: &Line, fonts: &Fonts) {
    // The embedded font has no bold cut: its outlines are made a little stronger.
    surface.set_stroke(
        line.bold
            .then(|| Stroke { width: line.size / 40.0, ..Stroke::default() }),
    );
    surface.set_fill(Some(Fill::default()));
    let mut x = line.x;
    let mut run = Run::default();
    for character in line.text.chars() {
        let glyph = fonts.glyph(character);
        if glyph.face != run.face && !run.text.is_empty() {
            x += std::mem::take(&mut run).draw(surface, (x, line.y), line.size, fonts);
        }
        run.face = glyph.face;
        let start = run.text.len();
        run.text.push(character);
        let advance = glyph.width + line.tracking / line.size;
        run.wide += advance * line.size;
        run.glyphs.push(KrillaGlyph::new(
            GlyphId::new(glyph.id),
            advance,
            0.0,
            0.0,
            0.0,
            start..run.text.len(),
            None,
        ));
    }
    run.draw(surface, (x, line.y), line.size, fonts);
}

/// Characters in a row that the same font shows.
#[derive(Default)]
struct Run {
    face: usize,
    text: String,
    glyphs: Vec<KrillaGlyph>,
    wide: f32,
}

impl Run {
    /// Draws it, and says how wide it is.
    fn draw(self, surface: &mut Surface<'_>, (x, y): (f32, f32), size: f32, fonts: &Fonts) -> f32 {
        if let Some(face) = fonts.face(self.face) {
            let font = face.font.clone();
            surface.draw_glyphs(Point::from_xy(x, y), &self.glyphs, font, &self.text, size, false);
        }
        self.wide
    }
}

/// The place of a block's picture among its cells.
const IMAGE: usize = usize::MAX;

/// The pictures, by the place of their block; read before anything is drawn.
fn pictures(paper: &Paper) -> Result<BTreeMap<usize, krilla::image::Image>, PaperError> {
    let blocks = paper.blocks.iter().enumerate();
    let images = blocks.filter_map(|(place, block)| match block {
        Block::Image(image) => Some((place, image)),
        _ => None,
    });
    images
        .map(|(place, image)| {
            super::measure(&image.content).map_err(|unfit| wrong(&unfit.to_string()))?;
            let data = Data::from(image.content.clone());
            let read = match image.media_type.as_str() {
                "image/png" => krilla::image::Image::from_png(data, true),
                _ => krilla::image::Image::from_jpeg(data, true),
            };
            Ok((place, read.map_err(|error| wrong(&error))?))
        })
        .collect()
}

/// Draws a picture at its place.
fn draw_image(surface: &mut Surface<'_>, picture: krilla::image::Image, place: &Placement) {
    if let Some(size) = Size::from_wh(place.width, place.height) {
        surface.push_transform(&Transform::from_translate(place.x, place.y));
        surface.draw_image(picture, size);
        surface.pop();
    }
}

/// What was drawn for each block, and for each cell of it.
type Marks = BTreeMap<(usize, usize), Vec<Identifier>>;

/// What each block is, for readers who hear the paper.
fn tags(paper: &Paper, mut marks: Marks) -> TagTree {
    let mut tree = TagTree::new().with_lang(Some("zh-CN".to_owned()));
    for (place, block) in paper.blocks.iter().enumerate() {
        if let Block::Table(grid) = block {
            tree.push(table(grid, place, &mut marks));
            continue;
        }
        if let (Block::Image(image), Some(drawn)) = (block, marks.remove(&(place, IMAGE))) {
            let mut figure = TagGroup::new(Tag::Figure(Some(image.caption.clone())));
            for mark in drawn {
                figure.push(mark);
            }
            tree.push(figure);
        }
        let Some(lines) = marks.remove(&(place, 0)) else {
            continue;
        };
        let mut group = match block {
            Block::Title(text) => TagGroup::new(Tag::Hn(NonZeroU16::MIN, Some(text.clone()))),
            Block::Heading(text) => {
                TagGroup::new(Tag::Hn(NonZeroU16::MIN.saturating_add(1), Some(text.clone())))
            }
            Block::Quote(_) => TagGroup::new(Tag::BlockQuote),
            _ => TagGroup::new(Tag::P),
        };
        for line in lines {
            group.push(line);
        }
        tree.push(group);
    }
    tree
}

fn table(grid: &Grid, block: usize, marks: &mut Marks) -> TagGroup {
    let mut table = TagGroup::new(Tag::Table.with_summary(Some(grid.caption.clone())));
    let mut cells = 0..;
    for row in &grid.rows {
        let mut line = TagGroup::new(Tag::TR);
        for (cell, place) in row.iter().zip(&mut cells) {
            let span = |count: usize| {
                let count = u32::try_from(count).ok().and_then(NonZeroU32::new);
                count.filter(|count| count.get() > 1)
            };
            let (rows, columns) = (span(cell.rows), span(cell.columns));
            let mut group = match cell.kind {
                CellKind::Number => {
                    TagGroup::new(Tag::TD.with_row_span(rows).with_col_span(columns))
                }
                CellKind::Head => TagGroup::new(
                    Tag::TH(TableHeaderScope::Column)
                        .with_row_span(rows)
                        .with_col_span(columns),
                ),
                CellKind::Label | CellKind::Group => TagGroup::new(
                    Tag::TH(TableHeaderScope::Row)
                        .with_row_span(rows)
                        .with_col_span(columns),
                ),
            };
            for mark in marks.remove(&(block, place)).unwrap_or_default() {
                group.push(mark);
            }
            line.push(group);
        }
        table.push(line);
    }
    table
}

/// Draws a line of a table.
fn rule_off(surface: &mut Surface<'_>, rule: &Rule) {
    let mut path = PathBuilder::new();
    path.move_to(rule.from.0, rule.from.1);
    path.line_to(rule.to.0, rule.to.1);
    if let Some(path) = path.finish() {
        surface.set_stroke(Some(Stroke { width: 0.5, ..Stroke::default() }));
        surface.set_fill(None);
        surface.draw_path(&path);
        surface.set_stroke(None);
    }
}

fn metadata(paper: &Paper) -> Metadata {
    let date = paper.on;
    let made = DateTime::new(u16::try_from(date.year()).unwrap_or_default())
        .month(u8::try_from(date.month()).unwrap_or(1))
        .day(u8::try_from(date.day()).unwrap_or(1));
    Metadata::new()
        .title(paper.title.clone())
        .authors(vec![paper.author.clone()])
        .language("zh-CN".to_owned())
        .creator("Yishen".to_owned())
        .creation_date(made)
}

const _: () = assert!(BODY > 15.0 && BODY < 16.5, "3号 is about 15.75 points");
