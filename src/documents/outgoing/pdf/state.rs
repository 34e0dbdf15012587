//! What `q` keeps and `Q` brings back: where and with what is drawn and written.

use std::rc::Rc;

use lopdf::Object;

use super::font::Font;
use super::geometry::{Area, Matrix};

/// Less than this, and what lies below shows through.
const OPAQUE: f32 = 0.9;

/// A colour, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Colour {
    White,
    Dark,
    Other,
}

impl Colour {
    /// A colour of one, three or four figures.
    pub(super) fn of(figures: &[f32]) -> Self {
        let light = match figures {
            [grey] => *grey,
            [red, green, blue] => 0.3 * red + 0.59 * green + 0.11 * blue,
            [cyan, magenta, yellow, black] => {
                (1.0 - black) * (1.0 - (cyan + magenta + yellow) / 3.0)
            }
            _ => return Self::Other,
        };
        if light > 0.98 {
            Self::White
        } else if light < 0.4 {
            Self::Dark
        } else {
            Self::Other
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
    const BLACK: Self = Self { colour: Colour::Dark, is_plain: true, alpha: 1.0 };

    /// Takes in an operation that sets a colour, by its name in small letters.
    fn set(&mut self, operator: &str, figures: &[f32], operands: &[Object]) {
        match (operator, figures) {
            ("cs", _) => {
                let space = operands.first().and_then(|space| space.as_name().ok());
                // Named spaces are mostly ICC profiles of grey, RGB or CMYK; tints are not told
                // apart, and a tint of one figure is ink, not light.
                self.is_plain = space.is_some_and(|space| space.starts_with(b"Device"));
                self.colour = Colour::Dark;
            }
            // A pattern.
            ("sc" | "scn", []) => self.colour = Colour::Other,
            ("sc" | "scn", [_]) if !self.is_plain => {
                let colour = Colour::of(figures);
                self.colour = if colour == Colour::Dark {
                    colour
                } else {
                    Colour::Other
                };
            }
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

    /// Whether what is painted with this hides what lies below.
    pub(super) fn hides(&self, paint: Paint) -> bool {
        paint.alpha >= OPAQUE
            && match self.blend {
                Blend::Over => true,
                Blend::Darkening => paint.colour == Colour::Dark,
                Blend::Lightening => paint.colour == Colour::White,
                Blend::Other => false,
            }
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
