//! `/`: what this is, and where to begin.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;

use crate::app::App;
use crate::web::Site;
use crate::web::error::WebError;
use crate::web::page::{self, Frame};

#[derive(Debug, Template)]
#[template(path = "public/home.html")]
struct HomePage {
    frame: Frame,
    confirm_within: u32,
}

/// `GET /`
///
/// # Errors
///
/// [`WebError`], if the page could not be made.
pub async fn show(app: Data<App>, site: Data<Site>) -> Result<HttpResponse, WebError> {
    let page = HomePage {
        frame: Frame::of(&site.agencies(&app).await, "/"),
        confirm_within: app.settings.intake.confirm_within_days,
    };
    page::show(StatusCode::OK, &page)
}
