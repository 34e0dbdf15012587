//! `report`: the annual report.

mod lint;

use std::process::ExitCode;

use clap::Subcommand;

use super::CliError;

/// The command line of `report`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// 核对一份已公布的年度报告（不需要数据库）
    Lint(lint::Args),
}

pub(super) fn run(args: &Args) -> Result<ExitCode, CliError> {
    match &args.verb {
        Verb::Lint(args) => lint::run(args),
    }
}
