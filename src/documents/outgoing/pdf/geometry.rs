//! Places, changes of coordinates and areas of a page.

/// A place on the page.
pub(super) type Point = (f32, f32);

/// A change of coordinates, as PDF writes it: a, b, c, d, e, f.
#[derive(Debug, Clone, Copy)]
pub(super) struct Matrix([f32; 6]);

impl Matrix {
    pub(super) const UNIT: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    pub(super) const fn moved(x: f32, y: f32) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, x, y])
    }

    /// First made larger, then moved.
    pub(super) const fn scaled(wide: f32, high: f32, (x, y): Point) -> Self {
        Self([wide, 0.0, 0.0, high, x, y])
    }

    pub(super) fn of(numbers: &[f32]) -> Option<Self> {
        numbers.try_into().ok().map(Self)
    }

    /// First this one, then the other.
    pub(super) fn then(self, other: Self) -> Self {
        let ([xx, xy, yx, yy, dx, dy], [oxx, oxy, oyx, oyy, odx, ody]) = (self.0, other.0);
        Self([
            xx * oxx + xy * oyx,
            xx * oxy + xy * oyy,
            yx * oxx + yy * oyx,
            yx * oxy + yy * oyy,
            dx * oxx + dy * oyx + odx,
            dx * oxy + dy * oyy + ody,
        ])
    }

    pub(super) fn apply(self, (x, y): Point) -> Point {
        let [xx, xy, yx, yy, dx, dy] = self.0;
        (xx * x + yx * y + dx, xy * x + yy * y + dy)
    }

    /// How much longer a line becomes, about.
    pub(super) fn scale(self) -> f32 {
        let [xx, xy, yx, yy, ..] = self.0;
        (xx * yy - xy * yx).abs().sqrt()
    }
}

/// An upright box, by its least and its greatest corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Area {
    pub(super) least: Point,
    pub(super) greatest: Point,
}

impl Area {
    /// The smallest box around these places; `None` of none, or of places that are no numbers.
    pub(super) fn around(points: impl IntoIterator<Item = Point>) -> Option<Self> {
        let mut points = points.into_iter();
        let first = points.next()?;
        let area = points.fold(Self { least: first, greatest: first }, |area, (x, y)| Self {
            least: (area.least.0.min(x), area.least.1.min(y)),
            greatest: (area.greatest.0.max(x), area.greatest.1.max(y)),
        });
        (area.wide().is_finite() && area.high().is_finite()).then_some(area)
    }

    /// From four numbers in any order, as PDF writes a rectangle.
    pub(super) fn of(numbers: &[f32]) -> Option<Self> {
        let [left, bottom, right, top] = numbers.try_into().ok()?;
        let [left, bottom, right, top]: [f32; 4] = [left, bottom, right, top];
        Self::around([(left, bottom), (right, top)])
    }

    pub(super) fn wide(self) -> f32 {
        self.greatest.0 - self.least.0
    }

    pub(super) fn high(self) -> f32 {
        self.greatest.1 - self.least.1
    }

    pub(super) fn size(self) -> f32 {
        self.wide() * self.high()
    }

    pub(super) const fn corners(self) -> [Point; 4] {
        let (least, greatest) = (self.least, self.greatest);
        [
            least,
            (greatest.0, least.1),
            greatest,
            (least.0, greatest.1),
        ]
    }

    pub(super) fn holds(self, (x, y): Point) -> bool {
        (self.least.0..=self.greatest.0).contains(&x)
            && (self.least.1..=self.greatest.1).contains(&y)
    }

    /// What both have in common; an empty box, if nothing.
    pub(super) fn common(self, other: Self) -> Self {
        let least = (self.least.0.max(other.least.0), self.least.1.max(other.least.1));
        let greatest =
            (self.greatest.0.min(other.greatest.0), self.greatest.1.min(other.greatest.1));
        Self { least, greatest: (greatest.0.max(least.0), greatest.1.max(least.1)) }
    }
}

/// What a path fills: closed lines, and by which rule their inside is told.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    pub(super) lines: Vec<Vec<Point>>,
    pub(super) is_even_odd: bool,
}

impl Shape {
    /// A box, however it is turned.
    pub(super) fn quad(corners: [Point; 4]) -> Self {
        Self { lines: vec![corners.to_vec()], is_even_odd: false }
    }

    pub(super) fn area(&self) -> Option<Area> {
        Area::around(self.lines.iter().flatten().copied())
    }

    /// How many corners it has.
    pub(super) fn weight(&self) -> usize {
        self.lines.iter().map(Vec::len).sum()
    }

    /// Whether a place lies inside.
    pub(super) fn holds(&self, (x, y): Point) -> bool {
        let (mut winding, mut crossings) = (0_i32, 0_u32);
        for line in &self.lines {
            let next = line.iter().cycle().skip(1);
            for (from, to) in line.iter().zip(next) {
                if (from.1 <= y) == (to.1 <= y) {
                    continue;
                }
                let at = from.0 + (y - from.1) / (to.1 - from.1) * (to.0 - from.0);
                if at > x {
                    crossings += 1;
                    winding += if from.1 <= y { 1 } else { -1 };
                }
            }
        }
        if self.is_even_odd {
            crossings % 2 == 1
        } else {
            winding != 0
        }
    }
}

/// A path, as it is put together before it is painted.
#[derive(Debug, Default)]
pub(super) struct Path {
    lines: Vec<Vec<Point>>,
    at: Point,
}

/// Into how many straight pieces a curve is cut.
const PIECES: [f32; 6] = [1.0 / 6.0, 2.0 / 6.0, 0.5, 4.0 / 6.0, 5.0 / 6.0, 1.0];

impl Path {
    /// Takes in an operation.
    pub(super) fn add(&mut self, operator: &str, figures: &[f32]) {
        match (operator, figures) {
            ("re", [x, y, wide, high]) => {
                let (right, top) = (x + wide, y + high);
                let line = vec![(*x, *y), (right, *y), (right, top), (*x, top)];
                self.lines.push(line);
                self.at = (*x, *y);
            }
            ("m", [x, y]) => {
                self.lines.push(vec![(*x, *y)]);
                self.at = (*x, *y);
            }
            ("l", [x, y]) => self.go((*x, *y)),
            ("c", [x1, y1, x2, y2, x, y]) => self.bend((*x1, *y1), (*x2, *y2), (*x, *y)),
            ("v", [x2, y2, x, y]) => self.bend(self.at, (*x2, *y2), (*x, *y)),
            ("y", [x1, y1, x, y]) => self.bend((*x1, *y1), (*x, *y), (*x, *y)),
            ("h", _) => {
                if let Some(first) = self.lines.last().and_then(|line| line.first()).copied() {
                    self.go(first);
                }
            }
            _ => {}
        }
    }

    fn go(&mut self, to: Point) {
        match self.lines.last_mut() {
            Some(line) => line.push(to),
            None => self.lines.push(vec![to]),
        }
        self.at = to;
    }

    fn bend(&mut self, first: Point, second: Point, to: Point) {
        let from = self.at;
        let mix = |part: f32, [start, one, two, end]: [f32; 4]| {
            let rest = 1.0 - part;
            rest * rest * (rest * start + 3.0 * part * one)
                + part * part * (3.0 * rest * two + part * end)
        };
        for part in PIECES {
            let x = mix(part, [from.0, first.0, second.0, to.0]);
            self.go((x, mix(part, [from.1, first.1, second.1, to.1])));
        }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// What it fills on the page.
    pub(super) fn filled(&self, matrix: Matrix, is_even_odd: bool) -> Shape {
        let line = |line: &Vec<Point>| line.iter().map(|one| matrix.apply(*one)).collect();
        Shape { lines: self.lines.iter().map(line).collect(), is_even_odd }
    }

    /// What a pen of this width covers on the page, piece by piece.
    pub(super) fn stroked(&self, matrix: Matrix, width: f32) -> Vec<Shape> {
        let half = width / 2.0;
        let mut shapes = Vec::new();
        for line in &self.lines {
            for (from, to) in line.iter().zip(line.iter().skip(1)) {
                let (dx, dy) = (to.0 - from.0, to.1 - from.1);
                let length = dx.hypot(dy);
                if length > 0.0 {
                    let (across, along) = (-dy / length * half, dx / length * half);
                    let corners = [
                        (from.0 + across, from.1 + along),
                        (to.0 + across, to.1 + along),
                        (to.0 - across, to.1 - along),
                        (from.0 - across, from.1 - along),
                    ];
                    shapes.push(Shape::quad(corners.map(|one| matrix.apply(one))));
                }
            }
        }
        shapes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_does_not_hold_what_stands_in_it() {
        let mut path = Path::default();
        path.add("re", &[0.0, 0.0, 10.0, 10.0]);
        path.add("re", &[1.0, 1.0, 8.0, 8.0]);
        let frame = path.filled(Matrix::UNIT, true);
        assert!(!frame.holds((5.0, 5.0)) && frame.holds((0.5, 5.0)));
        assert!(path.filled(Matrix::UNIT, false).holds((5.0, 5.0)));
    }

    #[test]
    fn a_round_shape_does_not_hold_its_corners() {
        let mut path = Path::default();
        path.add("m", &[0.0, 5.0]);
        path.add("c", &[0.0, 7.8, 2.2, 10.0, 5.0, 10.0]);
        path.add("c", &[7.8, 10.0, 10.0, 7.8, 10.0, 5.0]);
        path.add("c", &[10.0, 2.2, 7.8, 0.0, 5.0, 0.0]);
        path.add("c", &[2.2, 0.0, 0.0, 2.2, 0.0, 5.0]);
        let circle = path.filled(Matrix::UNIT, false);
        assert!(circle.holds((5.0, 5.0)) && !circle.holds((0.5, 9.5)));
    }

    #[test]
    fn a_pen_covers_half_its_width_on_both_sides() {
        let mut path = Path::default();
        path.add("m", &[0.0, 0.0]);
        path.add("l", &[10.0, 0.0]);
        let shapes = path.stroked(Matrix::UNIT, 8.0);
        assert!(shapes[0].holds((5.0, 3.9)) && shapes[0].holds((5.0, -3.9)));
        assert!(!shapes[0].holds((5.0, 4.1)));
    }
}
