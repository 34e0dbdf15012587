//! Files that are to leave the office are looked at before, in a process of their own; whatever
//! is found is answered by a clerk before the decision that gives them out is approved.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, Utc};
use serde_json::json;
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::app::App;
use crate::casework::attachments::Incoming;
use crate::casework::record::{self, Happened};
use crate::casework::{CaseworkError, ids, papers};
use crate::documents::outgoing::{Finding, Own};
use crate::domain::actor::{Actor, Role};
use crate::domain::agency::Agency;
use crate::domain::case::NotAllowed;
use crate::domain::outgoing::{Answer, FindingKind};
use crate::storage::attachments::{Attachment, Purpose};
use crate::storage::outgoing::{Answered, KeptFinding};
use crate::storage::{self, Connection, StorageError};
use crate::vault::CaseKey;

/// The action by which the record names that findings were answered.
pub const ANSWERED: &str = "outgoing_answered";

/// The task of the child process.
pub const TASK: &str = "look-into";

/// How many files are looked at at once, in the whole office.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// A finding as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingView {
    /// Its identity.
    pub id: Uuid,
    /// The file.
    pub attachment: Uuid,
    /// What it is.
    pub kind: FindingKind,
    /// Where it stands.
    pub place: String,
    /// What it says, masked.
    pub excerpt: String,
    /// How it was answered, if it was.
    pub answer: Option<Answer>,
    /// Why it may leave all the same.
    pub reason: Option<String>,
}

/// Looks at the files that are to be given to the applicant: for each file its findings, none
/// for a file that stays in the house. A file that the child process falls over, or that takes
/// it too long, is itself a finding.
///
/// # Errors
///
/// [`CaseworkError::Interrupted`].
pub(super) async fn look(
    app: &App,
    agency: &Agency,
    files: &[Incoming],
) -> Result<Vec<Vec<Finding>>, CaseworkError> {
    let own = Own {
        names: vec![agency.name.clone()],
        contacts: vec![agency.telephone.clone(), agency.email.clone()],
    };
    let mut found = Vec::new();
    for file in files {
        if file.purpose != Purpose::Reply {
            found.push(Vec::new());
            continue;
        }
        let _turn = AT_ONCE
            .acquire()
            .await
            .map_err(|_| CaseworkError::Interrupted)?;
        let (reader, bytes) = (app.reader.clone(), own.parcel(&file.bytes));
        let looked = tokio::task::spawn_blocking(move || {
            let answer = reader.run(TASK, bytes).map_err(|fault| fault.to_string())?;
            serde_json::from_slice(&answer).map_err(|_| "检查结果无法识别".to_owned())
        });
        let looked: Result<Vec<Finding>, String> =
            looked.await.map_err(|_| CaseworkError::Interrupted)?;
        found
            .push(looked.unwrap_or_else(|why| {
                vec![Finding::new(FindingKind::NotChecked, "整个文件", why)]
            }));
    }
    Ok(found)
}

/// What is found as the database keeps it.
///
/// # Errors
///
/// [`CaseworkError::Vault`].
pub(super) fn seal(
    key: &CaseKey,
    case: Uuid,
    rows: &[Attachment],
    found: &[Vec<Finding>],
) -> Result<Vec<KeptFinding>, CaseworkError> {
    let mut kept = Vec::new();
    for (row, findings) in rows.iter().zip(found) {
        for finding in findings {
            let id = ids::new();
            let told = serde_json::to_vec(&(&finding.place, &finding.excerpt))
                .map_err(|_| CaseworkError::Garbled("finding"))?;
            kept.push(KeptFinding {
                id,
                attachment: row.id,
                kind: finding.kind,
                told_sealed: key.seal(&told, &papers::context(case, &format!("finding/{id}")))?,
                answer: None,
                reason_sealed: None,
            });
        }
    }
    Ok(kept)
}

/// The findings of a case for a page; without the key, of a case whose data was destroyed, none.
///
/// # Errors
///
/// [`CaseworkError::Vault`] or [`CaseworkError::Garbled`], if they were altered.
pub(super) fn read(
    case: Uuid,
    key: Option<&CaseKey>,
    kept: &[KeptFinding],
) -> Result<Vec<FindingView>, CaseworkError> {
    let Some(key) = key else {
        return Ok(Vec::new());
    };
    let view = |one: &KeptFinding| {
        let context = papers::context(case, &format!("finding/{}", one.id));
        let told = key.open(&one.told_sealed, &context)?;
        let (place, excerpt) =
            serde_json::from_slice(&told).map_err(|_| CaseworkError::Garbled("finding"))?;
        let reason = match &one.reason_sealed {
            Some(sealed) => {
                let words = key.open(sealed, &papers::context(case, "words"))?;
                Some(String::from_utf8_lossy(&words).into_owned())
            }
            None => None,
        };
        let KeptFinding { id, attachment, kind, answer, .. } = *one;
        Ok(FindingView { id, attachment, kind, place, excerpt, answer, reason })
    };
    kept.iter().map(view).collect()
}

/// Keeps what was found in the files of a new proposal. What was found in the files of earlier
/// ones is answered by it: they are replaced.
///
/// # Errors
///
/// [`StorageError`].
pub(super) fn keep(
    conn: &mut Connection,
    app: &App,
    (agency, case): (Uuid, Uuid),
    by: &Actor,
    found: &[KeptFinding],
    at: DateTime<Utc>,
) -> Result<(), StorageError> {
    let earlier = storage::outgoing::of_case(conn, case)?;
    let waiting: Vec<_> = earlier.iter().filter(|one| one.answer.is_none()).collect();
    let ids: Vec<Uuid> = waiting.iter().map(|one| one.id).collect();
    if !ids.is_empty() {
        let answered =
            Answered { answer: Answer::Replaced, by: officer(by), at, reason_sealed: None };
        storage::outgoing::answer(conn, case, &ids, answered)?;
        let data = json!({ "answer": Answer::Replaced.code(), "findings": counted(&waiting) });
        let data = data.to_string();
        let happened = Happened { agency, case: Some(case), at, by, action: ANSWERED, data: &data };
        record::append(conn, &app.vault, &happened)?;
    }
    storage::outgoing::insert(conn, case, found, at)
}

/// How many findings of each kind there are, by label.
fn counted(findings: &[&KeptFinding]) -> BTreeMap<&'static str, usize> {
    let mut counted = BTreeMap::new();
    for one in findings {
        *counted.entry(one.kind.label()).or_default() += 1;
    }
    counted
}

const fn officer(by: &Actor) -> Option<Uuid> {
    match by {
        Actor::Officer { id, .. } => Some(*id),
        Actor::Applicant | Actor::System => None,
    }
}

/// 确认可以对外提供: a clerk takes it upon themselves that these findings may leave, for a reason.
///
/// # Errors
///
/// [`CaseworkError::NotAllowed`] to anybody but a clerk; [`CaseworkError::ReasonMissing`];
/// [`StorageError::Conflict`], if one of them was answered meanwhile or is none of this case's;
/// [`StorageError::NotFound`], also for another agency's case.
pub async fn confirm(
    app: &App,
    agency: Uuid,
    case: Uuid,
    by: &Actor,
    chosen: Vec<Uuid>,
    reason: &str,
) -> Result<(), CaseworkError> {
    if !by.holds(&[Role::Clerk]) {
        return Err(NotAllowed::NotYours("确认文件可以对外提供").into());
    }
    let reason = reason.trim().to_owned();
    if reason.is_empty() {
        return Err(CaseworkError::ReasonMissing);
    }
    let (office, by, at) = (app.clone(), by.clone(), app.clock.now());
    let write = move |conn: &mut Connection| {
        storage::cases::find(conn, agency, case)?;
        let secrets = storage::cases::secrets(conn, case)?;
        let key = papers::case_key(&office.vault, &secrets)?;
        let sealed = key.seal(reason.as_bytes(), &papers::context(case, "words"))?;
        let answered = Answered {
            answer: Answer::Confirmed,
            by: officer(&by),
            at,
            reason_sealed: Some(&sealed),
        };
        let found = storage::outgoing::of_case(conn, case)?;
        let found: Vec<_> = found
            .iter()
            .filter(|one| chosen.contains(&one.id))
            .collect();
        let count = storage::outgoing::answer(conn, case, &chosen, answered)?;
        if count != chosen.len() || found.len() != chosen.len() {
            return Err(CaseworkError::from(StorageError::Conflict));
        }
        let data = json!({
            "answer": Answer::Confirmed.code(),
            "findings": counted(&found),
            "words": BASE64_STANDARD.encode(&sealed),
        })
        .to_string();
        let happened =
            Happened { agency, case: Some(case), at, by: &by, action: ANSWERED, data: &data };
        record::append(conn, &office.vault, &happened)?;
        Ok::<_, CaseworkError>(())
    };
    app.database.write(write).await
}
