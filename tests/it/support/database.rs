//! A fresh, migrated database for each test, on either engine.

use std::ops::Deref;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection, SqliteConnection};
use tempfile::TempDir;
use yishen::storage::{Database, DatabaseOptions};

/// The variable that names a PostgreSQL server: `tests/with-postgres.sh` sets it.
const SERVER: &str = "YISHEN_TEST_POSTGRES";

/// Which engine a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// A database of its own, gone when the test ends.
pub struct TestDatabase {
    // First, so that it is closed before its place is removed.
    database: Option<Database>,
    place: Place,
}

enum Place {
    Directory(TempDir),
    Server { url: String, name: String },
}

impl TestDatabase {
    /// A database with all tables, and nothing in them.
    pub fn new(engine: Engine) -> Self {
        let database = Self::unmigrated(engine);
        database.migrate().unwrap();
        database
    }

    /// A database with nothing in it at all.
    pub fn unmigrated(engine: Engine) -> Self {
        let place = match engine {
            Engine::Sqlite => Place::Directory(TempDir::new().unwrap()),
            Engine::Postgres => new_on_server(),
        };
        let database = Database::open(&place.url(), &DatabaseOptions::default()).unwrap();
        Self { database: Some(database), place }
    }

    /// The address, for a second [`Database`] or a program under test.
    pub fn url(&self) -> String {
        self.place.url()
    }

    /// Closes the database and opens it again, as after a restart.
    pub fn reopened(mut self) -> Self {
        drop(self.database.take());
        let database = Database::open(&self.place.url(), &DatabaseOptions::default()).unwrap();
        self.database = Some(database);
        self
    }

    /// Runs SQL past the program, as somebody with the password of the database might.
    pub fn meddle(&self, sql: &str) {
        self.try_to_meddle(sql).unwrap();
    }

    /// [`meddle`](Self::meddle), telling what the database said to it.
    pub fn try_to_meddle(&self, sql: &str) -> Result<(), String> {
        let url = self.place.url();
        let said = match &self.place {
            Place::Directory(_) => {
                let path = url.strip_prefix("sqlite://").unwrap();
                let mut conn = SqliteConnection::establish(path).unwrap();
                conn.batch_execute("PRAGMA busy_timeout = 5000").unwrap();
                conn.batch_execute("PRAGMA foreign_keys = OFF").unwrap();
                conn.batch_execute(sql)
            }
            Place::Server { .. } => PgConnection::establish(&url).unwrap().batch_execute(sql),
        };
        said.map_err(|error| error.to_string())
    }
}

impl Deref for TestDatabase {
    type Target = Database;

    fn deref(&self) -> &Database {
        self.database.as_ref().unwrap()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        drop(self.database.take());
        if let Place::Server { name, .. } = &self.place {
            let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            let dropped = server_connection().batch_execute(&drop);
            assert!(dropped.is_ok() || std::thread::panicking(), "{dropped:?}");
        }
    }
}

impl Place {
    fn url(&self) -> String {
        match self {
            Self::Directory(directory) => {
                format!("sqlite://{}", directory.path().join("yishen.db").display())
            }
            Self::Server { url, .. } => url.clone(),
        }
    }
}

fn new_on_server() -> Place {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("yishen_test_{}_{count}", std::process::id());
    let create = format!("CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0");
    server_connection().batch_execute(&create).unwrap();
    Place::Server { url: with_database(&server(), &name), name }
}

fn server_connection() -> PgConnection {
    PgConnection::establish(&server()).unwrap()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the server is the machine's, not the office's"
)]
fn server() -> String {
    std::env::var(SERVER).unwrap_or_else(|_| {
        panic!(
            "{SERVER} names no PostgreSQL server, and half of this suite runs on one: use \
             `make test`, or `tests/with-postgres.sh cargo test …`"
        )
    })
}

/// The address with another database: `postgres://user@host/NAME?options`.
fn with_database(url: &str, name: &str) -> String {
    let (address, options) = url.split_once('?').unwrap_or((url, ""));
    let (server, _) = address.rsplit_once('/').unwrap();
    if options.is_empty() {
        format!("{server}/{name}")
    } else {
        format!("{server}/{name}?{options}")
    }
}

/// Makes two tests of each function: one on SQLite, one on PostgreSQL. The function gets the
/// database; one that is `async` runs in a runtime of its own.
macro_rules! on_both_engines {
    ($(
        $(#[doc = $doc:expr])*
        async fn $name:ident($database:ident: TestDatabase) $body:block
    )*) => {$(
        $(#[doc = $doc])*
        mod $name {
            use super::*;

            async fn check($database: $crate::support::database::TestDatabase) $body

            #[tokio::test]
            async fn sqlite() {
                use $crate::support::database::{Engine, TestDatabase};
                check(TestDatabase::new(Engine::Sqlite)).await;
            }

            #[tokio::test]
            async fn postgres() {
                use $crate::support::database::{Engine, TestDatabase};
                check(TestDatabase::new(Engine::Postgres)).await;
            }
        }
    )*};
}
pub(crate) use on_both_engines;
