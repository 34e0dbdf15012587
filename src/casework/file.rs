//! Filing: an application comes in, and is kept whole or not at all.

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use crate::app::App;
use crate::casework::attachments::{self, Incoming, Stored};
use crate::casework::mail::{self, Addressee};
use crate::casework::record::{self, Happened};
use crate::casework::{CASE_NUMBERS, CaseworkError, ids, mailbox, papers};
use crate::clock::beijing;
use crate::domain::actor::Actor;
use crate::domain::agency::Agency;
use crate::domain::applicant::ApplicantKind;
use crate::domain::application::{Draft, Fault, Field};
use crate::domain::case::{Case, Stage};
use crate::domain::channel::Channel;
use crate::domain::deadline::{DueDate, ReplyTerm, working_days_after};
use crate::domain::number::{CaseNumber, QueryCode};
use crate::notify::Message;
use crate::storage::attachments::Purpose;
use crate::storage::cases::{CaseFile, NewCase, Secrets};
use crate::storage::{self, Connection, StorageError};

/// An application as it came in at one of the office's doors.
#[derive(Debug, Clone)]
pub struct Filing {
    /// Who is to answer.
    pub agency: Uuid,
    /// The form's token: the same token never makes a second case.
    pub form_token: String,
    /// How it came.
    pub channel: Channel,
    /// The day on which it came.
    pub arrived_on: NaiveDate,
    /// The day of confirmation, where the channel asks for one and it is known.
    pub confirmed_on: Option<NaiveDate>,
    /// What was written.
    pub papers: Draft,
    /// Whether what can be corrected later (art. 30) is taken over as it was written.
    pub as_written: bool,
    /// What was enclosed.
    pub attachments: Vec<Incoming>,
    /// Who puts it on record.
    pub by: Actor,
}

/// What the applicant is shown once the application is kept (登记回执).
#[derive(Debug, Clone)]
pub struct Receipt {
    /// The case.
    pub case: Uuid,
    /// 受理编号.
    pub number: CaseNumber,
    /// 查询码, shown here and nowhere else.
    pub query_code: QueryCode,
    /// When it was kept.
    pub filed_at: DateTime<Utc>,
    /// How it came.
    pub channel: Channel,
    /// Who answers.
    pub agency: Agency,
    /// 收到申请之日, if it is known already.
    pub received_on: Option<NaiveDate>,
    /// The day by which the office will confirm, if it still has to (art. 31(3)).
    pub confirm_by: Option<DueDate>,
    /// The last day for the answer; where receipt is still to be confirmed, what it will be if
    /// that is done on [`confirm_by`](Self::confirm_by).
    pub due: DueDate,
    /// Whether it had been kept before this was asked for: the token was shown again.
    pub already_filed: bool,
}

/// The action by which the record names a filing.
pub const FILED: &str = "filed";

/// The day on which the Regulation as it was issued first (国务院令第492号) came into force;
/// nothing was received before.
pub const EARLIEST: NaiveDate = match NaiveDate::from_ymd_opt(2008, 5, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// Keeps an application: case, papers, attachments, event, number, query code and mail in one
/// transaction. The same form token gives the same receipt, however often it comes.
///
/// # Errors
///
/// [`CaseworkError::Faults`] or [`CaseworkError::Days`] for what is wrong with it; otherwise
/// nothing was kept, and the same form may be sent again.
pub async fn file(app: &App, mut filing: Filing) -> Result<Receipt, CaseworkError> {
    filing.papers = filing.papers.without_invisible();
    let token = app.vault.blind_index("form token", &filing.form_token);
    let form_token = filing.form_token.clone();
    let (known, agency) = find(app, token, filing.agency).await?;
    if let Some(known) = known {
        return receipt(app, known, agency, &form_token, true);
    }
    let now = app.clock.now();
    let kind = checked(app, &filing, beijing(now).date())?;
    let prepared = Prepared::new(app, filing, kind, token, agency.clone(), now).await?;
    match prepared.keep(app).await {
        Ok(kept) => {
            app.mail_waiting.notify_one();
            receipt(app, kept, agency, &form_token, false)
        }
        // The same form came twice at once, and the other one was first.
        Err(CaseworkError::Storage(StorageError::Duplicate { constraint })) => {
            let (known, agency) = find(app, token, agency.id).await?;
            let known = known.ok_or(StorageError::Duplicate { constraint })?;
            receipt(app, known, agency, &form_token, true)
        }
        Err(other) => Err(other),
    }
}

/// The receipt of a form that was filed before; `None` if it was not.
///
/// # Errors
///
/// [`CaseworkError::Storage`].
pub async fn filed(app: &App, form_token: &str) -> Result<Option<Receipt>, CaseworkError> {
    let token = app.vault.blind_index("form token", form_token);
    let read = move |conn: &mut Connection| {
        let Some(known) = storage::cases::find_by_form_token(conn, &token)? else {
            return Ok(None);
        };
        let agency = storage::agencies::find(conn, known.agency_id)?;
        Ok::<_, StorageError>(Some((known, agency)))
    };
    let found = app.database.read(read).await?;
    found
        .map(|(known, agency)| receipt(app, known, agency, form_token, true))
        .transpose()
}

/// The case that was made of a form, if it was, and the agency that answers.
async fn find(
    app: &App,
    token: [u8; 32],
    agency: Uuid,
) -> Result<(Option<CaseFile>, Agency), StorageError> {
    let read = move |conn: &mut Connection| {
        let known = storage::cases::find_by_form_token(conn, &token)?;
        let agency = known.as_ref().map_or(agency, |known| known.agency_id);
        Ok((known, storage::agencies::find(conn, agency)?))
    };
    app.database.read(read).await
}

/// The column of section three, if the application can be taken.
fn checked(app: &App, filing: &Filing, today: NaiveDate) -> Result<ApplicantKind, CaseworkError> {
    let mut faults = filing.papers.faults(today);
    if filing.as_written {
        faults.retain(|fault| !fault.correctable);
    }
    let proven = filing
        .attachments
        .iter()
        .any(|file| file.purpose == Purpose::Identity);
    if filing.channel == Channel::Online && app.settings.intake.identity_proof_online && !proven {
        let message = "网上提交申请，请上传身份证明（证件照片或者扫描件）".to_owned();
        faults.push(Fault { field: Field::Attachments, message, correctable: true });
    }
    check_days(filing, today)?;
    match filing.papers.applicant_kind() {
        Some(kind) if faults.is_empty() => Ok(kind),
        _ => Err(CaseworkError::Faults(faults)),
    }
}

fn check_days(filing: &Filing, today: NaiveDate) -> Result<(), CaseworkError> {
    if filing.arrived_on > today || filing.confirmed_on.is_some_and(|day| day > today) {
        return Err(CaseworkError::Days("日期不能晚于今天"));
    }
    if filing.arrived_on < EARLIEST {
        return Err(CaseworkError::Days(
            "日期不能早于2008年5月1日（《政府信息公开条例》施行之日）",
        ));
    }
    if filing
        .confirmed_on
        .is_some_and(|day| day < filing.arrived_on)
    {
        return Err(CaseworkError::Days("确认日期不能早于收到日期"));
    }
    Ok(())
}

/// Everything of a new case that is made before the transaction.
struct Prepared {
    case: NewCase,
    secrets: Secrets,
    stored: Stored,
    addressee: Option<Addressee>,
    by: Actor,
    agency: Agency,
}

impl Prepared {
    async fn new(
        app: &App,
        filing: Filing,
        kind: ApplicantKind,
        token: [u8; 32],
        agency: Agency,
        now: DateTime<Utc>,
    ) -> Result<Self, CaseworkError> {
        let id = ids::new();
        let (key, secrets) = papers::seal(&app.vault, id, &filing.papers)?;
        let received_on = filing
            .channel
            .received_on(filing.arrived_on, filing.confirmed_on);
        let stage = Stage::registered(filing.arrived_on, received_on);
        let name = filing.papers.applicant_name();
        let case = NewCase {
            id,
            agency_id: agency.id,
            channel: filing.channel,
            applicant_kind: kind,
            due: stage.due(&app.calendar)?,
            attention_on: stage.attention_on(confirm_within(app), &app.calendar)?,
            case: Case { handler: None, stage },
            filed_at: now,
            arrived_on: filing.arrived_on,
            name_index: Some(papers::name_index(&app.vault, name)),
            document_index: papers::document_index(&app.vault, &filing.papers),
            form_token: Some(token),
            query_code_mac: Some(code_mac(app, &query_code(app, &filing.form_token))),
            imported: false,
            family: None,
        };
        let addressee = Addressee::of(&filing.papers);
        let stored = attachments::store_aside(app, id, key, filing.attachments).await?;
        Ok(Self { case, secrets, stored, addressee, by: filing.by, agency })
    }

    async fn keep(self, app: &App) -> Result<CaseFile, CaseworkError> {
        let Self { case, secrets, stored, addressee, by, agency } = self;
        let (office, rows) = (app.clone(), stored.rows().to_vec());
        let deed = move |conn: &mut Connection| {
            let at = case.filed_at;
            let number = assign_number(conn, &agency, at)?;
            let kept = storage::cases::insert(conn, &number, &case, &secrets)?;
            storage::attachments::insert(conn, case.id, &rows, at)?;
            let greeted = match &addressee {
                Some(to) if by == Actor::Applicant => {
                    mailbox::may_greet(conn, &office, to, at)?.then_some(to)
                }
                to => to.as_ref(),
            };
            if let Some(addressee) = greeted {
                let message = Message::Filed {
                    on: beijing(at).date(),
                    confirm_by: confirm_by(&office, &kept)?.map(|due| due.on),
                };
                mail::enqueue(conn, &office, &kept, &agency, addressee, message, at)?;
            }
            record_filing(conn, &office, &kept, &by)?;
            Ok(kept)
        };
        stored.settle(app.database.write(deed).await)
    }
}

pub(super) fn assign_number(
    conn: &mut Connection,
    agency: &Agency,
    at: DateTime<Utc>,
) -> Result<CaseNumber, StorageError> {
    let year = beijing(at).year();
    let sequence = storage::counters::next(conn, agency.id, CASE_NUMBERS, year)?;
    Ok(CaseNumber::assigned(&agency.code, year, sequence))
}

fn record_filing(
    conn: &mut Connection,
    app: &App,
    kept: &CaseFile,
    by: &Actor,
) -> Result<(), StorageError> {
    let data = serde_json::json!({
        "number": kept.number.as_str(),
        "channel": kept.channel.code(),
        "applicant_kind": kept.applicant_kind.code(),
        "arrived_on": kept.arrived_on,
        "received_on": kept.case.stage.received_on(),
    })
    .to_string();
    let happened = Happened {
        agency: kept.agency_id,
        case: Some(kept.id),
        at: kept.filed_at,
        by,
        action: FILED,
        data: &data,
    };
    record::append(conn, &app.vault, &happened)
}

fn confirm_within(app: &App) -> u32 {
    app.settings.intake.confirm_within_days
}

/// The day by which the office confirms that it got the application, if it still has to.
fn confirm_by(app: &App, case: &CaseFile) -> Result<Option<DueDate>, CaseworkError> {
    match case.case.stage {
        Stage::Filed { arrived_on } => {
            Ok(Some(working_days_after(arrived_on, confirm_within(app), &app.calendar)?))
        }
        _ => Ok(None),
    }
}

/// The 查询码 of a form: the same form has the same code, and nobody without the office's key
/// can tell it.
pub(super) fn query_code(app: &App, form_token: &str) -> QueryCode {
    let mac = app.vault.mac("query code", form_token.as_bytes());
    let mut bytes = [0; QueryCode::BYTES];
    for (byte, from) in bytes.iter_mut().zip(mac) {
        *byte = from;
    }
    QueryCode::from_bytes(bytes)
}

/// What is kept of a 查询码. Its 80 random bits cannot be guessed, so that a keyed hash does
/// what a slow password hash does for words that people choose.
#[must_use]
pub(super) fn code_mac(app: &App, code: &QueryCode) -> [u8; 32] {
    app.vault.mac("query code proof", code.as_bytes())
}

/// What tells whether a kept proof is that of the code that was typed. A text that can be no code
/// is compared all the same, as one that is wrong.
pub(super) fn proves(app: &App, typed: &str) -> impl Fn(Option<&[u8]>) -> bool + use<> {
    let code = typed.parse::<QueryCode>().ok();
    let nobody = QueryCode::from_bytes([0; QueryCode::BYTES]);
    let proof = code_mac(app, code.as_ref().unwrap_or(&nobody));
    let is_code = code.is_some();
    move |kept| bool::from(kept.unwrap_or_default().ct_eq(&proof)) && is_code
}

fn receipt(
    app: &App,
    case: CaseFile,
    agency: Agency,
    form_token: &str,
    already_filed: bool,
) -> Result<Receipt, CaseworkError> {
    let confirm_by = confirm_by(app, &case)?;
    let received_on = case.case.stage.received_on();
    let from = received_on
        .or(confirm_by.map(|due| due.on))
        .unwrap_or(case.arrived_on);
    Ok(Receipt {
        case: case.id,
        query_code: query_code(app, form_token),
        filed_at: case.filed_at,
        channel: case.channel,
        agency,
        received_on,
        confirm_by,
        due: ReplyTerm::first(from).due(&[], &app.calendar)?,
        already_filed,
        number: case.number,
    })
}
