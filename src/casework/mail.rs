//! Telling the applicant: the mail goes into the outbox in the deed that it tells of.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::app::App;
use crate::casework::record::{self, Happened};
use crate::casework::{CaseworkError, ids};
use crate::domain::actor::Actor;
use crate::domain::agency::Agency;
use crate::domain::application::Draft;
use crate::notify::{About, Message, recipient};
use crate::storage::cases::CaseFile;
use crate::storage::outbox::{self, NewMail};
use crate::storage::{Connection, StorageError, first_mails};

/// Whom to write to.
#[derive(Clone)]
pub(super) struct Addressee {
    name: String,
    email: String,
}

impl Addressee {
    /// The applicant, who may have given no address.
    pub(super) fn of(papers: &Draft) -> Option<Self> {
        let email = papers.email.trim();
        (!email.is_empty())
            .then(|| Self { name: papers.applicant_name().to_owned(), email: email.to_owned() })
    }
}

/// How many mails of receipt an address gets in twenty-four hours, as long as nobody in the office
/// has spoken to whoever gave it. Every other mail follows the confirmation of art. 31, which is
/// the applicant's own word.
const UNCONFIRMED_A_DAY: i64 = 5;

/// Whether the mail of receipt may go to an address that a form on the web named.
///
/// # Errors
///
/// [`StorageError`].
pub(super) fn may_greet(
    conn: &mut Connection,
    app: &App,
    to: &Addressee,
    at: DateTime<Utc>,
) -> Result<bool, StorageError> {
    let address = app
        .vault
        .blind_index("mail address", &to.email.to_lowercase());
    first_mails::admit(conn, ids::new(), &address, at, UNCONFIRMED_A_DAY)
}

/// Puts a message into the outbox.
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
    let about = About {
        number: &case.number,
        applicant: &to.name,
        agency,
        base_url: &base_url,
        due_on: case.due.map(|due| due.on),
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
    Ok(outbox::enqueue(conn, &mail, at)?)
}

/// Puts a message of this agency that was given up back into the outbox, on record.
///
/// # Errors
///
/// [`StorageError::NotFound`], also for another agency's message and one that is not given up.
pub async fn retry(app: &App, agency: Uuid, mail: Uuid, by: &Actor) -> Result<(), CaseworkError> {
    let (vault, by, at) = (app.vault.clone(), by.clone(), app.clock.now());
    app.database
        .write(move |conn| -> Result<(), StorageError> {
            let case = outbox::find(conn, agency, mail)?.mail.case_id;
            outbox::retry(conn, mail, at)?;
            let data = serde_json::json!({ "mail": mail }).to_string();
            let action = "mail_retried";
            let happened = Happened { agency, case, at, by: &by, action, data: &data };
            record::append(conn, &vault, &happened)
        })
        .await?;
    app.mail_waiting.notify_one();
    Ok(())
}

/// Notes that the recipient of a message that was given up was told by another way, on record.
///
/// # Errors
///
/// [`StorageError::NotFound`], also for another agency's message and one that waits for nobody.
pub async fn settle(app: &App, agency: Uuid, mail: Uuid, by: &Actor) -> Result<(), CaseworkError> {
    let (vault, by, at) = (app.vault.clone(), by.clone(), app.clock.now());
    app.database
        .write(move |conn| -> Result<(), StorageError> {
            let case = outbox::find(conn, agency, mail)?.mail.case_id;
            outbox::settle(conn, mail)?;
            let data = serde_json::json!({ "mail": mail }).to_string();
            let action = "mail_settled";
            let happened = Happened { agency, case, at, by: &by, action, data: &data };
            record::append(conn, &vault, &happened)
        })
        .await?;
    Ok(())
}
