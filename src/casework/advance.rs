//! Every act on a case: load, decide, keep, tell.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::app::App;
use crate::casework::attachments::{self, Incoming};
use crate::casework::letters::{self, MadeOut, Occasion, TRIES};
use crate::casework::mail::{self, Addressee};
use crate::casework::record::{self, Happened};
use crate::casework::recorded::{IssuedPaper, Recorded};
use crate::casework::view::Kept;
use crate::casework::{CaseworkError, answers, mailbox, outgoing, papers};
use crate::domain::actor::Actor;
use crate::domain::agency::Agency;
use crate::domain::application::Draft;
use crate::domain::case::{Act, NotAllowed, Office, Stage, Transition};
use crate::domain::letter::Particulars;
use crate::notify::Message;
use crate::storage::attachments::Purpose;
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
    /// The application as its applicant corrected it, where that is what happens.
    pub amended: Option<Draft>,
    /// What came or goes with it.
    pub attachments: Vec<Incoming>,
    /// Who does it.
    pub by: Actor,
}

/// Does an act. The case, its attachments, its letters, the event and the mail to the applicant
/// are kept together, or none of them is.
///
/// # Errors
///
/// [`CaseworkError::NotAllowed`], if the Regulation does not allow the act on the case as it
/// stands, or not to this actor; [`CaseworkError::Unanswered`], if a file that would be given holds
/// what nobody answered for; [`StorageError::Conflict`], if somebody else was faster.
pub async fn advance(app: &App, deed: Deed) -> Result<CaseFile, CaseworkError> {
    let on = deed.on;
    if on > app.clock.today() {
        return Err(CaseworkError::Days("日期不能晚于今天"));
    }
    let mut tries = 0;
    loop {
        tries += 1;
        match attempt(app, deed.clone()).await {
            Err(CaseworkError::NumberTaken) if tries < TRIES => {}
            ended => return ended,
        }
    }
}

async fn attempt(app: &App, deed: Deed) -> Result<CaseFile, CaseworkError> {
    let now = app.clock.now();
    let (agency, case) = (deed.agency, deed.case);
    let read = move |conn: &mut Connection| {
        let file = storage::cases::find(conn, agency, case)?;
        Kept::load(conn, file)
    };
    let kept = app.database.read(read).await?;
    // Looked at before anything is written to disk; decided again inside the transaction.
    let Transition { case: after, .. } = decide(app, &kept.file, &kept.agency, &deed)?;
    let prepared = Prepared::new(app, &deed, &kept.secrets)?;
    let key = papers::case_key(&app.vault, &kept.secrets)?;
    let wrapped_key = kept.secrets.wrapped_key.clone();
    let amended = deed
        .amended
        .as_ref()
        .map(|papers| papers::seal_again(&key, wrapped_key, case, papers))
        .transpose()?;
    let history = kept.history(Some(&key))?;
    let occasion = Occasion {
        file: &kept.file,
        after: &after,
        agency: &kept.agency,
        papers: &prepared.papers,
        history: &history,
        act: &deed.act,
        on: deed.on,
        particulars: &deed.particulars,
    };
    let letters = letters::make_out(app, &occasion).await?;
    let papers = letters.iter().flat_map(MadeOut::files);
    let files: Vec<Incoming> = papers.chain(deed.attachments.iter().cloned()).collect();
    let found = match deed.act {
        Act::Propose { .. } => outgoing::look(app, &kept.agency, &files).await?,
        _ => Vec::new(),
    };
    let sealing = papers::case_key(&app.vault, &kept.secrets)?;
    let stored = attachments::store_aside(app, case, key, files).await?;
    let found = outgoing::seal(&sealing, case, stored.rows(), &found)?;
    let (office, rows, agency) = (app.clone(), stored.rows().to_vec(), kept.agency);
    let read_version = kept.file.version;
    let write = move |conn: &mut Connection| {
        let file = storage::cases::find(conn, agency.id, case)?;
        if file.version != read_version {
            return Err(StorageError::Conflict.into());
        }
        let Transition { case: after, notice } = decide(&office, &file, &agency, &deed)?;
        if deed.act == Act::Approve {
            let unanswered = storage::outgoing::unanswered(conn, case)?;
            if unanswered > 0 {
                return Err(CaseworkError::Unanswered(unanswered));
            }
        }
        let due = after.stage.due(&office.calendar)?;
        let within = office.settings.intake.confirm_within_days;
        let attention_on = after.stage.attention_on(within, &office.calendar)?;
        storage::cases::save(conn, &file, &after, due, attention_on, now)?;
        if let (Act::Pay, Stage::AwaitingPayment { yuan, .. }) = (&deed.act, &file.case.stage) {
            storage::fees::insert(conn, agency.id, case, deed.on, *yuan)?;
        }
        if let (Act::Approve, Some(handling)) = (&deed.act, file.case.stage.handling()) {
            let of = (agency.id, case);
            answers::decide(conn, &office.calendar, of, handling, &letters, deed.on)?;
        }
        if let Some(amended) = &amended {
            storage::cases::save_secrets(conn, case, amended)?;
            storage::search::forget_case(conn, case)?;
        }
        storage::attachments::insert(conn, case, &rows, now)?;
        let unchanged = file.case.stage.clone();
        let after = CaseFile { case: after, due, version: file.version + 1, ..file };
        // Nobody has spoken to who filed it yet.
        let is_unconfirmed =
            matches!((&unchanged, &deed.by), (Stage::Filed { .. }, Actor::Applicant));
        if let (Some(notice), Some(to)) = (notice, &prepared.addressee)
            && (!is_unconfirmed || mailbox::may_greet(conn, &office, to, now)?)
        {
            mail::enqueue(conn, &office, &after, &agency, to, Message::Told(notice), now)?;
        }
        let issued = letters::issue_all(conn, &after, &letters, &rows, now)?;
        let enclosed = rows
            .iter()
            .skip(2 * letters.len())
            .map(|row| row.id)
            .collect();
        prepared.record(conn, &office, &deed, enclosed, issued, now)?;
        if matches!(deed.act, Act::Propose { .. }) {
            outgoing::keep(conn, &office, (agency.id, case), &deed.by, &found, now)?;
        }
        Ok::<_, CaseworkError>(after)
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
    if let Act::Propose { disposition } = deed.act
        && !disposition.gives()
        && deed
            .attachments
            .iter()
            .any(|file| file.purpose == Purpose::Reply)
    {
        return Err(NotAllowed::NothingGiven(disposition.label()).into());
    }
    let office = Office { calendar: &app.calendar, own_review_allowed: agency.own_review_allowed };
    Ok(file.case.apply(&deed.act, &deed.by, deed.on, office)?)
}

/// What of a deed can be made before the transaction.
struct Prepared {
    papers: Draft,
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
        Ok(Self {
            addressee: Addressee::of(&written),
            papers: written,
            words,
            particulars,
        })
    }

    fn record(
        &self,
        conn: &mut Connection,
        app: &App,
        deed: &Deed,
        attachments: Vec<Uuid>,
        letters: Vec<IssuedPaper>,
        at: DateTime<Utc>,
    ) -> Result<(), CaseworkError> {
        let recorded = Recorded {
            act: deed.act.clone(),
            on: deed.on,
            words: self.words.clone(),
            particulars: self.particulars.clone(),
            attachments,
            letters,
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
