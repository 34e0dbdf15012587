//! Mailboxes, known by their address's index alone: what whoever reads one said of it, and how
//! often those of which nothing was said were written to, so that the form bombs none.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::schema::{first_mails, mailboxes};
use super::types::{Id, Instant};
use super::{Connection, StorageError};

/// What whoever reads a mailbox said of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// It is the applicant's, and mails are welcome.
    Confirmed,
    /// Nobody there has applied for anything.
    Refused,
}

impl Word {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Confirmed, Self::Refused];

    /// The identifier, as stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Refused => "refused",
        }
    }

    /// The one with this [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|word| word.code() == code)
    }
}

/// What was said of a mailbox last, if anything was.
///
/// # Errors
///
/// [`StorageError::Inconsistent`] for a word that is none.
pub fn word(conn: &mut Connection, address: &[u8; 32]) -> Result<Option<Word>, StorageError> {
    let code: Option<String> = mailboxes::table
        .find(address.as_slice())
        .select(mailboxes::word)
        .first(conn)
        .optional()?;
    code.map(|code| {
        Word::from_code(&code).ok_or(StorageError::Inconsistent {
            table: "mailboxes",
            row: "(index)".to_owned(),
            why: "word unknown",
        })
    })
    .transpose()
}

/// Keeps what was said of a mailbox, in place of what was said before.
///
/// # Errors
///
/// [`StorageError`].
pub fn say(
    conn: &mut Connection,
    address: &[u8; 32],
    word: Word,
    at: DateTime<Utc>,
) -> Result<(), StorageError> {
    diesel::delete(mailboxes::table.find(address.as_slice())).execute(conn)?;
    diesel::insert_into(mailboxes::table)
        .values((
            mailboxes::address_index.eq(address.as_slice()),
            mailboxes::word.eq(word.code()),
            mailboxes::said_at.eq(Instant(at)),
        ))
        .execute(conn)?;
    Ok(())
}

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
