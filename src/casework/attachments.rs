//! Attachments: sealed under the case's key, on disk before the case is kept.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::app::App;
use crate::casework::{CaseworkError, ids, papers};
use crate::storage::StorageError;
use crate::storage::attachments::{Attachment, Purpose};
use crate::vault::CaseKey;

/// A file that came in, as it came.
#[derive(Clone)]
pub struct Incoming {
    /// What it is for.
    pub purpose: Purpose,
    /// Its name as the sender gave it.
    pub name: String,
    /// What its content is, found by looking at it.
    pub media_type: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Incoming {
    /// Hides name and content, which are the sender's.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Incoming({:?}, {} bytes)", self.purpose, self.bytes.len())
    }
}

/// Sealed files that lie on disk for a deed that is not kept yet; they are removed again unless
/// the deed is kept.
pub struct Stored {
    rows: Vec<Attachment>,
    files: Vec<PathBuf>,
}

impl Stored {
    /// No files.
    pub(super) const fn none() -> Self {
        Self { rows: Vec::new(), files: Vec::new() }
    }

    /// What the database keeps of them.
    pub(super) fn rows(&self) -> &[Attachment] {
        &self.rows
    }

    /// What becomes of the files once the deed has ended: they stay if it was kept, and if
    /// nobody can tell (a connection lost while committing), since a file that no row names
    /// does no harm and a row whose file is gone does. Otherwise they are removed.
    pub(super) fn settle<T>(mut self, ended: Result<T, CaseworkError>) -> Result<T, CaseworkError> {
        if matches!(ended, Ok(_) | Err(CaseworkError::Storage(StorageError::Unavailable { .. }))) {
            self.files.clear();
        }
        ended
    }
}

impl Stored {
    /// [`settle`](Self::settle), for the files of several cases that one deed keeps.
    pub(super) fn settle_all<T>(
        all: Vec<Self>,
        ended: Result<T, CaseworkError>,
    ) -> Result<T, CaseworkError> {
        all.into_iter()
            .fold(ended, |ended, stored| stored.settle(ended))
    }
}

impl Drop for Stored {
    fn drop(&mut self) {
        for file in &self.files {
            // What cannot be removed is an unreadable orphan, no loss.
            let _ = fs::remove_file(file);
        }
    }
}

/// [`store`], away from the threads that serve pages.
///
/// # Errors
///
/// As there.
pub(super) async fn store_aside(
    app: &App,
    case: Uuid,
    key: CaseKey,
    incoming: Vec<Incoming>,
) -> Result<Stored, CaseworkError> {
    if incoming.is_empty() {
        return Ok(Stored::none());
    }
    let directory = app.settings.data.directory.clone();
    tokio::task::spawn_blocking(move || store(&directory, case, &key, &incoming))
        .await
        .map_err(|_| CaseworkError::Interrupted)?
}

/// Seals `incoming` and writes it to `directory`, each file and its directory synced, so that
/// a commit that names them can be trusted.
///
/// # Errors
///
/// [`CaseworkError::Vault`] or [`CaseworkError::File`]; what was written is removed.
fn store(
    directory: &Path,
    case: Uuid,
    key: &CaseKey,
    incoming: &[Incoming],
) -> Result<Stored, CaseworkError> {
    let mut stored = Stored { rows: Vec::new(), files: Vec::new() };
    for file in incoming {
        let id = ids::new();
        let sealed = key.seal(&file.bytes, &papers::context(case, &format!("file/{id}")))?;
        let name = key.seal(file.name.as_bytes(), &papers::context(case, &format!("name/{id}")))?;
        let stored_as = id.simple().to_string();
        let path = place(directory, &stored_as);
        stored.files.push(path.clone());
        write_durably(&path, &sealed)?;
        stored.rows.push(Attachment {
            id,
            purpose: file.purpose,
            name_sealed: name,
            media_type: file.media_type.clone(),
            size: i64::try_from(file.bytes.len()).unwrap_or(i64::MAX),
            stored_as,
            sha256: Sha256::digest(&sealed).to_vec(),
        });
    }
    Ok(stored)
}

/// The content of an attachment, checked against the hash that was kept with it.
///
/// # Errors
///
/// [`CaseworkError::File`], [`CaseworkError::Garbled`] if the file was altered, or
/// [`CaseworkError::Vault`].
pub(super) fn read(
    directory: &Path,
    case: Uuid,
    key: &CaseKey,
    attachment: &Attachment,
) -> Result<Vec<u8>, CaseworkError> {
    let sealed = fs::read(place(directory, &attachment.stored_as))?;
    if Sha256::digest(&sealed).as_slice() != attachment.sha256.as_slice() {
        return Err(CaseworkError::Garbled("附件"));
    }
    let context = papers::context(case, &format!("file/{}", attachment.id));
    Ok(key.open(&sealed, &context)?.to_vec())
}

/// The name of an attachment.
///
/// # Errors
///
/// [`CaseworkError::Vault`], if it was altered.
pub(super) fn name(
    case: Uuid,
    key: &CaseKey,
    attachment: &Attachment,
) -> Result<String, CaseworkError> {
    let context = papers::context(case, &format!("name/{}", attachment.id));
    let name = key.open(&attachment.name_sealed, &context)?;
    Ok(String::from_utf8_lossy(&name).into_owned())
}

/// Files are spread over 256 directories, which any file system bears.
fn place(directory: &Path, stored_as: &str) -> PathBuf {
    let spread: String = stored_as.chars().rev().take(2).collect();
    directory.join("attachments").join(spread).join(stored_as)
}

fn write_durably(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let Some(directory) = path.parent() else {
        return Err(std::io::ErrorKind::NotFound.into());
    };
    if !directory.exists() {
        fs::create_dir_all(directory)?;
        for above in directory
            .ancestors()
            .skip(1)
            .take(2)
            .filter(|above| above.exists())
        {
            File::open(above)?.sync_all()?;
        }
    }
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    File::open(directory)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::Vault;

    fn incoming() -> Incoming {
        Incoming {
            purpose: Purpose::Identity,
            name: "身份证.jpg".to_owned(),
            media_type: "image/jpeg".to_owned(),
            bytes: vec![7; 100],
        }
    }

    #[test]
    fn what_is_kept_comes_back_and_is_not_readable_on_disk() {
        let directory = tempfile::tempdir().unwrap();
        let (key, _) = Vault::ephemeral().unwrap().new_case_key().unwrap();
        let case = Uuid::from_u128(1);
        let stored = store(directory.path(), case, &key, &[incoming()]).unwrap();
        let row = stored.rows()[0].clone();
        stored.settle(Ok(())).unwrap();
        assert_eq!(read(directory.path(), case, &key, &row).unwrap(), vec![7; 100]);
        assert_eq!(name(case, &key, &row).unwrap(), "身份证.jpg");
        let on_disk = fs::read(place(directory.path(), &row.stored_as)).unwrap();
        assert!(!on_disk.windows(8).any(|window| window == [7; 8]));
    }

    #[test]
    fn what_is_not_kept_is_removed() {
        let directory = tempfile::tempdir().unwrap();
        let (key, _) = Vault::ephemeral().unwrap().new_case_key().unwrap();
        let stored = store(directory.path(), Uuid::from_u128(1), &key, &[incoming()]).unwrap();
        let path = place(directory.path(), &stored.rows()[0].stored_as);
        assert!(path.exists());
        drop(stored);
        assert!(!path.exists());
    }

    #[test]
    fn an_altered_file_is_told() {
        let directory = tempfile::tempdir().unwrap();
        let (key, _) = Vault::ephemeral().unwrap().new_case_key().unwrap();
        let case = Uuid::from_u128(1);
        let stored = store(directory.path(), case, &key, &[incoming()]).unwrap();
        let row = stored.rows()[0].clone();
        fs::write(place(directory.path(), &row.stored_as), b"other").unwrap();
        assert!(matches!(read(directory.path(), case, &key, &row), Err(CaseworkError::Garbled(_))));
    }
}
