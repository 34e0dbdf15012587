//! `calendar`: the working-day arrangement of a year.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::{Datelike, NaiveDate};
use clap::Subcommand;
use serde::Serialize;

use super::{CliError, Format, office, print, print_json};
use crate::app::App;
use crate::casework::recount;
use crate::config::{self, Config};
use crate::domain::calendar::{Arrangement, WorkingCalendar};

/// The command line of `calendar`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// 显示一年的放假和调休安排
    Show {
        /// 年份
        #[arg(long, value_name = "年")]
        year: i32,
        /// 输出格式
        #[arg(long, value_name = "格式", value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// 导入一年的放假和调休安排，并重新计算在办件的期限
    Import {
        /// TOML 文件，格式与 config/calendar 中的相同
        #[arg(value_name = "文件")]
        file: PathBuf,
    },
}

/// A year's arrangement, as given out.
#[derive(Serialize)]
struct Shown<'a> {
    year: i32,
    notice: &'a str,
    working_days: usize,
    holidays: BTreeMap<String, &'a str>,
    makeup_workdays: BTreeMap<String, &'a str>,
}

pub(super) fn run(args: &Args, config: Option<&Path>) -> Result<ExitCode, CliError> {
    match &args.verb {
        Verb::Show { year, format } => show(*year, *format, config),
        Verb::Import { file } => import(file, config),
    }
}

/// Takes a year's arrangement into the office's folder and counts the open cases by it: days
/// that were provisional become the true ones.
fn import(file: &Path, config: Option<&Path>) -> Result<ExitCode, CliError> {
    let settings = office::settings(config)?;
    let text = fs::read_to_string(file)
        .map_err(|error| CliError::new(format!("无法读取 {}：{error}", file.display())))?;
    let arrangement = config::calendar::parse(&file.display().to_string(), &text)?;
    let known = config::calendar::load(&settings.directory)?;
    let kept_at = config::calendar::keep(&settings.directory, arrangement.year, &text)?;
    let recounted = recount::recount(&App::open(settings)?)?;
    let was = match known.arrangement(arrangement.year) {
        Some(before) if *before == arrangement => "（与已有的安排相同）",
        Some(_) => "（替换了已有的安排）",
        None => "",
    };
    print(&format!(
        "已导入{}年的安排{was}：{}\n已按它重新计算 {} 件在办件的期限，其中 {} 件有变化。\n\
         正在运行的服务要重新启动后才使用新的安排。\n",
        arrangement.year,
        kept_at.display(),
        recounted.cases,
        recounted.changed
    ))?;
    Ok(ExitCode::SUCCESS)
}

fn show(year: i32, format: Format, config: Option<&Path>) -> Result<ExitCode, CliError> {
    let calendar = config::calendar::load(&Config::load(config)?.directory)?;
    let arrangement = calendar
        .arrangement(year)
        .ok_or_else(|| unknown(year, &calendar))?;
    let shown = Shown {
        year,
        notice: &arrangement.notice,
        working_days: working_days(year, &calendar),
        holidays: by_day(&arrangement.holidays),
        makeup_workdays: by_day(&arrangement.makeup_workdays),
    };
    match format {
        Format::Json => print_json(&shown)?,
        Format::Text => print(&text(&shown, arrangement)?)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn by_day(days: &BTreeMap<NaiveDate, String>) -> BTreeMap<String, &str> {
    days.iter()
        .map(|(day, name)| (day.to_string(), name.as_str()))
        .collect()
}

fn unknown(year: i32, calendar: &WorkingCalendar) -> CliError {
    let known: Vec<String> = calendar.years().map(|year| year.to_string()).collect();
    CliError::new(format!("没有 {year} 年的节假日安排；现有 {} 年的安排", known.join("、")))
}

fn working_days(year: i32, calendar: &WorkingCalendar) -> usize {
    let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(NaiveDate::MAX);
    first
        .iter_days()
        .take_while(|day| day.year() == year)
        .filter(|day| calendar.is_working(*day))
        .count()
}

/// One line for each run of days that belong together.
fn text(shown: &Shown<'_>, arrangement: &Arrangement) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    writeln!(text, "{} 年节假日安排（{}）", shown.year, shown.notice)?;
    writeln!(text, "全年工作日 {} 天", shown.working_days)?;
    writeln!(text, "\n放假")?;
    for (name, first, last) in runs(&arrangement.holidays) {
        if first == last {
            writeln!(text, "  {first}             {name}")?;
        } else {
            writeln!(text, "  {first}—{last}  {name}")?;
        }
    }
    writeln!(text, "\n调休上班")?;
    for (day, name) in &arrangement.makeup_workdays {
        writeln!(text, "  {day}（周{}） {name}", super::due::weekday(*day))?;
    }
    Ok(text)
}

/// Days in a row with the same name, as first and last.
fn runs(days: &BTreeMap<NaiveDate, String>) -> Vec<(&str, NaiveDate, NaiveDate)> {
    let mut runs: Vec<(&str, NaiveDate, NaiveDate)> = Vec::new();
    for (day, name) in days {
        match runs.last_mut() {
            Some((run, _, last)) if *run == name && last.succ_opt() == Some(*day) => *last = *day,
            _ => runs.push((name, *day, *day)),
        }
    }
    runs
}
