//! `export cases`: the columns of `import cases`, filled in again.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Subcommand, ValueEnum};
use uuid::Uuid;

use super::agency_choice::chosen;
use super::output::{complain, deliver};
use super::{CliError, office};
use crate::app::App;
use crate::casework::export::{Exported, Wanted, export, headings};
use crate::casework::founding;
use crate::documents::{csv, xlsx};
use crate::domain::actor::Actor;
use crate::storage;

/// The command line of `export`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// 导出案件（含申请人姓名和申请内容，导出记入日志），各列与 import cases 相同
    Cases(Cases),
}

#[derive(Debug, clap::Args)]
struct Cases {
    /// 只导出该年度第三部分所计的案件：本年新收、上年结转和本年办结的
    #[arg(long, value_name = "年", value_parser = clap::value_parser!(i32).range(2008..=2999))]
    year: Option<i32>,
    /// 只导出该机关的案件
    #[arg(long, value_name = "代码")]
    agency: Option<String>,
    /// 连同该机关其下各级机关
    #[arg(long, requires = "agency")]
    roll_up: bool,
    /// 文件格式
    #[arg(long, value_name = "格式", value_enum)]
    format: Sheet,
    /// 写入文件，而不是标准输出
    #[arg(long, value_name = "文件")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Sheet {
    Csv,
    Xlsx,
}

pub(super) fn run(args: &Args, config: Option<&Path>) -> Result<ExitCode, CliError> {
    let What::Cases(args) = &args.what;
    let app = office::open(config)?;
    let wanted = Wanted { agencies: agencies(&app, args)?, year: args.year };
    let exported = match (args.format, args.output.as_deref()) {
        (Sheet::Csv, None) => to_csv(&app, &wanted, io::stdout().lock())?,
        (Sheet::Csv, Some(path)) => to_csv(&app, &wanted, BufWriter::new(create(path)?))?,
        (Sheet::Xlsx, None) if io::stdout().is_terminal() => {
            return Err(CliError::new("XLSX 不能显示在终端上，请用 --output 指定文件"));
        }
        (Sheet::Xlsx, path) => to_xlsx(&app, &wanted, path)?,
    };
    complain(&format!("已导出 {} 件。", exported.cases));
    if exported.unreceived > 0 {
        complain(&format!("另有 {} 件待确认的申请尚无收到日期，未导出。", exported.unreceived));
    }
    Ok(ExitCode::SUCCESS)
}

/// Whose cases are wanted: everybody's, if nobody is named.
fn agencies(app: &App, args: &Cases) -> Result<Vec<Uuid>, CliError> {
    let agencies = founding::agencies(app)?;
    let Some(wanted) = args.agency.as_deref() else {
        return Ok(agencies.iter().map(|agency| agency.id).collect());
    };
    let id = chosen(&agencies, Some(wanted))?.id;
    if args.roll_up {
        let below = app
            .database
            .read_blocking(move |conn| storage::agencies::subtree(conn, id))?;
        return Ok(below);
    }
    Ok(vec![id])
}

fn create(path: &Path) -> Result<File, CliError> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    // Names stand in it: for the operator's eyes alone.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .map_err(|error| CliError::new(format!("无法写入文件 {}：{error}", path.display())))
}

fn to_csv(app: &App, wanted: &Wanted, out: impl Write) -> Result<Exported, CliError> {
    let mut writer = csv::Writer::new(out, &headings())?;
    let exported =
        export(app, wanted, &Actor::System, |row| writer.row(row).map_err(CliError::from))?;
    writer.finish()?;
    Ok(exported)
}

fn to_xlsx(app: &App, wanted: &Wanted, path: Option<&Path>) -> Result<Exported, CliError> {
    let mut list = xlsx::List::new("案件", &headings(), app.clock.today())?;
    let exported =
        export(app, wanted, &Actor::System, |row| list.row(row).map_err(CliError::from))?;
    let bytes = list.finish()?;
    match path {
        Some(path) => create(path)?.write_all(&bytes)?,
        None => deliver(&bytes, None, true)?,
    }
    Ok(exported)
}
