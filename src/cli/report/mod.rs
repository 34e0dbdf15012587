//! `report`: the annual report.

mod lint;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Subcommand, ValueEnum};

use super::agency_choice::chosen;
use super::output::{complain, deliver};
use super::{CliError, office};
use crate::casework::annual::{Gathered, gather};
use crate::casework::founding;
use crate::documents::annual as files;
use crate::report::annual::AnnualReport;
use crate::storage::seals;

/// The command line of `report`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    whole: Whole,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// 核对一份已公布的年度报告（不需要数据库）
    Lint(lint::Args),
}

/// The whole report of a year.
#[derive(Debug, clap::Args)]
struct Whole {
    /// 报告年度
    #[arg(long, value_name = "年", required = true, value_parser = clap::value_parser!(i32).range(2008..=2999))]
    year: Option<i32>,
    /// 机关代码；只有一个机关或一个最上级机关时可省略
    #[arg(long, value_name = "代码")]
    agency: Option<String>,
    /// 输出格式
    #[arg(long, value_name = "格式", value_enum, required = true)]
    format: Option<Output>,
    /// 写入文件，而不是标准输出
    #[arg(long, value_name = "文件")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    Html,
    Docx,
    Pdf,
    Json,
    Xlsx,
    Csv,
}

impl Output {
    const fn ending(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Docx => "docx",
            Self::Pdf => "pdf",
            Self::Json => "json",
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
        }
    }

    const fn is_binary(self) -> bool {
        matches!(self, Self::Docx | Self::Pdf | Self::Xlsx)
    }

    fn print(self, report: &AnnualReport) -> Result<Vec<u8>, CliError> {
        Ok(match self {
            Self::Html => files::html_page(report).into_bytes(),
            Self::Docx => files::print(report)?.docx,
            Self::Pdf => files::print(report)?.pdf,
            Self::Json => files::json(report)?,
            Self::Xlsx => files::xlsx(report)?,
            Self::Csv => files::csv(report)?,
        })
    }
}

pub(super) fn run(args: &Args, config: Option<&Path>) -> Result<ExitCode, CliError> {
    match (&args.verb, args.whole.year, args.whole.format) {
        (Some(Verb::Lint(args)), ..) => lint::run(args),
        (None, Some(year), Some(format)) => whole(&args.whole, year, format, config),
        (None, ..) => Err(CliError::new("请用 --year 指定年度，用 --format 指定格式".to_owned())),
    }
}

/// The sealed report byte for byte, or the draft as it stands, with what is to be said of it.
fn whole(
    args: &Whole,
    year: i32,
    format: Output,
    config: Option<&Path>,
) -> Result<ExitCode, CliError> {
    let app = office::open(config)?;
    let agencies = founding::agencies(&app)?;
    let agency = chosen(&agencies, args.agency.as_deref())?.id;
    let (opened, today) = (app.clone(), app.clock.today());
    let (gathered, sealed) = app.database.read_blocking(move |conn| {
        let gathered = gather(conn, &opened, agency, year, today)?;
        let sealed = seals::file(conn, agency, year, format.ending())?;
        Ok::<_, crate::storage::StorageError>((gathered, sealed))
    })?;
    let bytes = if let Some(file) = sealed {
        file.content
    } else {
        complain_of(&gathered);
        format.print(&gathered.report())?
    };
    deliver(&bytes, args.output.as_deref(), format.is_binary())?;
    Ok(ExitCode::SUCCESS)
}

fn complain_of(gathered: &Gathered) {
    complain("本报告尚未签发");
    for finding in gathered.findings() {
        complain(&format!("【{}】{}：{}", finding.weight.label(), finding.place, finding.what));
    }
}
