//! Who may come in where: every door of the office with its right, and the guard who asks.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use actix_multipart::Multipart;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, LOCATION};
use actix_web::http::{ConnectionType, Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpMessage, HttpResponse, Route};
use askama::Template;
use futures_util::TryStreamExt as _;

use crate::app::App;
use crate::domain::actor::Role;
use crate::web::Site;
use crate::web::error::WebError;
use crate::web::fields::fields;
use crate::web::page::{self, StaffFrame};
use crate::web::session::CurrentOfficer;
use crate::web::staff::sign_in::frame_outside;

/// Who may use a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// Everybody, signed in or not: the way in.
    Everybody,
    /// Whoever is signed in.
    SignedIn,
    /// Whoever holds one of these duties.
    Holding(&'static [Role]),
}

/// 办件: those who work on cases see those of their agency.
pub const CASES: Right = Right::Holding(&[Role::Clerk, Role::Reviewer, Role::Head]);
/// What only 经办人 do.
pub const CLERKS: Right = Right::Holding(&[Role::Clerk]);
/// 审核.
pub const REVIEW: Right = Right::Holding(&[Role::Reviewer, Role::Head]);
/// What only the head of the office signs (arts. 33(2), 50).
pub const HEAD: Right = Right::Holding(&[Role::Head]);
/// 账号 and 机关信息.
pub const ADMINISTRATION: Right = Right::Holding(&[Role::Admin]);
/// 概览: those who work on cases, and those who watch over them.
pub const OVERVIEW: Right =
    Right::Holding(&[Role::Clerk, Role::Reviewer, Role::Head, Role::Auditor]);
/// 审计记录.
pub const RECORD: Right = Right::Holding(&[Role::Auditor]);

impl Right {
    /// Whether somebody with these duties may come in.
    #[must_use]
    pub fn admits(self, roles: &[Role]) -> bool {
        match self {
            Self::Everybody | Self::SignedIn => true,
            Self::Holding(any_of) => roles.iter().any(|role| any_of.contains(role)),
        }
    }
}

/// Whether a door only shows something, or does something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// `GET`
    Get,
    /// `POST`
    Post,
}

/// A door of the office: what is asked there, who may ask, and who answers.
#[derive(Debug, Clone, Copy)]
pub struct Door {
    /// How it is asked.
    pub verb: Verb,
    /// The address below `/staff`, as a pattern.
    pub path: &'static str,
    /// Who may ask.
    pub right: Right,
    /// Who answers.
    pub(super) route: fn() -> Route,
}

impl Door {
    /// A door that shows something.
    #[must_use]
    pub(super) const fn get(path: &'static str, right: Right, route: fn() -> Route) -> Self {
        Self { verb: Verb::Get, path, right, route }
    }

    /// A door that does something.
    #[must_use]
    pub(super) const fn post(path: &'static str, right: Right, route: fn() -> Route) -> Self {
        Self { verb: Verb::Post, path, right, route }
    }

    /// The door that a request stands at.
    fn of(doors: &'static [Self], method: &Method, pattern: &str) -> Option<&'static Self> {
        let verb = match *method {
            Method::GET => Verb::Get,
            Method::POST => Verb::Post,
            _ => return None,
        };
        let path = pattern.strip_prefix("/staff")?;
        doors
            .iter()
            .find(|door| door.verb == verb && door.path == path)
    }
}

/// Told to somebody whose session ended while a form was filled in.
#[derive(Debug, Template)]
#[template(path = "staff/ended.html")]
struct EndedPage {
    frame: StaffFrame,
    typed: Vec<String>,
}

/// Told to somebody whose duties do not lead here.
#[derive(Debug, Template)]
#[template(path = "staff/not_yours.html")]
struct NotYoursPage {
    frame: StaffFrame,
}

/// Told to somebody who sent more than is taken.
#[derive(Debug, Template)]
#[template(path = "staff/too_much.html")]
struct TooMuchPage {
    frame: StaffFrame,
    message: String,
}

/// Middleware: lets in whom the door's right admits. What has no door is not there.
///
/// # Errors
///
/// None of its own: who is not let in gets an answer.
pub async fn guard(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let pattern = request.match_pattern().unwrap_or_default();
    let Some(door) = Door::of(super::DOORS, request.method(), &pattern) else {
        return Ok(request.error_response(WebError::NoSuchPage));
    };
    if door.right == Right::Everybody {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let Some(app) = request.app_data::<Data<App>>().cloned() else {
        return Ok(request.error_response(WebError::Internal("no office".to_owned())));
    };
    match CurrentOfficer::of(&app, request.request()).await {
        Err(error) => Ok(request.error_response(WebError::from(error))),
        Ok(None) => Ok(turn_away(&app, request).await),
        Ok(Some(officer)) if !door.right.admits(officer.roles()) => {
            Ok(answer(request, not_yours(&app, &officer)))
        }
        Ok(Some(officer)) => {
            request.extensions_mut().insert(officer.clone());
            let response = next.call(request).await?.map_into_boxed_body();
            Ok(too_much(&app, &officer, response))
        }
    }
}

fn answer(
    request: ServiceRequest,
    answer: Result<HttpResponse, WebError>,
) -> ServiceResponse<BoxBody> {
    match answer {
        Ok(response) => request.into_response(response),
        Err(error) => request.error_response(error),
    }
}

fn not_yours(app: &App, officer: &CurrentOfficer) -> Result<HttpResponse, WebError> {
    let frame = super::frame(app, officer, "")?;
    page::show(StatusCode::FORBIDDEN, &NotYoursPage { frame })
}

/// The same response; to somebody who sent more than is taken, a page of the desk says so.
fn too_much(
    app: &App,
    officer: &CurrentOfficer,
    response: ServiceResponse<BoxBody>,
) -> ServiceResponse<BoxBody> {
    let error = response.response().error();
    let Some(WebError::TooMuch(message)) = error.and_then(|error| error.as_error()) else {
        return response;
    };
    let shown = super::frame(app, officer, "").and_then(|frame| {
        let page = TooMuchPage { frame, message: message.clone() };
        page::show(StatusCode::PAYLOAD_TOO_LARGE, &page)
    });
    let Ok(mut page) = shown else {
        return response;
    };
    // The rest of what was sent is not read.
    page.head_mut().set_connection_type(ConnectionType::Close);
    let (request, _) = response.into_parts();
    ServiceResponse::new(request, page)
}

/// Sends somebody who is not signed in to the sign-in page; whoever has just filled in a form
/// gets back what was typed, since the page it stood on is not kept by the browser.
async fn turn_away(app: &App, mut request: ServiceRequest) -> ServiceResponse<BoxBody> {
    if request.method() != Method::POST {
        let next = request
            .uri()
            .path_and_query()
            .map_or("", |asked| asked.as_str());
        let location = format!("/staff/login?next={}", escaped(next));
        let response = HttpResponse::SeeOther()
            .insert_header((LOCATION, location))
            .insert_header((CACHE_CONTROL, "no-store"))
            .finish();
        return request.into_response(response);
    }
    let is_plain_form = request
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind == HeaderValue::from_static("application/x-www-form-urlencoded"));
    let typed = if is_plain_form {
        let body = request.extract::<Bytes>().await.unwrap_or_default();
        typed(&fields(&body).unwrap_or_default())
    } else {
        match request.extract::<Multipart>().await {
            Ok(parts) => typed(&texts(parts).await),
            Err(_) => Vec::new(),
        }
    };
    let frame = match request.app_data::<Data<Site>>().cloned() {
        Some(site) => frame_outside(app, &site).await,
        None => StaffFrame::default(),
    };
    let page = EndedPage { frame, typed };
    answer(request, page::show(StatusCode::UNAUTHORIZED, &page))
}

/// How much text is given back, in bytes: more than any form of ours takes.
const GIVEN_BACK: usize = 256 * 1024;

/// The texts of a form with files, whose files are dropped; as far as they can be read.
async fn texts(mut parts: Multipart) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    let mut read = 0;
    while let Ok(Some(mut part)) = parts.try_next().await {
        let is_file = part
            .content_disposition()
            .is_some_and(|said| said.get_filename().is_some());
        let name = part.name().unwrap_or_default().to_owned();
        let mut text = Vec::new();
        while let Ok(Some(chunk)) = part.try_next().await {
            if is_file {
                continue;
            }
            read += chunk.len();
            if read > GIVEN_BACK {
                return texts;
            }
            text.extend_from_slice(&chunk);
        }
        if let (false, Ok(text)) = (is_file, String::from_utf8(text)) {
            texts.insert(name, text);
        }
    }
    texts
}

/// The texts of a form that somebody typed: neither tokens nor passwords nor choices.
fn typed(fields: &BTreeMap<String, String>) -> Vec<String> {
    const NOT_TYPED: [&str; 6] = ["token", "version", "password", "again", "current", "code"];
    /// Codes, days and numbers are soon chosen again.
    const SHORT: usize = 20;
    let texts = fields.iter().filter(|(name, text)| {
        let is_prose = text.chars().count() > SHORT || !text.is_ascii();
        !NOT_TYPED.contains(&name.as_str()) && !text.trim().is_empty() && is_prose
    });
    texts.map(|(_, text)| text.clone()).collect()
}

/// An address as it stands in a query.
fn escaped(address: &str) -> String {
    let mut text = String::with_capacity(address.len());
    for byte in address.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                text.push(char::from(byte));
            }
            // Writing to a string cannot fail.
            byte => drop(write!(text, "%{byte:02X}")),
        }
    }
    text
}
