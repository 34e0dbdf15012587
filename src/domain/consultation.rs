//! 征求意见: asking a third party or another agency, and the days that do not count meanwhile.

use chrono::NaiveDate;

use crate::domain::calendar::WorkingCalendar;
use crate::domain::deadline::CONSULTATION;

/// Who is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Party {
    /// 第三方, whose lawful rights disclosure would harm (art. 32). Silence is **not** consent.
    ThirdParty,
    /// 其他机关, which made the information jointly (art. 34). Silence is consent.
    Agency,
}

impl Party {
    /// All parties.
    pub const ALL: [Self; 2] = [Self::ThirdParty, Self::Agency];

    /// The identifier, as stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ThirdParty => "third_party",
            Self::Agency => "agency",
        }
    }

    /// The party with this [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|party| party.code() == code)
    }

    /// What people call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::ThirdParty => "第三方",
            Self::Agency => "其他机关",
        }
    }
}

/// What the party that was asked answered (意见).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Opinion {
    /// 同意公开.
    Agrees,
    /// 不同意公开.
    Objects,
    /// 部分同意.
    AgreesInPart,
}

impl Opinion {
    /// All opinions.
    pub const ALL: [Self; 3] = [Self::Agrees, Self::Objects, Self::AgreesInPart];

    /// The identifier, as stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::Objects => "objects",
            Self::AgreesInPart => "agrees_in_part",
        }
    }

    /// The opinion with this [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|opinion| opinion.code() == code)
    }

    /// What people call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Agrees => "同意公开",
            Self::Objects => "不同意公开",
            Self::AgreesInPart => "部分同意公开",
        }
    }
}

/// One letter that asks for an opinion, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consultation {
    /// Its number within the case, from 1.
    pub number: u32,
    /// The reply term in which it was sent; it stops no other.
    pub term: u32,
    /// Who is asked.
    pub party: Party,
    /// The day on which the letter was sent.
    pub sent_on: NaiveDate,
    /// The day on which the party got it, once that is known.
    pub delivered_on: Option<NaiveDate>,
    /// The day on which the reply came in, and what it says.
    pub reply: Option<(NaiveDate, Opinion)>,
}

impl Consultation {
    /// The last day on which the party may answer: the 15th working day after it got the
    /// letter, taken as the day of sending while delivery is not on record (art. 32, art. 34).
    #[must_use]
    pub fn answer_by(&self, calendar: &WorkingCalendar) -> NaiveDate {
        calendar.nth_working_day_after(self.delivered_on.unwrap_or(self.sent_on), CONSULTATION)
    }

    /// The last day that does not count: the day of the reply, or the last day for it if
    /// that is earlier or no reply has come.
    #[must_use]
    pub fn ends_on(&self, calendar: &WorkingCalendar) -> NaiveDate {
        let last = self.answer_by(calendar);
        self.reply
            .map_or(last, |(replied_on, _)| replied_on.min(last))
    }

    /// Whether the reply term stands still on `day` for this consultation: the day of sending
    /// does not begin the period (art. 33(3); 《民事诉讼法》 art. 85).
    #[must_use]
    pub fn excludes(&self, day: NaiveDate, calendar: &WorkingCalendar) -> bool {
        self.sent_on < day && day <= self.ends_on(calendar)
    }

    /// Whether an answer is still awaited at the end of `day`.
    #[must_use]
    pub fn is_open_on(&self, day: NaiveDate, calendar: &WorkingCalendar) -> bool {
        self.reply.is_none() && day <= self.answer_by(calendar)
    }
}
