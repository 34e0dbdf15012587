//! Mail is handed over to a real mail server, which may do anything.

use std::path::Path;
use std::time::{Duration, Instant};

use yishen::config::{Config, SmtpSecurity, SmtpSettings};
use yishen::notify::{Mail, Mailer, NotSent, Outgoing};

use crate::support::smtp::{At, Security, SmtpServer, Trick};

fn settings(port: u16, security: SmtpSecurity) -> SmtpSettings {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("local.toml");
    let text =
        "[smtp]\nhost = \"localhost\"\nfrom = \"依申 <ysq@office.example>\"\ntimeout_seconds = 2";
    std::fs::write(&file, text).unwrap();
    let smtp = Config::load(Some(&file)).unwrap().smtp;
    SmtpSettings { port, security, ..smtp }
}

fn mailer(port: u16, security: SmtpSecurity) -> Mailer {
    Mailer::of_settings(&settings(port, security), Path::new("unused")).unwrap()
}

fn outgoing(to: &str) -> Outgoing {
    Outgoing {
        message_id: "0190-7@office.example".to_owned(),
        to: to.to_owned(),
        written_at: "2026-11-23T01:02:03Z".parse().unwrap(),
        mail: Mail {
            subject: "您的政府信息公开申请已收到（LHJD-2026-0007）".to_owned(),
            text: "张**，您好：\n.\n您的申请已收到。\n".to_owned(),
            html: "<p>张**，您好：</p>".to_owned(),
        },
    }
}

async fn sent(server: &SmtpServer, security: SmtpSecurity) -> Result<(), NotSent> {
    mailer(server.port, security)
        .send(&outgoing("zhang.san@example.com"))
        .await
}

#[actix_web::test]
async fn a_good_server_gets_the_mail_as_written() {
    let server = SmtpServer::start();
    assert_eq!(sent(&server, SmtpSecurity::None).await, Ok(()));
    let mails = server.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].from, "MAIL FROM:<ysq@office.example>");
    assert_eq!(mails[0].to, ["RCPT TO:<zhang.san@example.com>"]);
    let data = &mails[0].data;
    for part in [
        "Message-ID: <0190-7@office.example>",
        "To: zhang.san@example.com",
        "Date: Mon, 23 Nov 2026 01:02:03 +0000",
        "Auto-Submitted: auto-generated",
        "multipart/alternative",
        "text/plain; charset=utf-8",
        "text/html; charset=utf-8",
    ] {
        assert!(data.contains(part), "{part} is not in: {data}");
    }
    assert!(data.is_ascii() && !mails[0].encrypted);
}

#[actix_web::test]
async fn the_same_mail_sent_twice_is_the_same_to_the_recipient() {
    let server = SmtpServer::start();
    sent(&server, SmtpSecurity::None).await.unwrap();
    sent(&server, SmtpSecurity::None).await.unwrap();
    let id = |at: usize| {
        let data = server.mails()[at].data.clone();
        data.lines()
            .find(|line| line.starts_with("Message-ID"))
            .unwrap()
            .to_owned()
    };
    assert_eq!(id(0), id(1));
}

#[actix_web::test]
async fn what_may_pass_is_tried_again_and_what_will_not_is_given_up() {
    let steps = [
        At::Greeting,
        At::Hello,
        At::Sender,
        At::Recipient,
        At::Data,
        At::Dot,
    ];
    for at in steps {
        for trick in [
            Trick::Say("451 4.3.0 <zhang.san@example.com> try again later"),
            Trick::Say("421 4.3.2 shutting down"),
            Trick::HangUp,
            Trick::Say("garbage"),
        ] {
            let server = SmtpServer::start();
            server.play(at, trick);
            let Err(NotSent::Yet(why)) = sent(&server, SmtpSecurity::None).await else {
                panic!("{at:?} {trick:?}");
            };
            assert!(!why.contains('@') && !why.is_empty(), "{why}");
        }
    }
    for at in [At::Recipient, At::Data, At::Dot] {
        let server = SmtpServer::start();
        server.play(at, Trick::Say("550 5.1.1 <zhang.san@example.com> no such user"));
        let Err(NotSent::Ever(why)) = sent(&server, SmtpSecurity::None).await else {
            panic!("{at:?}");
        };
        assert!(why.contains("550") && !why.contains('@'), "{why}");
        assert!(server.mails().is_empty());
    }
}

#[actix_web::test]
async fn a_server_that_does_not_let_us_in_is_the_operators_to_mend() {
    for reply in [
        "530 5.7.0 log in first",
        "535 5.7.8 wrong password",
        "554 5.7.1 go away",
    ] {
        let server = SmtpServer::start();
        server.play(At::Greeting, Trick::Say(reply));
        assert!(matches!(sent(&server, SmtpSecurity::None).await, Err(NotSent::Yet(_))), "{reply}");
    }
    for reply in ["530 5.7.0 log in first", "553 5.7.1 not your address"] {
        let server = SmtpServer::start();
        server.play(At::Sender, Trick::Say(reply));
        let Err(NotSent::Yet(why)) = sent(&server, SmtpSecurity::None).await else {
            panic!("{reply}");
        };
        assert!(why.contains("请检查邮件设置"), "{why}");
    }
}

#[actix_web::test]
async fn what_the_server_has_taken_is_sent_whatever_its_goodbye() {
    for trick in [Trick::Silence, Trick::HangUp, Trick::Say("451 not now")] {
        let server = SmtpServer::start();
        server.play(At::Goodbye, trick);
        assert_eq!(sent(&server, SmtpSecurity::None).await, Ok(()), "{trick:?}");
        assert_eq!(server.mails().len(), 1);
    }
}

#[actix_web::test]
async fn a_silent_server_is_not_waited_for_for_ever() {
    for at in [At::Greeting, At::Recipient, At::Dot] {
        let server = SmtpServer::start();
        server.play(at, Trick::Silence);
        let start = Instant::now();
        assert!(matches!(sent(&server, SmtpSecurity::None).await, Err(NotSent::Yet(_))), "{at:?}");
        assert!(start.elapsed() < Duration::from_secs(5), "{at:?}");
    }
}

#[actix_web::test]
async fn a_connection_lost_in_the_middle_of_the_mail_is_tried_again() {
    let server = SmtpServer::start();
    server.play(At::Data, Trick::HangUpSoon);
    assert!(matches!(sent(&server, SmtpSecurity::None).await, Err(NotSent::Yet(_))));
    assert!(server.mails().is_empty());
    // The server took it, and we cannot know: once more is better than never.
    server.play(At::Dot, Trick::HangUp);
    assert!(matches!(sent(&server, SmtpSecurity::None).await, Err(NotSent::Yet(_))));
    assert_eq!(server.mails().len(), 1);
}

#[actix_web::test]
async fn nobody_at_home_is_tried_again() {
    let port = SmtpServer::nobody();
    let result = mailer(port, SmtpSecurity::None)
        .send(&outgoing("a@example.com"))
        .await;
    assert!(matches!(result, Err(NotSent::Yet(_))));
    assert!(mailer(port, SmtpSecurity::None).check().await.is_err());
}

#[actix_web::test]
async fn an_address_that_is_none_is_given_up_without_bothering_the_server() {
    let server = SmtpServer::start();
    for to in [
        "",
        "zhang san",
        "a@b@c",
        "a@example.com\r\nRCPT TO:<b@example.com>",
    ] {
        let result = mailer(server.port, SmtpSecurity::None)
            .send(&outgoing(to))
            .await;
        assert!(matches!(result, Err(NotSent::Ever(_))), "{to}");
    }
    assert_eq!(server.connections(), 0);
}

#[actix_web::test]
async fn a_server_without_encryption_gets_nothing_where_encryption_is_set() {
    let server = SmtpServer::start();
    assert!(matches!(sent(&server, SmtpSecurity::StartTls).await, Err(NotSent::Yet(_))));
    assert!(matches!(sent(&server, SmtpSecurity::Tls).await, Err(NotSent::Yet(_))));
    assert!(server.mails().is_empty());
}

#[actix_web::test]
async fn a_server_with_a_certificate_that_nobody_signed_gets_nothing() {
    let start_tls = SmtpServer::secured(Security::StartTls);
    assert!(matches!(sent(&start_tls, SmtpSecurity::StartTls).await, Err(NotSent::Yet(_))));
    let tls = SmtpServer::secured(Security::Tls);
    assert!(matches!(sent(&tls, SmtpSecurity::Tls).await, Err(NotSent::Yet(_))));
    assert!(start_tls.mails().is_empty() && tls.mails().is_empty());
    assert!(start_tls.passwords().is_empty() && tls.passwords().is_empty());
}
