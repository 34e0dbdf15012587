//! `migrate`: brings the tables up to date and stops.

use std::path::Path;
use std::process::ExitCode;

use super::{CliError, office, print};
use crate::app;

/// The command line of `migrate`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_args: &Args, config: Option<&Path>) -> Result<ExitCode, CliError> {
    let settings = office::settings(config)?;
    let database = app::open_database(&settings)?;
    let ran = database
        .migrate()
        .map_err(|error| CliError::new(format!("数据库升级失败，数据未改动：{error}")))?;
    if ran.is_empty() {
        print("数据库结构已是最新，无需升级。\n")?;
    } else {
        print(&format!("数据库结构已升级，共 {} 项：\n{}\n", ran.len(), ran.join("\n")))?;
    }
    Ok(ExitCode::SUCCESS)
}
