//! The form as it stands between two steps: what was typed, what was enclosed, what is wrong.

use std::io;

use crate::app::App;
use crate::casework::attachments::Incoming;
use crate::domain::agency::Agency;
use crate::domain::application::{Draft, Field};
use crate::storage::attachments::Purpose;
use crate::web::csrf::Token;
use crate::web::error::WebError;
use crate::web::form::View;
use crate::web::upload::{Received, Staged, Tray};

/// The field of the chosen agency, where there are several.
pub const AGENCY: &str = "agency";
/// The field of the files that prove who applies.
pub const IDENTITY: &str = "identity";

/// One person's application, half way.
#[derive(Debug)]
pub struct Paper {
    /// The form's token.
    pub token: Token,
    /// The code of the chosen agency; empty where there is only one.
    pub agency: String,
    /// What was typed.
    pub draft: Draft,
    /// What was enclosed.
    pub files: Vec<Staged>,
    /// Everything that is wrong, in the order of the form.
    pub faults: Vec<Flaw>,
    /// Whether a file could not be kept, which is the office's fault.
    pub no_room: bool,
    tray: Option<Tray>,
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// The field's name.
    pub field: String,
    /// What is wrong, and how to mend it; a Chinese sentence.
    pub message: String,
    /// Whether it is about a file that was not taken.
    pub refused: bool,
}

impl Flaw {
    /// Something wrong with a field.
    #[must_use]
    pub fn new(field: &str, message: impl Into<String>) -> Self {
        Self { field: field.to_owned(), message: message.into(), refused: false }
    }
}

impl Paper {
    /// A form that nobody has written on.
    #[must_use]
    pub fn blank(token: Token) -> Self {
        Self {
            token,
            agency: String::new(),
            draft: Draft::default(),
            files: Vec::new(),
            faults: Vec::new(),
            no_room: false,
            tray: None,
        }
    }

    /// What was sent, with everything that is wrong with it.
    #[must_use]
    pub fn read(app: &App, agencies: &[Agency], mut received: Received) -> Self {
        let mut draft = Draft::default();
        for field in Field::TEXTS {
            if let (Some(place), Some(text)) =
                (draft.get_mut(field), received.texts.remove(field.id()))
            {
                *place = text;
            }
        }
        let mut paper = Self {
            token: received.token,
            agency: received.texts.remove(AGENCY).unwrap_or_default(),
            draft: draft.without_invisible(),
            files: received.files,
            faults: Vec::new(),
            no_room: received.no_room,
            tray: Some(received.tray),
        };
        let refused = received.refused.into_iter();
        paper.faults = refused
            .map(|(field, message)| Flaw { field, message, refused: true })
            .collect();
        let flaws = paper.flaws(app, agencies);
        paper.faults.extend(flaws);
        paper.faults.sort_by_key(|flaw| place(&flaw.field));
        paper
    }

    fn flaws(&self, app: &App, agencies: &[Agency]) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        if agencies.len() > 1 && !agencies.iter().any(|agency| agency.code == self.agency) {
            flaws.push(Flaw::new(AGENCY, "请选择向哪个机关申请"));
        }
        // Where one was sent and not taken, that is what there is to say.
        let was_refused = self.faults.iter().any(|flaw| flaw.field == IDENTITY);
        let is_asked_for = app.settings.intake.identity_proof_online;
        if is_asked_for && !was_refused && !self.has_files(IDENTITY) {
            flaws.push(Flaw::new(IDENTITY, "请上传身份证明的照片或者扫描件"));
        }
        let faults = self.draft.faults(app.clock.today()).into_iter();
        flaws.extend(faults.map(|fault| Flaw::new(fault.field.id(), fault.message)));
        flaws
    }

    /// The same without what the person may still be about to write: only what is said of
    /// files that were just sent.
    #[must_use]
    pub fn only_refused(mut self) -> Self {
        self.faults.retain(|flaw| flaw.refused);
        self
    }

    /// Takes an enclosed file out.
    ///
    /// # Errors
    ///
    /// [`WebError::NotAForm`] for a file that cannot be one of this form's;
    /// [`WebError::Unavailable`], if it cannot be removed.
    pub fn remove(&mut self, id: &str) -> Result<(), WebError> {
        if let Some(tray) = &self.tray {
            tray.remove(id)?;
        }
        self.files.retain(|file| file.id != id);
        Ok(())
    }

    /// What was enclosed, read from where it waits.
    ///
    /// # Errors
    ///
    /// [`io::Error`], also if it was filed and cleared away meanwhile.
    pub async fn enclosed(&self) -> io::Result<Vec<Incoming>> {
        let Some(tray) = self.tray.clone().filter(|_| !self.files.is_empty()) else {
            return Ok(Vec::new());
        };
        let files = self.files.clone();
        let read = move || files.iter().map(|file| incoming(&tray, file)).collect();
        actix_web::web::block(read)
            .await
            .map_err(io::Error::other)?
    }

    /// How large what was enclosed is, in bytes.
    #[must_use]
    pub fn weight(&self) -> usize {
        self.files.iter().map(|file| file.bytes).sum()
    }

    /// Throws away what waited: it is filed.
    pub async fn clear(&self) {
        if let Some(tray) = self.tray.clone().filter(|_| !self.files.is_empty())
            && let Err(error) = actix_web::web::block(move || tray.clear()).await
        {
            tracing::warn!(%error, "a tray was not cleared; it will be swept");
        }
    }

    /// Whether files were enclosed under a field.
    #[must_use]
    pub fn has_files(&self, field: &str) -> bool {
        self.files.iter().any(|file| file.field == field)
    }

    /// What a page shows of it.
    #[must_use]
    pub fn view(&self) -> View {
        let texts = Field::TEXTS.map(|field| (field.id(), self.draft.get(field)));
        let mut view = View::filled(texts.into_iter().chain([(AGENCY, self.agency.as_str())]));
        for flaw in &self.faults {
            view.add_fault(&flaw.field, &flaw.message);
        }
        view
    }
}

/// A file out of the tray, as it is filed.
fn incoming(tray: &Tray, file: &Staged) -> io::Result<Incoming> {
    let purpose = if file.field == IDENTITY {
        Purpose::Identity
    } else {
        Purpose::Support
    };
    Ok(Incoming {
        purpose,
        name: file.name.clone(),
        media_type: file.media_type.clone(),
        bytes: tray.open(file)?,
    })
}

/// Where a field stands on the form.
fn place(field: &str) -> usize {
    let before = |field: Field| match field {
        Field::Telephone => Some(IDENTITY),
        Field::Form => Some(Field::Attachments.id()),
        _ => None,
    };
    let order = std::iter::once(AGENCY).chain(
        Field::TEXTS
            .into_iter()
            .flat_map(|field| before(field).into_iter().chain([field.id()])),
    );
    order
        .into_iter()
        .position(|known| known == field)
        .unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_stand_in_the_order_of_the_form() {
        let order = [
            "agency",
            "kind",
            "contact_person",
            "identity",
            "telephone",
            "description",
        ];
        assert!(order.is_sorted_by_key(|field| place(field)));
        assert!(
            ["description", "attachments", "form", "route"].is_sorted_by_key(|field| place(field))
        );
    }
}
