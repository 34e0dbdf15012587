//! The hour: what happens without anybody asking.

pub mod deliver;
