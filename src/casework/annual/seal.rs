//! 签发: the head seals what was written and counted, with the files that will be published.

use std::collections::BTreeMap;

use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::corrections::{Tables, case_list, units_to_keep};
use super::{AnnualError, gather};
use crate::app::App;
use crate::casework::record::{self, Happened};
use crate::documents::{annual as files, hex};
use crate::domain::actor::{Actor, Role};
use crate::report::annual::AnnualReport;
use crate::report::lint::Weight;
use crate::storage::seals::{self, PublishedCorrection, Seal, SealedFile};
use crate::storage::{Connection, StorageError, officers};

/// Seals the report of an agency and year: what it says, its files, the cases behind it.
///
/// # Errors
///
/// [`AnnualError::Findings`], if a hard finding is left; [`AnnualError::Sealed`], if it is
/// sealed already; [`StorageError::Conflict`], if the report or its numbers changed since
/// `read_version` was shown.
pub async fn seal(
    app: &App,
    agency: Uuid,
    year: i32,
    read_version: i32,
    by: &Actor,
) -> Result<Seal, AnnualError> {
    let head = by
        .officer()
        .filter(|_| by.holds(&[Role::Head]))
        .ok_or(AnnualError::NotYours("签发年度报告"))?;
    let (office, today) = (app.clone(), app.clock.today());
    let gathered = app
        .database
        .read(move |conn| gather(conn, &office, agency, year, today))
        .await?;
    if gathered.seal.is_some() {
        return Err(AnnualError::Sealed(year));
    }
    if gathered.written.version != read_version {
        return Err(StorageError::Conflict.into());
    }
    let hard: Vec<_> = gathered
        .findings()
        .into_iter()
        .filter(|finding| finding.weight == Weight::Hard)
        .collect();
    if !hard.is_empty() {
        return Err(AnnualError::Findings(hard));
    }
    let mut report = gathered.report();
    report.dated = report.dated.or(Some(today));
    // Printing takes its time, so nobody else waits for it.
    let printed = tokio::task::spawn_blocking({
        let report = report.clone();
        move || print(&report)
    })
    .await
    .map_err(|error| AnnualError::Paper(error.to_string()))??;
    let (office, by, now) = (app.clone(), by.clone(), app.clock.now());
    let write = move |conn: &mut Connection| {
        let again = gather(conn, &office, agency, year, today)?;
        if again.written != gathered.written || again.basis != gathered.basis {
            return Err(AnnualError::from(StorageError::Conflict));
        }
        let signer = officers::find(conn, head)?.name;
        let cases = case_list(conn, agency, year)?;
        let sealed = Seal {
            agency,
            year,
            sealed_at: now,
            signer,
            roll_up: again.written.roll_up,
            hash: hash(&report, &cases, &printed)?,
            report,
            own_table: again.own_table,
            cases,
            published_at: None,
        };
        seals::insert(conn, &sealed, &printed).map_err(|error| match error {
            StorageError::Duplicate { .. } => AnnualError::Sealed(year),
            error => error.into(),
        })?;
        if sealed.roll_up {
            let units = units_to_keep(conn, &sealed)?;
            seals::keep_units(conn, agency, year, &units)?;
        }
        let data = json!({ "year": year, "hash": hex(&sealed.hash) }).to_string();
        let (action, by) = ("report_sealed", &by);
        let happened = Happened { agency, case: None, at: now, by, action, data: &data };
        record::append(conn, &office.vault, &happened)?;
        Ok(sealed)
    };
    app.database.write(write).await
}

/// The report in every form that it is published in.
fn print(report: &AnnualReport) -> Result<Vec<SealedFile>, AnnualError> {
    let failed = |error: &dyn std::error::Error| AnnualError::Paper(error.to_string());
    let paper = files::print(report)?;
    let contents = [
        ("html", files::html_page(report).into_bytes()),
        ("pdf", paper.pdf),
        ("docx", paper.docx),
        ("xlsx", files::xlsx(report).map_err(|error| failed(&error))?),
        ("json", files::json(report).map_err(|error| failed(&error))?),
        ("csv", files::csv(report).map_err(|error| failed(&error))?),
    ];
    let sealed = contents.into_iter().map(|(ending, content)| SealedFile {
        ending: ending.to_owned(),
        sha256: Sha256::digest(&content).to_vec(),
        content,
    });
    Ok(sealed.collect())
}

/// SHA-256 over the report as JSON, the list of cases, and the hash of each file, in order,
/// each behind its length.
fn hash(
    report: &AnnualReport,
    cases: &str,
    printed: &[SealedFile],
) -> Result<Vec<u8>, AnnualError> {
    let text =
        serde_json::to_string(report).map_err(|error| AnnualError::Paper(error.to_string()))?;
    let mut parts = vec![text.as_bytes(), cases.as_bytes()];
    parts.extend(printed.iter().map(|file| file.sha256.as_slice()));
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    Ok(hash.finalize().to_vec())
}

/// Lets the public read a sealed report.
///
/// # Errors
///
/// [`AnnualError::NotSealed`], if there is nothing to publish.
pub async fn publish(app: &App, agency: Uuid, year: i32, by: &Actor) -> Result<(), AnnualError> {
    if !by.holds(&[Role::Head]) {
        return Err(AnnualError::NotYours("公布年度报告"));
    }
    let (office, by, now) = (app.clone(), by.clone(), app.clock.now());
    let write = move |conn: &mut Connection| {
        seals::publish(conn, agency, year, now).map_err(|error| not_sealed(error, year))?;
        let data = json!({ "year": year }).to_string();
        let (action, by) = ("report_published", &by);
        let happened = Happened { agency, case: None, at: now, by, action, data: &data };
        record::append(conn, &office.vault, &happened)?;
        Ok(())
    };
    app.database.write(write).await
}

/// Takes back a seal before anybody outside has seen it, for a reason that is put on record.
///
/// # Errors
///
/// [`AnnualError::NotSealed`], if it is published, or was never sealed.
pub async fn take_back(
    app: &App,
    agency: Uuid,
    year: i32,
    reason: &str,
    by: &Actor,
) -> Result<(), AnnualError> {
    if !by.holds(&[Role::Head]) {
        return Err(AnnualError::NotYours("撤回签发"));
    }
    let reason = reason.trim().to_owned();
    if reason.is_empty() {
        return Err(AnnualError::ReasonMissing);
    }
    let (office, by, now) = (app.clone(), by.clone(), app.clock.now());
    let write = move |conn: &mut Connection| {
        let hash = seals::find(conn, agency, year)?.map(|seal| hex(&seal.hash));
        seals::take_back(conn, agency, year).map_err(|error| not_sealed(error, year))?;
        let data = json!({ "year": year, "hash": hash, "reason": reason }).to_string();
        let (action, by) = ("report_seal_taken_back", &by);
        let happened = Happened { agency, case: None, at: now, by, action, data: &data };
        record::append(conn, &office.vault, &happened)?;
        Ok(())
    };
    app.database.write(write).await
}

/// 更正: publishes what a sealed year gives now, beside what was sealed: the agency's own cases
/// and, where the report sums a tree, the tree.
///
/// # Errors
///
/// [`AnnualError::NotSealed`], if the year is not published; [`AnnualError::NothingToCorrect`],
/// if the cases give what was published.
pub async fn correct(
    app: &App,
    agency: Uuid,
    year: i32,
    note: &str,
    by: &Actor,
) -> Result<(), AnnualError> {
    let head = by
        .officer()
        .filter(|_| by.holds(&[Role::Head]))
        .ok_or(AnnualError::NotYours("公布更正"))?;
    let note = note.trim().to_owned();
    if note.is_empty() {
        return Err(AnnualError::ReasonMissing);
    }
    let (office, by, now) = (app.clone(), by.clone(), app.clock.now());
    let write = move |conn: &mut Connection| {
        let seal = seals::find(conn, agency, year)?
            .filter(|seal| seal.published_at.is_some())
            .ok_or(AnnualError::NotSealed(year))?;
        let Tables { own, whole } = Tables::now(conn, &seal)?;
        let standing = seals::standing_report(conn, &seal)?;
        let is_own_kept = own == seals::standing_table(conn, &seal)?;
        if is_own_kept && whole.as_ref().is_none_or(|whole| *whole == standing) {
            return Err(AnnualError::NothingToCorrect(year));
        }
        let signer = officers::find(conn, head)?.name;
        let correction =
            PublishedCorrection { at: now, signer, note, own_table: own, whole_table: whole };
        let units = if seal.roll_up {
            units_to_keep(conn, &seal)?
        } else {
            BTreeMap::new()
        };
        seals::correct(conn, agency, year, &correction)?;
        seals::keep_units(conn, agency, year, &units)?;
        let data = json!({ "year": year, "note": correction.note }).to_string();
        let (action, by) = ("report_corrected", &by);
        let happened = Happened { agency, case: None, at: now, by, action, data: &data };
        record::append(conn, &office.vault, &happened)?;
        Ok(())
    };
    app.database.write(write).await
}

fn not_sealed(error: StorageError, year: i32) -> AnnualError {
    match error {
        StorageError::NotFound(_) => AnnualError::NotSealed(year),
        error => error.into(),
    }
}
