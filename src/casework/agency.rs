//! 机关信息: what the guide, receipts and letters say of an agency; changed on record.

use serde_json::json;
use thiserror::Error;
use uuid::Uuid;

use crate::app::App;
use crate::casework::record::{self, Happened};
use crate::domain::actor::{Actor, Role};
use crate::domain::agency::Agency;
use crate::storage::{StorageError, agencies};

/// What an administrator may change of an agency.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of `Agency`, one for one")]
pub struct Particulars {
    pub initials: String,
    pub address: String,
    pub postcode: String,
    pub telephone: String,
    pub hours: String,
    pub email: String,
    pub review_authority: String,
    pub court: String,
    pub own_review_allowed: bool,
}

/// Why an agency cannot be changed so.
#[derive(Debug, Error)]
pub enum AgencyError {
    /// Only administrators change agencies.
    #[error("您的岗位无权修改机关信息")]
    NotYours,
    /// It could not be found or kept.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Changes what is said of an agency; the record keeps which particulars changed.
///
/// # Errors
///
/// [`AgencyError`].
pub async fn amend(
    app: &App,
    agency: Uuid,
    to: Particulars,
    by: &Actor,
) -> Result<Agency, AgencyError> {
    if *by != Actor::System && !by.holds(&[Role::Admin]) {
        return Err(AgencyError::NotYours);
    }
    let now = app.clock.now();
    let (vault, by) = (app.vault.clone(), by.clone());
    app.database
        .write(move |conn| {
            let before = agencies::find(conn, agency)?;
            let changed = changes(&before, &to);
            let after = amended(before, to);
            if changed.is_empty() {
                return Ok(after);
            }
            agencies::save(conn, &after)?;
            let data = json!({
                "changed": changed,
                "own_review_allowed": after.own_review_allowed,
            });
            let data = data.to_string();
            let (case, by) = (None, &by);
            let action = "agency_amended";
            record::append(
                conn,
                &vault,
                &Happened { agency, case, at: now, by, action, data: &data },
            )?;
            Ok(after)
        })
        .await
}

/// The names of the particulars that differ.
fn changes(before: &Agency, to: &Particulars) -> Vec<&'static str> {
    let differs = [
        ("initials", before.initials != to.initials),
        ("address", before.address != to.address),
        ("postcode", before.postcode != to.postcode),
        ("telephone", before.telephone != to.telephone),
        ("hours", before.hours != to.hours),
        ("email", before.email != to.email),
        ("review_authority", before.review_authority != to.review_authority),
        ("court", before.court != to.court),
        ("own_review_allowed", before.own_review_allowed != to.own_review_allowed),
    ];
    let changed = differs.into_iter().filter(|(_, differs)| *differs);
    changed.map(|(name, _)| name).collect()
}

fn amended(before: Agency, to: Particulars) -> Agency {
    Agency {
        initials: to.initials,
        address: to.address,
        postcode: to.postcode,
        telephone: to.telephone,
        hours: to.hours,
        email: to.email,
        review_authority: to.review_authority,
        court: to.court,
        own_review_allowed: to.own_review_allowed,
        ..before
    }
}
