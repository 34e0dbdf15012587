//! 我的提醒: what each person here wants to be reminded of by mail.

use thiserror::Error;
use uuid::Uuid;

use crate::app::App;
use crate::casework::record::{self, Happened};
use crate::domain::actor::Actor;
use crate::domain::digest::Part;
use crate::storage::officers::Officer;
use crate::storage::reminders::{self, Reminder};
use crate::storage::{Connection, StorageError};
use crate::vault::{Vault, VaultError};

/// What somebody wants.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wish {
    /// Whether to be reminded at all.
    pub wanted: bool,
    /// Of what.
    pub parts: Vec<Part>,
    /// Where to.
    pub email: String,
}

/// Why a wish cannot be kept or read.
#[derive(Debug, Error)]
pub enum ReminderError {
    /// The address cannot be sealed or opened.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Keeps what an officer wants, on record; the address stands in no record.
///
/// # Errors
///
/// [`ReminderError`].
pub async fn choose(app: &App, officer: &Officer, wish: &Wish) -> Result<(), ReminderError> {
    let reminder = Reminder {
        officer: officer.id,
        wanted: wish.wanted,
        parts: wish.parts.clone(),
        email_sealed: app
            .vault
            .seal(wish.email.as_bytes(), &context(officer.id))?,
    };
    let by = Actor::Officer { id: officer.id, roles: officer.roles.clone() };
    let (vault, agency, at) = (app.vault.clone(), officer.agency_id, app.clock.now());
    app.database
        .write(move |conn: &mut Connection| -> Result<(), StorageError> {
            reminders::save(conn, &reminder)?;
            let parts: Vec<&str> = reminder.parts.iter().map(|part| part.code()).collect();
            let data = serde_json::json!({ "wanted": reminder.wanted, "parts": parts }).to_string();
            let action = "reminders_chosen";
            let happened = Happened { agency, case: None, at, by: &by, action, data: &data };
            record::append(conn, &vault, &happened)
        })
        .await?;
    Ok(())
}

/// What an officer wants: everything, at no address yet, until something was said.
///
/// # Errors
///
/// [`ReminderError`].
pub async fn wish_of(app: &App, officer: Uuid) -> Result<Wish, ReminderError> {
    let kept = app
        .database
        .read(move |conn| reminders::find(conn, officer))
        .await?;
    let Some(kept) = kept else {
        return Ok(Wish { parts: Part::ALL.to_vec(), ..Wish::default() });
    };
    let email = address(&app.vault, officer, &kept.email_sealed)?;
    Ok(Wish { wanted: kept.wanted, parts: kept.parts, email })
}

/// The address that was sealed for an officer.
///
/// # Errors
///
/// [`VaultError::CannotOpen`].
pub fn address(vault: &Vault, officer: Uuid, sealed: &[u8]) -> Result<String, VaultError> {
    let address = vault.open_sealed(sealed, &context(officer))?;
    String::from_utf8(address.to_vec()).map_err(|_| VaultError::CannotOpen)
}

fn context(officer: Uuid) -> Vec<u8> {
    [b"officer address ".as_slice(), officer.as_bytes()].concat()
}
