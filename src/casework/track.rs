//! What the applicant sees and does with number and query code.

use std::collections::HashMap;

use chrono::NaiveDate;
use uuid::Uuid;

use crate::app::App;
use crate::casework::advance::{Deed, advance};
use crate::casework::attachments::Incoming;
use crate::casework::correct::{self, Amended, Wording};
use crate::casework::file::proves;
use crate::casework::history::{self, HistoryEntry};
use crate::casework::record::{self, Happened};
use crate::casework::reveal::{self, HandedOut};
use crate::casework::view::{AttachmentView, Kept, schedule};
use crate::casework::{CaseworkError, papers};
use crate::clock::beijing;
use crate::domain::actor::Actor;
use crate::domain::agency::Agency;
use crate::domain::application::{Draft, Fault, Field};
use crate::domain::case::{Act, ActKind, Case, Office, Stage};
use crate::domain::channel::Channel;
use crate::domain::deadline::{DueDate, Schedule, working_days_after};
use crate::domain::letter::{LetterKind, Particulars, Recipient, ServedHow, Service};
use crate::domain::number::CaseNumber;
use crate::storage::cases::CaseFile;
use crate::storage::families::Relative;
use crate::storage::letters::IssuedLetter;
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
    /// The letters to the applicant, and what was given with the answer.
    pub letters: Vec<AttachmentView>,
    /// What is asked for; empty once shredded.
    pub wording: Wording,
    /// Whether the application can be taken back now.
    pub may_withdraw: bool,
    /// The last day for the reasons that the applicant is required to give, while they are awaited
    /// (art. 35).
    pub reasons_until: Option<NaiveDate>,
    /// What is to be corrected, and the application as it stands; while a correction is awaited.
    pub correction: Option<CorrectionWanted>,
    /// The other parts of the same application, which the same 查询码 opens.
    pub parts: Vec<Relative>,
    /// The version that a form on the page has to carry.
    pub version: i32,
}

/// What an applicant sees who was asked to correct an application (art. 30).
#[derive(Debug, Clone)]
pub struct CorrectionWanted {
    /// The last day for it.
    pub until: NaiveDate,
    /// What was asked: what it is about, and the words of the notice.
    pub asked: Vec<(&'static str, String)>,
    /// The application as it stands.
    pub papers: Draft,
}

/// A correction as the applicant sends it.
#[derive(Debug, Clone)]
pub struct Correction {
    /// 所需信息名称.
    pub title: String,
    /// 文号.
    pub reference: String,
    /// 特征性描述.
    pub description: String,
    /// What else there is to say.
    pub words: Option<String>,
    /// What was enclosed.
    pub attachments: Vec<Incoming>,
}

/// The case that number and query code open together. `None` for a number that nobody has and
/// for a wrong code alike.
///
/// # Errors
///
/// [`CaseworkError`].
pub async fn open(app: &App, number: &str, code: &str) -> Result<Option<TrackView>, CaseworkError> {
    // A text that can be no number is looked up all the same, as one that is wrong.
    let number = number.parse::<CaseNumber>().ok();
    let proves = proves(app, code);
    let nowhere = CaseNumber::assigned("-", 0, 0);
    let wanted = number.unwrap_or(nowhere);
    let found = app
        .database
        .read(move |conn| storage::cases::list_by_number(conn, &wanted))
        .await?;
    let mut found = found.into_iter();
    match found.find(|case| proves(case.query_code_mac.as_deref())) {
        Some(file) => show(app, file).await.map(Some),
        None => Ok(None),
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
    let correction = correction_wanted(app, &kept, &history)?;
    let open_to_them = open_to_applicant(&kept.letters, &history);
    let files = kept.attachments(key.as_ref())?;
    let within = app.settings.intake.confirm_within_days;
    let confirm_by = match case.stage.received_on() {
        None => Some(working_days_after(kept.file.arrived_on, within, &app.calendar)?),
        Some(_) => None,
    };
    Ok(TrackView {
        case_id: kept.file.id,
        may_withdraw: permitted.is_ok(),
        wording: match key {
            Some(_) => Wording::of(papers::open(&app.vault, kept.file.id, &kept.secrets)?),
            None => Wording::default(),
        },
        reasons_until: match case.stage {
            Stage::Handling(_) => case.stage.asked_until(),
            _ => None,
        },
        schedule: schedule(app, case)?,
        history: history
            .into_iter()
            .filter(HistoryEntry::is_public)
            .map(HistoryEntry::for_applicant)
            .collect(),
        letters: files
            .into_iter()
            .filter(|file| open_to_them.contains(&file.id))
            .collect(),
        confirm_by,
        correction,
        parts: kept
            .relatives
            .into_iter()
            .filter(|other| other.query_code_mac.is_some())
            .filter(|other| other.query_code_mac == kept.file.query_code_mac)
            .collect(),
        due: kept.file.due,
        number: kept.file.number,
        channel: kept.file.channel,
        case: kept.file.case,
        version: kept.file.version,
        agency: kept.agency,
    })
}

fn correction_wanted(
    app: &App,
    kept: &Kept,
    history: &[HistoryEntry],
) -> Result<Option<CorrectionWanted>, CaseworkError> {
    let Stage::AwaitingCorrection { until, .. } = &kept.file.case.stage else {
        return Ok(None);
    };
    let mut latest = history.iter().rev();
    let notice = latest.find(|entry| entry.act == Some(ActKind::AskForCorrection));
    let blanks = LetterKind::Correct.blanks();
    let asked = blanks.iter().filter_map(|blank| {
        let words = notice?.particulars.printed(blank);
        (!words.is_empty()).then_some((blank.label, words))
    });
    Ok(Some(CorrectionWanted {
        until: *until,
        asked: asked.collect(),
        papers: papers::open(&app.vault, kept.file.id, &kept.secrets)?,
    }))
}

/// Takes in a correction, in the applicant's own name.
///
/// # Errors
///
/// [`CaseworkError::Faults`] for what is wrong with it; [`CaseworkError::NotAllowed`] where no
/// correction is awaited; [`StorageError::Conflict`] if the case was changed since the page was
/// shown.
pub async fn correct(
    app: &App,
    case: Uuid,
    read_version: i32,
    correction: Correction,
) -> Result<(), CaseworkError> {
    let read = move |conn: &mut Connection| storage::cases::find_any(conn, case);
    let file: CaseFile = app.database.read(read).await?;
    let wording = Wording {
        title: correction.title,
        reference: correction.reference,
        description: correction.description,
    };
    let Amended { papers: after, was: particulars, mut faults } =
        correct::amend(app, case, wording).await?;
    let says_nothing =
        particulars.is_empty() && correction.words.is_none() && correction.attachments.is_empty();
    if says_nothing {
        let message = "请修改申请内容、填写补充说明或者上传材料".to_owned();
        faults.push(Fault { field: Field::Description, message, correctable: false });
    }
    if !faults.is_empty() {
        return Err(CaseworkError::Faults(faults));
    }
    let deed = Deed {
        agency: file.agency_id,
        case,
        read_version: Some(read_version),
        act: Act::Correct,
        on: app.clock.today(),
        words: correction.words,
        amended: (!particulars.is_empty()).then_some(after),
        particulars,
        attachments: correction.attachments,
        by: Actor::Applicant,
    };
    advance(app, deed).await.map(drop)
}

/// Takes in the reasons that the applicant was required to give (art. 35), in the applicant's own
/// name.
///
/// # Errors
///
/// [`CaseworkError::NotAllowed`] where none are awaited; [`StorageError::Conflict`] if the case was
/// changed since the page was shown.
pub async fn give_reasons(
    app: &App,
    case: Uuid,
    read_version: i32,
    words: String,
) -> Result<(), CaseworkError> {
    let read = move |conn: &mut Connection| storage::cases::find_any(conn, case);
    let file: CaseFile = app.database.read(read).await?;
    let deed = Deed {
        agency: file.agency_id,
        case,
        read_version: Some(read_version),
        act: Act::RecordReasons { given: true },
        on: app.clock.today(),
        words: Some(words),
        particulars: Particulars::default(),
        amended: None,
        attachments: Vec::new(),
        by: Actor::Applicant,
    };
    advance(app, deed).await.map(drop)
}

/// The files that the applicant may take: the letters for them, and what was given with the
/// answer.
fn open_to_applicant(letters: &[IssuedLetter], history: &[HistoryEntry]) -> Vec<Uuid> {
    let theirs = letters
        .iter()
        .filter(|letter| letter.kind.recipient() == Recipient::Applicant);
    let mut files: Vec<Uuid> = theirs.map(|letter| letter.pdf).collect();
    files.extend(history::given(history));
    files
}

/// Hands the applicant a letter or what was given with the answer; that it was taken is on
/// record first.
///
/// # Errors
///
/// [`StorageError::NotFound`] for any other file.
pub async fn letter(app: &App, case: Uuid, attachment: Uuid) -> Result<HandedOut, CaseworkError> {
    let (office, at) = (app.clone(), app.clock.now());
    let write = move |conn: &mut Connection| {
        let file = storage::cases::find_any(conn, case)?;
        let letters = storage::letters::of_case(conn, case)?;
        let events = storage::events::of_case(conn, case)?;
        let history = history::read(case, None, &events, &HashMap::new())?;
        if !open_to_applicant(&letters, &history).contains(&attachment) {
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
        // Whoever takes a letter from the page has it, whatever else was planned.
        let taken = letters.iter().find(|letter| letter.pdf == attachment);
        if let Some(letter) = taken.filter(|letter| letter.service.is_none()) {
            let how = ServedHow::Online;
            let service =
                Service { on: beijing(at).date(), how, postal_number: None, evidence: None };
            storage::letters::serve(conn, letter.id, &service)?;
        }
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
        amended: None,
        attachments: Vec::new(),
        by: Actor::Applicant,
    };
    advance(app, deed).await.map(drop)
}
