//! Signing in and out, on record; guessing gets nowhere, and learns nothing.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use uuid::Uuid;

use super::{AccountError, put_on_record};
use crate::app::App;
use crate::config::LimitSettings;
use crate::documents::hex;
use crate::domain::actor::Actor;
use crate::storage::officers::{self, Officer};
use crate::storage::{Connection, StorageError, agencies, sessions};

/// What came of trying to sign in.
#[derive(Debug)]
pub enum SignIn {
    /// It is them; the session has begun.
    In(Box<Officer>),
    /// Name and password do not belong together; which of them is wrong is not said.
    Wrong,
    /// Too many wrong passwords for this name, whether somebody has it or not.
    Locked {
        /// When passwords are looked at again.
        until: DateTime<Utc>,
    },
}

/// What is known of an account before its password is looked at.
pub(super) enum Attempt {
    /// Another wrong password is counted, in case it is one.
    Counted(Box<Officer>),
    /// No password is looked at.
    Locked(DateTime<Utc>),
}

/// Wrong passwords for names that nobody has, so that these are locked like all others.
/// They are kept in memory: nothing hangs on them but the sameness of the answer.
#[derive(Debug, Default)]
pub struct Strangers(Mutex<HashMap<[u8; 32], Stranger>>);

#[derive(Debug, Clone, Copy)]
struct Stranger {
    failures: u32,
    locked_until: Option<DateTime<Utc>>,
    seen_at: DateTime<Utc>,
}

/// How many names that nobody has are remembered.
const STRANGERS_AT_MOST: usize = 10_000;

impl Strangers {
    /// Counts a wrong password for a name, or says until when none is looked at.
    fn count(
        &self,
        name: [u8; 32],
        limits: &LimitSettings,
        now: DateTime<Utc>,
    ) -> Result<(), DateTime<Utc>> {
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if names.len() >= STRANGERS_AT_MOST {
            let window = lock_time(limits);
            names.retain(|_, stranger| now - stranger.seen_at < window);
            if names.len() >= STRANGERS_AT_MOST {
                names.clear();
            }
        }
        let stranger =
            names
                .entry(name)
                .or_insert(Stranger { failures: 0, locked_until: None, seen_at: now });
        stranger.seen_at = now;
        if let Some(until) = stranger.locked_until.filter(|until| now < *until) {
            return Err(until);
        }
        stranger.failures += 1;
        stranger.locked_until = None;
        if stranger.failures >= limits.wrong_passwords {
            stranger.failures = 0;
            stranger.locked_until = Some(now + lock_time(limits));
        }
        Ok(())
    }
}

fn lock_time(limits: &LimitSettings) -> TimeDelta {
    TimeDelta::minutes(i64::try_from(limits.throttle_minutes).unwrap_or(15))
}

/// Counts the attempt before the password is looked at, so that guesses that arrive together
/// are no more than the limit.
pub(super) fn count_attempt(
    conn: &mut Connection,
    officer: Officer,
    limits: &LimitSettings,
    now: DateTime<Utc>,
) -> Result<Attempt, StorageError> {
    if let Some(until) = officer.locked_until.filter(|until| now < *until) {
        return Ok(Attempt::Locked(until));
    }
    let failures = officers::count_failure(conn, officer.id)?;
    if u32::try_from(failures).is_ok_and(|failures| failures >= limits.wrong_passwords) {
        officers::lock(conn, officer.id, now + lock_time(limits))?;
    }
    Ok(Attempt::Counted(Box::new(officer)))
}

/// Signs in, and begins the session whose token has the hash `session`.
///
/// A name that nobody has, a closed account and one without a password get the same answer
/// after the same time as a wrong password.
///
/// # Errors
///
/// [`AccountError`], if the office cannot look or keep.
pub async fn sign_in(
    app: &App,
    strangers: &Strangers,
    login: &str,
    password: &str,
    session: [u8; 32],
) -> Result<SignIn, AccountError> {
    let now = app.clock.now();
    let login = login.trim().to_owned();
    let name = app.vault.blind_index("login", &login);
    let attempt = {
        let limits = app.settings.limits.clone();
        let found = app.database.write(move |conn| -> Result<_, StorageError> {
            officers::find_by_login(conn, &login)?
                .map(|officer| count_attempt(conn, officer, &limits, now))
                .transpose()
        });
        found.await?
    };
    let officer = match attempt {
        Some(Attempt::Locked(until)) => return Ok(SignIn::Locked { until }),
        Some(Attempt::Counted(officer)) => Some(officer),
        None => {
            if let Err(until) = strangers.count(name, &app.settings.limits, now) {
                return Ok(SignIn::Locked { until });
            }
            None
        }
    };
    let open = officer
        .as_ref()
        .filter(|officer| officer.disabled_at.is_none());
    let stored = open.and_then(|officer| officer.password_hash.as_deref());
    if !app.vault.verify_password(password, stored).await? {
        return put_failure_on_record(app, officer.as_deref(), name, now).await;
    }
    match officer {
        Some(officer) => begin(app, officer, session, now).await,
        None => Ok(SignIn::Wrong),
    }
}

async fn begin(
    app: &App,
    officer: Box<Officer>,
    session: [u8; 32],
    now: DateTime<Utc>,
) -> Result<SignIn, AccountError> {
    let vault = app.vault.clone();
    let settings = app.settings.staff.clone();
    app.database
        .write(move |conn| {
            officers::forget_failures(conn, officer.id)?;
            sessions::delete_expired(
                conn,
                now - TimeDelta::hours(settings.session_hours.into()),
                now - TimeDelta::minutes(settings.idle_minutes.into()),
            )?;
            sessions::insert(conn, &session, officer.id, now)?;
            let data = json!({"officer": officer.id});
            let by = acting(&officer);
            put_on_record(conn, &vault, officer.agency_id, &by, "signed_in", &data, now)?;
            Ok(SignIn::In(officer))
        })
        .await
}

async fn put_failure_on_record(
    app: &App,
    officer: Option<&Officer>,
    name: [u8; 32],
    now: DateTime<Utc>,
) -> Result<SignIn, AccountError> {
    let vault = app.vault.clone();
    let known = officer.map(|officer| (officer.agency_id, officer.id));
    app.database
        .write(move |conn| {
            let (agency, data) = match known {
                Some((agency, officer)) => (Some(agency), json!({"officer": officer})),
                // What was typed may be a password in the wrong field: only its index is kept.
                None => (
                    first_agency(conn)?,
                    json!({"unknown_name": hex(name.get(..8).unwrap_or_default())}),
                ),
            };
            if let Some(agency) = agency {
                let by = Actor::System;
                put_on_record(conn, &vault, agency, &by, "sign_in_failed", &data, now)?;
            }
            Ok(SignIn::Wrong)
        })
        .await
}

/// Whose record tells of people whom nobody knows: the one at the top of the tree.
fn first_agency(conn: &mut Connection) -> Result<Option<Uuid>, StorageError> {
    let all = agencies::list(conn)?;
    let top = all.iter().find(|agency| agency.parent.is_none());
    Ok(top.map(|agency| agency.id))
}

/// Ends a session.
///
/// # Errors
///
/// [`AccountError`], if the office cannot keep it.
pub async fn sign_out(app: &App, officer: &Officer, session: [u8; 32]) -> Result<(), AccountError> {
    let now = app.clock.now();
    let (vault, by) = (app.vault.clone(), acting(officer));
    let (agency, data) = (officer.agency_id, json!({"officer": officer.id}));
    app.database
        .write(move |conn| {
            sessions::delete(conn, &session)?;
            put_on_record(conn, &vault, agency, &by, "signed_out", &data, now)?;
            Ok(())
        })
        .await
}

fn acting(officer: &Officer) -> Actor {
    Actor::Officer { id: officer.id, roles: officer.roles.clone() }
}
