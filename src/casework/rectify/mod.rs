//! 更正: an application to correct a record is taken in and answered (art. 41).

mod answer;
mod letters;
mod take_in;
mod track;

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;
use uuid::Uuid;

pub use self::answer::{Finding, answer, preview};
pub use self::letters::{seal_old_letters, serve, take_out};
pub use self::take_in::{NewRectification, Receipt, filed, take_in};
pub use self::track::{Standing, again, letter, open_with_code};
use crate::app::App;
use crate::casework::record::{self, Happened};
use crate::casework::reveal::{self, HandedOut};
use crate::casework::{CaseworkError, attachments, papers};
use crate::domain::actor::{Actor, Role};
use crate::domain::case::NotAllowed;
use crate::domain::letter::LetterKind;
use crate::storage::attachments::Attachment;
use crate::storage::rectifications::{self, Rectification};
use crate::storage::{Connection, StorageError};
use crate::vault::CaseKey;

/// The action by which the record names that a letter was served.
pub const SERVED: &str = "rectification_letter_served";

/// What the sealed papers are bound to.
const PAPERS: &str = "rectification";
/// The action by which the record names that one came in.
pub const FILED: &str = "rectification_filed";
/// The action by which the record names its answer.
pub const ANSWERED: &str = "rectification_answered";
/// The action by which the record names that somebody looked at who applied.
pub const REVEALED: &str = "rectification_revealed";
/// The action by which the record names a letter that the applicant took: evidence of service.
pub const LETTER_READ: &str = "rectification_letter_read";

/// What was written, all of it sealed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RectificationPapers {
    /// 姓名或者名称.
    pub name: String,
    /// 身份证明.
    pub document: String,
    /// 联系方式.
    pub contact: String,
    /// The record that is to be corrected.
    pub record: String,
    /// What is wrong with it, and what is right.
    pub wrong: String,
    /// What shows it.
    pub evidence: String,
    /// What the office found, once it answered.
    pub finding: String,
    /// The agency that may correct it, where it is not this one.
    pub responsible: String,
}

impl RectificationPapers {
    /// The fields, by the names under which they are kept.
    fn fields(&mut self) -> [(&'static str, &mut String); 8] {
        [
            ("name", &mut self.name),
            ("document", &mut self.document),
            ("contact", &mut self.contact),
            ("record", &mut self.record),
            ("wrong", &mut self.wrong),
            ("evidence", &mut self.evidence),
            ("finding", &mut self.finding),
            ("responsible", &mut self.responsible),
        ]
    }

    fn encode(mut self) -> Result<Vec<u8>, CaseworkError> {
        let texts: BTreeMap<_, String> = self
            .fields()
            .map(|(name, text)| (name, text.clone()))
            .into();
        serde_json::to_vec(&texts).map_err(|_| CaseworkError::Garbled("papers"))
    }

    fn decode(bytes: &[u8]) -> Result<Self, CaseworkError> {
        let mut texts: BTreeMap<String, String> =
            serde_json::from_slice(bytes).map_err(|_| CaseworkError::Garbled("papers"))?;
        let mut papers = Self::default();
        for (name, text) in papers.fields() {
            *text = texts.remove(name).unwrap_or_default();
        }
        Ok(papers)
    }

    /// As it is shown without a reason: what somebody says of themselves (art. 41) is as personal
    /// as who they are.
    #[must_use]
    pub fn masked(&self) -> Self {
        let hidden = |text: &str| {
            if text.is_empty() {
                String::new()
            } else {
                "********".to_owned()
            }
        };
        Self {
            name: papers::masked_name(&self.name),
            document: hidden(&self.document),
            contact: hidden(&self.contact),
            wrong: hidden(&self.wrong),
            evidence: hidden(&self.evidence),
            finding: hidden(&self.finding),
            ..self.clone()
        }
    }
}

/// What the sealed papers of a letter are bound to.
fn letter_context(id: Uuid, kind: LetterKind, ending: &str) -> Vec<u8> {
    papers::context(id, &format!("letter/{}.{ending}", kind.key()))
}

fn may(by: &Actor, what: &'static str) -> Result<(), NotAllowed> {
    if by.holds(&[Role::Clerk]) {
        Ok(())
    } else {
        Err(NotAllowed::NotYours(what))
    }
}

/// What was written in an application, to be masked or shown for a reason.
fn open(app: &App, kept: &Rectification) -> Result<RectificationPapers, CaseworkError> {
    let text = key_of(app, kept)?.open(&kept.papers, &papers::context(kept.id, PAPERS))?;
    RectificationPapers::decode(&text)
}

/// The application's own key.
fn key_of(app: &App, kept: &Rectification) -> Result<CaseKey, CaseworkError> {
    let wrapped = kept.wrapped_key.as_deref().ok_or(CaseworkError::Shredded)?;
    Ok(app.vault.unwrap_case_key(wrapped)?)
}

/// An application of an agency, masked.
///
/// # Errors
///
/// [`StorageError::NotFound`], also for another agency's.
pub async fn find(
    app: &App,
    agency: Uuid,
    id: Uuid,
) -> Result<(Rectification, RectificationPapers), CaseworkError> {
    let kept = app
        .database
        .read(move |conn| rectifications::find(conn, agency, id))
        .await?;
    let papers = open(app, &kept)?.masked();
    Ok((kept, papers))
}

/// What a list says of applications: each with the record that it is about.
///
/// # Errors
///
/// [`CaseworkError::Vault`], if one cannot be opened.
pub fn captions(
    app: &App,
    kept: &[Rectification],
) -> Result<Vec<RectificationPapers>, CaseworkError> {
    kept.iter()
        .map(|one| Ok(open(app, one)?.masked()))
        .collect()
}

/// An application in full, for a reason that is on record first.
///
/// # Errors
///
/// [`CaseworkError::ReasonMissing`]; [`StorageError::NotFound`], also for another agency's.
pub async fn reveal(
    app: &App,
    agency: Uuid,
    id: Uuid,
    by: &Actor,
    reason: &str,
) -> Result<RectificationPapers, CaseworkError> {
    let kept = note(app, agency, id, Seen::Papers, by, reason).await?;
    open(app, &kept)
}

/// What of an application somebody is about to see.
#[derive(Debug, Clone, Copy)]
enum Seen {
    /// What was written.
    Papers,
    /// A file that belongs to it.
    File(Uuid),
    /// A letter that ended it.
    Letter(LetterKind),
}

/// Puts on record that somebody is about to see personal data of an application, and why.
async fn note(
    app: &App,
    agency: Uuid,
    id: Uuid,
    seen: Seen,
    by: &Actor,
    reason: &str,
) -> Result<Rectification, CaseworkError> {
    if reason.trim().is_empty() {
        return Err(CaseworkError::ReasonMissing);
    }
    if !by.holds(&[Role::Clerk, Role::Reviewer, Role::Head]) {
        return Err(NotAllowed::NotYours("查看个人信息").into());
    }
    let (office, by, at) = (app.clone(), by.clone(), app.clock.now());
    let reason = reason.trim().to_owned();
    let write = move |conn: &mut Connection| {
        let kept = rectifications::find(conn, agency, id)?;
        let words =
            key_of(&office, &kept)?.seal(reason.as_bytes(), &papers::context(id, "words"))?;
        let words = BASE64_STANDARD.encode(words);
        let (file, letter) = match seen {
            Seen::Papers => (None, None),
            Seen::File(file) => (Some(file), None),
            Seen::Letter(kind) => (None, Some(kind.key())),
        };
        let data = json!({ "rectification": id, "file": file, "letter": letter, "words": words })
            .to_string();
        let happened = Happened { agency, case: None, at, by: &by, action: REVEALED, data: &data };
        record::append(conn, &office.vault, &happened)?;
        Ok::<_, CaseworkError>(kept)
    };
    app.database.write(write).await
}

/// A file that came with an application, as [`reveal()`] shows its papers.
///
/// # Errors
///
/// As there, and [`StorageError::NotFound`] for a file of another.
pub async fn evidence(
    app: &App,
    agency: Uuid,
    id: Uuid,
    file: Uuid,
    by: &Actor,
    reason: &str,
) -> Result<HandedOut, CaseworkError> {
    let files = app
        .database
        .read(move |conn| rectifications::files(conn, id))
        .await?;
    let row = files.into_iter().find(|row| row.id == file);
    let row = row.ok_or(StorageError::NotFound("file"))?;
    let kept = note(app, agency, id, Seen::File(file), by, reason).await?;
    reveal::read(app, id, key_of(app, &kept)?, row).await
}

/// The files that came with an application, each with its name.
///
/// # Errors
///
/// [`CaseworkError::Vault`], if one was altered.
pub async fn files(
    app: &App,
    kept: &Rectification,
) -> Result<Vec<(Attachment, String)>, CaseworkError> {
    let (key, id) = (key_of(app, kept)?, kept.id);
    let rows = app
        .database
        .read(move |conn| rectifications::files(conn, id))
        .await?;
    rows.into_iter()
        .map(|row| {
            let name = attachments::name(id, &key, &row)?;
            Ok((row, name))
        })
        .collect()
}
