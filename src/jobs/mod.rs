//! The hour: what happens without anybody asking.

pub mod deliver;
pub mod read;
pub mod remind;
