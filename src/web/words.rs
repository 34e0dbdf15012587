//! Days, and how much of a term is left, as people at the desk say it.

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, Utc, Weekday};

use crate::clock::beijing;
use crate::domain::calendar::WorkingCalendar;
use crate::domain::deadline::DueDate;

/// How pressing something is; names the class of its tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Nothing presses.
    Calm,
    /// The day is near.
    Soon,
    /// The day is over.
    Late,
    /// Nothing is left to do.
    Closed,
}

impl Tone {
    /// The class of the tag.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Calm => "calm",
            Self::Soon => "tag tag-soon",
            Self::Late => "tag tag-late",
            Self::Closed => "tag tag-closed",
        }
    }
}

/// How much time is left, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// Such as 还剩3个工作日.
    pub words: String,
    /// How pressing that is.
    pub tone: Tone,
}

/// Within how many working days a day is near.
pub const SOON: u32 = 3;

impl Left {
    /// What is left on the day `today` until the end of `last`.
    #[must_use]
    pub fn until(last: NaiveDate, today: NaiveDate, calendar: &WorkingCalendar) -> Self {
        if today == last {
            return Self { words: "今日到期".to_owned(), tone: Tone::Soon };
        }
        if today > last {
            let words = match calendar.working_days_between(last, today) {
                0 => "已逾期".to_owned(),
                days => format!("逾期{days}个工作日"),
            };
            return Self { words, tone: Tone::Late };
        }
        let days = calendar.working_days_between(today, last);
        let tone = if days <= SOON { Tone::Soon } else { Tone::Calm };
        Self { words: format!("还剩{days}个工作日"), tone }
    }
}

/// A day as people write it, with its weekday; the year only where it is not `this_year`.
#[must_use]
pub fn day(date: NaiveDate, this_year: i32) -> String {
    let weekday = weekday(date.weekday());
    if date.year() == this_year {
        format!("{}月{}日 {weekday}", date.month(), date.day())
    } else {
        format!("{}年{}月{}日", date.year(), date.month(), date.day())
    }
}

/// A day in full, with its weekday.
#[must_use]
pub fn full_day(date: NaiveDate) -> String {
    let weekday = weekday(date.weekday());
    format!("{}年{}月{}日（{weekday}）", date.year(), date.month(), date.day())
}

/// The last day for an answer in full; marked where it lies in a year whose arrangement of rest
/// days is not published, so that it may still move.
#[must_use]
pub fn due_day(due: DueDate) -> String {
    let mark = if due.provisional { "，暂定" } else { "" };
    format!("{}{mark}", full_day(due.on))
}

/// 周一 to 周日.
#[must_use]
pub const fn weekday(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Mon => "周一",
        Weekday::Tue => "周二",
        Weekday::Wed => "周三",
        Weekday::Thu => "周四",
        Weekday::Fri => "周五",
        Weekday::Sat => "周六",
        Weekday::Sun => "周日",
    }
}

/// A moment as the clock on the wall shows it: 2026-03-02 09:05.
#[must_use]
pub fn moment(at: DateTime<Utc>) -> String {
    beijing(at).format("%Y-%m-%d %H:%M").to_string()
}

/// How large a file is.
#[must_use]
pub fn size(bytes: u64) -> String {
    const KIB: u64 = 1024;
    const MIB: u64 = 1024 * KIB;
    if bytes < MIB {
        format!("{} KB", bytes.div_ceil(KIB).max(1))
    } else {
        let tenths = bytes * 10 / MIB;
        format!("{}.{} MB", tenths / 10, tenths % 10)
    }
}

/// Things in a row, as people write them: 甲、乙、丙.
#[must_use]
pub fn list<T: fmt::Display>(things: impl IntoIterator<Item = T>) -> String {
    let things: Vec<_> = things.into_iter().map(|thing| thing.to_string()).collect();
    things.join("、")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::calendar::Arrangement;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// 2026 with the National Day off.
    fn calendar() -> WorkingCalendar {
        let off = (1..=7).map(|day| (date(&format!("2026-10-{day:02}")), "国庆节".to_owned()));
        WorkingCalendar::new([Arrangement {
            year: 2026,
            notice: String::new(),
            holidays: off.collect(),
            makeup_workdays: BTreeMap::new(),
        }])
    }

    fn left(last: &str, today: &str) -> (String, Tone) {
        let left = Left::until(date(last), date(today), &calendar());
        (left.words, left.tone)
    }

    #[test]
    fn what_is_left_is_counted_in_working_days() {
        assert_eq!(left("2026-10-12", "2026-10-12"), ("今日到期".to_owned(), Tone::Soon));
        assert_eq!(left("2026-10-12", "2026-10-09"), ("还剩1个工作日".to_owned(), Tone::Soon));
        assert_eq!(left("2026-10-12", "2026-09-30"), ("还剩3个工作日".to_owned(), Tone::Soon));
        assert_eq!(left("2026-10-13", "2026-09-30"), ("还剩4个工作日".to_owned(), Tone::Calm));
    }

    #[test]
    fn what_is_late_is_late_over_a_weekend_too() {
        assert_eq!(left("2026-10-09", "2026-10-10"), ("已逾期".to_owned(), Tone::Late));
        assert_eq!(left("2026-10-09", "2026-10-12"), ("逾期1个工作日".to_owned(), Tone::Late));
        assert_eq!(left("2026-09-30", "2026-10-09"), ("逾期2个工作日".to_owned(), Tone::Late));
    }

    #[test]
    fn the_year_is_said_where_it_is_not_this_one() {
        assert_eq!(day(date("2026-03-02"), 2026), "3月2日 周一");
        assert_eq!(day(date("2027-01-05"), 2026), "2027年1月5日");
        assert_eq!(full_day(date("2026-03-01")), "2026年3月1日（周日）");
    }

    #[test]
    fn sizes_are_rounded_up_to_something() {
        assert_eq!(size(0), "1 KB");
        assert_eq!(size(1025), "2 KB");
        assert_eq!(size(3 * 1024 * 1024 / 2), "1.5 MB");
    }
}
