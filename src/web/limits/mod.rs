//! How much, how fast and how often.

mod attempts;
mod pace;
mod visitor;

pub use self::attempts::{Attempts, CodeGuard};
pub use self::pace::{is_too_slow, pace};
pub use self::visitor::{Visitor, visitor};
