//! A PostgreSQL server for one test, which may do to it what the others' server is spared.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Tells its address, and crashes and starts the server again for each line that it is sent.
const KEEPER: &str = "echo \"$YISHEN_TEST_POSTGRES\"
while read -r _; do
  (cd / && $YISHEN_TEST_POSTGRES_CONTROL --mode immediate restart) >&2 && echo again
done";

/// The server. It stops when it is dropped.
pub struct PrivatePostgres {
    pub url: String,
    keeper: Child,
    orders: Option<ChildStdin>,
    reports: BufReader<ChildStdout>,
}

impl PrivatePostgres {
    pub fn start() -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/with-postgres.sh");
        let mut keeper = Command::new(script)
            .args(["sh", "-c", KEEPER])
            .env_remove("YISHEN_TEST_POSTGRES")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let orders = keeper.stdin.take();
        let reports = BufReader::new(keeper.stdout.take().unwrap());
        let mut started = Self { url: String::new(), keeper, orders, reports };
        started.url = started.report();
        started
    }

    /// Ends every process of the server at once, as a crash would, and starts it again.
    pub fn crash_and_start(mut self) -> Self {
        let mut orders = self.orders.as_ref().unwrap();
        orders.write_all(b"again\n").unwrap();
        assert_eq!(self.report(), "again");
        self
    }

    fn report(&mut self) -> String {
        let mut line = String::new();
        self.reports.read_line(&mut line).unwrap();
        assert!(!line.is_empty(), "the private PostgreSQL did not start");
        line.trim_end().to_owned()
    }
}

impl Drop for PrivatePostgres {
    fn drop(&mut self) {
        // The end of its orders ends it, and it clears up behind itself.
        drop(self.orders.take());
        drop(self.keeper.wait());
    }
}
