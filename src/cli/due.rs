//! `due`: the clock of the Regulation on the command line, without a database.

mod event;
mod print;

use std::path::Path;
use std::process::ExitCode;

use chrono::{Datelike, NaiveDate};
use uuid::Uuid;

use self::event::Event;
pub(super) use self::print::weekday;
use super::{CliError, Format, print as print_text, print_json};
use crate::config::{self, Config};
use crate::domain::actor::{Actor, Role};
use crate::domain::calendar::WorkingCalendar;
use crate::domain::case::{Case, NotAllowed, Office, Stage};
use crate::domain::deadline::{DueDate, Schedule, UnknownYear, correction_notice_by};

/// What can be given as an event.
const EVENTS: &str = "\
事项写作“事项:日期”，日期为事项发生之日：
  correction-sent       发出补正告知书
  corrected             收到补正后的申请
  third-party-sent      发出征求第三方意见书
  third-party-received  第三方收到征求意见书
  third-party-replied   收到第三方意见
  agency-sent           发出征求其他机关意见函
  agency-received       其他机关收到征求意见函
  agency-replied        收到其他机关意见
  fee-sent              发出收费通知
  fee-received          申请人收到收费通知
  fee-paid              申请人缴费
  extended:日期:天数    决定并告知延期，天数为 1 至 20 个工作日
  delayed:日期:届满日   申请人说明的理由合理，决定并告知延迟答复的期限（条例第三十五条）

示例：yishen due --received 2024-09-24 --event extended:2024-10-21:10";

/// The command line of `due`.
#[derive(Debug, clap::Args)]
#[command(after_help = EVENTS)]
pub(super) struct Args {
    /// 收到申请之日（条例第三十一条）
    #[arg(long, value_name = "日期", value_parser = date)]
    received: NaiveDate,
    /// 其后发生的事项，可多次给出，先后不限
    #[arg(long = "event", value_name = "事项:日期[:数]", value_parser = event::parse)]
    events: Vec<Event>,
    /// 输出格式
    #[arg(long, value_name = "格式", value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Where the clock stands after the last event.
struct Standing {
    received_on: NaiveDate,
    state: &'static str,
    /// The term that runs, unless the applicant is waited for.
    schedule: Option<Schedule>,
    correction_notice_by: DueDate,
    /// What was out of the ordinary, though not impossible.
    remarks: Vec<String>,
}

pub(super) fn run(args: &Args, config: Option<&Path>) -> Result<ExitCode, CliError> {
    let calendar = config::calendar::load(&Config::load(config)?.directory)?;
    let standing = standing(args.received, &args.events, &calendar)?;
    for remark in &standing.remarks {
        super::output::complain(remark);
    }
    match args.format {
        Format::Json => print_json(&print::json(&standing))?,
        Format::Text => print_text(&print::text(&standing)?)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// A day written as `2026-01-31`, and in no other way.
pub(super) fn date(text: &str) -> Result<NaiveDate, String> {
    let day: Option<NaiveDate> = text.parse().ok();
    day.filter(|day| day.to_string() == text && (1900..=9000).contains(&day.year()))
        .ok_or_else(|| "应为 2026-01-31 样式的日期".to_owned())
}

/// Lets the events happen to a case that was received on that day.
fn standing(
    received_on: NaiveDate,
    events: &[Event],
    calendar: &WorkingCalendar,
) -> Result<Standing, CliError> {
    let mut case = Case {
        handler: None,
        stage: Stage::registered(received_on, Some(received_on)),
    };
    let mut remarks = Vec::new();
    let mut waiting: Vec<&Event> = events.iter().collect();
    waiting.sort_by_key(|event| (event.on, event.rank()));
    while !waiting.is_empty() {
        let (place, after, remark) = next(&case, &waiting, calendar)?;
        waiting.remove(place);
        case = after;
        remarks.extend(remark);
    }
    let today = events
        .iter()
        .map(|event| event.on)
        .max()
        .unwrap_or(received_on);
    let (state, schedule) = clock(&case.stage, today, calendar)?;
    Ok(Standing {
        received_on,
        state,
        schedule,
        correction_notice_by: correction_notice_by(received_on, calendar)?,
        remarks,
    })
}

/// The first of the events that can happen now, and what it makes of the case. The day alone
/// does not say which of its events came first, so that another of that day is tried before
/// one is called impossible.
fn next(
    case: &Case,
    waiting: &[&Event],
    calendar: &WorkingCalendar,
) -> Result<(usize, Case, Option<String>), CliError> {
    let first = waiting.first().ok_or_else(|| CliError::new("没有事项"))?;
    let same_day = waiting.iter().take_while(|event| event.on == first.on);
    for (place, event) in same_day.enumerate() {
        if let Ok((after, remark)) = happen(case, event, calendar) {
            return Ok((place, after, remark));
        }
    }
    let (after, remark) = happen(case, first, calendar)
        .map_err(|why| CliError::new(format!("{first} 不成立：{why}")))?;
    Ok((0, after, remark))
}

/// What an event makes of a case, and what is remarkable about it.
fn happen(
    case: &Case,
    event: &Event,
    calendar: &WorkingCalendar,
) -> Result<(Case, Option<String>), NotAllowed> {
    let office = Office { calendar, own_review_allowed: true };
    let everyone = Actor::Officer { id: Uuid::nil(), roles: Role::ALL.to_vec() };
    let apply = |as_exception| {
        let acts = event.acts(&case.stage, as_exception)?;
        acts.iter().try_fold(case.clone(), |case, act| {
            Ok(case.apply(act, &everyone, event.on, office)?.case)
        })
    };
    match apply(false) {
        // The law asks for one notice in time; where it came otherwise, the term stood still
        // all the same.
        Err(why @ (NotAllowed::CorrectionTooLate { .. } | NotAllowed::CorrectionAskedBefore)) => {
            let remark = format!("提示：{event}：{why}");
            apply(true).map(|done| (done, Some(remark)))
        }
        done => done.map(|done| (done, None)),
    }
}

/// The state of the clock and, if there is a term, its days.
fn clock(
    stage: &Stage,
    today: NaiveDate,
    calendar: &WorkingCalendar,
) -> Result<(&'static str, Option<Schedule>), UnknownYear> {
    match stage {
        Stage::AwaitingCorrection { .. } => Ok(("waiting-correction", None)),
        Stage::AwaitingPayment { .. } => Ok(("waiting-fee", None)),
        Stage::Handling(handling) => {
            let consultations = &handling.course.consultations;
            let schedule = handling.term.schedule(consultations, calendar)?;
            let paused = handling.is_paused_on(today, calendar);
            Ok((if paused { "paused" } else { "running" }, Some(schedule)))
        }
        Stage::Filed { .. } | Stage::Closed { .. } => Ok(("running", None)),
    }
}

#[cfg(test)]
mod tests;
