//! A term as months on the wall: every day with its reason, for the case's page.

use chrono::{Datelike, NaiveDate};

use crate::domain::deadline::{DayReason, Schedule, TermDay};
use crate::web::words;

/// A term, drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    /// The months that the term touches.
    pub months: Vec<Month>,
    /// Every day of the term, for who wants to check the count.
    pub lines: Vec<Line>,
    /// How many working days are counted in all.
    pub counted: u32,
    /// The last day for the answer.
    pub due: String,
    /// Whether the date may still move, since a year's arrangement is not published.
    pub provisional: bool,
    /// Whether days follow that were fixed for a delayed answer (art. 35).
    pub delayed: bool,
}

/// A month of the wall calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Month {
    /// 2026年3月.
    pub name: String,
    /// Its weeks, from Monday.
    pub weeks: Vec<Vec<Cell>>,
}

/// A day on the wall.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    /// The day of the month; empty where the week belongs to another month.
    pub day: String,
    /// The class that colours it.
    pub class: &'static str,
    /// What stands below the day: its count, 收, 休, 停.
    pub mark: String,
    /// The same in words, for who cannot see the colour.
    pub words: String,
    /// Whether it is today.
    pub today: bool,
}

/// A day of the term in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// 2026-03-02.
    pub date: String,
    /// 周一.
    pub weekday: &'static str,
    /// 计入 or why not.
    pub reason: String,
    /// The count at its end, where the day counts.
    pub count: Option<u32>,
}

impl Clock {
    /// The wall calendar of a term.
    #[must_use]
    pub fn of(schedule: &Schedule, today: NaiveDate) -> Self {
        Self {
            months: months(schedule, today),
            lines: schedule.days.iter().map(line).collect(),
            counted: schedule.days.last().map_or(0, |day| day.count),
            due: words::full_day(schedule.due.on),
            provisional: schedule.due.provisional,
            delayed: schedule
                .days
                .iter()
                .any(|day| day.reason == DayReason::Delayed),
        }
    }
}

fn counts(reason: DayReason) -> bool {
    matches!(reason, DayReason::Counted | DayReason::Makeup)
}

/// Why a day counts or not, in a few words.
fn reason(day: &TermDay) -> String {
    let plain = match day.reason {
        DayReason::Receipt => "期限起算之日，不计入",
        DayReason::Counted => "工作日",
        DayReason::Makeup => "调休上班",
        DayReason::Weekend => "周末",
        DayReason::Holiday => "放假",
        DayReason::Excluded => "不计算在期限内",
        DayReason::Delayed => "延迟答复的期限内",
    };
    if day.note.is_empty() {
        plain.to_owned()
    } else {
        format!("{plain}（{}）", day.note)
    }
}

fn line(day: &TermDay) -> Line {
    Line {
        date: day.date.to_string(),
        weekday: words::weekday(day.date.weekday()),
        reason: reason(day),
        count: counts(day.reason).then_some(day.count),
    }
}

fn months(schedule: &Schedule, today: NaiveDate) -> Vec<Month> {
    let mut months: Vec<Month> = Vec::new();
    let mut days = schedule.days.iter().peekable();
    while let Some(first) = days
        .peek()
        .map(|day| day.date.with_day(1).unwrap_or(day.date))
    {
        let mut month = Month {
            name: format!("{}年{}月", first.year(), first.month()),
            weeks: Vec::new(),
        };
        let before = usize::try_from(first.weekday().num_days_from_monday()).unwrap_or(0);
        let mut week = vec![Cell::default(); before];
        for date in first
            .iter_days()
            .take_while(|date| date.month() == first.month())
        {
            let day = days.next_if(|day| day.date == date);
            week.push(cell(date, day, schedule.due.on, today));
            if week.len() == 7 {
                month.weeks.push(std::mem::take(&mut week));
            }
        }
        if !week.is_empty() {
            week.resize(7, Cell::default());
            month.weeks.push(week);
        }
        month.weeks.retain(|week| touches_the_term(week));
        months.push(month);
    }
    months
}

fn touches_the_term(week: &[Cell]) -> bool {
    week.iter().any(|cell| !matches!(cell.class, "" | OUTSIDE))
}

/// The class of a day outside the term.
const OUTSIDE: &str = "day-outside";

fn cell(date: NaiveDate, day: Option<&TermDay>, due_on: NaiveDate, today: NaiveDate) -> Cell {
    let number = date.day().to_string();
    let Some(day) = day else {
        return Cell { day: number, class: OUTSIDE, ..Cell::default() };
    };
    let (class, mark) = match day.reason {
        _ if date == due_on => ("day-due", "止".to_owned()),
        DayReason::Receipt => ("day-start", "起".to_owned()),
        DayReason::Counted | DayReason::Makeup if date < today => {
            ("day-counted day-gone", day.count.to_string())
        }
        DayReason::Counted | DayReason::Makeup => ("day-counted", day.count.to_string()),
        DayReason::Weekend | DayReason::Holiday => ("day-off", "休".to_owned()),
        DayReason::Excluded => ("day-excluded", "停".to_owned()),
        DayReason::Delayed => ("day-delayed", "延".to_owned()),
    };
    let mut words = reason(day);
    if counts(day.reason) {
        words = format!("{words}，第{}个工作日", day.count);
    }
    if date == today {
        words.push_str("，今天");
    }
    Cell { day: number, class, mark, words, today: date == today }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::calendar::{Arrangement, WorkingCalendar};
    use crate::domain::deadline::ReplyTerm;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn drawn() -> Clock {
        let calendar = WorkingCalendar::new([Arrangement {
            year: 2026,
            notice: String::new(),
            holidays: [(date("2026-06-19"), "端午节".to_owned())].into(),
            makeup_workdays: BTreeMap::new(),
        }]);
        let term = ReplyTerm::first(date("2026-06-10"));
        Clock::of(&term.schedule(&[], &calendar).unwrap(), date("2026-06-12"))
    }

    #[test]
    fn the_months_begin_on_monday_and_hold_only_weeks_of_the_term() {
        let clock = drawn();
        let names: Vec<_> = clock
            .months
            .iter()
            .map(|month| month.name.as_str())
            .collect();
        assert_eq!(names, ["2026年6月", "2026年7月"]);
        assert!(
            clock
                .months
                .iter()
                .flat_map(|month| &month.weeks)
                .all(|week| week.len() == 7)
        );
        let first = &clock.months[0].weeks[0];
        assert_eq!((first[2].day.as_str(), first[2].class), ("10", "day-start"));
        assert_eq!(first[1].class, OUTSIDE);
    }

    #[test]
    fn every_day_says_why_it_counts_or_not() {
        let clock = drawn();
        let cells: Vec<_> = clock
            .months
            .iter()
            .flat_map(|month| month.weeks.concat())
            .collect();
        let on = |day: &str| {
            cells
                .iter()
                .find(|cell| cell.day == day && !cell.words.is_empty())
        };
        assert_eq!(on("12").unwrap().words, "工作日，第2个工作日，今天");
        assert_eq!(on("19").unwrap().words, "放假（端午节）");
        assert_eq!(clock.counted, 20);
        assert_eq!(cells.iter().filter(|cell| cell.class == "day-due").count(), 1);
        assert_eq!(
            clock
                .lines
                .iter()
                .filter(|line| line.count.is_some())
                .count(),
            20
        );
    }
}
