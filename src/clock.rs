//! The one place where the time comes from.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, TimeDelta, Utc};

/// The offset of Beijing time, in seconds. China has had no daylight saving time since 1991,
/// so that no time zone data is needed.
const BEIJING: i32 = 8 * 60 * 60;

/// Tells the time; the date is always a Beijing date, wherever the server stands.
#[derive(Debug, Clone)]
pub struct Clock(Kind);

#[derive(Debug, Clone)]
enum Kind {
    System,
    Fixed(Arc<Mutex<DateTime<Utc>>>),
}

impl Clock {
    /// The clock of the machine.
    #[must_use]
    pub const fn system() -> Self {
        Self(Kind::System)
    }

    /// A clock that stands still until it is set or moved; its clones are the same clock.
    #[must_use]
    pub fn fixed(now: DateTime<Utc>) -> Self {
        Self(Kind::Fixed(Arc::new(Mutex::new(now))))
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        match &self.0 {
            Kind::System => system_now(),
            Kind::Fixed(now) => *now.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// Today in Beijing.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        beijing(self.now()).date()
    }

    /// Sets a fixed clock; the machine's own cannot be set, and stays as it is.
    pub fn set(&self, to: DateTime<Utc>) {
        if let Kind::Fixed(now) = &self.0 {
            *now.lock().unwrap_or_else(PoisonError::into_inner) = to;
        }
    }

    /// Moves a fixed clock; the machine's own cannot be moved.
    pub fn advance(&self, by: TimeDelta) {
        self.set(self.now() + by);
    }
}

/// A moment as the clock on the wall in Beijing shows it.
#[must_use]
pub fn beijing(moment: DateTime<Utc>) -> NaiveDateTime {
    match FixedOffset::east_opt(BEIJING) {
        Some(offset) => moment.with_timezone(&offset).naive_local(),
        None => moment.naive_utc(),
    }
}

/// The moment at which the clock on the wall in Beijing shows `local`.
#[must_use]
pub fn from_beijing(local: NaiveDateTime) -> DateTime<Utc> {
    (local - TimeDelta::seconds(i64::from(BEIJING))).and_utc()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the tap: every other room is handed a Clock"
)]
fn system_now() -> DateTime<Utc> {
    Utc::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Clock {
        Clock::fixed(text.parse().unwrap())
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_year_ends_at_midnight_in_beijing() {
        assert_eq!(at("2026-12-31T15:59:59Z").today(), day("2026-12-31"));
        assert_eq!(at("2026-12-31T16:00:00Z").today(), day("2027-01-01"));
        assert_eq!(at("2026-12-30T16:00:00Z").today(), day("2026-12-31"));
    }

    #[test]
    fn a_moment_and_its_beijing_time_are_each_others_inverse() {
        let moment: DateTime<Utc> = "2026-02-28T16:30:01Z".parse().unwrap();
        assert_eq!(beijing(moment).to_string(), "2026-03-01 00:30:01");
        assert_eq!(from_beijing(beijing(moment)), moment);
    }

    #[test]
    fn a_fixed_clock_moves_for_all_who_hold_it_and_only_when_told() {
        let clock = at("2026-06-01T00:00:00Z");
        let other = clock.clone();
        assert_eq!(other.now(), clock.now());
        clock.advance(TimeDelta::days(2));
        assert_eq!(other.today(), day("2026-06-03"));
        other.set("2027-01-01T00:00:00Z".parse().unwrap());
        assert_eq!(clock.today(), day("2027-01-01"));
    }

    #[test]
    fn the_system_clock_cannot_be_moved() {
        let clock = Clock::system();
        clock.advance(TimeDelta::days(-400));
        assert!(clock.now() >= day("2026-01-01").and_hms_opt(0, 0, 0).unwrap().and_utc());
    }
}
