//! 更正: an application to correct a record is taken in and answered (art. 41).

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::{Datelike as _, NaiveDate};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::app::App;
use crate::casework::letters::{self, counter};
use crate::casework::record::{self, Happened};
use crate::casework::{CaseworkError, ids, papers};
use crate::documents::hex;
use crate::documents::letters::{Asked, Facts};
use crate::domain::actor::{Actor, Role};
use crate::domain::agency::Agency;
use crate::domain::applicant::ApplicantKind;
use crate::domain::case::NotAllowed;
use crate::domain::channel::Channel;
use crate::domain::letter::{LetterKind, LetterNumber, Particulars};
use crate::domain::rectification::{Answered, RectificationAnswer};
use crate::storage::rectifications::{self, Paper, Rectification};
use crate::storage::{self, Connection, StorageError, counters};
use crate::vault::CaseKey;

/// What tells their letters' numbers from others', within the 文号.
const SERIES: &str = "更";
/// What the sealed papers are bound to.
const PAPERS: &str = "rectification";
/// The series of their numbers.
const NUMBERS: &str = "rectification";
/// The action by which the record names that one came in.
pub const FILED: &str = "rectification_filed";
/// The action by which the record names its answer.
pub const ANSWERED: &str = "rectification_answered";
/// The action by which the record names that somebody looked at who applied.
pub const REVEALED: &str = "rectification_revealed";

/// What was written, all of it sealed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RectificationPapers {
    /// 姓名或者名称.
    pub name: String,
    /// 身份证明.
    pub document: String,
    /// 联系方式.
    pub contact: String,
    /// The record that is to be corrected.
    pub record: String,
    /// What is wrong with it, and what is right.
    pub wrong: String,
    /// What shows it.
    pub evidence: String,
    /// What the office found, once it answered.
    pub finding: String,
    /// The agency that may correct it, where it is not this one.
    pub responsible: String,
}

impl RectificationPapers {
    /// The fields, by the names under which they are kept.
    fn fields(&mut self) -> [(&'static str, &mut String); 8] {
        [
            ("name", &mut self.name),
            ("document", &mut self.document),
            ("contact", &mut self.contact),
            ("record", &mut self.record),
            ("wrong", &mut self.wrong),
            ("evidence", &mut self.evidence),
            ("finding", &mut self.finding),
            ("responsible", &mut self.responsible),
        ]
    }

    fn encode(mut self) -> Result<Vec<u8>, CaseworkError> {
        let texts: BTreeMap<_, String> = self
            .fields()
            .map(|(name, text)| (name, text.clone()))
            .into();
        serde_json::to_vec(&texts).map_err(|_| CaseworkError::Garbled("papers"))
    }

    fn decode(bytes: &[u8]) -> Result<Self, CaseworkError> {
        let mut texts: BTreeMap<String, String> =
            serde_json::from_slice(bytes).map_err(|_| CaseworkError::Garbled("papers"))?;
        let mut papers = Self::default();
        for (name, text) in papers.fields() {
            *text = texts.remove(name).unwrap_or_default();
        }
        Ok(papers)
    }

    /// As it is shown without a reason.
    #[must_use]
    pub fn masked(&self) -> Self {
        let hidden = |text: &str| {
            if text.is_empty() {
                String::new()
            } else {
                "********".to_owned()
            }
        };
        Self {
            name: papers::masked_name(&self.name),
            document: hidden(&self.document),
            contact: hidden(&self.contact),
            ..self.clone()
        }
    }
}

fn may(by: &Actor, what: &'static str) -> Result<(), NotAllowed> {
    if by.holds(&[Role::Clerk]) {
        Ok(())
    } else {
        Err(NotAllowed::NotYours(what))
    }
}

/// Takes in an application, and says which it is.
///
/// # Errors
///
/// [`CaseworkError::NotAllowed`] to anybody but a clerk; [`CaseworkError::Days`] for a day to
/// come.
pub async fn take_in(
    app: &App,
    agency: Uuid,
    received_on: NaiveDate,
    written: RectificationPapers,
    by: &Actor,
) -> Result<Uuid, CaseworkError> {
    may(by, "登记更正申请")?;
    if received_on > app.clock.today() {
        return Err(CaseworkError::Days("日期不能晚于今天"));
    }
    let id = ids::new();
    let (key, wrapped_key) = app.vault.new_case_key()?;
    let papers = key.seal(&written.encode()?, &papers::context(id, PAPERS))?;
    let (office, by, at) = (app.clone(), by.clone(), app.clock.now());
    let write = move |conn: &mut Connection| {
        let of = storage::agencies::find(conn, agency)?;
        let year = crate::clock::beijing(at).year();
        let ordinal = counters::next(conn, agency, NUMBERS, year)?;
        let number = format!("{}-GZ-{year}-{ordinal:04}", of.code);
        let new = Rectification {
            id,
            agency,
            number: number.clone(),
            received_on,
            wrapped_key: Some(wrapped_key),
            papers,
            answered: None,
            version: 1,
        };
        rectifications::insert(conn, &new, at)?;
        let data = json!({ "rectification": id, "number": number, "received_on": received_on });
        let data = data.to_string();
        let happened = Happened { agency, case: None, at, by: &by, action: FILED, data: &data };
        record::append(conn, &office.vault, &happened)
    };
    app.database.write(write).await?;
    Ok(id)
}

/// What was written in an application, to be masked or shown for a reason.
fn open(app: &App, kept: &Rectification) -> Result<RectificationPapers, CaseworkError> {
    let text = key_of(app, kept)?.open(&kept.papers, &papers::context(kept.id, PAPERS))?;
    RectificationPapers::decode(&text)
}

/// The application's own key.
fn key_of(app: &App, kept: &Rectification) -> Result<CaseKey, CaseworkError> {
    let wrapped = kept.wrapped_key.as_deref().ok_or(CaseworkError::Shredded)?;
    Ok(app.vault.unwrap_case_key(wrapped)?)
}

/// An application of an agency, masked.
///
/// # Errors
///
/// [`StorageError::NotFound`], also for another agency's.
pub async fn find(
    app: &App,
    agency: Uuid,
    id: Uuid,
) -> Result<(Rectification, RectificationPapers), CaseworkError> {
    let kept = app
        .database
        .read(move |conn| rectifications::find(conn, agency, id))
        .await?;
    let papers = open(app, &kept)?.masked();
    Ok((kept, papers))
}

/// What a list says of applications: each with the record that it is about.
///
/// # Errors
///
/// [`CaseworkError::Vault`], if one cannot be opened.
pub fn captions(
    app: &App,
    kept: &[Rectification],
) -> Result<Vec<RectificationPapers>, CaseworkError> {
    kept.iter()
        .map(|one| Ok(open(app, one)?.masked()))
        .collect()
}

/// An application in full, for a reason that is on record first.
///
/// # Errors
///
/// [`CaseworkError::ReasonMissing`]; [`StorageError::NotFound`], also for another agency's.
pub async fn reveal(
    app: &App,
    agency: Uuid,
    id: Uuid,
    by: &Actor,
    reason: &str,
) -> Result<RectificationPapers, CaseworkError> {
    if reason.trim().is_empty() {
        return Err(CaseworkError::ReasonMissing);
    }
    if !by.holds(&[Role::Clerk, Role::Reviewer, Role::Head]) {
        return Err(NotAllowed::NotYours("查看个人信息").into());
    }
    let (office, by, at) = (app.clone(), by.clone(), app.clock.now());
    let reason = reason.trim().to_owned();
    let write = move |conn: &mut Connection| {
        let kept = rectifications::find(conn, agency, id)?;
        let words =
            key_of(&office, &kept)?.seal(reason.as_bytes(), &papers::context(id, "words"))?;
        let data = json!({ "rectification": id, "words": BASE64_STANDARD.encode(words) });
        let data = data.to_string();
        let happened = Happened { agency, case: None, at, by: &by, action: REVEALED, data: &data };
        record::append(conn, &office.vault, &happened)?;
        Ok::<_, CaseworkError>(kept)
    };
    let kept = app.database.write(write).await?;
    open(app, &kept)
}

/// An answer that somebody wants to give.
#[derive(Debug, Clone)]
pub struct Finding {
    /// Which.
    pub answer: RectificationAnswer,
    /// What was found, in words for the applicant.
    pub finding: String,
    /// The agency that may correct it, where it is not this one.
    pub responsible: String,
}

/// Answers an application: the letter is made out, numbered and kept with the answer.
///
/// # Errors
///
/// [`CaseworkError::NotAllowed`] to anybody but a clerk; [`StorageError::Conflict`], if it was
/// answered meanwhile; [`CaseworkError::AgencyLacks`] for what its letters have to say.
pub async fn answer(
    app: &App,
    agency: Uuid,
    id: Uuid,
    given: Finding,
    by: &Actor,
) -> Result<(), CaseworkError> {
    may(by, "答复更正申请")?;
    let (year, kinds) = (app.clock.today().year(), given.answer.letters());
    let read = move |conn: &mut Connection| {
        let kept = rectifications::find(conn, agency, id)?;
        let agency = storage::agencies::find(conn, agency)?;
        let first = counters::upcoming(conn, agency.id, &counter(SERIES), year)?;
        Ok::<_, StorageError>((kept, agency, first))
    };
    let (kept, agency, first) = app.database.read(read).await?;
    if kept.answered.is_some() {
        return Err(StorageError::Conflict.into());
    }
    for kind in kinds {
        letters::agency_has_what_it_takes(&agency, *kind)?;
    }
    let key = key_of(app, &kept)?;
    let written = RectificationPapers {
        finding: given.finding,
        responsible: given.responsible,
        ..open(app, &kept)?
    };
    let papers = key.seal(&written.clone().encode()?, &papers::context(id, PAPERS))?;
    let answered = Answered { answer: given.answer, on: app.clock.today() };
    let about = About { agency: agency.clone(), kept: kept.clone(), written, answered };
    let office = app.clone();
    // Printing is work, and other requests wait for this thread.
    let printed = tokio::task::spawn_blocking(move || about.print_all(&office, first))
        .await
        .map_err(|_| CaseworkError::Interrupted)??;
    let (office, by, at) = (app.clone(), by.clone(), app.clock.now());
    let write = move |conn: &mut Connection| {
        for ordinal in (first..).take(printed.len()) {
            if counters::next(conn, agency.id, &counter(SERIES), year)? != ordinal {
                return Err(CaseworkError::NumberTaken);
            }
        }
        rectifications::answer(conn, &kept, answered, &printed, &papers)?;
        let issued = printed.iter().map(|letter| {
            json!({ "number": letter.number, "pdf_sha256": hex(&Sha256::digest(&letter.pdf)) })
        });
        let data = json!({
            "rectification": id,
            "answer": answered.answer.code(),
            "on": answered.on,
            "letters": issued.collect::<Vec<_>>(),
        })
        .to_string();
        let happened = Happened {
            agency: agency.id,
            case: None,
            at,
            by: &by,
            action: ANSWERED,
            data: &data,
        };
        Ok(record::append(conn, &office.vault, &happened)?)
    };
    app.database.write(write).await
}

/// What the letters that end an application are written about.
struct About {
    agency: Agency,
    kept: Rectification,
    written: RectificationPapers,
    answered: Answered,
}

impl About {
    /// The letters, numbered from `first` on.
    fn print_all(&self, app: &App, first: u32) -> Result<Vec<Paper>, CaseworkError> {
        let kinds = self.answered.answer.letters();
        (first..)
            .zip(kinds)
            .map(|(ordinal, kind)| self.print(app, *kind, ordinal))
            .collect()
    }

    fn print(&self, app: &App, kind: LetterKind, ordinal: u32) -> Result<Paper, CaseworkError> {
        let Self { agency, kept, written, answered } = self;
        let told = answered.answer.told(&written.responsible);
        let filled = [
            ("record", format!("{}（{}）", written.record, written.wrong)),
            ("finding", format!("{told}{}", written.finding)),
            ("party_name", written.responsible.clone()),
            ("more", written.finding.clone()),
        ];
        let of_this = |id: &str| kind.blanks().iter().any(|blank| blank.id == id);
        let particulars: Particulars = filled
            .into_iter()
            .filter(|(id, _)| of_this(id))
            .map(|(id, text)| (id.to_owned(), text))
            .collect();
        let number = LetterNumber {
            initials: agency.initials.clone(),
            series: SERIES,
            year: answered.on.year(),
            ordinal: Some(ordinal),
        };
        let track_url = app.settings.base_url();
        let facts = Facts {
            kind,
            number: Some(number.clone()),
            on: answered.on,
            agency,
            applicant: &written.name,
            applicant_kind: ApplicantKind::Natural,
            case_number: &kept.number,
            channel: Channel::InPerson,
            received_on: kept.received_on,
            asked: Asked::default(),
            earlier: Vec::new(),
            party: "",
            due_before: None,
            due_on: None,
            until: None,
            days: None,
            yuan: None,
            track_url: &track_url,
            particulars: &particulars,
        };
        let unwritable = |error: &dyn std::error::Error| CaseworkError::Letter(error.to_string());
        let letter = app
            .stationery
            .write(&facts)
            .map_err(|error| unwritable(&error))?;
        let printed = letter.paper().print().map_err(|error| unwritable(&error))?;
        Ok(Paper { kind, number: number.to_string(), pdf: printed.pdf, docx: printed.docx })
    }
}
