//! Who is signed in: a random token in a cookie, its hash in the database.
//!
//! A session lives where it can be ended: at sign-out, with a new password, when an account is
//! closed, after half an hour without a click and after eight hours in any case.

use std::future::{Ready, ready};
use std::rc::Rc;

use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::app::App;
use crate::domain::actor::{Actor, Role};
use crate::domain::agency::Agency;
use crate::storage::officers::{self, Officer};
use crate::storage::sessions::{self, Session};
use crate::storage::{StorageError, agencies, letters, outbox};
use crate::vault::{Vault, VaultError};
use crate::web::csrf::Token;
use crate::web::error::WebError;
use crate::web::page::SignedIn;
use crate::web::words;

/// The cookie that holds the token.
pub const COOKIE: &str = "yishen_staff";
/// Where the browser sends it.
const PATH: &str = "/staff";
/// How long a session is not noted as seen again: every note is a commit.
const NOTED_AFTER: TimeDelta = TimeDelta::seconds(60);

/// A session's token: 256 random bits that only the browser keeps.
pub struct SessionToken([u8; 32]);

impl SessionToken {
    /// A new token.
    ///
    /// # Errors
    ///
    /// [`VaultError::CannotSeal`], if the system has no random numbers to give.
    pub fn issue(vault: &Vault) -> Result<Self, VaultError> {
        vault.random_bytes().map(Self)
    }

    /// The token in the browser's cookie, if it is one.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Option<Self> {
        let cookie = request.cookie(COOKIE)?;
        let bytes = URL_SAFE_NO_PAD.decode(cookie.value()).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// What the database keeps of it.
    #[must_use]
    pub fn hash(&self, vault: &Vault) -> [u8; 32] {
        vault.mac("session", &self.0)
    }

    /// The cookie that the browser keeps it in, until it is closed.
    #[must_use]
    pub fn cookie(&self, app: &App) -> Cookie<'static> {
        let value = URL_SAFE_NO_PAD.encode(self.0);
        Cookie::build(COOKIE, value)
            .path(PATH)
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(app.settings.base_url().starts_with("https://"))
            .finish()
    }
}

/// The cookie that makes a browser forget the token.
#[must_use]
pub fn forgotten() -> Cookie<'static> {
    let mut cookie = Cookie::build(COOKIE, "").path(PATH).finish();
    cookie.make_removal();
    cookie
}

/// The person at the desk, with their agency and duties.
#[derive(Debug, Clone)]
pub struct CurrentOfficer(Rc<Desk>);

#[derive(Debug)]
struct Desk {
    officer: Officer,
    agency: Agency,
    session: [u8; 32],
    to_serve: i64,
}

impl CurrentOfficer {
    /// The officer of the request's session, if there is one that has not ended.
    ///
    /// # Errors
    ///
    /// [`StorageError`].
    pub async fn of(app: &App, request: &HttpRequest) -> Result<Option<Self>, StorageError> {
        let Some(token) = SessionToken::of(request) else {
            return Ok(None);
        };
        let session = token.hash(&app.vault);
        let (now, settings) = (app.clock.now(), app.settings.staff.clone());
        let (idle, longest) = (
            TimeDelta::minutes(settings.idle_minutes.into()),
            TimeDelta::hours(settings.session_hours.into()),
        );
        let found = app.database.read(move |conn| {
            let Some(found) = sessions::find(conn, &session)? else {
                return Ok(None);
            };
            if has_ended(&found, now, idle, longest) {
                return Ok(None);
            }
            let officer = officers::find(conn, found.officer_id)?;
            if officer.disabled_at.is_some() {
                return Ok(None);
            }
            let agency = agencies::find(conn, officer.agency_id)?;
            let to_serve = letters::count_to_serve(conn, agency.id)?
                + outbox::count_to_settle(conn, agency.id)?;
            Ok::<_, StorageError>(Some((found, officer, agency, to_serve)))
        });
        let Some((found, officer, agency, to_serve)) = found.await? else {
            return Ok(None);
        };
        if now - found.seen_at >= NOTED_AFTER {
            app.database
                .write(move |conn| sessions::touch(conn, &session, now))
                .await?;
        }
        Ok(Some(Self(Rc::new(Desk { officer, agency, session, to_serve }))))
    }

    /// The account.
    #[must_use]
    pub fn officer(&self) -> &Officer {
        &self.0.officer
    }

    /// The account's identity.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.0.officer.id
    }

    /// Where the officer works.
    #[must_use]
    pub fn agency(&self) -> &Agency {
        &self.0.agency
    }

    /// How many letters and failed mails of the agency still have to reach somebody.
    #[must_use]
    pub fn to_serve(&self) -> i64 {
        self.0.to_serve
    }

    /// The duties held.
    #[must_use]
    pub fn roles(&self) -> &[Role] {
        &self.0.officer.roles
    }

    /// Whether the officer holds one of these duties.
    #[must_use]
    pub fn holds(&self, any_of: &[Role]) -> bool {
        self.roles().iter().any(|role| any_of.contains(role))
    }

    /// The officer as the Regulation knows them.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor::Officer { id: self.id(), roles: self.roles().to_vec() }
    }

    /// The hash of the session's token.
    #[must_use]
    pub fn session(&self) -> [u8; 32] {
        self.0.session
    }

    /// What a form's token must have been made for: this session and no other.
    #[must_use]
    pub fn purpose(&self) -> String {
        let session = URL_SAFE_NO_PAD.encode(self.0.session);
        format!("staff/{session}")
    }

    /// A token for a form.
    ///
    /// # Errors
    ///
    /// [`WebError::Internal`], if the system has no random numbers to give.
    pub fn token(&self, app: &App) -> Result<String, WebError> {
        let token = Token::issue(&app.vault, &self.purpose(), app.clock.now())
            .map_err(|error| WebError::Internal(error.to_string()))?;
        Ok(token.as_str().to_owned())
    }

    /// Makes sure that a form came from a page of this session.
    ///
    /// # Errors
    ///
    /// [`WebError::Forged`] or [`WebError::Expired`].
    pub fn check(&self, app: &App, token: &str) -> Result<(), WebError> {
        Token::check(&app.vault, &self.purpose(), token, app.clock.now()).map(drop)
    }

    /// The person as the frame of a page shows them.
    #[must_use]
    pub fn signed_in(&self, token: &str) -> SignedIn {
        SignedIn {
            name: self.0.officer.name.clone(),
            roles: words::list(self.roles().iter().map(|role| role.label())),
            token: token.to_owned(),
        }
    }
}

/// Whether a session is over by its age.
fn has_ended(session: &Session, now: DateTime<Utc>, idle: TimeDelta, longest: TimeDelta) -> bool {
    now >= session.seen_at + idle || now >= session.created_at + longest
}

impl FromRequest for CurrentOfficer {
    type Error = WebError;
    type Future = Ready<Result<Self, WebError>>;

    /// The officer whom the guard of the staff's pages has let in.
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let let_in = request.extensions().get::<Self>().cloned();
        ready(let_in.ok_or_else(|| WebError::Internal("a page without its guard".to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_by_idleness_and_by_age() {
        let at = |minutes| DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes);
        let (idle, longest) = (TimeDelta::minutes(30), TimeDelta::hours(8));
        let session =
            |seen| Session { officer_id: Uuid::nil(), created_at: at(0), seen_at: at(seen) };
        assert!(!has_ended(&session(0), at(29), idle, longest));
        assert!(has_ended(&session(0), at(30), idle, longest));
        assert!(!has_ended(&session(460), at(479), idle, longest));
        assert!(has_ended(&session(479), at(480), idle, longest));
    }
}
