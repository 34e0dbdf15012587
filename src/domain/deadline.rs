//! 答复期限: the last day for the answer, with the reason for every day.

use chrono::{Datelike, NaiveDate};
use thiserror::Error;

use crate::domain::calendar::{DayKind, WorkingCalendar, days_after};
use crate::domain::consultation::Consultation;

/// 答复: working days from receipt (art. 33(2)).
pub const REPLY: u32 = 20;
/// 延长答复期限: working days more, at most (art. 33(2)).
pub const EXTENSION_AT_MOST: u32 = 20;
/// 补正告知: working days from receipt (art. 30).
pub const CORRECTION_NOTICE: u32 = 7;
/// 征求意见: working days from the day the party got the letter (art. 32, art. 34).
pub const CONSULTATION: u32 = 15;
/// 缴费: working days from the day after the notice was received (国办函〔2020〕109号 art. 6).
pub const PAYMENT: u32 = 20;

/// A year whose arrangement is not known, and does not lie beyond the last known one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("没有 {0} 年的节假日安排，无法计算期限")]
pub struct UnknownYear(pub i32);

/// A day computed by the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueDate {
    /// The day.
    pub on: NaiveDate,
    /// Whether it was counted over a year whose arrangement is not published yet, by weekends
    /// alone; it will be recomputed then.
    pub provisional: bool,
}

/// The time in which the office has to answer: one run of 20 working days and what was
/// granted on top.
///
/// A correction and a payment each start a new term (art. 30; 国办函〔2020〕109号 art. 6), to
/// which earlier extensions and consultations do not belong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyTerm {
    /// Which term of the case it is, from 1.
    pub number: u32,
    /// The day of receipt: of the application (art. 31), of its correction, or of the payment.
    pub started_on: NaiveDate,
    /// 延期, granted at most once in a term.
    pub extension: Option<Extension>,
    /// 延迟答复, fixed at most once in a term.
    pub delay: Option<Delay>,
}

/// 延长答复期限 (art. 33(2)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extension {
    /// Working days, from 1 to [`EXTENSION_AT_MOST`].
    pub days: u32,
    /// The day on which it was decided and told to the applicant.
    pub decided_on: NaiveDate,
}

/// 延迟答复的合理期限 (art. 35): a day that the head fixes, which the law does not cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delay {
    /// The last day for the answer.
    pub until: NaiveDate,
    /// The day on which it was decided and told to the applicant.
    pub decided_on: NaiveDate,
}

/// Why a day counts, or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayReason {
    /// The day on which the term starts; never counted.
    Receipt,
    /// A counted working day.
    Counted,
    /// A counted weekend day, worked in lieu (调休).
    Makeup,
    /// An ordinary weekend day.
    Weekend,
    /// A day off by the year's arrangement.
    Holiday,
    /// A working day on which the term stands still (art. 33(3)).
    Excluded,
    /// A working day after the counted ones, up to the day fixed for a delayed answer (art. 35).
    Delayed,
}

impl DayReason {
    /// The identifier, as given out.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Receipt => "receipt",
            Self::Counted => "counted",
            Self::Makeup => "makeup",
            Self::Weekend => "weekend",
            Self::Holiday => "holiday",
            Self::Excluded => "excluded",
            Self::Delayed => "delayed",
        }
    }
}

/// One day of a term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermDay {
    /// The day.
    pub date: NaiveDate,
    /// Why it counts or not.
    pub reason: DayReason,
    /// How many working days have been counted at its end.
    pub count: u32,
    /// The holiday's name, or what the term stands still for; in Chinese, empty if plain.
    pub note: String,
}

/// How long an answer took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answered {
    /// The working days of its term that counted until then.
    pub working_days: u32,
    /// Whether it came after the last day.
    pub is_late: bool,
}

/// A term day by day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// From the day the term starts to the day it ends, both included.
    pub days: Vec<TermDay>,
    /// The last day for the answer.
    pub due: DueDate,
}

impl ReplyTerm {
    /// The first term of a case, from the day of receipt.
    #[must_use]
    pub const fn first(received_on: NaiveDate) -> Self {
        Self { number: 1, started_on: received_on, extension: None, delay: None }
    }

    /// How many working days are allowed in all.
    #[must_use]
    pub fn allowed(&self) -> u32 {
        REPLY + self.extension.map_or(0, |extension| extension.days)
    }

    /// The last working day on which the answer is in time.
    ///
    /// # Errors
    ///
    /// [`UnknownYear`], see [`schedule`](Self::schedule).
    pub fn due(
        &self,
        consultations: &[Consultation],
        calendar: &WorkingCalendar,
    ) -> Result<DueDate, UnknownYear> {
        self.schedule(consultations, calendar)
            .map(|schedule| schedule.due)
    }

    /// How long an answer on the day `on` took: the working days that counted until then,
    /// and whether it was late. What the term stood still for is not counted.
    ///
    /// # Errors
    ///
    /// [`UnknownYear`], if a year that was touched is not known: no number is better than a
    /// wrong one.
    pub fn answered(
        &self,
        on: NaiveDate,
        consultations: &[Consultation],
        calendar: &WorkingCalendar,
    ) -> Result<Answered, UnknownYear> {
        if checked(self.started_on, on, calendar)?.provisional {
            return Err(UnknownYear(on.year()));
        }
        let pauses = self.pauses(consultations, calendar);
        let mut count = 0;
        for date in days_after(self.started_on).take_while(|date| *date <= on) {
            count = term_day(date, count, &pauses, calendar).count;
        }
        let is_late = on > self.due(consultations, calendar)?.on;
        Ok(Answered { working_days: count, is_late })
    }

    /// The days on which this term stands still.
    fn pauses(&self, consultations: &[Consultation], calendar: &WorkingCalendar) -> Vec<Pause> {
        consultations
            .iter()
            .filter(|consultation| consultation.term == self.number)
            .map(|consultation| Pause::of(consultation, calendar))
            .collect()
    }

    /// The term day by day, up to the last working day on which the answer is in time.
    ///
    /// The day of receipt is not counted: the first working day after it is day 1. A working
    /// day is left out while any consultation of this term is open; a day shared by several
    /// is left out once. Where the answer was put off (art. 35), the days after the counted ones
    /// follow up to the day that was fixed, and to the next working day if the office does not
    /// work on it; requiring reasons alone changes no day.
    ///
    /// # Errors
    ///
    /// [`UnknownYear`], if the term touches a year whose arrangement is not known, unless it
    /// lies beyond the last known year: then weekends alone are left out and the date is
    /// provisional.
    ///
    /// Source: 《政府信息公开条例》 art. 31, art. 33(2), (3), art. 35.
    pub fn schedule(
        &self,
        consultations: &[Consultation],
        calendar: &WorkingCalendar,
    ) -> Result<Schedule, UnknownYear> {
        let pauses = self.pauses(consultations, calendar);
        let mut days = vec![TermDay {
            date: self.started_on,
            reason: DayReason::Receipt,
            count: 0,
            note: String::new(),
        }];
        let mut count = 0;
        for date in days_after(self.started_on) {
            let day = term_day(date, count, &pauses, calendar);
            count = day.count;
            days.push(day);
            if count == self.allowed() {
                break;
            }
        }
        if let (Some(delay), Some(last)) = (self.delay, days.last().map(|day| day.date)) {
            days.extend(put_off(last, delay.until, count, calendar));
        }
        let due_on = days.last().map_or(self.started_on, |day| day.date);
        let due = checked(self.started_on, due_on, calendar)?;
        Ok(Schedule { days, due })
    }
}

/// The n-th working day after `day`, with what is known about it.
///
/// # Errors
///
/// [`UnknownYear`], see [`ReplyTerm::schedule`].
pub fn working_days_after(
    day: NaiveDate,
    n: u32,
    calendar: &WorkingCalendar,
) -> Result<DueDate, UnknownYear> {
    checked(day, calendar.nth_working_day_after(day, n), calendar)
}

/// 补正告知 must be sent on or before this day: the 7th working day after receipt (art. 30).
///
/// # Errors
///
/// [`UnknownYear`], see [`ReplyTerm::schedule`].
pub fn correction_notice_by(
    received_on: NaiveDate,
    calendar: &WorkingCalendar,
) -> Result<DueDate, UnknownYear> {
    working_days_after(received_on, CORRECTION_NOTICE, calendar)
}

/// The days on which the term stands still for one consultation.
struct Pause {
    after: NaiveDate,
    until: NaiveDate,
    note: &'static str,
}

impl Pause {
    fn of(consultation: &Consultation, calendar: &WorkingCalendar) -> Self {
        use crate::domain::consultation::Party;
        Self {
            after: consultation.sent_on,
            until: consultation.ends_on(calendar),
            note: match consultation.party {
                Party::ThirdParty => "征求第三方意见",
                Party::Agency => "征求其他机关意见",
            },
        }
    }
}

fn term_day(
    date: NaiveDate,
    counted: u32,
    pauses: &[Pause],
    calendar: &WorkingCalendar,
) -> TermDay {
    let pause = pauses
        .iter()
        .find(|pause| pause.after < date && date <= pause.until);
    let (reason, note) = match (calendar.kind_of(date), pause) {
        (DayKind::Weekend, _) => (DayReason::Weekend, ""),
        (DayKind::Holiday(name), _) => (DayReason::Holiday, name),
        (DayKind::Workday | DayKind::Makeup(_), Some(pause)) => (DayReason::Excluded, pause.note),
        (DayKind::Workday, None) => (DayReason::Counted, ""),
        (DayKind::Makeup(name), None) => (DayReason::Makeup, name),
    };
    let counts = matches!(reason, DayReason::Counted | DayReason::Makeup);
    TermDay {
        date,
        reason,
        count: counted + u32::from(counts),
        note: note.to_owned(),
    }
}

/// The days after the counted ones, from the day after `last` to `until` or the first working
/// day after it; none if `until` is no later.
fn put_off(
    last: NaiveDate,
    until: NaiveDate,
    count: u32,
    calendar: &WorkingCalendar,
) -> Vec<TermDay> {
    let mut days = Vec::new();
    if until <= last {
        return days;
    }
    for date in days_after(last) {
        let mut day = term_day(date, count, &[], calendar);
        if matches!(day.reason, DayReason::Counted | DayReason::Makeup) {
            day.reason = DayReason::Delayed;
            day.count = count;
        }
        let works = day.reason == DayReason::Delayed;
        days.push(day);
        if works && date >= until {
            break;
        }
    }
    days
}

/// Looks whether every year from `from` to `until` is known.
fn checked(
    from: NaiveDate,
    until: NaiveDate,
    calendar: &WorkingCalendar,
) -> Result<DueDate, UnknownYear> {
    let last = calendar.last_year().unwrap_or(i32::MIN);
    let unknown = (from.year()..=until.year()).find(|year| !calendar.covers(*year));
    match unknown {
        Some(year) if year < last => Err(UnknownYear(year)),
        unknown => Ok(DueDate { on: until, provisional: unknown.is_some() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::tests::{calendar_2024_2025, date};
    use crate::domain::consultation::{Opinion, Party};

    fn due(term: &ReplyTerm, consultations: &[Consultation]) -> DueDate {
        term.due(consultations, &calendar_2024_2025()).unwrap()
    }

    fn consultation(number: u32, sent_on: &str, replied_on: Option<&str>) -> Consultation {
        Consultation {
            number,
            term: 1,
            party: Party::ThirdParty,
            sent_on: date(sent_on),
            delivered_on: None,
            reply: replied_on.map(|day| (date(day), Opinion::Agrees)),
        }
    }

    #[test]
    fn an_answer_is_late_after_its_last_day_and_counts_only_what_ran() {
        let calendar = calendar_2024_2025();
        let mut term = ReplyTerm::first(date("2024-11-04"));
        let answered = |term: &ReplyTerm, on: &str| {
            term.answered(date(on), &[consultation(1, "2024-11-11", Some("2024-11-15"))], &calendar)
                .unwrap()
        };
        // Five days before the letter, and what follows the reply.
        assert_eq!(answered(&term, "2024-11-18").working_days, 6);
        let due_on = due(&term, &[consultation(1, "2024-11-11", Some("2024-11-15"))]).on;
        assert!(!answered(&term, &due_on.to_string()).is_late);
        assert!(answered(&term, &due_on.succ_opt().unwrap().to_string()).is_late);
        term.delay = Some(Delay { until: date("2024-12-31"), decided_on: date("2024-11-20") });
        assert!(!answered(&term, "2024-12-31").is_late && answered(&term, "2025-01-02").is_late);
    }

    #[test]
    fn the_worked_example_runs_over_the_national_day() {
        let due = due(&ReplyTerm::first(date("2024-09-24")), &[]);
        assert_eq!(due, DueDate { on: date("2024-10-25"), provisional: false });
    }

    #[test]
    fn every_day_of_the_worked_example_has_its_reason() {
        let schedule = ReplyTerm::first(date("2024-09-24"))
            .schedule(&[], &calendar_2024_2025())
            .unwrap();
        let on = |day: &str| {
            let found = schedule
                .days
                .iter()
                .find(|term_day| term_day.date == date(day))
                .unwrap();
            (found.reason, found.count)
        };
        assert_eq!(on("2024-09-24"), (DayReason::Receipt, 0));
        assert_eq!(on("2024-09-25"), (DayReason::Counted, 1));
        assert_eq!(on("2024-09-28"), (DayReason::Weekend, 3));
        assert_eq!(on("2024-09-29"), (DayReason::Makeup, 4));
        assert_eq!(on("2024-10-01"), (DayReason::Holiday, 5));
        assert_eq!(on("2024-10-25"), (DayReason::Counted, 20));
    }

    #[test]
    fn a_day_of_receipt_at_the_weekend_is_still_not_day_one() {
        let on_saturday = due(&ReplyTerm::first(date("2024-10-19")), &[]);
        let on_sunday = due(&ReplyTerm::first(date("2024-10-20")), &[]);
        assert_eq!(on_saturday, on_sunday);
        assert_eq!(on_sunday.on, date("2024-11-15"));
    }

    #[test]
    fn asking_a_third_party_takes_no_time_from_the_term() {
        let term = ReplyTerm::first(date("2024-10-21"));
        let plain = due(&term, &[]).on;
        let asked = due(&term, &[consultation(1, "2024-10-23", Some("2024-10-30"))]).on;
        let calendar = calendar_2024_2025();
        assert_eq!(calendar.working_days_between(plain, asked), 5);
    }

    #[test]
    fn consultations_at_once_stop_the_union_of_their_days() {
        let term = ReplyTerm::first(date("2024-10-21"));
        let one = consultation(1, "2024-10-23", Some("2024-10-30"));
        let within = consultation(2, "2024-10-24", Some("2024-10-29"));
        assert_eq!(due(&term, &[one.clone(), within]), due(&term, &[one]));
    }

    #[test]
    fn an_open_consultation_is_taken_to_last_its_full_term_and_no_longer() {
        let term = ReplyTerm::first(date("2024-10-21"));
        let open = due(&term, &[consultation(1, "2024-10-23", None)]);
        let late = due(&term, &[consultation(1, "2024-10-23", Some("2024-12-20"))]);
        let calendar = calendar_2024_2025();
        assert_eq!(open, late);
        assert_eq!(calendar.working_days_between(due(&term, &[]).on, open.on), 15);
    }

    #[test]
    fn the_fifteen_days_run_from_the_delivery_once_it_is_known() {
        let term = ReplyTerm::first(date("2024-10-21"));
        let mut open = consultation(1, "2024-10-23", None);
        open.delivered_on = Some(date("2024-10-25"));
        let calendar = calendar_2024_2025();
        assert_eq!(calendar.working_days_between(due(&term, &[]).on, due(&term, &[open]).on), 17);
    }

    #[test]
    fn a_delayed_answer_is_due_on_the_day_that_was_fixed() {
        let delayed = |until: &str| ReplyTerm {
            delay: Some(Delay { until: date(until), decided_on: date("2024-10-10") }),
            ..ReplyTerm::first(date("2024-09-24"))
        };
        assert_eq!(due(&delayed("2024-11-29"), &[]).on, date("2024-11-29"));
        // A day on which nobody works after all moves to the next working day.
        assert_eq!(due(&delayed("2024-11-30"), &[]).on, date("2024-12-02"));
        // It never makes a term shorter.
        assert_eq!(due(&delayed("2024-10-15"), &[]).on, date("2024-10-25"));
        let schedule = delayed("2024-10-29")
            .schedule(&[], &calendar_2024_2025())
            .unwrap();
        let after: Vec<_> = schedule
            .days
            .iter()
            .skip_while(|day| day.count < 20)
            .collect();
        let reasons: Vec<_> = after
            .iter()
            .map(|day| (day.reason.code(), day.count))
            .collect();
        let expected = [
            ("counted", 20),
            ("weekend", 20),
            ("weekend", 20),
            ("delayed", 20),
            ("delayed", 20),
        ];
        assert_eq!(reasons, expected);
    }

    #[test]
    fn a_term_into_a_year_not_yet_announced_is_provisional() {
        let due = due(&ReplyTerm::first(date("2025-12-20")), &[]);
        assert_eq!(due, DueDate { on: date("2026-01-16"), provisional: true });
    }

    #[test]
    fn a_year_missing_before_the_last_known_one_is_refused() {
        let term = ReplyTerm::first(date("2023-06-01"));
        assert_eq!(term.due(&[], &calendar_2024_2025()), Err(UnknownYear(2023)));
    }
}
