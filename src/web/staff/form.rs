//! Reads the plain forms of the desk; each must come from a page of the same session.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use futures_util::TryStreamExt as _;

use crate::app::App;
use crate::web::error::WebError;
use crate::web::fields::fields;
use crate::web::form::View;
use crate::web::limits::is_too_slow;
use crate::web::session::CurrentOfficer;

/// A form, field by field; its token was this session's.
#[derive(Debug, Clone, Default)]
pub struct DeskForm(BTreeMap<String, String>);

impl DeskForm {
    /// A form of fields whose token was checked before.
    #[must_use]
    pub const fn checked(fields: BTreeMap<String, String>) -> Self {
        Self(fields)
    }

    /// What was typed into a field, without blanks around it; empty if nothing was.
    #[must_use]
    pub fn text(&self, field: &str) -> &str {
        self.0.get(field).map_or("", |text| text.trim())
    }

    /// What was typed, to the letter.
    #[must_use]
    pub fn exact(&self, field: &str) -> &str {
        self.0.get(field).map_or("", String::as_str)
    }

    /// Whether a box was ticked.
    #[must_use]
    pub fn is_ticked(&self, field: &str) -> bool {
        self.text(field) == "yes"
    }

    /// The form on its way back to who filled it in, without what must not be sent again.
    #[must_use]
    pub fn view(&self) -> View {
        let secret = |name: &str| {
            matches!(name, "token" | "password" | "again" | "current" | "code" | "version")
        };
        View::filled(
            self.0
                .iter()
                .filter(|(name, _)| !secret(name))
                .map(|(name, value)| (name.clone(), value.clone())),
        )
    }
}

impl FromRequest for DeskForm {
    type Error = WebError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, WebError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let officer = CurrentOfficer::extract(request);
        let app = request.app_data::<Data<App>>().cloned();
        let body = payload.take();
        Box::pin(async move {
            let officer = officer.await?;
            let app = app.ok_or_else(|| WebError::Internal("no office".to_owned()))?;
            let body = read(body).await?;
            let fields = fields(&body)?;
            officer.check(&app, fields.get("token").map_or("", String::as_str))?;
            Ok(Self(fields))
        })
    }
}

/// The longest form of the desk, in bytes: far more than any text may be, so that one that is
/// too long comes back to who wrote it, with what is wrong said beside it.
const AT_MOST: usize = 2 * 1024 * 1024;

async fn read(mut body: Payload) -> Result<Vec<u8>, WebError> {
    let mut bytes = Vec::new();
    while let Some(piece) = body.try_next().await.map_err(|error| unreadable(&error))? {
        if bytes.len() + piece.len() > AT_MOST {
            return Err(WebError::TooMuch(
                "填写的内容太长，超过了一张表单能容纳的字数（约20万字）。本次没有保存任何内容。"
                    .to_owned(),
            ));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

fn unreadable(error: &PayloadError) -> WebError {
    if is_too_slow(error) {
        WebError::TooSlow
    } else {
        WebError::NotAForm("a broken body")
    }
}
