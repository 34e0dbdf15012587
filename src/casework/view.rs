//! A case as the office sees it: masked, with its clock and its history.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::app::App;
use crate::casework::history::{self, HistoryEntry};
use crate::casework::outgoing::{self, FindingView};
use crate::casework::{CaseworkError, attachments, families, mailbox, papers};
use crate::domain::agency::Agency;
use crate::domain::applicant::ApplicantKind;
use crate::domain::application::Draft;
use crate::domain::case::{Case, Stage};
use crate::domain::channel::Channel;
use crate::domain::deadline::{DueDate, Schedule, UnknownYear};
use crate::domain::number::CaseNumber;
use crate::storage::applicants::Filings;
use crate::storage::attachments::{Attachment, Purpose};
use crate::storage::cases::{CaseFile, Secrets};
use crate::storage::events::Event;
use crate::storage::families::Relative;
use crate::storage::letters::IssuedLetter;
use crate::storage::mailboxes::Word;
use crate::storage::outbox::Mail;
use crate::storage::outgoing::KeptFinding;
use crate::storage::{self, Connection, StorageError};
use crate::vault::CaseKey;

/// A case as a page shows it.
#[derive(Debug, Clone)]
pub struct CaseView {
    /// Its identity.
    pub id: Uuid,
    /// 受理编号.
    pub number: CaseNumber,
    /// The version that a form on the page has to carry.
    pub version: i32,
    /// How it came in.
    pub channel: Channel,
    /// The column of section three.
    pub kind: ApplicantKind,
    /// When it was put on record.
    pub filed_at: DateTime<Utc>,
    /// The day on which it came in.
    pub arrived_on: NaiveDate,
    /// Where it stands.
    pub case: Case,
    /// Who handles it.
    pub handler: Option<String>,
    /// Who answers.
    pub agency: Agency,
    /// What the applicant wrote, with everything personal masked; `None` once shredded.
    pub papers: Option<Draft>,
    /// The last day for the answer, while a term runs.
    pub due: Option<DueDate>,
    /// The term day by day, while one runs.
    pub schedule: Option<Schedule>,
    /// What was enclosed and what was answered.
    pub attachments: Vec<AttachmentView>,
    /// What was found in files that are to leave.
    pub findings: Vec<FindingView>,
    /// The letters that were issued.
    pub letters: Vec<IssuedLetter>,
    /// The reviews and suits against the answer.
    pub redress: Vec<storage::redress::Recorded>,
    /// What happened.
    pub history: Vec<HistoryEntry>,
    /// What was mailed.
    pub mails: Vec<Mail>,
    /// What whoever reads the applicant's mailbox said of it.
    pub mailbox: Option<Word>,
    /// The other cases of its family.
    pub relatives: Vec<Relative>,
    /// Whether it was taken over from older records.
    pub imported: bool,
    /// How many different applicants have asked for the same, as far as it was looked at.
    pub asked_by: i32,
    /// What its applicant has filed with the office.
    pub filings: Filings,
}

/// An attachment as a page lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentView {
    /// Its identity.
    pub id: Uuid,
    /// What it is for.
    pub purpose: Purpose,
    /// Its name.
    pub name: String,
    /// What its content is.
    pub media_type: String,
    /// How long it is, in bytes.
    pub size: i64,
}

/// What is kept of one case, as it lies in the database.
pub(super) struct Kept {
    pub(super) file: CaseFile,
    pub(super) secrets: Secrets,
    pub(super) agency: Agency,
    pub(super) attachments: Vec<Attachment>,
    pub(super) findings: Vec<KeptFinding>,
    pub(super) letters: Vec<IssuedLetter>,
    pub(super) redress: Vec<storage::redress::Recorded>,
    pub(super) filings: Filings,
    pub(super) events: Vec<Event>,
    pub(super) officers: HashMap<Uuid, String>,
    pub(super) mails: Vec<Mail>,
    pub(super) relatives: Vec<Relative>,
    pub(super) asked_by: i32,
}

impl Kept {
    /// Reads all that belongs to a case.
    ///
    /// # Errors
    ///
    /// [`StorageError`].
    pub(super) fn load(conn: &mut Connection, file: CaseFile) -> Result<Self, StorageError> {
        let officers = storage::officers::list(conn, &[file.agency_id])?;
        Ok(Self {
            secrets: storage::cases::secrets(conn, file.id)?,
            agency: storage::agencies::find(conn, file.agency_id)?,
            attachments: storage::attachments::of_case(conn, file.id)?,
            findings: storage::outgoing::of_case(conn, file.id)?,
            letters: storage::letters::of_case(conn, file.id)?,
            redress: storage::redress::of_case(conn, file.id)?,
            filings: storage::applicants::filings(conn, &file)?,
            events: storage::events::of_case(conn, file.id)?,
            officers: officers
                .into_iter()
                .map(|officer| (officer.id, officer.name))
                .collect(),
            mails: storage::outbox::of_case(conn, file.id)?,
            relatives: families::relatives(conn, &file)?,
            asked_by: storage::search::asked_by(conn, file.id)?,
            file,
        })
    }

    /// The case's key, unless it was destroyed.
    pub(super) fn key(&self, app: &App) -> Result<Option<CaseKey>, CaseworkError> {
        match papers::case_key(&app.vault, &self.secrets) {
            Ok(key) => Ok(Some(key)),
            Err(CaseworkError::Shredded) => Ok(None),
            Err(other) => Err(other),
        }
    }

    pub(super) fn attachments(
        &self,
        key: Option<&CaseKey>,
    ) -> Result<Vec<AttachmentView>, CaseworkError> {
        let view = |attachment: &Attachment| {
            Ok(AttachmentView {
                id: attachment.id,
                purpose: attachment.purpose,
                name: match key {
                    Some(key) => attachments::name(self.file.id, key, attachment)?,
                    None => "（已销毁）".to_owned(),
                },
                media_type: attachment.media_type.clone(),
                size: attachment.size,
            })
        };
        self.attachments.iter().map(view).collect()
    }

    pub(super) fn history(
        &self,
        key: Option<&CaseKey>,
    ) -> Result<Vec<HistoryEntry>, CaseworkError> {
        history::read(self.file.id, key, &self.events, &self.officers)
    }
}

/// The term of a case day by day, while one runs.
pub(super) fn schedule(app: &App, case: &Case) -> Result<Option<Schedule>, UnknownYear> {
    match &case.stage {
        Stage::Handling(handling) => {
            let consultations = &handling.course.consultations;
            handling
                .term
                .schedule(consultations, &app.calendar)
                .map(Some)
        }
        _ => Ok(None),
    }
}

/// A case of this agency, masked.
///
/// # Errors
///
/// [`StorageError::NotFound`], also for another agency's case.
pub async fn case_page(app: &App, agency: Uuid, case: Uuid) -> Result<CaseView, CaseworkError> {
    let read = move |conn: &mut Connection| {
        let file = storage::cases::find(conn, agency, case)?;
        Kept::load(conn, file)
    };
    let kept = app.database.read(read).await?;
    let key = kept.key(app)?;
    let written = match key {
        Some(_) => Some(papers::open(&app.vault, case, &kept.secrets)?),
        None => None,
    };
    let email = written.as_ref().map(|written| written.email.trim());
    let mailbox = match email.filter(|email| !email.is_empty()) {
        Some(email) => mailbox::said_of(app, email).await?,
        None => None,
    };
    Ok(CaseView {
        mailbox,
        papers: written.map(|written| papers::masked(&written)),
        schedule: schedule(app, &kept.file.case)?,
        attachments: kept.attachments(key.as_ref())?,
        findings: outgoing::read(case, key.as_ref(), &kept.findings)?,
        history: kept.history(key.as_ref())?,
        handler: kept
            .file
            .case
            .handler
            .and_then(|id| kept.officers.get(&id).cloned()),
        id: kept.file.id,
        number: kept.file.number,
        version: kept.file.version,
        channel: kept.file.channel,
        kind: kept.file.applicant_kind,
        filed_at: kept.file.filed_at,
        arrived_on: kept.file.arrived_on,
        due: kept.file.due,
        case: kept.file.case,
        imported: kept.file.imported,
        agency: kept.agency,
        letters: kept.letters,
        redress: kept.redress,
        filings: kept.filings,
        mails: kept.mails,
        relatives: kept.relatives,
        asked_by: kept.asked_by,
    })
}

/// What a list says of a case beside its row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caption {
    /// The applicant, masked.
    pub masked_name: String,
    /// 所需信息名称.
    pub title: String,
}

/// The captions of several cases, for a list.
///
/// # Errors
///
/// [`CaseworkError`].
pub async fn captions(
    app: &App,
    cases: Vec<Uuid>,
) -> Result<HashMap<Uuid, Caption>, CaseworkError> {
    let secrets = app
        .database
        .read(move |conn| storage::cases::list_secrets(conn, &cases))
        .await?;
    secrets
        .into_iter()
        .map(|(case, secrets)| Ok((case, caption(app, case, &secrets)?)))
        .collect()
}

fn caption(app: &App, case: Uuid, secrets: &Secrets) -> Result<Caption, CaseworkError> {
    match papers::open(&app.vault, case, secrets) {
        Ok(written) => {
            let (masked_name, title) =
                (papers::masked_applicant(&written), papers::headline(&written));
            Ok(Caption { masked_name, title })
        }
        Err(CaseworkError::Shredded) => {
            let gone = "（已销毁）".to_owned();
            Ok(Caption { masked_name: gone.clone(), title: gone })
        }
        Err(other) => Err(other),
    }
}
