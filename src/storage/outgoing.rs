//! What was found in files that are to leave the office, and how it was answered.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::schema::outgoing_findings as findings;
use super::types::{Id, Instant};
use super::{Connection, StorageError};
use crate::domain::outgoing::{Answer, FindingKind};

/// Something that was found in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptFinding {
    /// Its identity.
    pub id: Uuid,
    /// The file.
    pub attachment: Uuid,
    /// What it is.
    pub kind: FindingKind,
    /// Where it stands and what it says, under the case's key.
    pub told_sealed: Vec<u8>,
    /// How it was answered, if it was.
    pub answer: Option<Answer>,
    /// Why it may leave all the same, under the case's key.
    pub reason_sealed: Option<Vec<u8>>,
}

/// An answer to findings.
#[derive(Debug, Clone, Copy)]
pub struct Answered<'a> {
    /// Which.
    pub answer: Answer,
    /// By whom; `None` where a file was replaced by the program's own hand.
    pub by: Option<Uuid>,
    /// When.
    pub at: DateTime<Utc>,
    /// Why, under the case's key.
    pub reason_sealed: Option<&'a [u8]>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = findings)]
struct FindingRow {
    id: Id,
    attachment_id: Id,
    kind: String,
    told_sealed: Vec<u8>,
    answer: Option<String>,
    reason_sealed: Option<Vec<u8>>,
}

impl FindingRow {
    fn into_finding(self) -> Result<KeptFinding, StorageError> {
        let wrong = |why| StorageError::Inconsistent {
            table: "outgoing_findings",
            row: self.id.0.to_string(),
            why,
        };
        let kind = FindingKind::from_code(&self.kind).ok_or_else(|| wrong("kind unknown"))?;
        let answer = match self.answer.as_deref() {
            Some(code) => Some(Answer::from_code(code).ok_or_else(|| wrong("answer unknown"))?),
            None => None,
        };
        Ok(KeptFinding {
            id: self.id.0,
            attachment: self.attachment_id.0,
            kind,
            told_sealed: self.told_sealed,
            answer,
            reason_sealed: self.reason_sealed,
        })
    }
}

/// Keeps what was found; nothing of it is answered yet.
///
/// # Errors
///
/// [`StorageError`].
pub fn insert(
    conn: &mut Connection,
    case: Uuid,
    found: &[KeptFinding],
    at: DateTime<Utc>,
) -> Result<(), StorageError> {
    for one in found {
        diesel::insert_into(findings::table)
            .values((
                findings::id.eq(Id(one.id)),
                findings::case_id.eq(Id(case)),
                findings::attachment_id.eq(Id(one.attachment)),
                findings::kind.eq(one.kind.code()),
                findings::told_sealed.eq(one.told_sealed.as_slice()),
                findings::created_at.eq(Instant(at)),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// What was found in the files of a case, in order.
///
/// # Errors
///
/// [`StorageError::Inconsistent`] for a row that contradicts itself.
pub fn of_case(conn: &mut Connection, case: Uuid) -> Result<Vec<KeptFinding>, StorageError> {
    let rows: Vec<FindingRow> = findings::table
        .filter(findings::case_id.eq(Id(case)))
        .order(findings::id)
        .select(FindingRow::as_select())
        .load(conn)?;
    rows.into_iter().map(FindingRow::into_finding).collect()
}

/// How many findings of a case wait for an answer.
///
/// # Errors
///
/// [`StorageError`].
pub fn unanswered(conn: &mut Connection, case: Uuid) -> Result<i64, StorageError> {
    Ok(findings::table
        .filter(findings::case_id.eq(Id(case)))
        .filter(findings::answer.is_null())
        .count()
        .get_result(conn)?)
}

/// Keeps the answer to those of these findings of a case that wait for one, and says how many
/// they were.
///
/// # Errors
///
/// [`StorageError`].
pub fn answer(
    conn: &mut Connection,
    case: Uuid,
    ids: &[Uuid],
    answered: Answered<'_>,
) -> Result<usize, StorageError> {
    let waiting = findings::table
        .filter(findings::case_id.eq(Id(case)))
        .filter(findings::answer.is_null())
        .filter(findings::id.eq_any(ids.iter().copied().map(Id)));
    Ok(diesel::update(waiting)
        .set((
            findings::answer.eq(Some(answered.answer.code())),
            findings::answered_by.eq(answered.by.map(Id)),
            findings::answered_at.eq(Some(Instant(answered.at))),
            findings::reason_sealed.eq(answered.reason_sealed),
        ))
        .execute(conn)?)
}
