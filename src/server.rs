//! The doors: binds, mounts the pages, stops cleanly.

use std::io;
use std::net::TcpListener;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::web::Data;
use actix_web::{App as Mounted, HttpServer};

use crate::app::App;
use crate::web::{self, Site, csrf, error, head, limits, log, page, upload};

/// Serves the office's pages at `listener` until the process is asked to end, and then
/// finishes what was begun. It has to be called in a runtime, whose task sweeps away the files
/// of forms that were never sent.
///
/// # Errors
///
/// [`io::Error`], if the listener cannot be used.
pub fn run(app: &App, listener: TcpListener) -> io::Result<Server> {
    let head = Duration::from_secs(app.settings.limits.request_head_seconds);
    let workers = app.settings.server.workers;
    let site = Data::new(Site::new(app));
    tokio::spawn(upload::sweep_hourly(app.settings.data.directory.clone()));
    let app = Data::new(app.clone());
    let server = HttpServer::new(move || {
        Mounted::new()
            .app_data(app.clone())
            .app_data(site.clone())
            .wrap(from_fn(head::as_get))
            .wrap(from_fn(csrf::same_site))
            .wrap(from_fn(error::dress))
            .wrap(from_fn(page::harden))
            .wrap(from_fn(log::access))
            // Outermost: it has to hold on to what came in until the answer is sent.
            .wrap(from_fn(limits::pace))
            .configure(web::routes)
    })
    .client_request_timeout(head)
    .shutdown_timeout(30);
    let server = match workers {
        0 => server,
        workers => server.workers(workers),
    };
    Ok(server.listen(listener)?.run())
}
