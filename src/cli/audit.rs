//! `audit`: whether the record is whole.

use std::path::Path;
use std::process::ExitCode;

use clap::Subcommand;
use serde::Serialize;

use super::{CliError, Format, office, print, print_json};
use crate::app::App;
use crate::casework::record;
use crate::domain::agency::Agency;
use crate::storage::agencies;
use crate::storage::events::ChainError;

/// The command line of `audit`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// 校验流转和审计记录是否完整，指出第一条被改动、缺失或添加的记录
    Verify {
        /// 输出格式
        #[arg(long, value_name = "格式", value_enum, default_value_t = Format::Text)]
        format: Format,
    },
}

/// What was found in one agency's record.
#[derive(Serialize)]
struct Finding {
    agency: String,
    name: String,
    /// How many events there are, if all is well.
    events: Option<i64>,
    /// The first bad one.
    broken_at: Option<i64>,
    /// What is wrong with it.
    problem: Option<String>,
}

/// What was found in all.
#[derive(Serialize)]
struct Verified {
    whole: bool,
    agencies: Vec<Finding>,
}

pub(super) fn run(args: &Args, config: Option<&Path>) -> Result<ExitCode, CliError> {
    let Verb::Verify { format } = args.verb;
    let app = office::open(config)?;
    let verified = verify(&app)?;
    match format {
        Format::Json => print_json(&verified)?,
        Format::Text => print(&text(&verified))?,
    }
    Ok(if verified.whole {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn verify(app: &App) -> Result<Verified, CliError> {
    let known = app.database.read_blocking(agencies::list)?;
    let mut findings = Vec::with_capacity(known.len());
    for agency in known {
        findings.push(finding(app, agency)?);
    }
    let whole = findings.iter().all(|finding| finding.events.is_some());
    Ok(Verified { whole, agencies: findings })
}

fn finding(app: &App, agency: Agency) -> Result<Finding, CliError> {
    let (vault, id) = (app.vault.clone(), agency.id);
    let verified = app
        .database
        .read_blocking(move |conn| record::verify(conn, &vault, id));
    let (events, broken_at, problem) = match verified {
        Ok(events) => (Some(events), None, None),
        Err(ChainError::Broken { sequence, what, .. }) => {
            (None, Some(sequence), Some(what.to_owned()))
        }
        Err(ChainError::Storage(error)) => return Err(error.into()),
    };
    Ok(Finding { agency: agency.code, name: agency.name, events, broken_at, problem })
}

fn text(verified: &Verified) -> String {
    let lines = verified.agencies.iter().map(|finding| {
        let who = format!("{}（{}）", finding.name, finding.agency);
        match (finding.events, finding.broken_at, &finding.problem) {
            (Some(events), ..) => format!("{who}：{events} 条记录，完整无误\n"),
            (None, Some(place), Some(what)) => format!("{who}：第 {place} 条记录{what}\n"),
            (None, ..) => format!("{who}：记录不完整\n"),
        }
    });
    let text: String = lines.collect();
    if text.is_empty() {
        "尚无机关，也没有记录。\n".to_owned()
    } else {
        text
    }
}
