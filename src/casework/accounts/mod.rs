//! 账号: who works here, with which duties; opened, changed and closed by the administrator.
//!
//! Nobody is ever given a password: an account comes with a code that is shown once, ends
//! after a few days, and sets a password once.

mod password;
mod sign_in;
#[cfg(test)]
mod tests;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use thiserror::Error;
use uuid::Uuid;

pub use self::password::{PASSWORD_AT_LEAST, change_password, set_password};
pub use self::sign_in::{SignIn, Strangers, sign_in, sign_out};
use crate::app::App;
use crate::casework::ids;
use crate::casework::record::{self, Happened};
use crate::domain::actor::{Actor, Role};
use crate::domain::number::QueryCode;
use crate::storage::officers::{self, Officer, Setup};
use crate::storage::{Connection, StorageError, constraints, sessions};
use crate::vault::{Vault, VaultError};

/// How long the code of a new or reset account is good.
pub const CODE_LIFETIME: TimeDelta = TimeDelta::days(3);

/// Why an account cannot be made so.
#[derive(Debug, Error)]
pub enum AccountError {
    /// Somebody has this name to sign in with.
    #[error("用户名已经有人使用，请换一个")]
    LoginTaken,
    /// A name to sign in with that cannot be typed reliably.
    #[error("用户名应为2至40个汉字、字母、数字、点、横线或者下划线")]
    NotALogin,
    /// No name, or one that is too long.
    #[error("请填写姓名，不超过40字")]
    NotAName,
    /// An account without duties.
    #[error("请至少选择一个岗位")]
    NoRoles,
    /// The administrator would lock the door behind himself.
    #[error("不能停用、重置自己的账号，也不能取消自己的系统管理员岗位，请由其他管理员办理")]
    Oneself,
    /// Only administrators change accounts.
    #[error("您的岗位无权管理账号")]
    NotYours,
    /// A code that is not one, was used, or has ended.
    #[error("设置码不正确、已经用过或者已经过期，请核对，或者请管理员重新生成")]
    CodeNotGood,
    /// The password that is said to be the present one is not.
    #[error("现在的口令不正确")]
    WrongPassword,
    /// Too many wrong passwords.
    #[error("口令输错次数过多，请稍后再试")]
    Locked,
    /// A password that is too easily guessed.
    #[error("{0}")]
    WeakPassword(&'static str),
    /// It could not be found or kept.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The keys.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// An account to be opened.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Where the officer works.
    pub agency: Uuid,
    /// The name to sign in with.
    pub login: String,
    /// The name that colleagues see.
    pub name: String,
    /// The duties.
    pub roles: Vec<Role>,
}

/// What the officer needs to choose a password; shown once.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// The account.
    pub officer: Uuid,
    /// The name to sign in with.
    pub login: String,
    /// The name that colleagues see.
    pub name: String,
    /// The code.
    pub code: QueryCode,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// A change to an account, and why it may be refused.
struct Change {
    action: &'static str,
    data: Value,
}

/// Opens an account.
///
/// # Errors
///
/// [`AccountError`].
pub async fn open(app: &App, account: NewAccount, by: &Actor) -> Result<Invitation, AccountError> {
    may_administer(by)?;
    let login = account.login.trim().to_owned();
    let name = account.name.trim().to_owned();
    if !is_login(&login) {
        return Err(AccountError::NotALogin);
    }
    if name.is_empty() || name.chars().count() > 40 || name.chars().any(char::is_control) {
        return Err(AccountError::NotAName);
    }
    if account.roles.is_empty() {
        return Err(AccountError::NoRoles);
    }
    let now = app.clock.now();
    let (code, setup) = new_code(&app.vault, now)?;
    let invitation = Invitation {
        officer: ids::new(),
        login: login.clone(),
        name: name.clone(),
        code,
        expires_at: setup.expires_at,
    };
    let officer = Officer {
        id: invitation.officer,
        agency_id: account.agency,
        login,
        name,
        roles: account.roles,
        password_hash: None,
        setup: Some(setup),
        disabled_at: None,
        failures: 0,
        locked_until: None,
        version: 1,
    };
    let (vault, by) = (app.vault.clone(), by.clone());
    app.database
        .write(move |conn| -> Result<(), AccountError> {
            officers::insert(conn, &officer, now).map_err(taken)?;
            let data = json!({"officer": officer.id, "roles": codes(&officer.roles)});
            put_on_record(conn, &vault, officer.agency_id, &by, "account_opened", &data, now)?;
            Ok(())
        })
        .await?;
    Ok(invitation)
}

/// Takes the password away, ends every session, and gives a new code; an account that was
/// disabled is open again.
///
/// # Errors
///
/// [`AccountError`].
pub async fn reset(
    app: &App,
    agency: Uuid,
    officer: Uuid,
    by: &Actor,
) -> Result<Invitation, AccountError> {
    may_administer(by)?;
    not_oneself(by, officer)?;
    let now = app.clock.now();
    let (code, setup) = new_code(&app.vault, now)?;
    let expires_at = setup.expires_at;
    let changed = change(app, agency, officer, by, move |officer| {
        officer.password_hash = None;
        officer.setup = Some(setup);
        officer.disabled_at = None;
        officer.failures = 0;
        officer.locked_until = None;
        Change { action: "account_reset", data: json!({"officer": officer.id}) }
    })
    .await?;
    Ok(Invitation {
        officer: changed.id,
        login: changed.login,
        name: changed.name,
        code,
        expires_at,
    })
}

/// Closes an account and ends its sessions; what the officer did stays on record.
///
/// # Errors
///
/// [`AccountError`].
pub async fn disable(
    app: &App,
    agency: Uuid,
    officer: Uuid,
    by: &Actor,
) -> Result<Officer, AccountError> {
    may_administer(by)?;
    not_oneself(by, officer)?;
    let now = app.clock.now();
    change(app, agency, officer, by, move |officer| {
        officer.disabled_at = Some(now);
        officer.password_hash = None;
        officer.setup = None;
        Change { action: "account_disabled", data: json!({"officer": officer.id}) }
    })
    .await
}

/// Gives other duties; the sessions end, so that no page of the old ones stays in use.
///
/// # Errors
///
/// [`AccountError`].
pub async fn set_roles(
    app: &App,
    agency: Uuid,
    officer: Uuid,
    roles: Vec<Role>,
    by: &Actor,
) -> Result<Officer, AccountError> {
    may_administer(by)?;
    if roles.is_empty() {
        return Err(AccountError::NoRoles);
    }
    if by.officer() == Some(officer) && !roles.contains(&Role::Admin) {
        return Err(AccountError::Oneself);
    }
    change(app, agency, officer, by, move |officer| {
        let data = json!({
            "officer": officer.id,
            "from": codes(&officer.roles),
            "to": codes(&roles),
        });
        officer.roles = roles;
        Change { action: "roles_changed", data }
    })
    .await
}

/// Changes an account of the agency, on record. Every session of it ends but for changes that
/// officers make to themselves.
async fn change(
    app: &App,
    agency: Uuid,
    officer: Uuid,
    by: &Actor,
    apply: impl FnOnce(&mut Officer) -> Change + Send + 'static,
) -> Result<Officer, AccountError> {
    let now = app.clock.now();
    let (vault, by) = (app.vault.clone(), by.clone());
    app.database
        .write(move |conn| {
            let mut found = of_agency(conn, agency, officer)?;
            let change = apply(&mut found);
            officers::save(conn, &found)?;
            if by.officer() != Some(officer) {
                sessions::delete_of_officer(conn, officer)?;
            }
            put_on_record(conn, &vault, agency, &by, change.action, &change.data, now)?;
            Ok(found)
        })
        .await
}

/// Puts on the agency's record what happened and belongs to no case.
fn put_on_record(
    conn: &mut Connection,
    vault: &Vault,
    agency: Uuid,
    by: &Actor,
    action: &str,
    data: &Value,
    at: DateTime<Utc>,
) -> Result<(), StorageError> {
    let data = data.to_string();
    record::append(conn, vault, &Happened { agency, case: None, at, by, action, data: &data })
}

/// The account, if it is one of this agency.
fn of_agency(conn: &mut Connection, agency: Uuid, id: Uuid) -> Result<Officer, StorageError> {
    let officer = officers::find(conn, id)?;
    if officer.agency_id == agency {
        Ok(officer)
    } else {
        Err(StorageError::NotFound("officer"))
    }
}

fn may_administer(by: &Actor) -> Result<(), AccountError> {
    if *by == Actor::System || by.holds(&[Role::Admin]) {
        Ok(())
    } else {
        Err(AccountError::NotYours)
    }
}

fn not_oneself(by: &Actor, officer: Uuid) -> Result<(), AccountError> {
    if by.officer() == Some(officer) {
        Err(AccountError::Oneself)
    } else {
        Ok(())
    }
}

/// A code to set a password with, and what is kept of it.
fn new_code(vault: &Vault, now: DateTime<Utc>) -> Result<(QueryCode, Setup), VaultError> {
    let code = QueryCode::from_bytes(vault.random_bytes()?);
    let setup = Setup { hash: code_hash(vault, &code), expires_at: now + CODE_LIFETIME };
    Ok((code, setup))
}

/// What is kept of a code: 80 random bits need no slow hash.
fn code_hash(vault: &Vault, code: &QueryCode) -> Vec<u8> {
    vault.mac("setup code", code.as_bytes()).to_vec()
}

fn taken(error: StorageError) -> AccountError {
    match error {
        StorageError::Duplicate { constraint } if constraint == constraints::LOGINS_ARE_UNIQUE => {
            AccountError::LoginTaken
        }
        error => error.into(),
    }
}

fn codes(roles: &[Role]) -> Vec<&'static str> {
    roles.iter().map(|role| role.code()).collect()
}

/// Whether a text can be a name to sign in with.
fn is_login(text: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    (2..=40).contains(&text.chars().count()) && text.chars().all(fits)
}
