//! 环节: where a case stands, with what is known only there.

use chrono::NaiveDate;
use uuid::Uuid;

use super::Notice;
use crate::domain::calendar::WorkingCalendar;
use crate::domain::consultation::Consultation;
use crate::domain::deadline::{DueDate, PAYMENT, ReplyTerm, UnknownYear, working_days_after};
use crate::domain::outcome::{Disposition, Outcome};

/// Where a case stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// 待确认: it came in, and the confirmation that art. 31 asks for is still missing.
    Filed {
        /// The day on which it came in.
        arrived_on: NaiveDate,
    },
    /// 办理中: the reply term runs, or stands still while others are asked.
    Handling(Handling),
    /// 待补正: the applicant was asked, once, for everything that is unclear (art. 30).
    AwaitingCorrection {
        /// What is known since receipt.
        course: Course,
        /// The day on which the notice was sent.
        asked_on: NaiveDate,
        /// The last day of the time that the applicant was given.
        until: NaiveDate,
    },
    /// 待缴费: the applicant was told the fee (art. 42).
    AwaitingPayment {
        /// What is known since receipt.
        course: Course,
        /// The day on which the notice was sent.
        notified_on: NaiveDate,
        /// The day on which the applicant got the notice, once that is known.
        delivered_on: Option<NaiveDate>,
        /// What is to be paid, in whole yuan.
        yuan: u32,
    },
    /// 已办结.
    Closed {
        /// 收到申请之日; its year counts the case as 新收.
        received_on: NaiveDate,
        /// How it ended.
        ending: Ending,
        /// The day of the decision; its year counts the case in 办理结果.
        on: NaiveDate,
    },
}

/// How a case ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// By a finding of the office or an act of the applicant.
    Found(Disposition),
    /// Taken over from older records, which know the row of section three only.
    Recorded(Outcome),
}

/// What is known of a case from its receipt on, whatever the stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    /// 收到申请之日 (art. 31); a corrected application is the same one, received then.
    pub received_on: NaiveDate,
    /// How many reply terms have begun.
    pub terms: u32,
    /// How many 补正告知书 were sent.
    pub correction_notices: u32,
    /// Everyone who was asked, in order of the letters.
    pub consultations: Vec<Consultation>,
    /// 说明理由, once the applicant was required to (art. 35).
    pub reasons: Option<Reasons>,
    /// Whether a fee was charged: one application is charged once (fee rules art. 3).
    pub was_charged: bool,
}

/// 说明理由 (art. 35). The article stops no clock for it: the reply term runs on while the
/// applicant is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reasons {
    /// The day on which the letter was sent.
    pub asked_on: NaiveDate,
    /// The last day of the time that the applicant was given.
    pub until: NaiveDate,
    /// What came of it, once that is on record.
    pub heard: Option<Heard>,
    /// Whether the applicant was told that the reasons are sound (延迟答复).
    pub found_sound: bool,
}

/// What an applicant who was required to give reasons did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// Reasons came in on this day.
    Given(NaiveDate),
    /// The time passed without any, as was put on record on this day.
    Silent(NaiveDate),
}

impl Reasons {
    /// Whether the office may judge on `day`: reasons were given, or the time for them is over.
    #[must_use]
    pub fn may_be_judged_on(&self, day: NaiveDate) -> bool {
        self.heard.is_some() || day > self.until
    }
}

/// 办理中: the term, and the decision in preparation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handling {
    /// What is known since receipt.
    pub course: Course,
    /// The reply term that runs.
    pub term: ReplyTerm,
    /// 拟办意见, while it waits for review.
    pub draft: Option<Draft>,
    /// 延期申请, while it waits for the head (art. 33(2)).
    pub wanted: Option<WantedExtension>,
}

/// An extension that a clerk asked for and the head has not decided on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WantedExtension {
    /// Working days.
    pub days: u32,
    /// Who asked.
    pub by: Uuid,
    /// The day on which it was asked for.
    pub on: NaiveDate,
}

/// What a case in hand waits for inside the office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Awaited {
    /// 待审核: a decision was proposed.
    Review,
    /// 待批准延期: an extension was asked for.
    Extension,
}

impl Awaited {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Review, Self::Extension];

    /// The identifier, as stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Review => "review",
            Self::Extension => "extension",
        }
    }

    /// The one with this [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|awaited| awaited.code() == code)
    }

    /// What people call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Review => "待审核",
            Self::Extension => "待批准延期",
        }
    }
}

/// A decision that was proposed and not yet approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draft {
    /// What is to be decided.
    pub disposition: Disposition,
    /// Who drafted it, and so does not review it.
    pub by: Uuid,
    /// The day on which it was proposed.
    pub on: NaiveDate,
}

impl Ending {
    /// The row of section three.
    #[must_use]
    pub const fn outcome(self) -> Outcome {
        match self {
            Self::Found(disposition) => disposition.outcome(),
            Self::Recorded(outcome) => outcome,
        }
    }
}

impl Course {
    /// A case that was received on this day.
    #[must_use]
    pub const fn starting(received_on: NaiveDate) -> Self {
        Self {
            received_on,
            terms: 1,
            correction_notices: 0,
            consultations: Vec::new(),
            reasons: None,
            was_charged: false,
        }
    }
}

impl Handling {
    /// Handling from the day of receipt.
    #[must_use]
    pub const fn starting(received_on: NaiveDate) -> Self {
        Self {
            course: Course::starting(received_on),
            term: ReplyTerm::first(received_on),
            draft: None,
            wanted: None,
        }
    }

    /// Handling again, in a new term that starts clean on the day of a correction or payment.
    #[must_use]
    pub(super) fn restarted(course: &Course, on: NaiveDate) -> Self {
        let number = course.terms + 1;
        Self {
            course: Course { terms: number, ..course.clone() },
            term: ReplyTerm { number, started_on: on, extension: None, delay: None },
            draft: None,
            wanted: None,
        }
    }

    /// The last day for the answer.
    ///
    /// # Errors
    ///
    /// [`UnknownYear`], if the calendar does not know a year of the term.
    pub fn due(&self, calendar: &WorkingCalendar) -> Result<DueDate, UnknownYear> {
        self.term.due(&self.course.consultations, calendar)
    }

    /// The consultations of this term that still wait for an answer at the end of `day`.
    pub fn open_consultations<'a>(
        &'a self,
        day: NaiveDate,
        calendar: &'a WorkingCalendar,
    ) -> impl Iterator<Item = &'a Consultation> {
        let consultations = self.course.consultations.iter();
        consultations.filter(move |consultation| {
            consultation.term == self.term.number && consultation.is_open_on(day, calendar)
        })
    }

    /// Whether the term stands still after `day`, since an answer is awaited (征求意见中).
    #[must_use]
    pub fn is_paused_on(&self, day: NaiveDate, calendar: &WorkingCalendar) -> bool {
        self.open_consultations(day, calendar).next().is_some()
    }
}

/// The last day for the payment: the 20th working day after the notice was received.
///
/// # Errors
///
/// [`UnknownYear`], if the calendar does not know a year of the term.
///
/// Source: 《政府信息公开信息处理费管理办法》 (国办函〔2020〕109号) art. 6.
pub fn payment_due(
    delivered_on: NaiveDate,
    calendar: &WorkingCalendar,
) -> Result<DueDate, UnknownYear> {
    working_days_after(delivered_on, PAYMENT, calendar)
}

impl Stage {
    /// Whether somebody was asked for an opinion on this day.
    #[must_use]
    pub fn has_asked_others_on(&self, day: NaiveDate) -> bool {
        let mut asked = self
            .course()
            .into_iter()
            .flat_map(|course| &course.consultations);
        asked.any(|asked| asked.sent_on == day)
    }

    /// What the applicant is told when somebody is asked on this day: once, whoever is asked.
    pub(super) fn news_of_asking(&self, on: NaiveDate) -> Option<Notice> {
        (!self.has_asked_others_on(on)).then_some(Notice::OthersAsked)
    }

    /// The last day of what the applicant was asked for: a correction, or reasons (art. 35).
    #[must_use]
    pub fn asked_until(&self) -> Option<NaiveDate> {
        match self {
            Self::AwaitingCorrection { until, .. } => Some(*until),
            Self::Handling(handling) => handling
                .course
                .reasons
                .filter(|reasons| reasons.heard.is_none())
                .map(|reasons| reasons.until),
            _ => None,
        }
    }

    /// The last day of the time that the applicant was given; after it the case may lapse.
    /// `None` while no such time runs.
    ///
    /// # Errors
    ///
    /// [`UnknownYear`], if the calendar does not know a year of the term.
    pub fn lapses_after(
        &self,
        calendar: &WorkingCalendar,
    ) -> Result<Option<NaiveDate>, UnknownYear> {
        match self {
            Self::AwaitingCorrection { until, .. } => Ok(Some(*until)),
            Self::AwaitingPayment { delivered_on: Some(delivered_on), .. } => {
                payment_due(*delivered_on, calendar).map(|due| Some(due.on))
            }
            _ => Ok(None),
        }
    }

    /// The identifiers of the stages, as stored, in the order of a case's life.
    pub const CODES: [&'static str; 5] = [
        "filed",
        "handling",
        "awaiting_correction",
        "awaiting_payment",
        "closed",
    ];

    /// The stage of a case on the day it is registered: handling, if that day is known to be
    /// 收到申请之日, else filed.
    #[must_use]
    pub fn registered(arrived_on: NaiveDate, received_on: Option<NaiveDate>) -> Self {
        received_on.map_or(Self::Filed { arrived_on }, |received_on| {
            Self::Handling(Handling::starting(received_on))
        })
    }

    /// The identifier, as stored.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Filed { .. } => "filed",
            Self::Handling(_) => "handling",
            Self::AwaitingCorrection { .. } => "awaiting_correction",
            Self::AwaitingPayment { .. } => "awaiting_payment",
            Self::Closed { .. } => "closed",
        }
    }

    /// What the stage with this [`code`](Self::code) is called.
    #[must_use]
    pub fn label_of(code: &str) -> Option<&'static str> {
        Some(match code {
            "filed" => "待确认",
            "handling" => "办理中",
            "awaiting_correction" => "待补正",
            "awaiting_payment" => "待缴费",
            "closed" => "已办结",
            _ => return None,
        })
    }

    /// What people call it.
    #[must_use]
    pub fn label(&self) -> &'static str {
        Self::label_of(self.code()).unwrap_or_default()
    }

    /// What is known since receipt, at an open stage after it.
    #[must_use]
    pub const fn course(&self) -> Option<&Course> {
        match self {
            Self::Handling(handling) => Some(&handling.course),
            Self::AwaitingCorrection { course, .. } | Self::AwaitingPayment { course, .. } => {
                Some(course)
            }
            Self::Filed { .. } | Self::Closed { .. } => None,
        }
    }

    /// The term that runs, while one does.
    #[must_use]
    pub const fn handling(&self) -> Option<&Handling> {
        match self {
            Self::Handling(handling) => Some(handling),
            _ => None,
        }
    }

    /// What it waits for inside the office; a decision before an extension that it makes idle.
    #[must_use]
    pub fn awaited(&self) -> Option<Awaited> {
        let handling = self.handling()?;
        let review = handling.draft.map(|_| Awaited::Review);
        review.or(handling.wanted.map(|_| Awaited::Extension))
    }

    /// 收到申请之日, once there is one.
    #[must_use]
    pub fn received_on(&self) -> Option<NaiveDate> {
        match self {
            Self::Closed { received_on, .. } => Some(*received_on),
            stage => stage.course().map(|course| course.received_on),
        }
    }

    /// How and when it ended.
    #[must_use]
    pub const fn closed(&self) -> Option<(Ending, NaiveDate)> {
        match self {
            Self::Closed { ending, on, .. } => Some((*ending, *on)),
            _ => None,
        }
    }

    /// The last day for the answer, while a term runs.
    ///
    /// # Errors
    ///
    /// [`UnknownYear`], if the calendar does not know a year of the term.
    pub fn due(&self, calendar: &WorkingCalendar) -> Result<Option<DueDate>, UnknownYear> {
        match self {
            Self::Handling(handling) => handling.due(calendar).map(Some),
            _ => Ok(None),
        }
    }

    /// The day by which somebody in the office has to look at the case again: the last day
    /// for the answer, or the last day of a wait; `None` once closed.
    ///
    /// `confirm_within`: the office's own working days for the confirmation of art. 31, which
    /// the law does not limit.
    ///
    /// # Errors
    ///
    /// [`UnknownYear`], if the calendar does not know a year of the term.
    pub fn attention_on(
        &self,
        confirm_within: u32,
        calendar: &WorkingCalendar,
    ) -> Result<Option<NaiveDate>, UnknownYear> {
        Ok(match self {
            Self::Filed { arrived_on } => {
                Some(working_days_after(*arrived_on, confirm_within, calendar)?.on)
            }
            Self::Handling(handling) => Some(handling.due(calendar)?.on),
            Self::AwaitingCorrection { until, .. } => Some(*until),
            Self::AwaitingPayment { notified_on, delivered_on, .. } => {
                Some(payment_due(delivered_on.unwrap_or(*notified_on), calendar)?.on)
            }
            Self::Closed { .. } => None,
        })
    }
}
