//! 我的提醒: what the person at the desk wants to be reminded of by mail.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;
use validator::ValidateEmail as _;

use crate::app::App;
use crate::casework::reminders::{self, ReminderError, Wish};
use crate::domain::digest::Part;
use crate::storage::reminders as kept;
use crate::web::error::WebError;
use crate::web::form::{Choice, View};
use crate::web::page::{self, StaffFrame};
use crate::web::session::CurrentOfficer;
use crate::web::staff::form::DeskForm;
use crate::web::staff::see_other;
use crate::web::words;

/// How long an address may be.
const EMAIL: usize = 254;

#[derive(Debug, Template)]
#[template(path = "staff/settings.html")]
struct SettingsPage {
    frame: StaffFrame,
    token: String,
    notice: Option<&'static str>,
    hour: u32,
    folder: bool,
    /// The day of the last digest, if it did not arrive.
    undelivered: Option<String>,
    parts: Vec<Choice>,
    form: View,
}

/// What was just done.
#[derive(Debug, Default, Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

async fn show_page(
    app: &App,
    officer: &CurrentOfficer,
    status: StatusCode,
    notice: Option<&'static str>,
    form: View,
) -> Result<HttpResponse, WebError> {
    let (agency, me, since) =
        (officer.agency().id, officer.id(), app.clock.today() - reminders::LOOKED_BACK);
    let undelivered = app
        .database
        .read(move |conn| kept::undelivered(conn, agency, since))
        .await?
        .into_iter()
        .find(|digest| digest.officer == Some(me));
    let page = SettingsPage {
        undelivered: undelivered.map(|digest| words::full_day(digest.day)),
        frame: super::frame(app, officer, "/staff/settings")?,
        token: officer.token(app)?,
        notice,
        hour: app.settings.reminders.hour,
        folder: !app.mailer.leaves_the_house(),
        parts: Part::ALL
            .into_iter()
            .map(|part| Choice::new(part.code(), part.label()))
            .collect(),
        form,
    };
    page::show(status, &page)
}

/// `GET /staff/settings`
///
/// # Errors
///
/// [`WebError`].
pub async fn show(
    app: Data<App>,
    officer: CurrentOfficer,
    done: Query<Done>,
) -> Result<HttpResponse, WebError> {
    let wish = reminders::wish_of(&app, officer.id())
        .await
        .map_err(failed)?;
    let mut fields = vec![("email".to_owned(), wish.email)];
    if wish.wanted {
        fields.push(("wanted".to_owned(), "yes".to_owned()));
    }
    for part in wish.parts {
        fields.push((format!("parts.{}", part.code()), "yes".to_owned()));
    }
    let notice = (done.done == "saved").then_some("已保存。");
    show_page(&app, &officer, StatusCode::OK, notice, View::filled(fields)).await
}

/// `POST /staff/settings`
///
/// # Errors
///
/// [`WebError`].
pub async fn submit(
    app: Data<App>,
    officer: CurrentOfficer,
    form: DeskForm,
) -> Result<HttpResponse, WebError> {
    let wish = Wish {
        wanted: form.is_ticked("wanted"),
        parts: Part::ALL
            .into_iter()
            .filter(|part| form.is_ticked(&format!("parts.{}", part.code())))
            .collect(),
        email: form.text("email").to_owned(),
    };
    let mut back = form.view();
    if wish.wanted && wish.email.is_empty() {
        back.add_fault("email", "请填写接收提醒的电子邮箱");
    }
    if !wish.email.is_empty() && (wish.email.len() > EMAIL || !wish.email.validate_email()) {
        back.add_fault("email", "电子邮箱格式不正确，例如：wang@example.gov.cn");
    }
    if wish.wanted && wish.parts.is_empty() {
        back.add_fault("parts", "请至少选择一项提醒内容");
    }
    if back.has_faults() {
        return show_page(&app, &officer, StatusCode::UNPROCESSABLE_ENTITY, None, back).await;
    }
    reminders::choose(&app, officer.officer(), &wish)
        .await
        .map_err(failed)?;
    Ok(see_other("/staff/settings?done=saved"))
}

fn failed(error: ReminderError) -> WebError {
    match error {
        ReminderError::Storage(error) => error.into(),
        ReminderError::Vault(error) => error.into(),
    }
}
