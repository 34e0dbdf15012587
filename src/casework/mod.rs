//! What the office does: load, decide, keep, tell; one function and one transaction for each
//! deed. No other room changes a case.

pub mod accounts;
pub mod agency;
mod error;
pub mod ids;
pub mod import;
pub mod papers;
pub mod record;
pub mod recorded;

pub use error::CaseworkError;

/// The series of the 受理编号.
pub const CASE_NUMBERS: &str = "case";
