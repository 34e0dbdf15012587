//! 登录、退出.

use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::web::{Bytes, Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use crate::app::App;
use crate::casework::accounts::{self, AccountError, SignIn, Strangers};
use crate::web::Site;
use crate::web::csrf::Token;
use crate::web::error::WebError;
use crate::web::fields::fields;
use crate::web::form::View;
use crate::web::page::{self, StaffFrame};
use crate::web::session::{CurrentOfficer, SessionToken, forgotten};
use crate::web::staff::form::DeskForm;
use crate::web::staff::see_other;

/// What the forms before the door are made for.
pub(super) const PURPOSE: &str = "staff sign-in";

/// Where the sign-in page was opened from.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    next: String,
    #[serde(default)]
    done: String,
}

/// A sentence on top of the page.
#[derive(Debug)]
struct Said {
    words: &'static str,
    good: bool,
}

#[derive(Debug, Template)]
#[template(path = "staff/sign_in.html")]
struct SignInPage {
    frame: StaffFrame,
    token: String,
    next: String,
    notice: Option<Said>,
    form: View,
}

/// The frame of the pages before the door.
pub(super) async fn frame_outside(app: &App, site: &Site) -> StaffFrame {
    let agencies = site.agencies(app).await;
    let office = agencies.first().map(|agency| agency.name.clone());
    StaffFrame { office: office.unwrap_or_default(), ..StaffFrame::default() }
}

/// A token for the forms before the door.
pub(super) fn token_outside(app: &App) -> Result<String, WebError> {
    let token = Token::issue(&app.vault, PURPOSE, app.clock.now())?;
    Ok(token.as_str().to_owned())
}

/// The fields of a form before the door, whose token is ours.
pub(super) fn read_outside(app: &App, body: &[u8]) -> Result<DeskForm, WebError> {
    let fields = fields(body)?;
    let token = fields.get("token").map_or("", String::as_str);
    Token::check(&app.vault, PURPOSE, token, app.clock.now())?;
    Ok(DeskForm::checked(fields))
}

async fn sign_in_page(
    app: &App,
    site: &Site,
    status: StatusCode,
    form: View,
    next: &str,
    notice: Option<Said>,
) -> Result<HttpResponse, WebError> {
    page::show(
        status,
        &SignInPage {
            frame: frame_outside(app, site).await,
            token: token_outside(app)?,
            next: next.to_owned(),
            notice,
            form,
        },
    )
}

/// `GET /staff/login`
///
/// # Errors
///
/// [`WebError`].
pub async fn show(
    app: Data<App>,
    site: Data<Site>,
    asked: Query<Asked>,
    request: HttpRequest,
) -> Result<HttpResponse, WebError> {
    if CurrentOfficer::of(&app, &request).await?.is_some() {
        return Ok(see_other(ours(&asked.next)));
    }
    let notice = match asked.done.as_str() {
        "out" => Some(Said { words: "您已经退出登录。", good: true }),
        _ if !asked.next.is_empty() && asked.next != "/staff" && asked.next != "/staff/" => {
            Some(Said { words: "请先登录。", good: false })
        }
        _ => None,
    };
    sign_in_page(&app, &site, StatusCode::OK, View::default(), &asked.next, notice).await
}

/// `POST /staff/login`
///
/// # Errors
///
/// [`WebError`].
pub async fn submit(
    app: Data<App>,
    site: Data<Site>,
    strangers: Data<Strangers>,
    body: Bytes,
) -> Result<HttpResponse, WebError> {
    let form = read_outside(&app, &body)?;
    let token = SessionToken::issue(&app.vault)?;
    let session = token.hash(&app.vault);
    let (login, password) = (form.text("login"), form.exact("password"));
    match accounts::sign_in(&app, &strangers, login, password, session).await {
        Ok(SignIn::In(_)) => {
            let mut response = see_other(ours(form.text("next")));
            response
                .add_cookie(&token.cookie(&app))
                .map_err(|error| WebError::Internal(error.to_string()))?;
            Ok(response)
        }
        Ok(SignIn::Wrong) => {
            let mut view = form.view();
            view.add_fault("login", "用户名或者口令不正确，请重新输入");
            sign_in_page(
                &app,
                &site,
                StatusCode::UNPROCESSABLE_ENTITY,
                view,
                form.text("next"),
                None,
            )
            .await
        }
        Ok(SignIn::Locked { until }) => {
            let left = (until - app.clock.now()).num_seconds().max(1);
            let minutes = (left + 59) / 60;
            let mut view = form.view();
            view.add_fault("login", format!("这个用户名输错口令的次数过多，请{minutes}分钟后再试"));
            let page = sign_in_page(
                &app,
                &site,
                StatusCode::TOO_MANY_REQUESTS,
                view,
                form.text("next"),
                None,
            )
            .await;
            page.map(|mut response| {
                let headers = response.headers_mut();
                headers.insert(RETRY_AFTER, left.into());
                response
            })
        }
        Err(error) => Err(failed(error)),
    }
}

/// `POST /staff/logout`
///
/// # Errors
///
/// [`WebError`].
pub async fn leave(
    app: Data<App>,
    officer: CurrentOfficer,
    _form: DeskForm,
) -> Result<HttpResponse, WebError> {
    accounts::sign_out(&app, officer.officer(), officer.session())
        .await
        .map_err(failed)?;
    let mut response = see_other("/staff/login?done=out");
    response
        .add_cookie(&forgotten())
        .map_err(|error| WebError::Internal(error.to_string()))?;
    Ok(response)
}

/// What went wrong inside, where the form cannot help.
pub(super) fn failed(error: AccountError) -> WebError {
    match error {
        AccountError::Storage(error) => error.into(),
        AccountError::Vault(error) => error.into(),
        error => WebError::Internal(error.to_string()),
    }
}

/// The page to go on to, if it is one of ours; else where the day begins. Nobody is sent to
/// another site with the look of ours.
fn ours(next: &str) -> &str {
    let is_ours = next == "/staff" || next.starts_with("/staff/");
    let is_plain = next
        .chars()
        .all(|c| c.is_ascii_graphic() && !matches!(c, '\\' | '"' | '<' | '>'));
    if is_ours && is_plain && !next.starts_with("/staff/log") {
        next
    } else {
        "/staff"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site() {
        for next in [
            "https://elsewhere.cn/staff/queue",
            "//elsewhere.cn/staff/",
            "/staffroom",
            "/staff/\\elsewhere.cn",
            "/staff/queue\r\nset-cookie: a=b",
            "/staff/logout",
            "",
        ] {
            assert_eq!(ours(next), "/staff", "{next}");
        }
        assert_eq!(ours("/staff/queue?band=late"), "/staff/queue?band=late");
    }
}
