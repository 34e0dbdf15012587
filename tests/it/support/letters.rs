//! What officers fill in for letters, where a test does not care.

use yishen::domain::letter::{LetterKind, NOT_ASKED, Particulars, Shape};
use yishen::domain::outcome::{Disposition, Exemption};

/// Every blank of these letters that has to be filled in.
pub fn filled(kinds: &[LetterKind]) -> Particulars {
    blanks(kinds).into_iter().collect()
}

fn blanks(kinds: &[LetterKind]) -> Vec<(String, String)> {
    let blanks = kinds.iter().flat_map(|kind| kind.blanks());
    let refusal = LetterKind::Answer(Disposition::Withheld(Exemption::ThirdParty));
    let wanted = blanks.filter(|blank| {
        let is_excuse = blank.id == NOT_ASKED && kinds.contains(&refusal);
        blank.required || blank.id == "defect_content" || is_excuse
    });
    wanted
        .map(|blank| {
            let text = match blank.shape {
                Shape::Day => "2026-05-20".to_owned(),
                Shape::Many(_) if blank.id == "grounds" => "process".to_owned(),
                Shape::One(choices) | Shape::Many(choices) => choices[0].0.to_owned(),
                Shape::Line | Shape::Text => format!("（{}）", blank.label),
            };
            (blank.id.to_owned(), text)
        })
        .collect()
}

/// The same, as the fields of a form.
pub fn fields(kinds: &[LetterKind]) -> Vec<(String, String)> {
    let many = |id: &str| {
        let blanks = kinds.iter().flat_map(|kind| kind.blanks());
        blanks
            .into_iter()
            .any(|blank| blank.id == id && matches!(blank.shape, Shape::Many(_)))
    };
    blanks(kinds)
        .into_iter()
        .map(|(id, text)| {
            if many(&id) {
                (format!("{id}.{text}"), "yes".to_owned())
            } else {
                (id, text)
            }
        })
        .collect()
}
