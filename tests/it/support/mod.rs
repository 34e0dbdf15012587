//! What the tests of the whole office share.

pub mod app;
pub mod command;
pub mod database;
pub mod smtp;
