//! Looking at personal data: for a reason, and on record.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;
use uuid::Uuid;

use crate::app::App;
use crate::casework::record::{self, Happened};
use crate::casework::{CaseworkError, attachments, papers};
use crate::domain::actor::{Actor, Role};
use crate::domain::application::Draft;
use crate::domain::case::NotAllowed;
use crate::storage::attachments::Attachment;
use crate::storage::cases::Secrets;
use crate::storage::{self, Connection, StorageError};
use crate::vault::CaseKey;

/// The action by which the record names a look at personal data.
pub const REVEALED: &str = "revealed";
/// The action by which the record names an attachment that staff took out.
pub const ATTACHMENT_READ: &str = "attachment_read";

/// Whose duties need personal data.
const MAY_SEE: &[Role] = &[Role::Clerk, Role::Reviewer, Role::Head];

/// A file as it is handed out.
#[derive(Debug, Clone)]
pub struct HandedOut {
    /// Its name as the sender gave it.
    pub name: String,
    /// What its content is.
    pub media_type: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// What the applicant wrote, unmasked. That it was looked at, by whom and why, is on record
/// before it is shown.
///
/// # Errors
///
/// [`CaseworkError::NotAllowed`], if the actor's duties do not need it;
/// [`CaseworkError::ReasonMissing`] without a reason.
pub async fn reveal(
    app: &App,
    agency: Uuid,
    case: Uuid,
    by: &Actor,
    reason: &str,
) -> Result<Draft, CaseworkError> {
    let secrets = note(app, agency, case, by, REVEALED, None, reason).await?;
    papers::open(&app.vault, case, &secrets)
}

/// An attachment of the case, as [`reveal`] shows its papers.
///
/// # Errors
///
/// As there, and [`StorageError::NotFound`] for an attachment of another case.
pub async fn attachment(
    app: &App,
    agency: Uuid,
    case: Uuid,
    attachment: Uuid,
    by: &Actor,
    reason: &str,
) -> Result<HandedOut, CaseworkError> {
    let secrets = note(app, agency, case, by, ATTACHMENT_READ, Some(attachment), reason).await?;
    hand_out(app, case, attachment, &secrets).await
}

/// Reads a file of the case.
pub(super) async fn hand_out(
    app: &App,
    case: Uuid,
    attachment: Uuid,
    secrets: &Secrets,
) -> Result<HandedOut, CaseworkError> {
    let rows = app
        .database
        .read(move |conn| storage::attachments::of_case(conn, case))
        .await?;
    let row = rows
        .into_iter()
        .find(|row| row.id == attachment)
        .ok_or(StorageError::NotFound("attachment"))?;
    read(app, case, papers::case_key(&app.vault, secrets)?, row).await
}

/// Reads a sealed file, away from the threads that serve pages; `whose` is what its key and its
/// name are bound to.
pub(super) async fn read(
    app: &App,
    whose: Uuid,
    key: CaseKey,
    row: Attachment,
) -> Result<HandedOut, CaseworkError> {
    let directory = app.settings.data.directory.clone();
    tokio::task::spawn_blocking(move || {
        Ok(HandedOut {
            name: attachments::name(whose, &key, &row)?,
            bytes: attachments::read(&directory, whose, &key, &row)?,
            media_type: row.media_type,
        })
    })
    .await
    .map_err(|_| CaseworkError::Interrupted)?
}

/// Puts on record that somebody is about to see personal data of a case, and why.
///
/// # Errors
///
/// As for [`reveal`].
pub(super) async fn note(
    app: &App,
    agency: Uuid,
    case: Uuid,
    by: &Actor,
    action: &'static str,
    attachment: Option<Uuid>,
    reason: &str,
) -> Result<Secrets, CaseworkError> {
    if !by.holds(MAY_SEE) {
        return Err(NotAllowed::NotYours("查看个人信息").into());
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
        let data = json!({
            "attachment": attachment,
            "words": BASE64_STANDARD.encode(sealed),
        })
        .to_string();
        let happened = Happened { agency, case: Some(case), at, by: &by, action, data: &data };
        record::append(conn, &office.vault, &happened)?;
        Ok::<_, CaseworkError>(secrets)
    };
    app.database.write(write).await
}
