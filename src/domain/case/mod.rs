//! 办件: one application on its way to exactly one outcome; the state machine on one page.

mod act;
mod letters;
mod not_allowed;
mod notice;
mod reasons;
mod stage;
#[cfg(test)]
mod tests;
mod what_if;

use chrono::NaiveDate;
use uuid::Uuid;

pub use act::{Act, ActKind};
pub use not_allowed::NotAllowed;
pub use notice::Notice;
pub use stage::{
    Awaited, Course, Draft, Ending, Handling, Heard, Reasons, Stage, WantedExtension, payment_due,
};
pub use what_if::Supposition;

use crate::domain::actor::Actor;
use crate::domain::calendar::WorkingCalendar;
use crate::domain::consultation::{Consultation, Party};
use crate::domain::deadline::{EXTENSION_AT_MOST, Extension, ReplyTerm, correction_notice_by};
use crate::domain::outcome::{Disposition, Exemption, Inability, NonProcessing, Outcome};

/// One application and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Who handles it, once it was handed to somebody.
    pub handler: Option<Uuid>,
    /// Where it stands.
    pub stage: Stage,
}

/// What an act made of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// The case afterwards.
    pub case: Case,
    /// What the applicant is told.
    pub notice: Option<Notice>,
}

/// The office's side of an act: which days count, and its own rules.
#[derive(Debug, Clone, Copy)]
pub struct Office<'a> {
    /// 工作日.
    pub calendar: &'a WorkingCalendar,
    /// Whether the agency lets people review what they drafted themselves.
    pub own_review_allowed: bool,
}

impl Case {
    /// What `act`, done by `by` on the day `on`, makes of this case.
    ///
    /// This is the whole state machine: one line for each act that the Regulation knows at a
    /// stage; everything else is refused. Nothing is stored or sent here.
    ///
    /// # Errors
    ///
    /// [`NotAllowed`]; the case stays as it was.
    pub fn apply(
        &self,
        act: &Act,
        by: &Actor,
        on: NaiveDate,
        office: Office<'_>,
    ) -> Result<Transition, NotAllowed> {
        use Stage::{AwaitingCorrection, AwaitingPayment, Closed, Filed, Handling as InHand};

        self.permits(act.kind(), by, on, office)?;
        let calendar = office.calendar;
        let (stage, notice) = match (&self.stage, act) {
            // art. 31(3), (4): the day of confirmation is the day of receipt.
            (Filed { .. }, Act::ConfirmReceipt) => {
                (InHand(Handling::starting(on)), Some(Notice::Receipt))
            }
            (InHand(handling), Act::AskForCorrection { until, as_exception }) => (
                handling.ask_for_correction(on, *until, *as_exception, calendar)?,
                Some(Notice::CorrectionWanted),
            ),
            // art. 30: the term starts again on the day on which the correction comes in;
            // 国办函〔2020〕109号 art. 6: and from the day after the payment.
            (AwaitingCorrection { course, .. }, Act::Correct)
            | (AwaitingPayment { course, .. }, Act::Pay) => {
                (InHand(Handling::restarted(course, on)), Some(Notice::Resumed))
            }
            (InHand(handling), Act::AskToExtend { days }) => {
                (InHand(handling.wanting_extension(*days, by, on)?), None)
            }
            (InHand(handling), Act::DeclineExtension) => {
                (InHand(Handling { wanted: None, ..handling.clone() }), None)
            }
            (InHand(handling), Act::Extend { days }) => {
                (InHand(handling.extended(*days, on)?), Some(Notice::Extended))
            }
            (InHand(handling), Act::RequireReasons { until }) => {
                (InHand(handling.requiring_reasons(on, *until)?), Some(Notice::ReasonsWanted))
            }
            (InHand(handling), Act::RecordReasons { given }) => {
                (InHand(handling.hearing_reasons(on, *given)?), None)
            }
            (InHand(handling), Act::DelayAnswer { until }) => {
                (InHand(handling.delayed(*until, on, calendar)?), Some(Notice::Delayed))
            }
            (InHand(handling), Act::Consult { party }) => {
                (InHand(handling.consulting(*party, on)), self.stage.news_of_asking(on))
            }
            // Opinions on letters of an earlier term are put on record, and stop nothing.
            (_, Act::RecordDelivery { consultation }) => (
                self.stage
                    .with_consultation(*consultation, |found| found.deliver(on))?,
                None,
            ),
            (_, Act::RecordOpinion { consultation, opinion }) => {
                let answered = |found: &mut Consultation| found.answer(on, *opinion);
                (self.stage.with_consultation(*consultation, answered)?, None)
            }
            (InHand(handling), Act::ChargeFee { yuan }) => {
                (handling.charge(*yuan, on)?, Some(Notice::FeeDue))
            }
            (AwaitingPayment { course, notified_on, yuan, .. }, Act::RecordFeeDelivery) => (
                AwaitingPayment {
                    course: course.clone(),
                    notified_on: *notified_on,
                    delivered_on: Some(on),
                    yuan: *yuan,
                },
                None,
            ),
            (AwaitingCorrection { course, .. }, Act::Lapse) => {
                (closed(course, Disposition::NotCorrected, on), Some(Notice::Decision))
            }
            (AwaitingPayment { course, .. }, Act::Lapse) => {
                (closed(course, Disposition::FeeUnpaid, on), Some(Notice::Decision))
            }
            (InHand(handling), Act::Propose { disposition }) => {
                (InHand(handling.proposed(*disposition, by, on, calendar)?), None)
            }
            (InHand(handling), Act::Return) => {
                (InHand(Handling { draft: None, ..handling.clone() }), None)
            }
            (InHand(handling), Act::Approve) => {
                (handling.approved(on, office.calendar)?, Some(Notice::Decision))
            }
            // Taking it back is itself the contact that art. 31 asks for: received that day.
            (Filed { .. }, Act::Withdraw) => {
                (closed(&Course::starting(on), Disposition::Withdrawn, on), Some(Notice::Withdrawn))
            }
            (
                InHand(Handling { course, .. })
                | AwaitingCorrection { course, .. }
                | AwaitingPayment { course, .. },
                Act::Withdraw,
            ) => (closed(course, Disposition::Withdrawn, on), Some(Notice::Withdrawn)),
            (
                Filed { .. } | InHand(_) | AwaitingCorrection { .. } | AwaitingPayment { .. },
                Act::Assign { to },
            ) => {
                let case = Self { handler: Some(*to), ..self.clone() };
                return Ok(Transition { case, notice: None });
            }
            (
                Filed { .. }
                | InHand(_)
                | AwaitingCorrection { .. }
                | AwaitingPayment { .. }
                | Closed { .. },
                _,
            ) => {
                return Err(self.not_at_this_stage(act.kind()));
            }
        };
        Ok(Transition { case: Self { stage, ..self.clone() }, notice })
    }

    /// Whether such an act can be done by `by` on the day `on`, whatever its particulars:
    /// what a page offers, and why it does not offer the rest.
    ///
    /// # Errors
    ///
    /// [`NotAllowed`], saying what stands in the way.
    pub fn permits(
        &self,
        kind: ActKind,
        by: &Actor,
        on: NaiveDate,
        office: Office<'_>,
    ) -> Result<(), NotAllowed> {
        if !by.may(kind) {
            return Err(NotAllowed::NotYours(kind.label()));
        }
        // What others answered may have come in before the stage began; it has days of its own.
        let is_of_others = matches!(kind, ActKind::RecordDelivery | ActKind::RecordOpinion);
        if let Some(since) = self.stage.began_on().filter(|since| on < *since)
            && !is_of_others
        {
            return Err(NotAllowed::BeforeItsTime { since });
        }
        match (&self.stage, kind) {
            (Stage::Closed { .. }, _) => Err(self.not_at_this_stage(kind)),
            (Stage::Filed { .. }, ActKind::ConfirmReceipt)
            | (_, ActKind::Assign | ActKind::Withdraw)
            | (Stage::AwaitingCorrection { .. }, ActKind::Correct)
            | (Stage::AwaitingPayment { .. }, ActKind::Pay) => Ok(()),
            (Stage::Handling(handling), kind) => handling.permits(kind, by, on, office),
            (
                stage @ (Stage::AwaitingCorrection { .. } | Stage::AwaitingPayment { .. }),
                ActKind::Lapse,
            ) => match stage.lapses_after(office.calendar)? {
                None => Err(NotAllowed::NotDelivered),
                Some(until) if on <= until => Err(NotAllowed::StillTime { until }),
                Some(_) => Ok(()),
            },
            (Stage::AwaitingPayment { delivered_on, .. }, ActKind::RecordFeeDelivery) => {
                match delivered_on {
                    None => Ok(()),
                    Some(_) => Err(NotAllowed::AlreadyOnRecord),
                }
            }
            (stage, ActKind::RecordDelivery | ActKind::RecordOpinion)
                if stage
                    .course()
                    .is_some_and(|course| !course.consultations.is_empty()) =>
            {
                stage.course().map_or(Ok(()), |course| course.awaits(kind))
            }
            _ => Err(self.not_at_this_stage(kind)),
        }
    }

    const fn label(&self) -> &'static str {
        match self.stage {
            Stage::Filed { .. } => "待确认",
            Stage::Handling(_) => "办理中",
            Stage::AwaitingCorrection { .. } => "待补正",
            Stage::AwaitingPayment { .. } => "待缴费",
            Stage::Closed { .. } => "已办结",
        }
    }

    const fn not_at_this_stage(&self, kind: ActKind) -> NotAllowed {
        NotAllowed::AtThisStage { stage: self.label(), act: kind.label() }
    }
}

/// art. 33(2): at most 20 working days.
fn extension_of(days: u32) -> Result<(), NotAllowed> {
    if (1..=EXTENSION_AT_MOST).contains(&days) {
        Ok(())
    } else {
        Err(NotAllowed::ExtensionTooLong)
    }
}

fn closed(course: &Course, disposition: Disposition, on: NaiveDate) -> Stage {
    Stage::Closed {
        received_on: course.received_on,
        ending: Ending::Found(disposition),
        on,
    }
}

impl Stage {
    /// The day before which nothing can happen at this stage.
    fn began_on(&self) -> Option<NaiveDate> {
        match self {
            Self::Filed { arrived_on } => Some(*arrived_on),
            Self::Handling(handling) => Some(handling.term.started_on),
            Self::AwaitingCorrection { asked_on, .. } => Some(*asked_on),
            Self::AwaitingPayment { notified_on, .. } => Some(*notified_on),
            Self::Closed { .. } => None,
        }
    }

    /// This stage, with one consultation changed.
    fn with_consultation(
        &self,
        number: u32,
        change: impl FnOnce(&mut Consultation) -> Result<(), NotAllowed>,
    ) -> Result<Self, NotAllowed> {
        let mut stage = self.clone();
        let course = match &mut stage {
            Self::Handling(handling) => &mut handling.course,
            Self::AwaitingCorrection { course, .. } | Self::AwaitingPayment { course, .. } => {
                course
            }
            Self::Filed { .. } | Self::Closed { .. } => return Err(NotAllowed::NoConsultation),
        };
        let mut consultations = course.consultations.iter_mut();
        let found = consultations
            .find(|consultation| consultation.number == number)
            .ok_or(NotAllowed::NoConsultation)?;
        change(found)?;
        Ok(stage)
    }
}

impl Course {
    /// Whether some consultation still lacks what such an act would record.
    fn awaits(&self, kind: ActKind) -> Result<(), NotAllowed> {
        let lacks = |consultation: &Consultation| match kind {
            ActKind::RecordDelivery => {
                consultation.delivered_on.is_none() && consultation.reply.is_none()
            }
            _ => consultation.reply.is_none(),
        };
        if self.consultations.iter().any(lacks) {
            Ok(())
        } else {
            Err(NotAllowed::AlreadyOnRecord)
        }
    }
}

impl Consultation {
    fn deliver(&mut self, on: NaiveDate) -> Result<(), NotAllowed> {
        if self.delivered_on.is_some() || self.reply.is_some() {
            return Err(NotAllowed::AlreadyOnRecord);
        }
        self.delivered_on = Some(self.not_before_sending(on)?);
        Ok(())
    }

    fn answer(
        &mut self,
        on: NaiveDate,
        opinion: crate::domain::consultation::Opinion,
    ) -> Result<(), NotAllowed> {
        if self.reply.is_some() {
            return Err(NotAllowed::AlreadyOnRecord);
        }
        let on = self.not_before_sending(on)?;
        if let Some(since) = self.delivered_on.filter(|delivered_on| on < *delivered_on) {
            return Err(NotAllowed::BeforeItsTime { since });
        }
        self.reply = Some((on, opinion));
        Ok(())
    }

    fn not_before_sending(&self, on: NaiveDate) -> Result<NaiveDate, NotAllowed> {
        if on < self.sent_on {
            return Err(NotAllowed::BeforeItsTime { since: self.sent_on });
        }
        Ok(on)
    }
}

impl Handling {
    /// Whether somebody who was asked still has time to answer, in whichever term the letter was
    /// sent: a new term starts the clock anew, and ends no duty to hear.
    fn is_hearing_on(&self, on: NaiveDate, calendar: &WorkingCalendar) -> bool {
        let mut asked = self.course.consultations.iter();
        asked.any(|asked| asked.is_open_on(on, calendar))
    }

    fn permits(
        &self,
        kind: ActKind,
        by: &Actor,
        on: NaiveDate,
        office: Office<'_>,
    ) -> Result<(), NotAllowed> {
        match kind {
            ActKind::AskForCorrection | ActKind::Consult | ActKind::Propose => Ok(()),
            ActKind::AskToExtend if self.wanted.is_some() => Err(NotAllowed::ExtensionWanted),
            ActKind::Extend | ActKind::AskToExtend => self.may_be_extended(on, office.calendar),
            ActKind::DeclineExtension => {
                let wanted = self.wanted.ok_or(NotAllowed::NoExtensionWanted)?;
                if on < wanted.on {
                    return Err(NotAllowed::BeforeItsTime { since: wanted.on });
                }
                Ok(())
            }
            ActKind::RequireReasons | ActKind::RecordReasons | ActKind::DelayAnswer => {
                self.permits_of_reasons(kind, on, office.calendar)
            }
            // Fee rules art. 3: by application or by page, and never both.
            ActKind::ChargeFee if self.course.was_charged => Err(NotAllowed::ChargedBefore),
            ActKind::ChargeFee => self.in_time(on, office.calendar),
            ActKind::RecordDelivery | ActKind::RecordOpinion
                if !self.course.consultations.is_empty() =>
            {
                self.course.awaits(kind)
            }
            ActKind::Return | ActKind::Approve => {
                let draft = self.draft.ok_or(NotAllowed::NothingProposed)?;
                if by.officer() == Some(draft.by) && !office.own_review_allowed {
                    return Err(NotAllowed::OwnDraft);
                }
                if on < draft.on {
                    return Err(NotAllowed::BeforeItsTime { since: draft.on });
                }
                Ok(())
            }
            ActKind::RecordDelivery | ActKind::RecordOpinion => Err(NotAllowed::NoConsultation),
            kind => Err(NotAllowed::AtThisStage { stage: "办理中", act: kind.label() }),
        }
    }

    fn in_time(&self, on: NaiveDate, calendar: &WorkingCalendar) -> Result<(), NotAllowed> {
        let due = self.due(calendar)?;
        if on > due.on {
            Err(NotAllowed::TermOver { due_on: due.on })
        } else {
            Ok(())
        }
    }

    fn ask_for_correction(
        &self,
        on: NaiveDate,
        until: NaiveDate,
        as_exception: bool,
        calendar: &WorkingCalendar,
    ) -> Result<Stage, NotAllowed> {
        if until <= on {
            return Err(NotAllowed::NoTimeGiven);
        }
        let by = correction_notice_by(self.course.received_on, calendar)?;
        if !as_exception {
            // art. 30: within seven working days of receipt, everything at once.
            if self.course.correction_notices > 0 {
                return Err(NotAllowed::CorrectionAskedBefore);
            }
            if on > by.on {
                return Err(NotAllowed::CorrectionTooLate { by: by.on });
            }
        }
        let mut course = self.course.clone();
        course.correction_notices += 1;
        Ok(Stage::AwaitingCorrection { course, asked_on: on, until })
    }

    /// art. 33(2): once in a term, and on or before the last day.
    fn may_be_extended(&self, on: NaiveDate, calendar: &WorkingCalendar) -> Result<(), NotAllowed> {
        if self.term.extension.is_some() {
            return Err(NotAllowed::ExtendedBefore);
        }
        if self.term.delay.is_some() {
            return Err(NotAllowed::DelayedBefore);
        }
        self.in_time(on, calendar)
    }

    fn extended(&self, days: u32, on: NaiveDate) -> Result<Self, NotAllowed> {
        extension_of(days)?;
        let extension = Some(Extension { days, decided_on: on });
        let term = ReplyTerm { extension, ..self.term.clone() };
        Ok(Self { term, wanted: None, ..self.clone() })
    }

    fn wanting_extension(&self, days: u32, by: &Actor, on: NaiveDate) -> Result<Self, NotAllowed> {
        extension_of(days)?;
        let by = by
            .officer()
            .ok_or(NotAllowed::NotYours(ActKind::AskToExtend.label()))?;
        Ok(Self { wanted: Some(WantedExtension { days, by, on }), ..self.clone() })
    }

    fn consulting(&self, party: Party, on: NaiveDate) -> Self {
        let mut handling = self.clone();
        let consultations = &mut handling.course.consultations;
        let number = consultations.last().map_or(1, |last| last.number + 1);
        consultations.push(Consultation {
            number,
            term: self.term.number,
            party,
            sent_on: on,
            delivered_on: None,
            reply: None,
        });
        handling
    }

    fn charge(&self, yuan: u32, on: NaiveDate) -> Result<Stage, NotAllowed> {
        if yuan == 0 {
            return Err(NotAllowed::NothingToPay);
        }
        let course = Course { was_charged: true, ..self.course.clone() };
        Ok(Stage::AwaitingPayment { course, notified_on: on, delivered_on: None, yuan })
    }

    fn proposed(
        &self,
        disposition: Disposition,
        by: &Actor,
        on: NaiveDate,
        calendar: &WorkingCalendar,
    ) -> Result<Self, NotAllowed> {
        self.allows(disposition, on, calendar)?;
        let by = by
            .officer()
            .ok_or(NotAllowed::NotYours(ActKind::Propose.label()))?;
        Ok(Self { draft: Some(Draft { disposition, by, on }), ..self.clone() })
    }

    fn approved(&self, on: NaiveDate, calendar: &WorkingCalendar) -> Result<Stage, NotAllowed> {
        let draft = self.draft.ok_or(NotAllowed::NothingProposed)?;
        self.allows(draft.disposition, on, calendar)?;
        Ok(closed(&self.course, draft.disposition, on))
    }

    /// Whether the case can end so, as it stands.
    fn allows(
        &self,
        disposition: Disposition,
        on: NaiveDate,
        calendar: &WorkingCalendar,
    ) -> Result<(), NotAllowed> {
        let outcome = disposition.outcome();
        if !disposition.is_decided() {
            return Err(NotAllowed::NotADecision(disposition.label()));
        }
        // art. 30: the finding is about what the applicant wrote when asked to correct it.
        if outcome == Outcome::Unable(Inability::StillUnclear)
            && self.course.correction_notices == 0
        {
            return Err(NotAllowed::NeverAskedForCorrection);
        }
        // art. 35: nobody is refused for asking too often without having been heard.
        if disposition == Disposition::NotProcessed(NonProcessing::Excessive) {
            self.reasons_judged(on)?;
        }
        // art. 32, art. 34: who was asked must be heard before anything is given out, and a third
        // party also before something is withheld for its sake.
        let turns_on_opinions = matches!(
            outcome,
            Outcome::Granted | Outcome::Partial | Outcome::Refused(Exemption::ThirdParty)
        );
        if turns_on_opinions && self.is_hearing_on(on, calendar) {
            return Err(NotAllowed::OpinionAwaited);
        }
        Ok(())
    }
}
