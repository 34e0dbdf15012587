//! The built program, run as an operator runs it.

use std::path::Path;
use std::process::{Command, Output};

/// The program, to be run in `directory` with nothing of our own environment that it reads.
pub fn command(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_yishen"));
    command.args(arguments).current_dir(directory);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("YISHEN__") {
            command.env_remove(name);
        }
    }
    command
}

/// Runs the program in an empty directory to its end.
pub fn yishen(arguments: &[&str]) -> Output {
    let directory = tempfile::tempdir().unwrap();
    command(directory.path(), arguments).output().unwrap()
}

/// What was printed on standard output.
pub fn printed(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

/// What was printed on standard error.
pub fn complained(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}
