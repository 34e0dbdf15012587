//! The file of the master key: one line of text, readable by its owner alone.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use zeroize::{Zeroize, Zeroizing};

use super::VaultError;
use super::suite::{self, KEY_BYTES, Key};

/// What the line begins with.
const PREFIX: &str = "yishen-key-1:";

/// The key in the file, if there is such a file.
pub(super) fn read(path: &Path) -> Result<Option<Key>, VaultError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => Zeroizing::new(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            return Err(VaultError::KeyMalformed(path.display().to_string()));
        }
        Err(why) => return Err(failed(path, why)),
    };
    let key = text.trim().strip_prefix(PREFIX).and_then(from_hex);
    key.map(Some)
        .ok_or_else(|| VaultError::KeyMalformed(path.display().to_string()))
}

/// Makes a key and keeps it in a new file, on the disk before this returns. Where two do so at
/// once, both get the key of the first.
pub(super) fn create(path: &Path) -> Result<Key, VaultError> {
    let key = suite::random_key()?;
    let mut line = Zeroizing::new(PREFIX.to_owned());
    line.push_str(&Zeroizing::new(hex(key.iter())));
    line.push('\n');
    match write_new(path, line.as_bytes()) {
        Ok(()) => Ok(key),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            read(path)?.ok_or_else(|| failed(path, error))
        }
        Err(why) => Err(failed(path, why)),
    }
}

/// Whether others than the owner may read the file.
///
/// # Errors
///
/// What the system says, if it cannot tell.
pub fn is_exposed(path: &Path) -> io::Result<bool> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        Ok(fs::metadata(path)?.permissions().mode() & 0o077 != 0)
    }
    #[cfg(not(unix))]
    {
        fs::metadata(path).map(|_| false)
    }
}

/// Writes the whole file beside its place, then puts it there unless something is there
/// already: a file that is cut short by a crash never stands in its place.
fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    let directory = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    make_private_directory(directory)?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let draft = directory.join(name);
    let placed = write_private(&draft, content).and_then(|()| fs::hard_link(&draft, path));
    let removed = remove(&draft);
    placed?;
    removed?;
    File::open(directory)?.sync_all()
}

fn remove(draft: &PathBuf) -> io::Result<()> {
    match fs::remove_file(draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Makes the directory, and those above it, if it is not there; others may not look into it.
fn make_private_directory(directory: &Path) -> io::Result<()> {
    if directory.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

/// Bytes as hexadecimal digits.
pub(super) fn hex<'a>(bytes: impl Iterator<Item = &'a u8>) -> String {
    use std::fmt::Write as _;
    bytes.fold(String::with_capacity(2 * KEY_BYTES), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn from_hex(text: &str) -> Option<Key> {
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    if text.len() != 2 * KEY_BYTES || !text.is_ascii() {
        return None;
    }
    for (at, byte) in key.iter_mut().enumerate() {
        let mut digits = text.get(2 * at..2 * at + 2)?.to_owned();
        *byte = u8::from_str_radix(&digits, 16).ok()?;
        digits.zeroize();
    }
    Some(key)
}

fn failed(path: &Path, why: io::Error) -> VaultError {
    VaultError::KeyFile { path: path.display().to_string(), why }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_its_owners_alone() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("keys/yishen.key");
        create(&file).unwrap();
        assert!(!is_exposed(&file).unwrap());
        assert!(!is_exposed(&directory.path().join("keys")).unwrap());
        let left: Vec<_> = fs::read_dir(directory.path().join("keys"))
            .unwrap()
            .collect();
        assert_eq!(left.len(), 1);
    }

    #[test]
    fn two_who_make_the_key_at_once_get_the_same() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("yishen.key");
        let first = create(&file).unwrap();
        let second = create(&file).unwrap();
        assert_eq!(*first, *second);
    }

    #[test]
    fn what_is_no_key_is_refused_and_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("yishen.key");
        let whole = format!("{PREFIX}{}", "ab".repeat(KEY_BYTES));
        for text in [
            "",
            "abc",
            &whole[..whole.len() - 2],
            &whole.replace("ab", "zz"),
            "钥匙",
        ] {
            fs::write(&file, text).unwrap();
            assert!(matches!(read(&file), Err(VaultError::KeyMalformed(_))), "{text}");
            assert_eq!(fs::read_to_string(&file).unwrap(), text);
        }
        fs::write(&file, [0xff, 0xfe]).unwrap();
        assert!(matches!(read(&file), Err(VaultError::KeyMalformed(_))));
        fs::write(&file, format!("{whole}\r\n")).unwrap();
        assert_eq!(*read(&file).unwrap().unwrap(), [0xab; KEY_BYTES]);
    }
}
