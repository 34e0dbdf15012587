//! What a tracking page carries to the next one instead of number and code: sealed, good for
//! two hours (a correction takes time to write), and worth nothing to anybody who finds it later.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::vault::{Vault, VaultError};
use crate::web::error::WebError;

/// How long a ticket is good.
const LIFETIME: TimeDelta = TimeDelta::hours(2);
const CONTEXT: &[u8] = b"track ticket";

/// Says that somebody has shown number and code of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    /// The case.
    pub case: Uuid,
    /// Its version, as the page showed it.
    pub version: i32,
}

impl Ticket {
    /// The ticket as it stands in a form.
    ///
    /// # Errors
    ///
    /// [`VaultError::CannotSeal`].
    pub fn write(self, vault: &Vault, now: DateTime<Utc>) -> Result<String, VaultError> {
        let plain = format!("{} {} {}", self.case, self.version, now.timestamp());
        let sealed = vault.seal(plain.as_bytes(), CONTEXT)?;
        Ok(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// The ticket that a form brought.
    ///
    /// # Errors
    ///
    /// [`WebError::Forged`] or [`WebError::Expired`].
    pub fn read(vault: &Vault, text: &str, now: DateTime<Utc>) -> Result<Self, WebError> {
        let (ticket, issued_at) = Self::parse(vault, text).ok_or(WebError::Forged)?;
        if now > issued_at + LIFETIME {
            return Err(WebError::Expired);
        }
        Ok(ticket)
    }

    fn parse(vault: &Vault, text: &str) -> Option<(Self, DateTime<Utc>)> {
        let sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
        let plain = vault.open_sealed(&sealed, CONTEXT).ok()?;
        let mut parts = std::str::from_utf8(&plain).ok()?.split(' ');
        let case = parts.next()?.parse().ok()?;
        let version = parts.next()?.parse().ok()?;
        let issued_at = DateTime::from_timestamp(parts.next()?.parse().ok()?, 0)?;
        Some((Self { case, version }, issued_at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_good_for_half_an_hour_and_here_only() {
        let vault = Vault::ephemeral().unwrap();
        let now = DateTime::from_timestamp(1_795_000_000, 0).unwrap();
        let ticket = Ticket { case: Uuid::from_u128(7), version: 3 };
        let text = ticket.write(&vault, now).unwrap();
        assert_eq!(Ticket::read(&vault, &text, now + LIFETIME).unwrap(), ticket);
        let late = now + LIFETIME + TimeDelta::seconds(1);
        assert!(matches!(Ticket::read(&vault, &text, late), Err(WebError::Expired)));
        let elsewhere = Vault::ephemeral().unwrap();
        assert!(matches!(Ticket::read(&elsewhere, &text, now), Err(WebError::Forged)));
        assert!(matches!(Ticket::read(&vault, "AAAA", now), Err(WebError::Forged)));
    }
}
