//! What the tests of the whole office share.

pub mod command;
pub mod database;
pub mod smtp;
