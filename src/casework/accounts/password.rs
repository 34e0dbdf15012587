//! Passwords: chosen by the officer alone, with a code or with the one before.

use std::collections::BTreeSet;

use serde_json::json;
use uuid::Uuid;

use super::sign_in::{Attempt, count_attempt};
use super::{AccountError, code_hash, put_on_record};
use crate::app::App;
use crate::domain::actor::Actor;
use crate::domain::number::QueryCode;
use crate::storage::officers::{self, Officer};
use crate::storage::{Connection, sessions};
use crate::vault::Vault;

/// The shortest password, in characters.
pub const PASSWORD_AT_LEAST: usize = 12;
/// The longest password, in characters.
const PASSWORD_AT_MOST: usize = 128;
/// How many different characters a password has.
const DIFFERENT_AT_LEAST: usize = 5;

/// Sets the password of the account that a code was given for, and begins a session.
///
/// # Errors
///
/// [`AccountError::CodeNotGood`], [`AccountError::WeakPassword`], or what kept it from being
/// kept.
pub async fn set_password(
    app: &App,
    code: &str,
    password: &str,
    session: [u8; 32],
) -> Result<Officer, AccountError> {
    let code: QueryCode = code.parse().map_err(|_| AccountError::CodeNotGood)?;
    let hash = code_hash(&app.vault, &code);
    let now = app.clock.now();
    let wanted = hash.clone();
    let found = app
        .database
        .read(move |conn| officers::find_by_setup(conn, &wanted))
        .await?;
    let good = |officer: &Officer| {
        let in_time = officer
            .setup
            .as_ref()
            .is_some_and(|setup| now < setup.expires_at);
        in_time && officer.disabled_at.is_none()
    };
    let officer = found.filter(good).ok_or(AccountError::CodeNotGood)?;
    is_strong(password, &officer.login)?;
    let password_hash = app.vault.hash_password(password).await?;
    let vault = app.vault.clone();
    app.database
        .write(move |conn| {
            // Asked again where nobody can come between: the code sets one password only.
            let mut officer =
                officers::find_by_setup(conn, &hash)?.ok_or(AccountError::CodeNotGood)?;
            officer.setup = None;
            keep(conn, &vault, &mut officer, password_hash, session, now)?;
            Ok(officer)
        })
        .await
}

/// Changes the officer's own password: every session ends, and a new one begins.
///
/// # Errors
///
/// [`AccountError::WrongPassword`], [`AccountError::Locked`], [`AccountError::WeakPassword`],
/// or what kept it from being kept.
pub async fn change_password(
    app: &App,
    officer: Uuid,
    current: &str,
    password: &str,
    session: [u8; 32],
) -> Result<(), AccountError> {
    let now = app.clock.now();
    let limits = app.settings.limits.clone();
    let login = app
        .database
        .read(move |conn| officers::find(conn, officer))
        .await?
        .login;
    // First what is no guess, and is not counted as one.
    is_strong(password, &login)?;
    let attempt = app
        .database
        .write(move |conn| {
            let officer = officers::find(conn, officer)?;
            count_attempt(conn, officer, &limits, now)
        })
        .await?;
    let Attempt::Counted(known) = attempt else {
        return Err(AccountError::Locked);
    };
    let stored = known.password_hash.as_deref();
    if !app.vault.verify_password(current, stored).await? {
        return Err(AccountError::WrongPassword);
    }
    let password_hash = app.vault.hash_password(password).await?;
    let vault = app.vault.clone();
    app.database
        .write(move |conn| {
            let mut officer = officers::find(conn, officer)?;
            keep(conn, &vault, &mut officer, password_hash, session, now)
        })
        .await
}

/// Keeps a new password, ends the sessions of the old one, and begins one.
fn keep(
    conn: &mut Connection,
    vault: &Vault,
    officer: &mut Officer,
    password_hash: String,
    session: [u8; 32],
    now: chrono::DateTime<chrono::Utc>,
) -> Result<(), AccountError> {
    officer.password_hash = Some(password_hash);
    officer.failures = 0;
    officer.locked_until = None;
    officers::save(conn, officer)?;
    sessions::delete_of_officer(conn, officer.id)?;
    sessions::insert(conn, &session, officer.id, now)?;
    let by = Actor::Officer { id: officer.id, roles: officer.roles.clone() };
    let data = json!({"officer": officer.id});
    put_on_record(conn, vault, officer.agency_id, &by, "password_set", &data, now)?;
    Ok(())
}

/// Whether a password is not too easily guessed: long rather than curious.
fn is_strong(password: &str, login: &str) -> Result<(), AccountError> {
    let length = password.chars().count();
    let different: BTreeSet<char> = password.chars().collect();
    if length < PASSWORD_AT_LEAST {
        Err(AccountError::WeakPassword("口令至少12个字符，可以用几个词连成一句"))
    } else if length > PASSWORD_AT_MOST {
        Err(AccountError::WeakPassword("口令最多128个字符"))
    } else if different.len() < DIFFERENT_AT_LEAST {
        Err(AccountError::WeakPassword("口令中重复的字符太多，请换一个"))
    } else if password.to_lowercase().contains(&login.to_lowercase()) {
        Err(AccountError::WeakPassword("口令中不能含有用户名"))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_long_and_not_the_name() {
        for (password, strong) in [
            ("correct horse battery", true),
            ("莲花池畔早春二月花开时节", true),
            ("short 11 ch", false),
            ("aaaaaaaaaaaaaaaa", false),
            ("my-name-is-Wang.Li", false),
        ] {
            assert_eq!(is_strong(password, "wang.li").is_ok(), strong, "{password}");
        }
        assert!(is_strong(&"abcde fghij".repeat(12), "wang.li").is_err());
    }
}
