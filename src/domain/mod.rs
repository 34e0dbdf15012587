//! The Regulation (《政府信息公开条例》, 国务院令第711号) as values and functions of values.
//!
//! Nothing here reads a clock, a file, a database or a random number: days, identifiers and
//! calendars come in as arguments, so that every date and every cell of the yearly table can
//! be checked by hand.

pub mod actor;
pub mod agency;
pub mod applicant;
pub mod application;
pub mod calendar;
pub mod case;
pub mod channel;
pub mod consultation;
pub mod credit_code;
pub mod deadline;
pub mod digest;
pub mod fee;
pub mod guide;
pub mod identity;
pub mod letter;
pub mod number;
pub mod outcome;
pub mod outgoing;
pub mod rectification;
pub mod redress;
pub mod remedy;
pub mod similar;
