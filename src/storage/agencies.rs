//! 机关: the tree of those who answer.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use uuid::Uuid;

use super::connection::on_each;
use super::schema::agencies;
use super::types::{Id, Instant, SqlId};
use super::{Connection, StorageError};
use crate::domain::agency::Agency;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = agencies, treat_none_as_null = true)]
struct AgencyRow {
    id: Id,
    code: String,
    name: String,
    parent_id: Option<Id>,
    initials: String,
    address: String,
    postcode: String,
    telephone: String,
    hours: String,
    email: String,
    review_authority: String,
    court: String,
    own_review_allowed: bool,
}

impl From<&Agency> for AgencyRow {
    fn from(agency: &Agency) -> Self {
        Self {
            id: Id(agency.id),
            code: agency.code.clone(),
            name: agency.name.clone(),
            parent_id: agency.parent.map(Id),
            initials: agency.initials.clone(),
            address: agency.address.clone(),
            postcode: agency.postcode.clone(),
            telephone: agency.telephone.clone(),
            hours: agency.hours.clone(),
            email: agency.email.clone(),
            review_authority: agency.review_authority.clone(),
            court: agency.court.clone(),
            own_review_allowed: agency.own_review_allowed,
        }
    }
}

impl From<AgencyRow> for Agency {
    fn from(row: AgencyRow) -> Self {
        Self {
            id: row.id.0,
            code: row.code,
            name: row.name,
            parent: row.parent_id.map(|id| id.0),
            initials: row.initials,
            address: row.address,
            postcode: row.postcode,
            telephone: row.telephone,
            hours: row.hours,
            email: row.email,
            review_authority: row.review_authority,
            court: row.court,
            own_review_allowed: row.own_review_allowed,
        }
    }
}

/// Keeps a new agency.
///
/// # Errors
///
/// [`StorageError::Duplicate`], if its code is taken.
pub fn insert(
    conn: &mut Connection,
    agency: &Agency,
    at: DateTime<Utc>,
) -> Result<(), StorageError> {
    let last: Option<i32> = agencies::table
        .select(diesel::dsl::max(agencies::unit))
        .first(conn)?;
    diesel::insert_into(agencies::table)
        .values((
            AgencyRow::from(agency),
            agencies::unit.eq(last.unwrap_or_default() + 1),
            agencies::created_at.eq(Instant(at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Keeps what is now known of an agency.
///
/// # Errors
///
/// [`StorageError::NotFound`]; [`StorageError::Duplicate`], if its code is taken;
/// [`StorageError::Inconsistent`], if it would come to stand below itself.
pub fn save(conn: &mut Connection, agency: &Agency) -> Result<(), StorageError> {
    if let Some(parent) = agency.parent
        && subtree(conn, agency.id)?.contains(&parent)
    {
        return Err(StorageError::Inconsistent {
            table: "agencies",
            row: agency.id.to_string(),
            why: "an agency cannot stand below itself",
        });
    }
    let saved = diesel::update(agencies::table.find(Id(agency.id)))
        .set(AgencyRow::from(agency))
        .execute(conn)?;
    if saved == 0 {
        return Err(StorageError::NotFound("agency"));
    }
    Ok(())
}

/// The agency with this identity.
///
/// # Errors
///
/// [`StorageError::NotFound`].
pub fn find(conn: &mut Connection, id: Uuid) -> Result<Agency, StorageError> {
    let found = agencies::table
        .find(Id(id))
        .select(AgencyRow::as_select())
        .first(conn)
        .optional()?;
    found
        .map(Agency::from)
        .ok_or(StorageError::NotFound("agency"))
}

/// The agency with this code.
///
/// # Errors
///
/// [`StorageError`].
pub fn find_by_code(conn: &mut Connection, code: &str) -> Result<Option<Agency>, StorageError> {
    let found = agencies::table
        .filter(agencies::code.eq(code))
        .select(AgencyRow::as_select())
        .first(conn)
        .optional()?;
    Ok(found.map(Agency::from))
}

/// Every agency, by code.
///
/// # Errors
///
/// [`StorageError`].
pub fn list(conn: &mut Connection) -> Result<Vec<Agency>, StorageError> {
    let rows: Vec<AgencyRow> = agencies::table
        .order(agencies::code)
        .select(AgencyRow::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(Agency::from).collect())
}

/// These agencies, by code.
///
/// # Errors
///
/// [`StorageError`].
pub fn named(conn: &mut Connection, ids: &[Uuid]) -> Result<Vec<Agency>, StorageError> {
    let ids: BTreeSet<&Uuid> = ids.iter().collect();
    let mut named = list(conn)?;
    named.retain(|agency| ids.contains(&agency.id));
    Ok(named)
}

/// The identities of every agency, by code.
///
/// # Errors
///
/// [`StorageError`].
pub fn list_ids(conn: &mut Connection) -> Result<Vec<Uuid>, StorageError> {
    let query = agencies::table.select(agencies::id).order(agencies::code);
    let ids: Vec<Id> = query.load(conn)?;
    Ok(ids.into_iter().map(Uuid::from).collect())
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = SqlId)]
    id: Id,
}

/// The agency and all below it. `UNION` ends even where somebody has made a circle of them.
const SUBTREE: &str = "WITH RECURSIVE subtree (id) AS (
        SELECT id FROM agencies WHERE id = $1
        UNION
        SELECT below.id FROM agencies AS below JOIN subtree ON below.parent_id = subtree.id
    )
    SELECT id FROM subtree ORDER BY id";

/// The identities of an agency and of all below it; none, if there is no such agency.
///
/// # Errors
///
/// [`StorageError`].
pub fn subtree(conn: &mut Connection, root: Uuid) -> Result<Vec<Uuid>, StorageError> {
    let query = sql_query(SUBTREE).bind::<SqlId, _>(Id(root));
    let found: Vec<Found> = on_each!(conn, conn => query.load(conn))?;
    Ok(found.into_iter().map(|found| found.id.0).collect())
}
