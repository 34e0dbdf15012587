//! What the pages remember between requests.

use std::sync::{Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use chrono::{NaiveDate, TimeDelta};
use tokio::sync::{Semaphore, SemaphorePermit};
use uuid::Uuid;

use crate::app::App;
use crate::domain::agency::Agency;
use crate::storage;
use crate::storage::StorageError;
use crate::web::limits::{Attempts, CodeGuard, Visitor};

/// How old what is known of the agencies may be.
const FRESH: Duration = Duration::from_secs(2);

/// From how many bytes on a form's files are large.
const HEAVY: usize = 4 * 1024 * 1024;
/// How many forms with large files are filed at once.
const HEAVY_AT_ONCE: usize = 2;

/// What the pages remember between requests; nothing that would be missed after a restart.
#[derive(Debug)]
pub struct Site {
    agencies: RwLock<Known>,
    /// Who was wrong about query codes of late.
    pub codes: CodeGuard,
    /// From where it was said today of an item that it was found.
    pub found: Attempts<(Visitor, Uuid, NaiveDate)>,
    /// When something was kept to see whether that can be done.
    ready_at: Mutex<Option<Instant>>,
    /// Turns for forms with large files, which are held in memory while they are filed.
    heavy: Semaphore,
}

/// The agencies as they were read last.
#[derive(Debug, Default)]
struct Known {
    agencies: Vec<Agency>,
    read_at: Option<Instant>,
}

impl Site {
    /// The site of this office.
    #[must_use]
    pub fn new(app: &App) -> Self {
        Self {
            agencies: RwLock::default(),
            codes: CodeGuard::new(&app.settings.limits),
            found: Attempts::new(1, TimeDelta::days(1)),
            ready_at: Mutex::default(),
            heavy: Semaphore::new(HEAVY_AT_ONCE),
        }
    }

    /// Whether something could be kept within the last second: asking more often is no use.
    #[must_use]
    pub fn was_ready_just_now(&self) -> bool {
        let ready_at = self.ready_at.lock().unwrap_or_else(PoisonError::into_inner);
        ready_at.is_some_and(|at| at.elapsed() < Duration::from_secs(1))
    }

    /// Something could be kept just now.
    pub fn is_ready_now(&self) {
        let mut ready_at = self.ready_at.lock().unwrap_or_else(PoisonError::into_inner);
        *ready_at = Some(Instant::now());
    }

    /// Waits for a turn to file so many bytes of files; small ones need none.
    pub async fn turn_for(&self, bytes: usize) -> Option<SemaphorePermit<'_>> {
        if bytes < HEAVY {
            return None;
        }
        // The semaphore is never closed.
        self.heavy.acquire().await.ok()
    }

    /// Every agency that takes applications, those that stand above the others first; as they
    /// were read last, while the database is away.
    pub async fn agencies(&self, app: &App) -> Vec<Agency> {
        if let Some(fresh) = self.fresh_agencies() {
            return fresh;
        }
        let read: Result<_, StorageError> = app.database.read(storage::agencies::list).await;
        match read {
            Ok(mut agencies) => {
                agencies.sort_by_key(|agency| agency.parent.is_some());
                let read_at = Some(Instant::now());
                let mut known = self
                    .agencies
                    .write()
                    .unwrap_or_else(PoisonError::into_inner);
                *known = Known { agencies: agencies.clone(), read_at };
                agencies
            }
            Err(error) => {
                tracing::error!(%error, "the agencies cannot be read");
                self.known_agencies()
            }
        }
    }

    /// The agencies as they were read last.
    #[must_use]
    pub fn known_agencies(&self) -> Vec<Agency> {
        let known = self.agencies.read().unwrap_or_else(PoisonError::into_inner);
        known.agencies.clone()
    }

    fn fresh_agencies(&self) -> Option<Vec<Agency>> {
        let known = self.agencies.read().unwrap_or_else(PoisonError::into_inner);
        let is_fresh = known.read_at.is_some_and(|at| at.elapsed() < FRESH);
        is_fresh.then(|| known.agencies.clone())
    }
}
