//! A case as a line of the queue.

use chrono::{Datelike, NaiveDate};

use super::asked::SERVICE_LABEL;
use crate::casework::view::Caption;
use crate::domain::calendar::WorkingCalendar;
use crate::domain::case::{Awaited, Stage};
use crate::storage::queue::QueueRow;
use crate::web::words::{self, Left, Tone};

/// A line of the queue.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    pub(super) href: String,
    pub(super) number: String,
    pub(super) title: String,
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) channel: &'static str,
    pub(super) stage: &'static str,
    /// What it waits for inside the office; empty for nothing.
    pub(super) awaits: &'static str,
    /// How much time is left, in words; empty where nothing runs.
    pub(super) left: String,
    /// The class of these words.
    pub(super) tone: &'static str,
    /// Which day that is, in words.
    pub(super) day: String,
    pub(super) provisional: bool,
    pub(super) handler: String,
}

impl Row {
    /// The line of a case, on the day `today`.
    pub(super) fn of(
        row: &QueueRow,
        caption: Option<&Caption>,
        handler: Option<&String>,
        unserved: bool,
        (today, calendar): (NaiveDate, &WorkingCalendar),
    ) -> Self {
        let (left, day) = time_of(row, today, calendar);
        Self {
            href: format!("/staff/cases/{}", row.id),
            number: row.number.to_string(),
            title: caption.map_or_else(String::new, |caption| caption.title.clone()),
            name: caption.map_or_else(String::new, |caption| caption.masked_name.clone()),
            kind: row.kind.label(),
            channel: row.channel.label(),
            stage: Stage::label_of(row.stage).unwrap_or_default(),
            awaits: if unserved {
                SERVICE_LABEL
            } else {
                row.awaits.map_or("", Awaited::label)
            },
            tone: left.tone.class(),
            left: left.words,
            day,
            provisional: row.due.is_some_and(|due| due.provisional),
            handler: handler.cloned().unwrap_or_default(),
        }
    }
}

/// How much time is left, and which day that is.
fn time_of(row: &QueueRow, today: NaiveDate, calendar: &WorkingCalendar) -> (Left, String) {
    let day = |date| words::day(date, today.year());
    if let Some((on, outcome)) = row.closed {
        let left = Left { words: outcome.group().to_owned(), tone: Tone::Closed };
        return (left, format!("{}办结", day(on)));
    }
    if let Some(due) = row.due {
        return (Left::until(due.on, today, calendar), day(due.on));
    }
    let Some(on) = row.attention_on else {
        return (Left { words: String::new(), tone: Tone::Calm }, String::new());
    };
    let left = Left::until(on, today, calendar);
    if row.stage == "filed" {
        let words = if left.tone == Tone::Late {
            "应当确认".to_owned()
        } else {
            left.words
        };
        // The law sets no term for the confirmation: it is the office's own, and never red.
        let tone = if left.tone == Tone::Late {
            Tone::Soon
        } else {
            Tone::Calm
        };
        return (Left { words, tone }, format!("{}前确认", day(on)));
    }
    if left.tone == Tone::Late {
        let left = Left { words: "申请人已逾期".to_owned(), tone: Tone::Soon };
        return (left, format!("期限{}", day(on)));
    }
    (Left { words: left.words, tone: Tone::Calm }, format!("等到{}", day(on)))
}
