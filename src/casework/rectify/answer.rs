//! The answer to an application for rectification, and its letters (art. 41).

use chrono::Datelike as _;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{ANSWERED, PAPERS, RectificationPapers, key_of, may, open};
use crate::app::App;
use crate::casework::letters::{self, counter};
use crate::casework::record::{self, Happened};
use crate::casework::{CaseworkError, papers};
use crate::documents::hex;
use crate::documents::letters::{Asked, Facts};
use crate::domain::actor::Actor;
use crate::domain::agency::Agency;
use crate::domain::applicant::ApplicantKind;
use crate::domain::channel::Channel;
use crate::domain::letter::{LetterKind, LetterNumber, Particulars};
use crate::domain::rectification::{Answered, RectificationAnswer};
use crate::storage::rectifications::{self, Paper, Rectification};
use crate::storage::{self, Connection, StorageError, counters};

/// What tells their letters' numbers from others', within the 文号.
const SERIES: &str = "更";

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
        let particulars = filled(kind, written, answered.answer);
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

/// What stands in the blanks of a letter; what was found stands there once.
fn filled(
    kind: LetterKind,
    written: &RectificationPapers,
    answer: RectificationAnswer,
) -> Particulars {
    let told = answer.told(&written.responsible);
    let blanks = kind.blanks();
    let has = |id: &str| blanks.iter().any(|blank| blank.id == id);
    let found = if has("finding") {
        ("finding", format!("{told}{}", written.finding))
    } else {
        ("more", written.finding.clone())
    };
    let texts = [
        ("record", format!("{}（{}）", written.record, written.wrong)),
        ("party_name", written.responsible.clone()),
        found,
    ];
    texts
        .into_iter()
        .filter(|(id, _)| has(id))
        .map(|(id, text)| (id.to_owned(), text))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_stands_once_in_each_letter() {
        let written = RectificationPapers {
            record: "名册".to_owned(),
            wrong: "出生年份".to_owned(),
            finding: "由该局制作".to_owned(),
            responsible: "县公安局".to_owned(),
            ..RectificationPapers::default()
        };
        for answer in RectificationAnswer::ALL {
            for kind in answer.letters() {
                let filled = filled(*kind, &written, answer);
                assert_eq!(filled.faults(*kind), vec![], "{kind:?}");
                let texts: String = filled.iter().map(|(_, text)| text).collect();
                assert_eq!(texts.matches("由该局制作").count(), 1, "{answer:?} {kind:?}");
            }
        }
    }
}
