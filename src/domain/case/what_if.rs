//! 试算: what the last day would be, if something were done today that is not done.

use chrono::NaiveDate;

use super::{Handling, NotAllowed};
use crate::domain::calendar::WorkingCalendar;
use crate::domain::consultation::{Consultation, Opinion, Party};
use crate::domain::deadline::DueDate;

/// What is supposed to be done today.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Supposition {
    /// An extension by so many working days (art. 33(2)).
    pub extended_by: Option<u32>,
    /// An opinion is asked for, and comes in after so many working days (art. 33(3)).
    pub consulted_for: Option<u32>,
}

impl Handling {
    /// The last day for the answer, if that were done on `today`.
    ///
    /// # Errors
    ///
    /// [`NotAllowed`], where it could not be done.
    pub fn supposing(
        &self,
        supposed: Supposition,
        today: NaiveDate,
        calendar: &WorkingCalendar,
    ) -> Result<DueDate, NotAllowed> {
        let mut handling = self.clone();
        if let Some(days) = supposed.extended_by {
            handling.may_be_extended(today, calendar)?;
            handling = handling.extended(days, today)?;
        }
        if let Some(days) = supposed.consulted_for {
            handling.course.consultations.push(Consultation {
                number: 0,
                term: handling.term.number,
                party: Party::ThirdParty,
                sent_on: today,
                delivered_on: None,
                reply: Some((calendar.nth_working_day_after(today, days), Opinion::Agrees)),
            });
        }
        Ok(handling.due(calendar)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::tests::{calendar_2024_2025, date};

    fn due(supposed: Supposition) -> Result<NaiveDate, NotAllowed> {
        let handling = Handling::starting(date("2024-10-21"));
        handling
            .supposing(supposed, date("2024-10-22"), &calendar_2024_2025())
            .map(|due| due.on)
    }

    #[test]
    fn what_is_supposed_is_what_would_be() {
        assert_eq!(due(Supposition::default()), Ok(date("2024-11-18")));
        let extended = Supposition { extended_by: Some(20), ..Supposition::default() };
        assert_eq!(due(extended), Ok(date("2024-12-16")));
        let consulted = Supposition { consulted_for: Some(4), ..Supposition::default() };
        assert_eq!(due(consulted), Ok(date("2024-11-22")));
        // art. 32: after 15 working days nobody is waited for.
        let long = Supposition { consulted_for: Some(40), ..Supposition::default() };
        assert_eq!(due(long), Ok(date("2024-12-09")));
        let both = Supposition { extended_by: Some(20), consulted_for: Some(4) };
        assert_eq!(due(both), Ok(date("2024-12-20")));
    }

    #[test]
    fn what_could_not_be_done_is_not_supposed() {
        let supposed = |days| Supposition { extended_by: Some(days), ..Supposition::default() };
        assert_eq!(due(supposed(21)), Err(NotAllowed::ExtensionTooLong));
        let calendar = calendar_2024_2025();
        let handling = Handling::starting(date("2024-10-21"));
        let due_on = handling.due(&calendar).unwrap().on;
        let late = handling.supposing(supposed(5), date("2024-11-19"), &calendar);
        assert_eq!(late, Err(NotAllowed::TermOver { due_on }));
        let extended = handling.extended(5, date("2024-10-22")).unwrap();
        let twice = extended.supposing(supposed(5), date("2024-10-22"), &calendar);
        assert_eq!(twice, Err(NotAllowed::ExtendedBefore));
    }
}
