//! 办件: the row of each case, and what the applicant wrote, sealed.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::case_row::{self, Counted};
use super::schema::{agencies, case_secrets, cases};
use super::types::{Id, Instant};
use super::{Connection, StorageError};
use crate::domain::applicant::ApplicantKind;
use crate::domain::case::{Case, Stage};
use crate::domain::channel::Channel;
use crate::domain::deadline::DueDate;
use crate::domain::number::CaseNumber;

/// A case to be kept for the first time.
#[derive(Debug, Clone)]
pub struct NewCase {
    /// Its identity.
    pub id: Uuid,
    /// Who answers.
    pub agency_id: Uuid,
    /// How it came in.
    pub channel: Channel,
    /// The column of section three, fixed now for good.
    pub applicant_kind: ApplicantKind,
    /// Where it stands.
    pub case: Case,
    /// When it was put on record.
    pub filed_at: DateTime<Utc>,
    /// The day on which it came in.
    pub arrived_on: NaiveDate,
    /// The last day for the answer, while a term runs.
    pub due: Option<DueDate>,
    /// The day by which somebody has to look at it again.
    pub attention_on: Option<NaiveDate>,
    /// The applicant's name as something to search for.
    pub name_index: Option<[u8; 32]>,
    /// The number of the document that says who applied, as something to search for.
    pub document_index: Option<[u8; 32]>,
    /// The form's token as something to search for.
    pub form_token: Option<[u8; 32]>,
    /// What proves the 查询码.
    pub query_code_mac: Option<[u8; 32]>,
    /// Whether it was taken over from older records.
    pub imported: bool,
    /// The family that it belongs to: see [`families`](super::families).
    pub family: Option<Uuid>,
}

/// What the applicant wrote, under the case's own key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secrets {
    /// The case's key under the office's; `None` once it was destroyed.
    pub wrapped_key: Option<Vec<u8>>,
    /// Who asks.
    pub applicant: Vec<u8>,
    /// What for.
    pub content: Vec<u8>,
}

/// A case as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFile {
    /// Its identity.
    pub id: Uuid,
    /// Who answers.
    pub agency_id: Uuid,
    /// 受理编号.
    pub number: CaseNumber,
    /// How it came in.
    pub channel: Channel,
    /// The column of section three.
    pub applicant_kind: ApplicantKind,
    /// Where it stands.
    pub case: Case,
    /// When it was put on record.
    pub filed_at: DateTime<Utc>,
    /// The day on which it came in.
    pub arrived_on: NaiveDate,
    /// The last day for the answer, while a term runs.
    pub due: Option<DueDate>,
    /// What proves the 查询码.
    pub query_code_mac: Option<Vec<u8>>,
    /// Whether it was taken over from older records.
    pub imported: bool,
    /// The family that it belongs to.
    pub family: Option<Uuid>,
    /// How often it was changed; whoever saves must have read this one.
    pub version: i32,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = cases)]
struct CaseRow {
    id: Id,
    agency_id: Id,
    number: String,
    channel: String,
    applicant_kind: String,
    stage: String,
    state: String,
    filed_at: Instant,
    arrived_on: NaiveDate,
    due_on: Option<NaiveDate>,
    due_provisional: bool,
    handler_id: Option<Id>,
    query_code_mac: Option<Vec<u8>>,
    imported: bool,
    family_id: Option<Id>,
    version: i32,
}

impl CaseRow {
    fn into_file(self) -> Result<CaseFile, StorageError> {
        let id = self.id.0;
        let broken = |why| StorageError::Inconsistent { table: "cases", row: id.to_string(), why };
        Ok(CaseFile {
            id,
            agency_id: self.agency_id.0,
            number: self.number.parse().map_err(|_| broken("number is none"))?,
            channel: Channel::from_code(&self.channel).ok_or_else(|| broken("channel unknown"))?,
            applicant_kind: ApplicantKind::from_code(&self.applicant_kind)
                .ok_or_else(|| broken("applicant kind unknown"))?,
            case: case_row::decode(&self.state, &self.stage, self.handler_id.map(|id| id.0), id)?,
            filed_at: self.filed_at.0,
            arrived_on: self.arrived_on,
            due: self
                .due_on
                .map(|on| DueDate { on, provisional: self.due_provisional }),
            query_code_mac: self.query_code_mac,
            imported: self.imported,
            family: self.family_id.map(|id| id.0),
            version: self.version,
        })
    }
}

/// A stage as the record writes it: nothing personal.
///
/// # Errors
///
/// [`StorageError::Inconsistent`], if it cannot be written as JSON.
pub fn state(stage: &Stage) -> Result<String, StorageError> {
    case_row::encode(stage)
}

/// The case that [`state`] wrote.
///
/// # Errors
///
/// [`StorageError::Inconsistent`], if it cannot be read.
pub fn from_state(state: &str, handler: Option<Uuid>) -> Result<Case, StorageError> {
    case_row::read(state, handler, Uuid::nil())
}

/// Keeps a new case under its number.
///
/// # Errors
///
/// [`StorageError::Duplicate`], if the form's token or the number is taken.
pub fn insert(
    conn: &mut Connection,
    number: &CaseNumber,
    new: &NewCase,
    secrets: &Secrets,
) -> Result<CaseFile, StorageError> {
    let stage = &new.case.stage;
    let counted = Counted::of(stage);
    let at = Instant(new.filed_at);
    let unit: Option<i32> = agencies::table
        .find(Id(new.agency_id))
        .select(agencies::unit)
        .first(conn)
        .optional()?;
    diesel::insert_into(cases::table)
        .values((
            (
                cases::id.eq(Id(new.id)),
                cases::agency_id.eq(Id(new.agency_id)),
                cases::unit.eq(unit.ok_or(StorageError::NotFound("agency"))?),
                cases::number.eq(number.as_str()),
                cases::channel.eq(new.channel.code()),
                cases::applicant_kind.eq(new.applicant_kind.code()),
                cases::stage.eq(stage.code()),
                cases::state.eq(case_row::encode(stage)?),
                cases::filed_at.eq(at),
                cases::arrived_on.eq(new.arrived_on),
            ),
            (
                cases::received_on.eq(counted.received_on),
                cases::received_year.eq(counted.received_year),
                cases::closed_on.eq(counted.closed_on),
                cases::closed_year.eq(counted.closed_year),
                cases::outcome.eq(counted.outcome),
                cases::awaits.eq(counted.awaits),
                cases::due_on.eq(new.due.map(|due| due.on)),
                cases::due_provisional.eq(new.due.is_some_and(|due| due.provisional)),
                cases::attention_on.eq(new.attention_on),
            ),
            (
                cases::handler_id.eq(new.case.handler.map(Id)),
                cases::name_index.eq(new.name_index.map(Vec::from)),
                cases::document_index.eq(new.document_index.map(Vec::from)),
                cases::form_token.eq(new.form_token.map(Vec::from)),
                cases::query_code_mac.eq(new.query_code_mac.map(Vec::from)),
                cases::imported.eq(new.imported),
                cases::family_id.eq(new.family.map(Id)),
                cases::version.eq(1),
                cases::created_at.eq(at),
                cases::updated_at.eq(at),
            ),
        ))
        .execute(conn)?;
    diesel::insert_into(case_secrets::table)
        .values((
            case_secrets::case_id.eq(Id(new.id)),
            case_secrets::wrapped_key.eq(secrets.wrapped_key.as_deref()),
            case_secrets::applicant.eq(secrets.applicant.as_slice()),
            case_secrets::content.eq(secrets.content.as_slice()),
        ))
        .execute(conn)?;
    Ok(CaseFile {
        id: new.id,
        agency_id: new.agency_id,
        number: number.clone(),
        channel: new.channel,
        applicant_kind: new.applicant_kind,
        case: new.case.clone(),
        filed_at: new.filed_at,
        arrived_on: new.arrived_on,
        due: new.due,
        query_code_mac: new.query_code_mac.map(Vec::from),
        imported: new.imported,
        family: new.family,
        version: 1,
    })
}

/// The case of this agency with this identity; another agency's case is none.
///
/// # Errors
///
/// [`StorageError::NotFound`], or [`StorageError::Inconsistent`] for a row that contradicts
/// itself.
pub fn find(conn: &mut Connection, agency: Uuid, id: Uuid) -> Result<CaseFile, StorageError> {
    cases::table
        .filter(cases::id.eq(Id(id)))
        .filter(cases::agency_id.eq(Id(agency)))
        .select(CaseRow::as_select())
        .first(conn)
        .optional()?
        .ok_or(StorageError::NotFound("case"))?
        .into_file()
}

/// The case with this identity, whoever answers it: for what shows that it may ask (a 查询码,
/// the record itself).
///
/// # Errors
///
/// [`StorageError::NotFound`], or [`StorageError::Inconsistent`].
pub fn find_any(conn: &mut Connection, id: Uuid) -> Result<CaseFile, StorageError> {
    cases::table
        .filter(cases::id.eq(Id(id)))
        .select(CaseRow::as_select())
        .first(conn)
        .optional()?
        .ok_or(StorageError::NotFound("case"))?
        .into_file()
}

/// The case that was made of a form, if it was.
///
/// # Errors
///
/// [`StorageError::Inconsistent`] for a row that contradicts itself.
pub fn find_by_form_token(
    conn: &mut Connection,
    token: &[u8; 32],
) -> Result<Option<CaseFile>, StorageError> {
    cases::table
        .filter(cases::form_token.eq(token.as_slice()))
        .select(CaseRow::as_select())
        .first(conn)
        .optional()?
        .map(CaseRow::into_file)
        .transpose()
}

/// Every case with this number: agencies that took over older records may share one.
///
/// # Errors
///
/// [`StorageError::Inconsistent`] for a row that contradicts itself.
pub fn list_by_number(
    conn: &mut Connection,
    number: &CaseNumber,
) -> Result<Vec<CaseFile>, StorageError> {
    let rows: Vec<CaseRow> = cases::table
        .filter(cases::number.eq(number.as_str()))
        .select(CaseRow::as_select())
        .order(cases::id)
        .load(conn)?;
    rows.into_iter().map(CaseRow::into_file).collect()
}

/// Which of these numbers the agency has given already.
///
/// # Errors
///
/// [`StorageError`].
pub fn taken_numbers(
    conn: &mut Connection,
    agency: Uuid,
    numbers: &[CaseNumber],
) -> Result<Vec<String>, StorageError> {
    let mut taken = Vec::new();
    // In portions, since the engines limit how many values a query may bring.
    for portion in numbers.chunks(500) {
        let found: Vec<String> = cases::table
            .filter(cases::agency_id.eq(Id(agency)))
            .filter(cases::number.eq_any(portion.iter().map(CaseNumber::as_str)))
            .select(cases::number)
            .load(conn)?;
        taken.extend(found);
    }
    Ok(taken)
}

/// A page of the received cases of these agencies, in the order in which they were put on
/// record, beginning behind `after`. With a year: those that its section three counts.
///
/// # Errors
///
/// [`StorageError::Inconsistent`] for a row that contradicts itself.
pub fn received_page(
    conn: &mut Connection,
    agencies: &[Uuid],
    year: Option<i32>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<CaseFile>, StorageError> {
    let rows: Vec<CaseRow> = cases::table
        .filter(cases::agency_id.eq_any(agencies.iter().copied().map(Id)))
        .filter(cases::received_year.le(year.unwrap_or(i32::MAX)))
        .filter(
            cases::closed_year
                .is_null()
                .or(cases::closed_year.ge(year.unwrap_or(i32::MIN))),
        )
        .filter(cases::id.gt(Id(after.unwrap_or_default())))
        .order(cases::id)
        .limit(limit)
        .select(CaseRow::as_select())
        .load(conn)?;
    rows.into_iter().map(CaseRow::into_file).collect()
}

/// The open cases of an agency, those that ask for attention first in front.
///
/// # Errors
///
/// [`StorageError::Inconsistent`] for a row that contradicts itself.
pub fn list_open(conn: &mut Connection, agency: Uuid) -> Result<Vec<CaseFile>, StorageError> {
    let rows: Vec<CaseRow> = cases::table
        .filter(cases::agency_id.eq(Id(agency)))
        .filter(cases::attention_on.is_not_null())
        .order((cases::attention_on, cases::id))
        .select(CaseRow::as_select())
        .load(conn)?;
    rows.into_iter().map(CaseRow::into_file).collect()
}

/// Open cases of all agencies in order of their identity after `after`, or only those whose
/// last day is provisional.
///
/// # Errors
///
/// [`StorageError::Inconsistent`] for a row that contradicts itself.
pub fn list_clocks(
    conn: &mut Connection,
    only_provisional: bool,
    after: Option<Uuid>,
    at_most: i64,
) -> Result<Vec<CaseFile>, StorageError> {
    let mut query = cases::table
        .filter(cases::attention_on.is_not_null())
        .filter(cases::id.gt(Id(after.unwrap_or_default())))
        .order(cases::id)
        .limit(at_most)
        .select(CaseRow::as_select())
        .into_boxed();
    if only_provisional {
        query = query.filter(cases::due_provisional.eq(true));
    }
    let rows: Vec<CaseRow> = query.load(conn)?;
    rows.into_iter().map(CaseRow::into_file).collect()
}

/// Keeps days that were counted anew, unless the case was changed after `read` was read;
/// whether they were kept.
///
/// # Errors
///
/// [`StorageError`].
pub fn set_clock(
    conn: &mut Connection,
    read: &CaseFile,
    due: Option<DueDate>,
    attention_on: Option<NaiveDate>,
) -> Result<bool, StorageError> {
    let changed = diesel::update(cases::table)
        .filter(cases::id.eq(Id(read.id)))
        .filter(cases::version.eq(read.version))
        .set((
            cases::due_on.eq(due.map(|due| due.on)),
            cases::due_provisional.eq(due.is_some_and(|due| due.provisional)),
            cases::attention_on.eq(attention_on),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// The 受理编号 of each of these cases.
///
/// # Errors
///
/// [`StorageError::Inconsistent`] for a number that is none.
pub fn numbers(
    conn: &mut Connection,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, CaseNumber>, StorageError> {
    let ids = ids.iter().copied().map(Id);
    let rows: Vec<(Id, String)> = cases::table
        .filter(cases::id.eq_any(ids))
        .select((cases::id, cases::number))
        .load(conn)?;
    let broken = |id: Uuid| StorageError::Inconsistent {
        table: "cases",
        row: id.to_string(),
        why: "number is none",
    };
    rows.into_iter()
        .map(|(id, number)| Ok((id.0, number.parse().map_err(|_| broken(id.0))?)))
        .collect()
}

/// How many applications of these agencies wait for the day of receipt, which no table counts
/// yet.
///
/// # Errors
///
/// [`StorageError`].
pub fn count_unreceived(conn: &mut Connection, agencies: &[Uuid]) -> Result<i64, StorageError> {
    Ok(cases::table
        .filter(cases::agency_id.eq_any(agencies.iter().copied().map(Id)))
        .filter(cases::received_on.is_null())
        .count()
        .get_result(conn)?)
}

/// What the applicant wrote.
///
/// # Errors
///
/// [`StorageError::NotFound`].
pub fn secrets(conn: &mut Connection, id: Uuid) -> Result<Secrets, StorageError> {
    let (wrapped_key, applicant, content) = case_secrets::table
        .find(Id(id))
        .select((case_secrets::wrapped_key, case_secrets::applicant, case_secrets::content))
        .first(conn)
        .optional()?
        .ok_or(StorageError::NotFound("case"))?;
    Ok(Secrets { wrapped_key, applicant, content })
}

/// Keeps what the applicant wrote in the place of what was kept before.
///
/// # Errors
///
/// [`StorageError`].
pub fn save_secrets(
    conn: &mut Connection,
    id: Uuid,
    secrets: &Secrets,
) -> Result<(), StorageError> {
    diesel::update(case_secrets::table.find(Id(id)))
        .set((
            case_secrets::applicant.eq(secrets.applicant.as_slice()),
            case_secrets::content.eq(secrets.content.as_slice()),
        ))
        .execute(conn)?;
    Ok(())
}

/// Identity, wrapped key, applicant, content.
type SecretsRow = (Id, Option<Vec<u8>>, Vec<u8>, Vec<u8>);

/// What the applicants of several cases wrote, in no order.
///
/// # Errors
///
/// [`StorageError`].
pub fn list_secrets(
    conn: &mut Connection,
    ids: &[Uuid],
) -> Result<Vec<(Uuid, Secrets)>, StorageError> {
    let ids: Vec<Id> = ids.iter().copied().map(Id).collect();
    let rows: Vec<SecretsRow> = case_secrets::table
        .filter(case_secrets::case_id.eq_any(ids))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, wrapped_key, applicant, content)| {
            (id.0, Secrets { wrapped_key, applicant, content })
        })
        .collect())
}

/// Keeps what became of a case.
///
/// # Errors
///
/// [`StorageError::Conflict`], if somebody saved it after `read` was read.
pub fn save(
    conn: &mut Connection,
    read: &CaseFile,
    after: &Case,
    due: Option<DueDate>,
    attention_on: Option<NaiveDate>,
    at: DateTime<Utc>,
) -> Result<(), StorageError> {
    let counted = Counted::of(&after.stage);
    let changed = diesel::update(cases::table)
        .filter(cases::id.eq(Id(read.id)))
        .filter(cases::version.eq(read.version))
        .set((
            cases::stage.eq(after.stage.code()),
            cases::state.eq(case_row::encode(&after.stage)?),
            cases::received_on.eq(counted.received_on),
            cases::received_year.eq(counted.received_year),
            cases::closed_on.eq(counted.closed_on),
            cases::closed_year.eq(counted.closed_year),
            cases::outcome.eq(counted.outcome),
            cases::awaits.eq(counted.awaits),
            cases::due_on.eq(due.map(|due| due.on)),
            cases::due_provisional.eq(due.is_some_and(|due| due.provisional)),
            cases::attention_on.eq(attention_on),
            cases::handler_id.eq(after.handler.map(Id)),
            cases::version.eq(read.version + 1),
            cases::updated_at.eq(Instant(at)),
        ))
        .execute(conn)?;
    if changed == 1 {
        Ok(())
    } else {
        Err(StorageError::Conflict)
    }
}
