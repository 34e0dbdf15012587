//! The office's settings: documented defaults, overlaid by a file and the environment.
//!
//! `config/default.toml` documents every key and is part of the binary, so that the program
//! runs from anywhere with nothing configured. The law is not a setting, and neither is
//! durability.

pub mod calendar;
mod error;
pub mod forms;
mod layers;
pub mod letters;
mod network;
mod parse;
mod settings;

use std::path::{Path, PathBuf};

pub use self::error::ConfigError;
use self::layers::{Layers, Source};
pub use self::network::Network;
pub use self::settings::{
    AgencySettings, Config, DataSettings, DatabaseSettings, IntakeSettings, LetterSettings,
    LimitSettings, LogFormat, LogSettings, ReminderSettings, ReportLayout, ReportSettings, Secret,
    ServerSettings, SmtpSecurity, SmtpSettings, StaffSettings,
};

/// The documented defaults, as they were when the program was built.
const DEFAULTS: &str = include_str!("../config/default.toml");
/// Where an office keeps its settings, seen from the directory it is started in.
const DIRECTORY: &str = "config";

impl Config {
    /// The settings in force: defaults, then the files, then the environment.
    ///
    /// Without `file` the files are `config/default.toml` and `config/local.toml`, each if it is
    /// there; `file` stands in for both.
    ///
    /// # Errors
    ///
    /// [`ConfigError`], naming the key and where it stands.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        Self::from_sources(&sources(file)?, environment(), directory_of(file))
    }

    /// The settings that these sources make, the later ones before the earlier.
    fn from_sources(
        files: &[Source],
        environment: Vec<(String, String)>,
        directory: PathBuf,
    ) -> Result<Self, ConfigError> {
        let mut layers = Layers::over(DEFAULTS)?;
        for file in files {
            layers.lay_file(file)?;
        }
        layers.lay_environment(environment)?;
        let mut config = layers.finish()?;
        config.directory = directory;
        Ok(config)
    }
}

/// The files to read, those that are there.
fn sources(file: Option<&Path>) -> Result<Vec<Source>, ConfigError> {
    if let Some(file) = file {
        return Source::read(file).map(|source| vec![source]);
    }
    ["default.toml", "local.toml"]
        .iter()
        .map(|name| Path::new(DIRECTORY).join(name))
        .filter(|path| path.exists())
        .map(|path| Source::read(&path))
        .collect()
}

/// The directory that the settings were read from; a `calendar` folder in it is read too.
fn directory_of(file: Option<&Path>) -> PathBuf {
    match file.and_then(Path::parent) {
        Some(parent) => parent.to_owned(),
        None => PathBuf::from(DIRECTORY),
    }
}

/// Every environment variable; those that are not text cannot be ours.
fn environment() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

#[cfg(test)]
mod tests;
