//! Where a run keeps its office.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use yishen::storage::{Database, DatabaseOptions};

use crate::support::database::{Engine, TestDatabase};

/// A home for one office, and its database.
pub struct Place {
    home: Home,
    server: Option<(TestDatabase, String)>,
}

enum Home {
    Fresh(TempDir),
    Kept(PathBuf),
}

impl Place {
    /// An office of which nothing stays.
    pub fn fresh(engine: Engine) -> Self {
        // The build directory lies on a disk; a temporary one may lie in memory.
        let home = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        Self { home: Home::Fresh(home), server: on_server(engine) }
    }

    /// An office that is there again the next time, on SQLite.
    pub fn kept(engine: Engine, name: &str) -> Self {
        if engine == Engine::Postgres {
            return Self::fresh(engine);
        }
        let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&home).unwrap();
        Self { home: Home::Kept(home), server: None }
    }

    pub fn home(&self) -> &Path {
        match &self.home {
            Home::Fresh(home) => home.path(),
            Home::Kept(home) => home,
        }
    }

    /// The address of the database, where it is not the default.
    pub fn url(&self) -> Option<&str> {
        self.server.as_ref().map(|(_, url)| url.as_str())
    }

    /// The office's database, opened beside the program.
    pub fn database(&self) -> Database {
        let default = format!("sqlite://{}", self.home().join("data/yishen.db").display());
        let url = self.url().unwrap_or(&default);
        Database::open(url, &DatabaseOptions::default()).unwrap()
    }

    /// Runs SQL past the program.
    pub fn run(&self, sql: &str) {
        use diesel::Connection as _;
        use diesel::connection::SimpleConnection as _;
        if let Some((database, _)) = &self.server {
            return database.meddle(sql);
        }
        let path = self.home().join("data/yishen.db");
        let mut conn = diesel::SqliteConnection::establish(path.to_str().unwrap()).unwrap();
        conn.batch_execute(sql).unwrap();
    }
}

fn on_server(engine: Engine) -> Option<(TestDatabase, String)> {
    (engine == Engine::Postgres).then(|| {
        let database = TestDatabase::unmigrated(engine);
        let url = database.url();
        (database, url)
    })
}
