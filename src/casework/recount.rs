//! 重新计算期限: what was counted by another calendar is counted again.

use sha2::{Digest as _, Sha256};

use crate::app::App;
use crate::casework::CaseworkError;
use crate::documents::hex;
use crate::domain::calendar::WorkingCalendar;
use crate::storage::cases::CaseFile;
use crate::storage::{Connection, StorageError, answers, cases, meta};

/// Where the database says by which calendar its days were counted.
const CALENDAR: &str = "calendar";
/// How many cases are counted in one transaction.
const BATCH: i64 = 500;

/// What was counted again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Recounted {
    /// Open cases that were looked at.
    pub cases: usize,
    /// Those of them whose last day moved, or is no longer provisional.
    pub changed: usize,
}

/// Counts the days of all open cases, and of the answers given, by the calendar in force, if
/// they were counted by another one: a provisional day becomes the true one when the year's
/// arrangement is there (statute reading §C.9). Otherwise only what is still provisional is
/// counted, since a replica that was not restarted may have kept it.
///
/// Case and record stay as they are: a last day is never a fact of a case.
///
/// # Errors
///
/// [`CaseworkError::Storage`].
pub fn recount(app: &App) -> Result<Recounted, CaseworkError> {
    let fingerprint = fingerprint(&app.calendar);
    let database = &app.database;
    let known = database.read_blocking(|conn| meta::find(conn, CALENDAR))?;
    let is_other = known.as_ref() != Some(&fingerprint);
    let mut done = Recounted::default();
    let mut after = None;
    loop {
        let office = app.clone();
        let (last, batch) = database.write_blocking(move |conn: &mut Connection| {
            let open = cases::list_clocks(conn, !is_other, after, BATCH)?;
            let mut batch = Recounted { cases: open.len(), changed: 0 };
            for file in &open {
                batch.changed += usize::from(count_again(conn, &office, file)?);
            }
            Ok::<_, StorageError>((open.last().map(|file| file.id), batch))
        })?;
        done.cases += batch.cases;
        done.changed += batch.changed;
        after = last;
        if last.is_none() {
            break;
        }
    }
    if is_other {
        recount_answers(app)?;
        database
            .write_blocking(move |conn: &mut Connection| meta::set(conn, CALENDAR, &fingerprint))?;
    }
    if done.changed > 0 {
        tracing::info!(cases = done.cases, changed = done.changed, "last days were counted again");
    }
    Ok(done)
}

/// Whether the last day of a case is another one now.
fn count_again(conn: &mut Connection, app: &App, file: &CaseFile) -> Result<bool, StorageError> {
    let stage = &file.case.stage;
    let within = app.settings.intake.confirm_within_days;
    let (Ok(due), Ok(attention_on)) =
        (stage.due(&app.calendar), stage.attention_on(within, &app.calendar))
    else {
        tracing::warn!(number = file.number.as_str(), "its last day cannot be counted");
        return Ok(false);
    };
    let kept = cases::set_clock(conn, file, due, attention_on)?;
    Ok(kept && due != file.due)
}

fn recount_answers(app: &App) -> Result<(), StorageError> {
    let mut after = None;
    loop {
        let calendar = app.calendar.clone();
        after = app.database.write_blocking(move |conn: &mut Connection| {
            let batch = answers::list(conn, after, BATCH)?;
            for answer in &batch {
                let Some(handling) = &answer.handling else {
                    continue;
                };
                let due = handling.due(&calendar).ok();
                answers::set_due(conn, answer.case, due.map(|due| due.on))?;
                if let Some(on) = answer.answered_on {
                    super::answers::leave(conn, &calendar, answer.case, on)?;
                }
            }
            Ok::<_, StorageError>(batch.last().map(|answer| answer.case))
        })?;
        if after.is_none() {
            return Ok(());
        }
    }
}

/// The days that are off and worked in lieu, in one hash.
fn fingerprint(calendar: &WorkingCalendar) -> String {
    let mut hash = Sha256::new();
    for year in calendar.years() {
        let Some(arrangement) = calendar.arrangement(year) else {
            continue;
        };
        hash.update(format!("{year}\n"));
        for (mark, days) in [
            ('-', &arrangement.holidays),
            ('+', &arrangement.makeup_workdays),
        ] {
            for day in days.keys() {
                hash.update(format!("{mark}{day}\n"));
            }
        }
    }
    hex(&hash.finalize())
}
