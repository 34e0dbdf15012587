//! Reads the parts of a form as they come in.

use std::collections::BTreeMap;

use actix_multipart::{Field as Part, Multipart, MultipartError};
use actix_web::web::{Bytes, BytesMut};
use futures_util::TryStreamExt as _;

use super::refusal::{Refusal, Stopped, no_room};
use super::tray::{Arriving, PIECE};
use super::{Accepted, EVERYTHING, FileKind, Received, Staged, TOKEN, Tray};
use crate::app::App;
use crate::web::csrf::Token;
use crate::web::error::WebError;
use crate::web::limits::is_too_slow;

/// The longest text of one field, in bytes; the law's own limits are lower, and told kindly.
const TEXT_AT_MOST: usize = 256 * 1024;
/// All texts together, in bytes.
const TEXTS_AT_MOST: usize = 1024 * 1024;
/// How many times the bytes that are taken are read and dropped, so that a browser that sends
/// too much hears why.
const PATIENCE: usize = 4;
/// The longest name of a file, in characters.
const NAME_AT_MOST: usize = 120;

/// Reads a form that was sent for `purpose`.
///
/// # Errors
///
/// [`WebError`] for what is no form of ours; faults of single files are in
/// [`Received::refused`].
pub async fn receive(app: &App, purpose: &str, body: Multipart) -> Result<Received, WebError> {
    receive_only(app, purpose, body, EVERYTHING).await
}

/// Reads a form that was sent for `purpose` and takes only such files.
///
/// # Errors
///
/// As [`receive`].
pub async fn receive_only(
    app: &App,
    purpose: &str,
    body: Multipart,
    accepted: Accepted,
) -> Result<Received, WebError> {
    let mut reader = Reader {
        app,
        purpose,
        accepted,
        texts: BTreeMap::new(),
        text_bytes: 0,
        read_bytes: 0,
        parts: 0,
        refused: Vec::new(),
        no_room: false,
        desk: None,
    };
    let mut body = body;
    while let Some(part) = body.try_next().await.map_err(unreadable)? {
        reader.take(part).await?;
    }
    reader.finish()
}

/// A form half read.
struct Reader<'a> {
    app: &'a App,
    purpose: &'a str,
    accepted: Accepted,
    texts: BTreeMap<String, String>,
    text_bytes: usize,
    read_bytes: usize,
    parts: usize,
    refused: Vec<(String, String)>,
    no_room: bool,
    desk: Option<Desk>,
}

/// The tray, once the token is known.
struct Desk {
    token: Token,
    tray: Tray,
    files: Vec<Staged>,
}

impl Desk {
    fn of(app: &App, token: Token) -> Result<Self, WebError> {
        let tray = Tray::of(&app.vault, &app.settings.data.directory, &token);
        let files = tray.list()?;
        Ok(Self { token, tray, files })
    }
}

impl Reader<'_> {
    async fn take(&mut self, part: Part) -> Result<(), WebError> {
        let limits = &self.app.settings.limits;
        self.parts += 1;
        if self.parts > limits.form_parts || self.texts.len() > limits.form_fields {
            return Err(WebError::TooMuch("表单的栏目太多。本次没有提交任何内容。".to_owned()));
        }
        let name = part.name().unwrap_or_default().to_owned();
        let file_name = part
            .content_disposition()
            .and_then(|disposition| disposition.get_filename())
            .map(plain_name);
        match file_name {
            None => self.take_text(name, part).await,
            // A file input that was left empty.
            Some(file) if file.is_empty() => self.skip(Source { part, ended: false }).await,
            Some(file) => self.take_file(name, file, part).await,
        }
    }

    async fn take_text(&mut self, name: String, mut part: Part) -> Result<(), WebError> {
        let bytes = part
            .bytes(TEXT_AT_MOST)
            .await
            .map_err(|_| too_much_text())?
            .map_err(unreadable)?;
        self.text_bytes += bytes.len();
        if self.text_bytes > TEXTS_AT_MOST {
            return Err(too_much_text());
        }
        let text = String::from_utf8(bytes.to_vec()).map_err(|_| WebError::NotUtf8)?;
        if name == TOKEN {
            let token = Token::read(&self.app.vault, self.purpose, &text)?;
            self.desk = Some(Desk::of(self.app, token)?);
        }
        // Browsers send line ends as CR LF; the rest of the house knows LF.
        match self.texts.insert(name, text.replace("\r\n", "\n")) {
            None => Ok(()),
            Some(_) => Err(WebError::NotAForm("a field came twice")),
        }
    }

    /// Takes a file in, or says why not; the form goes on either way.
    async fn take_file(&mut self, field: String, name: String, part: Part) -> Result<(), WebError> {
        let mut source = Source { part, ended: false };
        let refusal = match self.stage(&field, &name, &mut source).await {
            Ok(()) => None,
            Err(Stopped::Refused(refusal)) => Some(refusal),
            Err(Stopped::Broken(error)) => return Err(error),
        };
        self.skip(source).await?;
        if let Some(refusal) = refusal {
            self.no_room |= refusal == Refusal::NoRoom;
            let why = refusal.words(&name, &self.app.settings.limits);
            self.refused.push((field, why));
        }
        Ok(())
    }

    /// Seals a file piece by piece into the tray.
    async fn stage(&mut self, field: &str, name: &str, source: &mut Source) -> Result<(), Stopped> {
        let limits = &self.app.settings.limits;
        let desk = self
            .desk
            .as_ref()
            .ok_or(Stopped::Broken(WebError::Forged))?;
        let tray = desk.tray.clone();
        // The same file sent again, after a look back perhaps, takes the place of the first.
        let is_same = |file: &&Staged| file.field == field && file.name == name;
        let (replaced, others): (Vec<&Staged>, Vec<&Staged>) = desk.files.iter().partition(is_same);
        if others.len() >= limits.attachments {
            return Err(Refusal::TooMany.into());
        }
        let replaced: Vec<String> = replaced.iter().map(|file| file.id.clone()).collect();
        let kind = FileKind::of_name(name)
            .filter(|kind| self.accepted.endings.contains(&kind.extension))
            .ok_or(Refusal::UnknownKind(self.accepted.words))?;
        let most = limits.attachment_mib.min(self.accepted.mib);
        let taken: usize = others.iter().map(|file| file.bytes).sum();
        let room = limits.attachments_total_bytes().saturating_sub(taken);
        let mut arriving = None;
        let mut bytes = 0;
        while let Some(piece) = self.piece(source).await.map_err(Stopped::Broken)? {
            if bytes == 0 && !kind.fits(&piece) {
                let is_locked = kind.may_be_locked(&piece);
                let refusal = if is_locked {
                    Refusal::Locked
                } else {
                    Refusal::NotItsKind(kind.label)
                };
                return Err(refusal.into());
            }
            bytes += piece.len();
            if bytes
                > limits
                    .attachment_bytes()
                    .min(most.saturating_mul(1024 * 1024))
            {
                return Err(Refusal::TooLarge(most).into());
            }
            if bytes > room {
                return Err(Refusal::TooLargeTogether.into());
            }
            arriving = Some(seal(&tray, arriving, piece).await?);
        }
        let arriving = arriving.ok_or(Refusal::Empty)?;
        let staged = Staged {
            id: String::new(),
            field: field.to_owned(),
            name: name.to_owned(),
            media_type: kind.media_type.to_owned(),
            bytes,
        };
        let finished = arriving
            .finish(&staged)
            .and_then(|()| replaced.iter().try_for_each(|id| tray.remove(id)))
            .and_then(|()| tray.list());
        let files = finished.map_err(no_room)?;
        if let Some(desk) = &mut self.desk {
            desk.files = files;
        }
        Ok(())
    }

    /// The next piece of a file, whole but for the last.
    async fn piece(&mut self, source: &mut Source) -> Result<Option<Bytes>, WebError> {
        let mut piece = BytesMut::new();
        while piece.len() < PIECE {
            match self.next(source).await? {
                Some(bytes) => piece.extend_from_slice(&bytes),
                None => break,
            }
        }
        Ok((!piece.is_empty()).then(|| piece.freeze()))
    }

    /// The next bytes of a file.
    async fn next(&mut self, source: &mut Source) -> Result<Option<Bytes>, WebError> {
        if source.ended {
            return Ok(None);
        }
        let bytes = source.part.try_next().await.map_err(unreadable)?;
        source.ended = bytes.is_none();
        self.read_bytes += bytes.as_ref().map_or(0, Bytes::len);
        let limits = &self.app.settings.limits;
        if self.read_bytes > PATIENCE * limits.attachments_total_bytes() {
            let most = limits.attachments_total_mib;
            return Err(WebError::TooMuch(format!(
                "附件合计不能超过{most}MB。本次没有提交任何内容。"
            )));
        }
        Ok(bytes)
    }

    /// Reads on to the next part and keeps nothing.
    async fn skip(&mut self, mut source: Source) -> Result<(), WebError> {
        while self.next(&mut source).await?.is_some() {}
        Ok(())
    }

    fn finish(self) -> Result<Received, WebError> {
        let Desk { token, tray, files } = self.desk.ok_or(WebError::Forged)?;
        Ok(Received {
            token,
            texts: self.texts,
            refused: self.refused,
            tray,
            files,
            no_room: self.no_room,
        })
    }
}

/// A part that holds a file, and whether it has been read to its end.
struct Source {
    part: Part,
    ended: bool,
}

/// Seals one piece, off the thread that serves pages.
async fn seal(tray: &Tray, arriving: Option<Arriving>, piece: Bytes) -> Result<Arriving, Stopped> {
    let tray = tray.clone();
    let sealed = actix_web::web::block(move || {
        let mut arriving = match arriving {
            Some(arriving) => arriving,
            None => tray.begin()?,
        };
        arriving.write(&piece)?;
        Ok(arriving)
    });
    let sealed = sealed
        .await
        .map_err(|error| Stopped::Broken(WebError::Internal(error.to_string())))?;
    sealed.map_err(no_room)
}

/// A file's name without folders, controls and marks that turn the direction of writing.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain = |c: &char| {
        !c.is_control()
            && !matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    };
    let name: Vec<char> = last.trim().chars().filter(plain).collect();
    // The ending says what it is: a long name is shortened in front.
    let from = name.len().saturating_sub(NAME_AT_MOST);
    name.iter().skip(from).collect()
}

fn too_much_text() -> WebError {
    WebError::TooMuch("填写的文字太长。本次没有提交任何内容。".to_owned())
}

/// What a broken body means.
fn unreadable(error: MultipartError) -> WebError {
    match error {
        MultipartError::Payload(payload) if is_too_slow(&payload) => WebError::TooSlow,
        MultipartError::ContentTypeMissing
        | MultipartError::ContentTypeParse
        | MultipartError::ContentTypeIncompatible => WebError::NotAForm("not multipart/form-data"),
        _ => WebError::NotAForm("broken multipart body"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_lose_what_could_mislead() {
        assert_eq!(plain_name("C:\\照片\\身份证.jpg"), "身份证.jpg");
        assert_eq!(plain_name("../../etc/passwd"), "passwd");
        assert_eq!(plain_name("a\u{202E}fdp.exe"), "afdp.exe");
        let long = format!("{}.pdf", "长".repeat(200));
        assert_eq!(plain_name(&long).chars().count(), 120);
        assert!(plain_name(&long).ends_with("长.pdf"));
    }
}
