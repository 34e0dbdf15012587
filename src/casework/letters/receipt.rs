//! 登记回执 for what needs no confirmation.

use uuid::Uuid;

use super::{MadeOut, Occasion, TRIES, issue_all, make_out};
use crate::app::App;
use crate::casework::record::{self, Happened};
use crate::casework::view::Kept;
use crate::casework::{CaseworkError, attachments, papers};
use crate::domain::actor::Actor;
use crate::domain::case::Act;
use crate::domain::letter::{LetterKind, Particulars};
use crate::storage::letters::IssuedLetter;
use crate::storage::{self, Connection, StorageError};

/// The action by which the record names a letter that no act called for.
pub const ISSUED: &str = "letter_issued";

/// Issues the 登记回执 of an application whose day of receipt was known when it was registered,
/// so that no confirmation calls for one (art. 31: handed in, or signed for). Issued once.
///
/// # Errors
///
/// [`CaseworkError::AgencyLacks`], if the agency's letters cannot be numbered; otherwise another
/// [`CaseworkError`].
pub async fn issue_receipt(
    app: &App,
    agency: Uuid,
    case: Uuid,
    by: &Actor,
) -> Result<(), CaseworkError> {
    let mut tries = 0;
    loop {
        tries += 1;
        match try_receipt(app, agency, case, by).await {
            Err(CaseworkError::NumberTaken) if tries < TRIES => {}
            ended => return ended,
        }
    }
}

async fn try_receipt(app: &App, agency: Uuid, case: Uuid, by: &Actor) -> Result<(), CaseworkError> {
    let read = move |conn: &mut Connection| {
        let file = storage::cases::find(conn, agency, case)?;
        Kept::load(conn, file)
    };
    let kept = app.database.read(read).await?;
    let was_issued = |letters: &[IssuedLetter]| {
        letters
            .iter()
            .any(|letter| letter.kind == LetterKind::Receipt)
    };
    if kept.file.case.stage.received_on().is_none() || was_issued(&kept.letters) {
        return Ok(());
    }
    let key = papers::case_key(&app.vault, &kept.secrets)?;
    let written = papers::open(&app.vault, case, &kept.secrets)?;
    let history = kept.history(Some(&key))?;
    let occasion = Occasion {
        file: &kept.file,
        after: &kept.file.case,
        agency: &kept.agency,
        papers: &written,
        history: &history,
        act: &Act::ConfirmReceipt,
        on: app.clock.today(),
        particulars: &Particulars::default(),
    };
    let letters = make_out(app, &occasion).await?;
    let files = letters.iter().flat_map(MadeOut::files).collect();
    let stored = attachments::store_aside(app, case, key, files).await?;
    let (office, rows) = (app.clone(), stored.rows().to_vec());
    let (file, by, at) = (kept.file, by.clone(), app.clock.now());
    let write = move |conn: &mut Connection| {
        if was_issued(&storage::letters::of_case(conn, case)?) {
            return Err(StorageError::Conflict.into());
        }
        storage::attachments::insert(conn, case, &rows, at)?;
        let issued = issue_all(conn, &file, &letters, &rows, at)?;
        let data = serde_json::json!({ "letters": issued }).to_string();
        let happened =
            Happened { agency, case: Some(case), at, by: &by, action: ISSUED, data: &data };
        Ok::<_, CaseworkError>(record::append(conn, &office.vault, &happened)?)
    };
    stored.settle(app.database.write(write).await)
}
