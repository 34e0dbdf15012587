//! 更正: the applications of an agency to correct its records (art. 41).

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::schema::rectifications;
use super::types::{Id, Instant};
use super::{Connection, StorageError};
use crate::domain::rectification::{Answered, RectificationAnswer};

/// An application, with what was written sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rectification {
    /// Its identity.
    pub id: Uuid,
    /// Who answers.
    pub agency: Uuid,
    /// Its number.
    pub number: String,
    /// The day on which it came in.
    pub received_on: NaiveDate,
    /// Its key under the office's; `None` once it was destroyed.
    pub wrapped_key: Option<Vec<u8>>,
    /// What was written.
    pub papers: Vec<u8>,
    /// How it ended.
    pub answered: Option<Answered>,
    /// 文号 of the letter that ended it.
    pub letter_number: Option<String>,
    /// The version that was read.
    pub version: i32,
}

/// The letter that ends one.
#[derive(Debug, Clone)]
pub struct Paper {
    /// 文号.
    pub number: String,
    /// As PDF.
    pub pdf: Vec<u8>,
    /// As DOCX.
    pub docx: Vec<u8>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = rectifications)]
struct Row {
    id: Id,
    agency_id: Id,
    number: String,
    received_on: NaiveDate,
    wrapped_key: Option<Vec<u8>>,
    papers: Vec<u8>,
    answer: Option<String>,
    answered_on: Option<NaiveDate>,
    letter_number: Option<String>,
    version: i32,
}

impl Row {
    fn read(self) -> Result<Rectification, StorageError> {
        let id = self.id.0;
        let broken =
            |why| StorageError::Inconsistent { table: "rectifications", row: id.to_string(), why };
        let answer = self.answer.as_deref().map(RectificationAnswer::from_code);
        let answered = match (answer, self.answered_on) {
            (Some(Some(answer)), Some(on)) => Some(Answered { answer, on }),
            (None, None) => None,
            _ => return Err(broken("answer and day contradict each other")),
        };
        Ok(Rectification {
            id,
            agency: self.agency_id.0,
            number: self.number,
            received_on: self.received_on,
            wrapped_key: self.wrapped_key,
            papers: self.papers,
            answered,
            letter_number: self.letter_number,
            version: self.version,
        })
    }
}

/// Keeps a new application.
///
/// # Errors
///
/// [`StorageError`].
pub fn insert(
    conn: &mut Connection,
    new: &Rectification,
    at: DateTime<Utc>,
) -> Result<(), StorageError> {
    diesel::insert_into(rectifications::table)
        .values((
            rectifications::id.eq(Id(new.id)),
            rectifications::agency_id.eq(Id(new.agency)),
            rectifications::number.eq(&new.number),
            rectifications::received_on.eq(new.received_on),
            rectifications::wrapped_key.eq(new.wrapped_key.as_deref()),
            rectifications::papers.eq(new.papers.as_slice()),
            rectifications::version.eq(1),
            rectifications::created_at.eq(Instant(at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The application of an agency with this identity.
///
/// # Errors
///
/// [`StorageError::NotFound`], also for another agency's.
pub fn find(conn: &mut Connection, agency: Uuid, id: Uuid) -> Result<Rectification, StorageError> {
    rectifications::table
        .find(Id(id))
        .filter(rectifications::agency_id.eq(Id(agency)))
        .select(Row::as_select())
        .first(conn)
        .optional()?
        .ok_or(StorageError::NotFound("rectification"))?
        .read()
}

/// What of an agency's applications is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Those without an answer, the oldest first.
    Open,
    /// All, the latest first.
    All,
}

/// A page of an agency's applications, behind the one of a day.
///
/// # Errors
///
/// [`StorageError::Inconsistent`] for a row that contradicts itself.
pub fn list(
    conn: &mut Connection,
    agency: Uuid,
    which: Which,
    after: Option<(NaiveDate, Uuid)>,
    limit: i64,
) -> Result<Vec<Rectification>, StorageError> {
    let mut query = rectifications::table
        .filter(rectifications::agency_id.eq(Id(agency)))
        .limit(limit)
        .select(Row::as_select())
        .into_boxed();
    query = match which {
        Which::Open => query
            .filter(rectifications::answer.is_null())
            .order((rectifications::received_on, rectifications::id)),
        Which::All => query.order((rectifications::received_on.desc(), rectifications::id.desc())),
    };
    if let Some((day, id)) = after {
        query = match which {
            Which::Open => query.filter(rectifications::received_on.ge(day)).filter(
                rectifications::received_on
                    .gt(day)
                    .or(rectifications::id.gt(Id(id))),
            ),
            Which::All => query.filter(rectifications::received_on.le(day)).filter(
                rectifications::received_on
                    .lt(day)
                    .or(rectifications::id.lt(Id(id))),
            ),
        };
    }
    let rows: Vec<Row> = query.load(conn)?;
    rows.into_iter().map(Row::read).collect()
}

/// Keeps the answer, its letter and what is written now, if nobody else answered meanwhile.
///
/// # Errors
///
/// [`StorageError::Conflict`], if somebody did.
pub fn answer(
    conn: &mut Connection,
    read: &Rectification,
    answered: Answered,
    letter: &Paper,
    papers: &[u8],
) -> Result<(), StorageError> {
    let done = diesel::update(rectifications::table.find(Id(read.id)))
        .filter(rectifications::version.eq(read.version))
        .filter(rectifications::answer.is_null())
        .set((
            rectifications::answer.eq(Some(answered.answer.code())),
            rectifications::answered_on.eq(Some(answered.on)),
            rectifications::letter_number.eq(Some(letter.number.as_str())),
            rectifications::papers.eq(papers),
            rectifications::pdf.eq(Some(letter.pdf.as_slice())),
            rectifications::docx.eq(Some(letter.docx.as_slice())),
            rectifications::version.eq(read.version + 1),
        ))
        .execute(conn)?;
    if done == 0 {
        return Err(StorageError::Conflict);
    }
    Ok(())
}

/// PDF and DOCX, once there is a letter.
type Papers = (Option<Vec<u8>>, Option<Vec<u8>>);

/// The letter that ended one: PDF and DOCX.
///
/// # Errors
///
/// [`StorageError::NotFound`], also for another agency's and one without an answer.
pub fn letter(
    conn: &mut Connection,
    agency: Uuid,
    id: Uuid,
) -> Result<(Vec<u8>, Vec<u8>), StorageError> {
    let found: Option<Papers> = rectifications::table
        .find(Id(id))
        .filter(rectifications::agency_id.eq(Id(agency)))
        .select((rectifications::pdf, rectifications::docx))
        .first(conn)
        .optional()?;
    match found {
        Some((Some(pdf), Some(docx))) => Ok((pdf, docx)),
        _ => Err(StorageError::NotFound("letter")),
    }
}
