//! Keeping a checked file: numbers, cases, papers and the record, in one transaction.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, Datelike as _, Utc};
use uuid::Uuid;

use super::entry::{IMPORTED, ImportEntry};
use super::rows::ImportedCase;
use super::{Batch, last_plain_day};
use crate::app::App;
use crate::casework::record::{self, Happened};
use crate::casework::{CASE_NUMBERS, CaseworkError, ids, papers};
use crate::domain::actor::Actor;
use crate::domain::application::Draft;
use crate::domain::case::Case;
use crate::domain::number::CaseNumber;
use crate::storage::cases::{NewCase, Secrets};
use crate::storage::{self, Connection};

/// Told of each case that was written, by how many there are so far.
pub type Progress = Arc<dyn Fn(usize) + Send + Sync>;

/// The longest content that is short enough to be the title of what is asked for.
const TITLE_AT_MOST: usize = 200;

/// A case, ready to be written but for its number.
struct Prepared {
    case: ImportedCase,
    new: NewCase,
    secrets: Secrets,
    entry: ImportEntry,
}

pub(super) fn keep(
    app: &App,
    batch: Batch,
    by: &Actor,
    progress: Progress,
) -> Result<usize, CaseworkError> {
    let now = app.clock.now();
    let prepared: Vec<Prepared> = batch
        .cases
        .into_iter()
        .map(|case| prepare(app, case, now))
        .collect::<Result<_, _>>()?;
    let (vault, by, digest) = (app.vault.clone(), by.clone(), batch.digest);
    app.database.write_blocking(move |conn| {
        let numbers = numbers(conn, &prepared)?;
        for ((prepared, number), written) in prepared.iter().zip(&numbers).zip(1..) {
            storage::cases::insert(conn, number, &prepared.new, &prepared.secrets)?;
            progress(written);
        }
        // The record last: until the deed ends, nobody else can add to it.
        for (agency, entries) in entries(&prepared, &numbers)? {
            let whole = batch_data(entries.len(), &digest);
            let mut all: Vec<Happened<'_>> = Vec::with_capacity(entries.len() + 1);
            for (case, data) in &entries {
                let case = Some(*case);
                all.push(Happened { agency, case, at: now, by: &by, action: IMPORTED, data });
            }
            let (action, data) = ("import_finished", whole.as_str());
            all.push(Happened { agency, case: None, at: now, by: &by, action, data });
            record::append_all(conn, &vault, agency, &all)?;
        }
        Ok(numbers.len())
    })
}

/// What the record is to say of each case, by agency.
fn entries(
    prepared: &[Prepared],
    numbers: &[CaseNumber],
) -> Result<BTreeMap<Uuid, Vec<(Uuid, String)>>, CaseworkError> {
    let mut entries: BTreeMap<Uuid, Vec<(Uuid, String)>> = BTreeMap::new();
    for (prepared, number) in prepared.iter().zip(numbers) {
        let entry = ImportEntry { number: number.as_str().to_owned(), ..prepared.entry.clone() };
        let of_agency = entries.entry(prepared.new.agency_id).or_default();
        of_agency.push((prepared.new.id, entry.to_json()?));
    }
    Ok(entries)
}

/// What the record says of a whole file.
fn batch_data(cases: usize, digest: &[u8; 32]) -> String {
    let digest = BASE64_STANDARD.encode(digest);
    format!(r#"{{"cases":{cases},"sha256":"{digest}"}}"#)
}

fn prepare(app: &App, case: ImportedCase, now: DateTime<Utc>) -> Result<Prepared, CaseworkError> {
    let id = ids::new();
    let (key, secrets) = papers::seal(&app.vault, id, &written(&case))?;
    let note = case
        .note
        .as_deref()
        .map(|note| key.seal(note.as_bytes(), &papers::context(id, "words")));
    let last_day = last_plain_day(app, &case)?;
    let entry = ImportEntry::new(&case, "", last_day, note.transpose()?.as_deref());
    let stage = entry.stage()?;
    let within = app.settings.intake.confirm_within_days;
    let new = NewCase {
        id,
        agency_id: case.agency,
        channel: case.channel,
        applicant_kind: case.kind,
        due: stage.due(&app.calendar)?,
        attention_on: stage.attention_on(within, &app.calendar)?,
        case: Case { handler: None, stage },
        filed_at: now,
        arrived_on: case.received_on,
        name_index: Some(papers::name_index(&app.vault, &case.name)),
        document_index: None,
        form_token: None,
        query_code_mac: None,
        imported: true,
        family: None,
    };
    Ok(Prepared { case, new, secrets, entry })
}

/// What the applicant wrote, as far as the file tells it. Content that is short stands where
/// lists of cases show it.
fn written(case: &ImportedCase) -> Draft {
    let mut papers = Draft { kind: case.kind.code().to_owned(), ..Draft::default() };
    if case.kind.is_organisation() {
        papers.organisation_name.clone_from(&case.name);
    } else {
        papers.name.clone_from(&case.name);
    }
    let is_title =
        case.content.chars().count() <= TITLE_AT_MOST && !case.content.contains(['\n', '\r']);
    if is_title {
        papers.title.clone_from(&case.content);
    } else {
        papers.description.clone_from(&case.content);
    }
    papers
}

/// The number of each case: the file's own, or the next of its agency and year of receipt.
fn numbers(conn: &mut Connection, prepared: &[Prepared]) -> Result<Vec<CaseNumber>, CaseworkError> {
    let mut codes: BTreeMap<Uuid, String> = BTreeMap::new();
    for agency in storage::agencies::list(conn)? {
        codes.insert(agency.id, agency.code);
    }
    let code = |agency: Uuid| codes.get(&agency).map(String::as_str).unwrap_or_default();
    // Numbers of our own form that the file brings are not to be given a second time.
    let mut highest: BTreeMap<(Uuid, i32), u32> = BTreeMap::new();
    for Prepared { case, .. } in prepared {
        let own = case
            .number
            .as_ref()
            .and_then(|number| own_form(number, code(case.agency)));
        if let Some((year, sequence)) = own {
            let highest = highest.entry((case.agency, year)).or_default();
            *highest = sequence.max(*highest);
        }
    }
    for ((agency, year), sequence) in highest {
        storage::counters::skip_to(conn, agency, CASE_NUMBERS, year, sequence)?;
    }
    prepared
        .iter()
        .map(|Prepared { case, .. }| {
            if let Some(number) = &case.number {
                return Ok(number.clone());
            }
            let (year, series) = (case.received_on.year(), CASE_NUMBERS);
            let sequence = storage::counters::next(conn, case.agency, series, year)?;
            Ok(CaseNumber::assigned(code(case.agency), year, sequence))
        })
        .collect()
}

/// Year and place of a number as [`CaseNumber::assigned`] makes it for this agency.
fn own_form(number: &CaseNumber, code: &str) -> Option<(i32, u32)> {
    let (year, sequence) = number
        .as_str()
        .strip_prefix(code)?
        .strip_prefix('-')?
        .split_once('-')?;
    let (year, sequence) = (year.parse().ok()?, sequence.parse().ok()?);
    (CaseNumber::assigned(code, year, sequence) == *number).then_some((year, sequence))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_our_own_form_are_known() {
        let read = |number: &str| own_form(&number.parse().unwrap(), "LH");
        assert_eq!(read("LH-2024-0007"), Some((2024, 7)));
        assert_eq!(read("LH-2024-12345"), Some((2024, 12345)));
        for other in [
            "LH-2024-7",
            "XX-2024-0007",
            "LH-2024",
            "LH2024-0007",
            "LH-24-x",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
