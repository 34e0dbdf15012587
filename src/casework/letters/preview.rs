//! Letters as they would be, for a look before they are issued.

use chrono::{Datelike as _, NaiveDate};
use uuid::Uuid;

use super::{Occasion, numbered};
use crate::app::App;
use crate::casework::view::Kept;
use crate::casework::{CaseworkError, papers};
use crate::documents::letters::Letter;
use crate::domain::actor::Actor;
use crate::domain::case::{Act, Office};
use crate::domain::letter::Particulars;
use crate::storage::{self, Connection};

/// A letter as it would be, for a look before it is issued.
#[derive(Debug, Clone)]
pub struct Previewed {
    /// Its title.
    pub title: &'static str,
    /// The letter as a piece of a page.
    pub html: String,
    /// Characters that no font at hand can show.
    pub missing: Vec<char>,
}

impl Previewed {
    /// A letter, printed.
    pub(in crate::casework) fn of(letter: &Letter) -> Result<Self, CaseworkError> {
        let paper = letter.paper();
        let printed = paper
            .print()
            .map_err(|error| CaseworkError::Letter(error.to_string()))?;
        Ok(Self {
            title: letter.kind.title(),
            html: paper.html(),
            missing: printed.missing,
        })
    }
}

/// The letters of an act as they would be, without numbers and with the applicant masked;
/// nothing is kept. For a proposal, the letters of the answer.
///
/// # Errors
///
/// [`CaseworkError::Blanks`] or [`CaseworkError::AgencyLacks`] for what has to be filled in
/// before, [`CaseworkError::NotAllowed`] where the act cannot be done, or another
/// [`CaseworkError`].
pub async fn preview(
    app: &App,
    agency: Uuid,
    case: Uuid,
    by: &Actor,
    act: Act,
    on: NaiveDate,
    particulars: Particulars,
) -> Result<Vec<Previewed>, CaseworkError> {
    let read = move |conn: &mut Connection| {
        let file = storage::cases::find(conn, agency, case)?;
        Kept::load(conn, file)
    };
    let kept = app.database.read(read).await?;
    let key = papers::case_key(&app.vault, &kept.secrets)?;
    let written = papers::masked(&papers::open(&app.vault, case, &kept.secrets)?);
    let history = kept.history(Some(&key))?;
    let office = Office {
        calendar: &app.calendar,
        own_review_allowed: kept.agency.own_review_allowed,
    };
    let after = kept.file.case.apply(&act, by, on, office)?.case;
    let occasion = Occasion {
        file: &kept.file,
        after: &after,
        agency: &kept.agency,
        papers: &written,
        history: &history,
        act: &act,
        on,
        particulars: &particulars,
    };
    let kinds = match &act {
        Act::Propose { disposition } => kept.file.case.answering(*disposition),
        _ => occasion.kinds(),
    };
    occasion.check(&kinds)?;
    let year = on.year();
    let mut previews = Vec::new();
    for (kind, particulars) in occasion.one_by_one(&kinds) {
        let number = numbered(kind, &kept.agency, year, None);
        let letter = occasion.write(app, kind, number, &particulars)?;
        previews.push(Previewed::of(&letter)?);
    }
    Ok(previews)
}
