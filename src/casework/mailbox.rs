//! Mailboxes: a form on the web can name anybody's, so that whoever reads it is asked (double
//! opt-in), and few mails go there before something is said.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};

use crate::app::App;
use crate::casework::mail::Addressee;
use crate::casework::{CaseworkError, ids};
use crate::storage::mailboxes::{self, Word};
use crate::storage::{Connection, StorageError};

/// How many mails an address gets in twenty-four hours of which nothing was said, as long as
/// nobody in the office has spoken to whoever gave it. Every other mail follows the confirmation
/// of art. 31, which is the applicant's own word.
const UNCONFIRMED_A_DAY: i64 = 5;
/// What the address in a link is sealed for.
const LINK: &[u8] = b"mailbox link";

/// A mailbox as something to look for that does not say whose it is.
pub(super) fn index(app: &App, email: &str) -> [u8; 32] {
    app.vault.blind_index("mail address", &email.to_lowercase())
}

/// Whether a mail may go to an address that a form on the web named, before anybody in the
/// office has spoken to the applicant.
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
    let mailbox = index(app, &to.email);
    match mailboxes::word(conn, &mailbox)? {
        Some(word) => Ok(word == Word::Confirmed),
        None => mailboxes::admit(conn, ids::new(), &mailbox, at, UNCONFIRMED_A_DAY),
    }
}

/// The page on which whoever reads the mailbox says whether mails are welcome. It names the
/// mailbox to this office alone.
pub(super) fn link(app: &App, mailbox: &[u8; 32]) -> Result<String, CaseworkError> {
    let sealed = app.vault.seal(mailbox, LINK)?;
    let sealed = BASE64_URL_SAFE_NO_PAD.encode(sealed);
    Ok(format!("{}/mailbox/{sealed}", app.settings.base_url()))
}

/// The mailbox that a link names; `None` if the link is none of this office's.
fn of_link(app: &App, link: &str) -> Option<[u8; 32]> {
    let sealed = BASE64_URL_SAFE_NO_PAD.decode(link).ok()?;
    let mailbox = app.vault.open_sealed(&sealed, LINK).ok()?;
    mailbox.as_slice().try_into().ok()
}

/// What was said of the mailbox at an address.
///
/// # Errors
///
/// [`StorageError`].
pub async fn said_of(app: &App, email: &str) -> Result<Option<Word>, StorageError> {
    let mailbox = index(app, email);
    app.database
        .read(move |conn| mailboxes::word(conn, &mailbox))
        .await
}

/// What was said by a link of the mailbox that it names.
///
/// # Errors
///
/// [`StorageError::NotFound`] for a link that is none.
pub async fn said(app: &App, link: &str) -> Result<Option<Word>, StorageError> {
    let mailbox = of_link(app, link).ok_or(StorageError::NotFound("mailbox"))?;
    app.database
        .read(move |conn| mailboxes::word(conn, &mailbox))
        .await
}

/// Keeps what whoever reads the mailbox says of it.
///
/// # Errors
///
/// [`StorageError::NotFound`] for a link that is none.
pub async fn say(app: &App, link: &str, word: Word) -> Result<(), StorageError> {
    let mailbox = of_link(app, link).ok_or(StorageError::NotFound("mailbox"))?;
    let at = app.clock.now();
    app.database
        .write(move |conn| mailboxes::say(conn, &mailbox, word, at))
        .await
}
