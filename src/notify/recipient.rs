//! The recipient's address, which lies sealed in the outbox until the mail is sent.

use uuid::Uuid;

use crate::vault::{Vault, VaultError};

/// Seals the address for the mail with this identity.
///
/// # Errors
///
/// [`VaultError::CannotSeal`].
pub fn seal(vault: &Vault, mail: Uuid, address: &str) -> Result<Vec<u8>, VaultError> {
    vault.seal(address.as_bytes(), &context(mail))
}

/// The address that was sealed for the mail with this identity.
///
/// # Errors
///
/// [`VaultError::CannotOpen`].
pub fn open(vault: &Vault, mail: Uuid, sealed: &[u8]) -> Result<String, VaultError> {
    let address = vault.open_sealed(sealed, &context(mail))?;
    String::from_utf8(address.to_vec()).map_err(|_| VaultError::CannotOpen)
}

fn context(mail: Uuid) -> Vec<u8> {
    [b"outbox recipient ".as_slice(), mail.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_opens_for_its_own_mail_alone() {
        let vault = Vault::ephemeral().unwrap();
        let mail = Uuid::from_u128(1);
        let sealed = seal(&vault, mail, "zhang.san@example.com").unwrap();
        assert_eq!(open(&vault, mail, &sealed).unwrap(), "zhang.san@example.com");
        assert!(open(&vault, Uuid::from_u128(2), &sealed).is_err());
        assert!(!sealed.windows(5).any(|part| part == b"zhang"));
    }
}
