//! Where everything stands: lines, justified, and tables, on pages.

use std::collections::BTreeMap;

use super::fonts::Fonts;
use super::setting::{SetGrid, Stretch};
use super::{Block, Image, Paper, breaking};

/// Points in a millimetre.
const MM: f32 = 72.0 / 25.4;
/// A4.
pub(super) const PAGE: (f32, f32) = (210.0 * MM, 297.0 * MM);
/// 订口 28 mm, 天头 37 mm (GB/T 9704-2012 5.2.1).
pub(super) const LEFT: f32 = 28.0 * MM;
pub(super) const TOP: f32 = 37.0 * MM;
/// 版心 156 × 225 mm.
pub(super) const WIDTH: f32 = 156.0 * MM;
pub(super) const HEIGHT: f32 = 225.0 * MM;
/// 3号: 28 characters to the line.
pub(super) const BODY: f32 = WIDTH / 28.0;
/// 2号.
pub(super) const TITLE: f32 = 22.0;
/// 小4号, below pictures.
const CAPTION: f32 = 12.0;
/// 22 lines to the page.
pub(super) const PITCH: f32 = HEIGHT / 22.0;

/// What stands on a page.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Page {
    pub(super) lines: Vec<Line>,
    pub(super) rules: Vec<Rule>,
    pub(super) images: Vec<Placement>,
}

/// Where a picture stands, in points from the page's upper left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Placement {
    /// The block, by its place on the paper.
    pub(super) block: usize,
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) width: f32,
    pub(super) height: f32,
}

/// A thin line of a table, in points from the page's upper left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rule {
    pub(super) from: (f32, f32),
    pub(super) to: (f32, f32),
}

/// A line of text at its place.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Line {
    /// The block it belongs to, by its place on the paper; `usize::MAX` for what only repeats.
    pub(super) block: usize,
    /// The cell of a table, by its place among the cells.
    pub(super) cell: usize,
    /// Whether it is set bold.
    pub(super) bold: bool,
    /// What it says.
    pub(super) text: String,
    /// The size of the type, in points.
    pub(super) size: f32,
    /// From the page's left edge, in points.
    pub(super) x: f32,
    /// The base line, from the page's upper edge, in points.
    pub(super) y: f32,
    /// What is added after every character, so that the line fills its measure.
    pub(super) tracking: f32,
}

/// What is put on pages.
enum Piece {
    Line(Line),
    /// A row of a table: the block, and the row.
    Row(usize, usize),
    /// A picture: the block, how wide and how high.
    Image(usize, f32, f32),
    /// Room between a table and what follows.
    Gap,
}

/// A piece that has no place yet.
struct Loose {
    piece: Piece,
    /// How much of the page's height it takes, in points.
    pitch: f32,
    /// Whether it may not be parted from the line after it.
    keep: bool,
}

/// The pages of a paper, and the characters that no font has.
pub(super) fn pages(paper: &Paper, fonts: &Fonts) -> (Vec<Page>, Vec<char>) {
    let mut loose: Vec<Loose> = Vec::new();
    let mut grids = BTreeMap::new();
    for (place, block) in paper.blocks.iter().enumerate() {
        let mut lines = match block {
            Block::Table(grid) => {
                let grid = SetGrid::of(place, grid, fonts);
                let rows = rows(place, &grid);
                grids.insert(place, grid);
                rows
            }
            block => set(place, block, fonts),
        };
        if let (Block::Paragraph(_), Some(Block::Title(_)), Some(first)) =
            (block, paper.blocks.get(place.wrapping_sub(1)), lines.first_mut())
        {
            first.pitch = PITCH * 1.75;
        }
        if matches!(block, Block::Signature { .. }) {
            // 落款 never stands alone on a page: two lines of the text go with it.
            for before in loose.iter_mut().rev().take(2) {
                before.keep = true;
            }
        }
        loose.extend(lines);
    }
    (paginate(loose, &grids, fonts), missing(paper, fonts))
}

fn missing(paper: &Paper, fonts: &Fonts) -> Vec<char> {
    let texts = paper.blocks.iter().flat_map(Block::texts);
    let mut missing: Vec<char> = texts
        .flat_map(str::chars)
        .filter(|character| *character != '\n')
        .filter(|character| fonts.glyph(*character).stands_in)
        .collect();
    missing.sort_unstable();
    missing.dedup();
    missing
}

/// The lines of a block.
fn set(place: usize, block: &Block, fonts: &Fonts) -> Vec<Loose> {
    match block {
        Block::Title(text) => centred(place, text, TITLE, PITCH * 1.25, fonts),
        Block::Number(text) => centred(place, text, BODY, PITCH * 1.5, fonts),
        Block::Addressee(text) => {
            let mut lines = filled(place, text, 0.0, 0.0, fonts);
            if let Some(first) = lines.first_mut() {
                first.pitch = PITCH * 1.75;
            }
            // Whoever is addressed is followed by what is said.
            for line in &mut lines {
                line.keep = true;
            }
            lines
        }
        Block::Paragraph(text) | Block::Item(text) => filled(place, text, 2.0 * BODY, 0.0, fonts),
        Block::Quote(text) => filled(place, text, 2.0 * BODY, 2.0 * BODY, fonts),
        Block::Heading(text) => {
            let mut lines = filled(place, text, 2.0 * BODY, 0.0, fonts);
            for loose in &mut lines {
                loose.keep = true;
                if let Piece::Line(line) = &mut loose.piece {
                    line.bold = true;
                }
            }
            lines
        }
        Block::Signature { agency, date } => signature(place, agency, date, fonts),
        Block::Table(_) => Vec::new(),
        Block::Image(image) => picture(place, image, fonts),
    }
}

/// A picture, no wider than the type area and no higher than two thirds of it, over its caption.
fn picture(place: usize, image: &Image, fonts: &Fonts) -> Vec<Loose> {
    let side = |pixels: u32| f32::from(u16::try_from(pixels).unwrap_or(u16::MAX)).max(1.0);
    let (wide, high) = (side(image.width), side(image.height));
    let scale = (WIDTH / wide).min(HEIGHT * 2.0 / 3.0 / high).min(1.0);
    let (width, height) = (wide * scale, high * scale);
    let mut lines = vec![Loose {
        piece: Piece::Image(place, width, height),
        pitch: height + PITCH / 2.0,
        keep: true,
    }];
    lines.extend(centred(place, &image.caption, CAPTION, PITCH * 0.8, fonts));
    if let Some(last) = lines.last_mut() {
        last.keep = false;
    }
    lines
}

/// The rows of a table, which is only parted where no page could hold it whole.
fn rows(place: usize, grid: &SetGrid) -> Vec<Loose> {
    let is_whole = grid.heights.iter().sum::<f32>() + PITCH <= HEIGHT;
    let last = grid.heights.len().saturating_sub(1);
    let mut rows = vec![Loose { piece: Piece::Gap, pitch: PITCH / 3.0, keep: true }];
    rows.extend(grid.heights.iter().enumerate().map(|(row, height)| Loose {
        piece: Piece::Row(place, row),
        pitch: *height,
        keep: row < last && (is_whole || row < grid.head),
    }));
    rows.push(Loose { piece: Piece::Gap, pitch: PITCH / 3.0, keep: false });
    rows
}

fn line(place: usize, text: String, size: f32, x: f32, tracking: f32) -> Line {
    Line { block: place, text, size, x, tracking, ..Line::default() }
}

fn centred(place: usize, text: &str, size: f32, pitch: f32, fonts: &Fonts) -> Vec<Loose> {
    let width = |text: &str| fonts.width(text, size);
    text.lines()
        .flat_map(|line| breaking::lines(line, WIDTH, WIDTH, width))
        .map(|text| {
            let x = LEFT + (WIDTH - width(&text)) / 2.0;
            Loose { piece: Piece::Line(line(place, text, size, x, 0.0)), pitch, keep: true }
        })
        .collect()
}

/// A paragraph that fills the measure, its first line and its others indented.
fn filled(place: usize, text: &str, first: f32, rest: f32, fonts: &Fonts) -> Vec<Loose> {
    let width = |text: &str| fonts.width(text, BODY);
    let lines = breaking::lines(text, WIDTH - first, WIDTH - rest, width);
    let last = lines.len().saturating_sub(1);
    lines
        .into_iter()
        .enumerate()
        .map(|(number, text)| {
            let indent = if number == 0 { first } else { rest };
            let slack = WIDTH - indent - width(&text);
            let tracking = if number == last {
                0.0
            } else {
                spread(&text, slack)
            };
            let line = line(place, text, BODY, LEFT + indent, tracking);
            Loose { piece: Piece::Line(line), pitch: PITCH, keep: false }
        })
        .collect()
}

/// What is added after each character but the last, so that a line ends at the measure.
fn spread(text: &str, slack: f32) -> f32 {
    let gaps = text.chars().count().saturating_sub(1);
    match u16::try_from(gaps) {
        Ok(gaps) if gaps > 0 && slack > 0.0 => slack / f32::from(gaps),
        _ => 0.0,
    }
}

/// 署名 over 成文日期, which ends four characters before the edge; two lines above are left for
/// the seal (GB/T 9704-2012 7.3.5).
fn signature(place: usize, agency: &str, date: &str, fonts: &Fonts) -> Vec<Loose> {
    let width = |text: &str| fonts.width(text, BODY);
    let date_x = LEFT + WIDTH - 4.0 * BODY - width(date);
    let middle = date_x + width(date) / 2.0;
    let rightmost = LEFT + WIDTH - width(agency);
    let agency_x = (middle - width(agency) / 2.0).min(rightmost).max(LEFT);
    let at = |text: String, x, pitch, keep| {
        let piece = Piece::Line(line(place, text, BODY, x, 0.0));
        Loose { piece, pitch, keep }
    };
    // A name that is longer than a line goes on in the next one.
    let names = breaking::lines(agency, WIDTH, WIDTH, width);
    let mut lines: Vec<_> = names
        .into_iter()
        .enumerate()
        .map(|(number, name)| {
            let pitch = if number == 0 { PITCH * 3.0 } else { PITCH };
            at(name, agency_x, pitch, true)
        })
        .collect();
    lines.push(at(date.to_owned(), date_x, PITCH, false));
    lines
}

/// Puts pieces on pages; those that are kept together stand on the same one.
fn paginate(loose: Vec<Loose>, grids: &BTreeMap<usize, SetGrid>, fonts: &Fonts) -> Vec<Page> {
    let mut press = Press::new(grids, fonts);
    let mut group: Vec<Loose> = Vec::new();
    let mut rest = loose.into_iter().peekable();
    while let Some(next) = rest.next() {
        let together = next.keep && rest.peek().is_some();
        group.push(next);
        if together {
            continue;
        }
        let tall: f32 = group.iter().map(|loose| loose.pitch).sum();
        if !press.has_room(tall) {
            press.turn();
        }
        for loose in group.drain(..) {
            press.put(loose);
        }
    }
    press.finish()
}

/// The page in the making.
struct Press<'a> {
    grids: &'a BTreeMap<usize, SetGrid>,
    fonts: &'a Fonts,
    pages: Vec<Page>,
    lines: Vec<Line>,
    images: Vec<Placement>,
    /// The rows of tables on this page, by the block.
    rows: BTreeMap<usize, Vec<Stretch>>,
    /// How many lines of each cell are printed, by the block.
    drawn: BTreeMap<usize, Vec<usize>>,
    used: f32,
}

impl<'a> Press<'a> {
    const fn new(grids: &'a BTreeMap<usize, SetGrid>, fonts: &'a Fonts) -> Self {
        Self {
            grids,
            fonts,
            pages: Vec::new(),
            lines: Vec::new(),
            images: Vec::new(),
            rows: BTreeMap::new(),
            drawn: BTreeMap::new(),
            used: 0.0,
        }
    }

    fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.rows.is_empty() && self.images.is_empty()
    }

    fn has_room(&self, tall: f32) -> bool {
        self.used + tall <= HEIGHT + 0.5 || self.is_empty()
    }

    fn put(&mut self, loose: Loose) {
        // Kept together, but taller than a page: nothing to be done but go on.
        if !self.has_room(loose.pitch) {
            self.turn();
        }
        match loose.piece {
            Piece::Line(line) => {
                self.used += loose.pitch;
                let y = TOP + self.used - (PITCH - BODY) / 2.0 - BODY * 0.12;
                self.lines.push(Line { y, ..line });
            }
            Piece::Row(block, row) => {
                let goes_on = !self.rows.contains_key(&block);
                if let Some(grid) = self
                    .grids
                    .get(&block)
                    .filter(|grid| goes_on && row >= grid.head)
                {
                    for (head, height) in grid.heights.iter().enumerate().take(grid.head) {
                        self.stretch(block, head, *height, true);
                    }
                }
                self.stretch(block, row, loose.pitch, false);
            }
            Piece::Image(block, width, height) => {
                let (x, y) = (LEFT + (WIDTH - width) / 2.0, TOP + self.used + PITCH / 4.0);
                self.images.push(Placement { block, x, y, width, height });
                self.used += loose.pitch;
            }
            Piece::Gap if self.is_empty() => {}
            Piece::Gap => self.used += loose.pitch,
        }
    }

    fn stretch(&mut self, block: usize, row: usize, height: f32, again: bool) {
        let top = TOP + self.used;
        self.used += height;
        let bottom = TOP + self.used;
        let rows = self.rows.entry(block).or_default();
        rows.push(Stretch { row, top, bottom, again });
    }

    /// Ends the page.
    fn turn(&mut self) {
        let mut page = Page {
            lines: std::mem::take(&mut self.lines),
            rules: Vec::new(),
            images: std::mem::take(&mut self.images),
        };
        for (block, rows) in std::mem::take(&mut self.rows) {
            if let Some(grid) = self.grids.get(&block) {
                let drawn = self.drawn.entry(block).or_default();
                grid.draw(&rows, drawn, &mut page, self.fonts);
            }
        }
        self.pages.push(page);
        self.used = 0.0;
    }

    fn finish(mut self) -> Vec<Page> {
        if !self.is_empty() || self.pages.is_empty() {
            self.turn();
        }
        self.pages
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::paper::fonts;

    fn paper(paragraphs: usize) -> Paper {
        let text =
            "依照《中华人民共和国政府信息公开条例》第三十三条第二款，延长答复期限20个工作日。";
        let mut blocks = vec![
            Block::Title("政府信息公开延期答复告知书".to_owned()),
            Block::Number("莲办依申延〔2026〕1号".to_owned()),
            Block::Addressee("张三：".to_owned()),
        ];
        blocks.extend((0..paragraphs).map(|_| Block::Paragraph(text.to_owned())));
        blocks.push(Block::Signature {
            agency: "莲花街道办事处".to_owned(),
            date: "2026年3月2日".to_owned(),
        });
        Paper {
            title: String::new(),
            author: String::new(),
            on: chrono::NaiveDate::default(),
            blocks,
        }
    }

    fn lines(paper: &Paper) -> Vec<Vec<Line>> {
        let pages = pages(paper, fonts::embedded().unwrap()).0;
        pages.into_iter().map(|page| page.lines).collect()
    }

    fn laid_out(paragraphs: usize) -> Vec<Vec<Line>> {
        lines(&paper(paragraphs))
    }

    #[test]
    fn nothing_leaves_the_type_area() {
        let fonts = fonts::embedded().unwrap();
        for paragraphs in 0..30 {
            for line in laid_out(paragraphs).concat() {
                assert!(line.y <= TOP + HEIGHT && line.y > TOP, "{line:?}");
                let gaps = u16::try_from(line.text.chars().count() - 1).unwrap();
                let width = fonts.width(&line.text, line.size) + line.tracking * f32::from(gaps);
                assert!(line.x >= LEFT - 0.1 && line.x + width <= LEFT + WIDTH + 0.1, "{line:?}");
            }
        }
    }

    #[test]
    fn a_signature_never_stands_alone() {
        for paragraphs in 1..40 {
            let pages = laid_out(paragraphs);
            let last = pages.last().unwrap();
            assert!(last.len() >= 4, "{paragraphs}: {last:?}");
            let signed = last.iter().any(|line| line.text == "莲花街道办事处");
            assert!(signed && last.iter().any(|line| line.text == "2026年3月2日"));
        }
    }

    #[test]
    fn a_long_name_is_signed_within_the_type_area() {
        let fonts = fonts::embedded().unwrap();
        let mut paper = paper(1);
        paper.blocks.pop();
        paper.blocks.push(Block::Signature {
            agency:
                "某某省某某市某某县某某镇人民政府、某某县自然资源和规划局、某某县住房和城乡建设局"
                    .to_owned(),
            date: "2026年3月2日".to_owned(),
        });
        for line in lines(&paper).concat() {
            let end = line.x + fonts.width(&line.text, line.size);
            assert!(line.x >= LEFT - 0.1 && end <= LEFT + WIDTH + 0.1, "{line:?}");
        }
    }

    #[test]
    fn a_paper_that_ends_with_its_title_has_it_in_its_place() {
        let mut paper = paper(0);
        paper.blocks.truncate(2);
        for line in lines(&paper).concat() {
            assert!(line.y > TOP, "{line:?}");
        }
    }

    #[test]
    fn full_lines_end_at_the_measure() {
        let fonts = fonts::embedded().unwrap();
        let pages = laid_out(1);
        let full = pages[0]
            .iter()
            .find(|line| line.text.starts_with("依照《"))
            .unwrap();
        let gaps = u16::try_from(full.text.chars().count() - 1).unwrap();
        let end = full.x + fonts.width(&full.text, full.size) + full.tracking * f32::from(gaps);
        assert!((end - LEFT - WIDTH).abs() < 0.1);
    }
}
