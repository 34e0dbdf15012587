//! A part of a document: its paragraphs, and what of them is not to be seen.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{Eye, Node, Sighting, attribute, nodes, unescaped, veiled};
use crate::domain::outgoing::FindingKind;

/// The elements that mark a tracked change.
const CHANGES: [&str; 11] = [
    "ins",
    "del",
    "moveFrom",
    "moveTo",
    "rPrChange",
    "pPrChange",
    "sectPrChange",
    "tblPrChange",
    "trPrChange",
    "tcPrChange",
    "numberingChange",
];
/// Letters of this size, in half points, or of a smaller one cannot be read.
const TINY: u32 = 4;

/// Why words cannot be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Unseen {
    Hidden,
    White,
    Blackened,
    Tiny,
}

impl Unseen {
    const fn words(self) -> &'static str {
        match self {
            Self::Hidden => "设为隐藏的文字",
            Self::White => "白色的文字",
            Self::Blackened => "涂黑但仍可复制的文字",
            Self::Tiny => "极小的文字",
        }
    }
}

/// How a stretch of text looks, as far as it says itself.
#[derive(Debug, Default, Clone)]
struct Look {
    is_hidden: bool,
    is_tiny: bool,
    letters: Option<Shade>,
    ground: Option<Shade>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shade {
    White,
    Dark,
    Other,
}

impl Look {
    fn unseen(&self, around: Option<Shade>) -> Option<Unseen> {
        let ground = self.ground.or(around).unwrap_or(Shade::White);
        if self.is_hidden {
            Some(Unseen::Hidden)
        } else if self.letters == Some(Shade::White) && ground == Shade::White {
            Some(Unseen::White)
        } else if self.ground == Some(Shade::Dark)
            && matches!(self.letters, None | Some(Shade::Dark))
        {
            // Around a whole cell or paragraph, letters without a colour turn white by
            // themselves; a stretch that is made black is meant to be.
            Some(Unseen::Blackened)
        } else if self.is_tiny {
            Some(Unseen::Tiny)
        } else {
            None
        }
    }
}

/// What was read of a part.
#[derive(Default)]
pub(super) struct Part {
    place: &'static str,
    paragraphs: Vec<String>,
    changes: usize,
    changed_by: BTreeSet<String>,
    deleted: String,
    comments: usize,
    commented_by: BTreeSet<String>,
    unseen: BTreeMap<Unseen, String>,
    /// Words for people who cannot see a picture.
    spoken: Vec<String>,
    cropped: usize,
}

/// Where the reading stands.
#[derive(Default)]
struct Reading {
    line: String,
    /// Which text is being read, if any.
    text: Option<&'static str>,
    look: Look,
    /// Whether the properties that are being read are a run's.
    is_run: bool,
    paragraph: Option<Shade>,
    cells: Vec<Option<Shade>>,
    is_cell: bool,
}

impl Part {
    pub(super) fn read(markup: &str, place: &'static str, hiding: &HashSet<String>) -> Self {
        let mut part = Self { place, ..Self::default() };
        let mut reading = Reading::default();
        for node in nodes(markup) {
            match node {
                Node::Open { name, attributes, is_whole } => {
                    part.open(&mut reading, (name, attributes, is_whole), hiding);
                }
                Node::Close(name) => part.close(&mut reading, name),
                Node::Text(text) => part.text(&mut reading, &unescaped(text)),
            }
        }
        part.paragraphs.push(reading.line);
        part
    }

    fn open(
        &mut self,
        reading: &mut Reading,
        (name, attributes, is_whole): (&str, &str, bool),
        hiding: &HashSet<String>,
    ) {
        match name {
            "t" | "instrText" | "delText" if !is_whole => {
                reading.text = Some(if name == "delText" { "delText" } else { "t" });
            }
            "tab" | "br" => reading.line.push('\n'),
            "p" => reading.paragraph = None,
            "tc" => reading.cells.push(None),
            "tcPr" => reading.is_cell = !is_whole,
            "r" => {
                reading.look = Look::default();
                reading.is_run = true;
            }
            "pPr" => reading.is_run = false,
            "shd" if reading.is_cell => {
                if let Some(cell) = reading.cells.last_mut() {
                    *cell = attribute(attributes, "fill").and_then(|fill| shade(&fill));
                }
            }
            "shd" if !reading.is_run => {
                reading.paragraph = attribute(attributes, "fill").and_then(|fill| shade(&fill));
            }
            "comment" => {
                self.comments += 1;
                self.commented_by.extend(attribute(attributes, "author"));
            }
            "docPr" | "cNvPr" => {
                self.spoken.extend(attribute(attributes, "descr"));
                self.spoken.extend(attribute(attributes, "title"));
            }
            "srcRect" => {
                let sides = ["l", "t", "r", "b"].into_iter();
                let mut sides = sides.filter_map(|side| attribute(attributes, side));
                self.cropped += usize::from(sides.any(|side| side != "0"));
            }
            name if CHANGES.contains(&name) => {
                // How it looked before is told inside, and does not count.
                reading.is_run &= name != "rPrChange";
                self.changes += 1;
                self.changed_by.extend(attribute(attributes, "author"));
            }
            name if reading.is_run => reading.look.take(name, attributes, hiding),
            _ => {}
        }
    }

    fn close(&mut self, reading: &mut Reading, name: &str) {
        match name {
            "t" | "instrText" | "delText" => reading.text = None,
            "p" => self.paragraphs.push(std::mem::take(&mut reading.line)),
            "tc" => {
                reading.cells.pop();
            }
            "tcPr" => reading.is_cell = false,
            "r" => {
                reading.look = Look::default();
                reading.is_run = false;
            }
            _ => {}
        }
    }

    fn text(&mut self, reading: &mut Reading, text: &str) {
        let Some(kind) = reading.text else {
            return;
        };
        reading.line.push_str(text);
        if kind == "delText" {
            self.deleted.push_str(text);
        }
        let cells = reading.cells.iter().rev();
        let around = reading
            .paragraph
            .or_else(|| cells.copied().flatten().next());
        if let Some(why) = reading.look.unseen(around)
            && !text.trim().is_empty()
        {
            self.unseen.entry(why).or_default().push_str(text);
        }
    }

    pub(super) fn sightings(&self, eye: Eye<'_>) -> Vec<Sighting> {
        let mut seen = Vec::new();
        let by = |who: &BTreeSet<String>, label: &str| {
            let who = who.iter().map(String::as_str);
            let who: Vec<&str> = who.filter(|name| eye.is_person(name)).collect();
            if who.is_empty() {
                String::new()
            } else {
                format!("，{label}：{}", who.join("、"))
            }
        };
        if self.comments > 0 {
            let first = self.paragraphs.iter().find(|text| !text.trim().is_empty());
            let first = first.map_or_else(String::new, |text| format!("：{}", veiled(text)));
            let words =
                format!("批注{}条{first}{}", self.comments, by(&self.commented_by, "批注者"));
            seen.push(Sighting::new(FindingKind::Comment, self.place, words));
        }
        if self.changes > 0 {
            let deleted = match self.deleted.trim() {
                "" => String::new(),
                deleted => format!("，其中删去的文字：{}", veiled(deleted)),
            };
            let words =
                format!("修订{}处{deleted}{}", self.changes, by(&self.changed_by, "修订者"));
            seen.push(Sighting::new(FindingKind::TrackedChange, self.place, words));
        }
        for (why, text) in &self.unseen {
            let words = format!("{}约{}个：{}", why.words(), text.chars().count(), veiled(text));
            seen.push(Sighting::new(FindingKind::HiddenText, self.place, words));
        }
        if self.cropped > 0 {
            let words = format!("裁剪过的图片{}张，裁去的部分仍可恢复", self.cropped);
            seen.push(Sighting::new(FindingKind::HiddenText, self.place, words));
        }
        for (number, text) in (1..).zip(&self.paragraphs) {
            seen.extend(eye.numbers(text, self.place, &format!("第{number}段")));
        }
        for text in &self.spoken {
            seen.extend(eye.numbers(text, self.place, "替代文字"));
        }
        seen
    }
}

impl Look {
    /// Takes in a property of a run.
    fn take(&mut self, name: &str, attributes: &str, hiding: &HashSet<String>) {
        let value = || attribute(attributes, "val").unwrap_or_default();
        match name {
            "vanish" | "specVanish" => self.is_hidden = is_on(attributes),
            "rStyle" => self.is_hidden |= hiding.contains(&value()),
            "sz" => self.is_tiny = value().parse::<u32>().is_ok_and(|size| size <= TINY),
            "color" => {
                let theme = attribute(attributes, "themeColor").unwrap_or_default();
                self.letters = match &*theme {
                    "background1" | "light1" => Some(Shade::White),
                    _ => shade(&value()),
                };
            }
            "highlight" => {
                self.ground = Some(match &*value() {
                    "black" => Shade::Dark,
                    "white" | "none" => Shade::White,
                    _ => Shade::Other,
                });
            }
            "shd" => {
                let fill = attribute(attributes, "fill").and_then(|fill| shade(&fill));
                self.ground = self.ground.or(fill);
            }
            _ => {}
        }
    }
}

/// How light a colour is; `None` of one that is left to the program.
fn shade(colour: &str) -> Option<Shade> {
    let figures = u32::from_str_radix(colour, 16)
        .ok()
        .filter(|_| colour.len() == 6)?;
    let [_, red, green, blue] = figures.to_be_bytes();
    let light = u32::from(red) * 3 + u32::from(green) * 6 + u32::from(blue);
    Some(match light {
        2500.. => Shade::White,
        ..600 => Shade::Dark,
        _ => Shade::Other,
    })
}

/// Whether a property that can be on or off is on.
pub(super) fn is_on(attributes: &str) -> bool {
    let value = attribute(attributes, "val");
    !value.is_some_and(|value| matches!(&*value, "0" | "false" | "off"))
}
