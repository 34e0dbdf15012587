//! 工作人员: the accounts of those who work here.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::schema::officers;
use super::types::{Id, Instant};
use super::{Connection, StorageError};
use crate::domain::actor::Role;

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Officer {
    /// Its identity.
    pub id: Uuid,
    /// Where the officer works.
    pub agency_id: Uuid,
    /// The name to sign in with.
    pub login: String,
    /// The name that colleagues see.
    pub name: String,
    /// The duties held.
    pub roles: Vec<Role>,
    /// The hash of the password; `None` until one is set.
    pub password_hash: Option<String>,
    /// The link to set a password: the hash of its code, and when it ends.
    pub setup: Option<Setup>,
    /// Since when the account is closed.
    pub disabled_at: Option<DateTime<Utc>>,
    /// Wrong passwords since the last right one.
    pub failures: i32,
    /// Until when no password is looked at.
    pub locked_until: Option<DateTime<Utc>>,
    /// How often it was changed; whoever saves must have read this one.
    pub version: i32,
}

/// A link to set a password with, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setup {
    /// The hash of the code in it.
    pub hash: Vec<u8>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = officers, treat_none_as_null = true)]
struct OfficerRow {
    id: Id,
    agency_id: Id,
    login: String,
    name: String,
    roles: String,
    password_hash: Option<String>,
    setup_hash: Option<Vec<u8>>,
    setup_expires_at: Option<Instant>,
    disabled_at: Option<Instant>,
    failures: i32,
    locked_until: Option<Instant>,
    version: i32,
}

impl From<&Officer> for OfficerRow {
    fn from(officer: &Officer) -> Self {
        let setup = officer.setup.as_ref();
        Self {
            id: Id(officer.id),
            agency_id: Id(officer.agency_id),
            login: officer.login.clone(),
            name: officer.name.clone(),
            roles: role_codes(&officer.roles),
            password_hash: officer.password_hash.clone(),
            setup_hash: setup.map(|setup| setup.hash.clone()),
            setup_expires_at: setup.map(|setup| Instant(setup.expires_at)),
            disabled_at: officer.disabled_at.map(Instant),
            failures: officer.failures,
            locked_until: officer.locked_until.map(Instant),
            version: officer.version,
        }
    }
}

impl OfficerRow {
    fn into_officer(self) -> Result<Officer, StorageError> {
        let broken =
            |why| StorageError::Inconsistent { table: "officers", row: self.id.0.to_string(), why };
        let roles: Option<Vec<Role>> = self
            .roles
            .split_terminator(',')
            .map(Role::from_code)
            .collect();
        let setup = match (self.setup_hash, self.setup_expires_at) {
            (Some(hash), Some(Instant(expires_at))) => Some(Setup { hash, expires_at }),
            (None, None) => None,
            _ => return Err(broken("a link without an end, or an end without a link")),
        };
        Ok(Officer {
            id: self.id.0,
            agency_id: self.agency_id.0,
            login: self.login,
            name: self.name,
            roles: roles.ok_or(StorageError::Inconsistent {
                table: "officers",
                row: self.id.0.to_string(),
                why: "a role is unknown",
            })?,
            password_hash: self.password_hash,
            setup,
            disabled_at: self.disabled_at.map(|instant| instant.0),
            failures: self.failures,
            locked_until: self.locked_until.map(|instant| instant.0),
            version: self.version,
        })
    }
}

/// The duties as stored: codes, in a fixed order, each once, with commas between.
fn role_codes(roles: &[Role]) -> String {
    let held = Role::ALL.into_iter().filter(|role| roles.contains(role));
    held.map(Role::code).collect::<Vec<_>>().join(",")
}

/// Opens an account.
///
/// # Errors
///
/// [`StorageError::Duplicate`], if the name to sign in with is taken.
pub fn insert(
    conn: &mut Connection,
    officer: &Officer,
    at: DateTime<Utc>,
) -> Result<(), StorageError> {
    diesel::insert_into(officers::table)
        .values((OfficerRow::from(officer), officers::created_at.eq(Instant(at))))
        .execute(conn)?;
    Ok(())
}

/// Keeps what became of an account.
///
/// # Errors
///
/// [`StorageError::Conflict`], if somebody changed it after `officer.version` was read;
/// [`StorageError::Duplicate`], if the name to sign in with is taken.
pub fn save(conn: &mut Connection, officer: &Officer) -> Result<(), StorageError> {
    let row = OfficerRow { version: officer.version + 1, ..OfficerRow::from(officer) };
    let saved = diesel::update(officers::table.find(Id(officer.id)))
        .filter(officers::version.eq(officer.version))
        .set(row)
        .execute(conn)?;
    if saved == 0 {
        return Err(StorageError::Conflict);
    }
    Ok(())
}

/// Counts a wrong password, and says how many there were since the last right one. Guesses
/// that arrive together are counted each.
///
/// # Errors
///
/// [`StorageError::NotFound`].
pub fn count_failure(conn: &mut Connection, id: Uuid) -> Result<i32, StorageError> {
    let failures = diesel::update(officers::table.find(Id(id)))
        .set((
            officers::failures.eq(officers::failures + 1),
            officers::version.eq(officers::version + 1),
        ))
        .returning(officers::failures)
        .get_result(conn)
        .optional()?;
    failures.ok_or(StorageError::NotFound("officer"))
}

/// Looks at no password of this account until then, and counts from zero afterwards.
///
/// # Errors
///
/// [`StorageError`].
pub fn lock(conn: &mut Connection, id: Uuid, until: DateTime<Utc>) -> Result<(), StorageError> {
    diesel::update(officers::table.find(Id(id)))
        .set((
            officers::failures.eq(0),
            officers::locked_until.eq(Some(Instant(until))),
            officers::version.eq(officers::version + 1),
        ))
        .execute(conn)?;
    Ok(())
}

/// Forgets the wrong passwords, after a right one.
///
/// # Errors
///
/// [`StorageError`].
pub fn forget_failures(conn: &mut Connection, id: Uuid) -> Result<(), StorageError> {
    diesel::update(officers::table.find(Id(id)))
        .filter(
            officers::failures
                .ne(0)
                .or(officers::locked_until.is_not_null()),
        )
        .set((
            officers::failures.eq(0),
            officers::locked_until.eq(None::<Instant>),
            officers::version.eq(officers::version + 1),
        ))
        .execute(conn)?;
    Ok(())
}

/// The account with this identity.
///
/// # Errors
///
/// [`StorageError::NotFound`], or [`StorageError::Inconsistent`].
pub fn find(conn: &mut Connection, id: Uuid) -> Result<Officer, StorageError> {
    officers::table
        .find(Id(id))
        .select(OfficerRow::as_select())
        .first(conn)
        .optional()?
        .ok_or(StorageError::NotFound("officer"))?
        .into_officer()
}

/// The account that signs in with this name.
///
/// # Errors
///
/// [`StorageError::Inconsistent`] for a row that contradicts itself.
pub fn find_by_login(conn: &mut Connection, login: &str) -> Result<Option<Officer>, StorageError> {
    officers::table
        .filter(officers::login.eq(login))
        .select(OfficerRow::as_select())
        .first(conn)
        .optional()?
        .map(OfficerRow::into_officer)
        .transpose()
}

/// The account whose link to set a password has a code with this hash; whether the link has
/// ended is the caller's to see.
///
/// # Errors
///
/// [`StorageError::Inconsistent`] for a row that contradicts itself.
pub fn find_by_setup(conn: &mut Connection, hash: &[u8]) -> Result<Option<Officer>, StorageError> {
    officers::table
        .filter(officers::setup_hash.eq(hash))
        .select(OfficerRow::as_select())
        .first(conn)
        .optional()?
        .map(OfficerRow::into_officer)
        .transpose()
}

/// The accounts of these agencies, by agency and name to sign in with.
///
/// # Errors
///
/// [`StorageError::Inconsistent`] for a row that contradicts itself.
pub fn list(conn: &mut Connection, agencies: &[Uuid]) -> Result<Vec<Officer>, StorageError> {
    let agencies = agencies.iter().copied().map(Id);
    let rows: Vec<OfficerRow> = officers::table
        .filter(officers::agency_id.eq_any(agencies))
        .order((officers::agency_id, officers::login))
        .select(OfficerRow::as_select())
        .load(conn)?;
    rows.into_iter().map(OfficerRow::into_officer).collect()
}

/// The heads who work here still, by agency and name to sign in with.
///
/// # Errors
///
/// [`StorageError::Inconsistent`] for a row that contradicts itself.
pub fn heads(conn: &mut Connection) -> Result<Vec<Officer>, StorageError> {
    let rows: Vec<OfficerRow> = officers::table
        .filter(officers::disabled_at.is_null())
        .filter(officers::roles.like(format!("%{}%", Role::Head.code())))
        .order((officers::agency_id, officers::login))
        .select(OfficerRow::as_select())
        .load(conn)?;
    rows.into_iter().map(OfficerRow::into_officer).collect()
}

/// Whether there is any account at all.
///
/// # Errors
///
/// [`StorageError`].
pub fn any(conn: &mut Connection) -> Result<bool, StorageError> {
    let one: Option<Id> = officers::table
        .select(officers::id)
        .first(conn)
        .optional()?;
    Ok(one.is_some())
}
