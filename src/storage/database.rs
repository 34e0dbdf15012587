//! The two doors to what is kept: [`Database::read`] and [`Database::write`].

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use diesel::connection::TransactionManager as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::connection::Manager;
use super::{Connection, StorageError, meta, migrations, postgres, sqlite};

/// How a [`Database`] is opened. The defaults suit an office of any size.
#[derive(Debug, Clone)]
pub struct DatabaseOptions {
    /// Connections to SQLite that read, or to PostgreSQL in all.
    pub connections: u32,
    /// How long to wait for a lock that another process holds.
    pub busy: Duration,
    /// How long to wait for a free connection.
    pub wait: Duration,
    /// How many deeds may wait for the SQLite writer before more are turned away.
    pub waiting_deeds: usize,
}

impl Default for DatabaseOptions {
    fn default() -> Self {
        Self {
            connections: 4,
            busy: Duration::from_secs(5),
            wait: Duration::from_secs(5),
            waiting_deeds: 1024,
        }
    }
}

/// What the office keeps, in SQLite or PostgreSQL. Cheap to clone.
///
/// Whoever gets `Ok` from a write has it on disk: both engines answer after the commit, and
/// are refused at [`open`](Self::open) when they are set up to lose what they acknowledged.
#[derive(Clone)]
pub struct Database {
    engine: Arc<Engine>,
    /// Keeps readers from piling up threads: one permit for each connection.
    turns: Arc<Semaphore>,
    wait: Duration,
}

/// Where it is kept.
pub(super) enum Engine {
    /// In a file of this machine.
    Sqlite(sqlite::File),
    /// On a server.
    Postgres(postgres::Server),
}

impl Database {
    /// Opens `sqlite://PATH` (made if it is missing) or `postgres://…`, and makes sure that
    /// it is set up to keep what it acknowledges.
    ///
    /// The tables are made by [`migrate`](Self::migrate).
    ///
    /// # Errors
    ///
    /// [`StorageError::Unfit`] for an address of another kind or a setup that could lose or
    /// garble what is kept; [`StorageError::Unavailable`] if the database cannot be reached.
    pub fn open(url: &str, options: &DatabaseOptions) -> Result<Self, StorageError> {
        let engine = if let Some(path) = url.strip_prefix("sqlite://") {
            Engine::Sqlite(sqlite::File::open(path, options)?)
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Engine::Postgres(postgres::Server::open(url, options)?)
        } else {
            let why = "its address begins neither with sqlite:// nor with postgres://".to_owned();
            return Err(StorageError::Unfit { why });
        };
        let turns = usize::try_from(options.connections).unwrap_or(1).max(1);
        Ok(Self {
            engine: Arc::new(engine),
            turns: Arc::new(Semaphore::new(turns)),
            wait: options.wait,
        })
    }

    /// Brings the tables up to date, and names the migrations that it ran.
    ///
    /// # Errors
    ///
    /// [`StorageError`]; a migration that fails is rolled back.
    pub fn migrate(&self) -> Result<Vec<String>, StorageError> {
        migrations::up(&mut *self.engine.dedicated()?)
    }

    /// Takes every migration back, the last one first: what was kept is gone. For tests and
    /// for developers.
    ///
    /// # Errors
    ///
    /// [`StorageError`].
    pub fn unmigrate(&self) -> Result<Vec<String>, StorageError> {
        migrations::down(&mut *self.engine.dedicated()?)
    }

    /// Whether a migration of this program has not run yet.
    ///
    /// # Errors
    ///
    /// [`StorageError`].
    pub fn needs_migration(&self) -> Result<bool, StorageError> {
        migrations::is_pending(&mut *self.engine.dedicated()?)
    }

    /// Reads; everything that `read` sees is of one moment.
    ///
    /// # Errors
    ///
    /// What `read` returns; [`StorageError::Unavailable`] if no connection gets free.
    pub async fn read<T, E, F>(&self, read: F) -> Result<T, E>
    where
        F: FnOnce(&mut Connection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        let turn = self.turn().await?;
        let engine = Arc::clone(&self.engine);
        on_a_thread(move || {
            let _turn = turn;
            engine.read(read)
        })
        .await
    }

    /// Does a deed: everything that `deed` writes is kept, or nothing of it. The answer comes
    /// after the commit.
    ///
    /// If the caller goes away meanwhile, the deed is done all the same.
    ///
    /// # Errors
    ///
    /// What `deed` returns; [`StorageError::Unavailable`] if it could not be kept.
    pub async fn write<T, E, F>(&self, deed: F) -> Result<T, E>
    where
        F: FnOnce(&mut Connection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        match &*self.engine {
            Engine::Sqlite(file) => {
                let (answer, answered) = oneshot::channel();
                // Nobody may be waiting any more, which changes nothing.
                file.writer
                    .submit(deed, move |result| drop(answer.send(result)))?;
                answered
                    .await
                    .unwrap_or_else(|_| Err(StorageError::unavailable("the writer is gone").into()))
            }
            Engine::Postgres(_) => {
                let turn = self.turn().await?;
                let engine = Arc::clone(&self.engine);
                on_a_thread(move || {
                    let _turn = turn;
                    engine.write(deed)
                })
                .await
            }
        }
    }

    /// [`read`](Self::read), for callers that may block.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn read_blocking<T, E, F>(&self, read: F) -> Result<T, E>
    where
        F: FnOnce(&mut Connection) -> Result<T, E>,
        E: From<StorageError>,
    {
        self.engine.read(read)
    }

    /// [`write`](Self::write), for callers that may block.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn write_blocking<T, E, F>(&self, deed: F) -> Result<T, E>
    where
        F: FnOnce(&mut Connection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        self.engine.write(deed)
    }

    /// Makes sure that a deed can be committed right now, by committing a tiny one.
    ///
    /// # Errors
    ///
    /// [`StorageError`], if it could not.
    pub async fn can_commit(&self) -> Result<(), StorageError> {
        self.write(|conn| meta::set(conn, "ready", "yes")).await
    }

    /// What the engine is called, for `check` and the logs.
    #[must_use]
    pub fn engine_name(&self) -> &'static str {
        match *self.engine {
            Engine::Sqlite(_) => "SQLite",
            Engine::Postgres(_) => "PostgreSQL",
        }
    }

    /// Waits for one of the connections.
    async fn turn(&self) -> Result<OwnedSemaphorePermit, StorageError> {
        let turn = Arc::clone(&self.turns).acquire_owned();
        match tokio::time::timeout(self.wait, turn).await {
            Ok(Ok(turn)) => Ok(turn),
            Ok(Err(_)) | Err(_) => Err(StorageError::unavailable("too many are waiting")),
        }
    }
}

impl Engine {
    /// A connection of its own, for migrations.
    fn dedicated(&self) -> Result<Box<Connection>, StorageError> {
        match self {
            Self::Sqlite(file) => file.dedicated(),
            Self::Postgres(server) => server.dedicated(),
        }
        .map(Box::new)
    }

    fn read<T, E>(&self, read: impl FnOnce(&mut Connection) -> Result<T, E>) -> Result<T, E>
    where
        E: From<StorageError>,
    {
        match self {
            Self::Sqlite(file) => {
                let mut connection = file.readers.get().map_err(StorageError::unavailable)?;
                begin(&mut connection, "BEGIN")?;
                undone(&mut connection, read)
            }
            Self::Postgres(server) => {
                let mut connection = server.pool.get().map_err(StorageError::unavailable)?;
                begin(&mut connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
                undone(&mut connection, read)
            }
        }
    }

    fn write<T, E, F>(&self, deed: F) -> Result<T, E>
    where
        F: FnOnce(&mut Connection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        match self {
            Self::Sqlite(file) => {
                let (answer, answered) = std::sync::mpsc::sync_channel(1);
                file.writer
                    .submit(deed, move |result| drop(answer.send(result)))?;
                answered
                    .recv()
                    .unwrap_or_else(|_| Err(StorageError::unavailable("the writer is gone").into()))
            }
            Self::Postgres(server) => server.write(deed),
        }
    }
}

/// Opens a transaction with these words.
pub(super) fn begin(connection: &mut Connection, sql: &str) -> Result<(), StorageError> {
    use diesel::connection::AnsiTransactionManager as Ansi;
    super::connection::on_each!(connection, conn => Ansi::begin_transaction_sql(conn, sql))?;
    Ok(())
}

/// Runs what only reads, and closes its transaction.
fn undone<T, E>(
    connection: &mut Connection,
    read: impl FnOnce(&mut Connection) -> Result<T, E>,
) -> Result<T, E>
where
    E: From<StorageError>,
{
    let result = guarded(connection, read);
    connection.roll_back_to(0)?;
    result
}

/// Runs `deed`, and makes an error of a panic.
pub(super) fn guarded<T, E>(
    connection: &mut Connection,
    deed: impl FnOnce(&mut Connection) -> Result<T, E>,
) -> Result<T, E>
where
    E: From<StorageError>,
{
    catch_unwind(AssertUnwindSafe(|| deed(connection)))
        .unwrap_or_else(|_| Err(StorageError::Panicked.into()))
}

/// Commits what is open on the connection.
pub(super) fn commit(connection: &mut Connection) -> Result<(), StorageError> {
    Manager::commit_transaction(connection).map_err(StorageError::unavailable)
}

async fn on_a_thread<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: From<StorageError> + Send + 'static,
{
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(StorageError::Panicked.into()))
}
