//! Writing a report: one thing at a time, so that two people can write different parts.

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{AnnualError, gather};
use crate::app::App;
use crate::casework::record::{self, Happened};
use crate::documents::hex;
use crate::domain::actor::{Actor, Role};
use crate::report::annual::form::{Form, TableForm};
use crate::storage::annual::{self, Written};
use crate::storage::{StorageError, seals};

/// What is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A part: its text, and the numbers of its tables by the key of their slot.
    Part {
        /// The part.
        key: String,
        /// Its text.
        text: String,
        /// Its numbers, as typed.
        figures: BTreeMap<String, String>,
    },
    /// Form, scope, what stands before the first part, and 成文日期.
    Frame {
        /// The identifier of the form.
        form: String,
        /// Whether the agencies below are summed.
        roll_up: bool,
        /// What stands before the first part; empty for the form's own.
        preface: String,
        /// 成文日期.
        dated: Option<NaiveDate>,
    },
}

impl Change {
    /// What it changes.
    #[must_use]
    pub fn place(&self) -> &str {
        match self {
            Self::Part { key, .. } => key,
            Self::Frame { .. } => FRAME,
        }
    }
}

/// The place of what stands around the parts.
pub const FRAME: &str = "frame";

/// The name of the field of a part's text.
pub const TEXT_FIELD: &str = "text";

/// The name of the field of a number, by the key of its slot.
#[must_use]
pub fn figure_field(key: &str) -> String {
    format!("figure.{key}")
}

/// What is written at a place, field by field, as a form shows it.
#[must_use]
pub fn fields(written: &Written, form: &Form, place: &str) -> Vec<(String, String)> {
    let draft = &written.draft;
    let Some(part) = form.part(place) else {
        let roll_up = if written.roll_up { "yes" } else { "" };
        let dated = draft.dated.map(|day| day.to_string()).unwrap_or_default();
        return vec![
            ("form".to_owned(), written.form.clone()),
            ("roll_up".to_owned(), roll_up.to_owned()),
            ("preface".to_owned(), draft.preface.trim().to_owned()),
            ("dated".to_owned(), dated),
        ];
    };
    let text = draft.texts.get(place).map_or("", |text| text.trim());
    let mut fields = vec![(TEXT_FIELD.to_owned(), text.to_owned())];
    fields.extend(part.tables.iter().flat_map(TableForm::slots).map(|slot| {
        let key = slot.key();
        let typed = draft.figures.get(&key).cloned().unwrap_or_default();
        (figure_field(&key), typed)
    }));
    fields
}

/// A mark of what is written at a place, by which a page says what it showed, field by field.
#[must_use]
pub fn mark(written: &Written, form: &Form, place: &str) -> String {
    let fields = fields(written, form, place).into_iter();
    let marks: Vec<String> = fields
        .map(|(field, value)| format!("{field}:{}", digest(&value)))
        .collect();
    marks.join(" ")
}

/// Whether the page with this [`mark`] showed this value in a field.
#[must_use]
pub fn was_shown(mark: &str, field: &str, value: &str) -> bool {
    let shown = mark.split(' ').filter_map(|one| one.rsplit_once(':'));
    let mut of_field = shown.filter(|(name, _)| *name == field);
    of_field.any(|(_, shown)| shown == digest(value))
}

fn digest(value: &str) -> String {
    hex(Sha256::digest(value.as_bytes())
        .get(..6)
        .unwrap_or_default())
}

/// Whose duty a report is.
pub(super) const WRITERS: &[Role] = &[Role::Clerk, Role::Reviewer, Role::Head];

/// Keeps a change to the report of an agency and year, on record.
///
/// # Errors
///
/// [`AnnualError::Sealed`], if it is sealed; [`StorageError::Conflict`], if somebody else
/// changed the same place since its [`mark`] was `seen`.
///
/// [`StorageError::Conflict`]: crate::storage::StorageError::Conflict
pub async fn write(
    app: &App,
    agency: Uuid,
    year: i32,
    seen: &str,
    change: Change,
    by: &Actor,
) -> Result<(), AnnualError> {
    if !by.holds(WRITERS) {
        return Err(AnnualError::NotYours("编写年度报告"));
    }
    if !(2008..=app.clock.today().year()).contains(&year) {
        return Err(AnnualError::Year(year));
    }
    let (office, by, now) = (app.clone(), by.clone(), app.clock.now());
    let seen = seen.to_owned();
    app.database
        .write(move |conn| {
            if seals::find(conn, agency, year)?.is_some() {
                return Err(AnnualError::Sealed(year));
            }
            let gathered = gather(conn, &office, agency, year, office.clock.today())?;
            let kept = gathered.written;
            if mark(&kept, &gathered.form, change.place()) != seen {
                return Err(StorageError::Conflict.into());
            }
            let (written, what) = changed(&office.forms, &gathered.form, kept, change)?;
            annual::save(conn, agency, year, &written, now)?;
            let data = json!({ "year": year, "what": what }).to_string();
            let (action, by) = ("report_written", &by);
            let happened = Happened { agency, case: None, at: now, by, action, data: &data };
            record::append(conn, &office.vault, &happened)?;
            Ok(())
        })
        .await
}

/// The report after a change, and what was changed.
fn changed(
    forms: &[Form],
    form: &Form,
    mut written: Written,
    change: Change,
) -> Result<(Written, String), AnnualError> {
    match change {
        Change::Part { key, text, figures } => {
            let part = form
                .part(&key)
                .ok_or_else(|| AnnualError::Unknown(key.clone()))?;
            let slots = part.tables.iter().flat_map(TableForm::slots);
            for slot in slots {
                let slot = slot.key();
                match figures.get(&slot).map(|typed| typed.trim()) {
                    Some(typed) if !typed.is_empty() => {
                        written.draft.figures.insert(slot, typed.to_owned());
                    }
                    _ => drop(written.draft.figures.remove(&slot)),
                }
            }
            written.draft.texts.insert(key.clone(), text);
            Ok((written, key))
        }
        Change::Frame { form, roll_up, preface, dated } => {
            if forms.iter().all(|known| known.code != form) {
                return Err(AnnualError::Unknown(form));
            }
            written.form = form;
            written.roll_up = roll_up;
            written.draft.preface = preface;
            written.draft.dated = dated;
            Ok((written, FRAME.to_owned()))
        }
    }
}
