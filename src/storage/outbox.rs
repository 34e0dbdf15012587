//! 发件箱: what is to be mailed, kept in the deed that calls for it, and what became of it.

use chrono::{DateTime, Utc};
use diesel::dsl::case_when;
use diesel::prelude::*;
use diesel::sql_types::Nullable;
use uuid::Uuid;

use super::queue::first_beyond;
use super::schema::{cases, outbox};
use super::types::{Id, Instant, SqlInstant};
use super::{Connection, StorageError};

/// What has become of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Delivery {
    /// It waits for its (next) attempt.
    Waiting,
    /// Somebody is delivering it.
    Sending,
    /// The mail server has it.
    Sent,
    /// It could not be delivered; people have to serve it by another way.
    GivenUp,
}

impl Delivery {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Sending, Self::Sent, Self::GivenUp];

    /// The identifier, as stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::GivenUp => "given_up",
        }
    }

    /// The one with this [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|delivery| delivery.code() == code)
    }

    /// What people call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Waiting => "待发送",
            Self::Sending => "发送中",
            Self::Sent => "已发送",
            Self::GivenUp => "未能送达",
        }
    }
}

/// A message to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMail {
    /// Its identity.
    pub id: Uuid,
    /// Who writes.
    pub agency_id: Uuid,
    /// About which case.
    pub case_id: Option<Uuid>,
    /// The Message-ID, the same at every attempt.
    pub message_id: String,
    /// What it tells, as a code.
    pub kind: String,
    /// To whom, sealed.
    pub recipient_sealed: Vec<u8>,
    /// The subject.
    pub subject: String,
    /// The text.
    pub body_text: String,
    /// The same as HTML.
    pub body_html: String,
}

/// A message, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// What was to be sent.
    pub mail: NewMail,
    /// What became of it.
    pub delivery: Delivery,
    /// How often it was tried.
    pub attempts: i32,
    /// When it is taken up again: at the latest, if somebody is sending it; `None` once done.
    pub next_at: Option<DateTime<Utc>>,
    /// What the last attempt failed of.
    pub last_error: Option<String>,
    /// When it was put here.
    pub created_at: DateTime<Utc>,
    /// When the mail server took it.
    pub sent_at: Option<DateTime<Utc>>,
    /// Whether somebody still has to tell the recipient by another way.
    pub to_settle: bool,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = outbox)]
struct MailRow {
    id: Id,
    agency_id: Id,
    case_id: Option<Id>,
    message_id: String,
    kind: String,
    recipient_sealed: Vec<u8>,
    subject: String,
    body_text: String,
    body_html: String,
    state: String,
    attempts: i32,
    next_at: Option<Instant>,
    last_error: Option<String>,
    created_at: Instant,
    sent_at: Option<Instant>,
    to_settle_at: Option<Instant>,
}

impl MailRow {
    fn into_mail(self) -> Result<Mail, StorageError> {
        let delivery = Delivery::from_code(&self.state).ok_or(StorageError::Inconsistent {
            table: "outbox",
            row: self.id.0.to_string(),
            why: "state unknown",
        })?;
        Ok(Mail {
            mail: NewMail {
                id: self.id.0,
                agency_id: self.agency_id.0,
                case_id: self.case_id.map(|id| id.0),
                message_id: self.message_id,
                kind: self.kind,
                recipient_sealed: self.recipient_sealed,
                subject: self.subject,
                body_text: self.body_text,
                body_html: self.body_html,
            },
            delivery,
            attempts: self.attempts,
            next_at: self.next_at.map(|instant| instant.0),
            last_error: self.last_error,
            created_at: self.created_at.0,
            sent_at: self.sent_at.map(|instant| instant.0),
            to_settle: self.to_settle_at.is_some(),
        })
    }
}

/// Keeps a message, to be sent as soon as may be.
///
/// # Errors
///
/// [`StorageError::Duplicate`], if one with this Message-ID is here already.
pub fn enqueue(
    conn: &mut Connection,
    mail: &NewMail,
    at: DateTime<Utc>,
) -> Result<(), StorageError> {
    diesel::insert_into(outbox::table)
        .values((
            outbox::id.eq(Id(mail.id)),
            outbox::agency_id.eq(Id(mail.agency_id)),
            outbox::case_id.eq(mail.case_id.map(Id)),
            outbox::message_id.eq(&mail.message_id),
            outbox::kind.eq(&mail.kind),
            outbox::recipient_sealed.eq(mail.recipient_sealed.as_slice()),
            outbox::subject.eq(&mail.subject),
            outbox::body_text.eq(&mail.body_text),
            outbox::body_html.eq(&mail.body_html),
            outbox::state.eq(Delivery::Waiting.code()),
            outbox::attempts.eq(0),
            outbox::next_at.eq(Some(Instant(at))),
            outbox::created_at.eq(Instant(at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Takes up to `limit` messages whose time has come, for the caller alone until
/// `leased_until`: the longest waiting first. After that they are taken again, for whoever
/// took them is gone.
///
/// # Errors
///
/// [`StorageError::Inconsistent`] for a row that contradicts itself.
pub fn claim(
    conn: &mut Connection,
    now: DateTime<Utc>,
    leased_until: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Mail>, StorageError> {
    let now = Some(Instant(now));
    let candidates = diesel::alias!(outbox as candidates);
    let (id, next_at) = (candidates.field(outbox::id), candidates.field(outbox::next_at));
    let longest_waiting = candidates
        .filter(next_at.le(now))
        .order((next_at, id))
        .limit(limit)
        .select(id);
    let taken: Vec<Id> = diesel::update(outbox::table)
        .filter(outbox::id.eq_any(longest_waiting))
        // Asked of the row itself too: on PostgreSQL another may have taken it meanwhile.
        .filter(outbox::next_at.le(now))
        .set((
            outbox::state.eq(Delivery::Sending.code()),
            outbox::next_at.eq(Some(Instant(leased_until))),
            outbox::attempts.eq(outbox::attempts + 1),
        ))
        .returning(outbox::id)
        .get_results(conn)?;
    let rows: Vec<MailRow> = outbox::table
        .filter(outbox::id.eq_any(taken))
        .order((outbox::created_at, outbox::id))
        .select(MailRow::as_select())
        .load(conn)?;
    rows.into_iter().map(MailRow::into_mail).collect()
}

/// Notes that the mail server has it.
///
/// # Errors
///
/// [`StorageError::NotFound`].
pub fn sent(conn: &mut Connection, id: Uuid, at: DateTime<Utc>) -> Result<(), StorageError> {
    let noted = diesel::update(outbox::table.find(Id(id)))
        .set((
            outbox::state.eq(Delivery::Sent.code()),
            outbox::next_at.eq(None::<Instant>),
            outbox::last_error.eq(None::<String>),
            outbox::sent_at.eq(Some(Instant(at))),
            outbox::to_settle_at.eq(None::<Instant>),
        ))
        .execute(conn)?;
    noted_one(noted)
}

/// Notes that an attempt failed, and when to try again. One that was sent stays so.
///
/// # Errors
///
/// [`StorageError::NotFound`], if there is none that could be tried again.
pub fn failed(
    conn: &mut Connection,
    id: Uuid,
    error: &str,
    next_at: DateTime<Utc>,
) -> Result<(), StorageError> {
    let noted = diesel::update(outbox::table.find(Id(id)))
        .filter(outbox::next_at.is_not_null())
        .set((
            outbox::state.eq(Delivery::Waiting.code()),
            outbox::next_at.eq(Some(Instant(next_at))),
            outbox::last_error.eq(Some(error)),
        ))
        .execute(conn)?;
    noted_one(noted)
}

/// Since when a mail waits for people: one about no case is ours, and nobody has to be told
/// anything in its place.
macro_rules! waits_for_people {
    ($at:expr) => {
        outbox::to_settle_at.eq(case_when(
            outbox::case_id.is_not_null(),
            Some(Instant($at)).into_sql::<Nullable<SqlInstant>>(),
        ))
    };
}

/// Notes that it is not tried again: people have to tell an applicant by another way, and it
/// waits for them from then on.
///
/// # Errors
///
/// [`StorageError::NotFound`], if there is none that was still being tried.
pub fn given_up(
    conn: &mut Connection,
    id: Uuid,
    error: &str,
    at: DateTime<Utc>,
) -> Result<(), StorageError> {
    let noted = diesel::update(outbox::table.find(Id(id)))
        .filter(outbox::next_at.is_not_null())
        .set((
            outbox::state.eq(Delivery::GivenUp.code()),
            outbox::next_at.eq(None::<Instant>),
            outbox::last_error.eq(Some(error)),
            waits_for_people!(at),
        ))
        .execute(conn)?;
    noted_one(noted)
}

/// Notes that the mail server had it, and sent it back: people have to serve it by another way.
///
/// # Errors
///
/// [`StorageError::NotFound`], if it was not sent.
pub fn came_back(
    conn: &mut Connection,
    id: Uuid,
    why: &str,
    at: DateTime<Utc>,
) -> Result<(), StorageError> {
    let noted = diesel::update(outbox::table.find(Id(id)))
        .filter(outbox::state.eq(Delivery::Sent.code()))
        .set((
            outbox::state.eq(Delivery::GivenUp.code()),
            outbox::sent_at.eq(None::<Instant>),
            outbox::last_error.eq(Some(why)),
            waits_for_people!(at),
        ))
        .execute(conn)?;
    noted_one(noted)
}

/// Notes that somebody has told the recipient by another way.
///
/// # Errors
///
/// [`StorageError::NotFound`], if it waits for nobody.
pub fn settle(conn: &mut Connection, id: Uuid) -> Result<(), StorageError> {
    let noted = diesel::update(outbox::table.find(Id(id)))
        .filter(outbox::to_settle_at.is_not_null())
        .set(outbox::to_settle_at.eq(None::<Instant>))
        .execute(conn)?;
    noted_one(noted)
}

/// The messages of an agency that were given up and that nobody has settled yet, the longest
/// waiting first.
///
/// # Errors
///
/// [`StorageError::Inconsistent`] for a row that contradicts itself.
pub fn to_settle(
    conn: &mut Connection,
    agency: Uuid,
    at_most: i64,
) -> Result<Vec<Mail>, StorageError> {
    let rows: Vec<MailRow> = outbox::table
        .filter(outbox::agency_id.eq(Id(agency)))
        .filter(outbox::to_settle_at.is_not_null())
        .order((outbox::to_settle_at, outbox::id))
        .limit(at_most)
        .select(MailRow::as_select())
        .load(conn)?;
    rows.into_iter().map(MailRow::into_mail).collect()
}

/// How many messages [`to_settle`] there are.
///
/// # Errors
///
/// [`StorageError`].
pub fn count_to_settle(conn: &mut Connection, agency: Uuid) -> Result<i64, StorageError> {
    let count = outbox::table
        .filter(outbox::agency_id.eq(Id(agency)))
        .filter(outbox::to_settle_at.is_not_null())
        .count()
        .get_result(conn)?;
    Ok(count)
}

/// Tries one again that was given up, as if it were new.
///
/// # Errors
///
/// [`StorageError::NotFound`], if it was not given up.
pub fn retry(conn: &mut Connection, id: Uuid, at: DateTime<Utc>) -> Result<(), StorageError> {
    let noted = diesel::update(outbox::table.find(Id(id)))
        .filter(outbox::state.eq(Delivery::GivenUp.code()))
        .set((
            outbox::state.eq(Delivery::Waiting.code()),
            outbox::next_at.eq(Some(Instant(at))),
            outbox::attempts.eq(0),
            outbox::to_settle_at.eq(None::<Instant>),
        ))
        .execute(conn)?;
    noted_one(noted)
}

fn noted_one(noted: usize) -> Result<(), StorageError> {
    if noted == 1 {
        Ok(())
    } else {
        Err(StorageError::NotFound("message"))
    }
}

/// The message of this agency with this identity; another agency's is none.
///
/// # Errors
///
/// [`StorageError::NotFound`], or [`StorageError::Inconsistent`].
pub fn find(conn: &mut Connection, agency: Uuid, id: Uuid) -> Result<Mail, StorageError> {
    outbox::table
        .find(Id(id))
        .filter(outbox::agency_id.eq(Id(agency)))
        .select(MailRow::as_select())
        .first(conn)
        .optional()?
        .ok_or(StorageError::NotFound("message"))?
        .into_mail()
}

/// The messages about a case, in the order in which they were put here.
///
/// # Errors
///
/// [`StorageError::Inconsistent`] for a row that contradicts itself.
pub fn of_case(conn: &mut Connection, case: Uuid) -> Result<Vec<Mail>, StorageError> {
    let rows: Vec<MailRow> = outbox::table
        .filter(outbox::case_id.eq(Some(Id(case))))
        .order((outbox::created_at, outbox::id))
        .select(MailRow::as_select())
        .load(conn)?;
    rows.into_iter().map(MailRow::into_mail).collect()
}

/// Which messages are looked for.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Those of which this has become.
    pub delivery: Option<Delivery>,
    /// Those about cases whose 受理编号 begins so.
    pub number: Option<String>,
}

/// A page of an agency's messages, the latest first. `before` is the last message of the page before.
///
/// # Errors
///
/// [`StorageError::Inconsistent`] for a row that contradicts itself.
pub fn page(
    conn: &mut Connection,
    agency: Uuid,
    wanted: &Wanted,
    before: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Mail>, StorageError> {
    let mut query = outbox::table
        .filter(outbox::agency_id.eq(Id(agency)))
        .order((outbox::created_at.desc(), outbox::id.desc()))
        .limit(limit)
        .select(MailRow::as_select())
        .into_boxed();
    if let Some(delivery) = wanted.delivery {
        query = query.filter(outbox::state.eq(delivery.code()));
    }
    if let Some(number) = &wanted.number {
        let beyond = first_beyond(number).unwrap_or_else(|| char::MAX.to_string());
        let about = cases::table
            .filter(cases::agency_id.eq(Id(agency)))
            .filter(cases::number.ge(number).and(cases::number.lt(beyond)))
            .select(cases::id.nullable());
        query = query.filter(outbox::case_id.eq_any(about));
    }
    if let Some((at, id)) = before {
        let (at, id) = (Instant(at), Id(id));
        let earlier = outbox::created_at
            .lt(at)
            .or(outbox::created_at.eq(at).and(outbox::id.lt(id)));
        query = query.filter(outbox::created_at.le(at)).filter(earlier);
    }
    let rows: Vec<MailRow> = query.load(conn)?;
    rows.into_iter().map(MailRow::into_mail).collect()
}

/// How many messages of these agencies were given up, and wait for people.
///
/// # Errors
///
/// [`StorageError`].
pub fn count_given_up(conn: &mut Connection, agencies: &[Uuid]) -> Result<i64, StorageError> {
    let agencies = agencies.iter().copied().map(Id);
    let count = outbox::table
        .filter(outbox::agency_id.eq_any(agencies))
        .filter(outbox::state.eq(Delivery::GivenUp.code()))
        .count()
        .get_result(conn)?;
    Ok(count)
}
