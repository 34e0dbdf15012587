//! `/apply`: the form, the check page and the receipt. One form token runs through all three;
//! nothing is kept between them but files that wait in the form's tray.

mod check;
mod fill;
mod paper;
pub mod receipt;
mod submit;

use std::collections::BTreeMap;

use actix_multipart::Multipart;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue, RETRY_AFTER};
use actix_web::web::Data;

use crate::app::App;
use crate::casework::file;
use crate::web::Site;
use crate::web::csrf::Token;
use crate::web::error::{WebError, Words};
use crate::web::upload::{self, Received};

use self::paper::Paper;
pub use self::submit::{choices, chosen};

/// What tokens of this form are made for.
const PURPOSE: &str = "apply";
/// When to try again, in seconds, after something could not be kept.
const SOON: HeaderValue = HeaderValue::from_static("60");

/// What the person wants next.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    /// To see everything before it is sent.
    Check,
    /// To change something.
    Edit,
    /// To take a file back.
    Remove(String),
    /// To send it.
    Submit,
}

impl Step {
    fn of(texts: &BTreeMap<String, String>) -> Self {
        if let Some(file) = texts.get("remove") {
            return Self::Remove(file.clone());
        }
        match texts.get("step").map(String::as_str) {
            Some("edit") => Self::Edit,
            Some("submit") => Self::Submit,
            _ => Self::Check,
        }
    }
}

/// `GET /apply`
///
/// # Errors
///
/// [`WebError`], if the page could not be made.
pub async fn form(app: Data<App>, site: Data<Site>) -> Result<HttpResponse, WebError> {
    let token = Token::issue(&app.vault, PURPOSE, app.clock.now())?;
    let mut page = fill::show(&app, &site, &Paper::blank(token), None, StatusCode::OK).await?;
    // The empty form says nothing of anybody, and a browser that goes back to a page that it may not
    // store shows it without what was typed.
    page.headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    Ok(page)
}

/// `POST /apply`
///
/// # Errors
///
/// [`WebError`], where what was sent is no form of ours; otherwise the form comes back with
/// what was typed.
pub async fn step(
    app: Data<App>,
    site: Data<Site>,
    body: Multipart,
) -> Result<HttpResponse, WebError> {
    let received = upload::receive(&app, PURPOSE, body).await?;
    let step = Step::of(&received.texts);
    let is_expired = received.token.is_expired(app.clock.now());
    if is_expired && let Some(receipt) = file::filed(&app, received.token.as_str()).await? {
        return receipt::show(&app, &site, &receipt, None, received.token.as_str()).await;
    }
    if is_expired {
        return renew(&app, &site, received).await;
    }
    let agencies = site.agencies(&app).await;
    let mut paper = Paper::read(&app, &agencies, received);
    match step {
        Step::Remove(file) => {
            paper.remove(&file)?;
            again(&app, &site, &paper.only_refused()).await
        }
        Step::Edit => again(&app, &site, &paper.only_refused()).await,
        Step::Check if paper.faults.is_empty() => {
            check::show(&app, &site, &paper, None, StatusCode::OK).await
        }
        Step::Check => again(&app, &site, &paper).await,
        Step::Submit => submit::file(&app, &site, paper).await,
    }
}

/// The form again, to be mended or changed.
async fn again(app: &App, site: &Site, paper: &Paper) -> Result<HttpResponse, WebError> {
    let status = if paper.no_room {
        StatusCode::SERVICE_UNAVAILABLE
    } else if paper.faults.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let mut page = fill::show(app, site, paper, None, status).await?;
    if paper.no_room {
        page.headers_mut().insert(RETRY_AFTER, SOON);
    }
    Ok(page)
}

/// The form again with a new token, since it lay open for too long.
async fn renew(app: &App, site: &Site, received: Received) -> Result<HttpResponse, WebError> {
    let token = Token::issue(&app.vault, PURPOSE, app.clock.now())?;
    let received = received.moved_to(app, token)?;
    let agencies = site.agencies(app).await;
    let paper = Paper::read(app, &agencies, received).only_refused();
    let notice = Words {
        title: "表单已经过期",
        message: "这张表单打开超过24小时。您填写的内容都已保留，请核对后重新提交。".to_owned(),
        next: &[],
    };
    fill::show(app, site, &paper, Some(notice), StatusCode::FORBIDDEN).await
}
