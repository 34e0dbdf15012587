//! Reads a form with files: texts into memory, files piece by piece into the form's tray, and
//! nothing beyond the limits.

mod kind;
mod reader;
mod refusal;
mod tray;

use std::collections::BTreeMap;

use crate::app::App;
use crate::casework::attachments::Incoming;
use crate::storage::attachments::Purpose;
use crate::web::csrf::Token;
use crate::web::error::WebError;

pub use self::kind::{ACCEPT, Accepted, EVERYTHING, FileKind};
pub use self::reader::{receive, receive_only};
pub use self::tray::{Staged, Tray, sweep_hourly};

/// The field that holds the form's token, and must come before any file.
pub const TOKEN: &str = "token";

/// What a form brought.
#[derive(Debug)]
pub struct Received {
    /// The form's token; ours, but it may be expired.
    pub token: Token,
    /// What was typed, by field.
    pub texts: BTreeMap<String, String>,
    /// Why files were not taken: the field, and a Chinese sentence.
    pub refused: Vec<(String, String)>,
    /// Where its files wait.
    pub tray: Tray,
    /// The files that wait there, from this and earlier steps.
    pub files: Vec<Staged>,
    /// Whether a file was not taken because it could not be kept, which is our fault.
    pub no_room: bool,
}

impl Received {
    /// How much its files weigh, in bytes.
    #[must_use]
    pub fn weight(&self) -> usize {
        self.files.iter().map(|file| file.bytes).sum()
    }

    /// The files that wait, as they came.
    ///
    /// # Errors
    ///
    /// [`WebError`], if one of them cannot be read.
    pub async fn open(&self, purpose: Purpose) -> Result<Vec<Incoming>, WebError> {
        let (tray, files) = (self.tray.clone(), self.files.clone());
        let opened = actix_web::web::block(move || {
            let files = files.iter().map(|file| {
                Ok(Incoming {
                    purpose,
                    name: file.name.clone(),
                    media_type: file.media_type.clone(),
                    bytes: tray.open(file)?,
                })
            });
            files.collect::<std::io::Result<Vec<_>>>()
        });
        let opened = opened
            .await
            .map_err(|error| WebError::Internal(error.to_string()))?;
        Ok(opened?)
    }

    /// The same form with a new token, for one that lay open for too long.
    ///
    /// # Errors
    ///
    /// [`WebError::Unavailable`], if its files cannot be put aside again.
    pub fn moved_to(self, app: &App, token: Token) -> Result<Self, WebError> {
        let tray = Tray::of(&app.vault, &app.settings.data.directory, &token);
        for file in &self.files {
            let content = self.tray.open(file)?;
            let mut arriving = tray.begin()?;
            arriving.write(&content)?;
            arriving.finish(file)?;
        }
        self.tray.clear();
        let files = tray.list()?;
        Ok(Self { token, tray, files, ..self })
    }
}

/// The files that wait, as a page shows them.
#[derive(Debug, Default)]
pub struct Uploads(Vec<Upload>);

/// A file that waits.
#[derive(Debug)]
pub struct Upload {
    field: String,
    /// Its place in the tray.
    pub id: String,
    /// Its name as the sender gave it.
    pub name: String,
    /// Its size, for people to read.
    pub size: String,
}

impl Uploads {
    /// These files.
    #[must_use]
    pub fn of(files: &[Staged]) -> Self {
        let upload = |file: &Staged| Upload {
            field: file.field.clone(),
            id: file.id.clone(),
            name: file.name.clone(),
            size: readable_size(file.bytes),
        };
        Self(files.iter().map(upload).collect())
    }

    /// Those that belong to a field.
    #[must_use]
    pub fn at(&self, field: &str) -> Vec<&Upload> {
        self.0.iter().filter(|file| file.field == field).collect()
    }
}

/// A size as people read it.
#[must_use]
pub fn readable_size(bytes: usize) -> String {
    let kib = bytes.div_ceil(1024);
    if kib < 1024 {
        format!("{kib} KB")
    } else {
        format!("{}.{} MB", kib / 1024, kib % 1024 * 10 / 1024)
    }
}
