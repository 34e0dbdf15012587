//! P1 and P2: the program is killed while citizens file, again and again; what was
//! acknowledged is there, once, and the record is whole.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use yishen::storage::{Connection, Database, DatabaseOptions, StorageError, cases};

use crate::support::command::command;
use crate::support::http::{Browser, Enclosure, Page};
use crate::support::office::{CODE, PAPERS};

/// How often the program is killed.
const ROUNDS: usize = 20;
/// How many file at once.
const CITIZENS: usize = 8;

/// What was acknowledged: form token → number.
type Acknowledged = BTreeMap<String, String>;

fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

async fn start(directory: &Path, address: &str) -> Child {
    let mut serve = command(directory, &["serve"]);
    serve
        .env("YISHEN__SERVER__LISTEN", address)
        .env("YISHEN__SERVER__WORKERS", "2")
        .env("YISHEN__AGENCY__CODE", CODE);
    let mut child = serve
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let client = reqwest::Client::new();
    for _ in 0..1000 {
        if client
            .get(format!("http://{address}/healthz"))
            .send()
            .await
            .is_ok()
        {
            return child;
        }
        assert!(child.try_wait().unwrap().is_none(), "the program did not start");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the program did not open its doors");
}

async fn submit(browser: &Browser, token: &str) -> Option<Page> {
    let mut form = reqwest::multipart::Form::new()
        .text("token", token.to_owned())
        .text("step", "submit");
    for (field, text) in PAPERS {
        form = form.text(field, text);
    }
    let proof = Enclosure::pdf("identity", "身份证.pdf");
    let part = reqwest::multipart::Part::bytes(proof.bytes).file_name(proof.name);
    let request = browser.client().post(browser.url("/apply"));
    let answer = request
        .multipart(form.part("identity", part))
        .send()
        .await
        .ok()?;
    let complete = answer.status().is_success();
    let text = answer.text().await.ok()?;
    complete.then(|| Page {
        status: reqwest::StatusCode::OK,
        headers: reqwest::header::HeaderMap::default(),
        text,
    })
}

/// The 受理编号 that a page shows.
fn number(page: &Page) -> Option<String> {
    let start = page.text.find(&format!("{CODE}-"))?;
    let number = page.text[start..].chars();
    Some(
        number
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '-')
            .collect(),
    )
}

/// Files until the program is gone; what was acknowledged.
async fn citizen(address: String, filed: Arc<AtomicUsize>, one_more: Arc<Notify>) -> Acknowledged {
    let browser = Browser::new(&format!("http://{address}"));
    let mut acknowledged = Acknowledged::new();
    loop {
        let Ok(form) = browser.client().get(browser.url("/apply")).send().await else {
            break;
        };
        let Ok(text) = form.text().await else { break };
        let page = Page {
            status: reqwest::StatusCode::OK,
            headers: reqwest::header::HeaderMap::default(),
            text,
        };
        let token = page.token();
        let Some(receipt) = submit(&browser, &token).await else {
            break;
        };
        acknowledged.insert(token, number(&receipt).unwrap());
        filed.fetch_add(1, Ordering::SeqCst);
        one_more.notify_one();
    }
    acknowledged
}

#[tokio::test]
async fn what_was_acknowledged_survives_being_killed() {
    let directory = tempfile::tempdir().unwrap();
    let mut acknowledged = Acknowledged::new();
    for round in 0..ROUNDS {
        let address = free_address();
        let mut program = start(directory.path(), &address).await;
        let (filed, one_more) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
        let citizens: Vec<_> = (0..CITIZENS)
            .map(|_| tokio::spawn(citizen(address.clone(), filed.clone(), one_more.clone())))
            .collect();
        // A different moment each time, in the middle of others' filing.
        while filed.load(Ordering::SeqCst) < 3 + round {
            one_more.notified().await;
        }
        program.kill().unwrap();
        program.wait().unwrap();
        for citizen in citizens {
            acknowledged.extend(citizen.await.unwrap());
        }
    }

    let address = free_address();
    let mut program = start(directory.path(), &address).await;
    let browser = Browser::new(&format!("http://{address}"));
    for (token, number_then) in &acknowledged {
        let receipt = submit(&browser, token).await.unwrap();
        assert_eq!(number(&receipt).as_ref(), Some(number_then));
    }
    program.kill().unwrap();
    program.wait().unwrap();

    let audit = command(directory.path(), &["audit", "verify"])
        .output()
        .unwrap();
    assert!(audit.status.success(), "{}", String::from_utf8_lossy(&audit.stdout));
    let url = format!("sqlite://{}", directory.path().join("data/yishen.db").display());
    let database = Database::open(&url, &DatabaseOptions::default()).unwrap();
    for number in acknowledged.values() {
        let number = number.parse().unwrap();
        let kept = database.read_blocking(move |conn: &mut Connection| {
            Ok::<_, StorageError>(cases::list_by_number(conn, &number)?.len())
        });
        assert_eq!(kept.unwrap(), 1);
    }
    assert!(acknowledged.len() >= ROUNDS * 3, "{}", acknowledged.len());
}
