//! Cases that belong together: the parts of one application (一事一申请), or applications that are
//! handled side by side.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use super::schema::cases;
use super::types::Id;
use super::{Connection, StorageError};
use crate::domain::case::Stage;
use crate::domain::number::CaseNumber;
use crate::domain::outcome::Outcome;

/// A case of a family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relative {
    /// Its identity.
    pub id: Uuid,
    /// 受理编号.
    pub number: CaseNumber,
    /// The code of the stage; see [`Stage::label_of`].
    pub stage: &'static str,
    /// The last day for the answer, while a term runs.
    pub due_on: Option<NaiveDate>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// What proves the 查询码: the same in all parts of one application.
    pub query_code_mac: Option<Vec<u8>>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = cases)]
struct RelativeRow {
    id: Id,
    number: String,
    stage: String,
    due_on: Option<NaiveDate>,
    outcome: Option<String>,
    query_code_mac: Option<Vec<u8>>,
}

impl RelativeRow {
    fn into_relative(self) -> Result<Relative, StorageError> {
        let id = self.id.0;
        let broken = |why| StorageError::Inconsistent { table: "cases", row: id.to_string(), why };
        let mut stages = Stage::CODES.into_iter();
        Ok(Relative {
            id,
            number: self.number.parse().map_err(|_| broken("number is none"))?,
            stage: stages
                .find(|code| *code == self.stage)
                .ok_or_else(|| broken("stage unknown"))?,
            due_on: self.due_on,
            outcome: self.outcome.as_deref().and_then(Outcome::from_code),
            query_code_mac: self.query_code_mac,
        })
    }
}

/// The cases of a family, in the order in which they were put on record.
///
/// # Errors
///
/// [`StorageError::Inconsistent`] for a row that contradicts itself.
pub fn list(conn: &mut Connection, family: Uuid) -> Result<Vec<Relative>, StorageError> {
    let rows: Vec<RelativeRow> = cases::table
        .filter(cases::family_id.eq(Id(family)))
        .order(cases::id)
        .select(RelativeRow::as_select())
        .load(conn)?;
    rows.into_iter().map(RelativeRow::into_relative).collect()
}

/// Puts a case into a family.
///
/// # Errors
///
/// [`StorageError`].
pub fn put(conn: &mut Connection, case: Uuid, family: Uuid) -> Result<(), StorageError> {
    diesel::update(cases::table.find(Id(case)))
        .set(cases::family_id.eq(Some(Id(family))))
        .execute(conn)?;
    Ok(())
}

/// Makes one family of two.
///
/// # Errors
///
/// [`StorageError`].
pub fn unite(conn: &mut Connection, family: Uuid, other: Uuid) -> Result<(), StorageError> {
    diesel::update(cases::table.filter(cases::family_id.eq(Id(other))))
        .set(cases::family_id.eq(Some(Id(family))))
        .execute(conn)?;
    Ok(())
}
