//! 一事一申请: one application split into several cases, or several handled side by side. Each
//! has its own number, its own clock and its own row; together they are shown as a family.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use crate::app::App;
use crate::casework::attachments::{self, Incoming, Stored};
use crate::casework::file::{FILED, assign_number};
use crate::casework::mail::{self, Addressee};
use crate::casework::record::{self, Happened};
use crate::casework::{CaseworkError, correct, ids, letters, mailbox, papers};
use crate::domain::actor::{Actor, Role};
use crate::domain::agency::Agency;
use crate::domain::application::{Draft, Field};
use crate::domain::case::{Case, NotAllowed, Stage};
use crate::domain::number::CaseNumber;
use crate::notify::Message;
use crate::storage::attachments::{Attachment, Purpose};
use crate::storage::cases::{CaseFile, NewCase, Secrets};
use crate::storage::families::{self, Relative};
use crate::storage::{self, Connection, StorageError};
use crate::vault::CaseKey;

/// The action by which the record names that an application was split.
pub const SPLIT: &str = "split";
/// The action by which the record names that a case was put beside another.
pub const JOINED: &str = "joined";

/// Into how many parts an application is split at most; more is a slip.
pub const PARTS_AT_MOST: usize = 10;

/// The fields in which the parts of an application differ.
pub const OF_A_PART: [Field; 3] = [Field::Title, Field::Reference, Field::Description];

/// What one part of an application asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part {
    /// 所需信息名称.
    pub title: String,
    /// 文号.
    pub reference: String,
    /// 特征性描述.
    pub description: String,
}

impl Part {
    /// The application, asking for this part alone.
    #[must_use]
    pub fn of(&self, whole: &Draft) -> Draft {
        Draft {
            title: self.title.clone(),
            reference: self.reference.clone(),
            description: self.description.clone(),
            ..whole.clone()
        }
    }
}

/// A splitting that somebody wants.
#[derive(Debug, Clone)]
pub struct Splitting {
    /// Whose case it has to be.
    pub agency: Uuid,
    /// The case.
    pub case: Uuid,
    /// The version that was seen.
    pub read_version: i32,
    /// What the case itself goes on with, and what each new one asks for.
    pub parts: Vec<Part>,
    /// Why it is split.
    pub reason: String,
    /// Who does it.
    pub by: Actor,
}

/// Whether a case can be split now: it is open, and nothing is under way in it that would belong
/// to a part.
///
/// # Errors
///
/// [`NotAllowed`], saying what stands in the way.
pub fn may_be_split(app: &App, case: &Case, by: &Actor) -> Result<(), NotAllowed> {
    if !by.holds(&[Role::Clerk]) {
        return Err(NotAllowed::NotYours("拆分申请"));
    }
    match &case.stage {
        Stage::Handling(handling) if handling.draft.is_some() => Err(NotAllowed::DraftWaits),
        Stage::Handling(handling) if handling.wanted.is_some() => Err(NotAllowed::ExtensionWanted),
        Stage::Handling(handling) if handling.is_paused_on(app.clock.today(), &app.calendar) => {
            Err(NotAllowed::OpinionAwaited)
        }
        Stage::Filed { .. } | Stage::Handling(_) => Ok(()),
        stage => Err(NotAllowed::AtThisStage { stage: stage.label(), act: "拆分申请" }),
    }
}

/// A new case that a part becomes, made before the transaction.
struct NewPart {
    case: NewCase,
    secrets: Secrets,
}

/// Splits an application. The case goes on with its first part; each of the others becomes a
/// case that stands where this one stands, with a number of its own and the same 查询码.
///
/// # Errors
///
/// [`CaseworkError::NotAllowed`] where it cannot be split now; [`CaseworkError::Faults`] for what
/// is wrong with a part; [`StorageError::Conflict`], if somebody else was faster.
pub async fn split(app: &App, wanted: Splitting) -> Result<(), CaseworkError> {
    let now = app.clock.now();
    let (agency, case) = (wanted.agency, wanted.case);
    let read = move |conn: &mut Connection| {
        let file = storage::cases::find(conn, agency, case)?;
        let secrets = storage::cases::secrets(conn, case)?;
        let agency = storage::agencies::find(conn, agency)?;
        Ok::<_, StorageError>((file, secrets, agency))
    };
    let (file, secrets, agency) = app.database.read(read).await?;
    may_be_split(app, &file.case, &wanted.by)?;
    if file.version != wanted.read_version {
        return Err(StorageError::Conflict.into());
    }
    let whole = papers::open(&app.vault, case, &secrets)?;
    check(app, &whole, &wanted.parts)?;
    let [first, others @ ..] = wanted.parts.as_slice() else {
        return Err(CaseworkError::Garbled("part"));
    };
    let family = file.family.unwrap_or(file.id);
    let parts: Vec<NewPart> = others
        .iter()
        .map(|part| new_part(app, &file, family, &part.of(&whole), now))
        .collect::<Result<_, _>>()?;
    let key = papers::case_key(&app.vault, &secrets)?;
    let enclosed = carried_over(app, case, &key, &parts).await?;
    let rows: Vec<Vec<Attachment>> = enclosed.iter().map(|files| files.rows().to_vec()).collect();
    let kept = first.of(&whole);
    let amended = papers::seal_again(&key, secrets.wrapped_key.clone(), case, &kept)?;
    let was = correct::as_it_was(&whole, &kept);
    let was = papers::seal_particulars(&key, case, &was)?;
    let reason = key.seal(wanted.reason.as_bytes(), &papers::context(case, "words"))?;
    let (office, addressee, by) = (app.clone(), Addressee::of(&whole), wanted.by.clone());
    let write = move |conn: &mut Connection| {
        let now_kept = storage::cases::find(conn, agency.id, case)?;
        if now_kept.version != file.version {
            return Err(StorageError::Conflict.into());
        }
        let within = office.settings.intake.confirm_within_days;
        let attention_on = file.case.stage.attention_on(within, &office.calendar)?;
        storage::cases::save(conn, &file, &file.case, file.due, attention_on, now)?;
        storage::cases::save_secrets(conn, case, &amended)?;
        storage::search::forget_case(conn, case)?;
        families::put(conn, case, family)?;
        let mut into = Vec::new();
        for (part, files) in parts.iter().zip(&rows) {
            let number = assign_number(conn, &agency, now)?;
            let made = storage::cases::insert(conn, &number, &part.case, &part.secrets)?;
            storage::attachments::insert(conn, made.id, files, now)?;
            let is_confirmed = file.case.stage.received_on().is_some();
            if let Some(to) = &addressee
                && (is_confirmed || mailbox::may_greet(conn, &office, to, now)?)
            {
                mail::enqueue(conn, &office, &made, &agency, to, Message::Split, now)?;
            }
            into.push((made, files.clone()));
        }
        record_all(conn, &office, &agency, &file, &into, &by, now, (&reason, was.as_deref()))?;
        Ok(into
            .into_iter()
            .map(|(made, _)| made.id)
            .collect::<Vec<_>>())
    };
    let made = Stored::settle_all(enclosed, app.database.write(write).await)?;
    app.mail_waiting.notify_one();
    // The parts are kept whether or not their letters can be made out now: a clerk sees on the
    // page of each that there is none.
    for part in made {
        if let Err(error) = letters::issue_receipt(app, wanted.agency, part, &wanted.by).await {
            tracing::warn!(%error, case = %part, "no letter of receipt was made out");
        }
    }
    Ok(())
}

/// What the applicant enclosed, once more under the key of each part: every part has to stand by
/// itself, in its file and when it is handed on.
async fn carried_over(
    app: &App,
    case: Uuid,
    key: &CaseKey,
    parts: &[NewPart],
) -> Result<Vec<Stored>, CaseworkError> {
    let files = app
        .database
        .read(move |conn| storage::attachments::of_case(conn, case))
        .await?;
    let is_theirs =
        |file: &&Attachment| matches!(file.purpose, Purpose::Identity | Purpose::Support);
    let directory = &app.settings.data.directory;
    let mut enclosed = Vec::new();
    for part in parts {
        let read = |file: &Attachment| -> Result<Incoming, CaseworkError> {
            Ok(Incoming {
                purpose: file.purpose,
                name: attachments::name(case, key, file)?,
                media_type: file.media_type.clone(),
                bytes: attachments::read(directory, case, key, file)?,
            })
        };
        let copies = files.iter().filter(is_theirs).map(read);
        let copies = copies.collect::<Result<Vec<_>, _>>()?;
        let own = papers::case_key(&app.vault, &part.secrets)?;
        enclosed.push(attachments::store_aside(app, part.case.id, own, copies).await?);
    }
    Ok(enclosed)
}

/// Every fault of every part, told of the field as if it stood alone.
fn check(app: &App, whole: &Draft, parts: &[Part]) -> Result<(), CaseworkError> {
    let today = app.clock.today();
    let faults: Vec<_> = parts
        .iter()
        .flat_map(|part| part.of(whole).faults(today))
        .filter(|fault| OF_A_PART.contains(&fault.field))
        .collect();
    if !faults.is_empty() {
        return Err(CaseworkError::Faults(faults));
    }
    if !(2..=PARTS_AT_MOST).contains(&parts.len()) {
        return Err(CaseworkError::Garbled("part"));
    }
    Ok(())
}

fn new_part(
    app: &App,
    from: &CaseFile,
    family: Uuid,
    written: &Draft,
    now: DateTime<Utc>,
) -> Result<NewPart, CaseworkError> {
    let id = ids::new();
    let (_, secrets) = papers::seal(&app.vault, id, written)?;
    let within = app.settings.intake.confirm_within_days;
    let mac = from.query_code_mac.as_deref();
    let case = NewCase {
        id,
        agency_id: from.agency_id,
        channel: from.channel,
        applicant_kind: from.applicant_kind,
        due: from.due,
        attention_on: from.case.stage.attention_on(within, &app.calendar)?,
        case: from.case.clone(),
        filed_at: now,
        arrived_on: from.arrived_on,
        name_index: Some(papers::name_index(&app.vault, written.applicant_name())),
        document_index: papers::document_index(&app.vault, written),
        form_token: None,
        query_code_mac: mac.and_then(|mac| mac.try_into().ok()),
        imported: from.imported,
        family: Some(family),
    };
    Ok(NewPart { case, secrets })
}

/// Puts the splitting on record: with the case that was split, and as the beginning of each part.
#[expect(clippy::too_many_arguments, reason = "one deed, one place")]
fn record_all(
    conn: &mut Connection,
    app: &App,
    agency: &Agency,
    from: &CaseFile,
    into: &[(CaseFile, Vec<Attachment>)],
    by: &Actor,
    at: DateTime<Utc>,
    (reason, was): (&[u8], Option<&[u8]>),
) -> Result<(), CaseworkError> {
    let numbers: Vec<&str> = into.iter().map(|(part, _)| part.number.as_str()).collect();
    let mut of_whole = json!({ "into": numbers, "words": BASE64_STANDARD.encode(reason) });
    if let (Some(was), Some(told)) = (was, of_whole.as_object_mut()) {
        told.insert("particulars".to_owned(), BASE64_STANDARD.encode(was).into());
    }
    let mut told = vec![(from.id, SPLIT, of_whole.to_string())];
    for (part, files) in into {
        let data = json!({
            "number": part.number.as_str(),
            "channel": part.channel.code(),
            "applicant_kind": part.applicant_kind.code(),
            "arrived_on": part.arrived_on,
            "received_on": part.case.stage.received_on(),
            "split_from": from.number.as_str(),
            "handler": part.case.handler,
            "state": storage::cases::state(&part.case.stage)?,
            "attachments": files.iter().map(|file| file.id).collect::<Vec<_>>(),
        });
        told.push((part.id, FILED, data.to_string()));
    }
    let happened: Vec<_> = told
        .iter()
        .map(|(case, action, data)| Happened {
            agency: agency.id,
            case: Some(*case),
            at,
            by,
            action,
            data,
        })
        .collect();
    Ok(record::append_all(conn, &app.vault, agency.id, &happened)?)
}

/// Puts two cases of an agency side by side, with all that belongs to either.
///
/// # Errors
///
/// [`StorageError::NotFound`] for a number that no case of the agency has;
/// [`CaseworkError::NotAllowed`] to anybody but a clerk.
pub async fn join(
    app: &App,
    agency: Uuid,
    case: Uuid,
    number: &CaseNumber,
    by: &Actor,
) -> Result<(), CaseworkError> {
    if !by.holds(&[Role::Clerk]) {
        return Err(NotAllowed::NotYours("关联申请").into());
    }
    let (office, number, by, at) = (app.clone(), number.clone(), by.clone(), app.clock.now());
    let write =
        move |conn: &mut Connection| {
            let one = storage::cases::find(conn, agency, case)?;
            let found = storage::cases::list_by_number(conn, &number)?;
            let other = found
                .into_iter()
                .find(|other| other.agency_id == agency && other.id != case)
                .ok_or(StorageError::NotFound("case"))?;
            let family = one.family.unwrap_or(one.id);
            if other.family == Some(family) {
                return Ok(());
            }
            if let Some(theirs) = other.family {
                families::unite(conn, family, theirs)?;
            }
            for case in [one.id, other.id] {
                families::put(conn, case, family)?;
            }
            let told = |beside: &CaseFile| json!({ "number": beside.number.as_str() }).to_string();
            let (of_one, of_other) = (told(&other), told(&one));
            let happened = [(one.id, &of_one), (other.id, &of_other)].map(|(case, data)| {
                Happened { agency, case: Some(case), at, by: &by, action: JOINED, data }
            });
            record::append_all(conn, &office.vault, agency, &happened)
        };
    Ok(app.database.write(write).await?)
}

/// The other cases of a case's family.
///
/// # Errors
///
/// [`StorageError`].
pub(super) fn relatives(
    conn: &mut Connection,
    file: &CaseFile,
) -> Result<Vec<Relative>, StorageError> {
    let Some(family) = file.family else {
        return Ok(Vec::new());
    };
    let mut all = families::list(conn, family)?;
    all.retain(|relative| relative.id != file.id);
    Ok(all)
}
