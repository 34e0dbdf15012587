//! Where files wait between the steps of a form: sealed, in a folder of the form's own, and
//! swept away a day later.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use crate::documents::hex;
use crate::vault::{Vault, VaultError};
use crate::web::csrf::Token;

/// How much of a file is sealed at a time.
pub const PIECE: usize = 1024 * 1024;
/// How long files wait: as long as a form may lie open, and a little more.
const KEPT: Duration = Duration::from_hours(26);
/// The folder below the data directory.
const FOLDER: &str = "staging";
/// The ending of a file's description; what has none was not received whole.
const LABEL: &str = "label";

/// What waits in a tray, as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staged {
    /// Its place in the tray.
    #[serde(skip)]
    pub id: String,
    /// The field of the form that it belongs to.
    pub field: String,
    /// Its name as the sender gave it.
    pub name: String,
    /// What it is.
    pub media_type: String,
    /// How large it is.
    pub bytes: usize,
}

impl Staged {
    /// How many files had been put into the tray when it came.
    fn place(&self) -> u32 {
        let place = self.id.get(..8);
        place
            .and_then(|place| u32::from_str_radix(place, 16).ok())
            .unwrap_or_default()
    }
}

/// The folder of one form.
#[derive(Debug, Clone)]
pub struct Tray {
    vault: Vault,
    name: String,
    directory: PathBuf,
}

/// A file on its way into a tray; what is not [`finish`](Self::finish)ed is thrown away.
#[derive(Debug)]
pub struct Arriving {
    tray: Tray,
    id: String,
    content: File,
    pieces: u32,
    finished: bool,
}

impl Tray {
    /// The tray of the form with this token. Its folder is made when something is put in.
    #[must_use]
    pub fn of(vault: &Vault, data: &Path, token: &Token) -> Self {
        let mac = vault.mac("tray", token.as_str().as_bytes());
        let name = hex(mac.get(..16).unwrap_or_default());
        let directory = data.join(FOLDER).join(&name);
        Self { vault: vault.clone(), name, directory }
    }

    /// What waits here, in the order in which it came.
    ///
    /// # Errors
    ///
    /// [`io::Error`], also for labels that do not open.
    pub fn list(&self) -> io::Result<Vec<Staged>> {
        let entries = match fs::read_dir(&self.directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut found = Vec::new();
        for entry in entries {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == LABEL)
                && let Some(id) = path.file_stem().and_then(|stem| stem.to_str())
            {
                found.push(self.label(id)?);
            }
        }
        found.sort_by(|left, right| left.id.cmp(&right.id));
        Ok(found)
    }

    /// The content of a file.
    ///
    /// # Errors
    ///
    /// [`io::Error`], also for content that was changed.
    pub fn open(&self, staged: &Staged) -> io::Result<Vec<u8>> {
        let mut sealed = File::open(self.content_path(&staged.id)?)?;
        let mut plain = Vec::with_capacity(staged.bytes);
        let mut piece = 0;
        while plain.len() < staged.bytes {
            let mut length = [0; 4];
            sealed.read_exact(&mut length)?;
            let length = usize::try_from(u32::from_be_bytes(length)).map_err(io::Error::other)?;
            if length > 2 * PIECE {
                return Err(ErrorKind::InvalidData.into());
            }
            let mut bytes = vec![0; length];
            sealed.read_exact(&mut bytes)?;
            let context = self.context(&staged.id, &piece.to_string());
            plain.extend_from_slice(&self.vault.open_sealed(&bytes, &context).map_err(broken)?);
            piece += 1;
        }
        Ok(plain)
    }

    /// Begins to take a file in.
    ///
    /// # Errors
    ///
    /// [`io::Error`].
    pub fn begin(&self) -> io::Result<Arriving> {
        fs::create_dir_all(&self.directory)?;
        let last = self.list()?.pop().map_or(0, |last| last.place());
        let random: [u8; 8] = self.vault.random_bytes().map_err(broken)?;
        let id = format!("{:08x}{}", last.saturating_add(1), hex(&random));
        let content = File::create_new(self.content_path(&id)?)?;
        Ok(Arriving { tray: self.clone(), id, content, pieces: 0, finished: false })
    }

    /// Throws a file away; one that is not there is fine.
    ///
    /// # Errors
    ///
    /// [`io::Error`].
    pub fn remove(&self, id: &str) -> io::Result<()> {
        for path in [self.label_path(id)?, self.content_path(id)?] {
            match fs::remove_file(path) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    /// Throws away what waited: it is kept elsewhere now. What cannot be thrown away is swept
    /// later, and is no reason to tell anybody that nothing was kept.
    pub fn clear(&self) {
        match fs::remove_dir_all(&self.directory) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                tracing::warn!(%error, "a tray could not be cleared; it will be swept");
            }
            _ => {}
        }
    }

    fn label(&self, id: &str) -> io::Result<Staged> {
        let sealed = fs::read(self.label_path(id)?)?;
        let plain = self
            .vault
            .open_sealed(&sealed, &self.context(id, LABEL))
            .map_err(broken)?;
        let staged: Staged = serde_json::from_slice(&plain)?;
        Ok(Staged { id: id.to_owned(), ..staged })
    }

    /// What a sealed piece is bound to, so that none can be put in another's place.
    fn context(&self, id: &str, part: &str) -> Vec<u8> {
        format!("staging/{}/{id}/{part}", self.name).into_bytes()
    }

    fn label_path(&self, id: &str) -> io::Result<PathBuf> {
        self.path(id, LABEL)
    }

    fn content_path(&self, id: &str) -> io::Result<PathBuf> {
        self.path(id, "content")
    }

    /// Identifiers come back from forms: only those that we could have given out name a path.
    fn path(&self, id: &str, extension: &str) -> io::Result<PathBuf> {
        if id.is_empty() || !id.chars().all(|c| c.is_ascii_hexdigit()) {
            return Err(ErrorKind::NotFound.into());
        }
        Ok(self.directory.join(format!("{id}.{extension}")))
    }
}

impl Arriving {
    /// Takes in the next piece.
    ///
    /// # Errors
    ///
    /// [`io::Error`].
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        for piece in bytes.chunks(PIECE) {
            let context = self.tray.context(&self.id, &self.pieces.to_string());
            let sealed = self.tray.vault.seal(piece, &context).map_err(broken)?;
            let length = u32::try_from(sealed.len()).map_err(io::Error::other)?;
            self.content.write_all(&length.to_be_bytes())?;
            self.content.write_all(&sealed)?;
            self.pieces += 1;
        }
        Ok(())
    }

    /// Puts the label on: from now on the file waits in the tray.
    ///
    /// # Errors
    ///
    /// [`io::Error`].
    pub fn finish(mut self, staged: &Staged) -> io::Result<()> {
        let plain = serde_json::to_vec(staged)?;
        let context = self.tray.context(&self.id, LABEL);
        let sealed = self.tray.vault.seal(&plain, &context).map_err(broken)?;
        fs::write(self.tray.label_path(&self.id)?, sealed)?;
        self.finished = true;
        Ok(())
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        if !self.finished {
            // What cannot be removed is sealed, and is swept away tomorrow.
            let _ = self.tray.remove(&self.id);
        }
    }
}

/// Throws away what has waited for longer than a form may lie open.
///
/// # Errors
///
/// [`io::Error`].
fn sweep(data: &Path, now: SystemTime) -> io::Result<usize> {
    let trays = match fs::read_dir(data.join(FOLDER)) {
        Ok(trays) => trays,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    let mut swept = 0;
    for tray in trays {
        let tray = tray?;
        let age = now.duration_since(tray.metadata()?.modified()?);
        if age.is_ok_and(|age| age > KEPT) {
            fs::remove_dir_all(tray.path())?;
            swept += 1;
        }
    }
    Ok(swept)
}

/// Sweeps once an hour, for as long as the program runs.
pub async fn sweep_hourly(data: PathBuf) {
    loop {
        let data = data.clone();
        let swept = tokio::task::spawn_blocking(move || sweep(&data, SystemTime::now())).await;
        match swept {
            Ok(Ok(0)) | Err(_) => {}
            Ok(Ok(trays)) => tracing::info!(trays, "forms that were never sent were swept away"),
            Ok(Err(error)) => tracing::error!(%error, "trays could not be swept"),
        }
        tokio::time::sleep(Duration::from_hours(1)).await;
    }
}

fn broken(error: VaultError) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, error)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn tray(data: &Path) -> Tray {
        let vault = Vault::ephemeral().unwrap();
        let now = DateTime::from_timestamp(1_795_000_000, 0).unwrap();
        let token = Token::issue(&vault, "apply", now).unwrap();
        Tray::of(&vault, data, &token)
    }

    fn staged(bytes: usize) -> Staged {
        Staged {
            id: String::new(),
            field: "attachments".to_owned(),
            name: "身份证·𠮷.pdf".to_owned(),
            media_type: "application/pdf".to_owned(),
            bytes,
        }
    }

    fn put(tray: &Tray, content: &[u8]) -> Staged {
        let mut arriving = tray.begin().unwrap();
        let id = arriving.id.clone();
        arriving.write(content).unwrap();
        arriving.finish(&staged(content.len())).unwrap();
        tray.list()
            .unwrap()
            .into_iter()
            .find(|found| found.id == id)
            .unwrap()
    }

    #[test]
    fn what_is_put_in_comes_out_again() {
        let data = tempfile::tempdir().unwrap();
        let tray = tray(data.path());
        assert_eq!(tray.list().unwrap(), []);
        let content: Vec<u8> = (0..2 * PIECE + 7)
            .map(|n| (n % 251).to_le_bytes()[0])
            .collect();
        let large = put(&tray, &content);
        let small = put(&tray, b"");
        assert_eq!(tray.list().unwrap(), [large.clone(), small.clone()]);
        assert_eq!(tray.open(&large).unwrap(), content);
        assert_eq!(tray.open(&small).unwrap(), b"");
        tray.remove(&large.id).unwrap();
        tray.remove(&large.id).unwrap();
        assert_eq!(tray.list().unwrap(), [small]);
        tray.clear();
        assert_eq!(tray.list().unwrap(), []);
    }

    #[test]
    fn what_did_not_come_whole_is_not_there() {
        let data = tempfile::tempdir().unwrap();
        let tray = tray(data.path());
        let mut arriving = tray.begin().unwrap();
        arriving.write(b"half").unwrap();
        drop(arriving);
        assert_eq!(tray.list().unwrap(), []);
        assert_eq!(fs::read_dir(&tray.directory).unwrap().count(), 0);
    }

    #[test]
    fn nothing_readable_lies_on_the_disk() {
        let data = tempfile::tempdir().unwrap();
        let tray = tray(data.path());
        put(&tray, "证件号码11010519491231002X".as_bytes());
        for entry in fs::read_dir(&tray.directory).unwrap() {
            let bytes = fs::read(entry.unwrap().path()).unwrap();
            let has = |canary: &[u8]| bytes.windows(canary.len()).any(|seen| seen == canary);
            assert!(!has(b"11010519491231002X") && !has("身份证".as_bytes()));
        }
    }

    #[test]
    fn names_of_other_files_are_no_names() {
        let data = tempfile::tempdir().unwrap();
        let tray = tray(data.path());
        for id in ["", "../../keys/yishen", "a/b", "a.b"] {
            assert!(tray.remove(id).is_err(), "{id}");
        }
    }

    #[test]
    fn content_that_was_changed_does_not_open() {
        let data = tempfile::tempdir().unwrap();
        let tray = tray(data.path());
        let staged = put(&tray, b"content");
        let path = tray.content_path(&staged.id).unwrap();
        let mut bytes = fs::read(&path).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(&path, bytes).unwrap();
        assert!(tray.open(&staged).is_err());
    }

    #[test]
    fn trays_are_swept_a_day_later() {
        let data = tempfile::tempdir().unwrap();
        let tray = tray(data.path());
        put(&tray, b"content");
        let now = SystemTime::now();
        assert_eq!(sweep(data.path(), now).unwrap(), 0);
        assert_eq!(sweep(data.path(), now + Duration::from_hours(27)).unwrap(), 1);
        assert_eq!(tray.list().unwrap(), []);
    }
}
