//! 文书: the letters that were issued, and how they reached whom they are for.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::schema::letters;
use super::types::{Id, Instant};
use super::{Connection, StorageError};
use crate::domain::letter::{LetterKind, LetterNumber, Recipient, ServedHow, Service};

/// A letter that was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedLetter {
    /// Its identity.
    pub id: Uuid,
    /// Who wrote it.
    pub agency: Uuid,
    /// The case it belongs to.
    pub case: Uuid,
    /// Which letter it is.
    pub kind: LetterKind,
    /// 文号, where it has one.
    pub number: Option<String>,
    /// 成文日期.
    pub issued_on: NaiveDate,
    /// The paper as PDF, among the attachments.
    pub pdf: Uuid,
    /// The paper as DOCX, among the attachments.
    pub docx: Uuid,
    /// How it reached its recipient, once it did.
    pub service: Option<Service>,
    /// The day on which it came back, if the last attempt to serve it failed.
    pub failed_on: Option<NaiveDate>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = letters)]
struct LetterRow {
    id: Id,
    agency_id: Id,
    case_id: Id,
    kind: String,
    number: Option<String>,
    issued_on: NaiveDate,
    pdf_id: Id,
    docx_id: Id,
    served_on: Option<NaiveDate>,
    served_how: Option<String>,
    postal_number: Option<String>,
    evidence_id: Option<Id>,
    failed_on: Option<NaiveDate>,
}

impl LetterRow {
    fn into_letter(self) -> Result<IssuedLetter, StorageError> {
        let row = self.id.0.to_string();
        let wrong = |why| StorageError::Inconsistent { table: "letters", row: row.clone(), why };
        let kind = LetterKind::from_key(&self.kind).ok_or_else(|| wrong("kind unknown"))?;
        let service = match (self.served_on, self.served_how) {
            (Some(on), Some(how)) => Some(Service {
                on,
                how: ServedHow::from_code(&how).ok_or_else(|| wrong("way of service unknown"))?,
                postal_number: self.postal_number,
                evidence: self.evidence_id.map(|id| id.0),
            }),
            _ => None,
        };
        Ok(IssuedLetter {
            id: self.id.0,
            agency: self.agency_id.0,
            case: self.case_id.0,
            kind,
            number: self.number,
            issued_on: self.issued_on,
            pdf: self.pdf_id.0,
            docx: self.docx_id.0,
            service,
            failed_on: self.failed_on,
        })
    }
}

const fn code(recipient: Recipient) -> &'static str {
    match recipient {
        Recipient::Applicant => "applicant",
        Recipient::ThirdParty => "third_party",
        Recipient::Agency => "agency",
    }
}

/// Keeps a letter that is issued; its papers are among the attachments already.
///
/// # Errors
///
/// [`StorageError`].
pub fn insert(
    conn: &mut Connection,
    letter: &IssuedLetter,
    number: Option<&LetterNumber>,
    at: DateTime<Utc>,
) -> Result<(), StorageError> {
    let ordinal = number
        .and_then(|number| number.ordinal)
        .and_then(|ordinal| i32::try_from(ordinal).ok());
    let service = letter.service.as_ref();
    diesel::insert_into(letters::table)
        .values((
            letters::id.eq(Id(letter.id)),
            letters::agency_id.eq(Id(letter.agency)),
            letters::case_id.eq(Id(letter.case)),
            letters::kind.eq(letter.kind.key()),
            letters::series.eq(number.map(|number| number.series)),
            letters::year.eq(number.map(|number| number.year)),
            letters::ordinal.eq(ordinal),
            letters::number.eq(letter.number.as_deref()),
            letters::issued_on.eq(letter.issued_on),
            letters::recipient.eq(code(letter.kind.recipient())),
            letters::pdf_id.eq(Id(letter.pdf)),
            letters::docx_id.eq(Id(letter.docx)),
            letters::served_on.eq(service.map(|service| service.on)),
            letters::served_how.eq(service.map(|service| service.how.code())),
            letters::created_at.eq(Instant(at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The letters of a case, in the order in which they were issued.
///
/// # Errors
///
/// [`StorageError::Inconsistent`] for a row that contradicts itself.
pub fn of_case(conn: &mut Connection, case: Uuid) -> Result<Vec<IssuedLetter>, StorageError> {
    let rows: Vec<LetterRow> = letters::table
        .filter(letters::case_id.eq(Id(case)))
        .order((letters::created_at, letters::id))
        .select(LetterRow::as_select())
        .load(conn)?;
    rows.into_iter().map(LetterRow::into_letter).collect()
}

/// A letter of this agency.
///
/// # Errors
///
/// [`StorageError::NotFound`], also for another agency's letter.
pub fn find(conn: &mut Connection, agency: Uuid, id: Uuid) -> Result<IssuedLetter, StorageError> {
    letters::table
        .find(Id(id))
        .filter(letters::agency_id.eq(Id(agency)))
        .select(LetterRow::as_select())
        .first(conn)
        .optional()?
        .ok_or(StorageError::NotFound("letter"))
        .and_then(LetterRow::into_letter)
}

/// The letters of an agency that still have to reach whom they are for, the oldest first.
/// `after` is the last letter of the page before: its day and its identity.
///
/// # Errors
///
/// [`StorageError`].
pub fn to_serve(
    conn: &mut Connection,
    agency: Uuid,
    after: Option<(NaiveDate, Uuid)>,
    at_most: i64,
) -> Result<Vec<IssuedLetter>, StorageError> {
    let mut query = letters::table
        .filter(letters::agency_id.eq(Id(agency)))
        .filter(letters::served_on.is_null())
        // The slip goes out in the envelope of the letter that it answers.
        .filter(letters::number.is_not_null())
        .order((letters::issued_on, letters::id))
        .limit(at_most)
        .select(LetterRow::as_select())
        .into_boxed();
    if let Some((day, id)) = after {
        // The bare comparison with the day comes first: it is what the index is entered by.
        query = query
            .filter(letters::issued_on.ge(day))
            .filter(letters::issued_on.gt(day).or(letters::id.gt(Id(id))));
    }
    let rows: Vec<LetterRow> = query.load(conn)?;
    rows.into_iter().map(LetterRow::into_letter).collect()
}

/// How many letters there are [`to_serve`].
///
/// # Errors
///
/// [`StorageError`].
pub fn count_to_serve(conn: &mut Connection, agency: Uuid) -> Result<i64, StorageError> {
    let count = letters::table
        .filter(letters::agency_id.eq(Id(agency)))
        .filter(letters::served_on.is_null())
        .filter(letters::number.is_not_null())
        .count()
        .get_result(conn)?;
    Ok(count)
}

/// Keeps how a letter reached its recipient; a later word takes the place of an earlier one.
///
/// # Errors
///
/// [`StorageError`].
pub fn serve(conn: &mut Connection, id: Uuid, service: &Service) -> Result<(), StorageError> {
    diesel::update(letters::table.find(Id(id)))
        .set((
            letters::served_on.eq(Some(service.on)),
            letters::served_how.eq(Some(service.how.code())),
            letters::postal_number.eq(service.postal_number.as_deref()),
            letters::evidence_id.eq(service.evidence.map(Id)),
            letters::failed_on.eq(None::<NaiveDate>),
        ))
        .execute(conn)?;
    Ok(())
}

/// Keeps that a letter came back on this day: it has to be served by another way.
///
/// # Errors
///
/// [`StorageError`].
pub fn came_back(conn: &mut Connection, id: Uuid, on: NaiveDate) -> Result<(), StorageError> {
    diesel::update(letters::table.find(Id(id)))
        .set((
            letters::served_on.eq(None::<NaiveDate>),
            letters::served_how.eq(None::<&str>),
            letters::postal_number.eq(None::<&str>),
            letters::evidence_id.eq(None::<Id>),
            letters::failed_on.eq(Some(on)),
        ))
        .execute(conn)?;
    Ok(())
}
