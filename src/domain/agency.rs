//! 机关: who answers, and its place in the tree.

use uuid::Uuid;

/// Whether a text can be an agency's code: up to 32 letters, digits and hyphens, since it stands
/// in numbers, addresses and file names.
#[must_use]
pub fn is_code(text: &str) -> bool {
    (1..=32).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

/// An agency that receives applications (art. 27), with what its guide and letters say of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Agency {
    /// Its identity.
    pub id: Uuid,
    /// A short code of letters and digits, part of every 受理编号.
    pub code: String,
    /// Its full name.
    pub name: String,
    /// The agency above it.
    pub parent: Option<Uuid>,
    /// 机关代字, part of every 文号.
    pub initials: String,
    /// Where applications are handed in or sent to.
    pub address: String,
    /// 邮政编码.
    pub postcode: String,
    /// The office's telephone.
    pub telephone: String,
    /// When the office is open.
    pub hours: String,
    /// The office's e-mail address.
    pub email: String,
    /// 行政复议机关.
    pub review_authority: String,
    /// The court for 行政诉讼.
    pub court: String,
    /// Whether people may review what they drafted themselves; shown where it is switched on.
    pub own_review_allowed: bool,
}
