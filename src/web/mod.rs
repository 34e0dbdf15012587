//! Pages and forms: every URL of the house, on one page.

pub mod assets;
pub mod csrf;
pub mod error;
pub mod form;
pub mod limits;
pub mod log;
pub mod page;
pub mod public;
pub mod session;
pub mod staff;
pub mod upload;

use actix_web::HttpResponse;
use actix_web::web::{ServiceConfig, get};
use uuid::Uuid;

use crate::config::AgencySettings;
use crate::domain::agency::Agency;

/// What the pages remember between requests.
#[derive(Debug)]
pub struct Site {
    agencies: Vec<Agency>,
}

impl Site {
    /// The site of the agency that the settings name.
    #[must_use]
    pub fn of(settings: &AgencySettings) -> Self {
        let text = Clone::clone;
        Self {
            agencies: vec![Agency {
                id: Uuid::nil(),
                code: text(&settings.code),
                name: text(&settings.name),
                parent: None,
                initials: text(&settings.initials),
                address: text(&settings.address),
                postcode: text(&settings.postcode),
                telephone: text(&settings.telephone),
                hours: text(&settings.hours),
                email: text(&settings.email),
                review_authority: text(&settings.review_authority),
                court: text(&settings.court),
                own_review_allowed: false,
            }],
        }
    }

    /// Every agency that takes applications, the one above the others first.
    #[must_use]
    pub fn agencies(&self) -> &[Agency] {
        &self.agencies
    }
}

/// Every URL of the house.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/", get().to(public::home::show))
        .route("/guide", get().to(public::guide::show))
        .route("/assets/{name}", get().to(assets::show))
        .route("/healthz", get().to(HttpResponse::Ok))
        .configure(staff::routes);
}
