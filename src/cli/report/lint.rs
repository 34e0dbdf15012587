//! `report lint`: somebody's published report, checked without a database.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::Serialize;

use crate::cli::{CliError, Format, print as print_text, print_json};
use crate::confined::{Confined, Limits};
use crate::report::lint::{Finding, lint};
use crate::report::published::{Piece, PublishedReport};

/// The most bytes of a file that are looked at.
const AT_MOST: u64 = 64 << 20;

/// The command line of `report lint`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 年度报告：HTML、DOCX、XLSX，或第三部分的 JSON
    #[arg(value_name = "文件")]
    file: PathBuf,
    /// 上一年度的报告，用来核对上年结转和现行有效件数
    #[arg(long, value_name = "文件")]
    previous: Option<PathBuf>,
    /// 输出格式
    #[arg(long, value_name = "格式", value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Serialize)]
struct Verdict<'a> {
    year: Option<i32>,
    findings: &'a [Finding],
}

pub(super) fn run(args: &Args) -> Result<ExitCode, CliError> {
    let report = read(&args.file)?;
    let previous = args.previous.as_deref().map(read).transpose()?;
    let findings = lint(&report, previous.as_ref());
    match args.format {
        Format::Text => print_text(&told(&findings))?,
        Format::Json => print_json(&Verdict { year: report.year, findings: &findings })?,
    }
    Ok(if findings.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn read(path: &Path) -> Result<PublishedReport, CliError> {
    let cannot =
        |why: &dyn std::fmt::Display| CliError::new(format!("无法读取 {}：{why}", path.display()));
    let size = std::fs::metadata(path)
        .map_err(|error| cannot(&error))?
        .len();
    if size > AT_MOST {
        return Err(cannot(&"文件过大（超过 64 MB）"));
    }
    let bytes = std::fs::read(path).map_err(|error| cannot(&error))?;
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    if let (Some(b'{'), Ok(text)) = (first, std::str::from_utf8(&bytes)) {
        return PublishedReport::of_json(text).map_err(|fault| cannot(&fault));
    }
    let answer = Confined::own(Limits::ORDINARY)?
        .run("read-report", bytes)
        .map_err(|fault| cannot(&fault))?;
    let pieces: Vec<Piece> = serde_json::from_slice(&answer)?;
    Ok(PublishedReport::of_pieces(&pieces))
}

/// The findings for people, numbered.
fn told(findings: &[Finding]) -> String {
    if findings.is_empty() {
        return "核对完毕，没有发现问题。\n".to_owned();
    }
    let mut text = format!("发现 {} 处问题：\n", findings.len());
    for (number, finding) in (1..).zip(findings) {
        let Finding { weight, place, what, mend } = finding;
        let weight = weight.label();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "\n{number}.【{weight}】{place}\n   {what}\n   处理：{mend}");
    }
    text
}
