//! What the office does: load, decide, keep, tell; one function and one transaction for each
//! deed. No other room changes a case.

pub mod accounts;
pub mod advance;
pub mod agency;
pub mod annual;
mod answers;
pub mod archive;
pub mod attachments;
pub mod correct;
mod error;
pub mod export;
pub mod families;
pub mod file;
pub mod founding;
pub mod history;
pub mod ids;
pub mod import;
pub mod letters;
pub mod mail;
pub mod mailbox;
pub mod outgoing;
pub mod papers;
pub mod publish;
pub mod record;
pub mod recorded;
pub mod recount;
pub mod rectify;
pub mod redress;
pub mod reminders;
pub mod reveal;
pub mod similar;
pub mod track;
pub mod view;

pub use error::CaseworkError;

/// The series of the 受理编号.
pub const CASE_NUMBERS: &str = "case";
