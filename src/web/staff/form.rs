//! Reads the plain forms of the desk; each must come from a page of the same session.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::web::{Bytes, Data};
use actix_web::{FromRequest, HttpRequest};

use crate::app::App;
use crate::web::error::WebError;
use crate::web::fields::fields;
use crate::web::form::View;
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
        let body = Bytes::from_request(request, payload);
        Box::pin(async move {
            let officer = officer.await?;
            let app = app.ok_or_else(|| WebError::Internal("no office".to_owned()))?;
            let body = body.await.map_err(|_| too_much())?;
            let fields = fields(&body)?;
            officer.check(&app, fields.get("token").map_or("", String::as_str))?;
            Ok(Self(fields))
        })
    }
}

fn too_much() -> WebError {
    WebError::TooMuch("填写的内容太长。本次没有提交任何内容。".to_owned())
}
