//! 机关信息: what the guide, receipts and letters say of an agency; changed on record.

use serde_json::json;
use thiserror::Error;
use uuid::Uuid;

use crate::app::App;
use crate::casework::ids;
use crate::casework::record::{self, Happened};
use crate::domain::actor::{Actor, Role};
use crate::domain::agency::{Agency, is_code};
use crate::storage::{StorageError, agencies, constraints};

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
    /// A code that cannot stand in numbers and file names.
    #[error("机关代码应为 1 至 32 个字母、数字或连字符")]
    NotACode,
    /// No name, or one that is too long.
    #[error("请填写机关名称，不超过100字")]
    NotAName,
    /// Another agency has this code.
    #[error("机关代码已经使用，请换一个")]
    CodeTaken,
    /// It could not be found or kept.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Adds an agency below `parent`, or at the top, on record.
///
/// # Errors
///
/// [`AgencyError`].
pub async fn add(
    app: &App,
    code: &str,
    name: &str,
    parent: Option<Uuid>,
    to: Particulars,
    by: &Actor,
) -> Result<Agency, AgencyError> {
    let name = name.trim();
    if *by != Actor::System && !by.holds(&[Role::Admin]) {
        return Err(AgencyError::NotYours);
    }
    if !is_code(code) {
        return Err(AgencyError::NotACode);
    }
    if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        return Err(AgencyError::NotAName);
    }
    let (id, now) = (ids::new(), app.clock.now());
    let (code, name) = (code.to_owned(), name.to_owned());
    let made = amended(empty(id, code, name, parent), to);
    let (vault, by) = (app.vault.clone(), by.clone());
    app.database
        .write(move |conn| {
            if let Some(parent) = parent {
                agencies::find(conn, parent)?;
            }
            agencies::insert(conn, &made, now).map_err(taken)?;
            let data = json!({"code": made.code, "name": made.name, "parent": parent}).to_string();
            let (by, action) = (&by, "agency_added");
            let happened = Happened { agency: id, case: None, at: now, by, action, data: &data };
            record::append(conn, &vault, &happened)?;
            Ok(made)
        })
        .await
}

fn taken(error: StorageError) -> AgencyError {
    match error {
        StorageError::Duplicate { constraint }
            if constraint == constraints::AGENCY_CODES_ARE_UNIQUE =>
        {
            AgencyError::CodeTaken
        }
        error => error.into(),
    }
}

/// An agency of which nothing is said yet.
const fn empty(id: Uuid, code: String, name: String, parent: Option<Uuid>) -> Agency {
    Agency {
        id,
        code,
        name,
        parent,
        initials: String::new(),
        address: String::new(),
        postcode: String::new(),
        telephone: String::new(),
        hours: String::new(),
        email: String::new(),
        review_authority: String::new(),
        court: String::new(),
        own_review_allowed: false,
    }
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
