//! An office with a million cases: its start, its queue, its yearly table, its memory.

use std::time::{Duration, Instant};

use yishen::storage::{StorageError, agencies, officers};

use crate::desk::Desk;
use crate::figures::Figures;
use crate::filing;
use crate::http::Connection;
use crate::place::Place;
use crate::server::{Server, program};
use crate::support::database::Engine;
use crate::support::history::history;

const CASES: u32 = 1_000_000;
/// How many more are filed by citizens, and so have papers.
const FILED: usize = 5_120;
const YEAR: &str = "2025";

/// What a clerk asks for, and what it is called.
const PAGES: [(&str, &str); 12] = [
    ("queue, all that is open", "/staff/queue"),
    ("queue, overdue", "/staff/queue?band=overdue"),
    ("queue, to be confirmed, 50 papers to open", "/staff/queue?band=unconfirmed"),
    ("queue, open, of nobody", "/staff/queue?handler=none"),
    ("queue, open, by fax", "/staff/queue?channel=fax"),
    ("queue, closed", "/staff/queue?stage=closed"),
    ("queue, closed, by fax", "/staff/queue?stage=closed&channel=fax"),
    ("queue, closed, no such column", "/staff/queue?stage=closed&kind=legal_service"),
    ("queue, closed, of a month", "/staff/queue?stage=closed&from=2019-03-01&until=2019-03-31"),
    ("queue, by number", "/staff/queue?number=LH-2021-5"),
    (
        "queue, by name",
        "/staff/queue?applicant=3030303030303030303030303030303030303030303030303030303030303034",
    ),
    ("section three", "/staff/section-three?year=2025"),
];

/// Measures, and fills the office first where that was not done before.
pub async fn measure(engine: Engine) {
    let place = Place::kept(engine, "million");
    println!("{engine:?}: {CASES} cases, {FILED} of them more with papers");
    let desk = Desk::at(&place, "wang");
    let server = Server::start(place.home(), place.url());
    desk.set_password(server.address).await;
    if !place.home().join("filled").exists() {
        fill(engine, &place, &server).await;
    }
    drop(server);
    println!("  bare SQLite commits, one at a time    {}", filing::bare_commits(place.home()));
    for _ in 0..3 {
        let server = Server::start(place.home(), place.url());
        println!("  started in {:.0?}", server.started_in);
    }
    let server = Server::start(place.home(), place.url());
    let empty = server.memory().0;
    let mut connection = Connection::open(server.address).await.unwrap();
    let cookie = desk.sign_in(&mut connection).await;
    ask(&mut connection, "GET /healthz, one connection", "/healthz", "").await;
    for (what, path) in PAGES {
        ask(&mut connection, what, path, &cookie).await;
    }
    command(&place);
    filing::fill(server.address, 1_280).await;
    let (now, highest) = server.memory();
    println!("  memory: {empty} MB when started, {now} MB after all this, {highest} MB at most");
}

async fn fill(engine: Engine, place: &Place, server: &Server) {
    let begun = Instant::now();
    let database = place.database();
    let people: Result<_, StorageError> = database.read_blocking(|conn| {
        let agency = agencies::list(conn)?.remove(0).id;
        let clerk = officers::find_by_login(conn, "wang")?.unwrap().id;
        Ok((agency, clerk))
    });
    let (agency, clerk) = people.unwrap();
    place.run(&history(engine, CASES, agency, clerk));
    if engine == Engine::Postgres {
        place.run("VACUUM ANALYZE");
    }
    filing::fill(server.address, FILED).await;
    std::fs::write(place.home().join("filled"), b"").unwrap();
    println!("  filled in {:.0?}", begun.elapsed());
}

/// Asks for one page again and again, as one clerk does.
async fn ask(connection: &mut Connection, what: &str, path: &str, cookie: &str) {
    let (begun, mut figures, mut bytes) = (Instant::now(), Figures::default(), 0);
    while begun.elapsed() < Duration::from_secs(2) {
        let asked = Instant::now();
        let answer = connection.get(path, cookie).await.unwrap();
        bytes = answer.body.len();
        figures.add(asked.elapsed(), answer.status == 200);
    }
    println!("  {what:<43} {}  {bytes} bytes", figures.ended(begun.elapsed()));
}

/// The yearly table by the command line, the whole process.
fn command(place: &Place) {
    let (begun, mut figures) = (Instant::now(), Figures::default());
    for _ in 0..20 {
        let asked = Instant::now();
        let arguments = ["section-three", "--year", YEAR, "--format", "json"];
        let done = program(place.home(), place.url(), &arguments)
            .output()
            .unwrap();
        figures.add(asked.elapsed(), done.status.success());
    }
    println!(
        "  {:<43} {}",
        "yishen section-three, process and all",
        figures.ended(begun.elapsed())
    );
}
