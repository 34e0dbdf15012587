//! The record: what happened is appended to the agency's chain, in the deed that did it.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::app::App;
use crate::domain::actor::Actor;
use crate::storage::events::{self, ChainError, NewEvent};
use crate::storage::{Connection, StorageError};
use crate::vault::Vault;

/// Something to be put on record.
#[derive(Debug, Clone)]
pub struct Happened<'a> {
    /// Whose record.
    pub agency: Uuid,
    /// The case it belongs to.
    pub case: Option<Uuid>,
    /// When.
    pub at: DateTime<Utc>,
    /// Who did it.
    pub by: &'a Actor,
    /// What was done.
    pub action: &'a str,
    /// The particulars, JSON; nothing personal in the clear.
    pub data: &'a str,
}

/// Puts it on record. Do this last in a deed: until the deed ends, nobody else can add to this
/// agency's record.
///
/// # Errors
///
/// [`StorageError`].
pub fn append(
    conn: &mut Connection,
    vault: &Vault,
    happened: &Happened<'_>,
) -> Result<(), StorageError> {
    append_all(conn, vault, happened.agency, std::slice::from_ref(happened))
}

/// [`append`] for much that happened in one agency, in order.
///
/// # Errors
///
/// [`StorageError`].
pub fn append_all(
    conn: &mut Connection,
    vault: &Vault,
    agency: Uuid,
    happened: &[Happened<'_>],
) -> Result<(), StorageError> {
    let actors: Vec<String> = happened
        .iter()
        .map(|happened| actor_name(happened.by))
        .collect();
    let events = happened
        .iter()
        .zip(&actors)
        .map(|(happened, actor)| NewEvent {
            agency,
            case: happened.case,
            at: happened.at,
            actor,
            action: happened.action,
            data: happened.data,
        });
    events::append_all(conn, agency, events, &|bytes| vault.mac("record", bytes))?;
    Ok(())
}

/// Goes through an agency's whole record, and says how many events it has: at least one, for
/// adding the agency is on record itself.
///
/// # Errors
///
/// [`ChainError::Broken`], naming the first record that was altered, is missing or was added.
pub fn verify(conn: &mut Connection, vault: &Vault, agency: Uuid) -> Result<i64, ChainError> {
    match events::verify(conn, agency, &|bytes| vault.mac("record", bytes))? {
        0 => Err(ChainError::Broken { agency, sequence: 1, what: "缺失" }),
        events => Ok(events),
    }
}

/// [`verify`], from a page.
///
/// # Errors
///
/// As there.
pub async fn check(app: &App, agency: Uuid) -> Result<i64, ChainError> {
    let vault = app.vault.clone();
    app.database
        .read(move |conn| verify(conn, &vault, agency))
        .await
}

/// Who acted, as the record writes it.
#[must_use]
pub fn actor_name(actor: &Actor) -> String {
    match actor {
        Actor::Applicant => "applicant".to_owned(),
        Actor::Officer { id, .. } => format!("officer:{id}"),
        Actor::System => "system".to_owned(),
    }
}

/// The account that an actor's name in the record means.
#[must_use]
pub fn officer_of(actor: &str) -> Option<Uuid> {
    actor
        .strip_prefix("officer:")
        .and_then(|id| id.parse().ok())
}
