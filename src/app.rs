//! What all share: database, keys, mail, clock, calendar and settings.

use std::io;
use std::path::Path;
use std::sync::Arc;

use thiserror::Error;
use tokio::sync::Notify;

use crate::clock::Clock;
use crate::config::{self, Config, ConfigError};
use crate::confined::{Confined, Limits};
use crate::documents::letters::{LetterError, Stationery};
use crate::domain::calendar::WorkingCalendar;
use crate::notify::{Mailer, MailerError};
use crate::report::annual::form::Form;
use crate::storage::{Connection, Database, DatabaseOptions, StorageError, meta};
use crate::vault::{Vault, VaultError};

/// Where the database says under which master key it was written.
const KEY_FINGERPRINT: &str = "key_fingerprint";

/// The office. Clones share it.
#[derive(Clone)]
pub struct App {
    /// What is kept.
    pub database: Database,
    /// The keys.
    pub vault: Vault,
    /// How mail leaves.
    pub mailer: Mailer,
    /// What time it is.
    pub clock: Clock,
    /// Which days count.
    pub calendar: Arc<WorkingCalendar>,
    /// What letters are written with.
    pub stationery: Arc<Stationery>,
    /// The forms of the annual report.
    pub forms: Arc<Vec<Form>>,
    /// Who reads the files of strangers.
    pub reader: Confined,
    /// How the office is set up.
    pub settings: Arc<Config>,
    /// Told whenever mail was put into the outbox.
    pub mail_waiting: Arc<Notify>,
}

/// Why the office cannot be opened.
#[derive(Debug, Error)]
pub enum AppError {
    /// The settings or a year's arrangement.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The data directory.
    #[error("无法建立数据目录 {path}：{why}")]
    Directory {
        /// The directory.
        path: String,
        /// What the system said.
        why: io::Error,
    },
    /// The database.
    #[error("数据库无法使用：{0}")]
    Storage(#[from] StorageError),
    /// The master key.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The database was written under another master key.
    #[error(
        "主密钥文件 {key_file} 与数据库不符：数据库是用另一把密钥（{expected}）写入的。\
         请放回原来的密钥文件"
    )]
    WrongKey {
        /// The file.
        key_file: String,
        /// The name of the right key.
        expected: String,
    },
    /// Where the program itself lies cannot be found out.
    #[error("无法确定程序文件的位置：{0}")]
    Program(io::Error),
    /// A template of a letter.
    #[error(transparent)]
    Letters(#[from] LetterError),
    /// Mail.
    #[error(transparent)]
    Mailer(#[from] MailerError),
}

impl App {
    /// Opens the office: makes what is missing on the first start, brings the tables up to
    /// date, and makes sure that key and database belong together.
    ///
    /// # Errors
    ///
    /// [`AppError`], with what the operator can do about it.
    pub fn open(settings: Config) -> Result<Self, AppError> {
        Self::open_at(settings, Clock::system())
    }

    /// [`open`](Self::open), with a clock of the caller's.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn open_at(settings: Config, clock: Clock) -> Result<Self, AppError> {
        let calendar = config::calendar::load(&settings.directory)?;
        let database = open_database(&settings)?;
        let ran = database.migrate()?;
        if !ran.is_empty() {
            tracing::info!(migrations = ran.len(), "the tables were brought up to date");
        }
        let vault = open_vault(&settings, &database)?;
        let own_templates = config::letters::load(&settings.letter_templates())?;
        let stationery = Stationery::new(&own_templates)?;
        let forms = config::forms::load(&settings.report_forms())?;
        let mailer = Mailer::of_settings(&settings.smtp, &settings.mail_folder())?;
        Ok(Self {
            database,
            vault,
            mailer,
            clock,
            calendar: Arc::new(calendar),
            stationery: Arc::new(stationery),
            forms: Arc::new(forms),
            reader: Confined::own(Limits::ORDINARY).map_err(AppError::Program)?,
            settings: Arc::new(settings),
            mail_waiting: Arc::default(),
        })
    }
}

/// Opens the database that the settings name, as it is; makes the data directory and an empty
/// database where there is none.
///
/// # Errors
///
/// [`AppError::Directory`] or [`AppError::Storage`].
pub fn open_database(settings: &Config) -> Result<Database, AppError> {
    make_directory(&settings.data.directory)?;
    let database = Database::open(settings.database_url().expose(), &DatabaseOptions::default())?;
    Ok(database)
}

/// Whether the database was ever written under a master key.
///
/// # Errors
///
/// [`StorageError`].
pub fn is_under_key(database: &Database) -> Result<bool, StorageError> {
    let known = database.read_blocking(|conn| meta::find(conn, KEY_FINGERPRINT))?;
    Ok(known.is_some())
}

/// The vault, if its key is the one under which the database was written. A database that was
/// never written under a key gets the one of the file, which is made if it is missing.
///
/// # Errors
///
/// [`AppError::Vault`] or [`AppError::WrongKey`].
pub fn open_vault(settings: &Config, database: &Database) -> Result<Vault, AppError> {
    let key_file = &settings.data.key_file;
    let known = database.read_blocking(|conn| meta::find(conn, KEY_FINGERPRINT))?;
    let vault = Vault::open(key_file, known.is_none())?;
    match known {
        Some(expected) if expected == vault.fingerprint() => {}
        Some(expected) => {
            return Err(AppError::WrongKey { key_file: key_file.display().to_string(), expected });
        }
        None => {
            let fingerprint = vault.fingerprint();
            database.write_blocking(move |conn: &mut Connection| {
                meta::set(conn, KEY_FINGERPRINT, &fingerprint)
            })?;
        }
    }
    Ok(vault)
}

/// Makes the data directory if it is not there; others may not look into it.
fn make_directory(directory: &Path) -> Result<(), AppError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(directory)
        .map_err(|why| AppError::Directory { path: directory.display().to_string(), why })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn settings(directory: &Path) -> Config {
        let file = directory.join("local.toml");
        let text = format!(
            "[data]\ndirectory = \"{0}/data\"\nkey_file = \"{0}/keys/yishen.key\"\n",
            directory.display()
        );
        fs::write(&file, text).unwrap();
        Config::load(Some(&file)).unwrap()
    }

    #[test]
    fn an_office_opens_with_nothing_there_and_again_with_what_it_made() {
        let directory = tempfile::tempdir().unwrap();
        let first = App::open(settings(directory.path())).unwrap();
        assert!(directory.path().join("data/yishen.db").exists());
        let fingerprint = first.vault.fingerprint();
        drop(first);
        let again = App::open(settings(directory.path())).unwrap();
        assert_eq!(again.vault.fingerprint(), fingerprint);
        assert!(!again.mailer.leaves_the_house());
        assert!(again.calendar.covers(2026));
    }

    #[test]
    fn a_database_does_not_open_without_its_key_or_with_another() {
        let directory = tempfile::tempdir().unwrap();
        let key = directory.path().join("keys/yishen.key");
        let fingerprint = App::open(settings(directory.path()))
            .unwrap()
            .vault
            .fingerprint();
        fs::rename(&key, directory.path().join("kept")).unwrap();
        let missing = App::open(settings(directory.path())).err().unwrap();
        assert!(matches!(missing, AppError::Vault(VaultError::KeyMissing(_))), "{missing}");
        assert!(!key.exists());
        Vault::open(&key, true).unwrap();
        let wrong = App::open(settings(directory.path())).err().unwrap();
        assert!(matches!(&wrong, AppError::WrongKey { expected, .. } if *expected == fingerprint));
        fs::rename(directory.path().join("kept"), &key).unwrap();
        App::open(settings(directory.path())).unwrap();
    }
}
