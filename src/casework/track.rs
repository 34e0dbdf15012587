//! What the applicant sees and does with number and query code.

use std::collections::HashMap;

use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use crate::app::App;
use crate::casework::CaseworkError;
use crate::casework::advance::{Deed, advance};
use crate::casework::file::code_mac;
use crate::casework::history::{self, HistoryEntry};
use crate::casework::record::{self, Happened};
use crate::casework::reveal::{self, HandedOut};
use crate::casework::view::{AttachmentView, Kept, schedule};
use crate::domain::actor::Actor;
use crate::domain::agency::Agency;
use crate::domain::case::{Act, ActKind, Case, Office};
use crate::domain::channel::Channel;
use crate::domain::deadline::{DueDate, Schedule, working_days_after};
use crate::domain::letter::Particulars;
use crate::domain::number::{CaseNumber, QueryCode};
use crate::storage::attachments::Purpose;
use crate::storage::cases::CaseFile;
use crate::storage::{self, Connection, StorageError};

/// The action by which the record names an answer that the applicant took: evidence of service.
pub const REPLY_READ: &str = "reply_read";

/// A case as its applicant sees it.
#[derive(Debug, Clone)]
pub struct TrackView {
    /// The case.
    pub case_id: Uuid,
    /// 受理编号.
    pub number: CaseNumber,
    /// Who answers.
    pub agency: Agency,
    /// How it came in.
    pub channel: Channel,
    /// Where it stands.
    pub case: Case,
    /// The day by which the office will confirm that it got the application, if it still has to.
    pub confirm_by: Option<DueDate>,
    /// The last day for the answer, while a term runs.
    pub due: Option<DueDate>,
    /// The term day by day, while one runs.
    pub schedule: Option<Schedule>,
    /// What happened, as far as it concerns the applicant.
    pub history: Vec<HistoryEntry>,
    /// The answer, once the case is closed.
    pub letters: Vec<AttachmentView>,
    /// Whether the application can be taken back now.
    pub may_withdraw: bool,
    /// The version that a form on the page has to carry.
    pub version: i32,
}

/// The case that number and query code open together. `None` for a number that nobody has and
/// for a wrong code alike.
///
/// # Errors
///
/// [`CaseworkError`].
pub async fn open(app: &App, number: &str, code: &str) -> Result<Option<TrackView>, CaseworkError> {
    // A text that can be no number or no code is looked up all the same, as one that is wrong.
    let number = number.parse::<CaseNumber>().ok();
    let code = code.parse::<QueryCode>().ok();
    let nobody = QueryCode::from_bytes([0; QueryCode::BYTES]);
    let proof = code_mac(app, code.as_ref().unwrap_or(&nobody));
    let nowhere = CaseNumber::assigned("-", 0, 0);
    let wanted = number.unwrap_or(nowhere);
    let found = app
        .database
        .read(move |conn| storage::cases::list_by_number(conn, &wanted))
        .await?;
    let opened = found.into_iter().find(|case| {
        let kept = case.query_code_mac.as_deref().unwrap_or_default();
        bool::from(kept.ct_eq(&proof))
    });
    match opened {
        Some(file) if code.is_some() => show(app, file).await.map(Some),
        _ => Ok(None),
    }
}

/// The case with this identity, for an applicant who has shown number and code before.
///
/// # Errors
///
/// [`StorageError::NotFound`], or another [`CaseworkError`].
pub async fn again(app: &App, case: Uuid) -> Result<TrackView, CaseworkError> {
    let file = app
        .database
        .read(move |conn| storage::cases::find_any(conn, case))
        .await?;
    show(app, file).await
}

async fn show(app: &App, file: CaseFile) -> Result<TrackView, CaseworkError> {
    let kept = app
        .database
        .read(move |conn| Kept::load(conn, file))
        .await?;
    let key = kept.key(app)?;
    let office = Office {
        calendar: &app.calendar,
        own_review_allowed: kept.agency.own_review_allowed,
    };
    let case = &kept.file.case;
    let permitted = case.permits(ActKind::Withdraw, &Actor::Applicant, app.clock.today(), office);
    let history = kept.history(key.as_ref())?;
    let answer = history::letters(&history);
    let letters = kept.attachments(key.as_ref())?;
    let within = app.settings.intake.confirm_within_days;
    let confirm_by = match case.stage.received_on() {
        None => Some(working_days_after(kept.file.arrived_on, within, &app.calendar)?),
        Some(_) => None,
    };
    Ok(TrackView {
        case_id: kept.file.id,
        may_withdraw: permitted.is_ok(),
        schedule: schedule(app, case)?,
        history: history
            .into_iter()
            .filter(HistoryEntry::is_public)
            .map(HistoryEntry::for_applicant)
            .collect(),
        letters: letters
            .into_iter()
            .filter(|file| file.purpose == Purpose::Reply && answer.contains(&file.id))
            .collect(),
        confirm_by,
        due: kept.file.due,
        number: kept.file.number,
        channel: kept.file.channel,
        case: kept.file.case,
        version: kept.file.version,
        agency: kept.agency,
    })
}

/// Hands the applicant a letter of the answer; that it was taken is on record first.
///
/// # Errors
///
/// [`StorageError::NotFound`] for anything but a letter of the answer that was approved.
pub async fn letter(app: &App, case: Uuid, attachment: Uuid) -> Result<HandedOut, CaseworkError> {
    let (office, at) = (app.clone(), app.clock.now());
    let write = move |conn: &mut Connection| {
        let file = storage::cases::find_any(conn, case)?;
        let letters = storage::attachments::of_case(conn, case)?;
        let events = storage::events::of_case(conn, case)?;
        let history = history::read(case, None, &events, &HashMap::new())?;
        let is_letter = |row: &storage::attachments::Attachment| {
            row.id == attachment && row.purpose == Purpose::Reply
        };
        let is_given = history::letters(&history).contains(&attachment);
        if !is_given || !letters.iter().any(is_letter) {
            return Err(StorageError::NotFound("letter").into());
        }
        let secrets = storage::cases::secrets(conn, case)?;
        let data = serde_json::json!({ "attachment": attachment }).to_string();
        let happened = Happened {
            agency: file.agency_id,
            case: Some(case),
            at,
            by: &Actor::Applicant,
            action: REPLY_READ,
            data: &data,
        };
        record::append(conn, &office.vault, &happened)?;
        Ok::<_, CaseworkError>(secrets)
    };
    let secrets = app.database.write(write).await?;
    reveal::hand_out(app, case, attachment, &secrets).await
}

/// Takes the application back, in the applicant's own name.
///
/// # Errors
///
/// [`CaseworkError::NotAllowed`] once the case is closed; [`StorageError::Conflict`] if it was
/// changed since the page was shown.
pub async fn withdraw(
    app: &App,
    case: Uuid,
    read_version: i32,
    reason: Option<String>,
) -> Result<(), CaseworkError> {
    let file = app
        .database
        .read(move |conn| storage::cases::find_any(conn, case))
        .await?;
    let deed = Deed {
        agency: file.agency_id,
        case,
        read_version: Some(read_version),
        act: Act::Withdraw,
        on: app.clock.today(),
        words: reason,
        particulars: Particulars::default(),
        attachments: Vec::new(),
        by: Actor::Applicant,
    };
    advance(app, deed).await.map(drop)
}
