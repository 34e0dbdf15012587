//! Standard output and standard error, which may be closed at any time.

use std::io::{self, IsTerminal as _, Write};
use std::path::Path;

use clap::ValueEnum;
use serde::Serialize;

use super::CliError;

/// How a result is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// One JSON document and nothing else.
    Json,
}

/// Prints a result.
///
/// # Errors
///
/// What the system says, above all that nobody reads any longer.
pub(crate) fn print(text: &str) -> Result<(), CliError> {
    deliver(text.as_bytes(), None, false)
}

/// Writes a result into a file, or to standard output; what is not text never to a terminal.
///
/// # Errors
///
/// What the system says.
pub(crate) fn deliver(bytes: &[u8], file: Option<&Path>, is_binary: bool) -> Result<(), CliError> {
    if let Some(file) = file {
        return std::fs::write(file, bytes)
            .map_err(|error| CliError::new(format!("无法写入文件 {}：{error}", file.display())));
    }
    let output = io::stdout();
    if is_binary && output.is_terminal() {
        return Err(CliError::new("这种格式不能显示在终端上，请用 --output 指定文件"));
    }
    let mut output = output.lock();
    match output.write_all(bytes).and_then(|()| output.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(CliError::new(format!("无法输出结果：{error}")))
        }
        written => Ok(written?),
    }
}

/// Prints a result as one JSON document.
///
/// # Errors
///
/// See [`print()`].
pub(crate) fn print_json(value: &impl Serialize) -> Result<(), CliError> {
    let mut text = serde_json::to_string_pretty(value)?;
    text.push('\n');
    print(&text)
}

/// Says on standard error what went wrong, or what the operator should know.
pub(crate) fn complain(message: &str) {
    // Where nobody listens, there is nobody left to tell.
    let _ = writeln!(io::stderr().lock(), "{message}");
}
