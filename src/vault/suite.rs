//! The ciphers, all of them, so that others (SM4, SM3, a hardware module) can take their place.
//!
//! AES-256-GCM seals, HMAC-SHA-256 derives keys and makes checksums. Whatever is sealed begins
//! with the number of its suite, so that a later one can still open it.

use aes_gcm::aead::KeyInit as _;
use aes_gcm::{AeadInOut, Aes256Gcm};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::VaultError;

/// The first byte of what this suite seals.
const SUITE: u8 = 1;
/// The length of a key.
pub(super) const KEY_BYTES: usize = 32;
/// The length of the random number that each sealing uses once.
const NONCE_BYTES: usize = 12;
/// The length of the authentication tag.
const TAG_BYTES: usize = 16;

/// A key; wiped from memory when it goes out of scope.
pub(super) type Key = Zeroizing<[u8; KEY_BYTES]>;

/// Random bytes from the operating system.
pub(super) fn random<const N: usize>() -> Result<[u8; N], VaultError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| VaultError::CannotSeal)?;
    Ok(bytes)
}

pub(super) fn random_key() -> Result<Key, VaultError> {
    random().map(Zeroizing::new)
}

/// The key for one purpose. Those for different purposes tell nothing about one another.
pub(super) fn subkey(master: &Key, purpose: &str) -> Key {
    Zeroizing::new(mac(master, format!("yishen/{SUITE}/{purpose}").as_bytes()))
}

/// A checksum under a key.
pub(super) fn mac(key: &Key, bytes: &[u8]) -> [u8; 32] {
    // HMAC fills a short key up to a block with zeros; a whole block cannot have a wrong length.
    let mut block = Zeroizing::new([0; 64]);
    for (to, from) in block.iter_mut().zip(key.iter()) {
        *to = *from;
    }
    let mut mac = Hmac::<Sha256>::new((&*block).into());
    mac.update(bytes);
    mac.finalize().into_bytes().into()
}

/// Suite, nonce, ciphertext and tag, in one piece.
pub(super) fn seal(key: &Key, context: &[u8], plain: &[u8]) -> Result<Vec<u8>, VaultError> {
    let nonce: [u8; NONCE_BYTES] = random()?;
    let mut sealed = Vec::with_capacity(1 + NONCE_BYTES + plain.len() + TAG_BYTES);
    sealed.push(SUITE);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(plain);
    let (_, body) = sealed.split_at_mut(1 + NONCE_BYTES);
    let tag = Aes256Gcm::new((&**key).into())
        .encrypt_inout_detached((&nonce).into(), &bound(context), body.into())
        .map_err(|_| VaultError::CannotSeal)?;
    sealed.extend_from_slice(&tag);
    Ok(sealed)
}

/// What was sealed, if nothing of it was altered and `context` is the same.
pub(super) fn open(
    key: &Key,
    context: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let (head, rest) = sealed
        .split_first_chunk::<{ 1 + NONCE_BYTES }>()
        .ok_or(VaultError::CannotOpen)?;
    let (body, tag) = rest
        .split_last_chunk::<TAG_BYTES>()
        .ok_or(VaultError::CannotOpen)?;
    let [SUITE, nonce @ ..] = head else {
        return Err(VaultError::CannotOpen);
    };
    let mut plain = Zeroizing::new(body.to_vec());
    Aes256Gcm::new((&**key).into())
        .decrypt_inout_detached(
            nonce.into(),
            &bound(context),
            plain.as_mut_slice().into(),
            tag.into(),
        )
        .map_err(|_| VaultError::CannotOpen)?;
    Ok(plain)
}

/// The context with the suite before it, so that neither can be exchanged.
fn bound(context: &[u8]) -> Vec<u8> {
    let mut bound = Vec::with_capacity(1 + context.len());
    bound.push(SUITE);
    bound.extend_from_slice(context);
    bound
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_to_the_same_bytes_and_never_looks_the_same_twice() {
        let key = random_key().unwrap();
        for length in [0, 1, 15, 16, 17, 70_000] {
            let plain: Vec<u8> = (0..length)
                .map(|n| u8::try_from(n % 251).unwrap())
                .collect();
            let sealed = seal(&key, b"context", &plain).unwrap();
            assert_ne!(sealed, seal(&key, b"context", &plain).unwrap());
            assert_eq!(open(&key, b"context", &sealed).unwrap().as_slice(), plain);
        }
    }

    #[test]
    fn any_altered_or_missing_byte_is_noticed() {
        let key = random_key().unwrap();
        let sealed = seal(&key, b"context", b"some text").unwrap();
        for position in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[position] ^= 1;
            assert!(open(&key, b"context", &altered).is_err(), "byte {position}");
            assert!(open(&key, b"context", &sealed[..position]).is_err(), "cut at {position}");
        }
    }

    #[test]
    fn a_checksum_is_the_one_of_rfc_4231() {
        // RFC 4231, test case 1, has a key of 20 bytes; zeros behind it are the same key.
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        key[..20].fill(0x0b);
        let mac = mac(&key, b"Hi There");
        assert_eq!(mac[..8], [0xb0, 0x34, 0x4c, 0x61, 0xd8, 0xdb, 0x38, 0x53]);
    }

    #[test]
    fn keys_for_different_purposes_differ() {
        let master = random_key().unwrap();
        assert_ne!(*subkey(&master, "wrap"), *subkey(&master, "seal"));
        assert_eq!(*subkey(&master, "wrap"), *subkey(&master, "wrap"));
    }
}
