//! 行政复议、行政诉讼: put on record by the office that answered.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::App;
use crate::casework::record::{self, Happened};
use crate::casework::{CaseworkError, ids};
use crate::domain::actor::{Actor, Role};
use crate::domain::case::NotAllowed;
use crate::domain::redress::{Redress, Ruling, Way};
use crate::storage::redress::Recorded;
use crate::storage::{self, Connection};

/// The action by which the record names a new review or suit.
pub const RECORDED: &str = "redress_recorded";
/// The action by which the record names a change to one, its end above all.
pub const AMENDED: &str = "redress_amended";

/// Whose duty the records are.
const MAY: &[Role] = &[Role::Clerk, Role::Reviewer, Role::Head];

/// Puts a review or suit against the answer of a case on record, or changes what is there:
/// `amends` is the record and the version of it that was read.
///
/// # Errors
///
/// [`CaseworkError::Redress`], if it does not fit the case; [`StorageError::Conflict`], if
/// somebody else changed the record.
///
/// [`StorageError::Conflict`]: crate::storage::StorageError::Conflict
pub async fn keep(
    app: &App,
    agency: Uuid,
    case: Uuid,
    amends: Option<(Uuid, i32)>,
    redress: Redress,
    by: &Actor,
) -> Result<(), CaseworkError> {
    if !by.holds(MAY) {
        return Err(NotAllowed::NotYours("登记复议、诉讼").into());
    }
    let (office, by) = (app.clone(), by.clone());
    let (now, today) = (app.clock.now(), app.clock.today());
    let write = move |conn: &mut Connection| {
        let file = storage::cases::find(conn, agency, case)?;
        let others = storage::redress::of_case(conn, case)?;
        let received_on = file.case.stage.received_on();
        let own = amends.map(|(id, _)| id);
        let besides = others.iter().filter(|other| Some(other.id) != own);
        redress.check(received_on, today, besides.map(|other| &other.redress))?;
        let action = match amends {
            None => {
                let record =
                    Recorded { id: ids::new(), case, version: 0, redress: redress.clone() };
                storage::redress::insert(conn, agency, &record, now)?;
                RECORDED
            }
            Some((id, version)) => {
                if others.iter().all(|other| other.id != id) {
                    return Err(storage::StorageError::NotFound("redress").into());
                }
                let record = Recorded { id, case, version, redress: redress.clone() };
                storage::redress::save(conn, agency, &record)?;
                AMENDED
            }
        };
        let data = particulars(&redress).to_string();
        let happened = Happened { agency, case: Some(case), at: now, by: &by, action, data: &data };
        record::append(conn, &office.vault, &happened)?;
        Ok(())
    };
    app.database.write(write).await
}

fn particulars(redress: &Redress) -> Value {
    json!({
        "way": redress.way.code(),
        "begun_on": redress.begun_on,
        "authority": redress.authority,
        "file_number": redress.file_number,
        "ended_on": redress.ended.map(|(on, _)| on),
        "ruling": redress.ended.map(|(_, ruling)| ruling.code()),
    })
}

/// What the record says of a review or suit, in words.
pub(super) fn told(data: &Value) -> String {
    let text = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default();
    let way = Way::from_code(text("way")).map_or("", Way::label);
    let mut words = format!("{way}，{}受理，{}", text("begun_on"), text("authority"));
    if !text("file_number").is_empty() {
        words.extend(["，", text("file_number")]);
    }
    match Ruling::from_code(text("ruling")) {
        Some(ruling) => words.extend(["，", text("ended_on"), "审结：", ruling.label()]),
        None => words.push_str("，尚未审结"),
    }
    words
}
