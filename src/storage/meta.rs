//! Small facts about the office itself, by name.

use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, RunQueryDsl as _};

use super::connection::on_each;
use super::schema::meta;
use super::{Connection, StorageError};

/// The fact of this name, if it was ever set.
///
/// # Errors
///
/// [`StorageError`].
pub fn find(conn: &mut Connection, name: &str) -> Result<Option<String>, StorageError> {
    let query = meta::table.find(name).select(meta::value);
    Ok(query.first(conn).optional()?)
}

/// Sets the fact of this name.
///
/// # Errors
///
/// [`StorageError`].
pub fn set(conn: &mut Connection, name: &str, value: &str) -> Result<(), StorageError> {
    on_each!(conn, conn => diesel::insert_into(meta::table)
        .values((meta::name.eq(name), meta::value.eq(value)))
        .on_conflict(meta::name)
        .do_update()
        .set(meta::value.eq(value))
        .execute(conn))?;
    Ok(())
}

/// Forgets the fact of this name; whether there was one.
///
/// # Errors
///
/// [`StorageError`].
pub fn forget(conn: &mut Connection, name: &str) -> Result<bool, StorageError> {
    Ok(diesel::delete(meta::table.find(name)).execute(conn)? > 0)
}
