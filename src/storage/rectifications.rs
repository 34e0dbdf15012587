//! 更正: the applications of an agency to correct its records (art. 41).

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::attachments::{Attachment, Purpose};
use super::schema::{rectification_files, rectification_letters, rectifications};
use super::types::{Id, Instant};
use super::{Connection, StorageError};
use crate::domain::letter::{LetterKind, ServedHow, Service};
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
    /// The form that it was made of, as an index; `None` of those taken in before there was one.
    pub form_token: Option<Vec<u8>>,
    /// What proves that somebody has its 查询码; `None` where none was given out.
    pub query_code_mac: Option<Vec<u8>>,
    /// When it was kept.
    pub created_at: DateTime<Utc>,
    /// The version that was read.
    pub version: i32,
}

/// A letter that ends one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// Which.
    pub kind: LetterKind,
    /// 文号.
    pub number: String,
    /// How it reached its recipient, once it did.
    pub service: Option<Service>,
}

/// The papers of a letter, sealed under the application's own key.
#[derive(Debug, Clone)]
pub struct Papers {
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
    form_token: Option<Vec<u8>>,
    query_code_mac: Option<Vec<u8>>,
    created_at: Instant,
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
            form_token: self.form_token,
            query_code_mac: self.query_code_mac,
            created_at: self.created_at.0,
            version: self.version,
        })
    }
}

/// Keeps a new application, and the files that came with it.
///
/// # Errors
///
/// [`StorageError::Duplicate`], if one was made of the same form.
pub fn insert(
    conn: &mut Connection,
    new: &Rectification,
    files: &[Attachment],
) -> Result<(), StorageError> {
    diesel::insert_into(rectifications::table)
        .values((
            rectifications::id.eq(Id(new.id)),
            rectifications::agency_id.eq(Id(new.agency)),
            rectifications::number.eq(&new.number),
            rectifications::received_on.eq(new.received_on),
            rectifications::wrapped_key.eq(new.wrapped_key.as_deref()),
            rectifications::papers.eq(new.papers.as_slice()),
            rectifications::form_token.eq(new.form_token.as_deref()),
            rectifications::query_code_mac.eq(new.query_code_mac.as_deref()),
            rectifications::version.eq(new.version),
            rectifications::created_at.eq(Instant(new.created_at)),
        ))
        .execute(conn)?;
    insert_files(conn, new.id, files, new.created_at)
}

/// Keeps files that belong to an application.
///
/// # Errors
///
/// [`StorageError`].
pub fn insert_files(
    conn: &mut Connection,
    id: Uuid,
    files: &[Attachment],
    at: DateTime<Utc>,
) -> Result<(), StorageError> {
    for file in files {
        diesel::insert_into(rectification_files::table)
            .values((
                rectification_files::id.eq(Id(file.id)),
                rectification_files::rectification_id.eq(Id(id)),
                rectification_files::purpose.eq(file.purpose.code()),
                rectification_files::name_sealed.eq(file.name_sealed.as_slice()),
                rectification_files::media_type.eq(&file.media_type),
                rectification_files::size.eq(file.size),
                rectification_files::stored_as.eq(&file.stored_as),
                rectification_files::sha256.eq(file.sha256.as_slice()),
                rectification_files::created_at.eq(Instant(at)),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// What the database says of a file: identity, purpose, name, media type, size, place, hash.
type FileRow = (Id, String, Vec<u8>, String, i64, String, Vec<u8>);

/// The files that came with an application, in the order in which they came.
///
/// # Errors
///
/// [`StorageError`].
pub fn files(conn: &mut Connection, id: Uuid) -> Result<Vec<Attachment>, StorageError> {
    let rows: Vec<FileRow> = rectification_files::table
        .filter(rectification_files::rectification_id.eq(Id(id)))
        .order((rectification_files::created_at, rectification_files::id))
        .select((
            rectification_files::id,
            rectification_files::purpose,
            rectification_files::name_sealed,
            rectification_files::media_type,
            rectification_files::size,
            rectification_files::stored_as,
            rectification_files::sha256,
        ))
        .load(conn)?;
    let read = |(file, purpose, name_sealed, media_type, size, stored_as, sha256): FileRow| {
        let purpose = Purpose::from_code(&purpose).ok_or(StorageError::Inconsistent {
            table: "rectification_files",
            row: file.0.to_string(),
            why: "purpose unknown",
        })?;
        Ok(Attachment { id: file.0, purpose, name_sealed, media_type, size, stored_as, sha256 })
    };
    rows.into_iter().map(read).collect()
}

/// The application that was made of a form, if it was.
///
/// # Errors
///
/// [`StorageError::Inconsistent`] for a row that contradicts itself.
pub fn find_by_form_token(
    conn: &mut Connection,
    token: &[u8; 32],
) -> Result<Option<Rectification>, StorageError> {
    let row: Option<Row> = rectifications::table
        .filter(rectifications::form_token.eq(Some(token.as_slice())))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    row.map(Row::read).transpose()
}

/// The applications with this number: of each agency at most one.
///
/// # Errors
///
/// [`StorageError::Inconsistent`] for a row that contradicts itself.
pub fn list_by_number(
    conn: &mut Connection,
    number: &str,
) -> Result<Vec<Rectification>, StorageError> {
    let rows: Vec<Row> = rectifications::table
        .filter(rectifications::number.eq(number))
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().map(Row::read).collect()
}

/// The application with this identity, of whichever agency.
///
/// # Errors
///
/// [`StorageError::NotFound`].
pub fn find_any(conn: &mut Connection, id: Uuid) -> Result<Rectification, StorageError> {
    rectifications::table
        .find(Id(id))
        .select(Row::as_select())
        .first(conn)
        .optional()?
        .ok_or(StorageError::NotFound("rectification"))?
        .read()
}

/// The application of an agency with this identity.
///
/// # Errors
///
/// [`StorageError::NotFound`], also for another agency's.
pub fn find(conn: &mut Connection, agency: Uuid, id: Uuid) -> Result<Rectification, StorageError> {
    let found = find_any(conn, id)?;
    if found.agency == agency {
        Ok(found)
    } else {
        Err(StorageError::NotFound("rectification"))
    }
}

/// What of an agency's applications is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Those without an answer, and those whose answer was not served yet, the oldest first.
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
            .filter(
                rectifications::answer
                    .is_null()
                    .or(rectifications::id.eq_any(unserved())),
            )
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

/// Keeps the answer, its letters and what is written now, if nobody else answered meanwhile.
///
/// # Errors
///
/// [`StorageError::Conflict`], if somebody did.
pub fn answer(
    conn: &mut Connection,
    read: &Rectification,
    answered: Answered,
    letters: &[(LetterKind, String, Papers)],
    papers: &[u8],
) -> Result<(), StorageError> {
    let done = diesel::update(rectifications::table.find(Id(read.id)))
        .filter(rectifications::version.eq(read.version))
        .filter(rectifications::answer.is_null())
        .set((
            rectifications::answer.eq(Some(answered.answer.code())),
            rectifications::answered_on.eq(Some(answered.on)),
            rectifications::papers.eq(papers),
            rectifications::version.eq(read.version + 1),
        ))
        .execute(conn)?;
    if done == 0 {
        return Err(StorageError::Conflict);
    }
    for (kind, number, papers) in letters {
        diesel::insert_into(rectification_letters::table)
            .values((
                rectification_letters::rectification_id.eq(Id(read.id)),
                rectification_letters::kind.eq(kind.key()),
                rectification_letters::number.eq(number),
                rectification_letters::pdf.eq(papers.pdf.as_slice()),
                rectification_letters::docx.eq(papers.docx.as_slice()),
                rectification_letters::sealed.eq(true),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// The applications that have a letter which was not served yet.
#[diesel::dsl::auto_type(no_type_alias)]
fn unserved() -> _ {
    rectification_letters::table
        .filter(rectification_letters::served_on.is_null())
        .select(rectification_letters::rectification_id)
}

/// Of these applications, those that have a letter which was not served yet.
///
/// # Errors
///
/// [`StorageError`].
pub fn to_serve(conn: &mut Connection, ids: &[Uuid]) -> Result<Vec<Uuid>, StorageError> {
    let found: Vec<Id> = unserved()
        .filter(rectification_letters::rectification_id.eq_any(ids.iter().copied().map(Id)))
        .distinct()
        .load(conn)?;
    Ok(found.into_iter().map(|id| id.0).collect())
}

type IssuedRow = (String, String, Option<NaiveDate>, Option<String>, Option<String>);

/// The letters that ended an application, the one to the applicant first.
///
/// # Errors
///
/// [`StorageError::Inconsistent`] for a letter that is none.
pub fn letters(conn: &mut Connection, id: Uuid) -> Result<Vec<Issued>, StorageError> {
    let rows: Vec<IssuedRow> = rectification_letters::table
        .filter(rectification_letters::rectification_id.eq(Id(id)))
        .order(rectification_letters::kind)
        .select((
            rectification_letters::kind,
            rectification_letters::number,
            rectification_letters::served_on,
            rectification_letters::served_how,
            rectification_letters::postal_number,
        ))
        .load(conn)?;
    let broken = |why| StorageError::Inconsistent {
        table: "rectification_letters",
        row: id.to_string(),
        why,
    };
    rows.into_iter()
        .map(|(kind, number, on, how, postal_number)| {
            let kind = LetterKind::from_key(&kind).ok_or(broken("kind unknown"))?;
            let service = match (on, how) {
                (Some(on), Some(how)) => {
                    let how = ServedHow::from_code(&how).ok_or(broken("way of service unknown"))?;
                    Some(Service { on, how, postal_number, evidence: None })
                }
                _ => None,
            };
            Ok(Issued { kind, number, service })
        })
        .collect()
}

/// The papers of a letter.
///
/// # Errors
///
/// [`StorageError::NotFound`], if there is no such letter.
pub fn papers(conn: &mut Connection, id: Uuid, kind: LetterKind) -> Result<Papers, StorageError> {
    let found: Option<(Vec<u8>, Vec<u8>)> = rectification_letters::table
        .find((Id(id), kind.key()))
        .select((rectification_letters::pdf, rectification_letters::docx))
        .first(conn)
        .optional()?;
    let (pdf, docx) = found.ok_or(StorageError::NotFound("letter"))?;
    Ok(Papers { pdf, docx })
}

/// Keeps how a letter reached its recipient; a later word takes the place of an earlier one.
///
/// # Errors
///
/// [`StorageError::NotFound`], if there is no such letter.
pub fn serve(
    conn: &mut Connection,
    id: Uuid,
    kind: LetterKind,
    service: &Service,
) -> Result<(), StorageError> {
    let done = diesel::update(rectification_letters::table.find((Id(id), kind.key())))
        .set((
            rectification_letters::served_on.eq(Some(service.on)),
            rectification_letters::served_how.eq(Some(service.how.code())),
            rectification_letters::postal_number.eq(service.postal_number.as_deref()),
        ))
        .execute(conn)?;
    if done == 0 {
        return Err(StorageError::NotFound("letter"));
    }
    Ok(())
}

/// Some letter of a version that did not seal them: application and kind.
///
/// # Errors
///
/// [`StorageError`].
pub fn unsealed(conn: &mut Connection) -> Result<Option<(Uuid, LetterKind)>, StorageError> {
    let found: Option<(Id, String)> = rectification_letters::table
        .filter(rectification_letters::sealed.eq(false))
        .select((rectification_letters::rectification_id, rectification_letters::kind))
        .first(conn)
        .optional()?;
    let Some((Id(id), kind)) = found else {
        return Ok(None);
    };
    let kind = LetterKind::from_key(&kind).ok_or(StorageError::Inconsistent {
        table: "rectification_letters",
        row: id.to_string(),
        why: "kind unknown",
    })?;
    Ok(Some((id, kind)))
}

/// Puts sealed papers in the place of plain ones.
///
/// # Errors
///
/// [`StorageError`].
pub fn seal(
    conn: &mut Connection,
    id: Uuid,
    kind: LetterKind,
    sealed: &Papers,
) -> Result<(), StorageError> {
    diesel::update(rectification_letters::table.find((Id(id), kind.key())))
        .set((
            rectification_letters::pdf.eq(sealed.pdf.as_slice()),
            rectification_letters::docx.eq(sealed.docx.as_slice()),
            rectification_letters::sealed.eq(true),
        ))
        .execute(conn)?;
    Ok(())
}
