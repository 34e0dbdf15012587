//! The embedded fonts: which glyph shows a character, and how wide it is.

use std::sync::LazyLock;

use krilla::text::Font;
use skrifa::charmap::Charmap;
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, GlyphId, MetadataProvider as _};

/// Noto Serif SC (SIL Open Font License 1.1), its common and its rare characters; see
/// `assets/fonts/README.md`.
const FACES: [&[u8]; 2] = [
    include_bytes!("../../../assets/fonts/NotoSerifSC-main.otf"),
    include_bytes!("../../../assets/fonts/NotoSerifSC-rare.otf"),
];

/// 〓, the printer's mark for a character that is not at hand.
const STAND_IN: char = '〓';

/// The fonts, the first one that has a character shows it.
pub(super) struct Fonts(Vec<Face>);

/// One font.
pub(super) struct Face {
    pub(super) font: Font,
    characters: Charmap<'static>,
    metrics: GlyphMetrics<'static>,
}

/// A character as it is printed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Glyph {
    /// The place of the font among the fonts.
    pub(super) face: usize,
    /// The glyph in that font.
    pub(super) id: u32,
    /// Its width, as a part of the size.
    pub(super) width: f32,
    /// Whether it stands in for a character that no font has.
    pub(super) stands_in: bool,
}

static EMBEDDED: LazyLock<Result<Fonts, String>> = LazyLock::new(|| {
    let faces = FACES.iter().map(|bytes| face(bytes));
    faces.collect::<Result<Vec<_>, _>>().map(Fonts)
});

/// The fonts that the program brings along.
pub(super) fn embedded() -> Result<&'static Fonts, String> {
    EMBEDDED.as_ref().map_err(Clone::clone)
}

fn face(bytes: &'static [u8]) -> Result<Face, String> {
    let font = FontRef::new(bytes).map_err(|error| error.to_string())?;
    Ok(Face {
        font: Font::new(bytes.into(), 0).ok_or("a font that cannot be read")?,
        characters: font.charmap(),
        metrics: font.glyph_metrics(Size::new(1.0), LocationRef::default()),
    })
}

impl Fonts {
    /// How a character is printed.
    pub(super) fn glyph(&self, character: char) -> Glyph {
        self.find(character).unwrap_or_else(|| {
            let stand_in = self.find(STAND_IN);
            let blank = Glyph { face: 0, id: 0, width: 1.0, stands_in: true };
            Glyph { stands_in: true, ..stand_in.unwrap_or(blank) }
        })
    }

    /// How wide a text is at a size.
    pub(super) fn width(&self, text: &str, size: f32) -> f32 {
        text.chars()
            .map(|character| self.glyph(character).width * size)
            .sum()
    }

    /// The font at this place.
    pub(super) fn face(&self, place: usize) -> Option<&Face> {
        self.0.get(place)
    }

    fn find(&self, character: char) -> Option<Glyph> {
        let mut faces = self.0.iter().enumerate();
        faces.find_map(|(place, face)| {
            let id: GlyphId = face.characters.map(character)?;
            let width = face.metrics.advance_width(id)?;
            Some(Glyph { face: place, id: id.to_u32(), width, stands_in: false })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_of_an_official_paper_is_at_hand() {
        let fonts = embedded().unwrap();
        let needed = "政府信息公开〔2026〕，。；：？！“”‘’（）《》〈〉、·—…□○〓①⑳％ABCxyz019㎡℃＿√";
        for character in needed.chars() {
            assert!(!fonts.glyph(character).stands_in, "{character}");
        }
        assert!((fonts.glyph('国').width - 1.0).abs() < 0.001);
        assert_eq!(fonts.glyph('𠮷').face, 1);
    }
}
