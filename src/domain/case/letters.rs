//! Which letters an act calls for.

use chrono::NaiveDate;

use crate::domain::case::{Act, Case, Stage};
use crate::domain::consultation::{Opinion, Party};
use crate::domain::letter::{LetterKind, NOT_ASKED, Particulars, TOLD_NAME};
use crate::domain::outcome::{Disposition, Exemption};

impl Act {
    /// The letters that this act, done to `case` as it stood on the day `on`, has to be clothed
    /// in; in the order in which they are made out.
    #[must_use]
    pub fn letters(&self, case: &Case, on: NaiveDate) -> Vec<LetterKind> {
        match self {
            Self::ConfirmReceipt => vec![LetterKind::Receipt],
            Self::AskForCorrection { .. } => vec![LetterKind::Correct],
            Self::Extend { .. } => vec![LetterKind::Extend],
            Self::RequireReasons { .. } => vec![LetterKind::Reasons],
            Self::DelayAnswer { .. } => vec![LetterKind::Delay],
            // Whoever is asked on one day, the applicant is told once.
            Self::Consult { party } => {
                let letters = LetterKind::consulting(*party).into_iter();
                let was_told = case.stage.has_asked_others_on(on);
                letters
                    .filter(|kind| !was_told || *kind != LetterKind::ToldApplicant)
                    .collect()
            }
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
        let mut letters = vec![LetterKind::Answer(disposition)];
        if disposition.gives() && self.objecting().next().is_some() {
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

    /// What is wrong with what was filled in on the day `on` for letters about this case that go
    /// out together: (blank, sentence).
    ///
    /// Source: art. 32, for third parties: they are asked in writing, and told what is given
    /// against their will.
    #[must_use]
    pub fn faults(
        &self,
        kinds: &[LetterKind],
        particulars: &Particulars,
        on: NaiveDate,
    ) -> Vec<(&'static str, String)> {
        let gives_all = kinds.contains(&LetterKind::Answer(Disposition::Given));
        // What a third party objects to may be just what is withheld: nobody is told then.
        let is_written = |kind: &&LetterKind| {
            **kind != LetterKind::ToldThirdParty
                || gives_all
                || !particulars.text(TOLD_NAME).is_empty()
        };
        let kinds = kinds.iter().filter(is_written);
        kinds
            .flat_map(|kind| self.faults_of(*kind, particulars, on, gives_all))
            .collect()
    }

    fn faults_of(
        &self,
        kind: LetterKind,
        particulars: &Particulars,
        on: NaiveDate,
        gives_all: bool,
    ) -> Vec<(&'static str, String)> {
        let mut faults = particulars.faults(kind);
        faults.extend(particulars.days_after(kind, on));
        let for_third_party = match kind {
            LetterKind::Answer(Disposition::Withheld(Exemption::ThirdParty)) => true,
            LetterKind::Answer(Disposition::PartlyGiven) => {
                particulars.chose("grounds", "third_party")
            }
            _ => false,
        };
        let is_excused = !particulars.text(NOT_ASKED).is_empty();
        if for_third_party && !is_excused && !self.has_asked_third_party() {
            let why = "本案没有书面征求过第三方意见（第三十二条）；请先办理征求意见，或者写明理由";
            faults.push((NOT_ASKED, why.to_owned()));
        }
        let (objecting, named) = (self.objecting().count(), particulars.lines(TOLD_NAME).count());
        let is_told = kind == LetterKind::ToldThirdParty && gives_all;
        if is_told && (1..objecting).contains(&named) {
            let why = format!("有{objecting}个第三方没有完全同意公开，请每行写一个，各告知一份");
            faults.push((TOLD_NAME, why));
        }
        faults
    }

    fn has_asked_third_party(&self) -> bool {
        let course = self.stage.course();
        course.is_some_and(|course| {
            let mut asked = course.consultations.iter();
            asked.any(|asked| asked.party == Party::ThirdParty)
        })
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
        let gives = [
            LetterKind::Answer(Disposition::Given),
            LetterKind::ToldThirdParty,
        ];
        let told = |names: &str| {
            let told = Particulars::default()
                .with("told_name", names)
                .with("given", "合同")
                .with("given_how", "电子文件")
                .with("disclosed", "合同价款")
                .with("told_ground", "interest")
                .with("disclosed_why", "涉及公共资金");
            case.faults(&gives, &told, day(9))
        };
        assert_eq!(case.objecting().collect::<Vec<_>>(), [1, 2]);
        assert_eq!(told("甲公司").len(), 1);
        assert_eq!(told("").len(), 1);
        assert_eq!(told("甲公司\n 乙公司\n"), []);
    }

    #[test]
    fn who_withholds_for_a_third_party_has_asked_it_or_says_why_not() {
        let mut case = about_to_give(None);
        let refusal = LetterKind::Answer(Disposition::Withheld(Exemption::ThirdParty));
        let filled = Particulars::default()
            .with("interest", "trade_secret")
            .with("opinion", "无法联系")
            .with("weighing", "没有重大影响");
        assert_eq!(case.faults(&[refusal], &filled, day(9)), []);
        let Stage::Handling(handling) = &mut case.stage else {
            unreachable!()
        };
        handling.course.consultations.clear();
        let faults = case.faults(&[refusal], &filled, day(9));
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].0, NOT_ASKED);
        let excused = filled.with(NOT_ASKED, "企业已注销");
        assert_eq!(case.faults(&[refusal], &excused, day(9)), []);
        let in_part = Particulars::default()
            .with("given", "合同正文")
            .with("withheld", "单价")
            .with("reason", "商业秘密")
            .with("grounds", "process,third_party");
        let partly = LetterKind::Answer(Disposition::PartlyGiven);
        let faults = case.faults(&[partly, LetterKind::ToldThirdParty], &in_part, day(9));
        let fields: Vec<_> = faults.iter().map(|(field, _)| *field).collect();
        assert_eq!(fields, ["weighing", NOT_ASKED]);
    }

    #[test]
    fn what_a_letter_tells_of_has_happened() {
        let case = about_to_give(None);
        let searched = Particulars::default()
            .with("search_where", "档案室")
            .with("search_how", "按文号")
            .with("search_by", "王芳")
            .with("search_on", "2026-03-10");
        let nothing = LetterKind::Answer(Disposition::NonExistent);
        assert_eq!(case.faults(&[nothing], &searched, day(10)), []);
        let faults = case.faults(&[nothing], &searched, day(9));
        assert_eq!(faults, [("search_on", "检索日期不能晚于今天".to_owned())]);
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
        let told = |opinion| Act::Approve.letters(&about_to_give(opinion), day(9));
        assert_eq!(told(Some(Opinion::Objects)), [answer, LetterKind::ToldThirdParty]);
        assert_eq!(told(Some(Opinion::Agrees)), [answer]);
        assert_eq!(told(None), [answer]);
    }

    #[test]
    fn an_applicant_is_told_once_a_day_that_others_are_asked() {
        let ask = Act::Consult { party: Party::Agency };
        let asked_on_the_third = about_to_give(None);
        let told = |on| {
            let letters = ask.letters(&asked_on_the_third, on);
            letters.contains(&LetterKind::ToldApplicant)
        };
        assert!(!told(day(3)));
        assert!(told(day(4)));
    }

    #[test]
    fn every_way_out_but_of_what_was_never_received_has_a_letter() {
        let filed = Case { handler: None, stage: Stage::Filed { arrived_on: day(2) } };
        assert!(Act::Withdraw.letters(&filed, day(9)).is_empty());
        assert_eq!(
            Act::Withdraw.letters(&about_to_give(None), day(9)),
            [LetterKind::Answer(Disposition::Withdrawn)]
        );
        let waiting = |stage| Act::Lapse.letters(&Case { handler: None, stage }, day(10));
        let course = crate::domain::case::Course::starting(day(2));
        assert_eq!(
            waiting(Stage::AwaitingCorrection { course, asked_on: day(3), until: day(9) }),
            [LetterKind::Answer(Disposition::NotCorrected)]
        );
    }
}
