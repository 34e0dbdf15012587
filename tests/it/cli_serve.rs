//! The program is started with nothing there, and stopped.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::command::command;

/// A running office, stopped when the test ends.
struct Running {
    child: Child,
    /// What it said until it was open.
    said: String,
    address: String,
}

impl Running {
    fn start(directory: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        drop(listener);
        let mut serve = command(directory, &[]);
        serve
            .env("YISHEN__SERVER__LISTEN", &address)
            .env("YISHEN__SERVER__WORKERS", "1");
        let mut child = serve
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        while !said.contains("Ctrl+C") {
            assert!(output.read_line(&mut said).unwrap() > 0, "{said}");
        }
        // What was said comes before the pages or after them; the pages come.
        for _ in 0..500 {
            if TcpStream::connect(&address).is_ok() {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Self { child, said, address }
    }

    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address);
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Asks the program to end, and says how it did and how long it took.
    fn stop(mut self) -> (Option<i32>, Duration) {
        let start = Instant::now();
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &id])
                .status()
                .unwrap()
                .success()
        );
        (self.child.wait().unwrap().code(), start.elapsed())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn an_empty_directory_becomes_an_office_with_one_administrator_to_be() {
    let directory = tempfile::tempdir().unwrap();
    let first = Running::start(directory.path());
    assert!(
        first.said.contains(&first.address) && first.said.contains("/staff/setup"),
        "{}",
        first.said
    );
    assert!(first.get("/").starts_with("HTTP/1.1 200"), "{}", first.get("/"));
    assert!(first.get("/staff/setup").starts_with("HTTP/1.1 200"));
    let (code, took) = first.stop();
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(10), "{took:?}");
    let again = Running::start(directory.path());
    assert!(again.get("/").starts_with("HTTP/1.1 200"));
}

#[test]
fn an_address_that_is_taken_is_told_and_nothing_is_served() {
    let directory = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = command(directory.path(), &["serve"])
        .env("YISHEN__SERVER__LISTEN", &address)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains(&format!("无法监听 {address}")), "{said}");
}
