//! P1 and P2: the program is killed, or its database is, while citizens file, again and again;
//! what was acknowledged is there, once, and the record is whole.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use reqwest::StatusCode;
use tokio::sync::Notify;
use yishen::storage::{Connection, Database, DatabaseOptions, StorageError, cases};

use crate::support::command::command;
use crate::support::http::Browser;
use crate::support::private_postgres::PrivatePostgres;
use crate::support::program::{Program, form_token, number, submit};

/// How often the program is killed.
const ROUNDS: usize = 20;
/// How often PostgreSQL is.
const RESTARTS: usize = 5;
/// How many file at once.
const CITIZENS: usize = 8;

/// What was acknowledged: form token → number.
type Acknowledged = BTreeMap<String, String>;

/// What the citizens have in common.
#[derive(Clone, Default)]
struct Crowd {
    filed: Arc<AtomicUsize>,
    one_more: Arc<Notify>,
    /// Whether they go home after the application at hand.
    enough: Arc<AtomicBool>,
}

impl Crowd {
    /// Waits until so many applications have been acknowledged.
    async fn has_filed(&self, count: usize) {
        while self.filed.load(Ordering::SeqCst) < count {
            self.one_more.notified().await;
        }
    }

    fn one_was_filed(&self) {
        self.filed.fetch_add(1, Ordering::SeqCst);
        self.one_more.notify_one();
    }
}

/// Files until the program is gone; what was acknowledged.
async fn citizen(browser: Browser, crowd: Crowd) -> Acknowledged {
    let mut acknowledged = Acknowledged::new();
    while let Some(token) = form_token(&browser).await {
        let Some(receipt) = submit(&browser, &token, &[]).await else {
            break;
        };
        acknowledged.insert(token, number(&receipt));
        crowd.one_was_filed();
    }
    acknowledged
}

/// Files until it is enough, and sends the same form again for as long as it is told that it
/// could not be kept.
async fn patient_citizen(browser: Browser, crowd: Crowd) -> Acknowledged {
    let mut acknowledged = Acknowledged::new();
    while !crowd.enough.load(Ordering::SeqCst) {
        let token = form_token(&browser).await.unwrap();
        let receipt = loop {
            let page = submit(&browser, &token, &[]).await.unwrap();
            if page.status == StatusCode::OK {
                break page;
            }
            assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{}", page.text);
            assert!(page.headers.contains_key("retry-after"));
            assert_eq!(page.value("name").as_deref(), Some("张三丰"));
        };
        acknowledged.insert(token, number(&receipt));
        crowd.one_was_filed();
    }
    acknowledged
}

/// Sends every form once more, asks for every number, and verifies the record.
async fn all_is_there(directory: &Path, settings: &[(&str, &str)], acknowledged: &Acknowledged) {
    let program = Program::start(directory, settings).await;
    let browser = program.browser();
    for (token, number_then) in acknowledged {
        let receipt = submit(&browser, token, &[]).await.unwrap();
        assert_eq!(&number(&receipt), number_then);
    }
    program.kill();
    let numbers: BTreeSet<_> = acknowledged.values().collect();
    assert_eq!(numbers.len(), acknowledged.len());

    let mut audit = command(directory, &["audit", "verify"]);
    let audit = audit.envs(settings.iter().copied()).output().unwrap();
    assert!(audit.status.success(), "{}", String::from_utf8_lossy(&audit.stdout));
    let own = format!("sqlite://{}", directory.join("data/yishen.db").display());
    let named = settings.iter().find(|(name, _)| name.contains("DATABASE"));
    let url = named.map_or(own.as_str(), |(_, url)| url);
    let database = Database::open(url, &DatabaseOptions::default()).unwrap();
    for number in acknowledged.values() {
        let number = number.parse().unwrap();
        let kept = database.read_blocking(move |conn: &mut Connection| {
            Ok::<_, StorageError>(cases::list_by_number(conn, &number)?.len())
        });
        assert_eq!(kept.unwrap(), 1);
    }
}

#[tokio::test]
async fn what_was_acknowledged_survives_being_killed() {
    let directory = tempfile::tempdir().unwrap();
    let mut acknowledged = Acknowledged::new();
    for round in 0..ROUNDS {
        let program = Program::start(directory.path(), &[]).await;
        let crowd = Crowd::default();
        let citizens: Vec<_> = (0..CITIZENS)
            .map(|_| tokio::spawn(citizen(program.browser(), crowd.clone())))
            .collect();
        // A different moment each time, in the middle of others' filing.
        crowd.has_filed(3 + round).await;
        program.kill();
        for citizen in citizens {
            acknowledged.extend(citizen.await.unwrap());
        }
    }
    all_is_there(directory.path(), &[], &acknowledged).await;
    assert!(acknowledged.len() >= ROUNDS * 3, "{}", acknowledged.len());
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_crash_of_postgres_and_the_program_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let mut postgres = PrivatePostgres::start();
    let url = postgres.url.clone();
    let settings = [("YISHEN__DATABASE__URL", url.as_str())];
    let program = Program::start(directory.path(), &settings).await;
    let crowd = Crowd::default();
    let citizens: Vec<_> = (0..CITIZENS)
        .map(|_| tokio::spawn(patient_citizen(program.browser(), crowd.clone())))
        .collect();
    for round in 0..RESTARTS {
        crowd.has_filed(20 * (round + 1) + round).await;
        postgres = tokio::task::spawn_blocking(|| postgres.crash_and_start())
            .await
            .unwrap();
    }
    // Nobody has touched the program, and it goes on.
    let filed = crowd.filed.load(Ordering::SeqCst);
    crowd.has_filed(filed + 20).await;
    crowd.enough.store(true, Ordering::SeqCst);
    let mut acknowledged = Acknowledged::new();
    for citizen in citizens {
        acknowledged.extend(citizen.await.unwrap());
    }
    program.kill();
    all_is_there(directory.path(), &settings, &acknowledged).await;
}
