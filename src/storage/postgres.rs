//! PostgreSQL: a server, a pool of connections, one transaction for each deed.

use std::time::Duration;

use diesel::connection::SimpleConnection as _;
use diesel::r2d2::{ManageConnection, Pool, R2D2Connection as _};
use diesel::sql_types::Text;
use diesel::{Connection as _, PgConnection, QueryableByName, RunQueryDsl as _, sql_query};

use super::database::{DatabaseOptions, begin, commit, guarded};
use super::{Connection, StorageError};

/// A database on a PostgreSQL server.
pub(super) struct Server {
    pub(super) pool: Pool<Opener>,
    opener: Opener,
}

/// Opens connections to one database.
#[derive(Clone)]
pub(super) struct Opener {
    url: String,
    busy: Duration,
}

impl Server {
    pub(super) fn open(url: &str, options: &DatabaseOptions) -> Result<Self, StorageError> {
        let opener = Opener { url: url.to_owned(), busy: options.busy };
        let mut connection = opener.open()?;
        require(&mut connection, "fsync", |value| value == "on", "on")?;
        require(&mut connection, "synchronous_commit", |value| value != "off", "on")?;
        require(&mut connection, "server_encoding", |value| value == "UTF8", "UTF8")?;
        let pool = Pool::builder()
            .max_size(options.connections)
            .min_idle(Some(1))
            .connection_timeout(options.wait)
            .test_on_check_out(true)
            .build(opener.clone())
            .map_err(StorageError::unavailable)?;
        Ok(Self { pool, opener })
    }

    /// A connection outside the pool, for migrations.
    pub(super) fn dedicated(&self) -> Result<Connection, StorageError> {
        self.opener.open().map(Connection::Pg)
    }

    pub(super) fn write<T, E>(
        &self,
        deed: impl FnOnce(&mut Connection) -> Result<T, E>,
    ) -> Result<T, E>
    where
        E: From<StorageError>,
    {
        let mut connection = self.pool.get().map_err(StorageError::unavailable)?;
        begin(&mut connection, "BEGIN")?;
        let kept = guarded(&mut connection, deed).and_then(|value| {
            // A COMMIT after a statement that failed rolls back and does not say so.
            connection
                .batch_execute("SELECT 1")
                .map_err(StorageError::from)?;
            commit(&mut connection)?;
            Ok(value)
        });
        if kept.is_err() {
            connection.roll_back_to(0)?;
        }
        kept
    }
}

impl Opener {
    fn open(&self) -> Result<PgConnection, StorageError> {
        let mut connection =
            PgConnection::establish(&self.url).map_err(StorageError::unavailable)?;
        let busy = self.busy.as_millis();
        connection.batch_execute(&format!(
            "SET client_encoding = 'UTF8'; SET TIME ZONE 'UTC'; SET lock_timeout = {busy};
             SET idle_in_transaction_session_timeout = '60s'; SET application_name = 'yishen'"
        ))?;
        // So that troubles are told by their English words; only some accounts may ask for it.
        if connection.batch_execute("SET lc_messages = 'C'").is_err() {
            tracing::debug!("the PostgreSQL server keeps its own language for messages");
        }
        Ok(connection)
    }
}

#[derive(QueryableByName)]
struct Setting {
    #[diesel(sql_type = Text)]
    value: String,
}

/// Makes sure that the server keeps what it acknowledges.
fn require(
    connection: &mut PgConnection,
    setting: &str,
    suits: impl Fn(&str) -> bool,
    required: &str,
) -> Result<(), StorageError> {
    let query = format!("SELECT current_setting('{setting}') AS value");
    let Setting { value } = sql_query(query).get_result(connection)?;
    if suits(&value) {
        return Ok(());
    }
    let why = format!("{setting} is {value}, and has to be {required}");
    Err(StorageError::Unfit { why })
}

impl ManageConnection for Opener {
    type Connection = Connection;
    type Error = StorageError;

    fn connect(&self) -> Result<Connection, StorageError> {
        self.open().map(Connection::Pg)
    }

    fn is_valid(&self, connection: &mut Connection) -> Result<(), StorageError> {
        Ok(connection.ping()?)
    }

    fn has_broken(&self, connection: &mut Connection) -> bool {
        std::thread::panicking() || connection.is_unusable()
    }
}
