//! Which letters an act calls for.

use crate::domain::case::{Act, Case, Stage};
use crate::domain::consultation::{Opinion, Party};
use crate::domain::letter::{LetterKind, Particulars};
use crate::domain::outcome::Disposition;

impl Act {
    /// The letters that this act, done to `case` as it stood, has to be clothed in; in the
    /// order in which they are made out.
    #[must_use]
    pub fn letters(&self, case: &Case) -> Vec<LetterKind> {
        match self {
            Self::ConfirmReceipt => vec![LetterKind::Receipt],
            Self::AskForCorrection { .. } => vec![LetterKind::Correct],
            Self::Extend { .. } => vec![LetterKind::Extend],
            Self::RequireReasons { .. } => vec![LetterKind::Reasons],
            Self::DelayAnswer { .. } => vec![LetterKind::Delay],
            Self::Consult { party } => LetterKind::consulting(*party),
            Self::ChargeFee { .. } => vec![LetterKind::Fee],
            Self::Lapse => case
                .lapses_as()
                .map(LetterKind::Answer)
                .into_iter()
                .collect(),
            // What was never received is ended without a letter: the mail says so.
            Self::Withdraw if matches!(case.stage, Stage::Filed { .. }) => Vec::new(),
            Self::Withdraw => vec![LetterKind::Answer(Disposition::Withdrawn)],
            Self::Approve => match &case.stage {
                Stage::Handling(handling) => handling
                    .draft
                    .map(|draft| case.answering(draft.disposition))
                    .unwrap_or_default(),
                _ => Vec::new(),
            },
            Self::Assign { .. }
            | Self::AskToExtend { .. }
            | Self::DeclineExtension
            | Self::Correct
            | Self::RecordReasons { .. }
            | Self::RecordDelivery { .. }
            | Self::RecordOpinion { .. }
            | Self::RecordFeeDelivery
            | Self::Pay
            | Self::Propose { .. }
            | Self::Return => Vec::new(),
        }
    }
}

impl LetterKind {
    /// The letters that go out when somebody is asked for an opinion (arts. 32, 33(3), 34).
    #[must_use]
    pub fn consulting(party: Party) -> Vec<Self> {
        match party {
            Party::ThirdParty => vec![
                Self::ConsultThirdParty,
                Self::ReplySlip,
                Self::ToldApplicant,
            ],
            Party::Agency => vec![Self::ConsultAgency, Self::ToldApplicant],
        }
    }
}

impl Case {
    /// The letters of this answer: one to the applicant, and one to each third party against
    /// whose will something is given (art. 32), which [`Particulars`] name.
    #[must_use]
    pub fn answering(&self, disposition: Disposition) -> Vec<LetterKind> {
        let gives = matches!(disposition, Disposition::Given | Disposition::PartlyGiven);
        let mut letters = vec![LetterKind::Answer(disposition)];
        if gives && self.objecting().next().is_some() {
            letters.push(LetterKind::ToldThirdParty);
        }
        letters
    }

    /// The numbers of the consultations in which a third party did not agree in full.
    pub fn objecting(&self) -> impl Iterator<Item = u32> {
        let course = self.stage.course().into_iter();
        let asked = course.flat_map(|course| &course.consultations);
        let objected = asked.filter(|asked| {
            asked.party == Party::ThirdParty
                && matches!(asked.reply, Some((_, Opinion::Objects | Opinion::AgreesInPart)))
        });
        objected.map(|asked| asked.number)
    }

    /// What is wrong with what was filled in for a letter about this case: (blank, sentence).
    #[must_use]
    pub fn faults(
        &self,
        kind: LetterKind,
        particulars: &Particulars,
    ) -> Vec<(&'static str, String)> {
        const NAMES: &str = "told_name";
        let mut faults = particulars.faults(kind);
        let (objecting, named) = (self.objecting().count(), particulars.lines(NAMES).count());
        if kind == LetterKind::ToldThirdParty && (1..objecting).contains(&named) {
            let why = format!("有{objecting}个第三方没有完全同意公开，请每行写一个，各告知一份");
            faults.push((NAMES, why));
        }
        faults
    }

    /// How the case ends if its applicant lets the time pass.
    #[must_use]
    pub const fn lapses_as(&self) -> Option<Disposition> {
        match self.stage {
            Stage::AwaitingCorrection { .. } => Some(Disposition::NotCorrected),
            Stage::AwaitingPayment { .. } => Some(Disposition::FeeUnpaid),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use uuid::Uuid;

    use super::*;
    use crate::domain::case::{Draft, Handling};
    use crate::domain::consultation::Consultation;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, day).unwrap()
    }

    #[test]
    fn every_third_party_that_objected_is_named() {
        let mut case = about_to_give(Some(Opinion::Objects));
        let Stage::Handling(handling) = &mut case.stage else {
            unreachable!()
        };
        let another = handling.course.consultations[0].clone();
        handling
            .course
            .consultations
            .push(Consultation { number: 2, ..another });
        let told = |names: &str| {
            let told = Particulars::default()
                .with("told_name", names)
                .with("disclosed", "合同价款")
                .with("disclosed_why", "涉及公共资金");
            case.faults(LetterKind::ToldThirdParty, &told)
        };
        assert_eq!(case.objecting().collect::<Vec<_>>(), [1, 2]);
        assert_eq!(told("甲公司").len(), 1);
        assert_eq!(told("").len(), 1);
        assert_eq!(told("甲公司\n 乙公司\n"), []);
    }

    fn about_to_give(opinion: Option<Opinion>) -> Case {
        let mut handling = Handling::starting(day(2));
        handling.draft =
            Some(Draft { disposition: Disposition::Given, by: Uuid::nil(), on: day(9) });
        handling.course.consultations.push(Consultation {
            number: 1,
            term: 1,
            party: Party::ThirdParty,
            sent_on: day(3),
            delivered_on: None,
            reply: opinion.map(|opinion| (day(6), opinion)),
        });
        Case { handler: None, stage: Stage::Handling(handling) }
    }

    #[test]
    fn a_third_party_that_objected_is_told_what_is_given() {
        let answer = LetterKind::Answer(Disposition::Given);
        let told = |opinion| Act::Approve.letters(&about_to_give(opinion));
        assert_eq!(told(Some(Opinion::Objects)), [answer, LetterKind::ToldThirdParty]);
        assert_eq!(told(Some(Opinion::Agrees)), [answer]);
        assert_eq!(told(None), [answer]);
    }

    #[test]
    fn every_way_out_but_of_what_was_never_received_has_a_letter() {
        let filed = Case { handler: None, stage: Stage::Filed { arrived_on: day(2) } };
        assert!(Act::Withdraw.letters(&filed).is_empty());
        assert_eq!(
            Act::Withdraw.letters(&about_to_give(None)),
            [LetterKind::Answer(Disposition::Withdrawn)]
        );
        let waiting = |stage| Act::Lapse.letters(&Case { handler: None, stage });
        let course = crate::domain::case::Course::starting(day(2));
        assert_eq!(
            waiting(Stage::AwaitingCorrection { course, asked_on: day(3), until: day(9) }),
            [LetterKind::Answer(Disposition::NotCorrected)]
        );
    }
}
