//! The style sheet and the mark, embedded in the binary.

use std::fmt::Write as _;

use actix_web::http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH};
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use rust_embed::{EmbeddedFile, RustEmbed};
use serde::Deserialize;

use crate::web::error::WebError;

/// What lies in `assets/`.
#[derive(RustEmbed)]
#[folder = "assets/"]
#[exclude = "fonts/*"]
struct Assets;

/// The version that a link carries, so that a browser may keep the file for ever.
#[derive(Debug, Deserialize)]
pub struct Version {
    #[serde(default)]
    v: String,
}

/// The address of an asset, with the hash of its content.
#[must_use]
pub fn href(name: &str) -> String {
    Assets::get(name).map_or_else(
        || format!("/assets/{name}"),
        |file| format!("/assets/{name}?v={}", fingerprint(&file)),
    )
}

/// The style sheet itself, for files that are taken along.
#[must_use]
pub fn style() -> String {
    Assets::get("style.css")
        .map_or_else(String::new, |file| String::from_utf8_lossy(&file.data).into_owned())
}

/// `GET /assets/{name}`
///
/// # Errors
///
/// [`WebError::NoSuchPage`], if there is no such file.
pub async fn show(
    name: Path<String>,
    version: Query<Version>,
    request: HttpRequest,
) -> Result<HttpResponse, WebError> {
    let file = Assets::get(&name).ok_or(WebError::NoSuchPage)?;
    let content_type = content_type(&name).ok_or(WebError::NoSuchPage)?;
    let fingerprint = fingerprint(&file);
    let tag = format!("\"{fingerprint}\"");
    let keep = if version.v == fingerprint {
        "public, max-age=31536000, immutable"
    } else {
        "public, no-cache"
    };
    let known = request.headers().get(IF_NONE_MATCH);
    let unchanged = known.is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let mut response = if unchanged {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    response
        .insert_header((CACHE_CONTROL, keep))
        .insert_header((ETAG, tag))
        .content_type(content_type);
    Ok(if unchanged {
        response.finish()
    } else {
        response.body(file.data)
    })
}

/// What the browser is told that a file is; nothing for files that are none of its business.
fn content_type(name: &str) -> Option<&'static str> {
    Some(match name.rsplit_once('.')?.1 {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        _ => return None,
    })
}

/// The first bytes of the content's hash.
fn fingerprint(file: &EmbeddedFile) -> String {
    let hash = file.metadata.sha256_hash();
    hash.iter().take(8).fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_asset_has_a_type_and_a_version() {
        for name in Assets::iter() {
            assert!(content_type(&name).is_some(), "{name}");
            let href = href(&name);
            let (_, version) = href.split_once("?v=").unwrap();
            assert_eq!(version.len(), 16);
        }
        assert!(Assets::get("style.css").is_some());
    }
}
