//! The clock as a table for people, and as JSON.

use std::fmt::{self, Write as _};

use chrono::{Datelike, NaiveDate, Weekday};
use serde::Serialize;

use super::Standing;
use crate::domain::deadline::{DayReason, TermDay};

/// The answer, as given out.
#[derive(Serialize)]
pub(super) struct Answer {
    received: String,
    due: Option<String>,
    state: &'static str,
    provisional: bool,
    correction_notice_by: String,
    days: Vec<Day>,
}

#[derive(Serialize)]
struct Day {
    date: String,
    kind: &'static str,
    count: u32,
    note: String,
}

pub(super) fn json(standing: &Standing) -> Answer {
    let schedule = standing.schedule.as_ref();
    Answer {
        received: standing.received_on.to_string(),
        due: schedule.map(|schedule| schedule.due.on.to_string()),
        state: standing.state,
        provisional: is_provisional(standing),
        correction_notice_by: standing.correction_notice_by.on.to_string(),
        days: schedule
            .iter()
            .flat_map(|schedule| &schedule.days)
            .map(|day| Day {
                date: day.date.to_string(),
                kind: day.reason.code(),
                count: day.count,
                note: day.note.clone(),
            })
            .collect(),
    }
}

fn is_provisional(standing: &Standing) -> bool {
    let due = standing.schedule.as_ref().map(|schedule| schedule.due);
    due.is_some_and(|due| due.provisional) || standing.correction_notice_by.provisional
}

pub(super) fn text(standing: &Standing) -> Result<String, fmt::Error> {
    let mut text = String::new();
    writeln!(text, "收到申请之日  {}", with_weekday(standing.received_on))?;
    let by = with_weekday(standing.correction_notice_by.on);
    writeln!(text, "补正最迟告知  {by}")?;
    match &standing.schedule {
        Some(schedule) => writeln!(text, "答复期限届满  {}", with_weekday(schedule.due.on))?,
        None => writeln!(text, "答复期限届满  待定，期限重新起算后确定")?,
    }
    writeln!(text, "期限状态      {}", label(standing.state))?;
    if is_provisional(standing) {
        writeln!(
            text,
            "提示          有的年份尚未公布节假日安排，暂按周末推算，公布后以重新计算的日期为准"
        )?;
    }
    if let Some(schedule) = &standing.schedule {
        writeln!(text, "\n日期        星期  计数  说明")?;
        for day in &schedule.days {
            let counted = matches!(day.reason, DayReason::Counted | DayReason::Makeup);
            let count = if counted {
                day.count.to_string()
            } else {
                "-".to_owned()
            };
            let line = format!("{}   {}   {count:>4}  {}", day.date, weekday(day.date), why(day));
            writeln!(text, "{}", line.trim_end())?;
        }
    }
    Ok(text)
}

fn label(state: &str) -> &'static str {
    match state {
        "waiting-correction" => "停止计算：等待申请人补正，自收到补正之日起重新计算",
        "waiting-fee" => "停止计算：等待申请人缴费，自缴费次日起重新计算",
        "paused" => "暂停计算：正在征求意见，上列日期按征求意见用满 15 个工作日推算",
        _ => "正在计算",
    }
}

/// Why the day counts or not.
fn why(day: &TermDay) -> String {
    match day.reason {
        DayReason::Receipt => "期限起算之日，不计入".to_owned(),
        DayReason::Counted => String::new(),
        DayReason::Makeup => format!("{}调休上班，计入", day.note),
        DayReason::Weekend => "周末".to_owned(),
        DayReason::Holiday => format!("{}放假", day.note),
        DayReason::Excluded => format!("{}，不计入", day.note),
        DayReason::Delayed => "延迟答复的期限内".to_owned(),
    }
}

fn with_weekday(day: NaiveDate) -> String {
    format!("{day}（周{}）", weekday(day))
}

/// The day of the week, in one character.
pub(in crate::cli) fn weekday(day: NaiveDate) -> char {
    match day.weekday() {
        Weekday::Mon => '一',
        Weekday::Tue => '二',
        Weekday::Wed => '三',
        Weekday::Thu => '四',
        Weekday::Fri => '五',
        Weekday::Sat => '六',
        Weekday::Sun => '日',
    }
}
