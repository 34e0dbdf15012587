//! `import cases`: past and offline cases in bulk, all or nothing.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};

use super::output::complain;
use super::{CliError, office, print};
use crate::app::App;
use crate::casework::import::{self, Batch, ImportError};
use crate::domain::actor::Actor;

/// The columns of contract §4, for the help.
const COLUMNS: &str = "\
文件为 UTF-8 编码的 CSV（可带 BOM），或 XLSX 的第一个工作表；第一行为表头，列序不限，表头用中文或英文均可：
  受理编号 number           空白则自动编号
  机关 agency               代码或名称；只有一个机关时可空白
  渠道 channel              当面提交、邮寄（挂号、EMS）、平常信函、互联网、传真
  申请人类型 applicant_kind 自然人、商业企业、科研机构、社会公益组织、法律服务机构、其他
  申请人 applicant_name
  申请内容 content
  收到日期 received         2024-01-05、2024/1/5 或 2024年1月5日
  办结日期 closed           未办结则空白
  办理结果 outcome          第三部分的正式用语或代码；未办结则空白
  期限 due、延期工作日 extended、备注 note（可以没有这几列）
有一处错误即全部不导入，并逐行说明。";

/// The most bytes that a file may have.
const BYTES_AT_MOST: u64 = 128 * 1024 * 1024;
/// How many faults are told before the rest is only counted.
const FAULTS_AT_MOST: usize = 1000;

/// The command line of `import`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// 从 CSV 或 XLSX 文件导入以往的或线下的案件
    #[command(after_help = COLUMNS)]
    Cases {
        /// CSV 或 XLSX 文件
        #[arg(value_name = "文件")]
        file: PathBuf,
        /// 只检查，不导入
        #[arg(long)]
        dry_run: bool,
    },
}

pub(super) fn run(args: &Args, config: Option<&Path>) -> Result<ExitCode, CliError> {
    let What::Cases { file, dry_run } = &args.what;
    let bytes = read(file)?;
    let app = office::open(config)?;
    let batch = match import::check(&app, &bytes) {
        Ok(batch) => batch,
        Err(error) => return Ok(refused(&error)),
    };
    for remark in &batch.remarks {
        complain(&format!("提示：{remark}"));
    }
    let (all, closed) = (batch.cases.len(), batch.closed());
    let told = format!("{all} 件（已办结 {closed} 件，未办结 {} 件）", all - closed);
    if *dry_run {
        print(&format!("检查通过：{told}。未导入（--dry-run）。\n"))?;
        return Ok(ExitCode::SUCCESS);
    }
    match keep(&app, batch) {
        Ok(_) => print(&format!("已导入 {told}。\n"))?,
        Err(error) => return Ok(refused(&error)),
    }
    Ok(ExitCode::SUCCESS)
}

fn read(file: &Path) -> Result<Vec<u8>, CliError> {
    let failed = |error| CliError::new(format!("无法读取文件 {}：{error}", file.display()));
    if std::fs::metadata(file).map_err(failed)?.len() > BYTES_AT_MOST {
        return Err(CliError::new("文件过大（超过 128 MB），请分成几个文件导入"));
    }
    std::fs::read(file).map_err(failed)
}

/// Keeps the cases, showing how far it is where somebody looks on.
fn keep(app: &App, batch: Batch) -> Result<usize, ImportError> {
    let length = u64::try_from(batch.cases.len()).unwrap_or(u64::MAX);
    // Draws on standard error, and nothing at all where that is no terminal.
    let bar = ProgressBar::new(length);
    if let Ok(style) = ProgressStyle::with_template("导入 {wide_bar} {pos}/{len} 件 {eta}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    let shown = bar.clone();
    let progress = Arc::new(move |written: usize| {
        shown.set_position(u64::try_from(written).unwrap_or(u64::MAX));
    });
    let kept = import::keep(app, batch, &Actor::System, progress);
    bar.finish_and_clear();
    kept
}

/// Tells everything that is wrong, a line each.
fn refused(error: &ImportError) -> ExitCode {
    match error {
        ImportError::Rows(faults) => {
            for fault in faults.iter().take(FAULTS_AT_MOST) {
                complain(&fault.to_string());
            }
            if faults.len() > FAULTS_AT_MOST {
                complain(&format!("……另有 {} 处错误未列出", faults.len() - FAULTS_AT_MOST));
            }
            complain(&error.to_string());
        }
        ImportError::Headings(faults) => {
            for fault in faults {
                complain(fault);
            }
            complain("表头有误，未导入任何案件；可用 yishen import cases --help 查看各列的名称");
        }
        other => {
            complain(&format!("未导入任何案件：{other}"));
        }
    }
    ExitCode::FAILURE
}
