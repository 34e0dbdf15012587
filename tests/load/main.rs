//! What the release program bears, from outside, on the machine that it runs on:
//!
//! ```sh
//! cargo bench --bench load -- filings attachments million
//! tests/with-postgres.sh cargo bench --bench load -- postgres filings attachments million
//! ```
//!
//! Nothing here fails when a figure is missed; `docs/performance.md` says what was reached.
#![expect(clippy::unwrap_used, reason = "a run stops at the first surprise")]

mod desk;
mod figures;
mod filing;
mod http;
mod million;
mod place;
mod server;
#[expect(
    dead_code,
    unused_macros,
    unused_imports,
    reason = "shared with the integration tests"
)]
mod support;

use place::Place;
use server::Server;
use support::database::Engine;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    // `cargo bench` adds an option of its own.
    let asked: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| word != "--bench")
        .collect();
    let asks_for = |what: &str| asked.iter().any(|word| word == what);
    let engine = if asks_for("postgres") {
        Engine::Postgres
    } else {
        Engine::Sqlite
    };
    let all = tokio::task::LocalSet::new();
    all.run_until(async {
        if asks_for("filings") {
            filings(engine, "a small form, no attachment", 20_000, 0).await;
        }
        if asks_for("attachments") {
            filings(engine, "a small form with 200 KB", 4_000, 200 * 1024).await;
        }
        if asks_for("million") {
            million::measure(engine).await;
        }
    })
    .await;
}

async fn filings(engine: Engine, what: &str, count: usize, attachment: usize) {
    let place = Place::fresh(engine);
    println!("{engine:?}: {count} × {what}");
    println!("  bare SQLite commits, one at a time    {}", filing::bare_commits(place.home()));
    let server = Server::start(place.home(), place.url());
    let empty = server.memory().0;
    filing::measure(&server, count, attachment).await;
    let (now, highest) = server.memory();
    println!("  started in {:.0?}", server.started_in);
    println!("  memory: {empty} MB when started, {now} MB after, {highest} MB at most");
}
