//! Proof that a form is ours: a token in the form, and the browser's word on where it stood.
//!
//! A token is random, dated, and bears the office's own mark. On the public form it is also
//! what makes filing idempotent: one token, one case.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HOST, HeaderMap, ORIGIN};
use actix_web::middleware::Next;
use actix_web::web::Data;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};

use crate::app::App;
use crate::vault::{Vault, VaultError, same};
use crate::web::error::WebError;

/// How long a form may lie open.
pub const LIFETIME: TimeDelta = TimeDelta::hours(24);
/// How far the clocks of two servers may be apart.
const SKEW: TimeDelta = TimeDelta::minutes(5);

const NONCE: usize = 16;
const DATE: usize = 8;
const MARK: usize = 16;

/// A token of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    text: String,
    issued_at: DateTime<Utc>,
}

impl Token {
    /// A new token for the form `purpose`. For signed-in people, `purpose` names their session,
    /// so that nobody else's token will do.
    ///
    /// # Errors
    ///
    /// [`VaultError::CannotSeal`], if the system has no random numbers to give.
    pub fn issue(vault: &Vault, purpose: &str, now: DateTime<Utc>) -> Result<Self, VaultError> {
        let nonce = vault.random_bytes::<NONCE>()?;
        let mut bytes = nonce.to_vec();
        bytes.extend(now.timestamp().to_be_bytes());
        let mark = mark(vault, purpose, &bytes);
        bytes.extend(mark);
        Ok(Self { text: URL_SAFE_NO_PAD.encode(bytes), issued_at: now })
    }

    /// The token that `text` says, if it is ours and was made for `purpose`. It may be expired.
    ///
    /// # Errors
    ///
    /// [`WebError::Forged`].
    pub fn read(vault: &Vault, purpose: &str, text: &str) -> Result<Self, WebError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| WebError::Forged)?;
        let (said, mark_said) = bytes
            .split_at_checked(NONCE + DATE)
            .ok_or(WebError::Forged)?;
        if !same(mark_said, &mark(vault, purpose, said)) {
            return Err(WebError::Forged);
        }
        let issued_at = said
            .last_chunk::<DATE>()
            .and_then(|date| DateTime::from_timestamp(i64::from_be_bytes(*date), 0))
            .ok_or(WebError::Forged)?;
        Ok(Self { text: text.to_owned(), issued_at })
    }

    /// The token that `text` says, if it is ours, was made for `purpose` and is still good.
    ///
    /// # Errors
    ///
    /// [`WebError::Forged`] or [`WebError::Expired`].
    pub fn check(
        vault: &Vault,
        purpose: &str,
        text: &str,
        now: DateTime<Utc>,
    ) -> Result<Self, WebError> {
        let token = Self::read(vault, purpose, text)?;
        if token.is_expired(now) {
            return Err(WebError::Expired);
        }
        Ok(token)
    }

    /// Whether the form has lain open for too long.
    #[must_use]
    pub fn is_expired(&self, now: DateTime<Utc>) -> bool {
        now > self.issued_at + LIFETIME || now < self.issued_at - SKEW
    }

    /// The token as it stands in the form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// The office's mark on what a token says.
fn mark(vault: &Vault, purpose: &str, said: &[u8]) -> [u8; MARK] {
    let whole = vault.mac(&format!("form/{purpose}"), said);
    whole.first_chunk::<MARK>().copied().unwrap_or_default()
}

/// Middleware: refuses what another site made the browser send.
///
/// Browsers say where a form stood (`Sec-Fetch-Site`, `Origin`); what comes without a word is
/// no browser's, or an old one's, and its token decides. Our pages send no referrer, so that
/// their own forms come with the origin `null`.
///
/// # Errors
///
/// None of its own: what is refused gets an answer.
pub async fn same_site(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if !request.method().is_safe() {
        let base_url = request
            .app_data::<Data<App>>()
            .map(|app| app.settings.base_url())
            .unwrap_or_default();
        if is_foreign(request.headers(), &base_url) {
            return Ok(request.error_response(WebError::Forged));
        }
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

/// Whether the browser says that the form stood on another site than ours.
fn is_foreign(headers: &HeaderMap, base_url: &str) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if let Some(site) = text("sec-fetch-site") {
        return !matches!(site, "same-origin" | "none");
    }
    match text(ORIGIN.as_str()) {
        None | Some("null") => false,
        Some(origin) => {
            let asked = origin.split_once("://").map(|(_, host)| host);
            origin != base_url && (asked.is_none() || asked != text(HOST.as_str()))
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000, 0).unwrap()
    }

    #[test]
    fn a_token_is_good_for_its_purpose_and_for_a_day() {
        let vault = Vault::ephemeral().unwrap();
        let token = Token::issue(&vault, "apply", now()).unwrap();
        let check = |purpose, at| Token::check(&vault, purpose, token.as_str(), at);
        assert_eq!(check("apply", now()).unwrap(), token);
        assert!(check("apply", now() + LIFETIME).is_ok());
        assert!(matches!(
            check("apply", now() + LIFETIME + TimeDelta::seconds(1)),
            Err(WebError::Expired)
        ));
        assert!(matches!(check("staff/1", now()), Err(WebError::Forged)));
    }

    #[test]
    fn whatever_is_changed_in_a_token_it_is_forged() {
        let vault = Vault::ephemeral().unwrap();
        let token = Token::issue(&vault, "apply", now()).unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(token.as_str()).unwrap();
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            let text = URL_SAFE_NO_PAD.encode(changed);
            assert!(matches!(Token::read(&vault, "apply", &text), Err(WebError::Forged)));
        }
        for text in ["", "AAAA", "不是令牌", &token.as_str()[1..]] {
            assert!(matches!(Token::read(&vault, "apply", text), Err(WebError::Forged)));
        }
        let other = Vault::ephemeral().unwrap();
        assert!(Token::read(&other, "apply", token.as_str()).is_err());
    }

    #[test]
    fn only_our_own_pages_may_post() {
        let foreign = |pairs: &[(&'static str, &'static str)]| {
            let headers = pairs.iter().map(|(name, value)| {
                (HeaderName::from_static(name), HeaderValue::from_static(value))
            });
            is_foreign(&headers.collect(), "https://ysq.example.gov.cn")
        };
        assert!(!foreign(&[]));
        assert!(!foreign(&[("sec-fetch-site", "same-origin"), ("origin", "null")]));
        assert!(!foreign(&[
            ("origin", "https://ysq.example.gov.cn"),
            ("host", "10.0.0.1")
        ]));
        assert!(!foreign(&[
            ("origin", "http://127.0.0.1:8080"),
            ("host", "127.0.0.1:8080")
        ]));
        assert!(foreign(&[("sec-fetch-site", "cross-site"), ("origin", "null")]));
        assert!(foreign(&[("sec-fetch-site", "same-site")]));
        assert!(foreign(&[
            ("origin", "https://elsewhere.cn"),
            ("host", "ysq.example.gov.cn")
        ]));
    }
}
