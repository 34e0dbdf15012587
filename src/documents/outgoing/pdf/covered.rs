//! What a page draws: where its text begins, and which dark boxes come after it.

use lopdf::content::{Content, Operation};
use lopdf::{Dictionary, Document, Object, ObjectId, Stream};

/// The deepest that forms within forms are followed.
const DEPTH: usize = 6;
/// The most operations of one page that are followed.
const OPERATIONS: usize = 2_000_000;
/// The most bytes that a form or a font's table may unpack to.
const AT_MOST: usize = 16 << 20;
/// Below this a colour is dark.
const DARK: f32 = 0.4;
/// The smallest box that covers anything, in points.
const SMALLEST: f32 = 3.0;

/// A place on the page.
type Point = (f32, f32);

/// A change of coordinates, as PDF writes it: a, b, c, d, e, f.
#[derive(Debug, Clone, Copy)]
struct Matrix([f32; 6]);

impl Matrix {
    const UNIT: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    const fn moved(x: f32, y: f32) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, x, y])
    }

    fn of(numbers: &[f32]) -> Option<Self> {
        numbers.try_into().ok().map(Self)
    }

    /// First this one, then the other.
    fn then(self, other: Self) -> Self {
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

    fn apply(self, (x, y): Point) -> Point {
        let [xx, xy, yx, yy, dx, dy] = self.0;
        (xx * x + yx * y + dx, xy * x + yy * y + dy)
    }
}

/// What `q` keeps and `Q` brings back.
#[derive(Debug, Clone, Copy)]
struct State {
    matrix: Matrix,
    is_dark: bool,
}

/// A box, by its least and greatest corner, that was filled before the text of this number.
struct Cover {
    least: Point,
    greatest: Point,
    before: usize,
}

/// A page as it is drawn.
pub(super) struct Drawing<'a> {
    document: &'a Document,
    texts: Vec<(Point, String)>,
    covers: Vec<Cover>,
    left: usize,
    depth: usize,
    state: State,
}

/// The resources of a page, those of the page itself before those it inherits.
pub(super) fn resources(document: &Document, page: ObjectId) -> Vec<&Dictionary> {
    let Ok((own, inherited)) = document.get_page_resources(page) else {
        return Vec::new();
    };
    let inherited = inherited.into_iter();
    own.into_iter()
        .chain(inherited.filter_map(|id| document.get_dictionary(id).ok()))
        .collect()
}

impl<'a> Drawing<'a> {
    pub(super) const fn new(document: &'a Document) -> Self {
        Self {
            document,
            texts: Vec::new(),
            covers: Vec::new(),
            left: OPERATIONS,
            depth: 0,
            // A page begins with black.
            state: State { matrix: Matrix::UNIT, is_dark: true },
        }
    }

    /// All text, in the order in which it is shown; what stands on one line is one line.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        let mut line = None;
        for ((_, y), piece) in &self.texts {
            if line.is_some_and(|line: f32| (line - y).abs() > 1.0) {
                text.push('\n');
            }
            line = Some(*y);
            text.push_str(piece);
        }
        text
    }

    /// The texts that begin below a box.
    pub(super) fn hidden(&self) -> Vec<&str> {
        let texts = self.texts.iter().enumerate();
        let hidden = texts.filter(|(number, ((x, y), text))| {
            let covers = self.covers.iter();
            let mut over = covers.filter(|cover| cover.before > *number);
            !text.trim().is_empty()
                && over.any(|cover| {
                    let (least, greatest) = (cover.least, cover.greatest);
                    (least.0 - 1.0..=greatest.0).contains(x)
                        && (least.1 - 1.0..=greatest.1).contains(y)
                })
        });
        hidden.map(|(_, (_, text))| text.as_str()).collect()
    }

    /// An annotation that is filled dark lies above everything.
    pub(super) fn cover(&mut self, annotation: &Dictionary) {
        let list = |key: &[u8]| -> Vec<f32> {
            let list = annotation
                .get_deref(key, self.document)
                .and_then(Object::as_array);
            list.map(|list| numbers(list)).unwrap_or_default()
        };
        let colour = list(b"IC");
        if let ([left, bottom, right, top], false) = (list(b"Rect").as_slice(), colour.is_empty())
            && is_dark(&colour)
        {
            self.put_cover(&[(*left, *bottom), (*right, *top)]);
        }
    }

    fn put_cover(&mut self, corners: &[Point]) {
        let least = corners
            .iter()
            .fold((f32::MAX, f32::MAX), |least, one| (least.0.min(one.0), least.1.min(one.1)));
        let greatest = corners.iter().fold((f32::MIN, f32::MIN), |greatest, one| {
            (greatest.0.max(one.0), greatest.1.max(one.1))
        });
        if greatest.0 - least.0 >= SMALLEST && greatest.1 - least.1 >= SMALLEST {
            self.covers
                .push(Cover { least, greatest, before: self.texts.len() });
        }
    }

    /// Draws what these operations say.
    pub(super) fn draw(&mut self, operations: &[Operation], resources: &[&'a Dictionary]) {
        let mut kept = Vec::new();
        let mut path = Path::default();
        let mut writing = Writing::default();
        for Operation { operator, operands } in operations {
            self.left = self.left.saturating_sub(1);
            if self.left == 0 {
                return;
            }
            let figures = numbers(operands);
            match (operator.as_str(), figures.as_slice()) {
                ("q", _) => kept.push(self.state),
                ("Q", _) => self.state = kept.pop().unwrap_or(self.state),
                ("cm", figures) => {
                    if let Some(matrix) = Matrix::of(figures) {
                        self.state.matrix = matrix.then(self.state.matrix);
                    }
                }
                ("g" | "rg" | "k" | "sc" | "scn", figures) if !figures.is_empty() => {
                    self.state.is_dark = is_dark(figures);
                }
                // A pattern, or a colour space that begins with black.
                ("scn", _) => self.state.is_dark = false,
                ("cs", _) => self.state.is_dark = true,
                ("re" | "m" | "l" | "c" | "v" | "y", figures) => path.add(operator, figures),
                ("f" | "F" | "f*" | "B" | "B*" | "b" | "b*", _) => {
                    if self.state.is_dark {
                        for corners in path.boxes() {
                            let matrix = self.state.matrix;
                            let corners: Vec<_> =
                                corners.into_iter().map(|one| matrix.apply(one)).collect();
                            self.put_cover(&corners);
                        }
                    }
                    path = Path::default();
                }
                ("S" | "s" | "n", _) => path = Path::default(),
                ("Do", _) => self.draw_form(operands, resources),
                ("Tf", _) => writing.font = self.font(operands, resources),
                (operator, figures) => {
                    if let Some(text) = writing.take(operator, figures, operands) {
                        let at = writing.matrix.then(self.state.matrix).apply((0.0, 0.0));
                        self.texts.push((at, text));
                    }
                }
            }
        }
    }

    fn draw_form(&mut self, operands: &[Object], resources: &[&'a Dictionary]) {
        let Some(Object::Stream(form)) = self.resource(b"XObject", operands, resources) else {
            return;
        };
        let kind = form.dict.get(b"Subtype").and_then(Object::as_name);
        let is_form = kind.is_ok_and(|kind| kind == b"Form");
        if !is_form || self.depth >= DEPTH {
            return;
        }
        let Some(content) = decoded(form) else {
            return;
        };
        let own = form
            .dict
            .get_deref(b"Resources", self.document)
            .and_then(Object::as_dict);
        let own: Vec<_> = own.into_iter().chain(resources.iter().copied()).collect();
        let before = self.state;
        let matrix = form
            .dict
            .get_deref(b"Matrix", self.document)
            .and_then(Object::as_array);
        if let Some(matrix) = matrix.ok().and_then(|list| Matrix::of(&numbers(list))) {
            self.state.matrix = matrix.then(self.state.matrix);
        }
        self.depth += 1;
        self.draw(&content.operations, &own);
        self.depth -= 1;
        self.state = before;
    }

    fn font(&self, operands: &[Object], resources: &[&'a Dictionary]) -> Font<'a> {
        let font = self.resource(b"Font", operands, resources);
        let font = font.and_then(|font| font.as_dict().ok());
        Font(font.and_then(|font| {
            font.get_font_encoding_with_limit(self.document, AT_MOST)
                .ok()
        }))
    }

    /// The thing of this kind that the first operand names.
    fn resource(
        &self,
        kind: &[u8],
        operands: &[Object],
        resources: &[&'a Dictionary],
    ) -> Option<&'a Object> {
        let name = operands.first()?.as_name().ok()?;
        resources.iter().find_map(|resources| {
            let kind = resources.get_deref(kind, self.document).ok()?;
            kind.as_dict().ok()?.get_deref(name, self.document).ok()
        })
    }
}

fn decoded(form: &Stream) -> Option<Content> {
    let bytes = form.get_plain_content_with_limit(AT_MOST).ok()?;
    Content::decode(&bytes).ok()
}

/// How the characters of a font are read; those of one that says nothing are taken for Latin.
#[derive(Default)]
struct Font<'a>(Option<lopdf::Encoding<'a>>);

impl Font<'_> {
    fn read(&self, bytes: &[u8]) -> String {
        let read = self
            .0
            .as_ref()
            .and_then(|font| font.bytes_to_string(bytes).ok());
        read.unwrap_or_else(|| bytes.iter().copied().map(char::from).collect())
    }
}

/// Where text is being written.
struct Writing<'a> {
    font: Font<'a>,
    matrix: Matrix,
    line: Matrix,
    leading: f32,
}

impl Default for Writing<'_> {
    fn default() -> Self {
        Self {
            font: Font::default(),
            matrix: Matrix::UNIT,
            line: Matrix::UNIT,
            leading: 0.0,
        }
    }
}

impl Writing<'_> {
    /// Takes in an operation; returns the text that it shows, if it does.
    fn take(&mut self, operator: &str, figures: &[f32], operands: &[Object]) -> Option<String> {
        match (operator, figures) {
            ("BT", _) => self.start(Matrix::UNIT),
            ("Tm", figures) => self.start(Matrix::of(figures)?),
            ("Td", [x, y]) => self.go(*x, *y),
            ("TD", [x, y]) => {
                self.leading = -y;
                self.go(*x, *y);
            }
            ("TL", [leading]) => self.leading = *leading,
            ("T*", _) => self.go(0.0, -self.leading),
            ("Tj", _) => return self.shown(operands.first()?),
            ("TJ", _) => {
                let pieces = operands.first()?.as_array().ok()?.iter();
                return Some(pieces.filter_map(|piece| self.shown(piece)).collect());
            }
            ("'" | "\"", _) => {
                self.go(0.0, -self.leading);
                return self.shown(operands.last()?);
            }
            _ => {}
        }
        None
    }

    const fn start(&mut self, at: Matrix) {
        self.matrix = at;
        self.line = at;
    }

    fn go(&mut self, x: f32, y: f32) {
        let at = Matrix::moved(x, y).then(self.line);
        self.start(at);
    }

    fn shown(&self, text: &Object) -> Option<String> {
        text.as_str().ok().map(|bytes| self.font.read(bytes))
    }
}

/// A path that may be filled.
#[derive(Default)]
struct Path {
    boxes: Vec<Vec<Point>>,
    /// The lines since the last beginning; curves make it no box.
    lines: Vec<Point>,
    is_curved: bool,
}

impl Path {
    fn add(&mut self, operator: &str, figures: &[f32]) {
        match (operator, figures) {
            ("re", [x, y, width, height]) => {
                let (right, top) = (x + width, y + height);
                self.boxes
                    .push(vec![(*x, *y), (right, *y), (right, top), (*x, top)]);
            }
            ("m", [x, y]) => {
                self.end();
                self.lines.push((*x, *y));
            }
            ("l", [x, y]) => self.lines.push((*x, *y)),
            _ => self.is_curved = true,
        }
    }

    /// Four corners, with or without the way back, are taken for a box.
    fn end(&mut self) {
        let lines = std::mem::take(&mut self.lines);
        if matches!(lines.len(), 4 | 5) && !self.is_curved {
            self.boxes.push(lines);
        }
        self.is_curved = false;
    }

    fn boxes(&mut self) -> Vec<Vec<Point>> {
        self.end();
        std::mem::take(&mut self.boxes)
    }
}

/// Whether a colour of one, three or four figures is dark.
fn is_dark(figures: &[f32]) -> bool {
    match figures {
        [grey] => *grey < DARK,
        [red, green, blue] => 0.3 * red + 0.59 * green + 0.11 * blue < DARK,
        [cyan, magenta, yellow, black] => {
            (1.0 - black) * (1.0 - (cyan + magenta + yellow) / 3.0) < DARK
        }
        _ => false,
    }
}

fn numbers(objects: &[Object]) -> Vec<f32> {
    objects
        .iter()
        .filter_map(|one| one.as_float().ok())
        .collect()
}
