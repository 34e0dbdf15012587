//! 工作日: which days count, and which years are known.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate, Weekday};

/// The working-day arrangement of one year (国务院办公厅关于部分节假日安排的通知).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrangement {
    /// The year it arranges.
    pub year: i32,
    /// The notice's number, e.g. 国办发明电〔2025〕7号.
    pub notice: String,
    /// Days off, weekends within a holiday included, with the holiday's name.
    pub holidays: BTreeMap<NaiveDate, String>,
    /// 调休上班: weekend days that are worked, with what they are worked for.
    pub makeup_workdays: BTreeMap<NaiveDate, String>,
}

/// What a day is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayKind<'calendar> {
    /// An ordinary working day.
    Workday,
    /// 调休上班: a weekend day that is worked.
    Makeup(&'calendar str),
    /// An ordinary weekend day.
    Weekend,
    /// A day off by the year's arrangement, with the holiday's name.
    Holiday(&'calendar str),
}

impl DayKind<'_> {
    /// Whether the day is a 工作日.
    #[must_use]
    pub const fn is_working(self) -> bool {
        matches!(self, Self::Workday | Self::Makeup(_))
    }
}

/// The arrangements that are known.
///
/// A day of a year without an arrangement counts by weekends alone, and whatever was computed
/// over it is provisional (see [`covers`](Self::covers)).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkingCalendar {
    years: BTreeMap<i32, Arrangement>,
}

impl WorkingCalendar {
    /// A calendar of these arrangements; a later one for the same year replaces an earlier one.
    #[must_use]
    pub fn new(arrangements: impl IntoIterator<Item = Arrangement>) -> Self {
        Self {
            years: arrangements
                .into_iter()
                .map(|arrangement| (arrangement.year, arrangement))
                .collect(),
        }
    }

    /// Whether the year's arrangement has been published to us.
    #[must_use]
    pub fn covers(&self, year: i32) -> bool {
        self.years.contains_key(&year)
    }

    /// The arrangement of a year.
    #[must_use]
    pub fn arrangement(&self, year: i32) -> Option<&Arrangement> {
        self.years.get(&year)
    }

    /// The years that are known, in order.
    pub fn years(&self) -> impl Iterator<Item = i32> + '_ {
        self.years.keys().copied()
    }

    /// The last year that is known.
    #[must_use]
    pub fn last_year(&self) -> Option<i32> {
        self.years.keys().next_back().copied()
    }

    /// What a day is.
    #[must_use]
    pub fn kind_of(&self, day: NaiveDate) -> DayKind<'_> {
        if let Some(arrangement) = self.years.get(&day.year()) {
            if let Some(name) = arrangement.makeup_workdays.get(&day) {
                return DayKind::Makeup(name);
            }
            if let Some(name) = arrangement.holidays.get(&day) {
                return DayKind::Holiday(name);
            }
        }
        if matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
            DayKind::Weekend
        } else {
            DayKind::Workday
        }
    }

    /// Whether a day is a 工作日.
    #[must_use]
    pub fn is_working(&self, day: NaiveDate) -> bool {
        self.kind_of(day).is_working()
    }

    /// The n-th working day after `day`, which itself is never counted; `day` for n = 0.
    #[must_use]
    pub fn nth_working_day_after(&self, day: NaiveDate, n: u32) -> NaiveDate {
        days_after(day)
            .filter(|day| self.is_working(*day))
            .take(count(n))
            .last()
            .unwrap_or(day)
    }

    /// How many working days lie in `after < d ≤ until`.
    #[must_use]
    pub fn working_days_between(&self, after: NaiveDate, until: NaiveDate) -> u32 {
        let days = days_after(after).take_while(|day| *day <= until);
        u32::try_from(days.filter(|day| self.is_working(*day)).count()).unwrap_or(u32::MAX)
    }

    /// Whether every year from `from`'s to `until`'s is known.
    #[must_use]
    pub fn covers_all(&self, from: NaiveDate, until: NaiveDate) -> bool {
        (from.year()..=until.year()).all(|year| self.covers(year))
    }
}

/// The days after `day`, to the end of time.
pub(crate) fn days_after(day: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    std::iter::successors(day.checked_add_days(Days::new(1)), |day| {
        day.checked_add_days(Days::new(1))
    })
}

fn count(n: u32) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn named(days: &[&str], name: &str) -> BTreeMap<NaiveDate, String> {
        days.iter()
            .map(|day| (date(day), name.to_owned()))
            .collect()
    }

    /// 2024 from May on and 2025, as far as the tests of the clock need them.
    pub(crate) fn calendar_2024_2025() -> WorkingCalendar {
        WorkingCalendar::new([
            Arrangement {
                year: 2024,
                notice: "国办发明电〔2023〕7号".to_owned(),
                holidays: named(
                    &[
                        "2024-09-15",
                        "2024-09-16",
                        "2024-09-17",
                        "2024-10-01",
                        "2024-10-02",
                        "2024-10-03",
                        "2024-10-04",
                        "2024-10-05",
                        "2024-10-06",
                        "2024-10-07",
                    ],
                    "国庆节",
                ),
                makeup_workdays: named(&["2024-09-14", "2024-09-29", "2024-10-12"], "国庆节调休"),
            },
            Arrangement {
                year: 2025,
                notice: "国办发明电〔2024〕12号".to_owned(),
                holidays: named(
                    &[
                        "2025-01-01",
                        "2025-01-28",
                        "2025-01-29",
                        "2025-01-30",
                        "2025-01-31",
                        "2025-02-01",
                        "2025-02-02",
                        "2025-02-03",
                        "2025-02-04",
                    ],
                    "春节",
                ),
                makeup_workdays: named(&["2025-01-26", "2025-02-08"], "春节调休"),
            },
        ])
    }

    #[test]
    fn a_saturday_worked_in_lieu_is_a_working_day_and_a_holiday_weekday_is_not() {
        let calendar = calendar_2024_2025();
        assert!(calendar.is_working(date("2024-09-29")));
        assert!(calendar.is_working(date("2024-10-12")));
        assert!(!calendar.is_working(date("2024-10-02")));
        assert!(!calendar.is_working(date("2024-10-13")));
    }

    #[test]
    fn the_day_itself_is_never_counted() {
        let calendar = calendar_2024_2025();
        assert_eq!(calendar.nth_working_day_after(date("2024-09-24"), 1), date("2024-09-25"));
        assert_eq!(calendar.nth_working_day_after(date("2024-09-24"), 20), date("2024-10-25"));
        assert_eq!(calendar.nth_working_day_after(date("2024-09-24"), 0), date("2024-09-24"));
    }

    #[test]
    fn between_is_the_inverse_of_nth() {
        let calendar = calendar_2024_2025();
        let start = date("2024-09-10");
        for n in 0..60 {
            let end = calendar.nth_working_day_after(start, n);
            assert_eq!(calendar.working_days_between(start, end), n);
        }
    }
}
