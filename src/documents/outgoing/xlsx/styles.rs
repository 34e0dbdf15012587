//! Which formats of a workbook show nothing of what a cell holds.

use super::super::office::{Node, attribute, nodes};

/// How a cell that holds something shows nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blank {
    /// A number format like `;;;`.
    Format,
    /// Letters of the colour of their ground.
    Colour,
}

impl Blank {
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Format => "格式设为不显示的内容",
            Self::Colour => "与底色同色的文字",
        }
    }
}

/// For each format of a cell, whether it shows nothing.
#[derive(Debug, Default)]
pub(super) struct Styles(Vec<Option<Blank>>);

/// White, as files write it: by its figures, its place in the old palette or in the theme.
const WHITE: &str = "FFFFFF";

impl Styles {
    pub(super) fn read(markup: &str) -> Self {
        let mut formats = Vec::new();
        let (mut fonts, mut fills, mut styles) = (Vec::new(), Vec::new(), Vec::new());
        // Differences for conditional formats have fonts and fills of their own.
        let mut part = "";
        for node in nodes(markup) {
            match node {
                Node::Open {
                    name: name @ ("fonts" | "fills" | "cellXfs" | "cellStyleXfs" | "dxfs"),
                    ..
                } => {
                    part = name;
                }
                Node::Close("fonts" | "fills" | "cellXfs" | "cellStyleXfs" | "dxfs") => part = "",
                Node::Open { name: "numFmt", attributes, .. } if part.is_empty() => {
                    let code = attribute(attributes, "formatCode").unwrap_or_default();
                    if shows_nothing(&code) {
                        formats.extend(attribute(attributes, "numFmtId"));
                    }
                }
                Node::Open { name: "font", .. } if part == "fonts" => fonts.push(None),
                Node::Open { name: "color", attributes, .. } if part == "fonts" => {
                    if let Some(font) = fonts.last_mut() {
                        *font = colour(attributes);
                    }
                }
                Node::Open { name: "fill", .. } if part == "fills" => fills.push(None),
                Node::Open { name: "fgColor", attributes, .. } if part == "fills" => {
                    if let Some(fill) = fills.last_mut() {
                        *fill = colour(attributes);
                    }
                }
                Node::Open { name: "xf", attributes, .. } if part == "cellXfs" => {
                    let number = |name| attribute(attributes, name).unwrap_or_default();
                    let place = |name| number(name).parse::<usize>().unwrap_or_default();
                    let format = formats.contains(&number("numFmtId"));
                    let letters = fonts.get(place("fontId")).cloned().flatten();
                    let ground: Option<String> = fills.get(place("fillId")).cloned().flatten();
                    let ground = ground.unwrap_or_else(|| WHITE.to_owned());
                    let is_same = letters.is_some_and(|letters: String| letters == ground);
                    let blank = is_same.then_some(Blank::Colour);
                    styles.push(if format { Some(Blank::Format) } else { blank });
                }
                _ => {}
            }
        }
        Self(styles)
    }

    /// How a cell of this format shows nothing, if it does.
    pub(super) fn blank(&self, style: &str) -> Option<Blank> {
        let place = style.parse::<usize>().ok()?;
        self.0.get(place).copied().flatten()
    }
}

/// A colour, without what makes it opaque.
fn colour(attributes: &str) -> Option<String> {
    if let Some(figures) = attribute(attributes, "rgb") {
        let start = figures.len().saturating_sub(6);
        return figures.get(start..).map(str::to_ascii_uppercase);
    }
    let tint = attribute(attributes, "tint").unwrap_or_default();
    let has_tint = tint.parse::<f64>().is_ok_and(|tint| tint.abs() > 0.05);
    match (attribute(attributes, "theme"), attribute(attributes, "indexed")) {
        (Some(theme), _) if theme == "0" && !has_tint => Some(WHITE.to_owned()),
        (Some(theme), _) => Some(format!("theme{theme}{tint}")),
        // 65 is the ground of a window.
        (_, Some(place)) => Some(match &*place {
            "1" | "9" | "65" => WHITE.to_owned(),
            "0" | "8" | "64" => "000000".to_owned(),
            place => format!("indexed{place}"),
        }),
        _ => None,
    }
}

/// Whether a number format shows nothing: only empty sections, three of them or more, since two
/// leave texts to be seen.
fn shows_nothing(code: &str) -> bool {
    code.matches(';').count() >= 2 && code.chars().all(|one| matches!(one, ';' | ' ' | '"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_of_empty_sections_shows_nothing() {
        for code in [";;;", ";;", "\"\";\"\";\"\";\"\""] {
            assert!(shows_nothing(code), "{code}");
        }
        for code in ["General", "0;;", ";;;@", "", ";"] {
            assert!(!shows_nothing(code), "{code}");
        }
    }
}
