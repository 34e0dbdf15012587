//! 行政复议、行政诉讼 against an answer, and how they ended.
//!
//! Source: art. 51; 《政府信息公开工作年度报告格式》, section four.

use chrono::{Datelike as _, NaiveDate};
use thiserror::Error;

/// Which way somebody went against an answer: the three blocks of section four.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    /// 行政复议.
    Reconsideration,
    /// 行政诉讼，未经复议直接起诉.
    DirectLitigation,
    /// 行政诉讼，复议后起诉.
    AfterReconsideration,
}

impl Way {
    /// The three ways, in printed order.
    pub const ALL: [Self; 3] = [
        Self::Reconsideration,
        Self::DirectLitigation,
        Self::AfterReconsideration,
    ];

    /// The identifier, as stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Reconsideration => "reconsideration",
            Self::DirectLitigation => "direct_litigation",
            Self::AfterReconsideration => "after_reconsideration",
        }
    }

    /// The way with this [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.code() == code)
    }

    /// What people call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Reconsideration => "行政复议",
            Self::DirectLitigation => "行政诉讼（未经复议直接起诉）",
            Self::AfterReconsideration => "行政诉讼（复议后起诉）",
        }
    }
}

/// How it ended for the agency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ruling {
    /// 结果维持.
    Upheld,
    /// 结果纠正.
    Corrected,
    /// 其他结果.
    Other,
}

impl Ruling {
    /// The three, in printed order.
    pub const ALL: [Self; 3] = [Self::Upheld, Self::Corrected, Self::Other];

    /// The identifier, as stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Upheld => "upheld",
            Self::Corrected => "corrected",
            Self::Other => "other",
        }
    }

    /// The ruling with this [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ruling| ruling.code() == code)
    }

    /// What the form calls it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Upheld => "结果维持",
            Self::Corrected => "结果纠正",
            Self::Other => "其他结果",
        }
    }
}

/// One review or suit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redress {
    /// Which way.
    pub way: Way,
    /// The day on which the authority or court took it up.
    pub begun_on: NaiveDate,
    /// The authority or court.
    pub authority: String,
    /// Its own number for it; may be empty.
    pub file_number: String,
    /// The day on which it ended, and how; nothing while it is pending (尚未审结).
    pub ended: Option<(NaiveDate, Ruling)>,
}

/// What cannot be put on record so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RedressFault {
    /// Nothing was received that anybody could go against, an answer that fails to come included.
    #[error("本案还没有确认收到，不能登记复议、诉讼")]
    NotReceived,
    /// Before the application was received.
    #[error("受理日期不能早于收到申请之日")]
    BeforeReceipt,
    /// A day that lies ahead.
    #[error("日期不能晚于今天")]
    InTheFuture,
    /// Ended before it began.
    #[error("审结日期不能早于受理日期")]
    EndedBeforeItBegan,
    /// A suit after a review that is not on record as ended by then.
    #[error("复议后起诉的，应当先登记已经审结的行政复议，且起诉受理不早于复议审结")]
    NoReviewBefore,
}

impl Redress {
    /// The record as it stood on the last day of a year: what ended later was pending then.
    #[must_use]
    pub fn at_the_end_of(mut self, year: i32) -> Self {
        self.ended = self.ended.filter(|(on, _)| on.year() <= year);
        self
    }

    /// Whether it can be put on record, beside the others of its case. People may go against an
    /// answer, and against an agency that gives none (art. 51), so that the case need not be
    /// closed.
    ///
    /// # Errors
    ///
    /// [`RedressFault`], the first one.
    pub fn check<'a>(
        &self,
        received_on: Option<NaiveDate>,
        today: NaiveDate,
        mut others: impl Iterator<Item = &'a Self>,
    ) -> Result<(), RedressFault> {
        let received_on = received_on.ok_or(RedressFault::NotReceived)?;
        if self.begun_on < received_on {
            return Err(RedressFault::BeforeReceipt);
        }
        let ended_on = self.ended.map(|(on, _)| on);
        if self.begun_on > today || ended_on.is_some_and(|on| on > today) {
            return Err(RedressFault::InTheFuture);
        }
        if ended_on.is_some_and(|on| on < self.begun_on) {
            return Err(RedressFault::EndedBeforeItBegan);
        }
        let follows = |other: &Self| {
            other.way == Way::Reconsideration
                && other.ended.is_some_and(|(on, _)| on <= self.begun_on)
        };
        if self.way == Way::AfterReconsideration && !others.any(follows) {
            return Err(RedressFault::NoReviewBefore);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn redress(way: Way, begun: &str, ended: Option<&str>) -> Redress {
        Redress {
            way,
            begun_on: day(begun),
            authority: "西峡县人民政府".to_owned(),
            file_number: String::new(),
            ended: ended.map(|on| (day(on), Ruling::Upheld)),
        }
    }

    #[test]
    fn what_ended_in_a_later_year_was_pending_at_the_end_of_this_one() {
        let review = redress(Way::Reconsideration, "2025-11-01", Some("2026-01-20"));
        assert_eq!(review.clone().at_the_end_of(2025).ended, None);
        assert_eq!(review.clone().at_the_end_of(2026), review);
    }

    #[test]
    fn a_record_has_to_fit_the_days_and_the_others() {
        let (received, today) = (Some(day("2025-03-10")), day("2025-12-01"));
        let review = redress(Way::Reconsideration, "2025-04-01", Some("2025-05-30"));
        let check =
            |redress: &Redress, others: &[Redress]| redress.check(received, today, others.iter());
        assert_eq!(check(&review, &[]), Ok(()));
        assert_eq!(review.check(None, today, [].iter()), Err(RedressFault::NotReceived));
        let early = redress(Way::Reconsideration, "2025-03-09", None);
        assert_eq!(check(&early, &[]), Err(RedressFault::BeforeReceipt));
        let ahead = redress(Way::DirectLitigation, "2025-12-02", None);
        assert_eq!(check(&ahead, &[]), Err(RedressFault::InTheFuture));
        let backwards = redress(Way::DirectLitigation, "2025-05-02", Some("2025-05-01"));
        assert_eq!(check(&backwards, &[]), Err(RedressFault::EndedBeforeItBegan));
        let suit = redress(Way::AfterReconsideration, "2025-06-10", None);
        assert_eq!(check(&suit, &[]), Err(RedressFault::NoReviewBefore));
        assert_eq!(check(&suit, &[review]), Ok(()));
        let pending = redress(Way::Reconsideration, "2025-04-01", None);
        assert_eq!(check(&suit, &[pending]), Err(RedressFault::NoReviewBefore));
    }
}
