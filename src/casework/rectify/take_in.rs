//! An application for rectification comes in, and is kept whole or not at all.

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use serde_json::json;
use uuid::Uuid;

use super::{FILED, PAPERS, RectificationPapers, may};
use crate::app::App;
use crate::casework::attachments::{self, Incoming};
use crate::casework::file::{code_mac, query_code};
use crate::casework::record::{self, Happened};
use crate::casework::{CaseworkError, ids, papers};
use crate::clock::beijing;
use crate::domain::actor::Actor;
use crate::domain::agency::Agency;
use crate::domain::number::QueryCode;
use crate::storage::rectifications::{self, Rectification};
use crate::storage::{self, Connection, StorageError, counters};

/// The series of their numbers.
const NUMBERS: &str = "rectification";

/// An application as it came in.
#[derive(Debug, Clone)]
pub struct NewRectification {
    /// Who is to answer.
    pub agency: Uuid,
    /// The form's token: the same token never makes a second one.
    pub form_token: String,
    /// The day on which it came.
    pub received_on: NaiveDate,
    /// What was written.
    pub papers: RectificationPapers,
    /// What shows it.
    pub evidence: Vec<Incoming>,
    /// Who puts it on record.
    pub by: Actor,
}

/// What is shown once it is kept.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// Its identity.
    pub id: Uuid,
    /// Its number.
    pub number: String,
    /// 查询码, where it was filed on the web.
    pub query_code: Option<QueryCode>,
    /// When it was kept.
    pub at: DateTime<Utc>,
    /// Who answers.
    pub agency: Agency,
}

/// Takes in an application. The same form token gives the same receipt, however often it comes.
///
/// # Errors
///
/// [`CaseworkError::NotAllowed`] to anybody but the applicant and a clerk;
/// [`CaseworkError::Days`] for a day to come.
pub async fn take_in(app: &App, new: NewRectification) -> Result<Receipt, CaseworkError> {
    if new.by != Actor::Applicant {
        may(&new.by, "登记更正申请")?;
    }
    if new.received_on > app.clock.today() {
        return Err(CaseworkError::Days("日期不能晚于今天"));
    }
    if let Some(receipt) = filed(app, &new.form_token).await? {
        return Ok(receipt);
    }
    let id = ids::new();
    let (key, wrapped_key) = app.vault.new_case_key()?;
    let code = (new.by == Actor::Applicant).then(|| query_code(app, &new.form_token));
    let mut row = Rectification {
        id,
        agency: new.agency,
        number: String::new(),
        received_on: new.received_on,
        wrapped_key: Some(wrapped_key),
        papers: key.seal(&new.papers.encode()?, &papers::context(id, PAPERS))?,
        answered: None,
        form_token: Some(token_index(app, &new.form_token).to_vec()),
        query_code_mac: code.map(|code| code_mac(app, &code).to_vec()),
        created_at: app.clock.now(),
        version: 1,
    };
    let stored = attachments::store_aside(app, id, key, new.evidence).await?;
    let (office, by, files) = (app.clone(), new.by, stored.rows().to_vec());
    let write = move |conn: &mut Connection| {
        let agency = storage::agencies::find(conn, row.agency)?;
        let year = beijing(row.created_at).year();
        let ordinal = counters::next(conn, agency.id, NUMBERS, year)?;
        row.number = format!("{}-GZ-{year}-{ordinal:04}", agency.code);
        rectifications::insert(conn, &row, &files)?;
        let data = json!({
            "rectification": id,
            "number": row.number,
            "received_on": row.received_on,
            "files": files.iter().map(|file| file.id).collect::<Vec<_>>(),
        })
        .to_string();
        let happened = Happened {
            agency: agency.id,
            case: None,
            at: row.created_at,
            by: &by,
            action: FILED,
            data: &data,
        };
        record::append(conn, &office.vault, &happened)?;
        Ok::<_, CaseworkError>((row, agency))
    };
    match stored.settle(app.database.write(write).await) {
        Ok((row, agency)) => Ok(receipt(app, row, agency, &new.form_token)),
        // The same form came twice at once, and the other one was first.
        Err(CaseworkError::Storage(StorageError::Duplicate { constraint })) => {
            let known = filed(app, &new.form_token).await?;
            Ok(known.ok_or(StorageError::Duplicate { constraint })?)
        }
        Err(other) => Err(other),
    }
}

/// The receipt of a form that was sent before; `None` if it was not.
///
/// # Errors
///
/// [`CaseworkError::Storage`].
pub async fn filed(app: &App, form_token: &str) -> Result<Option<Receipt>, CaseworkError> {
    let token = token_index(app, form_token);
    let read = move |conn: &mut Connection| {
        let Some(known) = rectifications::find_by_form_token(conn, &token)? else {
            return Ok(None);
        };
        let agency = storage::agencies::find(conn, known.agency)?;
        Ok::<_, StorageError>(Some((known, agency)))
    };
    let found = app.database.read(read).await?;
    Ok(found.map(|(known, agency)| receipt(app, known, agency, form_token)))
}

fn token_index(app: &App, form_token: &str) -> [u8; 32] {
    app.vault
        .blind_index("rectification form token", form_token)
}

fn receipt(app: &App, kept: Rectification, agency: Agency, form_token: &str) -> Receipt {
    let has_code = kept.query_code_mac.is_some();
    Receipt {
        id: kept.id,
        number: kept.number,
        query_code: has_code.then(|| query_code(app, form_token)),
        at: kept.created_at,
        agency,
    }
}
