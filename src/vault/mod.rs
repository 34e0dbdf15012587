//! The office's keys, and what is done with them: sealing, blind indexes, keyed checksums and
//! password hashes.
//!
//! One master key stands in a file outside the data directory; every other key comes from it
//! or is wrapped by it. Each case has a key of its own: what is sealed under it is gone once
//! the wrapped key is destroyed, in old backups too.

mod key_file;
mod password;
mod suite;

use std::path::Path;
use std::sync::Arc;

use subtle::ConstantTimeEq;
use thiserror::Error;
use zeroize::Zeroizing;

pub use self::key_file::is_exposed;
use self::password::Passwords;
use self::suite::Key;

/// What the keys could not do.
#[derive(Debug, Error)]
pub enum VaultError {
    /// There is a database, and not the key to it.
    #[error(
        "找不到主密钥文件 {0}，而数据库中已有数据。请放回原来的密钥文件；\
         没有它，申请人的个人信息和附件无法解密"
    )]
    KeyMissing(String),
    /// The key file is not one.
    #[error("主密钥文件 {0} 的内容不完整或者不是依申的密钥")]
    KeyMalformed(String),
    /// The key file cannot be read or written.
    #[error("无法读写主密钥文件 {path}：{why}")]
    KeyFile {
        /// The file.
        path: String,
        /// What the system said.
        why: std::io::Error,
    },
    /// The text was altered, sealed for another place, or sealed under another key.
    #[error("密文无法解开：内容被改动，或者密钥不符")]
    CannotOpen,
    /// The system has no random numbers to give, or a text is too long to seal.
    #[error("加密失败")]
    CannotSeal,
    /// A stored password hash is not one, or there was no memory to compute one.
    #[error("口令校验失败")]
    Password,
}

/// The office's keys. Clones share them.
#[derive(Clone)]
pub struct Vault(Arc<Keys>);

struct Keys {
    master: Key,
    wrapping: Key,
    sealing: Key,
    passwords: Passwords,
}

impl Vault {
    /// The vault whose master key stands in `key_file`; where there is no such file it is made,
    /// but only if `may_create`: an office that has data must not be given a new key.
    ///
    /// # Errors
    ///
    /// [`VaultError::KeyMissing`], [`VaultError::KeyMalformed`] or [`VaultError::KeyFile`].
    pub fn open(key_file: &Path, may_create: bool) -> Result<Self, VaultError> {
        match key_file::read(key_file)? {
            Some(master) => Ok(Self::with_master_key(master)),
            None if may_create => key_file::create(key_file).map(Self::with_master_key),
            None => Err(VaultError::KeyMissing(key_file.display().to_string())),
        }
    }

    /// A vault with a key that is kept nowhere.
    ///
    /// # Errors
    ///
    /// [`VaultError::CannotSeal`], if the system has no random numbers to give.
    pub fn ephemeral() -> Result<Self, VaultError> {
        suite::random_key().map(Self::with_master_key)
    }

    fn with_master_key(master: Key) -> Self {
        Self(Arc::new(Keys {
            wrapping: suite::subkey(&master, "wrap"),
            sealing: suite::subkey(&master, "seal"),
            passwords: Passwords::new(),
            master,
        }))
    }

    /// A name for the master key that says nothing about it, to tell whether a database was
    /// written under this key: 32 hexadecimal digits.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mac = self.mac("fingerprint", b"");
        key_file::hex(mac.iter().take(16))
    }

    /// A key for a new case, and the same wrapped, to be kept with the case.
    ///
    /// # Errors
    ///
    /// [`VaultError::CannotSeal`], if the system has no random numbers to give.
    pub fn new_case_key(&self) -> Result<(CaseKey, Vec<u8>), VaultError> {
        let key = suite::random_key()?;
        let wrapped = suite::seal(&self.0.wrapping, b"case key", key.as_slice())?;
        Ok((CaseKey(key), wrapped))
    }

    /// The case key that was wrapped.
    ///
    /// # Errors
    ///
    /// [`VaultError::CannotOpen`].
    pub fn unwrap_case_key(&self, wrapped: &[u8]) -> Result<CaseKey, VaultError> {
        let bytes = suite::open(&self.0.wrapping, b"case key", wrapped)?;
        let key = <[u8; suite::KEY_BYTES]>::try_from(bytes.as_slice())
            .map_err(|_| VaultError::CannotOpen)?;
        Ok(CaseKey(Zeroizing::new(key)))
    }

    /// Seals what belongs to no case. `context` says what it is and whose; it is not kept, and
    /// the same must be given to open it.
    ///
    /// # Errors
    ///
    /// [`VaultError::CannotSeal`].
    pub fn seal(&self, plain: &[u8], context: &[u8]) -> Result<Vec<u8>, VaultError> {
        suite::seal(&self.0.sealing, context, plain)
    }

    /// Opens what [`seal`](Self::seal) sealed.
    ///
    /// # Errors
    ///
    /// [`VaultError::CannotOpen`].
    pub fn open_sealed(
        &self,
        sealed: &[u8],
        context: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        suite::open(&self.0.sealing, context, sealed)
    }

    /// Turns a text into something to search for that says nothing about it. The same text,
    /// spaces around it aside, always gives the same under one label.
    #[must_use]
    pub fn blind_index(&self, label: &str, text: &str) -> [u8; 32] {
        let key = suite::subkey(&self.0.master, &format!("index/{label}"));
        suite::mac(&key, text.trim().as_bytes())
    }

    /// A checksum that only this office can make. What is made under one label never equals
    /// what is made under another.
    #[must_use]
    pub fn mac(&self, label: &str, bytes: &[u8]) -> [u8; 32] {
        let key = suite::subkey(&self.0.master, &format!("mac/{label}"));
        suite::mac(&key, bytes)
    }

    /// Random bytes, fit for secrets.
    ///
    /// # Errors
    ///
    /// [`VaultError::CannotSeal`], if the system has none to give.
    pub fn random_bytes<const N: usize>(&self) -> Result<[u8; N], VaultError> {
        suite::random()
    }

    /// The hash of a password, to be stored (Argon2id, as a PHC string). One is computed at a
    /// time, so that many sign-ins cannot take all memory.
    ///
    /// # Errors
    ///
    /// [`VaultError::Password`].
    pub async fn hash_password(&self, password: &str) -> Result<String, VaultError> {
        self.0.passwords.hash(password).await
    }

    /// Whether `password` is the one that was hashed. Without a hash, for a name that nobody
    /// has, the answer is no and takes as long.
    ///
    /// # Errors
    ///
    /// [`VaultError::Password`], if the stored hash is not one.
    pub async fn verify_password(
        &self,
        password: &str,
        stored: Option<&str>,
    ) -> Result<bool, VaultError> {
        self.0.passwords.verify(password, stored).await
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Vault({})", self.fingerprint())
    }
}

/// The key of one case. It is wiped from memory when it goes out of scope.
pub struct CaseKey(Key);

impl CaseKey {
    /// Seals a field or a file of the case. `context` says which one; it is not kept, and the
    /// same must be given to open it.
    ///
    /// # Errors
    ///
    /// [`VaultError::CannotSeal`].
    pub fn seal(&self, plain: &[u8], context: &[u8]) -> Result<Vec<u8>, VaultError> {
        suite::seal(&self.0, context, plain)
    }

    /// Opens what [`seal`](Self::seal) sealed.
    ///
    /// # Errors
    ///
    /// [`VaultError::CannotOpen`].
    pub fn open(&self, sealed: &[u8], context: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        suite::open(&self.0, context, sealed)
    }
}

impl std::fmt::Debug for CaseKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("CaseKey(******)")
    }
}

/// Whether two secrets are the same, in a time that does not say where they differ.
#[must_use]
pub fn same(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_key_opens_what_it_sealed_also_after_it_was_wrapped() {
        let vault = Vault::ephemeral().unwrap();
        let (key, wrapped) = vault.new_case_key().unwrap();
        let sealed = key.seal("张三𠮷".as_bytes(), b"applicant.name").unwrap();
        let again = vault.unwrap_case_key(&wrapped).unwrap();
        assert_eq!(again.open(&sealed, b"applicant.name").unwrap().as_slice(), "张三𠮷".as_bytes());
    }

    #[test]
    fn nothing_opens_under_another_key_or_for_another_place() {
        let vault = Vault::ephemeral().unwrap();
        let (key, wrapped) = vault.new_case_key().unwrap();
        let (other, _) = vault.new_case_key().unwrap();
        let sealed = key.seal(b"text", b"name").unwrap();
        assert!(matches!(other.open(&sealed, b"name"), Err(VaultError::CannotOpen)));
        assert!(matches!(key.open(&sealed, b"phone"), Err(VaultError::CannotOpen)));
        assert!(
            Vault::ephemeral()
                .unwrap()
                .unwrap_case_key(&wrapped)
                .is_err()
        );
        assert!(vault.open_sealed(&wrapped, b"case key").is_err());
    }

    #[test]
    fn an_index_is_the_same_for_the_same_text_under_one_label_and_one_key() {
        let vault = Vault::ephemeral().unwrap();
        let index = vault.blind_index("name", "张三");
        assert_eq!(index, vault.blind_index("name", " 张三\n"));
        assert_ne!(index, vault.blind_index("name", "张三丰"));
        assert_ne!(index, vault.blind_index("number", "张三"));
        assert_ne!(index, vault.mac("name", "张三".as_bytes()));
        assert_ne!(index, Vault::ephemeral().unwrap().blind_index("name", "张三"));
    }

    #[test]
    fn a_key_is_made_once_and_found_again() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("keys/yishen.key");
        let made = Vault::open(&file, true).unwrap();
        let found = Vault::open(&file, false).unwrap();
        assert_eq!(made.fingerprint(), found.fingerprint());
        assert_eq!(made.mac("a", b"b"), found.mac("a", b"b"));
        assert_ne!(made.fingerprint(), Vault::ephemeral().unwrap().fingerprint());
    }

    #[test]
    fn an_office_with_data_is_not_given_a_new_key() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("yishen.key");
        let error = Vault::open(&file, false).unwrap_err();
        assert!(error.to_string().contains("yishen.key"));
        assert!(!file.exists());
    }

    #[test]
    fn no_key_shows_in_what_is_printed() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("yishen.key");
        let vault = Vault::open(&file, true).unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        let key = text.trim().rsplit(':').next().unwrap();
        let (case_key, _) = vault.new_case_key().unwrap();
        let shown = format!("{vault:?} {case_key:?}");
        assert_eq!(key.len(), 64);
        assert!(!shown.contains(key) && !shown.contains(&key[..16]), "{shown}");
    }

    #[test]
    fn sameness_is_of_all_bytes() {
        assert!(same(b"abc", b"abc"));
        assert!(!same(b"abc", b"abd"));
        assert!(!same(b"abc", b"ab"));
    }
}
