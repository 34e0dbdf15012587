//! What holds for every page: headers, the style sheet, slow and hostile senders.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use reqwest::StatusCode;

use crate::support::database::Engine;
use crate::support::office::{NAME, Office, PAPERS, day};

async fn an_office() -> Office {
    Office::open(Engine::Sqlite, day(2026, 11, 23)).await
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let office = an_office().await;
    for path in [
        "/",
        "/guide",
        "/apply",
        "/track",
        "/nirgends",
        "/assets/style.css",
        "/healthz",
    ] {
        let page = office.get(path).await;
        let header = |name: &str| page.headers[name].to_str().unwrap().to_owned();
        assert!(header("content-security-policy").contains("default-src 'self'"), "{path}");
        assert!(header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
        assert!(!page.headers.contains_key("strict-transport-security"), "{path}");
        if !path.starts_with("/assets") && !path.ends_with('z') {
            // Back to the empty form keeps what was typed.
            let kept = if path == "/apply" {
                "private, no-cache"
            } else {
                "no-store"
            };
            assert_eq!(header("cache-control"), kept, "{path}");
        }
    }
    let behind_tls = "base_url = \"https://ysq.example.gov.cn\"\n";
    let office = Office::open_with(Engine::Sqlite, day(2026, 11, 23), behind_tls).await;
    assert!(
        office
            .get("/")
            .await
            .headers
            .contains_key("strict-transport-security")
    );
}

#[tokio::test]
async fn head_is_answered_as_get_without_its_content() {
    let office = an_office().await;
    let client = office.browser.client();
    for path in [
        "/",
        "/reports",
        "/nirgends",
        "/assets/style.css",
        "/staff/queue",
    ] {
        let head = client.head(office.browser.url(path)).send().await.unwrap();
        let get = client.get(office.browser.url(path)).send().await.unwrap();
        assert_eq!(head.status(), get.status(), "{path}");
        let kind = |answer: &reqwest::Response| answer.headers().get("content-type").cloned();
        assert_eq!(kind(&head), kind(&get), "{path}");
        assert!(head.bytes().await.unwrap().is_empty(), "{path}");
    }
}

#[tokio::test]
async fn pages_need_no_script_and_carry_no_style_of_their_own() {
    let office = an_office().await;
    for path in ["/", "/guide", "/apply", "/track"] {
        let page = office.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        for forbidden in [
            "<script",
            "<style",
            " style=",
            " onclick=",
            "javascript:",
            "http://",
        ] {
            assert!(!page.text.contains(forbidden), "{path}: {forbidden}");
        }
        assert!(page.text.contains("<html lang=\"zh-CN\">") && page.says(NAME), "{path}");
    }
}

#[tokio::test]
async fn the_style_sheet_may_be_kept_for_ever() {
    let office = an_office().await;
    let page = office.get("/").await;
    let href = page
        .between("<link rel=\"stylesheet\" href=\"", "\"")
        .unwrap();
    let sheet = office.get(&href).await;
    assert_eq!(sheet.status, StatusCode::OK);
    assert!(
        sheet.headers["cache-control"]
            .to_str()
            .unwrap()
            .contains("immutable")
    );
    assert_eq!(sheet.headers["content-type"], "text/css; charset=utf-8");
    let unversioned = office.get("/assets/style.css").await;
    assert_eq!(unversioned.headers["cache-control"], "public, no-cache");
    let again = office
        .browser
        .client()
        .get(office.browser.url("/assets/style.css"));
    let again = again
        .header("if-none-match", &unversioned.headers["etag"])
        .send()
        .await
        .unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    for path in [
        "/assets/../Cargo.toml",
        "/assets/%2e%2e%2fCargo.toml",
        "/assets/none.css",
    ] {
        assert_eq!(office.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn the_door_says_whether_anything_can_be_kept() {
    let office = an_office().await;
    for path in ["/healthz", "/readyz", "/readyz"] {
        assert_eq!(office.get(path).await.status, StatusCode::OK, "{path}");
    }
}

/// Sends the head of a form at once and its body never, on a connection of its own.
fn knock_and_say_nothing(address: &str, path: &str, length: &str) -> TcpStream {
    let mut connection = TcpStream::connect(address).unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\n{length}\r\n\
         Content-Type: multipart/form-data; boundary=x\r\n\r\n5\r\n--x\r\n"
    );
    connection.write_all(head.as_bytes()).unwrap();
    connection
}

#[tokio::test]
async fn bodies_that_crawl_are_cut_off_while_others_are_served() {
    let impatient = "[limits]\nrequest_body_seconds = 1\nrequest_head_seconds = 1\n";
    let office = Office::open_with(Engine::Sqlite, day(2026, 11, 23), impatient).await;
    let address = office
        .browser
        .url("")
        .trim_start_matches("http://")
        .to_owned();
    // The server begins to listen when it is first waited for.
    assert_eq!(office.get("/").await.status, StatusCode::OK);
    let begun = Instant::now();
    let slow: Vec<_> = (0..200)
        .map(|n| {
            let path = ["/apply", "/track", "/nirgends", "/"][n % 4];
            let length = ["Content-Length: 1000", "Transfer-Encoding: chunked"][n / 100];
            knock_and_say_nothing(&address, path, length)
        })
        .collect();
    assert_eq!(office.get("/").await.status, StatusCode::OK);
    let ended = tokio::task::spawn_blocking(move || {
        for mut connection in slow {
            connection
                .set_read_timeout(Some(Duration::from_secs(20)))
                .unwrap();
            let mut answer = Vec::new();
            // Closed by the server, with or without an answer; a timeout would be an error.
            connection.read_to_end(&mut answer).unwrap();
        }
    });
    ended.await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    assert_eq!(office.get("/").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_slow_form_is_told_so() {
    let impatient = "[limits]\nrequest_body_seconds = 1\n";
    let office = Office::open_with(Engine::Sqlite, day(2026, 11, 23), impatient).await;
    let address = office
        .browser
        .url("")
        .trim_start_matches("http://")
        .to_owned();
    let answer = tokio::task::spawn_blocking(move || {
        let mut connection = knock_and_say_nothing(&address, "/apply", "Content-Length: 1000");
        let mut answer = Vec::new();
        connection.read_to_end(&mut answer).unwrap();
        String::from_utf8(answer).unwrap()
    });
    let answer = answer.await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("上传太慢"));
}

/// A form as a browser sends it.
fn a_form(token: &str) -> Vec<u8> {
    let mut body = Vec::new();
    let mut fields = vec![("token", token), ("step", "check")];
    fields.extend(PAPERS);
    for (name, value) in fields {
        body.extend(
            format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                .bytes(),
        );
    }
    body.extend(
        "--x\r\nContent-Disposition: form-data; name=\"identity\"; filename=\"证.pdf\"\r\n\
         Content-Type: application/pdf\r\n\r\n%PDF-1.7\r\n--x--\r\n"
            .bytes(),
    );
    body
}

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end.max(1)
    }
}

/// The form with a few bytes changed, cut, doubled or thrown in.
fn mutated(form: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut body = form.to_vec();
    for _ in 0..=dice.below(4) {
        let at = dice.below(body.len());
        let until = (at + dice.below(40)).min(body.len());
        match dice.below(5) {
            0 if !body.is_empty() => body[at] ^= 1 << dice.below(8),
            1 => drop(body.drain(at..until)),
            2 => {
                let piece = body[at..until].to_vec();
                body.splice(at..at, piece);
            }
            3 => body.truncate(at),
            _ => {
                let nasty: [&[u8]; 6] = [
                    b"\0",
                    b"\xFF\xFE",
                    b"\r\n--x\r\n",
                    b"--x--",
                    b"\r\n\r\n",
                    b"\"",
                ];
                let piece = nasty[dice.below(nasty.len())].to_vec();
                body.splice(at..at, piece);
            }
        }
    }
    body
}

#[tokio::test]
async fn garbled_forms_crash_nothing() {
    let office = an_office().await;
    let token = office.form_token().await;
    let form = a_form(&token);
    let (client, url) = (office.browser.client(), office.browser.url("/apply"));
    let send = async |body: Vec<u8>| {
        let request = client
            .post(&url)
            .header("content-type", "multipart/form-data; boundary=x")
            .body(body);
        request.send().await.unwrap().status()
    };
    assert_eq!(send(form.clone()).await, StatusCode::OK);
    let mut dice = Dice(20_261_123);
    for round in 0..1500 {
        let status = send(mutated(&form, &mut dice)).await;
        assert!(!status.is_server_error(), "round {round}: {status}");
    }
    assert_eq!(send(form).await, StatusCode::OK);
}
