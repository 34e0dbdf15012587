//! See the module's items.

pub mod import;
