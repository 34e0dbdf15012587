//! Delivers the outbox: every mail at least once, or shown to people as undelivered.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;

use crate::app::App;
use crate::casework::mail::REFUSED;
use crate::casework::mailbox;
use crate::notify::{self, NotSent, Outgoing, recipient};
use crate::storage::mailboxes::Word;
use crate::storage::outbox::{self, Mail};
use crate::storage::{Connection, StorageError};

/// How often the outbox is looked into when nothing tells of new mail.
const ROUND: Duration = Duration::from_secs(20);
/// What is left of a lease once the mail server has had all its time.
const MARGIN: TimeDelta = TimeDelta::seconds(60);
/// The waits after the first attempts, in minutes; all later ones are the last.
const WAITS: [i64; 4] = [1, 5, 15, 60];
/// 72 hours of trying: after the fourth attempt at 21 minutes, one an hour.
const ATTEMPTS: i32 = 75;

/// What became of one mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The mail server has it.
    Sent,
    /// It will be tried again.
    Waits,
    /// People have to serve it by another way.
    GivenUp,
}

/// Delivers until `stop` says so: at once when mail is put into the outbox, and again when the
/// time of a failed mail has come. A mail that is being handed over is finished first.
pub async fn run(app: App, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        match deliver_one(&app).await {
            Ok(Some(_)) => continue,
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "the outbox cannot be read or written"),
        }
        tokio::select! {
            () = app.mail_waiting.notified() => {}
            () = tokio::time::sleep(ROUND) => {}
            changed = stop.changed() => {
                if changed.is_err() {
                    return;
                }
            }
        }
    }
}

/// Delivers the mail whose time came first, if there is one.
///
/// # Errors
///
/// [`StorageError`]; a mail that was sent and could not be noted as such is sent again later.
pub async fn deliver_one(app: &App) -> Result<Option<Fate>, StorageError> {
    let now = app.clock.now();
    let leased_until = now + lease(app.settings.smtp.timeout_seconds);
    let claimed = app
        .database
        .write(move |conn: &mut Connection| outbox::claim(conn, now, leased_until, 1))
        .await?;
    let Some(mail) = claimed.into_iter().next() else {
        return Ok(None);
    };
    let outcome = hand_over(app, &mail).await?;
    let now = app.clock.now();
    let (id, attempts) = (mail.mail.id, mail.attempts);
    let fate = match outcome {
        Ok(()) => {
            note(app, move |conn| outbox::sent(conn, id, now)).await?;
            Fate::Sent
        }
        Err(NotSent::Yet(why)) if attempts < ATTEMPTS => {
            let next_at = next_attempt(attempts, now);
            tracing::warn!(mail = %id, attempts, %why, "a mail was not sent and is tried again");
            note(app, move |conn| outbox::failed(conn, id, &why, next_at)).await?;
            Fate::Waits
        }
        Err(NotSent::Yet(why) | NotSent::Ever(why)) => {
            tracing::error!(mail = %id, attempts, %why, "a mail was given up");
            note(app, move |conn| outbox::given_up(conn, id, &why, now)).await?;
            Fate::GivenUp
        }
    };
    Ok(Some(fate))
}

async fn note(
    app: &App,
    deed: impl FnOnce(&mut Connection) -> Result<(), StorageError> + Send + 'static,
) -> Result<(), StorageError> {
    app.database.write(deed).await
}

/// Hands a mail over, unless whoever reads the mailbox has said meanwhile that they did not
/// apply: what waited then is not sent either.
async fn hand_over(app: &App, kept: &Mail) -> Result<Result<(), NotSent>, StorageError> {
    let mail = &kept.mail;
    let to = match recipient::open(&app.vault, mail.id, &mail.recipient_sealed) {
        Ok(to) => to,
        Err(error) => return Ok(Err(NotSent::Ever(error.to_string()))),
    };
    if mail.case_id.is_some() && mailbox::said_of(app, &to).await? == Some(Word::Refused) {
        return Ok(Err(NotSent::Ever(REFUSED.to_owned())));
    }
    let outgoing = Outgoing {
        message_id: mail.message_id.clone(),
        to,
        written_at: kept.created_at,
        mail: notify::Mail {
            subject: mail.subject.clone(),
            text: mail.body_text.clone(),
            html: mail.body_html.clone(),
        },
    };
    Ok(app.mailer.send(&outgoing).await)
}

/// How long nobody else takes the mail: as long as the server may take, and a while.
fn lease(timeout_seconds: u64) -> TimeDelta {
    let patience = i64::try_from(timeout_seconds).unwrap_or(i64::MAX);
    TimeDelta::try_seconds(patience).unwrap_or(MARGIN) + MARGIN
}

/// When to try again after that many attempts.
fn next_attempt(attempts: i32, now: DateTime<Utc>) -> DateTime<Utc> {
    let wait = usize::try_from(attempts - 1)
        .ok()
        .and_then(|place| WAITS.get(place))
        .or(WAITS.last());
    now + TimeDelta::minutes(wait.copied().unwrap_or(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_tried_after_1_5_15_and_60_minutes_and_then_each_hour_for_72_hours() {
        let written: DateTime<Utc> = "2026-11-23T00:00:00Z".parse().unwrap();
        let mut at = written;
        let mut minutes = Vec::new();
        for attempts in 1..ATTEMPTS {
            at = next_attempt(attempts, at);
            minutes.push((at - written).num_minutes());
        }
        assert_eq!(minutes[..5], [1, 6, 21, 81, 141]);
        let last = at - written;
        assert!(last <= TimeDelta::hours(72) && last > TimeDelta::hours(71), "{last}");
    }
}
