//! Opens the office for a verb.

use std::path::Path;

use super::CliError;
use crate::app::App;
use crate::config::Config;
use crate::telemetry;

/// The settings, with the log started as they say.
pub(super) fn settings(config: Option<&Path>) -> Result<Config, CliError> {
    let settings = Config::load(config)?;
    telemetry::start(&settings.log)?;
    Ok(settings)
}

/// The office, with its tables up to date.
pub(super) fn open(config: Option<&Path>) -> Result<App, CliError> {
    Ok(App::open(settings(config)?)?)
}

/// Does something that takes its time, on this thread.
pub(super) fn wait_for<T>(deed: impl Future<Output = T>) -> Result<T, CliError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    Ok(runtime.block_on(deed))
}
