//! What citizens see.

pub mod apply;
pub mod guide;
pub mod home;
pub mod mailbox;
pub mod published;
pub mod rectify;
pub mod reports;
pub mod track;
