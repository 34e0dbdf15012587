//! Mails of receipt to addresses that nobody has confirmed: counted, so that the form bombs no
//! mailbox.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::schema::first_mails;
use super::types::{Id, Instant};
use super::{Connection, StorageError};

/// Whether an address, known by its index alone, may be written to once more: `at_most` times in
/// twenty-four hours. That it is, is counted.
///
/// # Errors
///
/// [`StorageError`].
pub fn admit(
    conn: &mut Connection,
    id: Uuid,
    address: &[u8; 32],
    at: DateTime<Utc>,
    at_most: i64,
) -> Result<bool, StorageError> {
    let of_address = first_mails::address_index.eq(address.as_slice());
    let before = Instant(at - TimeDelta::hours(24));
    diesel::delete(
        first_mails::table
            .filter(of_address)
            .filter(first_mails::at.le(before)),
    )
    .execute(conn)?;
    let lately: i64 = first_mails::table
        .filter(of_address)
        .count()
        .get_result(conn)?;
    if lately >= at_most {
        return Ok(false);
    }
    diesel::insert_into(first_mails::table)
        .values((
            first_mails::id.eq(Id(id)),
            first_mails::address_index.eq(address.as_slice()),
            first_mails::at.eq(Instant(at)),
        ))
        .execute(conn)?;
    Ok(true)
}
