//! What the record says of a case that was taken over.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::casework::CaseworkError;
use crate::casework::import::rows::ImportedCase;
use crate::domain::case::{Ending, Handling, Stage};
use crate::domain::deadline::Extension;
use crate::domain::outcome::Outcome;

/// The event of a case that was taken over from older records.
pub const IMPORTED: &str = "imported";

/// The particulars of an [`IMPORTED`] event: from them the case can be rebuilt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportEntry {
    /// 受理编号.
    pub number: String,
    /// 渠道.
    pub channel: String,
    /// 申请人类型.
    pub applicant_kind: String,
    /// 收到日期.
    pub received_on: NaiveDate,
    /// 办结日期.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_on: Option<NaiveDate>,
    /// 办理结果.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// 期限, as the file had it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<NaiveDate>,
    /// 延期, of a case that is still open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<ExtensionEntry>,
    /// 延期工作日, of a closed case.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub extended: u32,
    /// 备注, sealed under the case's key, in base 64; the case's history shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

/// 延期 as the record has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtensionEntry {
    /// Working days.
    pub days: u32,
    /// The day on which it was decided at the latest: the file does not say it.
    pub decided_by: NaiveDate,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
const fn is_zero(days: &u32) -> bool {
    *days == 0
}

impl ImportEntry {
    /// What the record is to say of `case`.
    ///
    /// `last_day` is the day by which an extension must have been decided: the last one of the
    /// plain term, or today if that is earlier.
    #[must_use]
    pub fn new(
        case: &ImportedCase,
        number: &str,
        last_day: NaiveDate,
        note: Option<&[u8]>,
    ) -> Self {
        let open_and_extended = case.closed.is_none() && case.extension > 0;
        Self {
            number: number.to_owned(),
            channel: case.channel.code().to_owned(),
            applicant_kind: case.kind.code().to_owned(),
            received_on: case.received_on,
            closed_on: case.closed.map(|(on, _)| on),
            outcome: case.closed.map(|(_, outcome)| outcome.code().to_owned()),
            due_on: case.due_on,
            extension: open_and_extended
                .then_some(ExtensionEntry { days: case.extension, decided_by: last_day }),
            extended: if case.closed.is_some() {
                case.extension
            } else {
                0
            },
            words: note.map(|note| BASE64_STANDARD.encode(note)),
        }
    }

    /// The event's data.
    ///
    /// # Errors
    ///
    /// [`CaseworkError::Garbled`], if it cannot be written as JSON.
    pub fn to_json(&self) -> Result<String, CaseworkError> {
        serde_json::to_string(self).map_err(|_| CaseworkError::Garbled("event"))
    }

    /// What an event's data says.
    ///
    /// # Errors
    ///
    /// [`CaseworkError::Garbled`].
    pub fn from_json(data: &str) -> Result<Self, CaseworkError> {
        serde_json::from_str(data).map_err(|_| CaseworkError::Garbled("event"))
    }

    /// Where the case stood when it was taken over: closed, or in hand with its first term.
    ///
    /// # Errors
    ///
    /// [`CaseworkError::Garbled`], if the entry contradicts itself.
    pub fn stage(&self) -> Result<Stage, CaseworkError> {
        let garbled = CaseworkError::Garbled("event");
        match (self.closed_on, self.outcome.as_deref()) {
            (Some(on), Some(code)) => Ok(Stage::Closed {
                received_on: self.received_on,
                ending: Ending::Recorded(Outcome::from_code(code).ok_or(garbled)?),
                on,
            }),
            (None, None) => {
                let mut handling = Handling::starting(self.received_on);
                handling.term.extension = self
                    .extension
                    .map(|entry| Extension { days: entry.days, decided_on: entry.decided_by });
                Ok(Stage::Handling(handling))
            }
            _ => Err(garbled),
        }
    }

    /// 延期工作日, whether or not the case was closed.
    #[must_use]
    pub fn extended_days(&self) -> u32 {
        self.extension
            .map_or(self.extended, |extension| extension.days)
    }

    /// 备注, still sealed.
    ///
    /// # Errors
    ///
    /// [`CaseworkError::Garbled`].
    pub fn sealed_note(&self) -> Result<Option<Vec<u8>>, CaseworkError> {
        let decoded = self
            .words
            .as_deref()
            .map(|note| BASE64_STANDARD.decode(note));
        decoded
            .transpose()
            .map_err(|_| CaseworkError::Garbled("event"))
    }
}
