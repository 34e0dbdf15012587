//! SQLite: one file, many readers, one writer.

use std::fs::{self, DirBuilder};
use std::path::Path;
use std::time::Duration;

use diesel::connection::SimpleConnection as _;
use diesel::r2d2::{ManageConnection, Pool};
use diesel::sql_types::Text;
use diesel::{Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query};

use super::database::DatabaseOptions;
use super::writer::Writer;
use super::{Connection, StorageError};

/// A SQLite database: connections that read, and the one that writes.
pub(super) struct File {
    pub(super) readers: Pool<Readers>,
    pub(super) writer: Writer,
    opener: Opener,
}

/// Opens connections to one file.
#[derive(Clone)]
pub(super) struct Opener {
    path: String,
    busy: Duration,
}

/// Makes connections that cannot write.
pub(super) struct Readers(Opener);

/// What every connection is told. `recursive_triggers` lets a REPLACE meet the triggers that
/// keep the record from being altered.
const PRAGMAS: &str = "PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA recursive_triggers = ON;
    PRAGMA trusted_schema = OFF;
    PRAGMA journal_size_limit = 67108864;
    PRAGMA cache_size = -8192;";

/// What it must say afterwards.
const REQUIRED: &[(&str, &str)] = &[
    ("journal_mode", "wal"),
    ("synchronous", "2"),
    ("foreign_keys", "1"),
    ("recursive_triggers", "1"),
    ("encoding", "UTF-8"),
];

impl File {
    pub(super) fn open(path: &str, options: &DatabaseOptions) -> Result<Self, StorageError> {
        let opener = Opener { path: file_path(path)?, busy: options.busy };
        opener.make_directory()?;
        let writer = opener.connect()?;
        opener.keep_directory_entry()?;
        let readers = Pool::builder()
            .max_size(options.connections)
            .min_idle(Some(1))
            .connection_timeout(options.wait)
            .test_on_check_out(false)
            .build(Readers(opener.clone()))
            .map_err(StorageError::unavailable)?;
        let writer = Writer::start(writer, opener.clone(), options.waiting_deeds)?;
        Ok(Self { readers, writer, opener })
    }

    /// A connection beside the writer, for migrations.
    pub(super) fn dedicated(&self) -> Result<Connection, StorageError> {
        self.opener.connect()
    }
}

/// The path as SQLite takes it. A relative one gets a `./`, for SQLite would read one that
/// begins with `file:` as a URI.
fn file_path(path: &str) -> Result<String, StorageError> {
    if path.is_empty() || path.contains(":memory:") {
        let why = "sqlite:// wants the path of a file after it".to_owned();
        return Err(StorageError::Unfit { why });
    }
    if path.starts_with('/') {
        Ok(path.to_owned())
    } else {
        Ok(format!("./{path}"))
    }
}

impl Opener {
    /// A connection that may write, with everything it was told read back.
    pub(super) fn connect(&self) -> Result<Connection, StorageError> {
        let mut connection =
            SqliteConnection::establish(&self.path).map_err(StorageError::unavailable)?;
        let busy = format!("PRAGMA busy_timeout = {}", self.busy.as_millis());
        connection.batch_execute(&busy)?;
        connection.batch_execute("PRAGMA journal_mode = WAL")?;
        connection.batch_execute(PRAGMAS)?;
        for (pragma, required) in REQUIRED {
            require(&mut connection, pragma, required)?;
        }
        require(&mut connection, "busy_timeout", &self.busy.as_millis().to_string())?;
        Ok(Connection::Sqlite(connection))
    }

    /// Makes the directory of the file, open to its owner only, if there is none.
    fn make_directory(&self) -> Result<(), StorageError> {
        let directory = self.directory();
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(directory).map_err(|error| {
            StorageError::unavailable(format!("cannot make {}: {error}", directory.display()))
        })
    }

    /// Keeps the file's name in its directory through a power cut.
    fn keep_directory_entry(&self) -> Result<(), StorageError> {
        fs::File::open(self.directory())
            .and_then(|directory| directory.sync_all())
            .map_err(StorageError::unavailable)
    }

    fn directory(&self) -> &Path {
        Path::new(&self.path)
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty())
            .unwrap_or(Path::new("."))
    }
}

#[derive(QueryableByName)]
struct Setting {
    #[diesel(sql_type = Text)]
    value: String,
}

/// Makes sure that a pragma took effect: SQLite accepts what it then ignores.
fn require(
    connection: &mut SqliteConnection,
    pragma: &'static str,
    required: &str,
) -> Result<(), StorageError> {
    let column = if pragma == "busy_timeout" {
        "timeout"
    } else {
        pragma
    };
    let query = format!("SELECT CAST({column} AS TEXT) AS value FROM pragma_{pragma}");
    let setting: Setting = sql_query(query).get_result(connection)?;
    if setting.value == required {
        return Ok(());
    }
    let why = format!("{pragma} is {}, and has to be {required}", setting.value);
    Err(StorageError::Unfit { why })
}

impl ManageConnection for Readers {
    type Connection = Connection;
    type Error = StorageError;

    fn connect(&self) -> Result<Connection, StorageError> {
        let mut connection = self.0.connect()?;
        if let Connection::Sqlite(reader) = &mut connection {
            reader.batch_execute("PRAGMA query_only = ON")?;
            require(reader, "query_only", "1")?;
        }
        Ok(connection)
    }

    fn is_valid(&self, _: &mut Connection) -> Result<(), StorageError> {
        Ok(())
    }

    fn has_broken(&self, connection: &mut Connection) -> bool {
        std::thread::panicking() || connection.is_unusable()
    }
}
