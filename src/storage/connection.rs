//! What a [`Connection`] can do beside Diesel's own.

use diesel::connection::TransactionManager;
use diesel::r2d2::R2D2Connection as _;

use super::{Connection, StorageError};

/// Writes one expression for each engine, where Diesel has no words for both at once.
macro_rules! on_each {
    ($connection:expr, $engine:ident => $expression:expr) => {
        match $connection {
            $crate::storage::Connection::Pg($engine) => $expression,
            $crate::storage::Connection::Sqlite($engine) => $expression,
        }
    };
}
pub(super) use on_each;

impl Connection {
    /// Tries something inside a deed: if it fails, what it wrote is undone, and the deed may
    /// go on. Without this, PostgreSQL refuses every statement after one that failed.
    ///
    /// # Errors
    ///
    /// What `attempt` returns, or [`StorageError`] if the savepoint cannot be set.
    pub fn attempt<T, E>(&mut self, attempt: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E>
    where
        E: From<StorageError>,
    {
        Manager::begin_transaction(self).map_err(StorageError::from)?;
        match attempt(self) {
            Ok(value) => {
                Manager::commit_transaction(self).map_err(StorageError::from)?;
                Ok(value)
            }
            Err(error) => {
                Manager::rollback_transaction(self).map_err(StorageError::from)?;
                Err(error)
            }
        }
    }

    /// How many transactions and savepoints are open, one in the other.
    pub(super) fn depth(&mut self) -> Result<u32, StorageError> {
        let status = Manager::transaction_manager_status_mut(self);
        Ok(status.transaction_depth()?.map_or(0, u32::from))
    }

    /// Undoes everything down to this many open transactions and savepoints.
    pub(super) fn roll_back_to(&mut self, depth: u32) -> Result<(), StorageError> {
        while self.depth()? > depth {
            Manager::rollback_transaction(self)?;
        }
        Ok(())
    }

    /// Whether the connection is not to be used again.
    pub(super) fn is_unusable(&mut self) -> bool {
        self.is_broken()
    }
}

/// Who keeps count of the transactions of a [`Connection`].
pub(super) type Manager = <Connection as diesel::Connection>::TransactionManager;
