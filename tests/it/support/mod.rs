//! What the tests of the whole office share.

pub mod app;
pub mod cases;
pub mod command;
pub mod database;
pub mod history;
pub mod http;
pub mod letters;
pub mod office;
pub mod private_postgres;
pub mod program;
pub mod smtp;
pub mod staff;
