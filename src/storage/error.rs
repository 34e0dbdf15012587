//! Why something could not be kept or found.

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error};

use super::constraints;

/// Why something could not be kept or found. Never shown to people as it is.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// There is no such thing.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// Somebody else changed it after it was read.
    #[error("changed by somebody else meanwhile")]
    Conflict,
    /// There may be only one such thing, and there is one.
    #[error("refused by the constraint {constraint}")]
    Duplicate {
        /// The name of the constraint, the same on both engines; see
        /// [`constraints`].
        constraint: String,
    },
    /// A row contradicts itself.
    #[error("the row {row} of {table} is inconsistent: {why}")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// Which row: an identity, nothing personal.
        row: String,
        /// What contradicts what.
        why: &'static str,
    },
    /// The database cannot be used just now: busy, full, away. Nothing was kept; try again later.
    #[error("the database is not available: {why}")]
    Unavailable {
        /// What the engine said.
        why: String,
    },
    /// The database must not be used as it is set up: it could lose what was acknowledged.
    #[error("the database must not be used: {why}")]
    Unfit {
        /// Which setting, what it is and what it has to be.
        why: String,
    },
    /// A deed panicked; what it had written was undone.
    #[error("a deed panicked")]
    Panicked,
    /// The database refused a statement: a fault of this program, or a damaged database.
    #[error("the database refused: {0}")]
    Database(#[source] Error),
}

impl StorageError {
    /// The database cannot be used just now.
    #[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
    pub(super) fn unavailable(why: impl ToString) -> Self {
        Self::Unavailable { why: why.to_string() }
    }
}

impl From<Error> for StorageError {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::NotFound("row"),
            Error::BrokenTransactionManager | Error::RollbackErrorOnCommit { .. } => {
                Self::unavailable(error)
            }
            Error::DatabaseError(kind, said) => refused(kind, said),
            error => Self::Database(error),
        }
    }
}

/// What an engine's refusal means to the office.
fn refused(
    kind: DatabaseErrorKind,
    said: Box<dyn DatabaseErrorInformation + Send + Sync>,
) -> StorageError {
    match kind {
        DatabaseErrorKind::UniqueViolation => StorageError::Duplicate {
            constraint: constraints::violated(said.constraint_name(), said.message()),
        },
        DatabaseErrorKind::SerializationFailure
        | DatabaseErrorKind::ClosedConnection
        | DatabaseErrorKind::UnableToSendCommand
        | DatabaseErrorKind::ReadOnlyTransaction => StorageError::unavailable(said.message()),
        DatabaseErrorKind::Unknown if is_passing(said.message()) => {
            StorageError::unavailable(said.message())
        }
        kind => StorageError::Database(Error::DatabaseError(kind, said)),
    }
}

/// What engines say, in English, of troubles that may pass. Diesel hands on no code for them;
/// SQLite's words are fixed in its sources, PostgreSQL is asked to speak English
/// (`lc_messages`), and may decline.
const PASSING: &[&str] = &[
    // SQLite: SQLITE_BUSY, _LOCKED, _FULL, _IOERR, _CANTOPEN, _READONLY, _NOMEM.
    "database is locked",
    "database table is locked",
    "database schema is locked",
    "database or disk is full",
    "disk I/O error",
    "unable to open database file",
    "attempt to write a readonly database",
    "out of memory",
    // PostgreSQL: deadlock_detected, lock_not_available, query_canceled, disk_full,
    // too_many_connections, admin_shutdown, crash_shutdown, cannot_connect_now.
    "deadlock detected",
    "检测到死锁",
    "canceling statement due to",
    "No space left on device",
    "设备上没有空间",
    "too many clients",
    "remaining connection slots are reserved",
    "terminating connection due to",
    "the database system is",
    "server closed the connection unexpectedly",
    "could not receive data from server",
];

fn is_passing(message: &str) -> bool {
    PASSING.iter().any(|trouble| message.contains(trouble))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(kind: DatabaseErrorKind, message: &str) -> StorageError {
        Error::DatabaseError(kind, Box::new(message.to_owned())).into()
    }

    #[test]
    fn a_full_disk_or_a_busy_database_is_a_trouble_that_may_pass() {
        for message in [
            "database or disk is full",
            "database is locked",
            "deadlock detected",
        ] {
            let error = said(DatabaseErrorKind::Unknown, message);
            assert!(matches!(error, StorageError::Unavailable { .. }), "{message}: {error:?}");
        }
    }

    #[test]
    fn a_mistake_in_a_statement_is_none() {
        let error = said(DatabaseErrorKind::Unknown, "no such table: casse");
        assert!(matches!(error, StorageError::Database(_)), "{error:?}");
    }

    #[test]
    fn a_second_row_is_named_by_its_constraint_on_sqlite_too() {
        let error =
            said(DatabaseErrorKind::UniqueViolation, "UNIQUE constraint failed: officers.login");
        let StorageError::Duplicate { constraint } = error else {
            panic!("{error:?}")
        };
        assert_eq!(constraint, constraints::LOGINS_ARE_UNIQUE);
    }
}
