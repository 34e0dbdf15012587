//! What is kept, and for good: SQLite or PostgreSQL behind one [`Database`].
//!
//! - [`Database::read`] and [`Database::write`] are the only doors. A closure gets a
//!   [`Connection`] and calls the plain functions of the modules here, one file for each
//!   aggregate; what a write did is kept as a whole, or not at all.
//! - Diesel stays in this room: rows are turned into values of `domain` before they leave.
//! - Row locks do not exist in SQLite. Who changes a row says which version was read; the
//!   slower of two gets [`StorageError::Conflict`].

pub mod agencies;
pub mod annual;
pub mod answers;
pub mod applicants;
pub mod attachments;
mod case_row;
pub mod cases;
mod connection;
pub mod constraints;
pub mod counters;
mod database;
mod engines;
mod error;
pub mod events;
pub mod families;
pub mod fees;
pub mod figures;
pub mod items;
pub mod letters;
pub mod mailboxes;
pub mod meta;
mod migrations;
pub mod officers;
pub mod outbox;
pub mod outgoing;
mod postgres;
pub mod queue;
pub mod rectifications;
pub mod redress;
pub mod reminders;
pub mod report_images;
mod schema;
pub mod seals;
pub mod search;
pub mod sessions;
mod sqlite;
mod types;
pub mod unit_tables;
mod writer;
pub mod yearly;

pub use database::{Database, DatabaseOptions};
pub use engines::Engines as Connection;
pub use error::StorageError;
