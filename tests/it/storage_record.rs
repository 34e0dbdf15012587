//! The record cannot be changed, and if somebody does it all the same, it shows.

use std::collections::BTreeSet;

use uuid::Uuid;
use yishen::storage::events::{self, ChainError, NewEvent};
use yishen::storage::{Database, StorageError};

use crate::support::cases::{day, has_agency, has_case, instant, received};
use crate::support::database::{Engine, TestDatabase, on_both_engines};

/// Stands in for the vault's keyed hash: 32 bytes that depend on every byte.
fn mac(bytes: &[u8]) -> [u8; 32] {
    keyed(b"the office's key", bytes)
}

fn keyed(key: &[u8], bytes: &[u8]) -> [u8; 32] {
    use hmac::{Hmac, KeyInit as _, Mac as _};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key).unwrap();
    mac.update(bytes);
    mac.finalize().into_bytes().into()
}

fn event(agency: Uuid, case: Option<Uuid>, data: &str) -> NewEvent<'_> {
    NewEvent {
        agency,
        case,
        at: instant("2026-06-01T08:30:00.123456789Z"),
        actor: "officer:1",
        action: "approve",
        data,
    }
}

/// An agency with a case and ten events, five of them of the case.
async fn ten_events(database: &Database) -> (Uuid, Uuid) {
    let deed = database.write(|conn| {
        let agency = has_agency(conn, "LH")?;
        let case = has_case(conn, &received(agency, day("2026-06-01")))?.id;
        for number in 0..10 {
            let of_case = (number % 2 == 0).then_some(case);
            let data = format!(r#"{{"n":{number}}}"#);
            events::append(conn, &event(agency, of_case, &data), &mac)?;
        }
        Ok::<_, StorageError>((agency, case))
    });
    deed.await.unwrap()
}

async fn verify(database: &Database, agency: Uuid) -> Result<i64, ChainError> {
    let read = database.read(move |conn| events::verify(conn, agency, &mac));
    read.await
}

/// Takes the triggers away, as somebody who owns the database can.
fn without_triggers(database: &TestDatabase, engine: Engine, sql: &str) {
    let triggers = match engine {
        Engine::Sqlite => {
            "DROP TRIGGER events_are_never_changed; DROP TRIGGER events_are_never_removed;"
        }
        Engine::Postgres => "ALTER TABLE events DISABLE TRIGGER USER;",
    };
    database.meddle(&format!("{triggers} {sql}"));
}

on_both_engines! {
    async fn a_record_that_nobody_touched_is_whole(database: TestDatabase) {
        let (agency, case) = ten_events(&database).await;
        assert_eq!(verify(&database, agency).await.unwrap(), 10);
        let of_case = database.read(move |conn| events::of_case(conn, case)).await.unwrap();
        let sequences: Vec<_> = of_case.iter().map(|event| event.sequence).collect();
        assert_eq!(sequences, [1, 3, 5, 7, 9]);
        let first = of_case.first().unwrap();
        assert_eq!(first.at, instant("2026-06-01T08:30:00.123456Z"));
        assert_eq!((first.actor.as_str(), first.data.as_str()), ("officer:1", r#"{"n":0}"#));

        let page = async |wanted: events::Wanted| {
            let page = database.read(move |conn| events::page(conn, &wanted, 3)).await.unwrap();
            page.iter().map(|event| event.sequence).collect::<Vec<_>>()
        };
        let wanted = events::Wanted { agency, before: Some(9), ..events::Wanted::default() };
        assert_eq!(page(wanted.clone()).await, [8, 7, 6]);
        assert_eq!(page(events::Wanted { case: Some(case), ..wanted.clone() }).await, [7, 5, 3]);
        let nobody = Some("officer:nobody".to_owned());
        assert!(page(events::Wanted { actor: nobody, ..wanted.clone() }).await.is_empty());
        let none = Some(vec!["no_such_action"]);
        assert!(page(events::Wanted { actions: none, ..wanted.clone() }).await.is_empty());
        let (from, until) = (Some(first.at), Some(first.at));
        assert_eq!(page(events::Wanted { from, ..wanted.clone() }).await, [8, 7, 6]);
        assert!(page(events::Wanted { until, ..wanted }).await.is_empty());
    }

    async fn an_agency_without_events_has_a_whole_record(database: TestDatabase) {
        let agency = database.write(|conn| has_agency(conn, "LH")).await.unwrap();
        assert_eq!(verify(&database, agency).await.unwrap(), 0);
    }

    async fn each_agency_has_a_record_of_its_own(database: TestDatabase) {
        let (agency, _) = ten_events(&database).await;
        let other = database
            .write(|conn| {
                let other = has_agency(conn, "ZZ")?;
                assert_eq!(events::append(conn, &event(other, None, "{}"), &mac)?, 1);
                Ok::<_, StorageError>(other)
            })
            .await
            .unwrap();
        assert_eq!(verify(&database, agency).await.unwrap(), 10);
        assert_eq!(verify(&database, other).await.unwrap(), 1);
    }

    async fn events_that_come_together_form_one_chain(database: TestDatabase) {
        let agency = database.write(|conn| has_agency(conn, "LH")).await.unwrap();
        let deeds = (0..64).map(|number| {
            database.write(move |conn| {
                let sequence = events::append(conn, &event(agency, None, "{}"), &mac)?;
                if number % 8 == 5 { Err(StorageError::Conflict) } else { Ok(sequence) }
            })
        });
        let answers = futures_util::future::join_all(deeds).await;
        let sequences: BTreeSet<_> = answers.into_iter().filter_map(Result::ok).collect();
        assert_eq!(sequences, (1..=56).collect());
        assert_eq!(verify(&database, agency).await.unwrap(), 56);
    }

    async fn a_record_longer_than_a_page_is_gone_through_to_its_end(database: TestDatabase) {
        let agency = database
            .write(|conn| {
                let agency = has_agency(conn, "LH")?;
                for _ in 0..2500 {
                    events::append(conn, &event(agency, None, "{}"), &mac)?;
                }
                Ok::<_, StorageError>(agency)
            })
            .await
            .unwrap();
        assert_eq!(verify(&database, agency).await.unwrap(), 2500);
    }

    async fn the_database_refuses_to_change_or_remove_an_event(database: TestDatabase) {
        let (agency, _) = ten_events(&database).await;
        for sql in [
            "UPDATE events SET data = '{}' WHERE sequence = 4",
            "UPDATE events SET sequence = 99 WHERE sequence = 4",
            "DELETE FROM events WHERE sequence = 10",
            "DELETE FROM events",
        ] {
            let said = database.try_to_meddle(sql).unwrap_err();
            assert!(said.contains("never"), "{sql}: {said}");
        }
        assert_eq!(verify(&database, agency).await.unwrap(), 10);
    }

    async fn whoever_lacks_the_key_finds_the_record_broken(database: TestDatabase) {
        let (agency, _) = ten_events(&database).await;
        let other_key = |bytes: &[u8]| keyed(b"another key", bytes);
        let read = database.read(move |conn| events::verify(conn, agency, &other_key)).await;
        assert!(matches!(read, Err(ChainError::Broken { sequence: 1, .. })), "{read:?}");
    }

    async fn nothing_is_put_behind_a_head_that_was_tampered_with(database: TestDatabase) {
        let (agency, _) = ten_events(&database).await;
        database.meddle("UPDATE chain_heads SET sequence = 9");
        let answer = database
            .write(move |conn| events::append(conn, &event(agency, None, "{}"), &mac))
            .await;
        assert!(matches!(answer, Err(StorageError::Inconsistent { .. })), "{answer:?}");
    }
}

/// SQLite removes without asking the triggers when it replaces, unless it is told to ask.
#[tokio::test]
async fn the_program_cannot_replace_an_event_either() {
    let database = TestDatabase::new(Engine::Sqlite);
    let (agency, _) = ten_events(&database).await;
    let replace = "INSERT OR REPLACE INTO events SELECT agency_id, sequence, case_id, at, actor,
        action, '{}', previous_hash, hash FROM events WHERE sequence = 4";
    let answer = database
        .write(move |conn| {
            use diesel::connection::SimpleConnection as _;
            Ok::<_, StorageError>(conn.batch_execute(replace)?)
        })
        .await;
    let said = answer.unwrap_err().to_string();
    assert!(said.contains("never removed"), "{said}");
    assert_eq!(verify(&database, agency).await.unwrap(), 10);
}

#[test]
fn the_server_refuses_to_empty_the_record() {
    let database = TestDatabase::new(Engine::Postgres);
    let said = database.try_to_meddle("TRUNCATE events").unwrap_err();
    assert!(said.contains("never"), "{said}");
}

/// What somebody did who has the database, and not the key; and the first record that shows it.
const TAMPERING: &[(&str, &str, i64)] = &[
    ("edited the data", "UPDATE events SET data = '{\"n\":9}' WHERE sequence = 4", 4),
    ("edited the actor", "UPDATE events SET actor = 'officer:2' WHERE sequence = 1", 1),
    ("edited the action", "UPDATE events SET action = 'return' WHERE sequence = 10", 10),
    (
        "moved the time",
        "UPDATE events SET at = (SELECT CAST('2026-06-01T08:30:00.123457Z' AS AT_TYPE))
         WHERE sequence = 7",
        7,
    ),
    (
        "gave it to another case",
        "UPDATE events SET case_id = (SELECT id FROM cases) WHERE sequence = 2",
        2,
    ),
    ("took it from its case", "UPDATE events SET case_id = NULL WHERE sequence = 3", 3),
    (
        "moved text from one column to the next",
        "UPDATE events SET actor = 'officer', action = ':1approve' WHERE sequence = 5",
        5,
    ),
    ("removed the first", "DELETE FROM events WHERE sequence = 1", 1),
    ("removed one from the middle", "DELETE FROM events WHERE sequence = 5", 5),
    ("removed one and closed the gap", "DELETE FROM events WHERE sequence = 5; RENUMBER", 5),
    ("cut the tail", "DELETE FROM events WHERE sequence > 7", 8),
    ("removed all events", "DELETE FROM events", 1),
    ("removed the record and its head", "DELETE FROM events; DELETE FROM chain_heads", 1),
    ("removed the head", "DELETE FROM chain_heads", 11),
    (
        "swapped two",
        "UPDATE events SET sequence = 99 WHERE sequence = 4;
         UPDATE events SET sequence = 4 WHERE sequence = 6;
         UPDATE events SET sequence = 6 WHERE sequence = 99",
        4,
    ),
    (
        "swapped the words of two",
        "UPDATE events SET data = CASE sequence WHEN 4 THEN '{\"n\":5}' ELSE '{\"n\":3}' END
         WHERE sequence IN (4, 6)",
        4,
    ),
    (
        "cut the tail and moved the head",
        "DELETE FROM events WHERE sequence > 7;
         UPDATE chain_heads SET sequence = 7,
            hash = (SELECT hash FROM events WHERE sequence = 7)",
        7,
    ),
    (
        "added one behind the last",
        "INSERT INTO events SELECT agency_id, 11, case_id, at, actor, action, data, hash, hash
            FROM events WHERE sequence = 10",
        11,
    ),
    (
        "repeated one behind the last",
        "INSERT INTO events SELECT agency_id, 11, case_id, at, actor, action, data,
            previous_hash, hash FROM events WHERE sequence = 10",
        11,
    ),
    ("edited a hash", "UPDATE events SET hash = previous_hash WHERE sequence = 10", 10),
    ("edited the head's hash", "UPDATE chain_heads SET hash = mac", 10),
];

async fn tampering_shows(engine: Engine) {
    let of_type = match engine {
        Engine::Sqlite => "TEXT",
        Engine::Postgres => "TIMESTAMPTZ",
    };
    // One row at a time, from the front: no two may have the same number in between.
    let renumber: Vec<_> = (6..=10)
        .map(|n| format!("UPDATE events SET sequence = {} WHERE sequence = {n}", n - 1))
        .collect();
    let renumber = renumber.join(";");
    for (what, sql, first_bad) in TAMPERING {
        let database = TestDatabase::new(engine);
        let (agency, _) = ten_events(&database).await;
        let sql = sql
            .replace("AT_TYPE", of_type)
            .replace("RENUMBER", &renumber);
        without_triggers(&database, engine, &sql);
        match verify(&database, agency).await {
            Err(ChainError::Broken { sequence, agency: named, .. }) => {
                assert_eq!((sequence, named), (*first_bad, agency), "somebody {what}");
            }
            other => panic!("somebody {what}, and it did not show: {other:?}"),
        }
    }
}

#[tokio::test]
async fn an_event_that_was_made_unreadable_is_named() {
    for (what, sql) in [
        ("a time that is none", "UPDATE events SET at = 'yesterday' WHERE sequence = 6"),
        ("a case that is none", "UPDATE events SET case_id = x'01' WHERE sequence = 6"),
    ] {
        let database = TestDatabase::new(Engine::Sqlite);
        let (agency, _) = ten_events(&database).await;
        without_triggers(&database, Engine::Sqlite, sql);
        let answer = verify(&database, agency).await;
        let named = matches!(answer, Err(ChainError::Broken { sequence: 6, .. }));
        assert!(named, "{what}: {answer:?}");
    }
}

#[tokio::test]
async fn tampering_shows_on_sqlite() {
    tampering_shows(Engine::Sqlite).await;
}

#[tokio::test]
async fn tampering_shows_on_postgres() {
    tampering_shows(Engine::Postgres).await;
}
