//! Past and offline cases in bulk (contract §4): a file is read, checked as a whole, and kept
//! as a whole or not at all.

pub mod columns;
pub mod entry;
mod keep;
mod row;
pub mod rows;
pub mod sheet;
pub mod words;

use std::collections::{BTreeMap, HashSet};

use chrono::NaiveDate;
use sha2::{Digest as _, Sha256};
use thiserror::Error;
use uuid::Uuid;

use self::columns::{Column, Columns};
pub use self::keep::Progress;
use self::rows::{ImportedCase, RowFault, Rules};
use self::sheet::SheetFault;
use crate::app::App;
use crate::casework::{CaseworkError, founding};
use crate::config::ReportLayout;
use crate::domain::actor::Actor;
use crate::domain::case::{Handling, Stage};
use crate::domain::deadline::UnknownYear;
use crate::domain::number::CaseNumber;
use crate::report::layout::Layout;
use crate::storage::{self, StorageError};

/// Why nothing of a file was taken over.
#[derive(Debug, Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error(transparent)]
    Sheet(#[from] SheetFault),
    /// The headings are not those of contract §4; each fault as a sentence.
    #[error("表头有误：{}", .0.join("；"))]
    Headings(Vec<String>),
    /// Every fault of every row.
    #[error("有 {} 处错误，未导入任何案件", .0.len())]
    Rows(Vec<RowFault>),
    /// Keeping them.
    #[error(transparent)]
    Casework(#[from] CaseworkError),
}

impl From<StorageError> for ImportError {
    fn from(error: StorageError) -> Self {
        Self::Casework(error.into())
    }
}

impl From<UnknownYear> for ImportError {
    fn from(error: UnknownYear) -> Self {
        Self::Casework(error.into())
    }
}

/// A file without faults: what would be taken over.
#[derive(Debug, Clone)]
pub struct Batch {
    /// The cases, in order of the file.
    pub cases: Vec<ImportedCase>,
    /// What the operator should know, though nothing is wrong.
    pub remarks: Vec<String>,
    /// The file's SHA-256, by which the record knows it again.
    pub digest: [u8; 32],
}

impl Batch {
    /// How many of the cases are closed.
    #[must_use]
    pub fn closed(&self) -> usize {
        self.cases
            .iter()
            .filter(|case| case.closed.is_some())
            .count()
    }
}

/// Reads and checks a file; nothing is kept.
///
/// # Errors
///
/// [`ImportError`], with everything that is wrong.
pub fn check(app: &App, bytes: &[u8]) -> Result<Batch, ImportError> {
    let sheet = sheet::read(bytes)?;
    let columns = Columns::find(&sheet.headings).map_err(ImportError::Headings)?;
    let agencies: Vec<(Uuid, String, String)> = founding::agencies(app)?
        .into_iter()
        .map(|agency| (agency.id, agency.code, agency.name))
        .collect();
    let rules = Rules {
        today: app.clock.today(),
        agencies: &agencies,
        layout: layout_of(app.settings.report.layout),
        calendar: &app.calendar,
    };
    let cases = rows::parse(&sheet, &columns, &rules).map_err(ImportError::Rows)?;
    let taken = numbers_taken(app, &cases)?;
    if !taken.is_empty() {
        return Err(ImportError::Rows(taken));
    }
    let remarks = other_due_dates(app, &cases)?;
    Ok(Batch { cases, remarks, digest: Sha256::digest(bytes).into() })
}

/// Keeps what was checked, whole or not at all, and says how many cases that are.
///
/// # Errors
///
/// [`ImportError`], if a number was taken meanwhile or the database fails; nothing is kept.
pub fn keep(app: &App, batch: Batch, by: &Actor, progress: Progress) -> Result<usize, ImportError> {
    Ok(keep::keep(app, batch, by, progress)?)
}

/// The layout that the office has set for every year, if it has.
#[must_use]
pub const fn layout_of(setting: ReportLayout) -> Option<Layout> {
    match setting {
        ReportLayout::Auto => None,
        ReportLayout::Y2019 => Some(Layout::Trial2019),
        ReportLayout::Y2021 => Some(Layout::Form2021),
    }
}

/// Rows whose number their agency has given before.
fn numbers_taken(app: &App, cases: &[ImportedCase]) -> Result<Vec<RowFault>, ImportError> {
    let mut numbers: BTreeMap<Uuid, Vec<CaseNumber>> = BTreeMap::new();
    for case in cases {
        numbers
            .entry(case.agency)
            .or_default()
            .extend(case.number.clone());
    }
    let taken: HashSet<(Uuid, String)> = app.database.read_blocking(move |conn| {
        let mut taken = HashSet::new();
        for (agency, numbers) in &numbers {
            let found = storage::cases::taken_numbers(conn, *agency, numbers)?;
            taken.extend(found.into_iter().map(|number| (*agency, number)));
        }
        Ok::<_, StorageError>(taken)
    })?;
    let is_taken = |case: &&ImportedCase| {
        case.number
            .as_ref()
            .is_some_and(|number| taken.contains(&(case.agency, number.as_str().to_owned())))
    };
    let fault = |case: &ImportedCase| RowFault {
        line: case.line,
        column: Some(Column::Number),
        reason: "系统中已有此受理编号".to_owned(),
    };
    Ok(cases.iter().filter(is_taken).map(fault).collect())
}

/// Where the file's 期限 of an open case is not the one that the law gives: the file is not
/// followed there, and that is said.
fn other_due_dates(app: &App, cases: &[ImportedCase]) -> Result<Vec<String>, ImportError> {
    let mut remarks = Vec::new();
    for case in cases.iter().filter(|case| case.closed.is_none()) {
        let Some(stated) = case.due_on else { continue };
        let due = entry::ImportEntry::new(case, "", last_plain_day(app, case)?, None)
            .stage()?
            .due(&app.calendar)?;
        if let Some(due) = due.filter(|due| due.on != stated) {
            remarks.push(format!(
                "第 {} 行：文件所填期限为 {stated}，按收到日期和延期推算为 {}，系统按后者计；如另有征求意见等事项，请导入后补录",
                case.line, due.on
            ));
        }
    }
    Ok(remarks)
}

/// The last day on which an extension can have been decided: the last one of the plain term,
/// or today.
fn last_plain_day(app: &App, case: &ImportedCase) -> Result<NaiveDate, UnknownYear> {
    if case.closed.is_some() || case.extension == 0 {
        return Ok(case.received_on);
    }
    let plain = Stage::Handling(Handling::starting(case.received_on)).due(&app.calendar)?;
    let today = app.clock.today();
    Ok(plain.map_or(today, |due| due.on.min(today)))
}
