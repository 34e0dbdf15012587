//! The tables, made and unmade: the same migrations for both engines, by the same names.

use diesel::connection::SimpleConnection as _;
use diesel::migration::MigrationVersion;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};

use super::{Connection, StorageError};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRESQL: EmbeddedMigrations = embed_migrations!("migrations/postgresql");

/// One at a time, when two programs start at once: an arbitrary number of our own.
const LOCK: &str = "SELECT pg_advisory_lock(5832145927)";
const UNLOCK: &str = "SELECT pg_advisory_unlock(5832145927)";

/// Runs what has not run yet, and names it.
pub(super) fn up(connection: &mut Connection) -> Result<Vec<String>, StorageError> {
    match connection {
        Connection::Sqlite(sqlite) => named(sqlite.run_pending_migrations(SQLITE)),
        Connection::Pg(postgres) => {
            postgres.batch_execute(LOCK)?;
            let ran = named(postgres.run_pending_migrations(POSTGRESQL));
            postgres.batch_execute(UNLOCK)?;
            ran
        }
    }
}

/// Takes everything back, and names it.
pub(super) fn down(connection: &mut Connection) -> Result<Vec<String>, StorageError> {
    match connection {
        Connection::Sqlite(sqlite) => named(sqlite.revert_all_migrations(SQLITE)),
        Connection::Pg(postgres) => named(postgres.revert_all_migrations(POSTGRESQL)),
    }
}

/// Whether something has not run yet.
pub(super) fn is_pending(connection: &mut Connection) -> Result<bool, StorageError> {
    match connection {
        Connection::Sqlite(sqlite) => sqlite.has_pending_migration(SQLITE),
        Connection::Pg(postgres) => postgres.has_pending_migration(POSTGRESQL),
    }
    .map_err(|error| failed(&*error))
}

/// Diesel's migrations answer with an error of any type.
type Answer<'a> =
    Result<Vec<MigrationVersion<'a>>, Box<dyn std::error::Error + Send + Sync + 'static>>;

fn named(answer: Answer<'_>) -> Result<Vec<String>, StorageError> {
    let versions = answer.map_err(|error| failed(&*error))?;
    Ok(versions.iter().map(ToString::to_string).collect())
}

fn failed(error: &dyn std::error::Error) -> StorageError {
    StorageError::unavailable(format!("a migration failed: {error}"))
}
