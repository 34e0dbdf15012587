//! The built program with its doors open, as a process that can be killed.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use super::command::command;
use super::http::{Browser, Enclosure, Page};
use super::office::{CODE, PAPERS};

/// A server in a process of its own; killed when it is dropped.
pub struct Program {
    child: Child,
    pub address: String,
}

impl Program {
    /// Starts the office that lives in `directory`, with these settings besides, and waits
    /// until it answers.
    pub async fn start(directory: &Path, settings: &[(&str, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        drop(listener);
        let child = command(directory, &["serve"])
            .env("YISHEN__SERVER__LISTEN", &address)
            .env("YISHEN__SERVER__WORKERS", "2")
            .env("YISHEN__AGENCY__CODE", CODE)
            .envs(settings.iter().copied())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut program = Self { child, address };
        let browser = program.browser();
        for _ in 0..1000 {
            let asked = browser.client().get(browser.url("/healthz"));
            if asked.send().await.is_ok() {
                return program;
            }
            assert!(program.child.try_wait().unwrap().is_none(), "the program did not start");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the program did not open its doors");
    }

    /// Ends it as a power cut would.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// A new browser at its door.
    pub fn browser(&self) -> Browser {
        Browser::new(&format!("http://{}", self.address))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have been killed.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Sends a form with a proof of identity; what came back, if it came back whole.
pub async fn submit(browser: &Browser, token: &str, more: &[(&str, &str)]) -> Option<Page> {
    let mut form = reqwest::multipart::Form::new()
        .text("token", token.to_owned())
        .text("step", "submit");
    for (field, text) in PAPERS.iter().chain(more) {
        form = form.text((*field).to_owned(), (*text).to_owned());
    }
    let proof = Enclosure::pdf("identity", "身份证.pdf");
    let part = reqwest::multipart::Part::bytes(proof.bytes).file_name(proof.name);
    let request = browser.client().post(browser.url("/apply"));
    let sent = request.multipart(form.part("identity", part)).send().await;
    whole(sent).await
}

/// A fresh form's token, if the program gives one.
pub async fn form_token(browser: &Browser) -> Option<String> {
    let sent = browser.client().get(browser.url("/apply")).send().await;
    whole(sent).await?.value("token")
}

/// The page, if it came back whole.
async fn whole(sent: reqwest::Result<reqwest::Response>) -> Option<Page> {
    let answer = sent.ok()?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let text = answer.text().await.ok()?;
    Some(Page { status, headers, text })
}

/// The 受理编号 that a receipt shows.
pub fn number(receipt: &Page) -> String {
    let number = receipt.between("class=\"receipt-number\">", "<");
    number.unwrap_or_else(|| panic!("no receipt: {}", receipt.text))
}
