//! `/guide` 指南: who accepts applications, how, by when, for what fee, and what to do against
//! an answer.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;

use crate::app::App;
use crate::domain::agency::Agency;
use crate::web::Site;
use crate::web::error::WebError;
use crate::web::page::{self, Frame};

#[derive(Debug, Template)]
#[template(path = "public/guide.html")]
struct GuidePage {
    frame: Frame,
    agencies: Vec<Agency>,
}

/// `GET /guide`
///
/// # Errors
///
/// [`WebError`], if the page could not be made.
pub async fn show(app: Data<App>, site: Data<Site>) -> Result<HttpResponse, WebError> {
    let agencies = site.agencies(&app).await;
    let page = GuidePage { frame: Frame::of(&agencies, "/guide"), agencies };
    page::show(StatusCode::OK, &page)
}
