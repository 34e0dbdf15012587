//! Every act on a case: load, decide, keep, tell.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::app::App;
use crate::casework::attachments::{self, Incoming};
use crate::casework::mail::{self, Addressee};
use crate::casework::record::{self, Happened};
use crate::casework::recorded::Recorded;
use crate::casework::{CaseworkError, papers};
use crate::clock::beijing;
use crate::domain::actor::Actor;
use crate::domain::agency::Agency;
use crate::domain::case::{Act, Office, Transition};
use crate::domain::letter::Particulars;
use crate::notify::Message;
use crate::storage::cases::{CaseFile, Secrets};
use crate::storage::{self, Connection, StorageError};

/// Something that somebody wants to do to a case.
#[derive(Debug, Clone)]
pub struct Deed {
    /// Whose case it has to be.
    pub agency: Uuid,
    /// The case.
    pub case: Uuid,
    /// The version that the actor saw; a case that was changed since is left alone.
    pub read_version: Option<i32>,
    /// What is done.
    pub act: Act,
    /// The day on which it happened, today or before.
    pub on: NaiveDate,
    /// What was written with it: a reason, an opinion, a correction.
    pub words: Option<String>,
    /// What was filled in for the letters that it calls for.
    pub particulars: Particulars,
    /// What came or goes with it.
    pub attachments: Vec<Incoming>,
    /// Who does it.
    pub by: Actor,
}

/// Does an act. The case, its attachments, the event and the mail to the applicant are kept
/// together, or none of them is.
///
/// # Errors
///
/// [`CaseworkError::NotAllowed`], if the Regulation does not allow the act on the case as it
/// stands, or not to this actor; [`StorageError::Conflict`], if somebody else was faster.
pub async fn advance(app: &App, deed: Deed) -> Result<CaseFile, CaseworkError> {
    let now = app.clock.now();
    if deed.on > beijing(now).date() {
        return Err(CaseworkError::Days("日期不能晚于今天"));
    }
    let (agency, case) = (deed.agency, deed.case);
    let read = move |conn: &mut Connection| {
        let file = storage::cases::find(conn, agency, case)?;
        let secrets = storage::cases::secrets(conn, case)?;
        Ok::<_, StorageError>((file, secrets, storage::agencies::find(conn, agency)?))
    };
    let (file, secrets, agency) = app.database.read(read).await?;
    // Looked at before anything is written to disk; decided again inside the transaction.
    decide(app, &file, &agency, &deed)?;
    let prepared = Prepared::new(app, &deed, &secrets)?;
    let key = papers::case_key(&app.vault, &secrets)?;
    let stored = attachments::store_aside(app, case, key, deed.attachments.clone()).await?;
    let (office, rows) = (app.clone(), stored.rows().to_vec());
    let write = move |conn: &mut Connection| {
        let file = storage::cases::find(conn, agency.id, case)?;
        let Transition { case: after, notice } = decide(&office, &file, &agency, &deed)?;
        let due = after.stage.due(&office.calendar)?;
        let within = office.settings.intake.confirm_within_days;
        let attention_on = after.stage.attention_on(within, &office.calendar)?;
        storage::cases::save(conn, &file, &after, due, attention_on, now)?;
        storage::attachments::insert(conn, case, &rows, now)?;
        let after = CaseFile { case: after, due, version: file.version + 1, ..file };
        if let (Some(notice), Some(to)) = (notice, &prepared.addressee) {
            mail::enqueue(conn, &office, &after, &agency, to, Message::Told(notice), now)?;
        }
        let attachments = rows.iter().map(|row| row.id).collect();
        prepared.record(conn, &office, &deed, attachments, now)?;
        Ok(after)
    };
    let kept = stored.settle(app.database.write(write).await)?;
    app.mail_waiting.notify_one();
    Ok(kept)
}

fn decide(
    app: &App,
    file: &CaseFile,
    agency: &Agency,
    deed: &Deed,
) -> Result<Transition, CaseworkError> {
    if deed
        .read_version
        .is_some_and(|version| version != file.version)
    {
        return Err(StorageError::Conflict.into());
    }
    let office = Office { calendar: &app.calendar, own_review_allowed: agency.own_review_allowed };
    Ok(file.case.apply(&deed.act, &deed.by, deed.on, office)?)
}

/// What of a deed can be made before the transaction.
struct Prepared {
    addressee: Option<Addressee>,
    words: Option<Vec<u8>>,
    particulars: Option<Vec<u8>>,
}

impl Prepared {
    fn new(app: &App, deed: &Deed, secrets: &Secrets) -> Result<Self, CaseworkError> {
        let written = papers::open(&app.vault, deed.case, secrets)?;
        let key = papers::case_key(&app.vault, secrets)?;
        let words = deed
            .words
            .as_deref()
            .map(str::trim)
            .filter(|words| !words.is_empty());
        let context = papers::context(deed.case, "words");
        let words = words
            .map(|words| key.seal(words.as_bytes(), &context))
            .transpose()?;
        let particulars = papers::seal_particulars(&key, deed.case, &deed.particulars)?;
        Ok(Self { addressee: Addressee::of(&written), words, particulars })
    }

    fn record(
        &self,
        conn: &mut Connection,
        app: &App,
        deed: &Deed,
        attachments: Vec<Uuid>,
        at: DateTime<Utc>,
    ) -> Result<(), CaseworkError> {
        let recorded = Recorded {
            act: deed.act.clone(),
            on: deed.on,
            words: self.words.clone(),
            particulars: self.particulars.clone(),
            attachments,
        };
        let happened = Happened {
            agency: deed.agency,
            case: Some(deed.case),
            at,
            by: &deed.by,
            action: deed.act.kind().code(),
            data: &recorded.to_json()?,
        };
        Ok(record::append(conn, &app.vault, &happened)?)
    }
}
