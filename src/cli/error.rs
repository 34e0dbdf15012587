//! Why a verb failed, told to the operator.

use std::error::Error;
use std::fmt;
use std::io;
use std::process::ExitCode;

/// What shells report for a program whose reader has gone away (128 and the number of SIGPIPE).
const READER_GONE: u8 = 141;

/// Why a verb failed. Any error becomes one, so that a verb can use `?` throughout.
#[derive(Debug)]
pub struct CliError(Box<dyn Error + Send + Sync>);

impl CliError {
    /// A failure in the verb's own words.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into().into())
    }

    /// Tells the operator, and gives the exit code.
    pub(super) fn report(&self) -> ExitCode {
        if let Some(error) = self.0.downcast_ref::<io::Error>()
            && error.kind() == io::ErrorKind::BrokenPipe
        {
            return ExitCode::from(READER_GONE);
        }
        super::output::complain(&self.to_string());
        ExitCode::FAILURE
    }
}

impl fmt::Display for CliError {
    /// The error and, where they say more, those behind it.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut told = self.0.to_string();
        let mut behind = self.0.source();
        while let Some(error) = behind {
            let text = error.to_string();
            if !told.contains(&text) {
                told.push('：');
                told.push_str(&text);
            }
            behind = error.source();
        }
        formatter.write_str(&told)
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for CliError {
    fn from(error: E) -> Self {
        Self(Box::new(error))
    }
}
