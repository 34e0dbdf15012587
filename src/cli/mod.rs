//! The operator's verbs.

/// Parses the command line and runs one verb.
#[must_use]
pub fn main() -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}
