//! Mail: what is written to applicants and to those who work here, and how it leaves.

mod digest;
mod mailer;
mod message;
mod post;
pub mod recipient;

pub use self::digest::{Digest, Section};
pub use self::mailer::{Mailer, MailerError, NotSent, Outgoing};
pub use self::message::{About, Mail, Message, MessageError};
