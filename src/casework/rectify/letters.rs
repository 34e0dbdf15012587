//! The letters that end an application: taken out, served, and sealed.

use serde_json::json;
use uuid::Uuid;

use super::{SERVED, Seen, key_of, letter_context, may, note};
use crate::app::App;
use crate::casework::attachments::{self, Incoming};
use crate::casework::record::{self, Happened};
use crate::casework::reveal::HandedOut;
use crate::casework::{CaseworkError, letters};
use crate::domain::actor::Actor;
use crate::domain::letter::{LetterKind, Service};
use crate::storage::rectifications::{self, Issued, Papers, Rectification};
use crate::storage::{Connection, StorageError};

/// A letter as PDF or DOCX, for a reason that is on record first.
///
/// # Errors
///
/// [`CaseworkError::ReasonMissing`]; [`StorageError::NotFound`], also for another agency's and
/// for a letter that there is not.
pub async fn take_out(
    app: &App,
    agency: Uuid,
    id: Uuid,
    (kind, ending): (LetterKind, &str),
    by: &Actor,
    reason: &str,
) -> Result<HandedOut, CaseworkError> {
    let read = move |conn: &mut Connection| {
        rectifications::find(conn, agency, id)?;
        let letters = rectifications::letters(conn, id)?;
        Ok::<_, StorageError>((letters, rectifications::papers(conn, id, kind)?))
    };
    let (letters, papers) = app.database.read(read).await?;
    let letter = letters.into_iter().find(|letter| letter.kind == kind);
    let letter = letter.ok_or(StorageError::NotFound("letter"))?;
    let kept = note(app, agency, id, Seen::Letter(kind), by, reason).await?;
    opened(app, &kept, &letter, &papers, ending)
}

/// A letter as it is handed out; `ending` is `pdf` or `docx`.
pub(super) fn opened(
    app: &App,
    kept: &Rectification,
    letter: &Issued,
    papers: &Papers,
    ending: &str,
) -> Result<HandedOut, CaseworkError> {
    let (bytes, media_type) = match ending {
        "pdf" => (&papers.pdf, letters::PDF),
        "docx" => (&papers.docx, letters::DOCX),
        _ => return Err(StorageError::NotFound("letter").into()),
    };
    let context = letter_context(kept.id, letter.kind, ending);
    Ok(HandedOut {
        name: format!("{}{}.{ending}", letter.kind.title(), letter.number),
        media_type: media_type.to_owned(),
        bytes: key_of(app, kept)?.open(bytes, &context)?.to_vec(),
    })
}

/// Puts on record how a letter reached whom it is for.
///
/// # Errors
///
/// [`CaseworkError::NotAllowed`] to anybody but a
/// clerk; [`CaseworkError::Days`] for a day that cannot be; [`StorageError::NotFound`], also for
/// another agency's letter.
pub async fn serve(
    app: &App,
    agency: Uuid,
    id: Uuid,
    kind: LetterKind,
    service: Service,
    evidence: Vec<Incoming>,
    by: &Actor,
) -> Result<(), CaseworkError> {
    may(by, "登记送达")?;
    let kept = app
        .database
        .read(move |conn| rectifications::find(conn, agency, id))
        .await?;
    if service.on > app.clock.today() {
        return Err(CaseworkError::Days("日期不能晚于今天"));
    }
    if kept
        .answered
        .is_none_or(|answered| service.on < answered.on)
    {
        return Err(CaseworkError::Days("日期不能早于文书的成文日期"));
    }
    let stored = attachments::store_aside(app, id, key_of(app, &kept)?, evidence).await?;
    let (office, rows, at, by) = (app.clone(), stored.rows().to_vec(), app.clock.now(), by.clone());
    let write = move |conn: &mut Connection| {
        rectifications::insert_files(conn, id, &rows, at)?;
        rectifications::serve(conn, id, kind, &service)?;
        let data = json!({
            "rectification": id,
            "letter": kind.key(),
            "on": service.on,
            "how": service.how.code(),
            "postal_number": service.postal_number,
            "evidence": rows.first().map(|row| row.id),
        })
        .to_string();
        let happened = Happened { agency, case: None, at, by: &by, action: SERVED, data: &data };
        Ok::<_, CaseworkError>(record::append(conn, &office.vault, &happened)?)
    };
    stored.settle(app.database.write(write).await)
}

/// Seals the letters that a version before kept as they were printed.
///
/// # Errors
///
/// [`CaseworkError`].
pub fn seal_old_letters(app: &App) -> Result<(), CaseworkError> {
    while let Some((id, kind)) = app.database.read_blocking(rectifications::unsealed)? {
        let office = app.clone();
        app.database.write_blocking(move |conn: &mut Connection| {
            let kept = rectifications::find_any(conn, id)?;
            let plain = rectifications::papers(conn, id, kind)?;
            let sealed = match kept.wrapped_key {
                Some(_) => {
                    let key = key_of(&office, &kept)?;
                    let seal =
                        |ending, bytes: &[u8]| key.seal(bytes, &letter_context(id, kind, ending));
                    Papers { pdf: seal("pdf", &plain.pdf)?, docx: seal("docx", &plain.docx)? }
                }
                // Its key was destroyed: what names the applicant goes with it.
                None => Papers { pdf: Vec::new(), docx: Vec::new() },
            };
            Ok::<_, CaseworkError>(rectifications::seal(conn, id, kind, &sealed)?)
        })?;
    }
    Ok(())
}
