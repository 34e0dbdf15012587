//! Where text is being written.

use lopdf::Object;

use super::covered::{Manner, Sheet};
use super::geometry::{Area, Matrix};
use super::state::State;

/// How far above its line a character reaches, in ems.
const TOP: f32 = 0.7;

/// The matrices between `BT` and `ET`.
pub(super) struct Writing {
    matrix: Matrix,
    line: Matrix,
}

impl Writing {
    pub(super) const fn new() -> Self {
        Self { matrix: Matrix::UNIT, line: Matrix::UNIT }
    }

    /// Takes in an operation; what it shows is written on the sheet.
    pub(super) fn take(
        &mut self,
        sheet: &mut Sheet,
        state: &mut State,
        (operator, figures, operands): (&str, &[f32], &[Object]),
        manner: Manner,
    ) {
        match (operator, figures) {
            ("BT", _) => self.start(Matrix::UNIT),
            ("Tm", figures) => {
                if let Some(matrix) = Matrix::of(figures) {
                    self.start(matrix);
                }
            }
            ("Td", [x, y]) => self.go(*x, *y),
            ("TD", [x, y]) => {
                state.letters.leading = -y;
                self.go(*x, *y);
            }
            ("T*", _) => self.go(0.0, -state.letters.leading),
            ("Tj", _) => self.show(sheet, state, operands.first(), manner),
            ("'", _) => {
                self.go(0.0, -state.letters.leading);
                self.show(sheet, state, operands.first(), manner);
            }
            ("\"", [spaces, between]) => {
                state.letters.spaces = *spaces;
                state.letters.between = *between;
                self.go(0.0, -state.letters.leading);
                self.show(sheet, state, operands.last(), manner);
            }
            ("TJ", _) => {
                let pieces = operands.first().and_then(|list| list.as_array().ok());
                for piece in pieces.into_iter().flatten() {
                    match piece.as_float() {
                        Ok(back) => self.step(state, -back / 1000.0 * state.letters.size),
                        Err(_) => self.show(sheet, state, Some(piece), manner),
                    }
                }
            }
            _ => {}
        }
    }

    const fn start(&mut self, at: Matrix) {
        self.matrix = at;
        self.line = at;
    }

    fn go(&mut self, x: f32, y: f32) {
        let at = Matrix::moved(x, y).then(self.line);
        self.start(at);
    }

    /// Goes on in the direction of writing.
    fn step(&mut self, state: &State, far: f32) {
        let moved = if state.letters.font.is_vertical {
            Matrix::moved(0.0, far)
        } else {
            Matrix::moved(far * state.letters.stretch, 0.0)
        };
        self.matrix = moved.then(self.matrix);
    }

    fn show(&mut self, sheet: &mut Sheet, state: &State, text: Option<&Object>, manner: Manner) {
        let Some(bytes) = text.and_then(|text| text.as_str().ok()) else {
            return;
        };
        let letters = &state.letters;
        for glyph in letters.font.glyphs(bytes) {
            if !sheet.works(1) {
                return;
            }
            let em =
                Matrix::scaled(letters.size * letters.stretch, letters.size, (0.0, letters.rise));
            let body = if letters.font.is_vertical {
                Area { least: (-0.5, -0.9), greatest: (0.5, 0.0) }
            } else {
                Area { least: (0.0, 0.0), greatest: (glyph.advance, TOP) }
            };
            let at = em.then(self.matrix).then(state.matrix);
            sheet.write(glyph.text, manner, at, body);
            let wider = letters.between + if glyph.is_space { letters.spaces } else { 0.0 };
            if letters.font.is_vertical {
                self.step(state, -(glyph.advance * letters.size + wider));
            } else {
                self.step(state, glyph.advance * letters.size + wider);
            }
        }
    }
}
