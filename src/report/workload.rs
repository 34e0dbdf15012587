//! What falls due in the weeks ahead, by week, by day and by handler; pure sums.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use crate::domain::calendar::{WorkingCalendar, days_after};

/// How many weeks are looked ahead; the first begins today.
pub const WEEKS: u64 = 6;

/// Open cases whose last day for the answer is the same, in the same hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The last day for the answer.
    pub on: NaiveDate,
    /// In whose hands; nobody's yet.
    pub handler: Option<Uuid>,
    /// How many.
    pub count: u64,
}

/// What falls due between today and the end of the last week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workload {
    /// The first day of each week of the span: today, and every seventh day after it.
    pub weeks: Vec<NaiveDate>,
    /// For each pair of hands a number for each week; the busiest first.
    pub handlers: Vec<(Option<Uuid>, Vec<u64>)>,
    /// Every working day, and every other day on which something falls due.
    pub days: Vec<(NaiveDate, u64)>,
}

/// The last day that is looked at: six whole weeks, today included.
#[must_use]
pub fn last_day(today: NaiveDate) -> NaiveDate {
    today
        .checked_add_days(Days::new(WEEKS * 7 - 1))
        .unwrap_or(today)
}

/// The days from `today` to the end of the last week.
fn span(today: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    let last = last_day(today);
    std::iter::once(today).chain(days_after(today).take_while(move |day| *day <= last))
}

/// Whose row a picture of the load shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// A handler's.
    Officer(Uuid),
    /// What nobody handles yet.
    Nobody,
    /// All the others together.
    Rest,
}

impl Workload {
    /// Sums what falls due from `today` on; what lies outside the span is left out.
    #[must_use]
    pub fn of(today: NaiveDate, due: &[Due], calendar: &WorkingCalendar) -> Self {
        let last = last_day(today);
        let within: Vec<&Due> = due
            .iter()
            .filter(|due| (today..=last).contains(&due.on))
            .collect();
        let weeks: Vec<NaiveDate> = span(today).step_by(7).collect();
        let week_of = |day: NaiveDate| weeks.iter().rposition(|first| *first <= day);
        let mut by_day: BTreeMap<NaiveDate, u64> = span(today)
            .filter(|day| calendar.is_working(*day))
            .map(|day| (day, 0))
            .collect();
        let hands: BTreeSet<Option<Uuid>> = within.iter().map(|due| due.handler).collect();
        let mut by_hands: BTreeMap<Option<Uuid>, Vec<u64>> = hands
            .into_iter()
            .map(|who| (who, vec![0; weeks.len()]))
            .collect();
        for due in within {
            *by_day.entry(due.on).or_default() += due.count;
            let weeks = by_hands.get_mut(&due.handler);
            let week = week_of(due.on).and_then(|week| weeks?.get_mut(week));
            if let Some(week) = week {
                *week += due.count;
            }
        }
        let mut handlers: Vec<_> = by_hands.into_iter().collect();
        handlers.sort_by_key(|(_, weeks)| std::cmp::Reverse(weeks.iter().sum::<u64>()));
        Self { weeks, handlers, days: by_day.into_iter().collect() }
    }

    /// The handlers as at most `places` rows: the busiest by themselves, the rest as one,
    /// [`Share::Rest`].
    #[must_use]
    pub fn busiest(&self, places: usize) -> Vec<(Share, Vec<u64>)> {
        let alone = if self.handlers.len() > places {
            places.saturating_sub(1)
        } else {
            self.handlers.len()
        };
        let named = self.handlers.iter().take(alone);
        let mut rows: Vec<_> = named
            .map(|(who, weeks)| (who.map_or(Share::Nobody, Share::Officer), weeks.clone()))
            .collect();
        let rest: Vec<_> = self.handlers.iter().skip(alone).collect();
        if !rest.is_empty() {
            let week = |at: usize| rest.iter().filter_map(|(_, weeks)| weeks.get(at)).sum();
            rows.push((Share::Rest, (0..self.weeks.len()).map(week).collect()));
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::calendar::tests::{calendar_2024_2025, date};

    #[test]
    fn the_span_is_exactly_six_weeks_and_has_every_working_day() {
        let today = date("2024-09-25");
        assert_eq!(last_day(today), date("2024-11-05"), "today and 41 days");
        let due = |on| Due { on: date(on), handler: None, count: 1 };
        let ends = [due("2024-11-05"), due("2024-11-06")];
        let load = Workload::of(today, &ends, &calendar_2024_2025());
        assert_eq!(load.weeks.len(), 6);
        assert_eq!((load.weeks[0], load.weeks[1]), (today, date("2024-10-02")));
        assert_eq!(load.handlers, [(None, vec![0, 0, 0, 0, 0, 1])], "the day after is left out");
        let days: Vec<_> = load.days.iter().map(|(day, _)| *day).collect();
        assert!(days.contains(&date("2024-09-29")), "worked in lieu");
        assert!(!days.contains(&date("2024-10-02")), "a holiday");
    }

    proptest! {
        #[test]
        fn every_way_of_dividing_is_the_count_by_hand(
            cases in prop::collection::vec((0_u64..60, prop::option::of(0_u128..7)), 0..80),
        ) {
            let today = date("2024-09-25");
            let due: Vec<Due> = cases
                .iter()
                .map(|(after, who)| Due {
                    on: date("2024-09-20") + Days::new(*after),
                    handler: who.map(Uuid::from_u128),
                    count: 1,
                })
                .collect();
            let load = Workload::of(today, &due, &calendar_2024_2025());
            let within = |due: &&Due| due.on >= today && due.on <= date("2024-11-05");
            let by_hand = u64::try_from(due.iter().filter(within).count()).unwrap();
            prop_assert_eq!(load.days.iter().map(|(_, count)| count).sum::<u64>(), by_hand);
            for rows in [load.busiest(4), load.busiest(99)] {
                let sum: u64 = rows.iter().flat_map(|(_, weeks)| weeks).sum();
                prop_assert_eq!(sum, by_hand);
            }
            prop_assert!(load.busiest(4).len() <= 4);
            for (who, weeks) in &load.handlers {
                for (at, first) in load.weeks.iter().enumerate() {
                    let next = load.weeks.get(at + 1).copied().unwrap_or(date("2024-11-06"));
                    let hand = due.iter().filter(|due| {
                        due.handler == *who && *first <= due.on && due.on < next
                    });
                    prop_assert_eq!(weeks[at], u64::try_from(hand.count()).unwrap());
                }
            }
        }
    }
}
