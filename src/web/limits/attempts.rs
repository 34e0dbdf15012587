//! How often somebody was wrong of late.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use crate::config::LimitSettings;
use crate::domain::number::CaseNumber;
use crate::web::limits::Visitor;

/// More keys than this are not remembered: somebody is filling the memory on purpose.
const KEYS_AT_MOST: usize = 100_000;

/// Counts what happened within a stretch of time that moves along. Nothing is locked for good:
/// what is older than the window is forgotten.
#[derive(Debug)]
pub struct Attempts<K> {
    most: usize,
    window: TimeDelta,
    seen: Mutex<HashMap<K, Vec<DateTime<Utc>>>>,
}

impl<K: Eq + Hash> Attempts<K> {
    /// Counts up to `most` within `window`.
    #[must_use]
    pub fn new(most: u32, window: TimeDelta) -> Self {
        Self {
            most: usize::try_from(most).unwrap_or(usize::MAX),
            window,
            seen: Mutex::default(),
        }
    }

    /// Puts one on record.
    pub fn record(&self, key: K, now: DateTime<Utc>) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= KEYS_AT_MOST {
            seen.retain(|_, times| times.last().is_some_and(|last| self.is_recent(*last, now)));
            // Full of recent ones: start over, rather than refuse everybody. The codes are far
            // too long for the tries that this lets through.
            if seen.len() >= KEYS_AT_MOST {
                seen.clear();
            }
        }
        let times = seen.entry(key).or_default();
        times.retain(|time| self.is_recent(*time, now));
        times.push(now);
    }

    /// In how many minutes the next one is allowed; `None` if it is now.
    pub fn wait(&self, key: &K, now: DateTime<Utc>) -> Option<u64> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let times = seen.get(key)?.iter();
        let recent: Vec<_> = times.filter(|time| self.is_recent(**time, now)).collect();
        // The oldest that has to be forgotten before there is room for one more.
        let over = recent.len().checked_sub(self.most)?;
        let left = **recent.get(over)? + self.window - now;
        let minutes = u64::try_from(left.num_seconds()).unwrap_or_default();
        Some(minutes.div_ceil(60).max(1))
    }

    fn is_recent(&self, time: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        now - time < self.window
    }
}

/// Guards the query codes (P11).
///
/// Wrong codes are counted by address and by number, whether there is such a number or not.
/// Once a number is spent, whoever has already been wrong about it has to wait; an address
/// that has not is still heard, so that nobody can shut the applicant out by guessing.
#[derive(Debug)]
pub struct CodeGuard {
    visitors: Attempts<Visitor>,
    numbers: Attempts<CaseNumber>,
    both: Attempts<(Visitor, CaseNumber)>,
}

impl CodeGuard {
    /// A guard as the settings ask for.
    #[must_use]
    pub fn new(limits: &LimitSettings) -> Self {
        let minutes = i64::try_from(limits.throttle_minutes).unwrap_or(15);
        let window = TimeDelta::minutes(minutes);
        Self {
            visitors: Attempts::new(limits.wrong_codes_per_address, window),
            numbers: Attempts::new(limits.wrong_codes_per_number, window),
            both: Attempts::new(1, window),
        }
    }

    /// In how many minutes this visitor may try this number again; `None` if it is now.
    pub fn wait(&self, visitor: Visitor, number: &CaseNumber, now: DateTime<Utc>) -> Option<u64> {
        if let Some(minutes) = self.visitors.wait(&visitor, now) {
            return Some(minutes);
        }
        self.both.wait(&(visitor, number.clone()), now)?;
        self.numbers.wait(number, now)
    }

    /// A code was wrong, or there is no such number.
    pub fn was_wrong(&self, visitor: Visitor, number: &CaseNumber, now: DateTime<Utc>) {
        self.visitors.record(visitor, now);
        self.numbers.record(number.clone(), now);
        self.both.record((visitor, number.clone()), now);
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;
    use crate::config::Config;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000, 0).unwrap()
    }

    #[test]
    fn what_is_past_the_window_is_forgotten() {
        let attempts = Attempts::new(2, TimeDelta::minutes(15));
        attempts.record("a", now());
        assert_eq!(attempts.wait(&"a", now()), None);
        attempts.record("a", now() + TimeDelta::minutes(5));
        assert_eq!(attempts.wait(&"a", now() + TimeDelta::minutes(5)), Some(10));
        assert_eq!(attempts.wait(&"b", now()), None);
        assert_eq!(attempts.wait(&"a", now() + TimeDelta::minutes(15)), None);
    }

    #[test]
    fn a_number_under_attack_is_closed_to_the_attackers_alone() {
        let guard = CodeGuard::new(&Config::load(None).unwrap().limits);
        let visitors: Vec<Visitor> = (0..7)
            .map(|n| Visitor::from(Ipv4Addr::new(198, 51, 100, n)))
            .collect();
        let number: CaseNumber = "LHJD-2026-0001".parse().unwrap();
        for visitor in &visitors[..6] {
            assert_eq!(guard.wait(*visitor, &number, now()), None);
            guard.was_wrong(*visitor, &number, now());
        }
        assert_eq!(guard.wait(visitors[0], &number, now()), Some(15));
        assert_eq!(guard.wait(visitors[6], &number, now()), None);
        let other: CaseNumber = "LHJD-2026-0002".parse().unwrap();
        assert_eq!(guard.wait(visitors[0], &other, now()), None);
    }

    #[test]
    fn one_visitor_has_so_many_tries_over_all_numbers() {
        let guard = CodeGuard::new(&Config::load(None).unwrap().limits);
        let visitor = Visitor::from(Ipv4Addr::LOCALHOST);
        for n in 0..30 {
            let number = CaseNumber::assigned("LHJD", 2026, n);
            assert_eq!(guard.wait(visitor, &number, now()), None);
            guard.was_wrong(visitor, &number, now());
        }
        let number = CaseNumber::assigned("LHJD", 2026, 99);
        assert_eq!(guard.wait(visitor, &number, now()), Some(15));
        assert_eq!(guard.wait(visitor, &number, now() + TimeDelta::minutes(15)), None);
    }

    #[test]
    fn memory_has_an_end() {
        let attempts = Attempts::new(1, TimeDelta::minutes(15));
        for key in 0..=KEYS_AT_MOST {
            attempts.record(key, now());
        }
        assert!(attempts.seen.lock().unwrap().len() <= KEYS_AT_MOST);
        assert!(attempts.wait(&KEYS_AT_MOST, now()).is_some());
    }
}
