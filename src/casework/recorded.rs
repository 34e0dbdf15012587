//! An act as it stands in the record, from which the case can be rebuilt.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::casework::CaseworkError;
use crate::domain::case::{Act, ActKind};
use crate::domain::consultation::{Opinion, Party};
use crate::domain::outcome::Disposition;

/// An act as it stands in the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// What was done.
    pub act: Act,
    /// The day on which it happened, which may lie before the moment of writing it down.
    pub on: NaiveDate,
    /// What was written with it (reason, opinion, correction), sealed under the case's key.
    pub words: Option<Vec<u8>>,
    /// What was filled in for the letters that it calls for, sealed under the case's key.
    pub particulars: Option<Vec<u8>>,
    /// The attachments that came with it.
    pub attachments: Vec<Uuid>,
    /// The letters that it was clothed in.
    pub letters: Vec<IssuedPaper>,
}

/// A letter as the record names it: what it was, and which bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssuedPaper {
    /// The letter.
    pub id: Uuid,
    /// Which letter it is, by its key.
    pub kind: String,
    /// 文号, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// SHA-256 of the PDF, in hexadecimal.
    pub pdf_sha256: String,
}

/// [`Recorded`] in JSON: the keys in a fixed order, absent ones left out.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    on: NaiveDate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    as_exception: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    days: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    party: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    consultation: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    opinion: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    yuan: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    disposition: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    given: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    words: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    particulars: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<Uuid>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    letters: Vec<IssuedPaper>,
}

impl Recorded {
    /// The event's data.
    ///
    /// # Errors
    ///
    /// [`CaseworkError::Garbled`], if it cannot be written as JSON.
    pub fn to_json(&self) -> Result<String, CaseworkError> {
        let mut entry = Entry {
            on: self.on,
            to: None,
            until: None,
            as_exception: None,
            days: None,
            party: None,
            consultation: None,
            opinion: None,
            yuan: None,
            disposition: None,
            given: None,
            words: self
                .words
                .as_ref()
                .map(|words| BASE64_STANDARD.encode(words)),
            particulars: self
                .particulars
                .as_ref()
                .map(|filled| BASE64_STANDARD.encode(filled)),
            attachments: self.attachments.clone(),
            letters: self.letters.clone(),
        };
        match &self.act {
            Act::Assign { to } => entry.to = Some(*to),
            Act::AskForCorrection { until, as_exception } => {
                entry.until = Some(*until);
                entry.as_exception = Some(*as_exception);
            }
            Act::AskToExtend { days } | Act::Extend { days } => entry.days = Some(*days),
            Act::RequireReasons { until } | Act::DelayAnswer { until } => {
                entry.until = Some(*until);
            }
            Act::RecordReasons { given } => entry.given = Some(*given),
            Act::Consult { party } => entry.party = Some(party.code().to_owned()),
            Act::RecordDelivery { consultation } => entry.consultation = Some(*consultation),
            Act::RecordOpinion { consultation, opinion } => {
                entry.consultation = Some(*consultation);
                entry.opinion = Some(opinion.code().to_owned());
            }
            Act::ChargeFee { yuan } => entry.yuan = Some(*yuan),
            Act::Propose { disposition } => {
                entry.disposition = Some(disposition.code().to_owned());
            }
            Act::ConfirmReceipt
            | Act::Correct
            | Act::Lapse
            | Act::DeclineExtension
            | Act::RecordFeeDelivery
            | Act::Pay
            | Act::Return
            | Act::Approve
            | Act::Withdraw => {}
        }
        serde_json::to_string(&entry).map_err(|_| CaseworkError::Garbled("event"))
    }

    /// The act that an event's name and data say; `None` for events that are no acts (a
    /// sign-in, a reveal, an export).
    ///
    /// # Errors
    ///
    /// [`CaseworkError::Garbled`], if the data does not fit the name.
    pub fn from_json(action: &str, data: &str) -> Result<Option<Self>, CaseworkError> {
        let Some(kind) = ActKind::from_code(action) else {
            return Ok(None);
        };
        let entry: Entry =
            serde_json::from_str(data).map_err(|_| CaseworkError::Garbled("event"))?;
        let act = entry.act(kind).ok_or(CaseworkError::Garbled("event"))?;
        let sealed = |text: Option<String>| {
            text.map(|text| BASE64_STANDARD.decode(text))
                .transpose()
                .map_err(|_| CaseworkError::Garbled("event"))
        };
        Ok(Some(Self {
            act,
            on: entry.on,
            words: sealed(entry.words)?,
            particulars: sealed(entry.particulars)?,
            attachments: entry.attachments,
            letters: entry.letters,
        }))
    }
}

impl Entry {
    fn act(&self, kind: ActKind) -> Option<Act> {
        Some(match kind {
            ActKind::ConfirmReceipt => Act::ConfirmReceipt,
            ActKind::Assign => Act::Assign { to: self.to? },
            ActKind::AskForCorrection => {
                Act::AskForCorrection { until: self.until?, as_exception: self.as_exception? }
            }
            ActKind::Correct => Act::Correct,
            ActKind::Lapse => Act::Lapse,
            ActKind::AskToExtend => Act::AskToExtend { days: self.days? },
            ActKind::Extend => Act::Extend { days: self.days? },
            ActKind::DeclineExtension => Act::DeclineExtension,
            ActKind::RequireReasons => Act::RequireReasons { until: self.until? },
            ActKind::RecordReasons => Act::RecordReasons { given: self.given? },
            ActKind::DelayAnswer => Act::DelayAnswer { until: self.until? },
            ActKind::Consult => Act::Consult { party: Party::from_code(self.party.as_deref()?)? },
            ActKind::RecordDelivery => Act::RecordDelivery { consultation: self.consultation? },
            ActKind::RecordOpinion => Act::RecordOpinion {
                consultation: self.consultation?,
                opinion: Opinion::from_code(self.opinion.as_deref()?)?,
            },
            ActKind::ChargeFee => Act::ChargeFee { yuan: self.yuan? },
            ActKind::RecordFeeDelivery => Act::RecordFeeDelivery,
            ActKind::Pay => Act::Pay,
            ActKind::Propose => {
                Act::Propose { disposition: Disposition::from_code(self.disposition.as_deref()?)? }
            }
            ActKind::Return => Act::Return,
            ActKind::Approve => Act::Approve,
            ActKind::Withdraw => Act::Withdraw,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_act_comes_back_from_the_record() {
        let on = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
        let acts = [
            Act::ConfirmReceipt,
            Act::Assign { to: Uuid::from_u128(5) },
            Act::AskForCorrection { until: on, as_exception: true },
            Act::Correct,
            Act::Lapse,
            Act::AskToExtend { days: 10 },
            Act::Extend { days: 20 },
            Act::DeclineExtension,
            Act::RequireReasons { until: on },
            Act::RecordReasons { given: true },
            Act::DelayAnswer { until: on },
            Act::Consult { party: Party::Agency },
            Act::RecordDelivery { consultation: 2 },
            Act::RecordOpinion { consultation: 2, opinion: Opinion::Objects },
            Act::ChargeFee { yuan: 700 },
            Act::RecordFeeDelivery,
            Act::Pay,
            Act::Propose { disposition: Disposition::NotOurs },
            Act::Return,
            Act::Approve,
            Act::Withdraw,
        ];
        assert_eq!(acts.len(), ActKind::ALL.len());
        for act in acts {
            let recorded = Recorded {
                act,
                on,
                words: Some(vec![1, 2, 3]),
                particulars: Some(vec![4, 5]),
                attachments: vec![Uuid::from_u128(8)],
                letters: vec![IssuedPaper {
                    id: Uuid::from_u128(9),
                    kind: "extend".to_owned(),
                    number: Some("莲办依申延〔2026〕1号".to_owned()),
                    pdf_sha256: "00".repeat(32),
                }],
            };
            let json = recorded.to_json().unwrap();
            let back = Recorded::from_json(recorded.act.kind().code(), &json).unwrap();
            assert_eq!(back, Some(recorded));
        }
    }

    #[test]
    fn what_is_no_act_is_left_alone_and_a_garbled_one_is_told() {
        assert!(Recorded::from_json("signed_in", "{}").unwrap().is_none());
        assert!(Recorded::from_json("extend", r#"{"on":"2026-03-02"}"#).is_err());
    }
}
