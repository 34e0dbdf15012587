//! What the applicant sees with number and query code.

use serde_json::json;
use uuid::Uuid;

use super::letters::opened;
use super::{LETTER_READ, RectificationPapers, open};
use crate::app::App;
use crate::casework::CaseworkError;
use crate::casework::file::proves;
use crate::casework::record::{self, Happened};
use crate::casework::reveal::HandedOut;
use crate::clock::beijing;
use crate::domain::actor::Actor;
use crate::domain::agency::Agency;
use crate::domain::letter::{Recipient, ServedHow, Service};
use crate::storage::rectifications::{self, Issued, Rectification};
use crate::storage::{self, Connection, StorageError};

/// An application as its applicant sees it.
#[derive(Debug, Clone)]
pub struct Standing {
    /// What is kept of it.
    pub kept: Rectification,
    /// What was written.
    pub papers: RectificationPapers,
    /// Who answers.
    pub agency: Agency,
    /// 文号 of the letter to the applicant, once there is one.
    pub letter: Option<String>,
}

/// The application that number and query code open together. `None` for a number that nobody
/// has and for a wrong code alike.
///
/// # Errors
///
/// [`CaseworkError`].
pub async fn open_with_code(
    app: &App,
    number: &str,
    code: &str,
) -> Result<Option<Standing>, CaseworkError> {
    let (number, proves) = (number.to_owned(), proves(app, code));
    let found = app
        .database
        .read(move |conn| rectifications::list_by_number(conn, &number))
        .await?;
    let mut found = found.into_iter();
    match found.find(|one| proves(one.query_code_mac.as_deref())) {
        Some(one) => again(app, one.id).await.map(Some),
        None => Ok(None),
    }
}

/// The application with this identity, for an applicant who has shown number and code before.
///
/// # Errors
///
/// [`StorageError::NotFound`], or another [`CaseworkError`].
pub async fn again(app: &App, id: Uuid) -> Result<Standing, CaseworkError> {
    let read = move |conn: &mut Connection| {
        let kept = rectifications::find_any(conn, id)?;
        let agency = storage::agencies::find(conn, kept.agency)?;
        let letter = to_applicant(conn, &kept)?;
        Ok::<_, StorageError>((kept, agency, letter))
    };
    let (kept, agency, letter) = app.database.read(read).await?;
    Ok(Standing {
        papers: open(app, &kept)?,
        letter: letter.map(|letter| letter.number),
        kept,
        agency,
    })
}

/// The letter that tells the applicant.
fn to_applicant(
    conn: &mut Connection,
    kept: &Rectification,
) -> Result<Option<Issued>, StorageError> {
    let letters = rectifications::letters(conn, kept.id)?;
    let mut letters = letters.into_iter();
    Ok(letters.find(|letter| letter.kind.recipient() == Recipient::Applicant))
}

/// Hands the applicant the letter, as PDF; that it was taken is on record first, and serves it
/// where nothing else has.
///
/// # Errors
///
/// [`StorageError::NotFound`], if there is none yet.
pub async fn letter(app: &App, id: Uuid) -> Result<HandedOut, CaseworkError> {
    let (office, at) = (app.clone(), app.clock.now());
    let write = move |conn: &mut Connection| {
        let kept = rectifications::find_any(conn, id)?;
        let letter = to_applicant(conn, &kept)?.ok_or(StorageError::NotFound("letter"))?;
        let papers = rectifications::papers(conn, id, letter.kind)?;
        if letter.service.is_none() {
            let service = Service {
                on: beijing(at).date(),
                how: ServedHow::Online,
                postal_number: None,
                evidence: None,
            };
            rectifications::serve(conn, id, letter.kind, &service)?;
        }
        let data = json!({ "rectification": id, "number": letter.number }).to_string();
        let happened = Happened {
            agency: kept.agency,
            case: None,
            at,
            by: &Actor::Applicant,
            action: LETTER_READ,
            data: &data,
        };
        record::append(conn, &office.vault, &happened)?;
        Ok::<_, CaseworkError>((kept, letter, papers))
    };
    let (kept, letter, papers) = app.database.write(write).await?;
    opened(app, &kept, &letter, &papers, "pdf")
}
