//! The answer to an application for rectification, and its letters (art. 41).

use std::collections::BTreeMap;

use chrono::Datelike as _;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{ANSWERED, PAPERS, RectificationPapers, key_of, letter_context, may, open};
use crate::app::App;
use crate::casework::letters::{self, Previewed, counter};
use crate::casework::record::{self, Happened};
use crate::casework::{CaseworkError, papers};
use crate::documents::hex;
use crate::documents::letters::{Asked, Facts, Letter};
use crate::domain::actor::Actor;
use crate::domain::agency::Agency;
use crate::domain::applicant::ApplicantKind;
use crate::domain::channel::Channel;
use crate::domain::letter::{LetterKind, LetterNumber, Particulars};
use crate::domain::rectification::{Answered, RectificationAnswer};
use crate::storage::rectifications::{self, Papers, Rectification};
use crate::storage::{self, Connection, StorageError, counters};

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
    let year = app.clock.today().year();
    let (about, ordinals) = About::gather(app, agency, id, given).await?;
    let (agency, kept, answered) = (about.agency.clone(), about.kept.clone(), about.answered);
    let key = key_of(app, &kept)?;
    let papers = key.seal(&about.written.clone().encode()?, &papers::context(id, PAPERS))?;
    let (office, series) = (app.clone(), about.series());
    // Printing is work, and other requests wait for this thread.
    let printed = tokio::task::spawn_blocking(move || about.print_all(&office, &ordinals))
        .await
        .map_err(|_| CaseworkError::Interrupted)??;
    let issued = printed
        .iter()
        .map(|one| json!({ "number": one.number, "pdf_sha256": hex(&Sha256::digest(&one.pdf)) }));
    let issued: Vec<_> = issued.collect();
    let ordinals: Vec<u32> = printed.iter().map(|one| one.ordinal).collect();
    let sealed: Vec<_> = printed
        .into_iter()
        .map(|one| {
            let seal =
                |ending, bytes: &[u8]| key.seal(bytes, &letter_context(id, one.kind, ending));
            let papers = Papers { pdf: seal("pdf", &one.pdf)?, docx: seal("docx", &one.docx)? };
            Ok::<_, CaseworkError>((one.kind, one.number, papers))
        })
        .collect::<Result<_, _>>()?;
    let (office, by, at) = (app.clone(), by.clone(), app.clock.now());
    let write = move |conn: &mut Connection| {
        for (series, ordinal) in series.iter().zip(&ordinals) {
            if counters::next(conn, agency.id, &counter(series), year)? != *ordinal {
                return Err(CaseworkError::NumberTaken);
            }
        }
        rectifications::answer(conn, &kept, answered, &sealed, &papers)?;
        let data = json!({
            "rectification": id,
            "answer": answered.answer.code(),
            "on": answered.on,
            "letters": issued,
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

/// The letters of an answer as they would be, without numbers and with the applicant masked;
/// nothing is kept.
///
/// # Errors
///
/// As for [`answer()`].
pub async fn preview(
    app: &App,
    agency: Uuid,
    id: Uuid,
    given: Finding,
    by: &Actor,
) -> Result<Vec<Previewed>, CaseworkError> {
    may(by, "答复更正申请")?;
    let (mut about, _) = About::gather(app, agency, id, given).await?;
    about.written.name = papers::masked_name(&about.written.name);
    let office = app.clone();
    tokio::task::spawn_blocking(move || {
        about
            .answered
            .answer
            .letters()
            .iter()
            .map(|kind| Previewed::of(&about.write(&office, *kind, None)?))
            .collect()
    })
    .await
    .map_err(|_| CaseworkError::Interrupted)?
}

/// A letter on paper, with the number that it bears if nobody else takes it first.
struct Printed {
    kind: LetterKind,
    ordinal: u32,
    number: String,
    pdf: Vec<u8>,
    docx: Vec<u8>,
}

/// What the letters that end an application are written about.
struct About {
    agency: Agency,
    kept: Rectification,
    written: RectificationPapers,
    answered: Answered,
}

impl About {
    /// All of it, and the ordinals that the letters would take.
    async fn gather(
        app: &App,
        agency: Uuid,
        id: Uuid,
        given: Finding,
    ) -> Result<(Self, Vec<u32>), CaseworkError> {
        let (year, kinds) = (app.clock.today().year(), given.answer.letters());
        let read = move |conn: &mut Connection| {
            let kept = rectifications::find(conn, agency, id)?;
            let agency = storage::agencies::find(conn, agency)?;
            let mut next = BTreeMap::new();
            let mut ordinals = Vec::new();
            for series in kinds.iter().filter_map(|kind| kind.series()) {
                let ordinal = match next.get(series) {
                    Some(ordinal) => *ordinal,
                    None => counters::upcoming(conn, agency.id, &counter(series), year)?,
                };
                next.insert(series, ordinal + 1);
                ordinals.push(ordinal);
            }
            Ok::<_, StorageError>((kept, agency, ordinals))
        };
        let (kept, agency, ordinals) = app.database.read(read).await?;
        if kept.answered.is_some() {
            return Err(StorageError::Conflict.into());
        }
        for kind in kinds {
            letters::agency_has_what_it_takes(&agency, *kind)?;
        }
        let written = RectificationPapers {
            finding: given.finding,
            responsible: given.responsible,
            ..open(app, &kept)?
        };
        let answered = Answered { answer: given.answer, on: app.clock.today() };
        Ok((Self { agency, kept, written, answered }, ordinals))
    }

    /// The series of each letter's number.
    fn series(&self) -> Vec<&'static str> {
        let kinds = self.answered.answer.letters().iter();
        kinds.filter_map(|kind| kind.series()).collect()
    }

    /// The letters, with these ordinals.
    fn print_all(&self, app: &App, ordinals: &[u32]) -> Result<Vec<Printed>, CaseworkError> {
        let kinds = self.answered.answer.letters().iter();
        kinds
            .zip(ordinals)
            .map(|(kind, ordinal)| {
                let number = self.number(*kind, Some(*ordinal));
                let printed = self.write(app, *kind, Some(*ordinal))?.paper().print();
                let printed = printed.map_err(|error| CaseworkError::Letter(error.to_string()))?;
                Ok(Printed {
                    kind: *kind,
                    ordinal: *ordinal,
                    number: number.map(|number| number.to_string()).unwrap_or_default(),
                    pdf: printed.pdf,
                    docx: printed.docx,
                })
            })
            .collect()
    }

    fn number(&self, kind: LetterKind, ordinal: Option<u32>) -> Option<LetterNumber> {
        kind.series().map(|series| LetterNumber {
            initials: self.agency.initials.clone(),
            series,
            year: self.answered.on.year(),
            ordinal,
        })
    }

    fn write(
        &self,
        app: &App,
        kind: LetterKind,
        ordinal: Option<u32>,
    ) -> Result<Letter, CaseworkError> {
        let Self { agency, kept, written, answered } = self;
        let particulars = filled(kind, written, answered.answer);
        let track_url = app.settings.base_url();
        let facts = Facts {
            kind,
            number: self.number(kind, ordinal),
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
        let letter = app.stationery.write(&facts);
        letter.map_err(|error| CaseworkError::Letter(error.to_string()))
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
