//! The record: what happened, appended and never changed, one chain for each agency.
//!
//! Each event carries a keyed hash over its content and the hash before it; the head of the
//! chain is kept apart with a keyed checksum of its own, so that a cut tail is noticed too.
//! Whoever has the database and not the key cannot change, remove, swap or add an event unseen.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::result::Error;
use uuid::Uuid;

use super::connection::on_each;
use super::schema::{cases, chain_heads, events};
use super::types::{Id, Instant, instant_text};
use super::{Connection, StorageError};

/// A keyed hash; the key stays with the caller.
pub type Mac<'a> = &'a dyn Fn(&[u8]) -> [u8; 32];

/// An event to be put on record.
#[derive(Debug, Clone)]
pub struct NewEvent<'a> {
    /// Whose record.
    pub agency: Uuid,
    /// The case it belongs to.
    pub case: Option<Uuid>,
    /// When.
    pub at: DateTime<Utc>,
    /// Who: `officer:…`, `applicant` or `system`.
    pub actor: &'a str,
    /// What.
    pub action: &'a str,
    /// The particulars, JSON; nothing personal in the clear.
    pub data: &'a str,
}

/// An event on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its place in the agency's record, from 1.
    pub sequence: i64,
    /// The case it belongs to.
    pub case: Option<Uuid>,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: String,
    /// What.
    pub action: String,
    /// The particulars, JSON.
    pub data: String,
    /// The hash of the event before it in the agency's record.
    pub previous_hash: Vec<u8>,
    /// Its keyed hash.
    pub hash: Vec<u8>,
}

/// Where a chain is broken.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// A record was altered, is missing, out of place, or was added without the key.
    #[error("机关 {agency} 的第 {sequence} 条记录{what}")]
    Broken {
        /// Whose record.
        agency: Uuid,
        /// The first bad place.
        sequence: i64,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = events)]
struct EventRow {
    sequence: i64,
    case_id: Option<Id>,
    at: Instant,
    actor: String,
    action: String,
    data: String,
    previous_hash: Vec<u8>,
    hash: Vec<u8>,
}

const FIRST: [u8; 32] = [0; 32];

/// Puts an event on record, behind the last one of its agency. Do this last in a deed: until
/// the deed ends, nobody else can add to this agency's record.
///
/// # Errors
///
/// [`StorageError::Inconsistent`], if the head of the chain was tampered with.
pub fn append(
    conn: &mut Connection,
    event: &NewEvent<'_>,
    mac: Mac<'_>,
) -> Result<i64, StorageError> {
    append_all(conn, event.agency, [event.clone()], mac)
}

/// [`append`] for many events of one agency, in order; tells the sequence of the last one.
///
/// # Errors
///
/// As there.
pub fn append_all<'a>(
    conn: &mut Connection,
    agency: Uuid,
    appended: impl IntoIterator<Item = NewEvent<'a>>,
    mac: Mac<'_>,
) -> Result<i64, StorageError> {
    let (mut sequence, mut previous) = take_head(conn, agency, mac)?;
    for event in appended {
        sequence += 1;
        let content = Content {
            agency,
            sequence,
            case: event.case,
            at: event.at,
            actor: event.actor,
            action: event.action,
            data: event.data,
        };
        let hash = mac(&content.bytes(&previous));
        diesel::insert_into(events::table)
            .values((
                events::agency_id.eq(Id(agency)),
                events::sequence.eq(sequence),
                events::case_id.eq(event.case.map(Id)),
                events::at.eq(Instant(event.at)),
                events::actor.eq(event.actor),
                events::action.eq(event.action),
                events::data.eq(event.data),
                events::previous_hash.eq(previous.as_slice()),
                events::hash.eq(hash.as_slice()),
            ))
            .execute(conn)?;
        previous = hash.to_vec();
    }
    let head_mac = mac(&head_bytes(agency, sequence, &previous));
    diesel::update(chain_heads::table.find(Id(agency)))
        .set((
            chain_heads::sequence.eq(sequence),
            chain_heads::hash.eq(previous.as_slice()),
            chain_heads::mac.eq(head_mac.as_slice()),
        ))
        .execute(conn)?;
    Ok(sequence)
}

/// The head of an agency's chain, begun if there is none, and locked until the deed ends: the
/// update that changes nothing takes the row on PostgreSQL, and SQLite has one writer.
fn take_head(
    conn: &mut Connection,
    agency: Uuid,
    mac: Mac<'_>,
) -> Result<(i64, Vec<u8>), StorageError> {
    if let Some(head) = lock_head(conn, agency)? {
        return checked(head, agency, mac);
    }
    begin_chain(conn, agency, mac)?;
    let head = lock_head(conn, agency)?.ok_or(StorageError::NotFound("chain head"))?;
    checked(head, agency, mac)
}

/// The head without its checksum, which is right.
fn checked(
    (sequence, hash, head_mac): Head,
    agency: Uuid,
    mac: Mac<'_>,
) -> Result<(i64, Vec<u8>), StorageError> {
    if mac(&head_bytes(agency, sequence, &hash)).as_slice() != head_mac.as_slice() {
        return Err(StorageError::Inconsistent {
            table: "chain_heads",
            row: agency.to_string(),
            why: "the head of the record was tampered with",
        });
    }
    Ok((sequence, hash))
}

/// What a chain's head says: sequence, hash, and the checksum over both.
type Head = (i64, Vec<u8>, Vec<u8>);

fn lock_head(conn: &mut Connection, agency: Uuid) -> Result<Option<Head>, StorageError> {
    let head = diesel::update(chain_heads::table.find(Id(agency)))
        .set(chain_heads::sequence.eq(chain_heads::sequence))
        .returning((chain_heads::sequence, chain_heads::hash, chain_heads::mac))
        .get_result(conn)
        .optional()?;
    Ok(head)
}

/// Puts up the head of an empty chain, unless somebody else just has.
fn begin_chain(conn: &mut Connection, agency: Uuid, mac: Mac<'_>) -> Result<(), StorageError> {
    let checksum = mac(&head_bytes(agency, 0, &FIRST));
    let head = (
        chain_heads::agency_id.eq(Id(agency)),
        chain_heads::sequence.eq(0),
        chain_heads::hash.eq(FIRST.as_slice()),
        chain_heads::mac.eq(checksum.as_slice()),
    );
    on_each!(conn, conn => diesel::insert_into(chain_heads::table)
        .values(head)
        .on_conflict_do_nothing()
        .execute(conn))?;
    Ok(())
}

/// Goes through an agency's whole record, and says how many events it has.
///
/// # Errors
///
/// [`ChainError::Broken`], naming the first record that was altered, is missing or was added.
pub fn verify(conn: &mut Connection, agency: Uuid, mac: Mac<'_>) -> Result<i64, ChainError> {
    let broken = |sequence, what| ChainError::Broken { agency, sequence, what };
    let (mut last, mut previous) = (0, FIRST.to_vec());
    loop {
        let page = match following(conn, agency, last, PAGE) {
            // One of them was made unreadable: go on one by one, to name it.
            Err(StorageError::Database(Error::DeserializationError(_))) => {
                match following(conn, agency, last, 1) {
                    Err(StorageError::Database(Error::DeserializationError(_))) => {
                        return Err(broken(last + 1, "无法读取"));
                    }
                    page => page?,
                }
            }
            page => page?,
        };
        if page.is_empty() {
            break;
        }
        for row in page {
            if row.sequence != last + 1 {
                return Err(broken(last + 1, "缺失"));
            }
            if row.previous_hash != previous {
                return Err(broken(row.sequence, "与前一条不相衔接"));
            }
            let content = Content {
                agency,
                sequence: row.sequence,
                case: row.case_id.map(|id| id.0),
                at: row.at.0,
                actor: &row.actor,
                action: &row.action,
                data: &row.data,
            };
            if mac(&content.bytes(&previous)).as_slice() != row.hash.as_slice() {
                return Err(broken(row.sequence, "被改动"));
            }
            last = row.sequence;
            previous = row.hash;
        }
    }
    verify_head(conn, agency, last, &previous, mac)?;
    Ok(last)
}

/// How many events are read at once.
const PAGE: i64 = 500;

fn following(
    conn: &mut Connection,
    agency: Uuid,
    last: i64,
    limit: i64,
) -> Result<Vec<EventRow>, StorageError> {
    let query = events::table
        .filter(events::agency_id.eq(Id(agency)))
        .filter(events::sequence.gt(last))
        .order(events::sequence)
        .limit(limit)
        .select(EventRow::as_select());
    Ok(query.load(conn)?)
}

fn verify_head(
    conn: &mut Connection,
    agency: Uuid,
    last: i64,
    hash: &[u8],
    mac: Mac<'_>,
) -> Result<(), ChainError> {
    let head = chain_heads::table
        .find(Id(agency))
        .select((chain_heads::sequence, chain_heads::hash, chain_heads::mac))
        .first::<(i64, Vec<u8>, Vec<u8>)>(conn)
        .optional()
        .map_err(StorageError::from)?;
    let broken = |sequence, what| Err(ChainError::Broken { agency, sequence, what });
    match head {
        // Nothing was ever put on record, unless a case says otherwise.
        None if last == 0 && !has_cases(conn, agency)? => Ok(()),
        None => broken(last + 1, "及链首缺失"),
        Some((sequence, head_hash, head_mac)) => {
            if mac(&head_bytes(agency, sequence, &head_hash)).as_slice() != head_mac.as_slice() {
                broken(sequence, "所对应的链首被改动")
            } else if sequence > last {
                broken(last + 1, "缺失")
            } else if sequence < last || head_hash != hash {
                broken(last, "与链首不符")
            } else {
                Ok(())
            }
        }
    }
}

/// Whether the agency has a case; each was put on record when it was filed.
fn has_cases(conn: &mut Connection, agency: Uuid) -> Result<bool, StorageError> {
    let one: Option<Id> = cases::table
        .filter(cases::agency_id.eq(Id(agency)))
        .select(cases::id)
        .first(conn)
        .optional()?;
    Ok(one.is_some())
}

/// What happened to a case, in order.
///
/// # Errors
///
/// [`StorageError`].
pub fn of_case(conn: &mut Connection, case: Uuid) -> Result<Vec<Event>, StorageError> {
    let rows: Vec<EventRow> = events::table
        .filter(events::case_id.eq(Id(case)))
        .order(events::sequence)
        .select(EventRow::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(EventRow::into_event).collect())
}

/// The events of one kind that happened to any of these cases, in order.
///
/// # Errors
///
/// [`StorageError`].
pub fn of_cases(
    conn: &mut Connection,
    cases: &[Uuid],
    action: &str,
) -> Result<Vec<Event>, StorageError> {
    let rows: Vec<EventRow> = events::table
        .filter(events::case_id.eq_any(cases.iter().copied().map(Id)))
        .filter(events::action.eq(action))
        .order(events::sequence)
        .select(EventRow::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(EventRow::into_event).collect())
}

/// Which part of an agency's record is looked for.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Whose record.
    pub agency: Uuid,
    /// Of this case only.
    pub case: Option<Uuid>,
    /// What this one did: `officer:…`, `applicant` or `system`.
    pub actor: Option<String>,
    /// Only these actions.
    pub actions: Option<Vec<&'static str>>,
    /// From this moment on,
    pub from: Option<DateTime<Utc>>,
    /// and before this one.
    pub until: Option<DateTime<Utc>>,
    /// The sequence to go on from, towards the beginning.
    pub before: Option<i64>,
}

/// A page of an agency's record, the latest first.
///
/// # Errors
///
/// [`StorageError`].
pub fn page(
    conn: &mut Connection,
    wanted: &Wanted,
    limit: i64,
) -> Result<Vec<Event>, StorageError> {
    let mut query = events::table
        .filter(events::agency_id.eq(Id(wanted.agency)))
        .filter(events::sequence.lt(wanted.before.unwrap_or(i64::MAX)))
        .order(events::sequence.desc())
        .limit(limit)
        .select(EventRow::as_select())
        .into_boxed();
    if let Some(case) = wanted.case {
        query = query.filter(events::case_id.eq(Id(case)));
    }
    if let Some(actor) = &wanted.actor {
        query = query.filter(events::actor.eq(actor));
    }
    if let Some(actions) = &wanted.actions {
        query = query.filter(events::action.eq_any(actions));
    }
    if let Some(from) = wanted.from {
        query = query.filter(events::at.ge(Instant(from)));
    }
    if let Some(until) = wanted.until {
        query = query.filter(events::at.lt(Instant(until)));
    }
    let rows: Vec<EventRow> = query.load(conn)?;
    Ok(rows.into_iter().map(EventRow::into_event).collect())
}

impl EventRow {
    fn into_event(self) -> Event {
        Event {
            sequence: self.sequence,
            case: self.case_id.map(|id| id.0),
            at: self.at.0,
            actor: self.actor,
            action: self.action,
            data: self.data,
            previous_hash: self.previous_hash,
            hash: self.hash,
        }
    }
}

/// What a hash is made over.
struct Content<'a> {
    agency: Uuid,
    sequence: i64,
    case: Option<Uuid>,
    at: DateTime<Utc>,
    actor: &'a str,
    action: &'a str,
    data: &'a str,
}

impl Content<'_> {
    /// Every part behind its length, so that none can be shifted into its neighbour.
    fn bytes(&self, previous: &[u8]) -> Vec<u8> {
        let case = self.case.map(Uuid::into_bytes);
        let (sequence, at) = (self.sequence.to_be_bytes(), instant_text(self.at));
        let parts: [&[u8]; 8] = [
            previous,
            self.agency.as_bytes(),
            &sequence,
            case.as_ref().map_or(&[], <[u8; 16]>::as_slice),
            at.as_bytes(),
            self.actor.as_bytes(),
            self.action.as_bytes(),
            self.data.as_bytes(),
        ];
        parts
            .iter()
            .flat_map(|part| behind_its_length(part))
            .collect()
    }
}

fn behind_its_length(part: &[u8]) -> Vec<u8> {
    let length = u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes();
    [length.as_slice(), part].concat()
}

fn head_bytes(agency: Uuid, sequence: i64, hash: &[u8]) -> Vec<u8> {
    [
        b"head".as_slice(),
        agency.as_bytes(),
        &sequence.to_be_bytes(),
        hash,
    ]
    .concat()
}
