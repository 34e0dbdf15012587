//! 签发: reports that were sealed, with the files that they were sealed as.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::schema::{seal_corrections, seal_files, seal_units, seals};
use super::types::{Id, Instant};
use super::unit_tables::{MANY, Wanted, kept_table};
use super::{Connection, StorageError};
use crate::report::annual::AnnualReport;
use crate::report::table::Table;

/// A report that was sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// Whose report.
    pub agency: Uuid,
    /// The year that it reports on.
    pub year: i32,
    /// When.
    pub sealed_at: DateTime<Utc>,
    /// The name of the head who signed.
    pub signer: String,
    /// Whether it sums the agencies below.
    pub roll_up: bool,
    /// The report.
    pub report: AnnualReport,
    /// Section three of the agency's own cases, which those above it sum.
    pub own_table: Table,
    /// The cases that the own table counts, as JSON.
    pub cases: String,
    /// SHA-256 over report, table, cases and files.
    pub hash: Vec<u8>,
    /// When it was published, if it was.
    pub published_at: Option<DateTime<Utc>>,
}

/// A file of a sealed report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedFile {
    /// What it is: the ending of its name.
    pub ending: String,
    /// Its bytes.
    pub content: Vec<u8>,
    /// Their SHA-256.
    pub sha256: Vec<u8>,
}

/// 更正: the agency's own table of a sealed year as the head published it afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedCorrection {
    /// When.
    pub at: DateTime<Utc>,
    /// The name of the head who signed.
    pub signer: String,
    /// Why.
    pub note: String,
    /// The agency's own table as it should have been.
    pub own_table: Table,
    /// The table of the tree, where the report sums one.
    pub whole_table: Option<Table>,
}

impl PublishedCorrection {
    /// The table that it puts in the place of the published one.
    #[must_use]
    pub fn table(&self) -> &Table {
        self.whole_table.as_ref().unwrap_or(&self.own_table)
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = seals)]
struct SealRow {
    agency_id: Id,
    year: i32,
    sealed_at: Instant,
    signer: String,
    roll_up: bool,
    report: String,
    own_table: String,
    cases: String,
    hash: Vec<u8>,
    published_at: Option<Instant>,
}

fn broken(agency: Uuid, year: i32, why: &'static str) -> StorageError {
    StorageError::Inconsistent { table: "seals", row: format!("{agency}/{year}"), why }
}

impl SealRow {
    fn into_seal(self) -> Result<Seal, StorageError> {
        let (agency, year) = (self.agency_id.0, self.year);
        Ok(Seal {
            agency,
            year,
            sealed_at: self.sealed_at.0,
            signer: self.signer,
            roll_up: self.roll_up,
            report: serde_json::from_str(&self.report)
                .map_err(|_| broken(agency, year, "the report cannot be read"))?,
            own_table: kept_table(&self.own_table)
                .ok_or_else(|| broken(agency, year, "the table cannot be read"))?,
            cases: self.cases,
            hash: self.hash,
            published_at: self.published_at.map(|at| at.0),
        })
    }
}

/// Keeps a seal and its files.
///
/// # Errors
///
/// [`StorageError::Duplicate`], if the year is sealed already.
pub fn insert(
    conn: &mut Connection,
    seal: &Seal,
    files: &[SealedFile],
) -> Result<(), StorageError> {
    let unwritable = |_| broken(seal.agency, seal.year, "cannot be written");
    let row = SealRow {
        agency_id: Id(seal.agency),
        year: seal.year,
        sealed_at: Instant(seal.sealed_at),
        signer: seal.signer.clone(),
        roll_up: seal.roll_up,
        report: serde_json::to_string(&seal.report).map_err(unwritable)?,
        own_table: seal.own_table.to_line(),
        cases: seal.cases.clone(),
        hash: seal.hash.clone(),
        published_at: seal.published_at.map(Instant),
    };
    diesel::insert_into(seals::table)
        .values(row)
        .execute(conn)?;
    for file in files {
        diesel::insert_into(seal_files::table)
            .values((
                seal_files::agency_id.eq(Id(seal.agency)),
                seal_files::year.eq(seal.year),
                seal_files::ending.eq(&file.ending),
                seal_files::content.eq(&file.content),
                seal_files::sha256.eq(&file.sha256),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// The seal of an agency and year, if there is one.
///
/// # Errors
///
/// [`StorageError::Inconsistent`], if what was kept cannot be read.
pub fn find(conn: &mut Connection, agency: Uuid, year: i32) -> Result<Option<Seal>, StorageError> {
    let row = seals::table
        .find((Id(agency), year))
        .select(SealRow::as_select())
        .first(conn)
        .optional()?;
    row.map(SealRow::into_seal).transpose()
}

/// The years that an agency sealed, the latest first, and whether each is published.
///
/// # Errors
///
/// [`StorageError`].
pub fn years(conn: &mut Connection, agency: Uuid) -> Result<Vec<(i32, bool)>, StorageError> {
    let rows = seals::table
        .filter(seals::agency_id.eq(Id(agency)))
        .order(seals::year.desc())
        .select((seals::year, seals::published_at.is_not_null()))
        .load(conn)?;
    Ok(rows)
}

/// A published report as a list tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedYear {
    /// The year that it reports on.
    pub year: i32,
    /// When it was published.
    pub published_at: DateTime<Utc>,
    /// Section three as it stands after what was corrected.
    pub table: Table,
    /// Whether anything was corrected since.
    pub corrected: bool,
}

/// The reports of an agency that the public may read, the latest first.
///
/// # Errors
///
/// [`StorageError::Inconsistent`], if what was kept cannot be read.
pub fn published(conn: &mut Connection, agency: Uuid) -> Result<Vec<PublishedYear>, StorageError> {
    let rows: Vec<(i32, Option<Instant>, bool, String)> = seals::table
        .filter(seals::agency_id.eq(Id(agency)))
        .filter(seals::published_at.is_not_null())
        .order(seals::year.desc())
        .select((seals::year, seals::published_at, seals::roll_up, seals::own_table))
        .load(conn)?;
    let mut years = Vec::new();
    for (year, published_at, roll_up, own_table) in rows {
        let last = published_corrections(conn, agency, year)?.pop();
        let corrected = last.is_some();
        let table = match (last, roll_up) {
            (Some(correction), _) => correction.table().clone(),
            (None, false) => kept_table(&own_table)
                .ok_or_else(|| broken(agency, year, "the table cannot be read"))?,
            // The tree's table stands in the report alone.
            (None, true) => match find(conn, agency, year)? {
                Some(seal) => seal.report.section_three,
                None => continue,
            },
        };
        let Some(Instant(published_at)) = published_at else {
            continue;
        };
        years.push(PublishedYear { year, published_at, table, corrected });
    }
    Ok(years)
}

/// Which agencies have published a report.
///
/// # Errors
///
/// [`StorageError`].
pub fn publishers(conn: &mut Connection) -> Result<Vec<Uuid>, StorageError> {
    let ids: Vec<Id> = seals::table
        .filter(seals::published_at.is_not_null())
        .select(seals::agency_id)
        .distinct()
        .load(conn)?;
    Ok(ids.into_iter().map(Uuid::from).collect())
}

/// What these agencies sealed for a year: who, their own table as it stands after what they
/// corrected, and whether it is published.
///
/// # Errors
///
/// [`StorageError::Inconsistent`], if what was kept cannot be read.
pub fn own_tables(
    conn: &mut Connection,
    agencies: &[Uuid],
    year: i32,
) -> Result<Vec<(Uuid, Table, bool)>, StorageError> {
    let of_year = seals::table.filter(seals::year.eq(year)).select((
        seals::agency_id,
        seals::own_table,
        seals::published_at.is_not_null(),
    ));
    let rows: Vec<(Id, String, bool)> = if agencies.len() > MANY {
        of_year.load(conn)?
    } else {
        let ids = agencies.iter().copied().map(Id);
        of_year.filter(seals::agency_id.eq_any(ids)).load(conn)?
    };
    let wanted = Wanted::of(agencies);
    let mut corrected = corrected_tables(conn, year)?;
    rows.into_iter()
        .filter(|(Id(agency), ..)| wanted.has(*agency))
        .map(|(Id(agency), sealed, published)| {
            let text = corrected.remove(&agency).unwrap_or(sealed);
            let table = kept_table(&text)
                .ok_or_else(|| broken(agency, year, "the table cannot be read"))?;
            Ok((agency, table, published))
        })
        .collect()
}

/// The own tables that were last corrected, of whoever corrected a year: few are.
fn corrected_tables(
    conn: &mut Connection,
    year: i32,
) -> Result<HashMap<Uuid, String>, StorageError> {
    let rows: Vec<(Id, String)> = seal_corrections::table
        .filter(seal_corrections::year.eq(year))
        .order(seal_corrections::ordinal)
        .select((seal_corrections::agency_id, seal_corrections::own_table))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(Id(agency), text)| (agency, text))
        .collect())
}

/// A file of a sealed report.
///
/// # Errors
///
/// [`StorageError`].
pub fn file(
    conn: &mut Connection,
    agency: Uuid,
    year: i32,
    ending: &str,
) -> Result<Option<SealedFile>, StorageError> {
    let found: Option<(Vec<u8>, Vec<u8>)> = seal_files::table
        .find((Id(agency), year, ending))
        .select((seal_files::content, seal_files::sha256))
        .first(conn)
        .optional()?;
    Ok(found.map(|(content, sha256)| SealedFile { ending: ending.to_owned(), content, sha256 }))
}

/// What a sealed report's files are, and the SHA-256 of each.
///
/// # Errors
///
/// [`StorageError`].
pub fn hashes(
    conn: &mut Connection,
    agency: Uuid,
    year: i32,
) -> Result<Vec<(String, Vec<u8>)>, StorageError> {
    Ok(seal_files::table
        .filter(seal_files::agency_id.eq(Id(agency)))
        .filter(seal_files::year.eq(year))
        .order(seal_files::ending)
        .select((seal_files::ending, seal_files::sha256))
        .load(conn)?)
}

/// Lets the public read a sealed report.
///
/// # Errors
///
/// [`StorageError::NotFound`], if it is not sealed, or published already.
pub fn publish(
    conn: &mut Connection,
    agency: Uuid,
    year: i32,
    at: DateTime<Utc>,
) -> Result<(), StorageError> {
    let done = diesel::update(
        seals::table
            .find((Id(agency), year))
            .filter(seals::published_at.is_null()),
    )
    .set(seals::published_at.eq(Some(Instant(at))))
    .execute(conn)?;
    if done == 0 {
        return Err(StorageError::NotFound("seal"));
    }
    Ok(())
}

/// Takes back a seal that nobody outside has seen.
///
/// # Errors
///
/// [`StorageError::NotFound`], if it is not sealed, or published already.
pub fn take_back(conn: &mut Connection, agency: Uuid, year: i32) -> Result<(), StorageError> {
    let done = diesel::delete(
        seals::table
            .find((Id(agency), year))
            .filter(seals::published_at.is_null()),
    )
    .execute(conn)?;
    if done == 0 {
        return Err(StorageError::NotFound("seal"));
    }
    Ok(())
}

/// Keeps a correction behind those that were published before.
///
/// # Errors
///
/// [`StorageError::Duplicate`], if somebody else was faster.
pub fn correct(
    conn: &mut Connection,
    agency: Uuid,
    year: i32,
    correction: &PublishedCorrection,
) -> Result<(), StorageError> {
    let earlier = published_corrections(conn, agency, year)?.len();
    let ordinal = i32::try_from(earlier).unwrap_or(i32::MAX).saturating_add(1);
    diesel::insert_into(seal_corrections::table)
        .values((
            seal_corrections::agency_id.eq(Id(agency)),
            seal_corrections::year.eq(year),
            seal_corrections::ordinal.eq(ordinal),
            seal_corrections::corrected_at.eq(Instant(correction.at)),
            seal_corrections::signer.eq(&correction.signer),
            seal_corrections::note.eq(&correction.note),
            seal_corrections::own_table.eq(correction.own_table.to_line()),
            seal_corrections::whole_table.eq(correction.whole_table.as_ref().map(Table::to_line)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Keeps the tables of other agencies that a seal, or its last correction, summed.
///
/// # Errors
///
/// [`StorageError`].
pub fn keep_units(
    conn: &mut Connection,
    agency: Uuid,
    year: i32,
    units: &BTreeMap<Uuid, Table>,
) -> Result<(), StorageError> {
    let corrections = published_corrections(conn, agency, year)?.len();
    let ordinal = i32::try_from(corrections).unwrap_or(i32::MAX);
    for (unit, table) in units {
        diesel::insert_into(seal_units::table)
            .values((
                seal_units::agency_id.eq(Id(agency)),
                seal_units::year.eq(year),
                seal_units::ordinal.eq(ordinal),
                seal_units::unit_id.eq(Id(*unit)),
                seal_units::own_table.eq(table.to_line()),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// The tables of other agencies in what a report says by now: each as the seal or the last
/// correction that had another one summed it.
///
/// # Errors
///
/// [`StorageError::Inconsistent`], if what was kept cannot be read.
pub fn units(
    conn: &mut Connection,
    agency: Uuid,
    year: i32,
) -> Result<BTreeMap<Uuid, Table>, StorageError> {
    let rows: Vec<(Id, String)> = seal_units::table
        .filter(seal_units::agency_id.eq(Id(agency)))
        .filter(seal_units::year.eq(year))
        .order(seal_units::ordinal)
        .select((seal_units::unit_id, seal_units::own_table))
        .load(conn)?;
    rows.into_iter()
        .map(|(Id(unit), text)| {
            let table = kept_table(&text)
                .ok_or_else(|| broken(agency, year, "a unit's table cannot be read"))?;
            Ok((unit, table))
        })
        .collect()
}

/// When, by whom, why; the agency's own table, and that of its tree.
type CorrectionRow = (Instant, String, String, String, Option<String>);

/// The corrections of a sealed year, in the order in which they were published.
///
/// # Errors
///
/// [`StorageError::Inconsistent`], if what was kept cannot be read.
pub fn published_corrections(
    conn: &mut Connection,
    agency: Uuid,
    year: i32,
) -> Result<Vec<PublishedCorrection>, StorageError> {
    let rows: Vec<CorrectionRow> = seal_corrections::table
        .filter(seal_corrections::agency_id.eq(Id(agency)))
        .filter(seal_corrections::year.eq(year))
        .order(seal_corrections::ordinal)
        .select((
            seal_corrections::corrected_at,
            seal_corrections::signer,
            seal_corrections::note,
            seal_corrections::own_table,
            seal_corrections::whole_table,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(Instant(at), signer, note, own, whole)| {
            let read = |text: &str| {
                kept_table(text).ok_or_else(|| broken(agency, year, "a correction cannot be read"))
            };
            let whole_table = whole.as_deref().map(read).transpose()?;
            Ok(PublishedCorrection { at, signer, note, own_table: read(&own)?, whole_table })
        })
        .collect()
}

/// The agency's own table of a sealed year as it was last published: the seal's, or the one of
/// the last correction.
///
/// # Errors
///
/// [`StorageError::Inconsistent`], if what was kept cannot be read.
pub fn standing_table(conn: &mut Connection, seal: &Seal) -> Result<Table, StorageError> {
    let last = published_corrections(conn, seal.agency, seal.year)?.pop();
    Ok(last.map_or_else(|| seal.own_table.clone(), |correction| correction.own_table))
}

/// Section three of the report as it was last published: of the agency, or of the tree that it
/// sums.
///
/// # Errors
///
/// [`StorageError::Inconsistent`], if what was kept cannot be read.
pub fn standing_report(conn: &mut Connection, seal: &Seal) -> Result<Table, StorageError> {
    let last = published_corrections(conn, seal.agency, seal.year)?.pop();
    Ok(last
        .map_or_else(|| seal.report.section_three.clone(), |correction| correction.table().clone()))
}
