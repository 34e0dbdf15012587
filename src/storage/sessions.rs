//! Sessions of those who are signed in: revocable, since they are here and not in a cookie.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::schema::sessions;
use super::types::{Id, Instant};
use super::{Connection, StorageError};

/// Somebody who is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// Who.
    pub officer_id: Uuid,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// When last seen; see [`touch`].
    pub seen_at: DateTime<Utc>,
}

/// Begins a session; of its token only the hash is kept.
///
/// # Errors
///
/// [`StorageError`].
pub fn insert(
    conn: &mut Connection,
    id_hash: &[u8; 32],
    officer: Uuid,
    at: DateTime<Utc>,
) -> Result<(), StorageError> {
    diesel::insert_into(sessions::table)
        .values((
            sessions::id_hash.eq(id_hash.as_slice()),
            sessions::officer_id.eq(Id(officer)),
            sessions::created_at.eq(Instant(at)),
            sessions::seen_at.eq(Instant(at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The session whose token has this hash; whether it has ended by age is the caller's to see.
///
/// # Errors
///
/// [`StorageError`].
pub fn find(conn: &mut Connection, id_hash: &[u8; 32]) -> Result<Option<Session>, StorageError> {
    let row: Option<(Id, Instant, Instant)> = sessions::table
        .find(id_hash.as_slice())
        .select((sessions::officer_id, sessions::created_at, sessions::seen_at))
        .first(conn)
        .optional()?;
    Ok(row.map(|(officer_id, created_at, seen_at)| Session {
        officer_id: officer_id.0,
        created_at: created_at.0,
        seen_at: seen_at.0,
    }))
}

/// Notes that a session was seen. Every note is a commit: once a minute is often enough.
///
/// # Errors
///
/// [`StorageError`].
pub fn touch(
    conn: &mut Connection,
    id_hash: &[u8; 32],
    at: DateTime<Utc>,
) -> Result<(), StorageError> {
    diesel::update(sessions::table.find(id_hash.as_slice()))
        .filter(sessions::seen_at.lt(Instant(at)))
        .set(sessions::seen_at.eq(Instant(at)))
        .execute(conn)?;
    Ok(())
}

/// Ends a session.
///
/// # Errors
///
/// [`StorageError`].
pub fn delete(conn: &mut Connection, id_hash: &[u8; 32]) -> Result<(), StorageError> {
    diesel::delete(sessions::table.find(id_hash.as_slice())).execute(conn)?;
    Ok(())
}

/// Ends every session of an officer, and says how many there were.
///
/// # Errors
///
/// [`StorageError`].
pub fn delete_of_officer(conn: &mut Connection, officer: Uuid) -> Result<usize, StorageError> {
    let theirs = sessions::table.filter(sessions::officer_id.eq(Id(officer)));
    Ok(diesel::delete(theirs).execute(conn)?)
}

/// Removes the sessions that began, or were last seen, before these moments.
///
/// # Errors
///
/// [`StorageError`].
pub fn delete_expired(
    conn: &mut Connection,
    begun_before: DateTime<Utc>,
    seen_before: DateTime<Utc>,
) -> Result<usize, StorageError> {
    let old = sessions::table.filter(
        sessions::created_at
            .lt(Instant(begun_before))
            .or(sessions::seen_at.lt(Instant(seen_before))),
    );
    Ok(diesel::delete(old).execute(conn)?)
}
