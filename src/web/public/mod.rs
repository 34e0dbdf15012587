//! What citizens see.

pub mod apply;
pub mod guide;
pub mod home;
pub mod published;
pub mod reports;
pub mod track;
