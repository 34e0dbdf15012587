//! Whatever was put into the outbox reaches the mail server, or is shown as undelivered.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;
use uuid::Uuid;
use yishen::app::App;
use yishen::domain::agency::Agency;
use yishen::jobs::deliver::{self, Fate};
use yishen::notify::{Mailer, recipient};
use yishen::storage::outbox::{self, Delivery, NewMail};
use yishen::storage::{StorageError, agencies};

use crate::support::app::TestApp;
use crate::support::database::{TestDatabase, on_both_engines};
use crate::support::smtp::{At, Received, SmtpServer, Trick};

const AGENCY: Uuid = Uuid::from_u128(1);

fn morning() -> DateTime<Utc> {
    "2026-11-23T01:00:00Z".parse().unwrap()
}

/// An office whose mail goes to that server.
async fn office(database: &TestDatabase, port: u16) -> TestApp {
    let settings = format!(
        "[smtp]\nhost = \"127.0.0.1\"\nport = {port}\nsecurity = \"none\"\n\
         from = \"ysq@office.example\"\ntimeout_seconds = 2\n"
    );
    let office = TestApp::open(database, &settings, morning());
    let agency = Agency {
        id: AGENCY,
        code: "LHJD".to_owned(),
        name: "莲花街道办事处".to_owned(),
        parent: None,
        initials: "莲办依申".to_owned(),
        address: String::new(),
        postcode: String::new(),
        telephone: String::new(),
        hours: String::new(),
        email: String::new(),
        review_authority: String::new(),
        court: String::new(),
        own_review_allowed: false,
    };
    let kept = office
        .app
        .database
        .write(move |conn| agencies::insert(conn, &agency, morning()));
    kept.await.unwrap();
    office
}

async fn enqueue(app: &App, number: u128) -> Uuid {
    let id = Uuid::from_u128(number);
    let mail = NewMail {
        id,
        agency_id: AGENCY,
        case_id: None,
        message_id: app.mailer.message_id(id),
        kind: "receipt".to_owned(),
        recipient_sealed: recipient::seal(&app.vault, id, "zhang.san@example.com").unwrap(),
        subject: "您的政府信息公开申请已收到".to_owned(),
        body_text: "张**，您好：".to_owned(),
        body_html: "<p>张**，您好：</p>".to_owned(),
    };
    let now = app.clock.now();
    app.database
        .write(move |conn| outbox::enqueue(conn, &mail, now))
        .await
        .unwrap();
    app.mail_waiting.notify_one();
    id
}

async fn kept(app: &App, id: Uuid) -> outbox::Mail {
    let found = app
        .database
        .read(move |conn| outbox::find(conn, AGENCY, id));
    found.await.unwrap()
}

/// Runs the job until `done` says so, and stops it.
async fn run_until(app: &App, done: impl AsyncFn() -> bool) {
    let (stop, stopped) = watch::channel(false);
    let job = tokio::spawn(deliver::run(app.clone(), stopped));
    for _ in 0..500 {
        if done().await {
            stop.send(true).unwrap();
            tokio::time::timeout(Duration::from_secs(5), job)
                .await
                .unwrap()
                .unwrap();
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("nothing came of it");
}

on_both_engines! {
    async fn a_waiting_mail_is_sent_once_and_noted(database: TestDatabase) {
        let server = SmtpServer::start();
        let office = office(&database, server.port).await;
        let id = enqueue(&office.app, 7).await;
        assert_eq!(deliver::deliver_one(&office.app).await.unwrap(), Some(Fate::Sent));
        assert_eq!(deliver::deliver_one(&office.app).await.unwrap(), None);
        let mail = kept(&office.app, id).await;
        assert_eq!((mail.delivery, mail.attempts), (Delivery::Sent, 1));
        assert_eq!(mail.sent_at, Some(morning()));
        assert_eq!(server.mails().len(), 1);
        let line = format!("Message-ID: <{id}@office.example>");
        assert!(server.mails()[0].data.contains(&line));
    }

    async fn a_mail_refused_for_now_is_tried_again_when_its_time_comes(database: TestDatabase) {
        let server = SmtpServer::start();
        server.play(At::Recipient, Trick::Say("451 4.7.1 greylisted, zhang.san@example.com"));
        server.play(At::Dot, Trick::HangUp);
        let office = office(&database, server.port).await;
        let app = &office.app;
        let id = enqueue(app, 7).await;
        assert_eq!(deliver::deliver_one(app).await.unwrap(), Some(Fate::Waits));
        let mail = kept(app, id).await;
        assert_eq!(mail.delivery, Delivery::Waiting);
        let why = mail.last_error.unwrap();
        assert!(why.contains("451") && !why.contains('@'), "{why}");
        app.clock.advance(TimeDelta::seconds(59));
        assert_eq!(deliver::deliver_one(app).await.unwrap(), None);
        app.clock.advance(TimeDelta::seconds(1));
        assert_eq!(deliver::deliver_one(app).await.unwrap(), Some(Fate::Waits));
        app.clock.advance(TimeDelta::minutes(5));
        assert_eq!(deliver::deliver_one(app).await.unwrap(), Some(Fate::Sent));
        // The server hung up after it had taken the mail: it has it twice, under one name.
        let mails = server.mails();
        assert_eq!(mails.len(), 2);
        assert_eq!(message_id(&mails[0]), message_id(&mails[1]));
    }

    async fn a_mail_that_nobody_takes_for_72_hours_is_given_up(database: TestDatabase) {
        let office = office(&database, SmtpServer::nobody()).await;
        let app = &office.app;
        let id = enqueue(app, 7).await;
        let mut last_attempt = app.clock.now();
        for attempt in 0.. {
            if deliver::deliver_one(app).await.unwrap() == Some(Fate::GivenUp) {
                break;
            }
            if let Some(next_at) = kept(app, id).await.next_at {
                last_attempt = next_at;
                app.clock.set(next_at);
            }
            assert!(attempt < 100, "it is tried for ever");
        }
        let mail = kept(app, id).await;
        assert_eq!(mail.delivery, Delivery::GivenUp);
        assert!(mail.last_error.is_some());
        let tried = last_attempt - morning();
        assert!(tried > TimeDelta::hours(71) && tried <= TimeDelta::hours(72), "{tried}");
        let waiting = app.database.read(|conn| outbox::count_given_up(conn, &[AGENCY]));
        assert_eq!(waiting.await.unwrap(), 1);
    }

    async fn a_mail_refused_for_good_is_given_up_at_once_and_the_next_is_sent(
        database: TestDatabase
    ) {
        let server = SmtpServer::start();
        server.play(At::Recipient, Trick::Say("550 5.1.1 no such user"));
        let office = office(&database, server.port).await;
        let refused = enqueue(&office.app, 7).await;
        let good = enqueue(&office.app, 8).await;
        assert_eq!(deliver::deliver_one(&office.app).await.unwrap(), Some(Fate::GivenUp));
        assert_eq!(deliver::deliver_one(&office.app).await.unwrap(), Some(Fate::Sent));
        assert_eq!(kept(&office.app, refused).await.delivery, Delivery::GivenUp);
        assert_eq!(kept(&office.app, good).await.delivery, Delivery::Sent);
    }

    async fn a_mail_whose_deliverer_died_is_delivered_by_the_next(database: TestDatabase) {
        let server = SmtpServer::start();
        let office = office(&database, server.port).await;
        let app = &office.app;
        let id = enqueue(app, 7).await;
        let (now, until) = (app.clock.now(), app.clock.now() + TimeDelta::seconds(62));
        let claimed = app.database.write(move |conn| outbox::claim(conn, now, until, 1));
        assert_eq!(claimed.await.unwrap().len(), 1);
        assert_eq!(deliver::deliver_one(app).await.unwrap(), None);
        app.clock.advance(TimeDelta::seconds(63));
        assert_eq!(deliver::deliver_one(app).await.unwrap(), Some(Fate::Sent));
        assert_eq!(kept(app, id).await.attempts, 2);
    }

    async fn the_job_wakes_for_new_mail_and_stops_when_told(database: TestDatabase) {
        let server = SmtpServer::start();
        let office = office(&database, server.port).await;
        let app = &office.app;
        run_until(app, async || {
            if server.mails().len() < 3 {
                let next = u128::try_from(server.mails().len()).unwrap() + 10;
                let id = Uuid::from_u128(next);
                let known = app.database.read(move |conn| match outbox::find(conn, AGENCY, id) {
                    Err(StorageError::NotFound(_)) => Ok(false),
                    found => found.map(|_| true),
                });
                if !known.await.unwrap() {
                    enqueue(app, next).await;
                }
            }
            server.mails().len() == 3
        })
        .await;
        // The mail that was being handed over when the job was told to stop is noted as sent.
        for number in 10..13 {
            assert_eq!(kept(app, Uuid::from_u128(number)).await.delivery, Delivery::Sent);
        }
    }

    async fn two_jobs_at_once_send_each_mail_once(database: TestDatabase) {
        let server = SmtpServer::start();
        let office = office(&database, server.port).await;
        let app = &office.app;
        for number in 0..20 {
            enqueue(app, number).await;
        }
        let (stop, stopped) = watch::channel(false);
        let second = tokio::spawn(deliver::run(app.clone(), stopped));
        run_until(app, async || server.mails().len() >= 20).await;
        stop.send(true).unwrap();
        second.await.unwrap();
        let mut names: Vec<String> = server
            .mails()
            .iter()
            .map(message_id)
            .collect();
        names.sort();
        names.dedup();
        assert_eq!((names.len(), server.mails().len()), (20, 20));
    }

    async fn no_address_lies_in_the_clear(database: TestDatabase) {
        let mut office = office(&database, SmtpServer::nobody()).await;
        office.app.mailer =
            Mailer::of_settings(&folder_settings(), &office.app.settings.mail_folder()).unwrap();
        enqueue(&office.app, 7).await;
        assert_eq!(deliver::deliver_one(&office.app).await.unwrap(), Some(Fate::Sent));
        let row = kept(&office.app, Uuid::from_u128(7)).await.mail;
        let sealed = String::from_utf8_lossy(&row.recipient_sealed).into_owned();
        assert!(!sealed.contains("zhang"));
        for file in walk(office.directory.path()) {
            let content = std::fs::read(&file).unwrap();
            let leaked = content.windows(9).any(|part| part == b"zhang.san");
            assert!(!leaked, "{}", file.display());
        }
    }
}

fn message_id(mail: &Received) -> String {
    let mut lines = mail.data.lines();
    lines
        .find(|line| line.starts_with("Message-ID"))
        .unwrap()
        .to_owned()
}

fn folder_settings() -> yishen::config::SmtpSettings {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("empty.toml");
    std::fs::write(&file, "").unwrap();
    yishen::config::Config::load(Some(&file)).unwrap().smtp
}

fn walk(directory: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(walk(&path));
        } else {
            found.push(path);
        }
    }
    found
}
