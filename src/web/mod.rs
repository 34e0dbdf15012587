//! Pages and forms: every URL of the house, on one page.

pub mod assets;
pub mod error;
pub mod form;
pub mod limits;
pub mod log;
pub mod page;
pub mod public;

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::web::{ServiceConfig, get};

use crate::config::Config;
use crate::web::page::Frame;

/// What the pages share beside the office itself.
#[derive(Debug)]
pub struct Site {
    /// The settings.
    pub config: Arc<Config>,
}

impl Site {
    /// The site of an office with these settings.
    #[must_use]
    pub const fn new(config: Arc<Config>) -> Self {
        Self { config }
    }

    /// Whether visitors come over TLS, which a proxy speaks for us.
    #[must_use]
    pub fn is_behind_tls(&self) -> bool {
        self.config.base_url().starts_with("https://")
    }

    /// The frame of the page at `current`.
    #[must_use]
    pub fn frame(&self, current: &'static str) -> Frame {
        Frame::of(&self.config.agency, current)
    }
}

/// Every URL of the house.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/", get().to(public::home::show))
        .route("/guide", get().to(public::guide::show))
        .route("/assets/{name}", get().to(assets::show))
        .route("/healthz", get().to(HttpResponse::Ok));
}
