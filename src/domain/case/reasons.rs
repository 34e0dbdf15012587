//! 说明理由 and 延迟答复: what art. 35 lets the office do about far too many applications.
//!
//! The article stops no clock while the applicant is heard, and does not cap the time that the
//! office takes when the reasons are sound: it must be reasonable, and the applicant is told.

use chrono::{Months, NaiveDate};

use super::{ActKind, Handling, Heard, NotAllowed, Reasons};
use crate::domain::calendar::WorkingCalendar;
use crate::domain::deadline::{Delay, ReplyTerm};

/// How long a delay can be and still be believed to be meant so.
const BELIEVED: Months = Months::new(24);

impl Handling {
    /// Whether such an act of art. 35 can be done on the day `on`, whatever its particulars.
    pub(super) fn permits_of_reasons(
        &self,
        kind: ActKind,
        on: NaiveDate,
        calendar: &WorkingCalendar,
    ) -> Result<(), NotAllowed> {
        let asked = self.course.reasons;
        match (kind, asked.map(|reasons| reasons.heard)) {
            (ActKind::RequireReasons, None) | (ActKind::RecordReasons, Some(None)) => Ok(()),
            (ActKind::RequireReasons, Some(_)) => Err(NotAllowed::ReasonsAskedBefore),
            (_, None) => Err(NotAllowed::ReasonsNotAsked),
            (ActKind::RecordReasons, Some(Some(_))) => Err(NotAllowed::AlreadyOnRecord),
            (_, Some(None | Some(Heard::Silent(_)))) => Err(NotAllowed::ReasonsNotGiven),
            (_, Some(Some(Heard::Given(_)))) if self.term.delay.is_some() => {
                Err(NotAllowed::DelayedBefore)
            }
            // The applicant is told while the term still runs, as of an extension.
            (_, Some(Some(Heard::Given(since)))) => {
                if on < since {
                    return Err(NotAllowed::BeforeItsTime { since });
                }
                self.in_time(on, calendar)
            }
        }
    }

    /// The applicant is required to give reasons until a day.
    pub(super) fn requiring_reasons(
        &self,
        on: NaiveDate,
        until: NaiveDate,
    ) -> Result<Self, NotAllowed> {
        if until <= on {
            return Err(NotAllowed::NoTimeForReasons);
        }
        let mut handling = self.clone();
        handling.course.reasons =
            Some(Reasons { asked_on: on, until, heard: None, found_sound: false });
        Ok(handling)
    }

    /// Reasons were given, or the time for them passed.
    pub(super) fn hearing_reasons(&self, on: NaiveDate, given: bool) -> Result<Self, NotAllowed> {
        let asked = self.course.reasons.ok_or(NotAllowed::ReasonsNotAsked)?;
        if on < asked.asked_on {
            return Err(NotAllowed::BeforeItsTime { since: asked.asked_on });
        }
        if !given && on <= asked.until {
            return Err(NotAllowed::StillTime { until: asked.until });
        }
        let heard = if given {
            Heard::Given(on)
        } else {
            Heard::Silent(on)
        };
        let mut handling = self.clone();
        handling.course.reasons = Some(Reasons { heard: Some(heard), ..asked });
        Ok(handling)
    }

    /// The answer is put off to a later day.
    pub(super) fn delayed(
        &self,
        until: NaiveDate,
        on: NaiveDate,
        calendar: &WorkingCalendar,
    ) -> Result<Self, NotAllowed> {
        self.delay_is_reasonable(until, on, calendar)?;
        let delay = Some(Delay { until, decided_on: on });
        let mut handling = Self { term: ReplyTerm { delay, ..self.term.clone() }, ..self.clone() };
        if let Some(reasons) = &mut handling.course.reasons {
            reasons.found_sound = true;
        }
        // A day in a year that cannot be computed is not given.
        handling.due(calendar)?;
        Ok(handling)
    }

    /// Whether the head may fix this day on the day `on`: later than the term gives anyway, a
    /// working day, and not years ahead.
    ///
    /// # Errors
    ///
    /// [`NotAllowed`], saying what is wrong with the day.
    pub fn delay_is_reasonable(
        &self,
        until: NaiveDate,
        on: NaiveDate,
        calendar: &WorkingCalendar,
    ) -> Result<(), NotAllowed> {
        let due_on = self.due(calendar)?.on;
        if until <= due_on {
            return Err(NotAllowed::DelayTooShort { due_on });
        }
        let at_most = on.checked_add_months(BELIEVED).unwrap_or(on);
        if until > at_most {
            return Err(NotAllowed::DelayTooLong { at_most });
        }
        if !calendar.is_working(until) {
            return Err(NotAllowed::DelayToADayOff);
        }
        Ok(())
    }

    /// Whether the applicant was heard, so that the office may find the reasons wanting.
    pub(super) fn reasons_judged(&self, on: NaiveDate) -> Result<(), NotAllowed> {
        let asked = self.course.reasons.ok_or(NotAllowed::ExcessiveUnheard)?;
        if asked.found_sound {
            // The applicant was told so, whatever term runs now.
            Err(NotAllowed::ReasonsFoundSound)
        } else if asked.may_be_judged_on(on) {
            Ok(())
        } else {
            Err(NotAllowed::ReasonsAwaited { until: asked.until })
        }
    }
}
