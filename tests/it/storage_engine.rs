//! What was acknowledged is kept, what failed is not, on both engines.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use diesel::Connection as _;
use diesel::connection::SimpleConnection as _;
use yishen::storage::{Connection, Database, DatabaseOptions, StorageError, meta};

use crate::support::database::{Engine, TestDatabase, on_both_engines};

/// An error of a caller's own, as `casework` has one.
#[derive(Debug)]
enum DeedError {
    Refused,
    Storage(StorageError),
}

impl From<StorageError> for DeedError {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

fn stumble<E>() -> Result<(), E> {
    panic!("a fault in the deed")
}

fn impatient() -> DatabaseOptions {
    DatabaseOptions { busy: Duration::from_millis(200), ..DatabaseOptions::default() }
}

async fn fact(database: &Database, name: &'static str) -> Option<String> {
    let read = database.read(move |conn| meta::find(conn, name));
    read.await.unwrap()
}

on_both_engines! {
    async fn a_deed_is_seen_by_others_as_soon_as_it_is_acknowledged(database: TestDatabase) {
        let other = Database::open(&database.url(), &DatabaseOptions::default()).unwrap();
        for round in 0..50 {
            let value = round.to_string();
            let kept = value.clone();
            database
                .write(move |conn| meta::set(conn, "round", &kept))
                .await
                .unwrap();
            assert_eq!(fact(&other, "round").await, Some(value));
        }
    }

    async fn a_deed_that_fails_leaves_nothing(database: TestDatabase) {
        let deed = database.write(|conn| {
            meta::set(conn, "half", "done")?;
            Err::<(), _>(DeedError::Refused)
        });
        assert!(matches!(deed.await, Err(DeedError::Refused)));
        assert_eq!(fact(&database, "half").await, None);
    }

    async fn a_deed_that_panics_leaves_nothing_and_the_next_one_works(database: TestDatabase) {
        let deed = database.write(|conn| {
            meta::set(conn, "half", "done")?;
            stumble::<DeedError>()
        });
        let answer = deed.await;
        assert!(matches!(answer, Err(DeedError::Storage(StorageError::Panicked))), "{answer:?}");
        database
            .write(|conn| meta::set(conn, "next", "done"))
            .await
            .unwrap();
        assert_eq!(fact(&database, "half").await, None);
        assert_eq!(fact(&database, "next").await.as_deref(), Some("done"));
    }

    async fn a_panic_inside_an_attempt_takes_the_whole_deed_back(database: TestDatabase) {
        let deed = database.write(|conn| {
            meta::set(conn, "outer", "done")?;
            conn.attempt(|conn| {
                meta::set(conn, "inner", "done")?;
                stumble::<StorageError>()
            })
        });
        assert!(matches!(deed.await, Err(StorageError::Panicked)));
        assert_eq!(fact(&database, "outer").await, None);
        assert_eq!(fact(&database, "inner").await, None);
        database.can_commit().await.unwrap();
    }

    async fn an_attempt_that_fails_takes_back_its_own_part_alone(database: TestDatabase) {
        database
            .write(|conn| {
                meta::set(conn, "before", "kept")?;
                let attempt = conn.attempt(|conn| {
                    meta::set(conn, "within", "lost")?;
                    conn.batch_execute("SELECT no_such_column FROM meta")
                        .map_err(StorageError::from)
                });
                assert!(matches!(attempt, Err(StorageError::Database(_))), "{attempt:?}");
                meta::set(conn, "after", "kept")
            })
            .await
            .unwrap();
        assert_eq!(fact(&database, "before").await.as_deref(), Some("kept"));
        assert_eq!(fact(&database, "within").await, None);
        assert_eq!(fact(&database, "after").await.as_deref(), Some("kept"));
    }

    /// PostgreSQL answers a COMMIT after a failed statement with a silent ROLLBACK.
    async fn what_is_not_kept_is_never_acknowledged(database: TestDatabase) {
        let answer = database
            .write(|conn| {
                meta::set(conn, "fact", "kept")?;
                drop(conn.batch_execute("SELECT no_such_column FROM meta"));
                Ok::<_, StorageError>(())
            })
            .await;
        assert_eq!(answer.is_ok(), fact(&database, "fact").await.is_some(), "{answer:?}");
    }

    async fn many_deeds_at_once_are_all_kept_and_failures_stay_alone(database: TestDatabase) {
        let deeds = (0..200).map(|number| {
            database.write(move |conn| {
                meta::set(conn, &format!("deed {number}"), "done")?;
                if number % 7 == 0 { Err(DeedError::Refused) } else { Ok(number) }
            })
        });
        let answers = futures_util::future::join_all(deeds).await;
        for (number, answer) in answers.into_iter().enumerate() {
            let kept = database
                .read(move |conn| meta::find(conn, &format!("deed {number}")))
                .await
                .unwrap_or_else(|error: StorageError| panic!("{error}"));
            assert_eq!(answer.is_ok(), number % 7 != 0);
            assert_eq!(kept.is_some(), number % 7 != 0);
        }
    }

    async fn a_reader_sees_one_moment(database: TestDatabase) {
        database
            .write(|conn| meta::set(conn, "value", "old"))
            .await
            .unwrap();
        let other = database.clone();
        let (first, second) = database
            .read(move |conn| {
                let first = meta::find(conn, "value")?;
                other.write_blocking(|conn| meta::set(conn, "value", "new"))?;
                Ok::<_, StorageError>((first, meta::find(conn, "value")?))
            })
            .await
            .unwrap();
        assert_eq!(first, second);
        assert_eq!(fact(&database, "value").await.as_deref(), Some("new"));
    }

    async fn who_reads_cannot_write(database: TestDatabase) {
        let answer = database
            .read(|conn| meta::set(conn, "fact", "written by a reader"))
            .await;
        assert!(answer.is_err());
        assert_eq!(fact(&database, "fact").await, None);
    }

    async fn a_panic_while_reading_spoils_nothing(database: TestDatabase) {
        for _ in 0..10 {
            let answer = database.read(|_| stumble::<StorageError>()).await;
            assert!(matches!(answer, Err(StorageError::Panicked)));
        }
        assert_eq!(fact(&database, "fact").await, None);
    }

    async fn a_deed_is_kept_even_if_nobody_waits_for_the_answer(database: TestDatabase) {
        let other = database.clone();
        let waiting = tokio::spawn(async move {
            let deed = other.write(|conn| {
                std::thread::sleep(Duration::from_millis(100));
                meta::set(conn, "orphan", "kept")
            });
            deed.await
        });
        tokio::time::sleep(Duration::from_millis(30)).await;
        waiting.abort();
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(fact(&database, "orphan").await.as_deref(), Some("kept"));
    }

    async fn what_was_kept_is_there_after_a_restart(database: TestDatabase) {
        database
            .write(|conn| meta::set(conn, "name", "𠮷·娜"))
            .await
            .unwrap();
        let database = database.reopened();
        assert_eq!(fact(&database, "name").await.as_deref(), Some("𠮷·娜"));
    }

    async fn the_last_handle_may_go_away_inside_a_deed(database: TestDatabase) {
        let second = Database::open(&database.url(), &DatabaseOptions::default()).unwrap();
        let held = second.clone();
        let deed = second.write(move |conn| {
            let done = meta::set(conn, "last", "kept");
            drop(held);
            done
        });
        deed.await.unwrap();
        drop(second);
        assert_eq!(fact(&database, "last").await.as_deref(), Some("kept"));
    }
}

/// Holds the writer's thread until released, so that deeds gather behind it.
fn hold_the_writer(database: &Database) -> impl FnOnce() {
    let (release, released) = channel::<()>();
    let held = Arc::new(AtomicBool::new(false));
    let holding = Arc::clone(&held);
    let database = database.clone();
    let holder = std::thread::spawn(move || {
        database.write_blocking(move |_| {
            holding.store(true, Ordering::SeqCst);
            released.recv().unwrap();
            Ok::<_, StorageError>(())
        })
    });
    while !held.load(Ordering::SeqCst) {
        std::thread::sleep(Duration::from_millis(1));
    }
    move || {
        release.send(()).unwrap();
        holder.join().unwrap().unwrap();
    }
}

#[tokio::test]
async fn no_deed_of_a_group_is_answered_before_the_commit() {
    let database = TestDatabase::new(Engine::Sqlite);
    let release = hold_the_writer(&database);
    let mut early = tokio::spawn({
        let database = database.clone();
        async move {
            database
                .write(|conn| meta::set(conn, "early", "kept"))
                .await
        }
    });
    let (go, gone) = channel::<()>();
    let late = tokio::spawn({
        let database = database.clone();
        let deed = move |conn: &mut Connection| {
            gone.recv().unwrap();
            meta::set(conn, "late", "kept")
        };
        async move { database.write(deed).await }
    });
    // Both wait in the channel; then they run in one group, and the late one holds it open.
    tokio::time::sleep(Duration::from_millis(50)).await;
    release();
    let answer = tokio::time::timeout(Duration::from_millis(200), &mut early).await;
    assert!(answer.is_err(), "answered before the commit");
    assert_eq!(fact(&database, "early").await, None, "seen before the commit");

    go.send(()).unwrap();
    early.await.unwrap().unwrap();
    assert_eq!(fact(&database, "early").await.as_deref(), Some("kept"));
    late.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_full_queue_turns_away_at_once() {
    let database = TestDatabase::new(Engine::Sqlite);
    let options = DatabaseOptions { waiting_deeds: 2, ..DatabaseOptions::default() };
    let small = Database::open(&database.url(), &options).unwrap();
    let release = hold_the_writer(&small);
    let waiting: Vec<_> = (0..2)
        .map(|number| {
            let small = small.clone();
            tokio::spawn(async move {
                small
                    .write(move |conn| meta::set(conn, &format!("waiting {number}"), "kept"))
                    .await
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(50)).await;

    let answer = small.write(|conn| meta::set(conn, "too many", "")).await;
    assert!(matches!(answer, Err(StorageError::Unavailable { .. })), "{answer:?}");

    release();
    for deed in waiting {
        deed.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn another_process_that_keeps_the_lock_makes_writes_unavailable_for_that_time_only() {
    let database = TestDatabase::new(Engine::Sqlite);
    let impatient = Database::open(&database.url(), &impatient()).unwrap();
    let path = database.url();
    let path = path.strip_prefix("sqlite://").unwrap();
    let mut other = diesel::SqliteConnection::establish(path).unwrap();
    other.batch_execute("BEGIN EXCLUSIVE").unwrap();

    let asked = Instant::now();
    let deeds = (0..20).map(|_| impatient.write(|conn| meta::set(conn, "fact", "kept")));
    for answer in futures_util::future::join_all(deeds).await {
        assert!(matches!(answer, Err(StorageError::Unavailable { .. })), "{answer:?}");
    }
    assert!(asked.elapsed() < Duration::from_secs(2), "each waited in turn");
    assert_eq!(fact(&impatient, "fact").await, None);

    other.batch_execute("ROLLBACK").unwrap();
    impatient
        .write(|conn| meta::set(conn, "fact", "kept"))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_connection_that_the_server_ends_is_replaced() {
    let database = TestDatabase::new(Engine::Postgres);
    let answer = database
        .write(|conn| {
            meta::set(conn, "fact", "lost")?;
            Ok::<_, StorageError>(
                conn.batch_execute("SELECT pg_terminate_backend(pg_backend_pid())")?,
            )
        })
        .await;
    assert!(matches!(answer, Err(StorageError::Unavailable { .. })), "{answer:?}");
    assert_eq!(fact(&database, "fact").await, None);
    database.can_commit().await.unwrap();
}

#[test]
fn a_server_that_may_forget_is_refused() {
    let database = TestDatabase::new(Engine::Postgres);
    database.meddle(
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off',
         current_database()); END $$",
    );
    let Err(error) = Database::open(&database.url(), &DatabaseOptions::default()) else {
        panic!("opened")
    };
    assert!(matches!(error, StorageError::Unfit { .. }), "{error:?}");
    assert!(error.to_string().contains("synchronous_commit"), "{error}");
}

#[test]
fn a_file_that_cannot_keep_a_log_ahead_is_refused() {
    // SQLite has no write-ahead log on a database that is in memory, whatever it is told.
    for url in [
        "sqlite://",
        "sqlite://:memory:",
        "mysql://localhost/yishen",
        "yishen.db",
    ] {
        let opened = Database::open(url, &DatabaseOptions::default());
        assert!(matches!(opened, Err(StorageError::Unfit { .. })), "{url}");
    }
}

#[test]
fn a_server_that_is_away_is_unavailable_and_no_file_is_made_of_its_name() {
    let url = "postgres://nobody@127.0.0.1:1/none";
    let opened = Database::open(url, &DatabaseOptions::default());
    assert!(matches!(opened, Err(StorageError::Unavailable { .. })));
    assert!(!std::path::Path::new("postgres:").exists());
}

#[test]
fn the_directory_of_the_file_is_made() {
    let directory = tempfile::TempDir::new().unwrap();
    let path = directory.path().join("data/office/yishen.db");
    let url = format!("sqlite://{}", path.display());
    let database = Database::open(&url, &DatabaseOptions::default()).unwrap();
    assert!(database.needs_migration().unwrap());
    database.migrate().unwrap();
    assert!(!database.needs_migration().unwrap());
    assert!(path.exists());
}
