//! What `q` keeps and `Q` brings back: where and with what is drawn and written.

use std::rc::Rc;

use lopdf::Object;

use super::font::Font;
use super::geometry::{Area, Matrix};

/// Less than this, and what lies below shows through.
const OPAQUE: f32 = 0.9;

/// A colour, as far as it can be told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Colour {
    /// Red, green and blue.
    Known([f32; 3]),
    /// A pattern, a tint, or one that lets something show through.
    Unknown,
}

impl Colour {
    pub(super) const WHITE: Self = Self::Known([1.0; 3]);

    /// A colour of one, three or four figures.
    pub(super) fn of(figures: &[f32]) -> Self {
        match figures {
            [grey] => Self::Known([*grey; 3]),
            [red, green, blue] => Self::Known([*red, *green, *blue]),
            [cyan, magenta, yellow, black] => {
                Self::Known([cyan, magenta, yellow].map(|ink| (1.0 - ink) * (1.0 - black)))
            }
            _ => Self::Unknown,
        }
    }

    fn is_white(self) -> bool {
        matches!(self, Self::Known(shades) if shades.iter().all(|shade| *shade > 0.96))
    }

    fn is_dark(self) -> bool {
        matches!(self, Self::Known([red, green, blue])
            if 0.3 * red + 0.59 * green + 0.11 * blue < 0.4)
    }

    /// Whether nobody can tell one from the other.
    pub(super) fn is_like(self, other: Self) -> bool {
        match (self, other) {
            (Self::Known(own), Self::Known(other)) => own
                .iter()
                .zip(other)
                .all(|(own, other)| (own - other).abs() < 0.08),
            _ => false,
        }
    }
}

/// How what is painted mixes with what lies below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Blend {
    Over,
    /// Only what is dark hides anything.
    Darkening,
    /// Only what is white hides anything.
    Lightening,
    Other,
}

/// What is painted with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint {
    pub(super) colour: Colour,
    /// Whether figures are shades of grey, red, green and blue, or inks.
    is_plain: bool,
    alpha: f32,
}

impl Paint {
    // A page begins with black.
    const BLACK: Self = Self { colour: Colour::Known([0.0; 3]), is_plain: true, alpha: 1.0 };

    /// Takes in an operation that sets a colour, by its name in small letters.
    fn set(&mut self, operator: &str, figures: &[f32], operands: &[Object]) {
        match (operator, figures) {
            ("cs", _) => {
                let space = operands.first().and_then(|space| space.as_name().ok());
                // Named spaces are mostly ICC profiles of grey, RGB or CMYK; tints are not told
                // apart, and a tint of one figure is ink, not light.
                self.is_plain = space.is_some_and(|space| space.starts_with(b"Device"));
                self.colour = Colour::Unknown;
            }
            // A pattern, or a tint.
            ("sc" | "scn", []) => self.colour = Colour::Unknown,
            ("sc" | "scn", [_]) if !self.is_plain => self.colour = Colour::Unknown,
            ("g" | "rg" | "k" | "sc" | "scn", _) => self.colour = Colour::of(figures),
            _ => {}
        }
    }
}

/// How text is written.
#[derive(Clone)]
pub(super) struct Lettering {
    pub(super) font: Rc<Font>,
    pub(super) size: f32,
    /// `Tc`.
    pub(super) between: f32,
    /// `Tw`.
    pub(super) spaces: f32,
    /// `Tz`, 1 being ordinary.
    pub(super) stretch: f32,
    /// `TL`.
    pub(super) leading: f32,
    /// `Ts`.
    pub(super) rise: f32,
    /// `Tr` 3: not painted at all.
    pub(super) is_invisible: bool,
}

/// What is kept.
#[derive(Clone)]
pub(super) struct State {
    pub(super) matrix: Matrix,
    /// Outside of it nothing is painted.
    pub(super) clip: Option<Area>,
    pub(super) fill: Paint,
    pub(super) stroke: Paint,
    pub(super) width: f32,
    blend: Blend,
    pub(super) letters: Lettering,
}

impl State {
    /// How a page begins.
    pub(super) fn first(matrix: Matrix) -> Self {
        Self {
            matrix,
            clip: None,
            fill: Paint::BLACK,
            stroke: Paint::BLACK,
            width: 1.0,
            blend: Blend::Over,
            letters: Lettering {
                font: Rc::default(),
                size: 0.0,
                between: 0.0,
                spaces: 0.0,
                stretch: 1.0,
                leading: 0.0,
                rise: 0.0,
                is_invisible: false,
            },
        }
    }

    /// Nothing is painted outside of this area from now on.
    pub(super) fn narrow(&mut self, area: Area) {
        self.clip = Some(self.clip.map_or(area, |clip| clip.common(area)));
    }

    /// The colour of what is painted with this, if it hides what lies below.
    pub(super) fn shown(&self, paint: Paint) -> Option<Colour> {
        let hides = paint.alpha >= OPAQUE
            && match self.blend {
                Blend::Over => true,
                Blend::Darkening => paint.colour.is_dark(),
                Blend::Lightening => paint.colour.is_white(),
                Blend::Other => false,
            };
        hides.then_some(paint.colour)
    }

    /// Whether a picture hides what lies below.
    pub(super) fn shows_pictures_whole(&self) -> bool {
        self.fill.alpha >= OPAQUE && self.blend == Blend::Over
    }

    /// Takes in an operation that changes what is kept, other than its matrix.
    pub(super) fn take(&mut self, operator: &str, figures: &[f32], operands: &[Object]) {
        let letters = &mut self.letters;
        match (operator, figures) {
            ("w", [width]) => self.width = *width,
            ("Tc", [value]) => letters.between = *value,
            ("Tw", [value]) => letters.spaces = *value,
            ("Tz", [value]) => letters.stretch = value / 100.0,
            ("TL", [value]) => letters.leading = *value,
            ("Ts", [value]) => letters.rise = *value,
            ("Tr", [mode]) => letters.is_invisible = (2.5..3.5).contains(mode),
            ("G" | "RG" | "K" | "CS" | "SC" | "SCN", _) => {
                self.stroke
                    .set(&operator.to_ascii_lowercase(), figures, operands);
            }
            _ => self.fill.set(operator, figures, operands),
        }
    }

    /// Takes in what `gs` names.
    pub(super) fn take_named(&mut self, key: &[u8], value: &Object) {
        match key {
            b"ca" => self.fill.alpha = value.as_float().unwrap_or(1.0),
            b"CA" => self.stroke.alpha = value.as_float().unwrap_or(1.0),
            b"LW" => self.width = value.as_float().unwrap_or(self.width),
            // A mask lets something show through, mostly.
            b"SMask" => {
                let is_none = value.as_name().is_ok_and(|name| name == b"None");
                self.blend = if is_none { Blend::Over } else { Blend::Other };
            }
            b"BM" => {
                let first = value.as_array().ok().and_then(|list| list.first());
                let name = first.unwrap_or(value).as_name().unwrap_or_default();
                self.blend = match name {
                    b"Normal" | b"Compatible" => Blend::Over,
                    b"Multiply" | b"Darken" | b"ColorBurn" => Blend::Darkening,
                    b"Screen" | b"Lighten" | b"ColorDodge" => Blend::Lightening,
                    _ => Blend::Other,
                };
            }
            _ => {}
        }
    }
}
