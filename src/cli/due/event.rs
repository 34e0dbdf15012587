//! What happened to an application, as written on the command line.

use std::fmt;

use chrono::{Days, NaiveDate};

use crate::domain::case::{Act, NotAllowed, Stage};
use crate::domain::consultation::{Consultation, Opinion, Party};

/// Something that happened on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Event {
    kind: Kind,
    /// The day on which it happened.
    pub(super) on: NaiveDate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    CorrectionSent,
    Corrected,
    Asked(Party),
    Delivered(Party),
    Replied(Party),
    FeeSent,
    FeeReceived,
    FeePaid,
    Extended(u32),
    Delayed(NaiveDate),
}

/// What can happen without a number: how it is written, and what it is called.
const PLAIN: [(&str, &str, Kind); 11] = [
    ("correction-sent", "告知补正", Kind::CorrectionSent),
    ("corrected", "收到补正", Kind::Corrected),
    ("third-party-sent", "征求第三方意见", Kind::Asked(Party::ThirdParty)),
    ("third-party-received", "第三方收到征求意见书", Kind::Delivered(Party::ThirdParty)),
    ("third-party-replied", "第三方答复", Kind::Replied(Party::ThirdParty)),
    ("agency-sent", "征求其他机关意见", Kind::Asked(Party::Agency)),
    ("agency-received", "其他机关收到征求意见函", Kind::Delivered(Party::Agency)),
    ("agency-replied", "其他机关答复", Kind::Replied(Party::Agency)),
    ("fee-sent", "发出收费通知", Kind::FeeSent),
    ("fee-received", "申请人收到收费通知", Kind::FeeReceived),
    ("fee-paid", "缴费", Kind::FeePaid),
];
const EXTENDED: &str = "extended";
const DELAYED: &str = "delayed";

/// Reads `KIND:DATE`, `extended:DATE:N` or `delayed:DATE:UNTIL`.
pub(super) fn parse(text: &str) -> Result<Event, String> {
    let mut parts = text.split(':');
    let name = parts.next().unwrap_or_default();
    let on = super::date(parts.next().unwrap_or_default())?;
    let number = parts.next();
    if parts.next().is_some() {
        return Err("应写作“事项:日期”或“extended:日期:工作日数”".to_owned());
    }
    let kind = match (name, number) {
        (EXTENDED, Some(number)) => number
            .parse()
            .map(Kind::Extended)
            .map_err(|_| "延期的工作日数应为整数".to_owned())?,
        (EXTENDED, None) => return Err("延期应写明工作日数，如 extended:2026-01-31:20".to_owned()),
        (DELAYED, Some(until)) => Kind::Delayed(super::date(until)?),
        (DELAYED, None) => {
            return Err("延迟答复应写明期限届满日，如 delayed:2026-01-31:2026-04-30".to_owned());
        }
        (name, number) => {
            let known = PLAIN.iter().find(|(known, _, _)| *known == name);
            let (_, _, kind) = known.ok_or_else(|| format!("没有名为“{name}”的事项"))?;
            if number.is_some() {
                return Err(format!("事项 {name} 之后只写日期"));
            }
            *kind
        }
    };
    Ok(Event { kind, on })
}

impl Event {
    /// The usual place among the events of one day: what needs a running term comes before
    /// what stops it, and that before what starts a new one.
    pub(super) const fn rank(&self) -> u8 {
        match self.kind {
            Kind::Extended(_) | Kind::Delayed(_) | Kind::Asked(_) => 0,
            Kind::Delivered(_) => 1,
            Kind::Replied(_) => 2,
            Kind::CorrectionSent | Kind::FeeSent => 3,
            Kind::FeeReceived => 4,
            Kind::Corrected | Kind::FeePaid => 5,
        }
    }

    /// The acts that it was, for a case at this stage.
    pub(super) fn acts(&self, stage: &Stage, as_exception: bool) -> Result<Vec<Act>, NotAllowed> {
        Ok(vec![match self.kind {
            Kind::Delayed(until) => return Ok(self.delaying(stage, until)),
            Kind::CorrectionSent => Act::AskForCorrection { until: self.tomorrow(), as_exception },
            Kind::Corrected => Act::Correct,
            Kind::Asked(party) => Act::Consult { party },
            Kind::Delivered(party) => Act::RecordDelivery {
                consultation: open(stage, party, |letter| letter.delivered_on.is_none())?,
            },
            Kind::Replied(party) => Act::RecordOpinion {
                consultation: open(stage, party, |_| true)?,
                opinion: Opinion::Agrees,
            },
            // The sum does not matter to the clock.
            Kind::FeeSent => Act::ChargeFee { yuan: 1 },
            Kind::FeeReceived => Act::RecordFeeDelivery,
            Kind::FeePaid => Act::Pay,
            Kind::Extended(days) => Act::Extend { days },
        }])
    }

    /// An answer is put off after sound reasons were given (art. 35), which the clock takes as
    /// asked for and given on the same day: neither changes a date.
    fn delaying(&self, stage: &Stage, until: NaiveDate) -> Vec<Act> {
        let delay = Act::DelayAnswer { until };
        if stage
            .course()
            .is_some_and(|course| course.reasons.is_some())
        {
            return vec![delay];
        }
        let asked = Act::RequireReasons { until: self.tomorrow() };
        vec![asked, Act::RecordReasons { given: true }, delay]
    }

    /// The applicant's own last day stands in the notice; the clock does not need it.
    fn tomorrow(&self) -> NaiveDate {
        self.on.checked_add_days(Days::new(1)).unwrap_or(self.on)
    }
}

/// The oldest letter to that party that is not answered, and of which `lacks` holds.
fn open(
    stage: &Stage,
    party: Party,
    lacks: impl Fn(&Consultation) -> bool,
) -> Result<u32, NotAllowed> {
    let letters = stage.course().map(|course| course.consultations.iter());
    letters
        .into_iter()
        .flatten()
        .find(|letter| letter.party == party && letter.reply.is_none() && lacks(letter))
        .map(|letter| letter.number)
        .ok_or(NotAllowed::NoConsultation)
}

impl fmt::Display for Event {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = PLAIN.iter().find(|(_, _, kind)| *kind == self.kind);
        match (self.kind, plain) {
            (Kind::Extended(days), _) => {
                write!(formatter, "{} 延期 {days} 个工作日", self.on)
            }
            (Kind::Delayed(until), _) => {
                write!(formatter, "{} 延迟答复至 {until}", self.on)
            }
            (_, Some((_, label, _))) => write!(formatter, "{} {label}", self.on),
            (_, None) => write!(formatter, "{}", self.on),
        }
    }
}
