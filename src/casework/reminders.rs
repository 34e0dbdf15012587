//! 我的提醒: what each person here wants to be reminded of by mail.

use std::collections::HashMap;

use chrono::{Datelike as _, NaiveDate, TimeDelta};
use thiserror::Error;
use uuid::Uuid;

use crate::app::App;
use crate::casework::record::{self, Happened};
use crate::domain::actor::Actor;
use crate::domain::agency::Agency;
use crate::domain::digest::Part;
use crate::storage::officers::{self, Officer};
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

/// How far back a digest that did not arrive is still told of, in days.
pub const LOOKED_BACK: TimeDelta = TimeDelta::days(30);

/// What is not in order with the reminders of an agency.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults {
    /// The heads whom no mail of their own tells of overdue cases.
    pub heads_not_told: Vec<Officer>,
    /// Whose last digest did not arrive, with its day.
    pub undelivered: Vec<(String, NaiveDate)>,
    /// The agency's mailbox, which is told in the place of such a head; may be empty.
    pub mailbox: String,
}

/// What is not in order with the reminders of an agency.
///
/// # Errors
///
/// [`StorageError`].
pub fn faults(
    conn: &mut Connection,
    agency: &Agency,
    today: NaiveDate,
) -> Result<Faults, StorageError> {
    let mut heads_not_told = reminders::heads_not_told(conn)?;
    heads_not_told.retain(|head| head.agency_id == agency.id);
    let names: HashMap<Uuid, String> = officers::list(conn, &[agency.id])?
        .into_iter()
        .filter(|officer| officer.disabled_at.is_none())
        .map(|officer| (officer.id, officer.name))
        .collect();
    let undelivered = reminders::undelivered(conn, agency.id, today - LOOKED_BACK)?
        .into_iter()
        .filter_map(|digest| {
            let name = match digest.officer {
                Some(officer) => names.get(&officer)?.clone(),
                None => "机关邮箱".to_owned(),
            };
            Some((name, digest.day))
        });
    Ok(Faults {
        heads_not_told,
        undelivered: undelivered.collect(),
        mailbox: agency.email.trim().to_owned(),
    })
}

impl Faults {
    /// What is said of the heads who are told by no mail of their own, if there are any.
    #[must_use]
    pub fn of_heads(&self) -> Option<String> {
        let names: Vec<&str> = self.heads_not_told.iter().map(|head| &*head.name).collect();
        let names = (!names.is_empty()).then(|| names.join("、"))?;
        Some(if self.mailbox.is_empty() {
            format!(
                "{names}没有登记接收“已逾期”提醒的邮箱，机关也没有登记电子邮箱，办件逾期时没有人会收到邮件"
            )
        } else {
            let mailbox = &self.mailbox;
            format!("{names}没有登记接收“已逾期”提醒的邮箱，办件逾期时改为提醒机关邮箱 {mailbox}")
        })
    }

    /// What is said of digests that did not arrive, if there are any.
    #[must_use]
    pub fn of_mails(&self) -> Option<String> {
        let whose: Vec<String> = self
            .undelivered
            .iter()
            .map(|(name, day)| format!("{name}（{}月{}日）", day.month(), day.day()))
            .collect();
        (!whose.is_empty()).then(|| format!("每日提醒的邮件没有送到：{}", whose.join("、")))
    }
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
