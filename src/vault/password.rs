//! Password hashes: slow on purpose, and one at a time.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::VaultError;

/// Memory of one hash, in KiB.
const MEMORY: u32 = 19 * 1024;
/// Passes over the memory.
const PASSES: u32 = 2;
/// Lanes.
const LANES: u32 = 1;
/// The salt of hashes that are computed for the time they take, and thrown away.
const NOBODYS_SALT: [u8; 16] = *b"nobody has this!";

/// Hashes passwords.
pub(super) struct Passwords {
    /// Held while a hash is computed: each takes [`MEMORY`] and a core.
    turn: Arc<Semaphore>,
}

impl Passwords {
    pub(super) fn new() -> Self {
        Self { turn: Arc::new(Semaphore::new(1)) }
    }

    pub(super) async fn hash(&self, password: &str) -> Result<String, VaultError> {
        self.compute(password, |argon2, password| {
            let hash: PasswordHash = argon2.hash_password(password).ok()?;
            Some(hash.to_string())
        })
        .await
    }

    pub(super) async fn verify(
        &self,
        password: &str,
        stored: Option<&str>,
    ) -> Result<bool, VaultError> {
        let stored = stored.map(str::to_owned);
        self.compute(password, move |argon2, password| {
            let Some(stored) = stored else {
                argon2
                    .hash_password_with_salt(password, &NOBODYS_SALT)
                    .ok()?;
                return Some(false);
            };
            let stored = PasswordHash::new(&stored).ok()?;
            match argon2.verify_password(password, &stored) {
                Ok(()) => Some(true),
                Err(argon2::password_hash::Error::PasswordInvalid) => Some(false),
                Err(_) => None,
            }
        })
        .await
    }

    /// Runs one computation off the threads that serve pages, when it is its turn.
    async fn compute<T: Send + 'static>(
        &self,
        password: &str,
        computation: impl FnOnce(Argon2<'static>, &[u8]) -> Option<T> + Send + 'static,
    ) -> Result<T, VaultError> {
        let password = Zeroizing::new(password.to_owned());
        let turn = Arc::clone(&self.turn)
            .acquire_owned()
            .await
            .map_err(|_| VaultError::Password)?;
        tokio::task::spawn_blocking(move || {
            let outcome = argon2().and_then(|argon2| computation(argon2, password.as_bytes()));
            drop(turn);
            outcome
        })
        .await
        .ok()
        .flatten()
        .ok_or(VaultError::Password)
    }
}

fn argon2() -> Option<Argon2<'static>> {
    let params = Params::new(MEMORY, PASSES, LANES, None).ok()?;
    Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    #[tokio::test]
    async fn a_password_is_known_by_its_hash_and_another_is_not() {
        let passwords = Passwords::new();
        let hash = passwords.hash("莲花 2026!").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(passwords.verify("莲花 2026!", Some(&hash)).await.unwrap());
        assert!(!passwords.verify("莲花 2026", Some(&hash)).await.unwrap());
        assert_ne!(hash, passwords.hash("莲花 2026!").await.unwrap());
    }

    #[tokio::test]
    async fn a_name_that_nobody_has_takes_as_long_and_is_refused() {
        let passwords = Passwords::new();
        let hash = passwords.hash("right").await.unwrap();
        let mut known = Duration::MAX;
        let mut unknown = Duration::MAX;
        for _ in 0..5 {
            let start = Instant::now();
            assert!(!passwords.verify("wrong", Some(&hash)).await.unwrap());
            known = known.min(start.elapsed());
            let start = Instant::now();
            assert!(!passwords.verify("wrong", None).await.unwrap());
            unknown = unknown.min(start.elapsed());
        }
        // Looking nothing up would take a thousandth; a busy machine may take some times as long.
        let ratio = known.as_secs_f64() / unknown.as_secs_f64();
        assert!((0.1..10.0).contains(&ratio), "{known:?} {unknown:?}");
    }

    #[tokio::test]
    async fn a_stored_hash_that_is_none_is_an_error_and_not_a_wrong_password() {
        let passwords = Passwords::new();
        for stored in ["", "plain", "$argon2id$v=19$m=19456,t=2,p=1$"] {
            assert!(passwords.verify("x", Some(stored)).await.is_err(), "{stored}");
        }
    }
}
