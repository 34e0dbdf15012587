//! What the queue is asked for: the address of the page, and what it means.

use std::fmt::Write as _;

use chrono::{Days, NaiveDate};
use serde::Deserialize;
use uuid::Uuid;

use crate::domain::applicant::ApplicantKind;
use crate::domain::calendar::WorkingCalendar;
use crate::domain::case::{Awaited, Stage};
use crate::domain::channel::Channel;
use crate::storage::queue::{Filter, Handler, Scope};
use crate::web::words::SOON;

/// What the address of the page asks for; every text may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// A [`Band`].
    pub band: String,
    /// The code of a stage.
    pub stage: String,
    /// What the cases wait for inside the office: `any`, [`SERVICE`], or the code of one thing.
    pub awaits: String,
    /// The code of a channel.
    pub channel: String,
    /// The code of an applicant's kind.
    pub kind: String,
    /// `mine`, `none`, or an account.
    pub handler: String,
    /// Received on this day or later.
    pub from: String,
    /// Received on this day or earlier.
    pub until: String,
    /// How a number begins.
    pub number: String,
    /// The index of an applicant's full name, in hexadecimal digits: names stand in no address.
    pub applicant: String,
    /// Where the page begins.
    pub after: String,
}

/// What decided cases wait for whose letters have not reached whom they are for.
pub const SERVICE: &str = "service";
/// What people call that.
pub const SERVICE_LABEL: &str = "已决定，待送达";

/// A part of what is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Band {
    /// 已逾期.
    Overdue,
    /// 今日到期.
    Today,
    /// 3个工作日内.
    Soon,
    /// 以后.
    Later,
    /// 待确认.
    Unconfirmed,
    /// 等待申请人.
    Waiting,
}

impl Band {
    /// All bands, the most urgent first.
    pub const ALL: [Self; 6] = [
        Self::Overdue,
        Self::Today,
        Self::Soon,
        Self::Later,
        Self::Unconfirmed,
        Self::Waiting,
    ];

    /// The identifier, as it stands in the address.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Today => "today",
            Self::Soon => "soon",
            Self::Later => "later",
            Self::Unconfirmed => "unconfirmed",
            Self::Waiting => "waiting",
        }
    }

    /// The band with this [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|band| band.code() == code)
    }

    /// What people call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Overdue => "已逾期",
            Self::Today => "今日到期",
            Self::Soon => "3个工作日内",
            Self::Later => "以后到期",
            Self::Unconfirmed => "待确认",
            Self::Waiting => "等待申请人",
        }
    }

    const fn stages(self) -> &'static [&'static str] {
        match self {
            Self::Overdue | Self::Today | Self::Soon | Self::Later => &["handling"],
            Self::Unconfirmed => &["filed"],
            Self::Waiting => &["awaiting_correction", "awaiting_payment"],
        }
    }
}

/// The last day that is soon.
#[must_use]
pub fn soon(today: NaiveDate, calendar: &WorkingCalendar) -> NaiveDate {
    calendar.nth_working_day_after(today, SOON)
}

impl Asked {
    /// The cases that are asked for, of this agency and no other.
    #[must_use]
    pub fn filter(
        &self,
        agency: Uuid,
        officer: Uuid,
        today: NaiveDate,
        calendar: &WorkingCalendar,
    ) -> Filter {
        let mut filter = Filter {
            agencies: vec![agency],
            channel: Channel::from_code(&self.channel),
            kind: ApplicantKind::from_code(&self.kind),
            handler: self.in_hands(officer),
            received_from: self.from.parse().ok(),
            received_until: self.until.parse().ok(),
            number_prefix: (!self.number.is_empty()).then(|| self.number.clone()),
            name_index: self.name_index(),
            ..Filter::default()
        };
        filter.awaited = match self.awaits.as_str() {
            "any" => Awaited::ALL.to_vec(),
            code => Awaited::from_code(code).into_iter().collect(),
        };
        if self.awaits == SERVICE {
            filter.unserved = true;
            filter.scope = Scope::Closed;
        } else if let Some(code) = Stage::CODES.into_iter().find(|code| *code == self.stage) {
            filter.stages = vec![code];
            if code == "closed" {
                filter.scope = Scope::Closed;
            }
        } else if let Some(band) = self.band() {
            filter.stages = band.stages().to_vec();
            (filter.attention_from, filter.attention_until) = days(band, today, calendar);
        } else if filter.number_prefix.is_some() || filter.name_index.is_some() {
            filter.scope = Scope::All;
        }
        filter
    }

    /// The band that is asked for; a stage is asked for instead of one.
    #[must_use]
    pub fn band(&self) -> Option<Band> {
        Band::from_code(&self.band).filter(|_| self.stage.is_empty())
    }

    /// In whose hands the cases are to be.
    #[must_use]
    pub fn in_hands(&self, officer: Uuid) -> Option<Handler> {
        match self.handler.as_str() {
            "" => None,
            "mine" => Some(Handler::Officer(officer)),
            "none" => Some(Handler::Nobody),
            id => id.parse().ok().map(Handler::Officer),
        }
    }

    fn name_index(&self) -> Option<[u8; 32]> {
        let digits: Option<Vec<u8>> = self
            .applicant
            .chars()
            .map(|digit| {
                digit
                    .to_digit(16)
                    .and_then(|digit| u8::try_from(digit).ok())
            })
            .collect();
        let pairs: Vec<u8> = digits?
            .chunks_exact(2)
            .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit))
            .collect();
        pairs.try_into().ok()
    }

    /// Whether only a part of what is open is asked for, beside a band and hands.
    #[must_use]
    pub fn is_narrowed(&self) -> bool {
        !self
            .parts()
            .iter()
            .all(|(name, value)| value.is_empty() || matches!(*name, "band" | "handler" | "after"))
    }

    fn parts(&self) -> [(&'static str, &str); 11] {
        [
            ("band", &self.band),
            ("stage", &self.stage),
            ("awaits", &self.awaits),
            ("channel", &self.channel),
            ("kind", &self.kind),
            ("handler", &self.handler),
            ("from", &self.from),
            ("until", &self.until),
            ("number", &self.number),
            ("applicant", &self.applicant),
            ("after", &self.after),
        ]
    }

    /// The address of the page that is asked for.
    #[must_use]
    pub fn href(&self) -> String {
        let mut href = "/staff/queue".to_owned();
        let mut mark = '?';
        for (name, value) in self.parts() {
            if !value.is_empty() {
                href.push(mark);
                href.push_str(name);
                href.push('=');
                escape(&mut href, value);
                mark = '&';
            }
        }
        href
    }

    /// The first page of the same.
    #[must_use]
    pub fn first_page(&self) -> Self {
        Self { after: String::new(), ..self.clone() }
    }
}

/// Between which days the cases of a band ask for attention.
fn days(
    band: Band,
    today: NaiveDate,
    calendar: &WorkingCalendar,
) -> (Option<NaiveDate>, Option<NaiveDate>) {
    let soon = soon(today, calendar);
    let before = |day: NaiveDate| day.checked_sub_days(Days::new(1));
    let after = |day: NaiveDate| day.checked_add_days(Days::new(1));
    match band {
        Band::Overdue => (None, before(today)),
        Band::Today => (Some(today), Some(today)),
        Band::Soon => (after(today), Some(soon)),
        Band::Later => (after(soon), None),
        Band::Unconfirmed | Band::Waiting => (None, None),
    }
}

/// Writes a value as it may stand in a query.
pub(in crate::web::staff) fn escape(href: &mut String, value: &str) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
            href.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(href, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn filter(asked: &Asked) -> Filter {
        let calendar = WorkingCalendar::default();
        asked.filter(Uuid::nil(), Uuid::from_u128(7), day("2026-06-05"), &calendar)
    }

    #[test]
    fn bands_leave_no_day_out_and_none_twice() {
        let mut until = None;
        for band in [Band::Overdue, Band::Today, Band::Soon, Band::Later] {
            let found = filter(&Asked { band: band.code().to_owned(), ..Asked::default() });
            assert_eq!(found.attention_from, until, "{band:?}");
            until = found
                .attention_until
                .and_then(|day| day.checked_add_days(Days::new(1)));
        }
        assert_eq!(until, None);
        let soon = filter(&Asked { band: "soon".to_owned(), ..Asked::default() });
        assert_eq!(soon.attention_until, Some(day("2026-06-10")));
    }

    #[test]
    fn what_is_asked_for_stands_in_the_address_and_comes_back() {
        let asked = Asked {
            stage: "closed".to_owned(),
            handler: "mine".to_owned(),
            number: "莲街〔2026〕1号&x".to_owned(),
            ..Asked::default()
        };
        let href = asked.href();
        assert!(
            href.is_ascii() && href.starts_with("/staff/queue?stage=closed&handler=mine&number=")
        );
        let (_, query) = href.split_once('?').unwrap();
        let back = actix_web::web::Query::<Asked>::from_query(query).unwrap();
        assert_eq!(back.into_inner(), asked);
    }

    #[test]
    fn a_name_is_looked_for_by_its_index_among_all_cases() {
        let asked = Asked { applicant: "0a".repeat(32), ..Asked::default() };
        let found = filter(&asked);
        assert_eq!(found.name_index, Some([10; 32]));
        assert_eq!(found.scope, Scope::All);
        assert!(
            filter(&Asked { applicant: "xy".repeat(32), ..Asked::default() })
                .name_index
                .is_none()
        );
    }

    #[test]
    fn a_stage_goes_before_a_band() {
        let asked = Asked { band: "overdue".into(), stage: "closed".into(), ..Asked::default() };
        let found = filter(&asked);
        assert_eq!((found.stages, found.scope), (vec!["closed"], Scope::Closed));
        assert_eq!(found.attention_until, None);
        assert_eq!(asked.band(), None);
    }
}
