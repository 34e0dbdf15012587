//! What the tests of the whole office share.

pub mod app;
pub mod cases;
pub mod command;
pub mod database;
pub mod http;
pub mod letters;
pub mod office;
pub mod smtp;
pub mod staff;
