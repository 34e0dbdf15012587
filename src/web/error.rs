//! What can go wrong at the door, and the page that says so; the only place that knows status.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use actix_web::middleware::Next;
use actix_web::{HttpResponse, ResponseError};
use askama::Template;
use thiserror::Error;

use crate::casework::CaseworkError;
use crate::storage::StorageError;
use crate::vault::VaultError;
use crate::web::Site;
use crate::web::page::Frame;

/// Why a visitor gets something else than the page that was asked for.
#[derive(Debug, Error)]
pub enum WebError {
    /// Nothing is kept at this address.
    #[error("no such page")]
    NoSuchPage,
    /// What was sent is no form of ours.
    #[error("not a form: {0}")]
    NotAForm(&'static str),
    /// A text that is not UTF-8.
    #[error("not UTF-8")]
    NotUtf8,
    /// More than is taken; the sentence says what and how much.
    #[error("too much: {0}")]
    TooMuch(String),
    /// The body came in too slowly.
    #[error("body too slow")]
    TooSlow,
    /// The form's token is not ours, or came from another site.
    #[error("forged form")]
    Forged,
    /// The form lay open for too long.
    #[error("expired form")]
    Expired,
    /// Too many tries; come back after so many minutes.
    #[error("throttled for {minutes} min")]
    Throttled {
        /// When to try again.
        minutes: u64,
    },
    /// The office cannot keep anything at the moment.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// A template failed.
    #[error("page: {0}")]
    Page(#[from] askama::Error),
    /// Something inside broke.
    #[error("internal: {0}")]
    Internal(String),
}

/// The page that says what went wrong, and what to do next.
#[derive(Debug, Template)]
#[template(path = "errors/error.html")]
struct ErrorPage<'a> {
    frame: Frame,
    title: &'a str,
    message: &'a str,
    next: &'a [&'a str],
    home: &'a str,
}

/// What a person reads about a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// In a few words.
    pub title: &'static str,
    /// What happened.
    pub message: String,
    /// What can be done now.
    pub next: &'static [&'static str],
}

impl Words {
    fn new(title: &'static str, message: &str, next: &'static [&'static str]) -> Self {
        Self { title, message: message.to_owned(), next }
    }

    /// The words for a failure that is known by its status alone.
    fn of(status: StatusCode) -> Self {
        match status.as_u16() {
            404 | 405 => Self::new(
                "没有找到这个页面",
                "网址可能有误，或者页面已经移走。",
                &["检查网址是否完整", "从首页重新进入"],
            ),
            408 => Self::new(
                "上传太慢，连接已断开",
                "长时间没有收到完整的内容。本次没有提交任何内容。",
                &["检查网络后重新提交", "附件较大时，先压缩或者减少附件"],
            ),
            413 => Self::new(
                "内容太多",
                "提交的内容超过了上限。本次没有提交任何内容。",
                &[
                    "减少或者压缩附件后重新提交",
                    "附件较多的，可以当面提交或者邮寄",
                ],
            ),
            429 => Self::new(
                "操作太频繁",
                "为保护申请人的信息，请稍后再试。",
                &["稍后再试", "急需了解进度的，请电话咨询受理机构"],
            ),
            503 => Self::new(
                "系统暂时无法办理",
                "现在无法保存您的内容，本次没有提交成功，也没有留下任何记录。",
                &["几分钟后重新提交", "也可以当面提交或者邮寄，电话见页面底部"],
            ),
            400..=499 => Self::new(
                "无法识别提交的内容",
                "浏览器发来的内容不完整或者格式不对。本次没有提交任何内容。",
                &["返回上一页，刷新后重新填写", "换一个浏览器再试"],
            ),
            _ => Self::new(
                "系统出了问题",
                "您的操作没有完成，我们已经记录这个问题。",
                &["稍后再试", "反复出现的，请电话告知受理机构"],
            ),
        }
    }
}

impl From<StorageError> for WebError {
    /// What is not there and what belongs to another agency look the same.
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::NotFound(_) => Self::NoSuchPage,
            StorageError::Unavailable { why } => Self::Unavailable(why),
            error => Self::Internal(error.to_string()),
        }
    }
}

impl From<CaseworkError> for WebError {
    /// For pages on which the person can do nothing about it; forms look at it themselves.
    fn from(error: CaseworkError) -> Self {
        match error {
            CaseworkError::Storage(error) => error.into(),
            CaseworkError::File(error) => error.into(),
            error => Self::Internal(error.to_string()),
        }
    }
}

impl From<VaultError> for WebError {
    fn from(error: VaultError) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<std::io::Error> for WebError {
    /// A file that cannot be written or read: usually a full disk.
    fn from(error: std::io::Error) -> Self {
        Self::Unavailable(error.to_string())
    }
}

impl WebError {
    /// What a person reads about it.
    #[must_use]
    pub fn words(&self) -> Words {
        match self {
            Self::NotUtf8 => Words::new(
                "文字编码不对",
                "提交的文字不是UTF-8编码，无法正确识别。本次没有提交任何内容。",
                &["返回表单页，不要更改浏览器的文字编码，重新填写"],
            ),
            Self::TooMuch(what) => Words { message: what.clone(), ..Words::of(self.status_code()) },
            Self::Forged => Words::new(
                "无法确认表单的来源",
                "这张表单不是从本网站打开的，或者内容被改动过。本次没有提交任何内容。",
                &[
                    "从本网站首页重新打开表单",
                    "如安装了修改网页的浏览器插件，请停用后再试",
                ],
            ),
            Self::Expired => Words::new(
                "表单已经过期",
                "这张表单打开的时间太长。本次没有提交任何内容。",
                &["重新打开表单"],
            ),
            Self::Throttled { minutes } => Words {
                message: format!("为保护申请人的信息，请{minutes}分钟后再试。"),
                ..Words::of(self.status_code())
            },
            other => Words::of(other.status_code()),
        }
    }

    /// In how many seconds it is worth trying again.
    const fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Unavailable(_) => Some(60),
            Self::Throttled { minutes } => Some(*minutes * 60),
            _ => None,
        }
    }
}

impl ResponseError for WebError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::NoSuchPage => StatusCode::NOT_FOUND,
            Self::NotAForm(_) | Self::NotUtf8 => StatusCode::BAD_REQUEST,
            Self::TooMuch(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Forged | Self::Expired => StatusCode::FORBIDDEN,
            Self::Throttled { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Page(_) | Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The bare answer; [`dress`] makes a page of it.
    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut response = HttpResponse::build(self.status_code());
        if let Some(seconds) = self.retry_after() {
            response.insert_header((RETRY_AFTER, seconds));
        }
        if matches!(self, Self::TooSlow | Self::TooMuch(_)) {
            response.force_close();
        }
        response.finish()
    }
}

/// Middleware: makes a Chinese page of every failure, ours or the framework's.
///
/// # Errors
///
/// None of its own: a failed request becomes a page.
pub async fn dress(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let response = next.call(request).await?.map_into_boxed_body();
    let is_page =
        response.headers().contains_key(CONTENT_TYPE) && response.response().error().is_none();
    if !(response.status().is_client_error() || response.status().is_server_error()) || is_page {
        return Ok(response);
    }
    Ok(dressed(response))
}

/// The same response, with a page for a body.
fn dressed(response: ServiceResponse) -> ServiceResponse {
    let status = response.status();
    let words = match response
        .response()
        .error()
        .and_then(|error| error.as_error::<WebError>())
    {
        Some(error) => {
            if status.is_server_error() {
                tracing::error!(%error, "a request failed");
            }
            error.words()
        }
        None => Words::of(status),
    };
    let frame = response
        .request()
        .app_data::<actix_web::web::Data<Site>>()
        .map(|site| Frame::of(&site.known_agencies(), ""))
        .unwrap_or_default();
    let page = ErrorPage {
        frame,
        title: words.title,
        message: &words.message,
        next: words.next,
        home: if response.request().path().starts_with("/staff") {
            "/staff/"
        } else {
            "/"
        },
    };
    let body = page.render().unwrap_or_else(|_| words.message.clone());
    let mut response = response.map_body(|_, _| BoxBody::new(body));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
