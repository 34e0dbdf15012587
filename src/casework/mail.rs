//! Telling the applicant: the mail goes into the outbox in the deed that it tells of.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::app::App;
use crate::casework::record::{self, Happened};
use crate::casework::{CaseworkError, ids, mailbox, papers};
use crate::clock::beijing;
use crate::domain::actor::Actor;
use crate::domain::agency::Agency;
use crate::domain::application::Draft;
use crate::domain::case::Notice;
use crate::notify::{About, Message, recipient};
use crate::storage::cases::CaseFile;
use crate::storage::mailboxes::Word;
use crate::storage::outbox::{self, NewMail};
use crate::storage::{self, Connection, StorageError, mailboxes};

/// Whom to write to.
#[derive(Clone)]
pub(super) struct Addressee {
    pub(super) email: String,
}

impl Addressee {
    /// The applicant, who may have given no address.
    pub(super) fn of(papers: &Draft) -> Option<Self> {
        let email = papers.email.trim();
        (!email.is_empty()).then(|| Self { email: email.to_owned() })
    }
}

/// Puts a message into the outbox; one to a mailbox that was refused is given up at once, so
/// that people tell the applicant by another way.
///
/// # Errors
///
/// [`CaseworkError`]; the deed must fail with it.
pub(super) fn enqueue(
    conn: &mut Connection,
    app: &App,
    case: &CaseFile,
    agency: &Agency,
    to: &Addressee,
    message: Message,
    at: DateTime<Utc>,
) -> Result<(), CaseworkError> {
    let base_url = app.settings.base_url();
    let mailbox = mailbox::index(app, &to.email);
    let said = mailboxes::word(conn, &mailbox)?;
    let mailbox_url = match said {
        None => Some(mailbox::link(app, &mailbox)?),
        Some(_) => None,
    };
    let about = About {
        number: &case.number,
        agency,
        base_url: &base_url,
        due_on: case.due.map(|due| due.on),
        until: match message {
            Message::Told(Notice::CorrectionWanted | Notice::ReasonsWanted) => {
                case.case.stage.asked_until()
            }
            _ => None,
        },
        mailbox_url: mailbox_url.as_deref(),
    };
    let written = message
        .write(&about)
        .map_err(|error| CaseworkError::Message(error.to_string()))?;
    let id = ids::new();
    let mail = NewMail {
        id,
        agency_id: agency.id,
        case_id: Some(case.id),
        message_id: app.mailer.message_id(id),
        kind: message.code().to_owned(),
        recipient_sealed: recipient::seal(&app.vault, id, &to.email)?,
        subject: written.subject,
        body_text: written.text,
        body_html: written.html,
    };
    outbox::enqueue(conn, &mail, at)?;
    if said == Some(Word::Refused) {
        outbox::given_up(conn, id, REFUSED, at)?;
    }
    Ok(())
}

/// Why a mail is not sent to a mailbox whose reader wants none.
pub const REFUSED: &str = "邮箱的使用者表示没有提出申请，请核对邮箱地址，用其他方式告知申请人";

/// The actions by which the record names what people did about a message.
pub const RETRIED: &str = "mail_retried";
/// See [`settle`].
pub const SETTLED: &str = "mail_settled";
/// See [`came_back`].
pub const RETURNED: &str = "mail_returned";

/// Puts a message of this agency that was given up back into the outbox, on record.
///
/// # Errors
///
/// [`StorageError::NotFound`], also for another agency's message and one that is not given up.
pub async fn retry(app: &App, agency: Uuid, mail: Uuid, by: &Actor) -> Result<(), CaseworkError> {
    let at = app.clock.now();
    on_record(app, (agency, mail), by, RETRIED, move |conn| outbox::retry(conn, mail, at)).await?;
    app.mail_waiting.notify_one();
    Ok(())
}

/// How an applicant was told what a mail could not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToldHow {
    /// By telephone.
    Telephone,
    /// By a letter.
    Letter,
    /// Face to face.
    InPerson,
    /// By a text message.
    TextMessage,
    /// Otherwise; the words say how.
    Other,
}

impl ToldHow {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Telephone,
        Self::Letter,
        Self::InPerson,
        Self::TextMessage,
        Self::Other,
    ];

    /// The identifier, in forms and in the record.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Telephone => "telephone",
            Self::Letter => "letter",
            Self::InPerson => "in_person",
            Self::TextMessage => "text_message",
            Self::Other => "other",
        }
    }

    /// The one with this [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|how| how.code() == code)
    }

    /// What people call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Telephone => "电话",
            Self::Letter => "信函",
            Self::InPerson => "当面",
            Self::TextMessage => "短信",
            Self::Other => "其他方式",
        }
    }
}

/// That an applicant was told by another way.
#[derive(Debug, Clone)]
pub struct Told {
    /// How.
    pub how: ToldHow,
    /// On which day.
    pub on: NaiveDate,
    /// What proves it: who answered, what was said.
    pub words: String,
}

/// Notes that the recipient of a message that was given up was told by another way: how, when, and
/// what proves it, sealed under the case's key.
///
/// # Errors
///
/// [`CaseworkError::Days`] for a day that cannot be; [`StorageError::NotFound`], also for another
/// agency's message and one that waits for nobody.
pub async fn settle(
    app: &App,
    agency: Uuid,
    mail: Uuid,
    told: Told,
    by: &Actor,
) -> Result<(), CaseworkError> {
    let (vault, by, at, today) =
        (app.vault.clone(), by.clone(), app.clock.now(), app.clock.today());
    let write = move |conn: &mut Connection| -> Result<(), CaseworkError> {
        let kept = outbox::find(conn, agency, mail)?;
        if told.on > today {
            return Err(CaseworkError::Days("日期不能晚于今天"));
        }
        if told.on < beijing(kept.created_at).date() {
            return Err(CaseworkError::Days("日期不能早于邮件的日期"));
        }
        let case = kept.mail.case_id.ok_or(StorageError::NotFound("case"))?;
        outbox::settle(conn, mail)?;
        let key = papers::case_key(&vault, &storage::cases::secrets(conn, case)?)?;
        let words = key.seal(told.words.as_bytes(), &papers::context(case, "words"))?;
        let data = serde_json::json!({
            "mail": mail,
            "how": told.how.code(),
            "on": told.on,
            "words": BASE64_STANDARD.encode(words),
        });
        let data = data.to_string();
        let happened =
            Happened { agency, case: Some(case), at, by: &by, action: SETTLED, data: &data };
        Ok(record::append(conn, &vault, &happened)?)
    };
    app.database.write(write).await
}

/// How an applicant was told, as the record has it, in words.
pub(super) fn told(data: &serde_json::Value) -> String {
    let text = |name: &str| data.get(name).and_then(serde_json::Value::as_str);
    match (text("how").and_then(ToldHow::from_code), text("on")) {
        (Some(how), Some(on)) => format!("{}，{on}", how.label()),
        // Before the way was asked for.
        _ => String::new(),
    }
}

/// Notes that a message which the mail server had taken came back (退信), on record; its
/// recipient has to be told by another way.
///
/// # Errors
///
/// [`StorageError::NotFound`], also for another agency's message and one that was not sent.
pub async fn came_back(
    app: &App,
    agency: Uuid,
    mail: Uuid,
    why: MailReturn,
    by: &Actor,
) -> Result<(), CaseworkError> {
    let (at, why) = (app.clock.now(), format!("退信：{}", why.label()));
    on_record(app, (agency, mail), by, RETURNED, move |conn| {
        outbox::came_back(conn, mail, &why, at)
    })
    .await
}

/// Why a message came back. A choice and no text: what mail servers write names the recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailReturn {
    /// There is no such mailbox.
    NoSuchMailbox,
    /// The mailbox takes no more.
    Full,
    /// The recipient's server took it for something unwanted.
    Refused,
    /// Something else.
    Other,
}

impl MailReturn {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::NoSuchMailbox, Self::Full, Self::Refused, Self::Other];

    /// The identifier, in forms.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoSuchMailbox => "no_such_mailbox",
            Self::Full => "full",
            Self::Refused => "refused",
            Self::Other => "other",
        }
    }

    /// The one with this [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.code() == code)
    }

    /// What people call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::NoSuchMailbox => "收件人的信箱不存在或者已经停用",
            Self::Full => "收件人的信箱已满",
            Self::Refused => "被收件人的邮件服务器拒收",
            Self::Other => "其他原因",
        }
    }
}

/// Changes a message of this agency, and puts it on record.
async fn on_record(
    app: &App,
    (agency, mail): (Uuid, Uuid),
    by: &Actor,
    action: &'static str,
    change: impl FnOnce(&mut Connection) -> Result<(), StorageError> + Send + 'static,
) -> Result<(), CaseworkError> {
    let (vault, by, at) = (app.vault.clone(), by.clone(), app.clock.now());
    let write = move |conn: &mut Connection| -> Result<(), StorageError> {
        let case = outbox::find(conn, agency, mail)?.mail.case_id;
        change(conn)?;
        let data = serde_json::json!({ "mail": mail }).to_string();
        let happened = Happened { agency, case, at, by: &by, action, data: &data };
        record::append(conn, &vault, &happened)
    };
    Ok(app.database.write(write).await?)
}
