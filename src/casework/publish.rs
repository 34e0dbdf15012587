//! 主动公开: what was asked for is made known to everybody (art. 44), and counted when somebody
//! finds it.

use chrono::NaiveDate;
use serde_json::json;
use uuid::Uuid;

use crate::app::App;
use crate::casework::record::{self, Happened};
use crate::casework::{CaseworkError, ids, similar};
use crate::domain::actor::{Actor, Role};
use crate::domain::case::NotAllowed;
use crate::storage::items::{self, Item};
use crate::storage::{self, Connection, StorageError, search};

/// The action by which the record names that something was made public.
pub const PUBLISHED: &str = "item_published";
/// The action by which the record names that it was taken back.
pub const WITHDRAWN: &str = "item_withdrawn";

/// What is to be made public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewItem {
    /// What it is called.
    pub title: String,
    /// What it is about.
    pub summary: String,
    /// Where it is found.
    pub place: String,
    /// Since when it is public.
    pub published_on: NaiveDate,
    /// The case that asked for it, if one did.
    pub case: Option<Uuid>,
}

/// Makes something known to everybody.
///
/// # Errors
///
/// [`CaseworkError::NotAllowed`] to anybody but a clerk; [`StorageError::NotFound`] for another
/// agency's case.
pub async fn publish(
    app: &App,
    agency: Uuid,
    new: NewItem,
    by: &Actor,
) -> Result<Uuid, CaseworkError> {
    if !by.holds(&[Role::Clerk]) {
        return Err(NotAllowed::NotYours("公开信息").into());
    }
    if new.published_on > app.clock.today() {
        return Err(CaseworkError::Days("公开日期不能晚于今天"));
    }
    let item = Item {
        id: ids::new(),
        agency,
        title: new.title,
        summary: new.summary,
        place: new.place,
        published_on: new.published_on,
        case: new.case,
        found: 0,
        withdrawn_at: None,
    };
    let (office, by, at) = (app.clone(), by.clone(), app.clock.now());
    let write = move |conn: &mut Connection| {
        if let Some(case) = item.case {
            storage::cases::find(conn, agency, case)?;
        }
        items::insert(conn, &item, at)?;
        search::put_item(conn, item.id, &similar::hashed_item(&office.vault, &item))?;
        let data = json!({ "item": item.id, "title": item.title }).to_string();
        let happened =
            Happened { agency, case: item.case, at, by: &by, action: PUBLISHED, data: &data };
        record::append(conn, &office.vault, &happened)?;
        Ok::<_, StorageError>(item.id)
    };
    Ok(app.database.write(write).await?)
}

/// Takes something back that was made known.
///
/// # Errors
///
/// [`CaseworkError::NotAllowed`] to anybody but a clerk; [`StorageError::NotFound`], also for
/// another agency's item.
pub async fn withdraw(
    app: &App,
    agency: Uuid,
    item: Uuid,
    by: &Actor,
) -> Result<(), CaseworkError> {
    if !by.holds(&[Role::Clerk]) {
        return Err(NotAllowed::NotYours("撤下公开信息").into());
    }
    let (vault, by, at) = (app.vault.clone(), by.clone(), app.clock.now());
    let write = move |conn: &mut Connection| {
        items::withdraw(conn, agency, item, at)?;
        search::drop_item(conn, item)?;
        let data = json!({ "item": item }).to_string();
        let happened = Happened { agency, case: None, at, by: &by, action: WITHDRAWN, data: &data };
        record::append(conn, &vault, &happened)
    };
    Ok(app.database.write(write).await?)
}
