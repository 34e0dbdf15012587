//! 统计: the year so far against the year before to the same day; pure sums of grouped cases.

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate};
use uuid::Uuid;

use crate::domain::applicant::ApplicantKind;
use crate::domain::channel::Channel;
use crate::domain::outcome::Outcome;
use crate::report::line::Column;

/// Applications that were received on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received {
    /// Who answers.
    pub agency: Uuid,
    /// 收到申请之日.
    pub on: NaiveDate,
    /// How they came in.
    pub channel: Channel,
    /// The column of section three.
    pub kind: ApplicantKind,
    /// How many.
    pub count: u64,
}

/// Applications that were closed on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed {
    /// Who answered.
    pub agency: Uuid,
    /// The day of closing.
    pub on: NaiveDate,
    /// How.
    pub outcome: Outcome,
    /// How many.
    pub count: u64,
}

/// Answers that took so many working days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// The working days that counted.
    pub working_days: u32,
    /// Whether they were more than allowed.
    pub is_late: bool,
    /// How many answers.
    pub count: u64,
}

/// Answers that were decided on and have not left the office: in time or not is not said yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Unsent {
    /// All of them.
    pub all: u64,
    /// Those whose last day is over.
    pub late: u64,
}

/// A number of this year beside that of last year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// What is counted.
    pub label: String,
    /// This year, to the day.
    pub this_year: u64,
    /// Last year, to the same day.
    pub last_year: u64,
}

/// How fast answers were given, by the day on which they left the office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Timeliness {
    /// Answers whose days are known.
    pub answers: u64,
    /// Those in time.
    pub in_time: u64,
    /// Half of the answers took no longer.
    pub median: Option<u32>,
    /// Nine of ten answers took no longer.
    pub ninety: Option<u32>,
}

/// The figures of a year, to a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// The last day that is counted.
    pub until: NaiveDate,
    /// Received and closed.
    pub totals: Vec<Comparison>,
    /// Received, by month.
    pub received_by_month: Vec<Comparison>,
    /// Closed, by month.
    pub closed_by_month: Vec<Comparison>,
    /// Received, by channel.
    pub channels: Vec<Comparison>,
    /// Received, by column.
    pub kinds: Vec<Comparison>,
    /// Closed, by outcome; those that never occurred are left out.
    pub outcomes: Vec<Comparison>,
    /// Received, by agency; those with none are left out.
    pub units: Vec<Comparison>,
}

/// The day of `year` that stands where `day` stands in its own year; 29 February of a leap year
/// stands at the end of February.
#[must_use]
pub fn same_day(day: NaiveDate, year: i32) -> NaiveDate {
    day.with_year(year)
        .or_else(|| NaiveDate::from_ymd_opt(year, 2, 28))
        .unwrap_or(day)
}

/// Two sums side by side.
#[derive(Debug, Clone, Copy, Default)]
struct Pair([u64; 2]);

impl Pair {
    fn add(&mut self, is_last: bool, count: u64) {
        let [this, last] = &mut self.0;
        let sum = if is_last { last } else { this };
        *sum = sum.saturating_add(count);
    }

    fn named(self, label: impl Into<String>) -> Comparison {
        let [this_year, last_year] = self.0;
        Comparison { label: label.into(), this_year, last_year }
    }

    const fn is_empty(self) -> bool {
        matches!(self.0, [0, 0])
    }
}

impl Figures {
    /// Sums what was received and closed from New Year to `until`, and in the year before to
    /// the same day; `name` tells what an agency is called.
    #[must_use]
    pub fn of(
        until: NaiveDate,
        received: &[Received],
        closed: &[Closed],
        name: impl Fn(Uuid) -> String,
    ) -> Self {
        let year = until.year();
        let before = same_day(until, year - 1);
        // Which of the two years a day belongs to; days after the cut belong to none.
        let place = |day: NaiveDate| match day.year() {
            of if of == year && day <= until => Some(false),
            of if of == year - 1 && day <= before => Some(true),
            _ => None,
        };
        let mut totals = [Pair::default(); 2];
        let mut months = [[Pair::default(); 12]; 2];
        let (mut channels, mut kinds, mut units) =
            (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let mut outcomes: BTreeMap<Outcome, Pair> = BTreeMap::new();
        let [received_months, closed_months] = &mut months;
        let [received_total, closed_total] = &mut totals;
        for row in received {
            let Some(is_last) = place(row.on) else {
                continue;
            };
            received_total.add(is_last, row.count);
            if let Some(month) = month(received_months, row.on) {
                month.add(is_last, row.count);
            }
            pair(&mut channels, row.channel).add(is_last, row.count);
            pair(&mut kinds, row.kind).add(is_last, row.count);
            pair(&mut units, row.agency).add(is_last, row.count);
        }
        for row in closed {
            let Some(is_last) = place(row.on) else {
                continue;
            };
            closed_total.add(is_last, row.count);
            if let Some(month) = month(closed_months, row.on) {
                month.add(is_last, row.count);
            }
            pair(&mut outcomes, row.outcome).add(is_last, row.count);
        }
        let by_month = |months: &[Pair; 12]| -> Vec<Comparison> {
            let months = (1..)
                .zip(months)
                .take_while(|(month, _)| *month <= until.month());
            months
                .map(|(month, pair)| pair.named(format!("{month}月")))
                .collect()
        };
        let of = |pairs: &BTreeMap<Channel, Pair>, channel| pairs.get(&channel).copied();
        Self {
            until,
            totals: vec![received_total.named("新收"), closed_total.named("办结")],
            received_by_month: by_month(received_months),
            closed_by_month: by_month(closed_months),
            channels: Channel::ALL
                .iter()
                .map(|channel| {
                    of(&channels, *channel)
                        .unwrap_or_default()
                        .named(channel.label())
                })
                .collect(),
            kinds: ApplicantKind::ALL
                .iter()
                .map(|kind| {
                    let pair = kinds.get(kind).copied().unwrap_or_default();
                    pair.named(Column::Kind(*kind).title())
                })
                .collect(),
            outcomes: outcomes
                .into_iter()
                .filter(|(_, pair)| !pair.is_empty())
                .map(|(outcome, pair)| pair.named(outcome.full_label()))
                .collect(),
            units: units
                .into_iter()
                .map(|(agency, pair)| pair.named(name(agency)))
                .collect(),
        }
    }
}

fn pair<K: Ord>(pairs: &mut BTreeMap<K, Pair>, key: K) -> &mut Pair {
    pairs.entry(key).or_default()
}

fn month(months: &mut [Pair; 12], day: NaiveDate) -> Option<&mut Pair> {
    let place = usize::try_from(day.month0()).ok()?;
    months.get_mut(place)
}

impl Timeliness {
    /// Sums answers by how long they took.
    #[must_use]
    pub fn of(taken: &[Taken]) -> Self {
        let mut days: Vec<(u32, u64)> = taken
            .iter()
            .map(|taken| (taken.working_days, taken.count))
            .collect();
        days.sort_unstable();
        let answers: u64 = days.iter().map(|(_, count)| count).sum();
        let late: u64 = taken
            .iter()
            .filter(|taken| taken.is_late)
            .map(|taken| taken.count)
            .sum();
        // The smallest number of days that so many in a hundred answers did not exceed.
        let rank = |share: u64| {
            let wanted = (answers * share).div_ceil(100).max(1);
            let mut reached = 0;
            days.iter()
                .find(|(_, count)| {
                    reached += count;
                    reached >= wanted
                })
                .map(|(days, _)| *days)
        };
        Self { answers, in_time: answers - late, median: rank(50), ninety: rank(90) }
    }

    /// The share in time, in tenths of a per cent; nothing without answers.
    #[must_use]
    pub fn share_in_time(self) -> Option<String> {
        (self.answers > 0).then(|| {
            let tenths = (self.in_time * 1000 + self.answers / 2) / self.answers;
            format!("{}.{}%", tenths / 10, tenths % 10)
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn received(on: &str, count: u64) -> Received {
        Received {
            agency: Uuid::nil(),
            on: day(on),
            channel: Channel::Online,
            kind: ApplicantKind::Natural,
            count,
        }
    }

    #[test]
    fn last_year_is_counted_to_the_same_day() {
        let rows = [
            received("2026-01-05", 2),
            received("2026-03-02", 1),
            received("2026-03-03", 50),
            received("2025-03-02", 4),
            received("2025-03-03", 70),
            received("2024-01-01", 90),
        ];
        let figures = Figures::of(day("2026-03-02"), &rows, &[], |_| "某局".to_owned());
        assert_eq!((figures.totals[0].this_year, figures.totals[0].last_year), (3, 4));
        let months: Vec<(&str, u64, u64)> = figures
            .received_by_month
            .iter()
            .map(|month| (&*month.label, month.this_year, month.last_year))
            .collect();
        assert_eq!(months, [("1月", 2, 0), ("2月", 0, 0), ("3月", 1, 4)]);
        assert_eq!(same_day(day("2024-02-29"), 2023), day("2023-02-28"));
    }

    #[test]
    fn half_and_nine_in_ten_answers_took_no_longer() {
        let taken = |working_days, is_late, count| Taken { working_days, is_late, count };
        let figures =
            Timeliness::of(&[taken(20, false, 1), taken(3, false, 8), taken(25, true, 1)]);
        assert_eq!((figures.median, figures.ninety), (Some(3), Some(20)));
        assert_eq!(figures.share_in_time().unwrap(), "90.0%");
        assert_eq!(Timeliness::of(&[]), Timeliness::default());
        assert_eq!(Timeliness::default().share_in_time(), None);
    }

    proptest! {
        #[test]
        fn every_way_of_dividing_gives_the_same_total(
            rows in prop::collection::vec((0_u64..900, 0_usize..5, 0_usize..6, 1_u64..4), 0..80),
            cut in 0_u64..365,
        ) {
            let first = day("2025-01-01");
            let until = day("2026-01-01") + chrono::Days::new(cut);
            let rows: Vec<Received> = rows
                .into_iter()
                .map(|(after, channel, kind, count)| Received {
                    agency: Uuid::from_u128(u128::from(after % 3)),
                    on: first + chrono::Days::new(after),
                    channel: Channel::ALL[channel % Channel::ALL.len()],
                    kind: ApplicantKind::ALL[kind],
                    count,
                })
                .collect();
            let figures = Figures::of(until, &rows, &[], |agency| agency.to_string());
            let by_hand: u64 = rows
                .iter()
                .filter(|row| row.on.year() == 2026 && row.on <= until)
                .map(|row| row.count)
                .sum();
            for parts in [&figures.received_by_month, &figures.channels, &figures.kinds, &figures.units] {
                let this: u64 = parts.iter().map(|part| part.this_year).sum();
                let last: u64 = parts.iter().map(|part| part.last_year).sum();
                prop_assert_eq!(this, by_hand);
                prop_assert_eq!(last, figures.totals[0].last_year);
            }
        }

        #[test]
        fn ranks_are_those_of_the_sorted_list(
            taken in prop::collection::vec((0_u32..40, 1_u64..5), 1..30)
        ) {
            let groups: Vec<Taken> = taken
                .iter()
                .map(|(working_days, count)| Taken { working_days: *working_days, is_late: false, count: *count })
                .collect();
            let mut sorted: Vec<u32> = taken
                .iter()
                .flat_map(|(days, count)| (0..*count).map(|_| *days))
                .collect();
            sorted.sort_unstable();
            let at = |share: usize| sorted[(sorted.len() * share).div_ceil(100).max(1) - 1];
            let figures = Timeliness::of(&groups);
            prop_assert_eq!(figures.median, Some(at(50)));
            prop_assert_eq!(figures.ninety, Some(at(90)));
        }
    }
}
