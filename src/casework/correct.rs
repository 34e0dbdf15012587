//! 补正: what a correction changes of an application, whoever puts it in.

use uuid::Uuid;

use crate::app::App;
use crate::casework::history::{WAS_DESCRIPTION, WAS_REFERENCE, WAS_TITLE};
use crate::casework::{CaseworkError, papers};
use crate::domain::application::{Draft, Fault, Field};
use crate::domain::letter::Particulars;
use crate::storage::cases::Secrets;
use crate::storage::{self, Connection};

/// What is asked for, in the applicant's words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wording {
    /// 所需信息名称.
    pub title: String,
    /// 文号; may be empty.
    pub reference: String,
    /// 特征性描述.
    pub description: String,
}

impl Wording {
    /// What an application asks for.
    #[must_use]
    pub fn of(papers: Draft) -> Self {
        let Draft { title, reference, description, .. } = papers;
        Self { title, reference, description }
    }
}

/// An application with its new wording.
#[derive(Debug, Clone)]
pub struct Amended {
    /// The application from now on.
    pub papers: Draft,
    /// What it said before, where that is something else.
    pub was: Particulars,
    /// What is wrong with the new wording.
    pub faults: Vec<Fault>,
}

/// What can be changed of an application that has to be corrected.
const CORRECTED: [Field; 3] = [Field::Title, Field::Reference, Field::Description];

/// What an application was, where it is something else now: kept with the event, since the papers
/// show what holds now.
pub(super) fn as_it_was(before: &Draft, after: &Draft) -> Particulars {
    let fields = [
        (WAS_TITLE, &before.title, &after.title),
        (WAS_REFERENCE, &before.reference, &after.reference),
        (WAS_DESCRIPTION, &before.description, &after.description),
    ];
    let changed = fields.into_iter().filter(|(_, was, is)| was != is);
    changed
        .map(|(id, was, _)| (id.to_owned(), was.clone()))
        .collect()
}

/// The application of a case with another wording; nothing is kept.
///
/// # Errors
///
/// [`CaseworkError::Storage`] or [`CaseworkError::Shredded`].
pub async fn amend(app: &App, case: Uuid, wording: Wording) -> Result<Amended, CaseworkError> {
    let read = move |conn: &mut Connection| storage::cases::secrets(conn, case);
    let secrets: Secrets = app.database.read(read).await?;
    let before = papers::open(&app.vault, case, &secrets)?;
    let after = Draft {
        title: wording.title,
        reference: wording.reference,
        description: wording.description,
        ..before.clone()
    };
    let mut faults = after.faults(app.clock.today());
    faults.retain(|fault| CORRECTED.contains(&fault.field));
    Ok(Amended { was: as_it_was(&before, &after), papers: after, faults })
}
