//! 报送: the table of an agency that counts elsewhere, and what was carried over before.

use chrono::Datelike as _;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::AnnualError;
use super::write::WRITERS;
use crate::app::App;
use crate::casework::record::{self, Happened};
use crate::domain::actor::Actor;
use crate::report::reconcile::{findings, reconcile};
use crate::report::table::Table;
use crate::storage::unit_tables::{self, HandedIn, Opening};
use crate::storage::{Connection, agencies, seals, yearly};

/// A file that was handed in, read.
#[derive(Debug, Clone)]
pub struct HandedInFile {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The section three that it holds.
    pub table: Table,
}

/// Takes the table of an agency below, in place of the one it handed in before.
///
/// # Errors
///
/// [`AnnualError::Unbalanced`], if the table does not add up; [`AnnualError::CountsHere`], if
/// the agency has cases of its own here; [`AnnualError::Unknown`], if it does not stand below
/// `over`; [`AnnualError::Sealed`], if it sealed the year.
pub async fn hand_in(
    app: &App,
    over: Uuid,
    agency: Uuid,
    year: i32,
    file: HandedInFile,
    by: &Actor,
) -> Result<(), AnnualError> {
    if !by.holds(WRITERS) {
        return Err(AnnualError::NotYours("报送表格"));
    }
    if !(2008..=app.clock.today().year()).contains(&year) {
        return Err(AnnualError::Year(year));
    }
    let told: Vec<String> = findings(&reconcile(&file.table))
        .iter()
        .map(ToString::to_string)
        .collect();
    if !told.is_empty() {
        return Err(AnnualError::Unbalanced(Box::new(file.table), told));
    }
    let (office, by, now) = (app.clone(), by.clone(), app.clock.now());
    let write = move |conn: &mut Connection| {
        let below = agencies::subtree(conn, over)?;
        let unit = agencies::find(conn, agency)?;
        if !below.contains(&agency) {
            return Err(AnnualError::Unknown(unit.name));
        }
        if seals::find(conn, agency, year)?.is_some() {
            return Err(AnnualError::Sealed(year));
        }
        if yearly::first_year(conn, &[agency])?.is_some() {
            return Err(AnnualError::CountsHere(unit.name));
        }
        let table = Table::fill(&*unit.name, year, file.table.layout, |line, column| {
            file.table.cell(line, column)
        });
        let sha256 = Sha256::digest(&file.bytes).to_vec();
        let handed = HandedIn { agency, table, file_name: file.name, sha256, at: now };
        unit_tables::hand_in(conn, &handed)?;
        let data = json!({ "year": year, "agency": unit.code, "file": handed.file_name });
        let data = data.to_string();
        let (action, by) = ("table_handed_in", &by);
        let happened = Happened { agency: over, case: None, at: now, by, action, data: &data };
        record::append(conn, &office.vault, &happened)?;
        Ok(())
    };
    app.database.write(write).await
}

/// Keeps what the published report of the year before carried over into `year`.
///
/// # Errors
///
/// [`AnnualError::Sealed`], if either year is sealed.
pub async fn set_opening(
    app: &App,
    agency: Uuid,
    year: i32,
    numbers: Opening,
    by: &Actor,
) -> Result<(), AnnualError> {
    if !by.holds(WRITERS) {
        return Err(AnnualError::NotYours("登记上年结转"));
    }
    let (office, by, now) = (app.clone(), by.clone(), app.clock.now());
    let write = move |conn: &mut Connection| {
        for sealed in [year - 1, year] {
            if seals::find(conn, agency, sealed)?.is_some() {
                return Err(AnnualError::Sealed(sealed));
            }
        }
        unit_tables::set_opening(conn, agency, year, numbers)?;
        let data = json!({ "year": year, "numbers": numbers }).to_string();
        let (action, by) = ("opening_balance_set", &by);
        let happened = Happened { agency, case: None, at: now, by, action, data: &data };
        record::append(conn, &office.vault, &happened)?;
        Ok(())
    };
    app.database.write(write).await
}
