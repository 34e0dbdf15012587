//! A page with everything that is written on it, and what cannot be seen of it.

use std::collections::BTreeMap;

use super::geometry::{Area, Matrix, Point, Shape};
use super::state::Colour;
use crate::documents::outgoing::veiled;

/// How much work one page may cause: operations, and looks at a character below a shape. Tests do
/// not wait for all of it.
const WORK: usize = if cfg!(test) { 100_000 } else { 2_000_000 };
/// The share of the page from which pictures make it a scanned one.
const SCANNED: f32 = 0.7;
/// The share of the page below which a picture is put over something, not scanned.
const PATCH: f32 = 0.05;
/// The most pieces of a drawing among which the ground of a letter is looked for.
const GROUNDS: usize = 3_000;
/// The fewest letters beside a page that are no slip.
const BESIDE: usize = 4;
/// How much higher than the middle of a character its highest point can be.
const TALL: f32 = 20.0;

/// How a character is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Manner {
    Painted(Colour),
    /// With the colour of what it stands on.
    Blended,
    /// `Tr` 3.
    Invisible,
    /// In a layer that is switched off.
    Off,
}

/// Why something cannot be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Unseen {
    /// Something was painted over it.
    Covered,
    /// The words of a scanned page, below or above its picture.
    Scanned,
    /// It was written without being painted.
    Invisible,
    /// White on white, black on black.
    Blended,
    /// Its layer is switched off.
    Off,
    /// It stands beside the page.
    Outside,
}

/// What lies over a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    Paint,
    Picture,
}

/// A character that was written.
struct Written {
    text: String,
    manner: Manner,
    /// Six points inside, and which of them were painted over, by paint and by pictures.
    points: [Point; 6],
    painted: u8,
    pictured: u8,
    /// Where it begins and ends, and its size.
    ends: (Point, Point),
    size: f32,
}

/// Whether most points of a character are hidden.
const fn is_most(points: u8) -> bool {
    points.count_ones() >= 4
}

/// A page that is being drawn.
pub(super) struct Sheet {
    area: Area,
    written: Vec<Written>,
    /// Who stands at which height.
    by_height: BTreeMap<u32, Vec<usize>>,
    /// What was painted, in order, and with which colour.
    grounds: Vec<(Area, Shape, Colour)>,
    /// How much of the page is pictures.
    pictured: f32,
    left: usize,
    /// Whether it was drawn to its end.
    pub(super) is_whole: bool,
}

impl Sheet {
    pub(super) const fn new(area: Area) -> Self {
        Self {
            area,
            written: Vec::new(),
            by_height: BTreeMap::new(),
            grounds: Vec::new(),
            pictured: 0.0,
            left: WORK,
            is_whole: true,
        }
    }

    pub(super) const fn area(&self) -> Area {
        self.area
    }

    /// Takes so much of the work that is left; `false`, if there is none.
    pub(super) const fn works(&mut self, much: usize) -> bool {
        self.left = self.left.saturating_sub(much);
        if self.left == 0 {
            self.is_whole = false;
        }
        self.left > 0
    }

    /// Writes a character of this width and height by these coordinates.
    pub(super) fn write(&mut self, text: String, manner: Manner, at: Matrix, body: Area) {
        let place = |across: f32, up: f32| {
            let x = body.least.0 + body.wide() * across;
            at.apply((x, body.least.1 + body.high() * up))
        };
        let points = [
            place(0.17, 0.28),
            place(0.5, 0.28),
            place(0.83, 0.28),
            place(0.17, 0.72),
            place(0.5, 0.72),
            place(0.83, 0.72),
        ];
        let ends = (at.apply((body.least.0, 0.0)), at.apply((body.greatest.0, 0.0)));
        let height = middle(&points).1;
        if !height.is_finite() {
            return;
        }
        let manner = match manner {
            Manner::Painted(colour) if self.is_ground(colour, middle(&points)) => Manner::Blended,
            manner => manner,
        };
        self.by_height
            .entry(ordered(height))
            .or_default()
            .push(self.written.len());
        let size = at.scale();
        let (painted, pictured) = (0, 0);
        self.written
            .push(Written { text, manner, points, painted, pictured, ends, size });
    }

    /// Whether what stands there stands on this very colour; the page itself is white.
    fn is_ground(&mut self, colour: Colour, place: Point) -> bool {
        let is_possible = colour.is_like(Colour::WHITE)
            || self
                .grounds
                .iter()
                .any(|(_, _, ground)| colour.is_like(*ground));
        // Drawings of many thousand pieces are not searched for each of their letters.
        if !is_possible || self.grounds.len() > GROUNDS {
            return false;
        }
        let mut work = 0;
        let ground = self.grounds.iter().rev().find(|(area, shape, _)| {
            area.holds(place) && {
                work += 1 + shape.weight() / 8;
                shape.holds(place)
            }
        });
        let ground = ground.map_or(Colour::WHITE, |(_, _, ground)| *ground);
        self.works(work);
        colour.is_like(ground)
    }

    /// Paints a shape; what stands below is hidden from now on, if there is a colour that hides.
    pub(super) fn paint(
        &mut self,
        shape: Shape,
        clip: Option<Area>,
        over: Over,
        hides: Option<Colour>,
    ) {
        let Some(area) = shape.area() else {
            return;
        };
        let area = clip.map_or(area, |clip| clip.common(area));
        if area.wide() < 1.0 || area.high() < 1.0 {
            return;
        }
        let part = area.common(self.area).size() / self.area.size().max(1.0);
        let over = match over {
            Over::Picture if part < PATCH => Over::Paint,
            over => over,
        };
        if over == Over::Picture {
            self.pictured += part;
        }
        if hides.is_some() {
            self.hide(&shape, area, over);
        }
        self.grounds
            .push((area, shape, hides.unwrap_or(Colour::Unknown)));
    }

    fn hide(&mut self, shape: &Shape, area: Area, over: Over) {
        let range = ordered(area.least.1 - TALL)..=ordered(area.greatest.1 + TALL);
        let mut work = 1;
        for place in self.by_height.range(range).flat_map(|(_, places)| places) {
            let Some(written) = self.written.get_mut(*place) else {
                continue;
            };
            work += 1;
            for (bit, point) in written.points.iter().enumerate() {
                if area.holds(*point) {
                    work += shape.weight() / 8;
                    if shape.holds(*point) {
                        match over {
                            Over::Paint => written.painted |= 1 << bit,
                            Over::Picture => written.pictured |= 1 << bit,
                        }
                    }
                }
            }
            if work / 8 > self.left {
                break;
            }
        }
        self.works(1 + work / 8);
    }

    /// All text, in the order in which it is written: what stands on one line is one line, and
    /// a gap is a space.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        let mut last: Option<&Written> = None;
        for one in &self.written {
            if let Some(last) = last {
                let size = last.size.max(one.size).max(1.0);
                let (dx, dy) = (one.ends.0.0 - last.ends.1.0, one.ends.0.1 - last.ends.1.1);
                // In a line that runs upwards, what is a gap runs upwards too.
                let is_level = last.ends.0.1.max(last.ends.1.1) - last.ends.0.1.min(last.ends.1.1)
                    < 0.3 * size;
                let (along, across) = if is_level { (dx, dy) } else { (dy, dx) };
                if across.abs() > 0.5 * size {
                    text.push('\n');
                } else if along.abs() > 0.25 * size {
                    text.push(' ');
                }
            }
            text.push_str(&one.text);
            last = Some(one);
        }
        text
    }

    /// What cannot be seen, and why: how many characters, and the first of them, veiled.
    pub(super) fn unseen(&self) -> BTreeMap<Unseen, (usize, String)> {
        let is_scanned = self.pictured >= SCANNED;
        let mut unseen: BTreeMap<Unseen, (usize, String)> = BTreeMap::new();
        for one in &self.written {
            if let Some(why) = self.why(one, is_scanned) {
                let (count, text) = unseen.entry(why).or_default();
                *count += one.text.trim().chars().count();
                if text.len() < 200 {
                    text.push_str(&one.text);
                }
            }
        }
        unseen
            .retain(|why, (count, _)| *count > 0 && (*why != Unseen::Outside || *count >= BESIDE));
        for (_, text) in unseen.values_mut() {
            *text = veiled(text);
        }
        unseen
    }

    fn why(&self, one: &Written, is_scanned: bool) -> Option<Unseen> {
        if one.manner == Manner::Off {
            Some(Unseen::Off)
        } else if is_most(one.painted) {
            Some(Unseen::Covered)
        } else if one.manner == Manner::Invisible {
            Some(if is_scanned {
                Unseen::Scanned
            } else {
                Unseen::Invisible
            })
        } else if is_most(one.painted | one.pictured) {
            Some(if is_scanned {
                Unseen::Scanned
            } else {
                Unseen::Covered
            })
        } else if one.manner == Manner::Blended {
            Some(Unseen::Blended)
        } else if !self.area.holds(middle(&one.points)) {
            Some(Unseen::Outside)
        } else {
            None
        }
    }
}

fn middle(points: &[Point; 6]) -> Point {
    let [first, .., last] = points;
    (f32::midpoint(first.0, last.0), f32::midpoint(first.1, last.1))
}

/// A number whose order is that of the figure.
fn ordered(figure: f32) -> u32 {
    let bits = figure.to_bits();
    if figure.is_sign_negative() {
        !bits
    } else {
        bits | 0x8000_0000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_keep_their_order() {
        let figures = [-900.5, -1.0, 0.0, 0.25, 1.0, 842.0];
        assert!(figures.is_sorted_by_key(|one| ordered(*one)));
    }
}
