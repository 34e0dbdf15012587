//! 办件队列: finding cases, a page at a time, however many there are.
//!
//! Every list follows an index, and a page begins where the one before it ended, so the last
//! page costs what the first does. The only tables of an agency that grow for ever are walked
//! in the order of their index until the page is full.

use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use diesel::prelude::*;
use thiserror::Error;
use uuid::Uuid;

use super::engines::MultiBackend;
use super::schema::{cases, letters, outbox};
use super::types::Id;
use super::{Connection, StorageError};
use crate::domain::applicant::ApplicantKind;
use crate::domain::case::{Awaited, Stage};
use crate::domain::channel::Channel;
use crate::domain::deadline::DueDate;
use crate::domain::number::CaseNumber;
use crate::domain::outcome::Outcome;
use crate::report::workload::Due;

/// Which cases are looked for; everything that is set must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of these agencies: the rights of whoever looks. None, no cases.
    pub agencies: Vec<Uuid>,
    /// Open, closed, or both.
    pub scope: Scope,
    /// At one of the stages with these codes; none, at any.
    pub stages: Vec<&'static str>,
    /// Waiting for one of these inside the office; none, whatever they wait for.
    pub awaited: Vec<Awaited>,
    /// Decided, with a letter or a notice that has not reached whom it is for.
    pub unserved: bool,
    /// Came in by this channel.
    pub channel: Option<Channel>,
    /// Of this column.
    pub kind: Option<ApplicantKind>,
    /// In these hands.
    pub handler: Option<Handler>,
    /// Received on this day or later.
    pub received_from: Option<NaiveDate>,
    /// Received on this day or earlier.
    pub received_until: Option<NaiveDate>,
    /// Asking for attention on this day or later.
    pub attention_from: Option<NaiveDate>,
    /// Asking for attention on this day or earlier.
    pub attention_until: Option<NaiveDate>,
    /// With a number that begins so.
    pub number_prefix: Option<String>,
    /// Of an applicant whose name has this index.
    pub name_index: Option<[u8; 32]>,
}

/// Whether open or closed cases are looked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Scope {
    /// 在办.
    #[default]
    Open,
    /// 已办结.
    Closed,
    /// Both.
    All,
}

/// In whose hands a case is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handler {
    /// This officer's.
    Officer(Uuid),
    /// Nobody's yet.
    Nobody,
}

/// A line of the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueRow {
    /// Its identity.
    pub id: Uuid,
    /// Who answers.
    pub agency_id: Uuid,
    /// 受理编号.
    pub number: CaseNumber,
    /// How it came in.
    pub channel: Channel,
    /// The column of section three.
    pub kind: ApplicantKind,
    /// The code of the stage; see [`Stage::label_of`].
    pub stage: &'static str,
    /// What it waits for inside the office.
    pub awaits: Option<Awaited>,
    /// The day on which it came in.
    pub arrived_on: NaiveDate,
    /// 收到申请之日, once there is one.
    pub received_on: Option<NaiveDate>,
    /// The last day for the answer, while a term runs.
    pub due: Option<DueDate>,
    /// The day by which somebody has to look at it again, while it is open.
    pub attention_on: Option<NaiveDate>,
    /// In whose hands it is.
    pub handler: Option<Uuid>,
    /// When and how it ended.
    pub closed: Option<(NaiveDate, Outcome)>,
}

/// A page of the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The lines.
    pub rows: Vec<QueueRow>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
}

/// The place behind a line, as text for an address: the identity, a dot, and what the list is
/// ordered by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    id: Uuid,
    key: Key,
}

/// A text that is no [`Cursor`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("页码无效")]
pub struct NotACursor;

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.key {
            Key::Day(day) => write!(f, "{}.{day}", self.id.simple()),
            Key::Number(number) => write!(f, "{}.={number}", self.id.simple()),
            Key::Nothing => write!(f, "{}.", self.id.simple()),
        }
    }
}

impl FromStr for Cursor {
    type Err = NotACursor;

    fn from_str(text: &str) -> Result<Self, NotACursor> {
        let (id, key) = text.split_once('.').ok_or(NotACursor)?;
        let key = match key.strip_prefix('=') {
            Some(number) => Key::Number(number.to_owned()),
            None if key.is_empty() => Key::Nothing,
            None => Key::Day(key.parse().map_err(|_| NotACursor)?),
        };
        Ok(Self { id: id.parse().map_err(|_| NotACursor)?, key })
    }
}

/// What a list is ordered by, before identity.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Day(NaiveDate),
    Number(String),
    Nothing,
}

/// How a list is ordered: for each there is an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    /// By number, for who looks for one.
    Number,
    /// By identity, the last filed first: the few cases of one applicant.
    Name,
    /// What asks for attention first, first.
    Attention,
    /// Received last, first.
    Receipt,
    /// Come in last, first.
    Arrival,
}

impl Filter {
    fn order(&self) -> Order {
        if self.number_prefix.is_some() {
            Order::Number
        } else if self.name_index.is_some() {
            Order::Name
        } else if self.scope == Scope::Open {
            Order::Attention
        } else if self.scope == Scope::Closed
            || self.received_from.is_some()
            || self.received_until.is_some()
        {
            Order::Receipt
        } else {
            Order::Arrival
        }
    }
}

/// The cases that `filter` finds: open ones by the day on which they ask for attention, all or
/// closed ones the latest first, by number where a number is looked for, those of one applicant
/// the last filed first.
///
/// # Errors
///
/// [`StorageError::Inconsistent`] for a row that contradicts itself.
pub fn page(
    conn: &mut Connection,
    filter: &Filter,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Page, StorageError> {
    let order = filter.order();
    let wanted = limit.saturating_add(1);
    let mut lines = Vec::new();
    for agency in &filter.agencies {
        // One agency at a time, for then its index gives them in order.
        let mut query = narrowed(filter, *agency);
        if let Some(after) = after {
            query = behind(query, order, after);
        }
        let rows: Vec<CaseLine> = in_order(query, order)
            .limit(i64::try_from(wanted).unwrap_or(i64::MAX))
            .select(CaseLine::as_select())
            .load(conn)?;
        for row in rows {
            lines.push((row.key(order)?, row.into_row()?));
        }
    }
    lines.sort_by(|(key, row), (other_key, other)| {
        let ordering = (key, row.id).cmp(&(other_key, other.id));
        if order.is_ascending() {
            ordering
        } else {
            ordering.reverse()
        }
    });
    let more = lines.len() > limit;
    lines.truncate(limit);
    let next = lines
        .last()
        .filter(|_| more)
        .map(|(key, row)| Cursor { id: row.id, key: key.clone() });
    let rows = lines.into_iter().map(|(_, row)| row).collect();
    Ok(Page { rows, next })
}

impl Order {
    const fn is_ascending(self) -> bool {
        matches!(self, Self::Number | Self::Attention)
    }
}

type Query<'a> = cases::BoxedQuery<'a, MultiBackend>;

/// The cases of one agency, without order.
fn narrowed(filter: &Filter, agency: Uuid) -> Query<'_> {
    let mut query = cases::table
        .filter(cases::agency_id.eq(Id(agency)))
        .into_boxed();
    query = match filter.scope {
        Scope::Open => query.filter(cases::attention_on.is_not_null()),
        Scope::Closed => query.filter(cases::closed_on.is_not_null()),
        Scope::All => query,
    };
    if !filter.stages.is_empty() {
        query = query.filter(cases::stage.eq_any(&filter.stages));
    }
    if !filter.awaited.is_empty() {
        let codes: Vec<_> = filter
            .awaited
            .iter()
            .map(|awaited| awaited.code())
            .collect();
        query = query.filter(cases::awaits.eq_any(codes));
    }
    if filter.unserved {
        query = query.filter(has_unserved());
    }
    if let Some(channel) = filter.channel {
        query = query.filter(cases::channel.eq(channel.code()));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(cases::applicant_kind.eq(kind.code()));
    }
    query = match filter.handler {
        Some(Handler::Officer(id)) => query.filter(cases::handler_id.eq(Id(id))),
        Some(Handler::Nobody) => query.filter(cases::handler_id.is_null()),
        None => query,
    };
    if let Some(index) = &filter.name_index {
        query = query.filter(cases::name_index.eq(index.as_slice()));
    }
    if let Some(prefix) = &filter.number_prefix {
        query = query.filter(cases::number.ge(prefix));
        if let Some(beyond) = first_beyond(prefix) {
            query = query.filter(cases::number.lt(beyond));
        }
    }
    between_days(query, filter)
}

/// Whether a letter of a case is not served, or a mail about it waits for people.
#[diesel::dsl::auto_type(no_type_alias)]
fn has_unserved() -> _ {
    let letters = letters::table
        .filter(letters::served_on.is_null())
        .filter(letters::number.is_not_null())
        .select(letters::case_id);
    let mails = outbox::table
        .filter(outbox::to_settle_at.is_not_null())
        .filter(outbox::case_id.is_not_null())
        .select(outbox::case_id.assume_not_null());
    cases::id.eq_any(letters).or(cases::id.eq_any(mails))
}

/// Which of these cases are closed with something that has not reached whom it is for.
///
/// # Errors
///
/// [`StorageError`].
pub fn decided_unserved(conn: &mut Connection, of: &[Uuid]) -> Result<HashSet<Uuid>, StorageError> {
    let found: Vec<Id> = cases::table
        .filter(cases::id.eq_any(of.iter().copied().map(Id)))
        .filter(cases::closed_on.is_not_null())
        .filter(has_unserved())
        .select(cases::id)
        .load(conn)?;
    Ok(found.into_iter().map(Uuid::from).collect())
}

fn between_days<'a>(mut query: Query<'a>, filter: &Filter) -> Query<'a> {
    if let Some(day) = filter.received_from {
        query = query.filter(cases::received_on.ge(day));
    }
    if let Some(day) = filter.received_until {
        query = query.filter(cases::received_on.le(day));
    }
    if let Some(day) = filter.attention_from {
        query = query.filter(cases::attention_on.ge(day));
    }
    if let Some(day) = filter.attention_until {
        query = query.filter(cases::attention_on.le(day));
    }
    query
}

/// The first text, by code point, that stands behind all that begin with `prefix`.
pub(super) fn first_beyond(prefix: &str) -> Option<String> {
    let (at, last) = prefix.char_indices().next_back()?;
    let next = (last..=char::MAX).nth(1)?;
    let mut beyond = prefix.get(..at)?.to_owned();
    beyond.push(next);
    Some(beyond)
}

/// What stands behind the cursor. A cursor of another order is none.
///
/// The bare comparison with the day comes first: it is what the index is entered by.
fn behind<'a>(query: Query<'a>, order: Order, after: &'a Cursor) -> Query<'a> {
    let id = Id(after.id);
    match (order, &after.key) {
        (Order::Number, Key::Number(number)) => query
            .filter(
                cases::number
                    .gt(number.clone())
                    .or(cases::number.eq(number.clone()).and(cases::id.gt(id))),
            )
            .filter(cases::number.ge(number.clone())),
        (Order::Name, Key::Nothing) => query.filter(cases::id.lt(id)),
        (Order::Attention, Key::Day(day)) => query
            .filter(cases::attention_on.ge(day))
            .filter(cases::attention_on.gt(day).or(cases::id.gt(id).nullable())),
        (Order::Receipt, Key::Day(day)) => query
            .filter(cases::received_on.le(day))
            .filter(cases::received_on.lt(day).or(cases::id.lt(id).nullable())),
        (Order::Arrival, Key::Day(day)) => query
            .filter(cases::arrived_on.le(day))
            .filter(cases::arrived_on.lt(day).or(cases::id.lt(id))),
        _ => query,
    }
}

fn in_order(query: Query<'_>, order: Order) -> Query<'_> {
    match order {
        Order::Number => query.order((cases::number, cases::id)),
        Order::Name => query.order(cases::id.desc()),
        Order::Attention => query.order((cases::attention_on, cases::id)),
        Order::Receipt => query.order((cases::received_on.desc(), cases::id.desc())),
        Order::Arrival => query.order((cases::arrived_on.desc(), cases::id.desc())),
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = cases)]
struct CaseLine {
    id: Id,
    agency_id: Id,
    number: String,
    channel: String,
    applicant_kind: String,
    stage: String,
    awaits: Option<String>,
    arrived_on: NaiveDate,
    received_on: Option<NaiveDate>,
    due_on: Option<NaiveDate>,
    due_provisional: bool,
    attention_on: Option<NaiveDate>,
    handler_id: Option<Id>,
    closed_on: Option<NaiveDate>,
    outcome: Option<String>,
}

impl CaseLine {
    fn broken(&self, why: &'static str) -> StorageError {
        StorageError::Inconsistent { table: "cases", row: self.id.0.to_string(), why }
    }

    fn key(&self, order: Order) -> Result<Key, StorageError> {
        let day = match order {
            Order::Number => return Ok(Key::Number(self.number.clone())),
            Order::Name => return Ok(Key::Nothing),
            Order::Attention => self.attention_on,
            Order::Receipt => self.received_on,
            Order::Arrival => Some(self.arrived_on),
        };
        day.map(Key::Day)
            .ok_or_else(|| self.broken("found by a day that it has not"))
    }

    fn into_row(self) -> Result<QueueRow, StorageError> {
        let stage = Stage::CODES
            .into_iter()
            .find(|code| *code == self.stage)
            .ok_or_else(|| self.broken("stage unknown"))?;
        let outcome = self.outcome.as_deref().map(Outcome::from_code);
        let closed = match (self.closed_on, outcome) {
            (Some(on), Some(Some(outcome))) => Some((on, outcome)),
            (None, None) => None,
            _ => return Err(self.broken("closing and outcome contradict each other")),
        };
        let channel = Channel::from_code(&self.channel);
        let kind = ApplicantKind::from_code(&self.applicant_kind);
        Ok(QueueRow {
            id: self.id.0,
            agency_id: self.agency_id.0,
            number: self
                .number
                .parse()
                .map_err(|_| self.broken("number is none"))?,
            channel: channel.ok_or_else(|| self.broken("channel unknown"))?,
            kind: kind.ok_or_else(|| self.broken("applicant kind unknown"))?,
            stage,
            awaits: self.awaits.as_deref().and_then(Awaited::from_code),
            arrived_on: self.arrived_on,
            received_on: self.received_on,
            due: self
                .due_on
                .map(|on| DueDate { on, provisional: self.due_provisional }),
            attention_on: self.attention_on,
            handler: self.handler_id.map(|id| id.0),
            closed,
        })
    }
}

/// How many cases of an agency wait for one of these inside the office.
///
/// # Errors
///
/// [`StorageError`].
pub fn count_awaiting(
    conn: &mut Connection,
    agency: Uuid,
    awaited: &[Awaited],
) -> Result<i64, StorageError> {
    let codes: Vec<_> = awaited.iter().map(|awaited| awaited.code()).collect();
    Ok(cases::table
        .filter(cases::agency_id.eq(Id(agency)))
        .filter(cases::awaits.is_not_null())
        .filter(cases::awaits.eq_any(codes))
        .count()
        .get_result(conn)?)
}

/// How many cases are open, and how urgent those are whose term runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bands {
    /// 已逾期: a term runs, and its last day is over.
    pub overdue: u64,
    /// 今日到期.
    pub today: u64,
    /// 将到期: after today, and up to the last day that is soon.
    pub soon: u64,
    /// Later than that.
    pub later: u64,
    /// 待确认: no term runs yet.
    pub unconfirmed: u64,
    /// 等待申请人: to correct the application, or to pay.
    pub waiting: u64,
}

impl Bands {
    /// All open cases.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.overdue + self.today + self.soon + self.later + self.unconfirmed + self.waiting
    }

    /// Where a case at this stage that asks for attention on this day is counted.
    fn of(&mut self, stage: &str, day: NaiveDate, today: NaiveDate, soon: NaiveDate) -> &mut u64 {
        match stage {
            "filed" => &mut self.unconfirmed,
            "awaiting_correction" | "awaiting_payment" => &mut self.waiting,
            _ if day < today => &mut self.overdue,
            _ if day == today => &mut self.today,
            _ if day <= soon => &mut self.soon,
            _ => &mut self.later,
        }
    }
}

/// Counts the open cases of these agencies that are in these hands; days up to `soon` are soon.
///
/// # Errors
///
/// [`StorageError`].
pub fn bands(
    conn: &mut Connection,
    agencies: &[Uuid],
    handler: Option<Handler>,
    today: NaiveDate,
    soon: NaiveDate,
) -> Result<Bands, StorageError> {
    let mut bands = Bands::default();
    for agency in agencies {
        let mut query = cases::table
            .filter(cases::agency_id.eq(Id(*agency)))
            .filter(cases::attention_on.is_not_null())
            .group_by((cases::attention_on, cases::stage))
            .select((
                cases::attention_on.assume_not_null(),
                cases::stage,
                diesel::dsl::count_star(),
            ))
            .into_boxed();
        query = match handler {
            Some(Handler::Officer(id)) => query.filter(cases::handler_id.eq(Id(id))),
            Some(Handler::Nobody) => query.filter(cases::handler_id.is_null()),
            None => query,
        };
        let days: Vec<(NaiveDate, String, i64)> = query.load(conn)?;
        for (day, stage, count) in days {
            *bands.of(&stage, day, today, soon) += count.unsigned_abs();
        }
    }
    Ok(bands)
}

/// What of an agency falls due between two days, by day and handler.
///
/// # Errors
///
/// [`StorageError`].
pub fn due_between(
    conn: &mut Connection,
    agency: Uuid,
    from: NaiveDate,
    until: NaiveDate,
) -> Result<Vec<Due>, StorageError> {
    let rows: Vec<(NaiveDate, Option<Id>, i64)> = cases::table
        .filter(cases::agency_id.eq(Id(agency)))
        // The bounds on the day let the index of open cases be entered; of a case that is
        // handled it is the last day for the answer.
        .filter(cases::attention_on.is_not_null())
        .filter(cases::attention_on.between(from, until))
        .filter(cases::stage.eq("handling"))
        .group_by((cases::attention_on, cases::handler_id))
        .select((
            cases::attention_on.assume_not_null(),
            cases::handler_id,
            diesel::dsl::count_star(),
        ))
        .load(conn)?;
    let due = rows.into_iter().map(|(on, handler, count)| Due {
        on,
        handler: handler.map(|id| id.0),
        count: count.unsigned_abs(),
    });
    Ok(due.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_from_an_address() {
        let id = Uuid::from_u128(0x1234);
        let day = NaiveDate::from_ymd_opt(2026, 6, 1).unwrap();
        for key in [
            Key::Day(day),
            Key::Number("LH-2026-0001.=2".to_owned()),
            Key::Nothing,
        ] {
            let cursor = Cursor { id, key };
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
        for text in [
            "",
            ".",
            "x.2026-06-01",
            "00000000000000000000000000001234.soon",
        ] {
            assert_eq!(text.parse::<Cursor>(), Err(NotACursor), "{text}");
        }
    }

    #[test]
    fn all_that_begin_with_a_prefix_stand_before_the_text_beyond() {
        assert_eq!(first_beyond("LH-2026"), Some("LH-2027".to_owned()));
        assert_eq!(first_beyond("受理"), Some("受琇".to_owned()));
        assert_eq!(first_beyond(""), None);
        // The last code point before the surrogates is followed by the first behind them.
        assert_eq!(first_beyond("\u{d7ff}"), Some("\u{e000}".to_owned()));
        assert_eq!(first_beyond("\u{10ffff}"), None);
    }
}
