//! The release program as an operator runs it, and what it takes.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The agency's code.
pub const CODE: &str = "LHJD";

/// The program, with the settings of the runs.
pub fn program(home: &Path, database: Option<&str>, arguments: &[&str]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_yishen"));
    program
        .args(arguments)
        .current_dir(home)
        .env("YISHEN__AGENCY__CODE", CODE)
        .env("YISHEN__INTAKE__IDENTITY_PROOF_ONLINE", "false")
        .env("YISHEN__LOG__LEVEL", "warn");
    if let Some(url) = database {
        program.env("YISHEN__DATABASE__URL", url);
    }
    program
}

/// A server that runs, and is killed when it is dropped.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    /// From the start of the process to its first answer.
    pub started_in: Duration,
}

impl Server {
    pub fn start(home: &Path, database: Option<&str>) -> Self {
        let address = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let begun = Instant::now();
        let child = program(home, database, &["serve"])
            .env("YISHEN__SERVER__LISTEN", address.to_string())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut server = Self { child, address, started_in: Duration::ZERO };
        while !answers(address) {
            let ended = server.child.try_wait().unwrap();
            assert!(ended.is_none() && begun.elapsed() < Duration::from_mins(1), "no start");
            std::thread::sleep(Duration::from_millis(1));
        }
        server.started_in = begun.elapsed();
        server
    }

    /// Resident memory now and at its highest, in MB.
    pub fn memory(&self) -> (u64, u64) {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let of = |name: &str| -> u64 {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kib: u64 = line
                .and_then(|line| line.split_whitespace().next())
                .and_then(|number| number.parse().ok())
                .unwrap();
            kib / 1024
        };
        (of("VmRSS:"), of("VmHWM:"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Whether the office answers that it lives.
fn answers(address: SocketAddr) -> bool {
    let Ok(mut stream) = TcpStream::connect(address) else {
        return false;
    };
    let asked = stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n");
    let mut answer = [0; 15];
    asked.is_ok() && stream.read_exact(&mut answer).is_ok() && answer.ends_with(b"200 OK")
}
