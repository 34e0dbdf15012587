//! A table in type: how high its rows are, and where its words and its rules stand.

use super::breaking;
use super::fonts::Fonts;
use super::grid::{CellKind, Grid};
use super::layout::{LEFT, Line, Page, Rule, WIDTH};

/// 5号.
pub(super) const SIZE: f32 = 10.5;
const LEADING: f32 = 12.6;
/// Between a rule and the words.
const PAD: f32 = 1.8;

/// A table whose lines are broken.
pub(super) struct SetGrid {
    /// The place of its block on the paper.
    block: usize,
    /// How high each row is.
    pub(super) heights: Vec<f32>,
    /// How many rows are headings.
    pub(super) head: usize,
    cells: Vec<SetCell>,
}

struct SetCell {
    row: usize,
    rows: usize,
    x: f32,
    width: f32,
    centred: bool,
    lines: Vec<String>,
}

/// A row that has found its place on a page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch {
    pub(super) row: usize,
    pub(super) top: f32,
    pub(super) bottom: f32,
    /// Whether it is a heading that was printed before.
    pub(super) again: bool,
}

impl SetGrid {
    pub(super) fn of(block: usize, grid: &Grid, fonts: &Fonts) -> Self {
        let sum: u16 = grid.widths.iter().sum();
        let edge = |column: usize| -> f32 {
            let before: u16 = grid.widths.iter().take(column).sum();
            LEFT + WIDTH * f32::from(before) / f32::from(sum.max(1))
        };
        let cells: Vec<SetCell> = grid
            .placed()
            .into_iter()
            .map(|placed| {
                let (x, end) = (edge(placed.column), edge(placed.column + placed.cell.columns));
                let room = (end - x - 2.0 * PAD).max(SIZE);
                let width = |text: &str| fonts.width(text, SIZE);
                SetCell {
                    row: placed.row,
                    rows: placed.cell.rows,
                    x,
                    width: end - x,
                    centred: placed.cell.kind != CellKind::Label,
                    lines: breaking::lines(&placed.cell.text, room, room, width),
                }
            })
            .collect();
        let mut heights = vec![LEADING + 2.0 * PAD; grid.rows.len()];
        for pass in [true, false] {
            // What stands in one row first, then what reaches over several.
            for cell in cells.iter().filter(|cell| (cell.rows == 1) == pass) {
                let covered = heights.iter().skip(cell.row).take(cell.rows);
                let lacking = cell.height() - covered.sum::<f32>();
                if lacking > 0.0
                    && let Some(last) = heights.get_mut(cell.row + cell.rows - 1)
                {
                    *last += lacking;
                }
            }
        }
        Self { block, heights, head: grid.head, cells }
    }

    /// Draws the rows that a page holds; `drawn` tells how many lines of each cell earlier
    /// pages have.
    pub(super) fn draw(
        &self,
        rows: &[Stretch],
        drawn: &mut Vec<usize>,
        page: &mut Page,
        fonts: &Fonts,
    ) {
        drawn.resize(self.cells.len(), 0);
        for (place, cell) in self.cells.iter().enumerate() {
            for again in [true, false] {
                let mut own = rows.iter().filter(|stretch| {
                    stretch.again == again
                        && (cell.row..cell.row + cell.rows).contains(&stretch.row)
                });
                let Some(first) = own.next() else { continue };
                let bottom = own.next_back().map_or(first.bottom, |last| last.bottom);
                page.rules
                    .extend(frame(cell.x, first.top, cell.x + cell.width, bottom));
                let begun = drawn.get(place).copied().unwrap_or_default();
                let from = if again { 0 } else { begun };
                let lines = cell.fitting(from, bottom - first.top);
                cell.write(
                    lines,
                    (first.top, bottom),
                    page,
                    |line| Line {
                        block: if again { usize::MAX } else { self.block },
                        cell: place,
                        ..line
                    },
                    fonts,
                );
                if let (false, Some(count)) = (again, drawn.get_mut(place)) {
                    *count = begun + lines.len();
                }
            }
        }
    }
}

impl SetCell {
    fn height(&self) -> f32 {
        self.lines.iter().map(|_| LEADING).sum::<f32>() + 2.0 * PAD
    }

    /// The lines from `from` on that a part of the cell has room for.
    fn fitting(&self, from: usize, height: f32) -> &[String] {
        let rest = self.lines.get(from..).unwrap_or_default();
        let mut used = 2.0 * PAD - 0.5;
        let count = rest
            .iter()
            .take_while(|_| {
                used += LEADING;
                used <= height
            })
            .count();
        rest.get(..count).unwrap_or_default()
    }

    fn write(
        &self,
        lines: &[String],
        (top, bottom): (f32, f32),
        page: &mut Page,
        mark: impl Fn(Line) -> Line,
        fonts: &Fonts,
    ) {
        let tall: f32 = lines.iter().map(|_| LEADING).sum();
        let mut y = top + (bottom - top - tall) / 2.0;
        for text in lines {
            y += LEADING;
            let slack = self.width - 2.0 * PAD - fonts.width(text, SIZE);
            let indent = if self.centred {
                (slack / 2.0).max(0.0)
            } else {
                0.0
            };
            page.lines.push(mark(Line {
                text: text.clone(),
                size: SIZE,
                x: self.x + PAD + indent,
                y: y - (LEADING - SIZE) / 2.0 - SIZE * 0.12,
                ..Line::default()
            }));
        }
    }
}

fn frame(left: f32, top: f32, right: f32, bottom: f32) -> [Rule; 4] {
    [
        Rule { from: (left, top), to: (right, top) },
        Rule { from: (left, bottom), to: (right, bottom) },
        Rule { from: (left, top), to: (left, bottom) },
        Rule { from: (right, top), to: (right, bottom) },
    ]
}
