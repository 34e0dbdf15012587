//! Pages: a template with its frame becomes a response.

use actix_web::HttpResponse;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY,
    Charset, ContentDisposition, DispositionParam, DispositionType, ExtendedValue, HeaderName,
    HeaderValue, STRICT_TRANSPORT_SECURITY,
};
use actix_web::middleware::Next;
use actix_web::web::Data;
use askama::Template;

use crate::app::App;
use crate::casework::reveal::HandedOut;
use crate::domain::agency::Agency;
use crate::web::error::WebError;

/// What stands around every public page.
#[derive(Debug, Clone, Default)]
pub struct Frame {
    /// The agency's name.
    pub office: String,
    /// Where applications are handed in; may be empty.
    pub address: String,
    /// The office's telephone; may be empty.
    pub telephone: String,
    /// When the office is open; may be empty.
    pub hours: String,
    /// The page that is shown, as the path of its entry in the navigation.
    current: &'static str,
}

/// A line of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Where it leads.
    pub href: &'static str,
    /// What people read.
    pub label: &'static str,
    /// Whether it is the page that is shown.
    pub current: bool,
    /// How much there is to do there; nothing is said of none.
    pub count: i64,
}

/// What stands around every page of the office.
#[derive(Debug, Clone, Default)]
pub struct StaffFrame {
    /// The agency's name.
    pub office: String,
    /// Who is signed in; nobody on the sign-in page.
    pub officer: Option<SignedIn>,
    /// The navigation, as far as the officer's duties reach.
    pub entries: Vec<Entry>,
}

/// The person at the desk, as the frame shows them.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Their name.
    pub name: String,
    /// What they are, in Chinese, such as 经办人、审核人.
    pub roles: String,
    /// The token for the form that signs them out.
    pub token: String,
}

const PUBLIC: [(&str, &str); 5] = [
    ("/", "首页"),
    ("/guide", "申请指南"),
    ("/apply", "提交申请"),
    ("/track", "查询进度"),
    ("/reports", "年度报告"),
];

impl Frame {
    /// The frame of the page at `current`. The site bears the name of the agency that stands
    /// above the others, which comes first.
    #[must_use]
    pub fn of(agencies: &[Agency], current: &'static str) -> Self {
        agencies.first().map_or_else(Self::default, |agency| Self {
            office: agency.name.clone(),
            address: agency.address.clone(),
            telephone: agency.telephone.clone(),
            hours: agency.hours.clone(),
            current,
        })
    }

    /// The navigation.
    #[must_use]
    pub fn entries(&self) -> [Entry; 5] {
        entries(PUBLIC, self.current)
    }
}

impl StaffFrame {
    /// The navigation.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }
}

fn entries<const N: usize>(all: [(&'static str, &'static str); N], current: &str) -> [Entry; N] {
    all.map(|(href, label)| Entry { href, label, current: href == current, count: 0 })
}

/// The response that shows a page. No page of the house may be kept by a cache: most carry a
/// form's token or personal data.
///
/// # Errors
///
/// [`WebError::Page`], if the template could not be rendered.
pub fn show(status: StatusCode, page: &impl Template) -> Result<HttpResponse, WebError> {
    let body = page.render()?;
    Ok(HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(body))
}

/// The header that makes a browser save what it gets under this name, and never show it.
#[must_use]
pub fn attachment(name: &str) -> ContentDisposition {
    let name = ExtendedValue {
        charset: Charset::Ext("UTF-8".to_owned()),
        language_tag: None,
        value: name.as_bytes().to_vec(),
    };
    ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::FilenameExt(name)],
    }
}

/// A file of a case, to be saved and kept by no cache.
#[must_use]
pub fn hand_out(file: HandedOut) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(file.media_type)
        .insert_header((CONTENT_DISPOSITION, attachment(&file.name)))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(file.bytes)
}

/// What a browser is told to refuse on our pages.
const HARDENING: [(&str, &str); 7] = [
    (
        "content-security-policy",
        "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
    ),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=()"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
];

/// Middleware: sends the security headers with every response.
///
/// # Errors
///
/// None of its own.
pub async fn harden(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let behind_tls = request
        .app_data::<Data<App>>()
        .is_some_and(|app| app.settings.base_url().starts_with("https://"));
    let mut response = next.call(request).await?;
    let headers = response.headers_mut();
    // What others may embed or read says so itself.
    let is_for_others = headers.contains_key(CONTENT_SECURITY_POLICY);
    let may_be_read = headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN);
    for (name, value) in HARDENING {
        let is_left_out = match name {
            "content-security-policy" | "x-frame-options" => is_for_others,
            "cross-origin-resource-policy" => is_for_others || may_be_read,
            _ => false,
        };
        if !is_left_out {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
    }
    if behind_tls {
        let a_year = HeaderValue::from_static("max-age=31536000");
        headers.insert(STRICT_TRANSPORT_SECURITY, a_year);
    }
    Ok(response)
}
