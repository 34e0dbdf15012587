//! 答复是否按期: by the day on which the answer left the office.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::casework::letters::MadeOut;
use crate::domain::calendar::WorkingCalendar;
use crate::domain::case::Handling;
use crate::domain::letter::LetterKind;
use crate::storage::letters::IssuedLetter;
use crate::storage::{Connection, StorageError, answers};

/// Keeps that an answer was decided on and, where it is online already, that it left.
///
/// art. 33(2) asks for the answer, not for the decision: it is given when it was handed over,
/// posted, or made available online with notice (statute reading §C.8).
pub(super) fn decide(
    conn: &mut Connection,
    calendar: &WorkingCalendar,
    case: (Uuid, Uuid),
    handling: &Handling,
    letters: &[MadeOut],
    on: NaiveDate,
) -> Result<(), StorageError> {
    // A year without its calendar gives no day, and no reason to refuse the answer.
    let due = handling.due(calendar).ok();
    answers::decide(conn, case, on, handling, due.map(|due| due.on))?;
    let waits = letters.iter().any(MadeOut::is_answer_to_serve);
    if waits {
        return Ok(());
    }
    leave(conn, calendar, case.1, on)
}

/// Keeps the day on which the answer to a case left.
pub(super) fn leave(
    conn: &mut Connection,
    calendar: &WorkingCalendar,
    case: Uuid,
    on: NaiveDate,
) -> Result<(), StorageError> {
    let Some(handling) = answers::find(conn, case)?.and_then(|answer| answer.handling) else {
        return Ok(());
    };
    let took = handling
        .term
        .answered(on, &handling.course.consultations, calendar);
    answers::leave(conn, case, on, took.ok())
}

/// Takes over what the service of a letter says of the answer that it carries. One that came
/// back left when it was first posted; a word about it that is put right moves the day.
pub(super) fn served(
    conn: &mut Connection,
    calendar: &WorkingCalendar,
    letter: &IssuedLetter,
    on: NaiveDate,
) -> Result<(), StorageError> {
    let is_sent_again = letter.failed_on.is_some();
    if !matches!(letter.kind, LetterKind::Answer(_)) || is_sent_again {
        return Ok(());
    }
    leave(conn, calendar, letter.case, on)
}
