//! What the integration tests fill databases with.

#[path = "../it/support/database.rs"]
pub mod database;
#[path = "../it/support/history.rs"]
pub mod history;
