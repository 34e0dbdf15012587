//! Where identities are drawn.

use uuid::Uuid;

/// A new identity: ordered by time for the database's sake, with 74 random bits.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the tap: ids are drawn here")]
pub fn new() -> Uuid {
    Uuid::now_v7()
}
