//! Which texts share words: an index of hashed words, the same on both engines.

use std::collections::HashMap;

use diesel::prelude::*;
use uuid::Uuid;

use super::schema::{case_words, cases, item_words};
use super::types::Id;
use super::{Connection, StorageError};

/// A word that so many texts have says little of any of them.
const COMMON: usize = 1000;
/// How much more a rare word says.
const RARE: u32 = 4;

/// Keeps the words of a case in place of those that were kept before, and how many different
/// applicants have asked for the same.
///
/// # Errors
///
/// [`StorageError`].
pub fn put_case(
    conn: &mut Connection,
    agency: Uuid,
    case: Uuid,
    words: &[i64],
    asked_by: i32,
) -> Result<(), StorageError> {
    diesel::delete(case_words::table.filter(case_words::case_id.eq(Id(case)))).execute(conn)?;
    for word in words {
        diesel::insert_into(case_words::table)
            .values((
                case_words::agency_id.eq(Id(agency)),
                case_words::word.eq(*word),
                case_words::case_id.eq(Id(case)),
            ))
            .execute(conn)?;
    }
    diesel::update(cases::table.find(Id(case)))
        .set(cases::asked_by.eq(Some(asked_by)))
        .execute(conn)?;
    Ok(())
}

/// Lets the words of a case be looked at again, since it was changed.
///
/// # Errors
///
/// [`StorageError`].
pub fn forget_case(conn: &mut Connection, case: Uuid) -> Result<(), StorageError> {
    diesel::update(cases::table.find(Id(case)))
        .set(cases::asked_by.eq(None::<i32>))
        .execute(conn)?;
    Ok(())
}

/// Cases whose words were not looked at yet, with their agencies; the oldest first.
///
/// # Errors
///
/// [`StorageError`].
pub fn cases_to_read(conn: &mut Connection, limit: i64) -> Result<Vec<(Uuid, Uuid)>, StorageError> {
    let rows: Vec<(Id, Id)> = cases::table
        .filter(cases::asked_by.is_null())
        .order(cases::id)
        .limit(limit)
        .select((cases::agency_id, cases::id))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(agency, case)| (agency.0, case.0))
        .collect())
}

/// How many different applicants have asked for what this case asks for, as far as it was
/// looked at.
///
/// # Errors
///
/// [`StorageError`].
pub fn asked_by(conn: &mut Connection, case: Uuid) -> Result<i32, StorageError> {
    let found: Option<i32> = cases::table
        .find(Id(case))
        .select(cases::asked_by)
        .first(conn)?;
    Ok(found.unwrap_or_default())
}

/// The cases of an agency that share most with these words, the likeliest first.
///
/// # Errors
///
/// [`StorageError`].
pub fn cases_like(
    conn: &mut Connection,
    agency: Uuid,
    words: &[i64],
    limit: usize,
) -> Result<Vec<Uuid>, StorageError> {
    let mut found = Vec::new();
    for word in words {
        let ids: Vec<Id> = case_words::table
            .filter(case_words::agency_id.eq(Id(agency)))
            .filter(case_words::word.eq(*word))
            .order(case_words::case_id.desc())
            .limit(i64::try_from(COMMON).unwrap_or(i64::MAX))
            .select(case_words::case_id)
            .load(conn)?;
        found.push(ids);
    }
    Ok(likeliest(found, limit))
}

/// Keeps the words of a published item.
///
/// # Errors
///
/// [`StorageError`].
pub fn put_item(conn: &mut Connection, item: Uuid, words: &[i64]) -> Result<(), StorageError> {
    for word in words {
        diesel::insert_into(item_words::table)
            .values((item_words::word.eq(*word), item_words::item_id.eq(Id(item))))
            .execute(conn)?;
    }
    Ok(())
}

/// Forgets the words of a published item that was taken back.
///
/// # Errors
///
/// [`StorageError`].
pub fn drop_item(conn: &mut Connection, item: Uuid) -> Result<(), StorageError> {
    diesel::delete(item_words::table.filter(item_words::item_id.eq(Id(item)))).execute(conn)?;
    Ok(())
}

/// The published items that share most with these words, the likeliest first.
///
/// # Errors
///
/// [`StorageError`].
pub fn items_like(
    conn: &mut Connection,
    words: &[i64],
    limit: usize,
) -> Result<Vec<Uuid>, StorageError> {
    let mut found = Vec::new();
    for word in words {
        let ids: Vec<Id> = item_words::table
            .filter(item_words::word.eq(*word))
            .order(item_words::item_id.desc())
            .limit(i64::try_from(COMMON).unwrap_or(i64::MAX))
            .select(item_words::item_id)
            .load(conn)?;
        found.push(ids);
    }
    Ok(likeliest(found, limit))
}

/// The texts that are in most of these lists, each list the texts that have one word.
fn likeliest(lists: Vec<Vec<Id>>, limit: usize) -> Vec<Uuid> {
    let mut shares: HashMap<Uuid, u32> = HashMap::new();
    for list in lists {
        let weight = if list.len() < COMMON { RARE } else { 1 };
        for id in list {
            *shares.entry(id.0).or_default() += weight;
        }
    }
    let mut found: Vec<(u32, Uuid)> = shares.into_iter().map(|(id, share)| (share, id)).collect();
    found.sort_unstable_by(|one, other| other.cmp(one));
    found.truncate(limit);
    found.into_iter().map(|(_, id)| id).collect()
}
