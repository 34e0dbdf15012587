//! P5: the program is killed while it hands mail over. The next one delivers every mail at
//! least once, and one that comes twice is the same to whoever receives it.

use std::collections::BTreeSet;
use std::time::Duration;

use diesel::connection::SimpleConnection as _;
use diesel::sql_types::Text;
use diesel::{Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query};

use crate::support::program::{Program, form_token, number, submit};
use crate::support::smtp::{At, Received, SmtpServer, Trick};

/// Where the server falls silent, and the program is killed while it waits.
const KILLED_AT: [At; 6] = [
    At::Greeting,
    At::Hello,
    At::Sender,
    At::Recipient,
    At::Data,
    At::Dot,
];

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    message_id: String,
}

/// Waits for something that another thread or process will do.
async fn wait_until(what: impl Fn() -> bool) {
    for _ in 0..3000 {
        if what() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("waited in vain");
}

fn message_id(mail: &Received) -> String {
    let line = mail
        .data
        .lines()
        .find_map(|line| line.strip_prefix("Message-ID: "));
    line.unwrap().trim_matches(['<', '>']).to_owned()
}

#[tokio::test]
async fn mail_is_delivered_though_the_program_is_killed_while_sending() {
    let directory = tempfile::tempdir().unwrap();
    let smtp = SmtpServer::start();
    let port = smtp.port.to_string();
    let settings = [
        ("YISHEN__SMTP__HOST", "127.0.0.1"),
        ("YISHEN__SMTP__PORT", port.as_str()),
        ("YISHEN__SMTP__SECURITY", "none"),
    ];
    let database = || {
        let path = directory.path().join("data/yishen.db");
        SqliteConnection::establish(path.to_str().unwrap()).unwrap()
    };
    for (round, step) in KILLED_AT.into_iter().enumerate() {
        smtp.play(step, Trick::Silence);
        let program = Program::start(directory.path(), &settings).await;
        let browser = program.browser();
        let token = form_token(&browser).await.unwrap();
        // A mailbox of its own: one that is named again and again is not written to.
        let email = format!("zhang{round}@example.com");
        let receipt = submit(&browser, &token, &[("email", &email)]).await;
        number(&receipt.unwrap());
        // The program has said what the server falls silent upon.
        wait_until(|| smtp.silences() > round).await;
        program.kill();
        // Two minutes pass: nobody else takes a mail while its deliverer may be alive.
        let later = "UPDATE outbox SET next_at = '2026-01-01T00:00:00.000000Z' \
                     WHERE next_at IS NOT NULL";
        database().batch_execute(later).unwrap();
    }

    let program = Program::start(directory.path(), &settings).await;
    let kept = "SELECT message_id FROM outbox";
    let kept: Vec<Named> = sql_query(kept).load(&mut database()).unwrap();
    let kept: BTreeSet<_> = kept.into_iter().map(|row| row.message_id).collect();
    assert_eq!(kept.len(), KILLED_AT.len());
    let received = || -> BTreeSet<_> { smtp.mails().iter().map(message_id).collect() };
    wait_until(|| received().len() == kept.len()).await;
    program.kill();
    let trimmed = |id: &String| id.trim_matches(['<', '>']).to_owned();
    assert_eq!(received(), kept.iter().map(trimmed).collect());
    // The one that was taken and never noted came twice.
    assert!(smtp.mails().len() > kept.len());
}
