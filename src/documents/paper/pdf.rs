//! The paper as a tagged PDF with embedded fonts.

use std::num::NonZeroU16;

use chrono::Datelike as _;
use krilla::Document;
use krilla::geom::Point;
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, SpanTag, Tag, TagGroup, TagTree,
};
use krilla::text::{GlyphId, KrillaGlyph};

use super::fonts::Fonts;
use super::layout::{BODY, HEIGHT, LEFT, Line, PAGE, PITCH, TOP, WIDTH};
use super::{Block, Paper, PaperError};

/// The page number, 4号.
const SMALL: f32 = 14.0;

/// Writes the pages.
pub(super) fn write(
    paper: &Paper,
    pages: &[Vec<Line>],
    fonts: &Fonts,
) -> Result<Vec<u8>, PaperError> {
    let size = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or_else(|| wrong("the page's size"))?;
    let mut document = Document::new();
    let mut groups: Vec<Vec<Identifier>> = paper.blocks.iter().map(|_| Vec::new()).collect();
    for (number, lines) in pages.iter().enumerate() {
        let mut page = document.start_page_with(size.clone());
        let mut surface = page.surface();
        for line in lines {
            let tag = surface.start_tagged(ContentTag::Span(SpanTag::empty()));
            draw(&mut surface, line, fonts);
            surface.end_tagged();
            if let Some(group) = groups.get_mut(line.block) {
                group.push(tag);
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
    document.set_tag_tree(tags(paper, groups));
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
    Line { block: usize::MAX, text, size: SMALL, x, y, tracking: 0.0 }
}

/// Draws a line, run by run of characters that the same font shows.
fn draw(surface: &mut Surface<'_>, line: &Line, fonts: &Fonts) {
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

/// What each block is, for readers who hear the paper.
fn tags(paper: &Paper, groups: Vec<Vec<Identifier>>) -> TagTree {
    let mut tree = TagTree::new().with_lang(Some("zh-CN".to_owned()));
    for (block, lines) in paper.blocks.iter().zip(groups) {
        if lines.is_empty() {
            continue;
        }
        let mut group = match block {
            Block::Title(text) => TagGroup::new(Tag::Hn(NonZeroU16::MIN, Some(text.clone()))),
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
