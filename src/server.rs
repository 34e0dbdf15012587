//! The doors: binds, mounts the pages, stops cleanly.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::web::Data;
use actix_web::{App as Pages, HttpServer};

use crate::config::Config;
use crate::web::{self, Site, error, limits, log, page};

/// Serves the office's pages at `listener` until the process is asked to end, and then
/// finishes what was begun.
///
/// # Errors
///
/// [`io::Error`], if the listener cannot be used.
pub fn run(config: &Arc<Config>, listener: TcpListener) -> io::Result<Server> {
    let site = Data::new(Site::new(Arc::clone(config)));
    let head = Duration::from_secs(config.limits.request_head_seconds);
    let server = HttpServer::new(move || {
        Pages::new()
            .app_data(site.clone())
            .wrap(from_fn(limits::pace))
            .wrap(from_fn(error::dress))
            .wrap(from_fn(page::harden))
            .wrap(from_fn(log::access))
            .configure(web::routes)
    })
    .client_request_timeout(head)
    .shutdown_timeout(30);
    let server = match config.server.workers {
        0 => server,
        workers => server.workers(workers),
    };
    Ok(server.listen(listener)?.run())
}
