//! An office without its doors, over a database of its own.

use std::fs;

use chrono::{DateTime, Utc};
use tempfile::TempDir;
use yishen::app::App;
use yishen::clock::Clock;
use yishen::config::Config;

use super::database::TestDatabase;

/// The office, and where it keeps its files.
pub struct TestApp {
    pub app: App,
    pub directory: TempDir,
}

impl TestApp {
    /// Opens an office with these settings besides; its clock stands at `now`.
    pub fn open(database: &TestDatabase, settings: &str, now: DateTime<Utc>) -> Self {
        let directory = TempDir::new().unwrap();
        let place = directory.path().display();
        let file = directory.path().join("local.toml");
        let text = format!(
            "[data]\ndirectory = \"{place}/data\"\nkey_file = \"{place}/keys/yishen.key\"\n\
             [database]\nurl = \"{}\"\n{settings}",
            database.url()
        );
        fs::write(&file, text).unwrap();
        let config = Config::load(Some(&file)).unwrap();
        let app = App::open_at(config, Clock::fixed(now)).unwrap();
        Self { app, directory }
    }
}
