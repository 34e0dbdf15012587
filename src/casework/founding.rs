//! The office's agencies; the first one comes from the settings.

use crate::app::App;
use crate::casework::record::{self, Happened};
use crate::casework::{CaseworkError, ids};
use crate::domain::actor::Actor;
use crate::domain::agency::Agency;
use crate::storage::{self, Connection};

/// Every agency of the office. Where there is none yet, the first one is made as the settings
/// describe it, and that is put on record.
///
/// # Errors
///
/// [`CaseworkError`].
pub fn agencies(app: &App) -> Result<Vec<Agency>, CaseworkError> {
    let known = app.database.read_blocking(storage::agencies::list)?;
    if !known.is_empty() {
        return Ok(known);
    }
    let office = app.clone();
    app.database.write_blocking(move |conn: &mut Connection| {
        let known = storage::agencies::list(conn)?;
        if !known.is_empty() {
            return Ok(known);
        }
        let (first, now) = (described(&office), office.clock.now());
        storage::agencies::insert(conn, &first, now)?;
        let data = serde_json::json!({ "code": first.code, "name": first.name }).to_string();
        let (agency, by, action) = (first.id, &Actor::System, "agency_added");
        let happened = Happened { agency, case: None, at: now, by, action, data: &data };
        record::append(conn, &office.vault, &happened)?;
        Ok(vec![first])
    })
}

/// [`agencies`], away from the threads that serve pages.
///
/// # Errors
///
/// As there.
pub async fn agencies_aside(app: &App) -> Result<Vec<Agency>, CaseworkError> {
    let app = app.clone();
    tokio::task::spawn_blocking(move || agencies(&app))
        .await
        .map_err(|_| CaseworkError::Interrupted)?
}

/// The agency that the settings describe.
fn described(app: &App) -> Agency {
    let settings = app.settings.agency.clone();
    Agency {
        id: ids::new(),
        code: settings.code,
        name: settings.name,
        parent: None,
        initials: settings.initials,
        address: settings.address,
        postcode: settings.postcode,
        telephone: settings.telephone,
        hours: settings.hours,
        email: settings.email,
        review_authority: settings.review_authority,
        court: settings.court,
        own_review_allowed: false,
    }
}
