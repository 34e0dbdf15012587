//! What citizens see.

pub mod guide;
pub mod home;
