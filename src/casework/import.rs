//! Past and offline cases in bulk (contract §4): a file is read, checked as a whole, and kept
//! as a whole or not at all.

pub mod columns;
mod row;
pub mod rows;
pub mod sheet;
pub mod words;
