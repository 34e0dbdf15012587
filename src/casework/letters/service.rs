//! 送达: how a letter reached whom it is for.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::app::App;
use crate::casework::attachments::{self, Incoming};
use crate::casework::record::{self, Happened};
use crate::casework::{CaseworkError, answers, papers};
use crate::domain::actor::{Actor, Role};
use crate::domain::case::NotAllowed;
use crate::domain::letter::{ServedHow, Service};
use crate::storage::letters::IssuedLetter;
use crate::storage::{self, Connection, StorageError};

/// What became of a letter that was sent out.
#[derive(Debug, Clone)]
pub struct ServiceReport {
    /// The letter.
    pub letter: Uuid,
    /// How it was served; `None` where it came back.
    pub how: Option<ServedHow>,
    /// The day of signing, of posting or of sending; or the day on which it came back.
    pub on: NaiveDate,
    /// The postal service's number, where it was posted.
    pub postal_number: Option<String>,
    /// 送达凭证.
    pub evidence: Vec<Incoming>,
}

/// The action by which the record names that a letter was served.
pub const SERVED: &str = "letter_served";
/// The action by which the record names that a letter came back.
pub const CAME_BACK: &str = "letter_came_back";

/// Puts on record how a letter reached whom it is for, or that it did not.
///
/// # Errors
///
/// [`CaseworkError::NotAllowed`] to anybody but a clerk; [`CaseworkError::Days`] for a day that
/// cannot be; [`StorageError::NotFound`], also for another agency's letter.
pub async fn report_service(
    app: &App,
    agency: Uuid,
    by: &Actor,
    report: ServiceReport,
) -> Result<IssuedLetter, CaseworkError> {
    if !by.holds(&[Role::Clerk]) {
        return Err(NotAllowed::NotYours("登记送达").into());
    }
    let (id, on) = (report.letter, report.on);
    let read = move |conn: &mut Connection| {
        let letter = storage::letters::find(conn, agency, id)?;
        let secrets = storage::cases::secrets(conn, letter.case)?;
        Ok::<_, StorageError>((letter, secrets))
    };
    let (letter, secrets) = app.database.read(read).await?;
    if on > app.clock.today() {
        return Err(CaseworkError::Days("日期不能晚于今天"));
    }
    if on < letter.issued_on {
        return Err(CaseworkError::Days("日期不能早于文书的成文日期"));
    }
    let key = papers::case_key(&app.vault, &secrets)?;
    let stored = attachments::store_aside(app, letter.case, key, report.evidence.clone()).await?;
    let (office, rows, now, by) =
        (app.clone(), stored.rows().to_vec(), app.clock.now(), by.clone());
    let write = move |conn: &mut Connection| {
        storage::attachments::insert(conn, letter.case, &rows, now)?;
        let evidence = rows.first().map(|row| row.id);
        match report.how {
            Some(how) => {
                let postal_number = report.postal_number.clone();
                let service = Service { on, how, postal_number, evidence };
                storage::letters::serve(conn, id, &service)?;
                answers::served(conn, &office.calendar, &letter, on)?;
            }
            None => storage::letters::came_back(conn, id, on)?,
        }
        let data = serde_json::json!({
            "letter": id,
            "number": letter.number,
            "on": on,
            "how": report.how.map(ServedHow::code),
            "postal_number": report.postal_number,
            "evidence": evidence,
        });
        let happened = Happened {
            agency,
            case: Some(letter.case),
            at: now,
            by: &by,
            action: if report.how.is_some() {
                SERVED
            } else {
                CAME_BACK
            },
            data: &data.to_string(),
        };
        record::append(conn, &office.vault, &happened)?;
        Ok::<_, CaseworkError>(storage::letters::find(conn, agency, id)?)
    };
    stored.settle(app.database.write(write).await)
}
