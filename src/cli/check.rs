//! `check`: whether everything the office stands on is in order, one line each.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::{Datelike, NaiveDate};
use serde::Serialize;

use super::{CliError, Format, office, print, print_json};
use crate::app::{self, AppError};
use crate::casework::reminders;
use crate::clock::Clock;
use crate::config::{self, Config};
use crate::domain::calendar::WorkingCalendar;
use crate::notify::Mailer;
use crate::storage::{Database, StorageError, agencies};
use crate::vault;

/// The command line of `check`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 输出格式
    #[arg(long, value_name = "格式", value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// How a thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    /// In order.
    Good,
    /// In order, and worth knowing.
    Note,
    /// Not in order.
    Wrong,
}

/// One thing that was looked at.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Finding {
    name: &'static str,
    level: Level,
    message: String,
}

/// Everything that was looked at.
#[derive(Serialize)]
struct Report {
    good: bool,
    findings: Vec<Finding>,
}

/// Below this much free space the office may soon be unable to keep anything.
const SPACE_AT_LEAST: u64 = 1024 * 1024 * 1024;

pub(super) fn run(args: &Args, config: Option<&Path>) -> Result<ExitCode, CliError> {
    let findings = match office::settings(config) {
        Ok(settings) => findings(&settings, Clock::system().today())?,
        Err(error) => vec![wrong("配置", error.to_string())],
    };
    let good = findings.iter().all(|finding| finding.level != Level::Wrong);
    let report = Report { good, findings };
    match args.format {
        Format::Json => print_json(&report)?,
        Format::Text => print(&text(&report)?)?,
    }
    Ok(if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn text(report: &Report) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    for Finding { name, level, message } in &report.findings {
        let level = match level {
            Level::Good => "正常",
            Level::Note => "提示",
            Level::Wrong => "异常",
        };
        writeln!(text, "{level}  {name}  {message}")?;
    }
    Ok(text)
}

const fn finding(name: &'static str, level: Level, message: String) -> Finding {
    Finding { name, level, message }
}

const fn good(name: &'static str, message: String) -> Finding {
    finding(name, Level::Good, message)
}

const fn wrong(name: &'static str, message: String) -> Finding {
    finding(name, Level::Wrong, message)
}

/// Looks at everything. Nothing is made that is not there yet.
fn findings(settings: &Config, today: NaiveDate) -> Result<Vec<Finding>, CliError> {
    let mut findings = vec![configuration(settings)];
    let database = existing_database(settings);
    findings.push(database_stands(&database)?);
    findings.push(key(settings, &database));
    findings.push(match config::calendar::load(&settings.directory) {
        Ok(calendar) => calendar_reaches(&calendar, today),
        Err(error) => wrong("工作日", error.to_string()),
    });
    findings.push(mail(settings)?);
    if let Ok(Some(database)) = &database
        && matches!(database.needs_migration(), Ok(false))
    {
        findings.push(reminders_reach(database, today)?);
    }
    findings.push(disk(&settings.data.directory));
    Ok(findings)
}

fn configuration(settings: &Config) -> Finding {
    let address = format!("监听 {}，对外网址 {}", settings.server.listen, settings.base_url());
    if settings.server.base_url.is_none() {
        let advice = "尚未设置 server.base_url，邮件中的链接只在本机有效";
        return finding("配置", Level::Note, format!("{address}；{advice}"));
    }
    good("配置", address)
}

/// The database, if there is one.
fn existing_database(settings: &Config) -> Result<Option<Database>, AppError> {
    let url = settings.database_url();
    if let Some(path) = url.expose().strip_prefix("sqlite://")
        && !Path::new(path).exists()
    {
        return Ok(None);
    }
    app::open_database(settings).map(Some)
}

fn database_stands(database: &Result<Option<Database>, AppError>) -> Result<Finding, CliError> {
    const NAME: &str = "数据库";
    let database = match database {
        Ok(Some(database)) => database,
        Ok(None) => {
            return Ok(finding(NAME, Level::Note, "尚未建立，首次启动时自动建立".to_owned()));
        }
        Err(error) => return Ok(wrong(NAME, error.to_string())),
    };
    let engine = database.engine_name();
    Ok(match database.needs_migration() {
        Err(error) => wrong(NAME, format!("{engine}，无法读取：{error}")),
        Ok(true) => wrong(NAME, format!("{engine}，结构不是最新，请运行 yishen migrate")),
        Ok(false) => match office::wait_for(database.can_commit())? {
            Ok(()) => good(NAME, format!("{engine}，设置符合持久保存的要求，可以写入")),
            Err(error) => wrong(NAME, format!("{engine}，无法写入：{error}")),
        },
    })
}

fn key(settings: &Config, database: &Result<Option<Database>, AppError>) -> Finding {
    const NAME: &str = "主密钥";
    let file = &settings.data.key_file;
    let shown = file.display();
    let in_use = match database {
        Ok(Some(database)) => app::is_under_key(database).unwrap_or(false),
        Ok(None) | Err(_) => false,
    };
    match database {
        Ok(Some(database)) if in_use => {
            if let Err(error) = app::open_vault(settings, database) {
                return wrong(NAME, error.to_string());
            }
        }
        _ if !file.exists() => {
            return finding(NAME, Level::Note, "尚未生成，首次启动时自动生成".to_owned());
        }
        _ => {}
    }
    match vault::is_exposed(file) {
        Ok(true) => {
            wrong(NAME, format!("{shown} 可被其他用户读取，请改为仅本用户可读（chmod 600）"))
        }
        Ok(false) if in_use => good(NAME, format!("{shown}，与数据库相符")),
        Ok(false) => good(NAME, shown.to_string()),
        Err(error) => wrong(NAME, format!("无法读取 {shown}：{error}")),
    }
}

/// From December on the next year's days must be known: terms begin to run into it.
fn calendar_reaches(calendar: &WorkingCalendar, today: NaiveDate) -> Finding {
    const NAME: &str = "工作日";
    let this = today.year();
    let known: Vec<String> = calendar.years().map(|year| year.to_string()).collect();
    let known = format!("已有 {} 年的安排", known.join("、"));
    if !calendar.covers(this) {
        return wrong(NAME, format!("缺少 {this} 年的节假日安排，期限不准；{known}"));
    }
    if calendar.covers(this + 1) {
        return good(NAME, known);
    }
    let next = this + 1;
    if today.month() == 12 {
        let advice = format!("缺少 {next} 年的节假日安排，跨年的期限为暂定，请尽快补充");
        return wrong(NAME, format!("{advice}；{known}"));
    }
    finding(NAME, Level::Note, format!("{known}；{next} 年的安排公布后请补充"))
}

fn mail(settings: &Config) -> Result<Finding, CliError> {
    const NAME: &str = "邮件";
    let folder = settings.mail_folder();
    if settings.smtp.host.is_empty() {
        let message = format!("未配置邮件服务器，邮件存入 {}，不外发", folder.display());
        return Ok(finding(NAME, Level::Note, message));
    }
    let server = format!("{}:{}", settings.smtp.host, settings.smtp.effective_port());
    let mailer = match Mailer::of_settings(&settings.smtp, &folder) {
        Ok(mailer) => mailer,
        Err(error) => return Ok(wrong(NAME, error.to_string())),
    };
    Ok(match office::wait_for(mailer.check())? {
        Ok(()) => good(NAME, format!("邮件服务器 {server} 可以使用")),
        Err(error) => wrong(NAME, format!("邮件服务器 {server}：{error}")),
    })
}

/// Whether overdue cases and the other daily reminders reach those whom they are for.
fn reminders_reach(database: &Database, today: NaiveDate) -> Result<Finding, CliError> {
    const NAME: &str = "提醒";
    let read = database.read(move |conn| {
        let mut told = Vec::new();
        for agency in agencies::list(conn)? {
            let faults = reminders::faults(conn, &agency, today)?;
            let said = [faults.of_heads(), faults.of_mails()].into_iter().flatten();
            told.extend(said.map(|said| format!("{}：{said}", agency.name)));
        }
        Ok::<_, StorageError>(told)
    });
    Ok(match office::wait_for(read)? {
        Err(error) => wrong(NAME, format!("无法读取：{error}")),
        Ok(told) if told.is_empty() => good(NAME, "逾期提醒都有人接收".to_owned()),
        Ok(told) => finding(NAME, Level::Note, told.join("；")),
    })
}

/// The free space where the data lies, or will lie.
fn disk(directory: &Path) -> Finding {
    const NAME: &str = "磁盘";
    let place = std::path::absolute(directory).unwrap_or_else(|_| directory.to_owned());
    let existing = place
        .ancestors()
        .find(|place| place.exists())
        .map(PathBuf::from);
    match existing.as_deref().map(free_space) {
        Some(Ok(free)) => {
            let shown = format!("可用空间 {}.{} GiB", free / SPACE_AT_LEAST, tenths(free));
            if free < SPACE_AT_LEAST {
                wrong(NAME, format!("{shown}，不足 1 GiB，请尽快清理"))
            } else {
                good(NAME, shown)
            }
        }
        Some(Err(error)) => wrong(NAME, format!("无法查看可用空间：{error}")),
        None => wrong(NAME, format!("数据目录 {} 不存在", directory.display())),
    }
}

const fn tenths(bytes: u64) -> u64 {
    bytes % SPACE_AT_LEAST * 10 / SPACE_AT_LEAST
}

/// What an ordinary user may still write there, in bytes.
#[cfg(unix)]
fn free_space(place: &Path) -> std::io::Result<u64> {
    let found = rustix::fs::statvfs(place)?;
    Ok(found.f_bavail.saturating_mul(found.f_frsize))
}

/// Not known on this system; what cannot be seen is not called wrong.
#[cfg(not(unix))]
fn free_space(_place: &Path) -> std::io::Result<u64> {
    Ok(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_next_year_is_missed_from_december_on() {
        let calendar = config::calendar::load(Path::new("no such directory")).unwrap();
        let level = |today| calendar_reaches(&calendar, day(today)).level;
        assert_eq!(level("2025-12-31"), Level::Good);
        assert_eq!(level("2026-11-30"), Level::Note);
        assert_eq!(level("2026-12-01"), Level::Wrong);
        assert_eq!(level("2027-01-01"), Level::Wrong);
        let finding = calendar_reaches(&calendar, day("2026-12-01"));
        assert!(finding.message.contains("2027"), "{}", finding.message);
    }

    #[test]
    fn free_space_is_seen_where_nothing_lies_yet() {
        let directory = tempfile::tempdir().unwrap();
        let finding = disk(&directory.path().join("not/there/yet"));
        assert!(finding.message.contains("GiB"), "{}", finding.message);
        assert_eq!((tenths(SPACE_AT_LEAST / 2), tenths(3 * SPACE_AT_LEAST)), (5, 0));
    }
}
