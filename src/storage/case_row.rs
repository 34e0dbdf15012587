//! The row of a case, and the case that it says.

use chrono::{Datelike as _, NaiveDate};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::StorageError;
use crate::domain::case::{
    Awaited, Case, Course, Draft, Ending, Handling, Heard, Reasons, Stage, WantedExtension,
};
use crate::domain::consultation::{Consultation, Opinion, Party};
use crate::domain::deadline::{Delay, Extension, ReplyTerm};
use crate::domain::outcome::{Disposition, Outcome};

/// A [`Stage`] in JSON. The words are those of the domain, so that a row can be read by eye.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case", deny_unknown_fields)]
enum State {
    Filed {
        arrived_on: NaiveDate,
    },
    Handling {
        course: CourseState,
        started_on: NaiveDate,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        extension: Option<ExtensionState>,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        delay: Option<DelayState>,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        draft: Option<DraftState>,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        wanted: Option<WantedState>,
    },
    AwaitingCorrection {
        course: CourseState,
        asked_on: NaiveDate,
        until: NaiveDate,
    },
    AwaitingPayment {
        course: CourseState,
        notified_on: NaiveDate,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        delivered_on: Option<NaiveDate>,
        yuan: u32,
    },
    Closed {
        received_on: NaiveDate,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        disposition: Option<String>,
        outcome: String,
        on: NaiveDate,
    },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CourseState {
    received_on: NaiveDate,
    terms: u32,
    #[serde(skip_serializing_if = "is_zero", default)]
    correction_notices: u32,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    consultations: Vec<ConsultationState>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    reasons: Option<ReasonsState>,
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    was_charged: bool,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReasonsState {
    asked_on: NaiveDate,
    until: NaiveDate,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    given_on: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    silent_on: Option<NaiveDate>,
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    found_sound: bool,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConsultationState {
    number: u32,
    term: u32,
    party: String,
    sent_on: NaiveDate,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    delivered_on: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    replied_on: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    opinion: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExtensionState {
    days: u32,
    decided_on: NaiveDate,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DelayState {
    until: NaiveDate,
    decided_on: NaiveDate,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DraftState {
    disposition: String,
    by: Uuid,
    on: NaiveDate,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WantedState {
    days: u32,
    by: Uuid,
    on: NaiveDate,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
const fn is_zero(n: &u32) -> bool {
    *n == 0
}

/// The stage as it is stored.
///
/// # Errors
///
/// [`StorageError::Inconsistent`], if it cannot be written as JSON.
pub(super) fn encode(stage: &Stage) -> Result<String, StorageError> {
    serde_json::to_string(&State::from(stage)).map_err(|_| StorageError::Inconsistent {
        table: "cases",
        row: String::new(),
        why: "the state cannot be written",
    })
}

/// The case that a row says; what the columns for queries say must agree.
///
/// # Errors
///
/// [`StorageError::Inconsistent`], where state and columns contradict each other.
pub(super) fn decode(
    state: &str,
    stage_code: &str,
    handler: Option<Uuid>,
    row: Uuid,
) -> Result<Case, StorageError> {
    let case = read(state, handler, row)?;
    if case.stage.code() != stage_code {
        let why = "state and stage contradict each other";
        return Err(StorageError::Inconsistent { table: "cases", row: row.to_string(), why });
    }
    Ok(case)
}

/// The case that a state says.
///
/// # Errors
///
/// [`StorageError::Inconsistent`], if it cannot be read.
pub(super) fn read(state: &str, handler: Option<Uuid>, row: Uuid) -> Result<Case, StorageError> {
    let broken = |why| StorageError::Inconsistent { table: "cases", row: row.to_string(), why };
    let read: State = serde_json::from_str(state).map_err(|_| broken("state is not readable"))?;
    Ok(Case { handler, stage: Stage::try_from(read).map_err(broken)? })
}

/// The columns that queries need, as the stage says them.
pub(super) struct Counted {
    pub(super) received_on: Option<NaiveDate>,
    pub(super) received_year: Option<i32>,
    pub(super) closed_on: Option<NaiveDate>,
    pub(super) closed_year: Option<i32>,
    pub(super) outcome: Option<&'static str>,
    pub(super) awaits: Option<&'static str>,
}

impl Counted {
    pub(super) fn of(stage: &Stage) -> Self {
        let received_on = stage.received_on();
        let closed = stage.closed();
        let closed_on = closed.map(|(_, on)| on);
        Self {
            received_on,
            received_year: received_on.map(|day| day.year()),
            closed_on,
            closed_year: closed_on.map(|day| day.year()),
            outcome: closed.map(|(ending, _)| ending.outcome().code()),
            awaits: stage.awaited().map(Awaited::code),
        }
    }
}

impl From<&Stage> for State {
    fn from(stage: &Stage) -> Self {
        match stage {
            Stage::Filed { arrived_on } => Self::Filed { arrived_on: *arrived_on },
            Stage::Handling(handling) => Self::Handling {
                course: (&handling.course).into(),
                started_on: handling.term.started_on,
                extension: handling.term.extension.map(|extension| ExtensionState {
                    days: extension.days,
                    decided_on: extension.decided_on,
                }),
                delay: handling
                    .term
                    .delay
                    .map(|delay| DelayState { until: delay.until, decided_on: delay.decided_on }),
                draft: handling.draft.map(|draft| DraftState {
                    disposition: draft.disposition.code().to_owned(),
                    by: draft.by,
                    on: draft.on,
                }),
                wanted: handling.wanted.map(|wanted| WantedState {
                    days: wanted.days,
                    by: wanted.by,
                    on: wanted.on,
                }),
            },
            Stage::AwaitingCorrection { course, asked_on, until } => Self::AwaitingCorrection {
                course: course.into(),
                asked_on: *asked_on,
                until: *until,
            },
            Stage::AwaitingPayment { course, notified_on, delivered_on, yuan } => {
                Self::AwaitingPayment {
                    course: course.into(),
                    notified_on: *notified_on,
                    delivered_on: *delivered_on,
                    yuan: *yuan,
                }
            }
            Stage::Closed { received_on, ending, on } => Self::Closed {
                received_on: *received_on,
                disposition: match ending {
                    Ending::Found(disposition) => Some(disposition.code().to_owned()),
                    Ending::Recorded(_) => None,
                },
                outcome: ending.outcome().code().to_owned(),
                on: *on,
            },
        }
    }
}

impl TryFrom<State> for Stage {
    type Error = &'static str;

    fn try_from(state: State) -> Result<Self, Self::Error> {
        Ok(match state {
            State::Filed { arrived_on } => Self::Filed { arrived_on },
            State::Handling { course, started_on, extension, delay, draft, wanted } => {
                let course = Course::try_from(course)?;
                let extension = extension.map(|extension| Extension {
                    days: extension.days,
                    decided_on: extension.decided_on,
                });
                let delay =
                    delay.map(|delay| Delay { until: delay.until, decided_on: delay.decided_on });
                let term = ReplyTerm { number: course.terms, started_on, extension, delay };
                let draft = draft.map(DraftState::read).transpose()?;
                let wanted = wanted.map(|wanted| WantedExtension {
                    days: wanted.days,
                    by: wanted.by,
                    on: wanted.on,
                });
                Self::Handling(Handling { course, term, draft, wanted })
            }
            State::AwaitingCorrection { course, asked_on, until } => {
                Self::AwaitingCorrection { course: course.try_into()?, asked_on, until }
            }
            State::AwaitingPayment { course, notified_on, delivered_on, yuan } => {
                Self::AwaitingPayment {
                    course: course.try_into()?,
                    notified_on,
                    delivered_on,
                    yuan,
                }
            }
            State::Closed { received_on, disposition, outcome, on } => {
                let outcome = Outcome::from_code(&outcome).ok_or("outcome unknown")?;
                let ending = match disposition {
                    None => Ending::Recorded(outcome),
                    Some(code) => Ending::Found(
                        Disposition::from_code(&code)
                            .filter(|disposition| disposition.outcome() == outcome)
                            .ok_or("disposition and outcome contradict each other")?,
                    ),
                };
                Self::Closed { received_on, ending, on }
            }
        })
    }
}

impl DraftState {
    fn read(self) -> Result<Draft, &'static str> {
        let disposition = Disposition::from_code(&self.disposition).ok_or("disposition unknown")?;
        Ok(Draft { disposition, by: self.by, on: self.on })
    }
}

impl From<&Course> for CourseState {
    fn from(course: &Course) -> Self {
        Self {
            received_on: course.received_on,
            terms: course.terms,
            correction_notices: course.correction_notices,
            consultations: course
                .consultations
                .iter()
                .map(ConsultationState::from)
                .collect(),
            reasons: course.reasons.map(ReasonsState::from),
            was_charged: course.was_charged,
        }
    }
}

impl TryFrom<CourseState> for Course {
    type Error = &'static str;

    fn try_from(course: CourseState) -> Result<Self, Self::Error> {
        let consultations: Result<_, _> = course
            .consultations
            .into_iter()
            .map(Consultation::try_from)
            .collect();
        Ok(Self {
            received_on: course.received_on,
            terms: course.terms,
            correction_notices: course.correction_notices,
            consultations: consultations?,
            reasons: course.reasons.map(Reasons::try_from).transpose()?,
            was_charged: course.was_charged,
        })
    }
}

impl From<Reasons> for ReasonsState {
    fn from(reasons: Reasons) -> Self {
        let (given_on, silent_on) = match reasons.heard {
            None => (None, None),
            Some(Heard::Given(on)) => (Some(on), None),
            Some(Heard::Silent(on)) => (None, Some(on)),
        };
        Self {
            asked_on: reasons.asked_on,
            until: reasons.until,
            given_on,
            silent_on,
            found_sound: reasons.found_sound,
        }
    }
}

impl TryFrom<ReasonsState> for Reasons {
    type Error = &'static str;

    fn try_from(state: ReasonsState) -> Result<Self, Self::Error> {
        let heard = match (state.given_on, state.silent_on) {
            (None, None) => None,
            (Some(on), None) => Some(Heard::Given(on)),
            (None, Some(on)) => Some(Heard::Silent(on)),
            (Some(_), Some(_)) => return Err("reasons both given and withheld"),
        };
        Ok(Self {
            asked_on: state.asked_on,
            until: state.until,
            heard,
            found_sound: state.found_sound,
        })
    }
}

impl From<&Consultation> for ConsultationState {
    fn from(consultation: &Consultation) -> Self {
        Self {
            number: consultation.number,
            term: consultation.term,
            party: consultation.party.code().to_owned(),
            sent_on: consultation.sent_on,
            delivered_on: consultation.delivered_on,
            replied_on: consultation.reply.map(|(on, _)| on),
            opinion: consultation
                .reply
                .map(|(_, opinion)| opinion.code().to_owned()),
        }
    }
}

impl TryFrom<ConsultationState> for Consultation {
    type Error = &'static str;

    fn try_from(state: ConsultationState) -> Result<Self, Self::Error> {
        let reply = match (state.replied_on, state.opinion) {
            (None, None) => None,
            (Some(on), Some(code)) => {
                Some((on, Opinion::from_code(&code).ok_or("opinion unknown")?))
            }
            _ => return Err("a reply without its day or opinion"),
        };
        Ok(Self {
            number: state.number,
            term: state.term,
            party: Party::from_code(&state.party).ok_or("party unknown")?,
            sent_on: state.sent_on,
            delivered_on: state.delivered_on,
            reply,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(n: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, n).unwrap()
    }

    fn stages() -> Vec<Stage> {
        let mut course = Course::starting(day(2));
        course.reasons = Some(Reasons {
            asked_on: day(3),
            until: day(10),
            heard: Some(Heard::Given(day(8))),
            found_sound: true,
        });
        course.was_charged = true;
        course.correction_notices = 1;
        course.terms = 2;
        course.consultations.push(Consultation {
            number: 1,
            term: 2,
            party: Party::Agency,
            sent_on: day(4),
            delivered_on: Some(day(5)),
            reply: Some((day(9), Opinion::AgreesInPart)),
        });
        let term = ReplyTerm {
            number: 2,
            started_on: day(3),
            extension: Some(Extension { days: 20, decided_on: day(6) }),
            delay: Some(Delay { until: day(30), decided_on: day(10) }),
        };
        let draft =
            Some(Draft { disposition: Disposition::NotOurs, by: Uuid::from_u128(4), on: day(7) });
        let wanted = Some(WantedExtension { days: 10, by: Uuid::from_u128(5), on: day(8) });
        let (asked_on, until) = (day(4), day(20));
        vec![
            Stage::Filed { arrived_on: day(1) },
            Stage::Handling(Handling { course: course.clone(), term, draft, wanted }),
            Stage::Handling(Handling::starting(day(2))),
            Stage::AwaitingCorrection { course: course.clone(), asked_on, until },
            Stage::AwaitingPayment { course, notified_on: day(4), delivered_on: None, yuan: 300 },
            Stage::Closed {
                received_on: day(2),
                ending: Ending::Found(Disposition::NonExistent),
                on: day(9),
            },
            Stage::Closed {
                received_on: day(2),
                ending: Ending::Recorded(Outcome::Granted),
                on: day(9),
            },
        ]
    }

    #[test]
    fn every_stage_comes_back_as_it_was() {
        for stage in stages() {
            let state = encode(&stage).unwrap();
            let case = decode(&state, stage.code(), None, Uuid::nil()).unwrap();
            assert_eq!(case.stage, stage);
        }
    }

    #[test]
    fn a_row_that_contradicts_itself_is_refused() {
        let state = encode(&Stage::Filed { arrived_on: day(1) }).unwrap();
        assert!(decode(&state, "handling", None, Uuid::nil()).is_err());
        let lie = r#"{"stage":"closed","received_on":"2026-03-02","disposition":"not_ours","outcome":"granted","on":"2026-03-03"}"#;
        assert!(decode(lie, "closed", None, Uuid::nil()).is_err());
    }
}
