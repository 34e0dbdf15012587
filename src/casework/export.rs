//! Cases in bulk for other programs and for [`import`](crate::casework::import): the columns
//! of contract §4, filled in again.

use std::collections::HashMap;

use uuid::Uuid;

use crate::app::App;
use crate::casework::import::columns::Column;
use crate::casework::import::entry::{IMPORTED, ImportEntry};
use crate::casework::record::{self, Happened};
use crate::casework::{CaseworkError, papers};
use crate::documents::Cell;
use crate::domain::actor::Actor;
use crate::domain::application::Draft;
use crate::domain::case::Stage;
use crate::storage::cases::{CaseFile, Secrets};
use crate::storage::{self, Connection};

/// How many cases are opened at a time.
const PORTION: i64 = 500;
/// What stands where the papers of a case were destroyed.
const SHREDDED: &str = "（已按保管期限销毁）";

/// Which cases are wanted.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Whose.
    pub agencies: Vec<Uuid>,
    /// Those that the section three of this year counts; all, if none is named.
    pub year: Option<i32>,
}

/// What was handed out, and what could not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exported {
    /// How many cases.
    pub cases: usize,
    /// Applications without a day of receipt, which import does not know.
    pub unreceived: i64,
}

/// The headings, as [`export`] fills the columns.
#[must_use]
pub fn headings() -> Vec<&'static str> {
    Column::ALL.map(Column::label).to_vec()
}

/// Hands every wanted case to `row`, in the order in which they were put on record, names and
/// contents in the clear. That it was done is put on record before the first one.
///
/// # Errors
///
/// [`CaseworkError`], or what `row` says.
pub fn export<E: From<CaseworkError>>(
    app: &App,
    wanted: &Wanted,
    by: &Actor,
    mut row: impl FnMut(&[Cell]) -> Result<(), E>,
) -> Result<Exported, E> {
    put_on_record(app, wanted, by)?;
    let codes = agency_codes(app)?;
    let mut exported = Exported { cases: 0, unreceived: unreceived(app, wanted)? };
    let mut after = None;
    loop {
        let portion = portion(app, wanted, after)?;
        let Some(last) = portion.last() else {
            return Ok(exported);
        };
        after = Some(last.file.id);
        for case in &portion {
            let code = codes
                .get(&case.file.agency_id)
                .map(String::as_str)
                .unwrap_or_default();
            row(&cells(app, case, code)?)?;
            exported.cases += 1;
        }
    }
}

/// A case with everything that a row is made of.
struct Opened {
    file: CaseFile,
    secrets: Option<Secrets>,
    entry: Option<ImportEntry>,
}

fn put_on_record(app: &App, wanted: &Wanted, by: &Actor) -> Result<(), CaseworkError> {
    let (vault, wanted, by, at) = (app.vault.clone(), wanted.clone(), by.clone(), app.clock.now());
    let data = serde_json::json!({ "what": "cases", "year": wanted.year }).to_string();
    app.database.write_blocking(move |conn| {
        for agency in wanted.agencies {
            let (by, data) = (&by, data.as_str());
            let happened = Happened { agency, case: None, at, by, action: "exported", data };
            record::append(conn, &vault, &happened)?;
        }
        Ok(())
    })
}

fn agency_codes(app: &App) -> Result<HashMap<Uuid, String>, CaseworkError> {
    let agencies = app.database.read_blocking(storage::agencies::list)?;
    Ok(agencies
        .into_iter()
        .map(|agency| (agency.id, agency.code))
        .collect())
}

fn unreceived(app: &App, wanted: &Wanted) -> Result<i64, CaseworkError> {
    let agencies = wanted.agencies.clone();
    Ok(app
        .database
        .read_blocking(move |conn| storage::cases::count_unreceived(conn, &agencies))?)
}

fn portion(app: &App, wanted: &Wanted, after: Option<Uuid>) -> Result<Vec<Opened>, CaseworkError> {
    let Wanted { agencies, year } = wanted.clone();
    app.database.read_blocking(move |conn: &mut Connection| {
        let files = storage::cases::received_page(conn, &agencies, year, after, PORTION)?;
        let ids: Vec<Uuid> = files.iter().map(|file| file.id).collect();
        let mut secrets: HashMap<Uuid, Secrets> = storage::cases::list_secrets(conn, &ids)?
            .into_iter()
            .collect();
        let mut entries: HashMap<Uuid, ImportEntry> = HashMap::new();
        for event in storage::events::of_cases(conn, &ids, IMPORTED)? {
            if let Some(case) = event.case {
                entries.insert(case, ImportEntry::from_json(&event.data)?);
            }
        }
        Ok(files
            .into_iter()
            .map(|file| Opened {
                secrets: secrets.remove(&file.id),
                entry: entries.remove(&file.id),
                file,
            })
            .collect())
    })
}

/// The row of a case, in the order of [`Column::ALL`].
fn cells(app: &App, case: &Opened, agency: &str) -> Result<Vec<Cell>, CaseworkError> {
    let (papers, note) = open(app, case)?;
    let file = &case.file;
    let closed = file.case.stage.closed();
    let stated = case.entry.as_ref().and_then(|entry| entry.due_on);
    let due_on = file
        .due
        .map(|due| due.on)
        .or(stated.filter(|_| closed.is_some()));
    let extended = match &file.case.stage {
        Stage::Handling(handling) => handling
            .term
            .extension
            .map_or(0, |extension| extension.days),
        _ => case.entry.as_ref().map_or(0, ImportEntry::extended_days),
    };
    Ok(vec![
        Cell::theirs(Some(file.number.as_str())),
        Cell::theirs(Some(agency)),
        Cell::Ours(file.channel.label().to_owned()),
        Cell::Ours(file.applicant_kind.label().to_owned()),
        Cell::theirs(Some(papers.applicant_name())),
        Cell::theirs(Some(&content(&papers))),
        Cell::day(file.case.stage.received_on()),
        Cell::day(closed.map(|(_, on)| on)),
        closed.map_or(Cell::Empty, |(ending, _)| Cell::Ours(ending.outcome().full_label())),
        Cell::day(due_on),
        if extended == 0 {
            Cell::Empty
        } else {
            Cell::Count(u64::from(extended))
        },
        Cell::theirs(note.as_deref()),
    ])
}

/// What the applicant wrote, and 备注; what stands for them where they were destroyed.
fn open(app: &App, case: &Opened) -> Result<(Draft, Option<String>), CaseworkError> {
    let Some(secrets) = case
        .secrets
        .as_ref()
        .filter(|kept| kept.wrapped_key.is_some())
    else {
        let destroyed = Draft {
            kind: case.file.applicant_kind.code().to_owned(),
            name: SHREDDED.to_owned(),
            organisation_name: SHREDDED.to_owned(),
            title: SHREDDED.to_owned(),
            ..Draft::default()
        };
        return Ok((destroyed, None));
    };
    let papers = papers::open(&app.vault, case.file.id, secrets)?;
    let sealed = case
        .entry
        .as_ref()
        .map(ImportEntry::sealed_note)
        .transpose()?
        .flatten();
    let note = sealed
        .map(|sealed| {
            let key = papers::case_key(&app.vault, secrets)?;
            let note = key.open(&sealed, &papers::context(case.file.id, "words"))?;
            String::from_utf8(note.to_vec()).map_err(|_| CaseworkError::Garbled("note"))
        })
        .transpose()?;
    Ok((papers, note))
}

/// What is asked for, in one cell.
fn content(papers: &Draft) -> String {
    let reference = papers.reference.trim();
    let reference = if reference.is_empty() {
        String::new()
    } else {
        format!("文号：{reference}")
    };
    let parts = [papers.title.trim(), &reference, papers.description.trim()];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("；")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_everything_that_says_what_is_wanted() {
        let mut papers = Draft { title: "征地批复".to_owned(), ..Draft::default() };
        assert_eq!(content(&papers), "征地批复");
        papers.reference = " 某政〔2024〕1号 ".to_owned();
        papers.description = "含红线图".to_owned();
        assert_eq!(content(&papers), "征地批复；文号：某政〔2024〕1号；含红线图");
    }
}
