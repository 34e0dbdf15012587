//! Whether the program lives, and whether it can keep anything.

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::Data;

use crate::app::App;
use crate::storage::{self, Connection, StorageError};
use crate::web::Site;
use crate::web::error::WebError;

/// Where the moment of the last try is kept.
const LAST_TRY: &str = "ready_at";

/// `GET /healthz`: alive.
pub async fn alive() -> HttpResponse {
    said("ok")
}

/// `GET /readyz`: can commit, and did so within the last second.
///
/// # Errors
///
/// [`WebError::Unavailable`], if nothing can be kept at the moment.
pub async fn ready(app: Data<App>, site: Data<Site>) -> Result<HttpResponse, WebError> {
    if site.was_ready_just_now() {
        return Ok(said("ready"));
    }
    let now = app.clock.now().to_rfc3339();
    let kept: Result<(), StorageError> = app
        .database
        .write(move |conn: &mut Connection| storage::meta::set(conn, LAST_TRY, &now))
        .await;
    kept.map_err(|error| WebError::Unavailable(error.to_string()))?;
    site.is_ready_now();
    Ok(said("ready"))
}

fn said(words: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(words)
}
