//! 已公开信息: what was published or answered before, for everybody to find.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::schema::published_items;
use super::types::{Id, Instant};
use super::{Connection, StorageError};

/// Something that is public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its identity.
    pub id: Uuid,
    /// Whose information.
    pub agency: Uuid,
    /// What it is called.
    pub title: String,
    /// What it is about.
    pub summary: String,
    /// Where it is found: an address on the web, or in words.
    pub place: String,
    /// Since when it is public.
    pub published_on: NaiveDate,
    /// The case that asked for it, if one did.
    pub case: Option<Uuid>,
    /// How many found it and did not apply.
    pub found: i32,
    /// When it was taken back.
    pub withdrawn_at: Option<DateTime<Utc>>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = published_items)]
struct ItemRow {
    id: Id,
    agency_id: Id,
    title: String,
    summary: String,
    place: String,
    published_on: NaiveDate,
    case_id: Option<Id>,
    found: i32,
    withdrawn_at: Option<Instant>,
}

impl From<ItemRow> for Item {
    fn from(row: ItemRow) -> Self {
        Self {
            id: row.id.0,
            agency: row.agency_id.0,
            title: row.title,
            summary: row.summary,
            place: row.place,
            published_on: row.published_on,
            case: row.case_id.map(|id| id.0),
            found: row.found,
            withdrawn_at: row.withdrawn_at.map(|at| at.0),
        }
    }
}

/// Keeps an item.
///
/// # Errors
///
/// [`StorageError`].
pub fn insert(conn: &mut Connection, item: &Item, at: DateTime<Utc>) -> Result<(), StorageError> {
    diesel::insert_into(published_items::table)
        .values((
            published_items::id.eq(Id(item.id)),
            published_items::agency_id.eq(Id(item.agency)),
            published_items::title.eq(&item.title),
            published_items::summary.eq(&item.summary),
            published_items::place.eq(&item.place),
            published_items::published_on.eq(item.published_on),
            published_items::case_id.eq(item.case.map(Id)),
            published_items::found.eq(item.found),
            published_items::created_at.eq(Instant(at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// An item that everybody may see.
///
/// # Errors
///
/// [`StorageError::NotFound`], also for one that was taken back.
pub fn find(conn: &mut Connection, id: Uuid) -> Result<Item, StorageError> {
    published_items::table
        .find(Id(id))
        .filter(published_items::withdrawn_at.is_null())
        .select(ItemRow::as_select())
        .first(conn)
        .optional()?
        .map(Item::from)
        .ok_or(StorageError::NotFound("item"))
}

/// Whether there is anything that everybody may see.
///
/// # Errors
///
/// [`StorageError`].
pub fn any(conn: &mut Connection) -> Result<bool, StorageError> {
    let one: Option<Id> = published_items::table
        .filter(published_items::withdrawn_at.is_null())
        .select(published_items::id)
        .first(conn)
        .optional()?;
    Ok(one.is_some())
}

/// Those of these items that everybody may see, in the order of `ids`.
///
/// # Errors
///
/// [`StorageError`].
pub fn named(conn: &mut Connection, ids: &[Uuid]) -> Result<Vec<Item>, StorageError> {
    let rows: Vec<ItemRow> = published_items::table
        .filter(published_items::id.eq_any(ids.iter().copied().map(Id)))
        .filter(published_items::withdrawn_at.is_null())
        .select(ItemRow::as_select())
        .load(conn)?;
    let mut items: Vec<Item> = rows.into_iter().map(Item::from).collect();
    items.sort_by_key(|item| ids.iter().position(|id| *id == item.id));
    Ok(items)
}

/// Whose items are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// What everybody may see, of all agencies.
    Everybodys,
    /// An agency's own, those taken back too.
    Agency(Uuid),
}

/// A page of items, the latest first, behind the item of a day.
///
/// # Errors
///
/// [`StorageError`].
pub fn latest(
    conn: &mut Connection,
    whose: Whose,
    after: Option<(NaiveDate, Uuid)>,
    limit: i64,
) -> Result<Vec<Item>, StorageError> {
    let mut query = published_items::table
        .order((published_items::published_on.desc(), published_items::id.desc()))
        .limit(limit)
        .select(ItemRow::as_select())
        .into_boxed();
    query = match whose {
        Whose::Everybodys => query.filter(published_items::withdrawn_at.is_null()),
        Whose::Agency(agency) => query.filter(published_items::agency_id.eq(Id(agency))),
    };
    if let Some((day, id)) = after {
        query = query.filter(published_items::published_on.le(day)).filter(
            published_items::published_on
                .lt(day)
                .or(published_items::id.lt(Id(id))),
        );
    }
    let rows: Vec<ItemRow> = query.load(conn)?;
    Ok(rows.into_iter().map(Item::from).collect())
}

/// Takes an item of an agency back.
///
/// # Errors
///
/// [`StorageError::NotFound`], also for another agency's and one that was taken back.
pub fn withdraw(
    conn: &mut Connection,
    agency: Uuid,
    id: Uuid,
    at: DateTime<Utc>,
) -> Result<(), StorageError> {
    let done = diesel::update(published_items::table.find(Id(id)))
        .filter(published_items::agency_id.eq(Id(agency)))
        .filter(published_items::withdrawn_at.is_null())
        .set(published_items::withdrawn_at.eq(Some(Instant(at))))
        .execute(conn)?;
    if done == 0 {
        return Err(StorageError::NotFound("item"));
    }
    Ok(())
}

/// Counts somebody who found an item and did not apply.
///
/// # Errors
///
/// [`StorageError::NotFound`], also for one that was taken back.
pub fn count_found(conn: &mut Connection, id: Uuid) -> Result<(), StorageError> {
    let done = diesel::update(published_items::table.find(Id(id)))
        .filter(published_items::withdrawn_at.is_null())
        .set(published_items::found.eq(published_items::found + 1))
        .execute(conn)?;
    if done == 0 {
        return Err(StorageError::NotFound("item"));
    }
    Ok(())
}
