//! Draws a page, its forms and its annotations, as far as it shows what hides what.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use lopdf::content::{Content, Operation};
use lopdf::{Dictionary, Document, Object, ObjectId, Stream};

use super::covered::{Manner, Over, Sheet};
use super::font::Font;
use super::geometry::{Area, Matrix, Path, Shape};
use super::state::{Colour, State};
use super::writing::Writing;

/// The deepest that forms within forms are followed.
const DEPTH: usize = 12;
/// The most bytes that a form or a mask may unpack to.
const AT_MOST: usize = 16 << 20;
/// How wide a pen has to be to hide a line of text, in points.
const PEN: f32 = 6.0;

/// What is drawn with, from page to page.
pub(super) struct Drawing<'a> {
    document: &'a Document,
    /// The layers that are switched off.
    off: HashSet<ObjectId>,
    fonts: HashMap<*const Dictionary, Rc<Font>>,
    /// Which masks let nothing show through.
    masks: HashMap<*const Stream, bool>,
    /// The forms that are being drawn, the outermost first.
    open: Vec<*const Stream>,
    pub(super) sheet: Sheet,
    /// Whether a font was met of which nobody knows what its codes mean.
    pub(super) met_unreadable: bool,
}

/// What belongs to one stream of operations.
struct Stretch {
    kept: Vec<State>,
    path: Path,
    /// Whether the path will narrow what is painted.
    narrows: bool,
    writing: Writing,
    /// For each open mark, whether it names a layer that is switched off.
    marks: Vec<bool>,
}

type Resources<'a> = [&'a Dictionary];

impl<'a> Drawing<'a> {
    pub(super) fn new(document: &'a Document) -> Self {
        Self {
            document,
            off: switched_off(document),
            fonts: HashMap::new(),
            masks: HashMap::new(),
            open: Vec::new(),
            sheet: Sheet::new(A4),
            met_unreadable: false,
        }
    }

    /// Draws a page of this size.
    pub(super) fn page(&mut self, area: Area, content: &[u8], resources: &Resources<'a>) {
        self.sheet = Sheet::new(area);
        self.draw(content, resources, State::first(Matrix::UNIT), false);
    }

    fn draw(&mut self, content: &[u8], resources: &Resources<'a>, state: State, is_off: bool) {
        let mut stretch = Stretch {
            kept: Vec::new(),
            path: Path::default(),
            narrows: false,
            writing: Writing::new(),
            marks: vec![is_off],
        };
        let mut state = state;
        let mut last = String::new();
        for operation in Content::decode_iter(content) {
            let Ok(operation) = operation else {
                self.sheet.is_whole = false;
                return;
            };
            if !self.sheet.works(1 + operation.operands.len() / 4) {
                return;
            }
            self.step(&operation, resources, &mut state, &mut stretch);
            last = operation.operator;
        }
        // The reader stops without a word at what it does not understand; viewers go on.
        if !ends_with(content, &last) {
            self.sheet.is_whole = false;
        }
    }

    fn step(
        &mut self,
        Operation { operator, operands }: &Operation,
        resources: &Resources<'a>,
        state: &mut State,
        stretch: &mut Stretch,
    ) {
        let figures = numbers(operands);
        let is_off = stretch.marks.iter().any(|is_off| *is_off);
        match operator.as_str() {
            "q" => stretch.kept.push(state.clone()),
            "Q" => {
                if let Some(kept) = stretch.kept.pop() {
                    *state = kept;
                }
            }
            "cm" => {
                if let Some(matrix) = Matrix::of(&figures) {
                    state.matrix = matrix.then(state.matrix);
                }
            }
            "gs" => {
                if let Some(named) = self.resource(b"ExtGState", operands, resources)
                    && let Ok(named) = named.as_dict()
                {
                    for (key, value) in named {
                        state.take_named(key, self.whole(value));
                    }
                    self.take_font(named, state);
                }
            }
            "re" | "m" | "l" | "c" | "v" | "y" | "h" => stretch.path.add(operator, &figures),
            "W" | "W*" => stretch.narrows = true,
            "f" | "F" | "f*" | "B" | "B*" | "b" | "b*" | "S" | "s" | "n" => {
                if !is_off {
                    self.paint(operator, state, &stretch.path);
                }
                let path = std::mem::take(&mut stretch.path);
                if std::mem::take(&mut stretch.narrows)
                    && let Some(area) = path.filled(state.matrix, false).area()
                {
                    state.narrow(area);
                }
            }
            "sh" if !is_off => {
                let shape = Shape::quad(state.clip.unwrap_or(self.sheet.area()).corners());
                let hides = state.shown(state.fill).map(|_| Colour::Unknown);
                self.sheet.paint(shape, state.clip, Over::Paint, hides);
            }
            "Do" => self.draw_object(operands, resources, state, is_off),
            "BI" if !is_off => self.paint_picture(state, true),
            "BDC" => {
                let layer = self.layer_of_mark(operands, resources);
                stretch.marks.push(layer);
            }
            "BMC" => stretch.marks.push(false),
            "EMC" if stretch.marks.len() > 1 => drop(stretch.marks.pop()),
            "Tf" => {
                if let Some(font) = self.resource(b"Font", operands, resources) {
                    state.letters.font = self.font(font);
                }
                state.letters.size = figures.first().copied().unwrap_or_default();
            }
            "BT" | "Tm" | "Td" | "TD" | "T*" | "Tj" | "TJ" | "'" | "\"" => {
                let manner = if is_off {
                    Manner::Off
                } else if state.letters.is_invisible {
                    Manner::Invisible
                } else {
                    Manner::Painted(state.fill.colour)
                };
                let operation = (operator.as_str(), figures.as_slice(), operands.as_slice());
                stretch
                    .writing
                    .take(&mut self.sheet, state, operation, manner);
            }
            operator => state.take(operator, &figures, operands),
        }
    }

    fn paint(&mut self, operator: &str, state: &State, path: &Path) {
        if path.is_empty() || operator == "n" {
            return;
        }
        let is_even_odd = operator.ends_with('*');
        if !matches!(operator, "S" | "s") {
            let shape = path.filled(state.matrix, is_even_odd);
            self.sheet
                .paint(shape, state.clip, Over::Paint, state.shown(state.fill));
        }
        if !matches!(operator, "f" | "F" | "f*") && state.width * state.matrix.scale() >= PEN {
            let kind = state.shown(state.stroke);
            for shape in path.stroked(state.matrix, state.width) {
                self.sheet.paint(shape, state.clip, Over::Paint, kind);
            }
        }
    }

    fn paint_picture(&mut self, state: &State, is_opaque: bool) {
        let corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)];
        let shape = Shape::quad(corners.map(|one| state.matrix.apply(one)));
        let is_opaque = is_opaque && state.shows_pictures_whole();
        let hides = is_opaque.then_some(Colour::Unknown);
        self.sheet.paint(shape, state.clip, Over::Picture, hides);
    }

    fn draw_object(
        &mut self,
        operands: &[Object],
        resources: &Resources<'a>,
        state: &State,
        is_off: bool,
    ) {
        let Some(Object::Stream(object)) = self.resource(b"XObject", operands, resources) else {
            return;
        };
        let is_off = is_off || object.dict.get(b"OC").is_ok_and(|layer| self.is_off(layer));
        let kind = object.dict.get(b"Subtype").and_then(Object::as_name);
        match kind.unwrap_or_default() {
            b"Image" if !is_off => {
                let is_opaque = self.is_opaque(&object.dict);
                self.paint_picture(state, is_opaque);
            }
            b"Form" => self.draw_form(object, resources, state.clone(), is_off),
            _ => {}
        }
    }

    fn draw_form(
        &mut self,
        form: &'a Stream,
        resources: &Resources<'a>,
        mut state: State,
        is_off: bool,
    ) {
        let this = std::ptr::from_ref(form);
        if self.open.contains(&this) || self.open.len() >= DEPTH {
            self.sheet.is_whole = false;
            return;
        }
        let Ok(content) = form.get_plain_content_with_limit(AT_MOST) else {
            self.sheet.is_whole = false;
            return;
        };
        // Unpacking is work too: a form may be drawn a million times.
        if !self.sheet.works(1 + content.len() / 16) {
            return;
        }
        let own = form.dict.get_deref(b"Resources", self.document);
        let own = own.and_then(Object::as_dict).ok();
        let resources: Vec<_> = own.into_iter().chain(resources.iter().copied()).collect();
        if let Some(matrix) = self
            .figures(&form.dict, b"Matrix")
            .and_then(|list| Matrix::of(&list))
        {
            state.matrix = matrix.then(state.matrix);
        }
        if let Some(area) = self.area(&form.dict, b"BBox") {
            let corners = area.corners().map(|one| state.matrix.apply(one));
            if let Some(area) = Area::around(corners) {
                state.narrow(area);
            }
        }
        self.open.push(this);
        self.draw(&content, &resources, state, is_off);
        self.open.pop();
    }

    /// An annotation lies above everything on the page.
    pub(super) fn annotate(&mut self, annotation: &'a Dictionary) {
        let flags = annotation.get(b"F").and_then(Object::as_i64);
        let is_hidden = flags.is_ok_and(|flags| flags & 0b10_0010 != 0);
        let is_off = annotation.get(b"OC").is_ok_and(|layer| self.is_off(layer));
        let Some(place) = self.area(annotation, b"Rect") else {
            return;
        };
        if let Some(looks) = self.looks(annotation) {
            let matrix = self
                .figures(&looks.dict, b"Matrix")
                .and_then(|list| Matrix::of(&list));
            let matrix = matrix.unwrap_or(Matrix::UNIT);
            let Some(bounds) = self.area(&looks.dict, b"BBox") else {
                return;
            };
            let Some(bounds) = Area::around(bounds.corners().map(|one| matrix.apply(one))) else {
                return;
            };
            if bounds.size() <= 0.0 {
                return;
            }
            let (wide, high) = (place.wide() / bounds.wide(), place.high() / bounds.high());
            let corner =
                (place.least.0 - bounds.least.0 * wide, place.least.1 - bounds.least.1 * high);
            let matrix = Matrix::scaled(wide, high, corner);
            self.draw_form(looks, &[], State::first(matrix), is_hidden || is_off);
        } else if !is_hidden && !is_off {
            let kind = annotation.get(b"Subtype").and_then(Object::as_name);
            let key: &[u8] = match kind.unwrap_or_default() {
                b"FreeText" => b"C",
                b"Square" | b"Circle" | b"Polygon" => b"IC",
                _ => return,
            };
            let colour = self.figures(annotation, key).unwrap_or_default();
            let alpha = annotation
                .get(b"CA")
                .and_then(Object::as_float)
                .unwrap_or(1.0);
            if !colour.is_empty() && alpha >= 0.9 {
                let hides = Some(Colour::of(&colour));
                self.sheet
                    .paint(Shape::quad(place.corners()), None, Over::Paint, hides);
            }
        }
    }

    /// How an annotation looks, as it says itself.
    fn looks(&self, annotation: &'a Dictionary) -> Option<&'a Stream> {
        let looks = annotation.get_deref(b"AP", self.document).ok()?;
        let normal = looks.as_dict().ok()?.get_deref(b"N", self.document).ok()?;
        if let Ok(stream) = normal.as_stream() {
            return Some(stream);
        }
        let chosen = annotation.get(b"AS").ok()?.as_name().ok()?;
        let chosen = normal.as_dict().ok()?.get_deref(chosen, self.document);
        chosen.ok()?.as_stream().ok()
    }

    /// Whether nothing shows through a picture.
    fn is_opaque(&mut self, picture: &'a Dictionary) -> bool {
        let is_stencil = picture.get(b"ImageMask").and_then(Object::as_bool);
        if is_stencil.unwrap_or_default() {
            // One dot is how some programs draw a box.
            let is_dot = |key| {
                picture
                    .get(key)
                    .and_then(Object::as_i64)
                    .is_ok_and(|one| one == 1)
            };
            return is_dot(b"Width") && is_dot(b"Height");
        }
        match picture.get_deref(b"SMask", self.document) {
            Ok(Object::Stream(mask)) => {
                let known = self.masks.entry(std::ptr::from_ref(mask));
                *known.or_insert_with(|| {
                    let levels = mask.get_plain_content_with_limit(AT_MOST);
                    levels.is_ok_and(|levels| levels.iter().all(|one| *one >= 0xF0))
                })
            }
            _ => !picture.has(b"Mask"),
        }
    }

    /// Whether a mark names a layer that is switched off.
    fn layer_of_mark(&self, operands: &[Object], resources: &Resources<'a>) -> bool {
        let [Object::Name(tag), Object::Name(name)] = operands else {
            return false;
        };
        tag == b"OC"
            && resources.iter().any(|resources| {
                let properties = resources.get_deref(b"Properties", self.document);
                let properties = properties.and_then(Object::as_dict);
                properties
                    .and_then(|properties| properties.get(name))
                    .is_ok_and(|layer| self.is_off(layer))
            })
    }

    /// Whether a layer, or all layers of a group of them, are switched off.
    fn is_off(&self, layer: &Object) -> bool {
        if layer.as_reference().is_ok_and(|id| self.off.contains(&id)) {
            return true;
        }
        let Ok(group) = self.whole(layer).as_dict() else {
            return false;
        };
        match group
            .get(b"OCGs")
            .map(|layers| (layers, self.whole(layers)))
        {
            Ok((_, Object::Array(layers))) => {
                let mut known = layers
                    .iter()
                    .filter_map(|one| one.as_reference().ok())
                    .peekable();
                known.peek().is_some() && known.all(|id| self.off.contains(&id))
            }
            Ok((layer, _)) => layer.as_reference().is_ok_and(|id| self.off.contains(&id)),
            Err(_) => false,
        }
    }

    fn take_font(&mut self, named: &'a Dictionary, state: &mut State) {
        if let Ok([font, size]) = named
            .get(b"Font")
            .and_then(Object::as_array)
            .map(Vec::as_slice)
        {
            state.letters.font = self.font(self.whole(font));
            state.letters.size = size.as_float().unwrap_or_default();
        }
    }

    fn font(&mut self, font: &'a Object) -> Rc<Font> {
        let Ok(font) = font.as_dict() else {
            return Rc::default();
        };
        let document = self.document;
        let known = self.fonts.entry(std::ptr::from_ref(font));
        let font = Rc::clone(known.or_insert_with(|| Rc::new(Font::of(font, document))));
        self.met_unreadable |= font.is_unreadable();
        font
    }

    fn whole<'b>(&self, object: &'b Object) -> &'b Object
    where
        'a: 'b,
    {
        self.document
            .dereference(object)
            .map_or(object, |(_, object)| object)
    }

    /// The thing of this kind that the first operand names.
    fn resource(
        &self,
        kind: &[u8],
        operands: &[Object],
        resources: &Resources<'a>,
    ) -> Option<&'a Object> {
        let name = operands.first()?.as_name().ok()?;
        resources.iter().find_map(|resources| {
            let kind = resources.get_deref(kind, self.document).ok()?;
            kind.as_dict().ok()?.get_deref(name, self.document).ok()
        })
    }

    fn figures(&self, dictionary: &Dictionary, key: &[u8]) -> Option<Vec<f32>> {
        let list = dictionary.get_deref(key, self.document).ok()?;
        Some(numbers(list.as_array().ok()?))
    }

    fn area(&self, dictionary: &Dictionary, key: &[u8]) -> Option<Area> {
        Area::of(&self.figures(dictionary, key)?)
    }
}

/// The page where none is told.
const A4: Area = Area { least: (0.0, 0.0), greatest: (595.0, 842.0) };

/// How large a page is: what is shown of it.
pub(super) fn area_of(document: &Document, page: ObjectId) -> Area {
    let find = |key: &[u8]| {
        let mut node = document.get_dictionary(page).ok();
        for _ in 0..64 {
            if let Ok(Object::Array(list)) = node?.get_deref(key, document) {
                return Area::of(&numbers(list));
            }
            node = node?
                .get_deref(b"Parent", document)
                .and_then(Object::as_dict)
                .ok();
        }
        None
    };
    let whole = find(b"MediaBox").unwrap_or(A4);
    find(b"CropBox").map_or(whole, |shown| shown.common(whole))
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

/// The layers that are switched off when the document is opened.
pub(super) fn switched_off(document: &Document) -> HashSet<ObjectId> {
    let list = |dictionary: &Dictionary, key: &[u8]| -> HashSet<ObjectId> {
        let list = dictionary
            .get_deref(key, document)
            .and_then(Object::as_array);
        let list = list.into_iter().flatten();
        list.filter_map(|layer| layer.as_reference().ok()).collect()
    };
    let layers = document
        .catalog()
        .and_then(|catalog| catalog.get_deref(b"OCProperties", document))
        .and_then(Object::as_dict);
    let Ok(layers) = layers else {
        return HashSet::new();
    };
    let Ok(chosen) = layers.get_deref(b"D", document).and_then(Object::as_dict) else {
        return HashSet::new();
    };
    let mut off = list(chosen, b"OFF");
    let state = chosen.get(b"BaseState").and_then(Object::as_name);
    if state.is_ok_and(|state| state == b"OFF") {
        let on = list(chosen, b"ON");
        off.extend(list(layers, b"OCGs").difference(&on));
    }
    off
}

/// Whether operations end with this operator, which is then the last one.
fn ends_with(content: &[u8], operator: &str) -> bool {
    let operator = if operator == "BI" { "EI" } else { operator };
    let lines = content.rsplit(|byte| matches!(byte, b'\n' | b'\r' | b'\0'));
    let mut ends = lines
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty());
    // A comment says nothing.
    ends.find(|line| !line.starts_with(b"%"))
        .is_none_or(|line| line.ends_with(operator.as_bytes()))
}

fn numbers(objects: &[Object]) -> Vec<f32> {
    objects
        .iter()
        .filter_map(|one| one.as_float().ok())
        .collect()
}
