//! 设置口令、修改口令.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Query};
use askama::Template;
use serde::Deserialize;

use crate::app::App;
use crate::casework::accounts::{self, AccountError, PASSWORD_AT_LEAST};
use crate::web::Site;
use crate::web::error::WebError;
use crate::web::form::View;
use crate::web::page::{self, StaffFrame};
use crate::web::session::{CurrentOfficer, SessionToken};
use crate::web::staff::form::DeskForm;
use crate::web::staff::see_other;
use crate::web::staff::sign_in::{failed, frame_outside, read_outside, token_outside};

#[derive(Debug, Template)]
#[template(path = "staff/setup.html")]
struct SetupPage {
    frame: StaffFrame,
    token: String,
    password_hint: String,
    form: View,
}

#[derive(Debug, Template)]
#[template(path = "staff/password.html")]
struct PasswordPage {
    frame: StaffFrame,
    token: String,
    login: String,
    password_hint: String,
    form: View,
}

/// The code of the link that the administrator gave.
#[derive(Debug, Default, Deserialize)]
pub struct Given {
    #[serde(default)]
    code: String,
}

fn password_hint() -> String {
    format!("至少{PASSWORD_AT_LEAST}个字符；几个不相干的词连在一起，好记又难猜")
}

async fn setup_page(
    app: &App,
    site: &Site,
    status: StatusCode,
    form: View,
) -> Result<HttpResponse, WebError> {
    page::show(
        status,
        &SetupPage {
            frame: frame_outside(app, site).await,
            token: token_outside(app)?,
            password_hint: password_hint(),
            form,
        },
    )
}

/// `GET /staff/setup`
///
/// # Errors
///
/// [`WebError`].
pub async fn show(
    app: Data<App>,
    site: Data<Site>,
    given: Query<Given>,
) -> Result<HttpResponse, WebError> {
    let code = given.into_inner().code;
    setup_page(&app, &site, StatusCode::OK, View::filled([("code", code)])).await
}

/// `POST /staff/setup`
///
/// # Errors
///
/// [`WebError`].
pub async fn submit(
    app: Data<App>,
    site: Data<Site>,
    body: Bytes,
) -> Result<HttpResponse, WebError> {
    let form = read_outside(&app, &body)?;
    let code = form.text("code");
    let mut view = View::filled([("code", code)]);
    if form.exact("password") != form.exact("again") {
        view.add_fault("again", "两次输入的口令不一样，请重新输入");
        return setup_page(&app, &site, StatusCode::UNPROCESSABLE_ENTITY, view).await;
    }
    let token = SessionToken::issue(&app.vault)?;
    let session = token.hash(&app.vault);
    match accounts::set_password(&app, code, form.exact("password"), session).await {
        Ok(_) => signed_in(&app, &token),
        Err(error) => {
            let (field, words) = fault_of(error)?;
            view.add_fault(field, words);
            setup_page(&app, &site, StatusCode::UNPROCESSABLE_ENTITY, view).await
        }
    }
}

fn password_page(
    app: &App,
    officer: &CurrentOfficer,
    status: StatusCode,
    form: View,
) -> Result<HttpResponse, WebError> {
    page::show(
        status,
        &PasswordPage {
            frame: super::frame(app, officer, "/staff/password")?,
            token: officer.token(app)?,
            login: officer.officer().login.clone(),
            password_hint: password_hint(),
            form,
        },
    )
}

/// `GET /staff/password`
///
/// # Errors
///
/// [`WebError`].
pub async fn show_change(
    app: Data<App>,
    officer: CurrentOfficer,
) -> Result<HttpResponse, WebError> {
    password_page(&app, &officer, StatusCode::OK, View::default())
}

/// `POST /staff/password`
///
/// # Errors
///
/// [`WebError`].
pub async fn submit_change(
    app: Data<App>,
    officer: CurrentOfficer,
    form: DeskForm,
) -> Result<HttpResponse, WebError> {
    let mut view = View::default();
    if form.exact("password") != form.exact("again") {
        view.add_fault("again", "两次输入的口令不一样，请重新输入");
        return password_page(&app, &officer, StatusCode::UNPROCESSABLE_ENTITY, view);
    }
    let token = SessionToken::issue(&app.vault)?;
    let (current, password) = (form.exact("current"), form.exact("password"));
    let session = token.hash(&app.vault);
    match accounts::change_password(&app, officer.id(), current, password, session).await {
        Ok(()) => signed_in(&app, &token),
        Err(error) => {
            let (field, words) = fault_of(error)?;
            view.add_fault(field, words);
            password_page(&app, &officer, StatusCode::UNPROCESSABLE_ENTITY, view)
        }
    }
}

/// Goes on to the desk with a new session.
fn signed_in(app: &App, token: &SessionToken) -> Result<HttpResponse, WebError> {
    let mut response = see_other("/staff");
    response
        .add_cookie(&token.cookie(app))
        .map_err(|error| WebError::Internal(error.to_string()))?;
    Ok(response)
}

/// Which field is wrong, and why; or what went wrong inside.
fn fault_of(error: AccountError) -> Result<(&'static str, String), WebError> {
    match error {
        AccountError::CodeNotGood => Ok(("code", error.to_string())),
        AccountError::WeakPassword(words) => Ok(("password", words.to_owned())),
        AccountError::WrongPassword | AccountError::Locked => Ok(("current", error.to_string())),
        error => Err(failed(error)),
    }
}
