//! P3: where an application cannot be stored, the citizen is told so, what was typed stays on
//! the page, nothing is taken, and all goes well again when there is room again.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use yishen::storage::{Connection, Database, DatabaseOptions, StorageError, cases};

use crate::support::command::command;
use crate::support::database::Engine;
use crate::support::http::Page;
use crate::support::office::{Office, PAPERS, day};
use crate::support::program::{Program, form_token, number, submit};

/// A small disk in memory, gone when it is dropped.
struct Disk {
    place: PathBuf,
}

impl Disk {
    /// Mounts it, where that is permitted.
    fn mount(place: &Path) -> Option<Self> {
        std::fs::create_dir(place).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=8m,mode=0700", "tmpfs"])
            .arg(place)
            .output()
            .unwrap();
        if mounted.status.success() {
            return Some(Self { place: place.to_owned() });
        }
        let why = String::from_utf8_lossy(&mounted.stderr);
        eprintln!("SKIPPED: a full disk can be played only where mounting is permitted: {why}");
        None
    }

    fn ballast(&self) -> PathBuf {
        self.place.join("ballast")
    }

    /// Leaves no room at all.
    fn fill(&self) {
        let mut ballast = File::create(self.ballast()).unwrap();
        for size in [64 * 1024, 4096, 1] {
            while ballast.write_all(&vec![0; size]).is_ok() {}
        }
    }

    fn free(&self) {
        std::fs::remove_file(self.ballast()).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // The office that is just stopping may still have a file open.
        let unmounted = Command::new("umount")
            .arg("--lazy")
            .arg(&self.place)
            .status();
        assert!(unmounted.is_ok_and(|status| status.success()) || std::thread::panicking());
    }
}

/// The page says that nothing was kept, and holds what was typed.
fn nothing_was_taken(page: &Page, token: &str) {
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{}", page.text);
    assert!(page.headers.contains_key("retry-after"));
    for (field, typed) in PAPERS {
        let kept = page.value(field).or(page.area(field));
        let selected = page.says(&format!("<option value=\"{typed}\" selected>"));
        let is_there = kept.as_deref() == Some(typed) || page.is_chosen(field, typed) || selected;
        assert!(is_there, "{field}");
    }
    assert_eq!(page.token(), token);
}

#[tokio::test]
async fn a_full_disk_is_said_and_survived() {
    let directory = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::mount(&directory.path().join("data")) else {
        return;
    };
    let settings = [("YISHEN__INTAKE__IDENTITY_PROOF_ONLINE", "false")];
    let program = Program::start(directory.path(), &settings).await;
    let browser = program.browser();
    let token = form_token(&browser).await.unwrap();
    let mut numbers = vec![number(&submit(&browser, &token, &[]).await.unwrap())];

    disk.fill();
    // With a file there is no room at once; without, until what SQLite has at hand is used up.
    let token = form_token(&browser).await.unwrap();
    nothing_was_taken(&submit(&browser, &token, &[]).await.unwrap(), &token);
    let (full, token) = loop {
        let token = form_token(&browser).await.unwrap();
        let mut fields = vec![("token", token.as_str()), ("step", "submit")];
        fields.extend(PAPERS);
        let page = browser.post_multipart("/apply", &fields, &[]).await;
        if page.status != StatusCode::OK {
            break (page, token);
        }
        numbers.push(number(&page));
        assert!(numbers.len() < 1000, "the disk is not full");
    };
    nothing_was_taken(&full, &token);
    assert_eq!(browser.get("/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(browser.get("/").await.status, StatusCode::OK);

    disk.free();
    let receipt = submit(&browser, &token, &[]).await.unwrap();
    assert_eq!(receipt.status, StatusCode::OK, "{}", receipt.text);
    numbers.push(number(&receipt));
    let token = form_token(&browser).await.unwrap();
    numbers.push(number(&submit(&browser, &token, &[]).await.unwrap()));
    program.kill();

    // One number after the other: the one that was not kept took none.
    let expected: Vec<_> = (1..=numbers.len())
        .map(|n| format!("LHJD-2026-{n:04}"))
        .collect();
    let year = &numbers[0][5..9];
    let expected: Vec<_> = expected
        .iter()
        .map(|number| number.replace("2026", year))
        .collect();
    assert_eq!(numbers, expected);
    let audit = command(directory.path(), &["audit", "verify"])
        .output()
        .unwrap();
    assert!(audit.status.success(), "{}", String::from_utf8_lossy(&audit.stdout));
    let url = format!("sqlite://{}", directory.path().join("data/yishen.db").display());
    let database = Database::open(&url, &DatabaseOptions::default()).unwrap();
    for number in numbers {
        let number = number.parse().unwrap();
        let kept = database.read_blocking(move |conn: &mut Connection| {
            Ok::<_, StorageError>(cases::list_by_number(conn, &number)?.len())
        });
        assert_eq!(kept.unwrap(), 1);
    }
}

#[tokio::test]
async fn a_database_that_is_held_for_a_while_is_waited_for() {
    let office = Office::open(Engine::Sqlite, day(2026, 11, 23)).await;
    let token = office.form_token().await;
    let held = office.hold_the_database();
    let begun = Instant::now();
    let while_held = Duration::from_secs(3);
    let released = std::thread::spawn(move || {
        std::thread::sleep(while_held);
        drop(held);
    });
    let page = office.apply(&token, "submit", &PAPERS).await;
    assert!(page.says("申请已提交"), "{}", page.text);
    assert!(begun.elapsed() >= while_held);
    released.join().unwrap();
}

#[tokio::test]
async fn a_database_that_is_held_for_too_long_is_not_waited_for() {
    let office = Office::open(Engine::Sqlite, day(2026, 11, 23)).await;
    let token = office.form_token().await;
    let held = office.hold_the_database();
    let begun = Instant::now();
    let page = office.apply(&token, "submit", &PAPERS).await;
    // Long before the holder would let go after thirty seconds.
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    nothing_was_taken(&page, &token);
    drop(held);
    let page = office.apply_with(&token, "submit", &PAPERS, &[]).await;
    assert!(page.says("申请已提交"), "{}", page.text);
}
