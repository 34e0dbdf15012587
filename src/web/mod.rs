//! Pages and forms: every URL of the house, on one page.

pub mod assets;
pub mod csrf;
pub mod error;
pub mod fields;
pub mod form;
pub mod head;
pub mod health;
pub mod limits;
pub mod log;
pub mod page;
pub mod public;
pub mod rectification;
pub mod session;
mod site;
pub mod staff;
pub mod upload;
pub mod words;

use actix_web::web::{ServiceConfig, get, post};

pub use self::site::Site;

/// Every URL of the house.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/", get().to(public::home::show))
        .route("/guide", get().to(public::guide::show))
        .route("/apply", get().to(public::apply::form))
        .route("/apply", post().to(public::apply::step))
        .route("/apply/receipt", post().to(public::apply::receipt::download))
        .route("/track", get().to(public::track::form))
        .route("/track", post().to(public::track::show))
        .route("/track/file", post().to(public::track::letter))
        .route("/track/correct", post().to(public::track::correct::show))
        .route("/track/correction", post().to(public::track::correct::submit))
        .route("/track/reasons", post().to(public::track::give_reasons))
        .route("/track/withdraw", post().to(public::track::withdraw))
        .route("/track/rectification", post().to(public::track::rectification::show))
        .route("/track/rectification/letter", post().to(public::track::rectification::letter))
        .route("/rectify", get().to(public::rectify::form))
        .route("/rectify", post().to(public::rectify::submit))
        .route("/mailbox/{link}", get().to(public::mailbox::show))
        .route("/mailbox/{link}", post().to(public::mailbox::say))
        .route("/published", get().to(public::published::list))
        .route("/published/{id}", get().to(public::published::show))
        .route("/published/{id}/found", post().to(public::published::found))
        .route("/reports", get().to(public::reports::list))
        .route("/reports/{name}", get().to(public::reports::show))
        .route("/reports/{year}/embed", get().to(public::reports::embed))
        .route("/assets/{name}", get().to(assets::show))
        .route("/healthz", get().to(health::alive))
        .route("/readyz", get().to(health::ready))
        .configure(staff::routes);
}
