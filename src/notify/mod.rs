//! Mail: what is written to applicants, and how it leaves.

mod mailer;
mod message;
mod post;
pub mod recipient;

pub use self::mailer::{Mailer, MailerError, NotSent, Outgoing};
pub use self::message::{About, Mail, Message, MessageError, masked};
