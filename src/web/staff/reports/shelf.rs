//! The years: which report is written, sealed, published.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use chrono::Datelike as _;

use super::{FIRST_YEAR, HERE, href};
use crate::app::App;
use crate::storage::{annual, seals, yearly};
use crate::web::error::WebError;
use crate::web::page::{self, StaffFrame};
use crate::web::session::CurrentOfficer;

#[derive(Debug)]
struct Line {
    year: i32,
    href: String,
    state: &'static str,
    class: &'static str,
    due: String,
}

#[derive(Debug, Template)]
#[template(path = "staff/reports/shelf.html")]
struct ShelfPage {
    frame: StaffFrame,
    lines: Vec<Line>,
}

/// `GET /staff/reports`
///
/// # Errors
///
/// [`WebError`].
pub async fn show(app: Data<App>, officer: CurrentOfficer) -> Result<HttpResponse, WebError> {
    let (agency, this_year) = (officer.agency().id, app.clock.today().year());
    let (first, sealed, written) = app
        .database
        .read(move |conn| {
            let first = yearly::first_year(conn, &[agency])?;
            let sealed = seals::years(conn, agency)?;
            let from = first.unwrap_or(this_year - 1);
            let mut written = Vec::new();
            for year in from..=this_year {
                if annual::find(conn, agency, year)?.is_some() {
                    written.push(year);
                }
            }
            Ok::<_, crate::storage::StorageError>((first, sealed, written))
        })
        .await?;
    let last_sealed = sealed.iter().map(|(year, _)| *year).min();
    let first = [first, last_sealed, Some(this_year - 1)]
        .into_iter()
        .flatten()
        .min()
        .unwrap_or(this_year)
        .max(FIRST_YEAR);
    let lines = (first..=this_year)
        .rev()
        .map(|year| {
            let seal = sealed.iter().find(|(sealed, _)| *sealed == year);
            let (state, class) = match seal {
                Some((_, true)) => ("已公布", "tag tag-good"),
                Some((_, false)) => ("已签发，未公布", "tag tag-soon"),
                None if year == this_year => ("本年度，年底后签发", "tag"),
                None if written.contains(&year) => ("编写中", "tag"),
                None => ("未编写", "tag"),
            };
            let due = if seal.is_some() {
                String::new()
            } else {
                format!("{}年1月31日", year + 1)
            };
            Line { year, href: href(year), state, class, due }
        })
        .collect();
    page::show(
        StatusCode::OK,
        &ShelfPage { frame: crate::web::staff::frame(&app, &officer, HERE)?, lines },
    )
}
