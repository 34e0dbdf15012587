//! `/published`: what is public already, to be found before anybody applies for it.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use crate::app::App;
use crate::casework::similar;
use crate::storage::items::{self, Item, Whose};
use crate::storage::{StorageError, agencies};
use crate::web::Site;
use crate::web::error::WebError;
use crate::web::form::View;
use crate::web::limits::visitor;
use crate::web::page::{self, Frame};
use crate::web::words;

/// Where it stands.
pub const HERE: &str = "/published";
/// How many stand on a page.
const PAGE: i64 = 20;
/// How many a search finds.
const FOUND: usize = 20;
/// A text to look for is cut here, in characters.
const TEXT: usize = 200;

/// An item as a page lists it.
#[derive(Debug)]
pub struct ItemLine {
    /// Its page.
    pub href: String,
    /// What it is called.
    pub title: String,
    /// Since when it is public.
    pub day: String,
    /// What it is about.
    pub summary: String,
    /// Where it is found.
    pub place: String,
    /// Whether that is an address to follow.
    pub is_link: bool,
}

/// An item as a page lists it.
#[must_use]
pub fn line(item: &Item) -> ItemLine {
    ItemLine {
        href: format!("{HERE}/{}", item.id),
        title: item.title.clone(),
        day: words::full_day(item.published_on),
        summary: item.summary.clone(),
        is_link: is_address(&item.place),
        place: item.place.clone(),
    }
}

/// Whether a place is an address on the web, and nothing else.
#[must_use]
pub fn is_address(place: &str) -> bool {
    let has_scheme = place.starts_with("https://") || place.starts_with("http://");
    has_scheme && !place.contains(char::is_whitespace)
}

#[derive(Debug, Template)]
#[template(path = "public/published.html")]
struct ListPage {
    frame: Frame,
    form: View,
    looked_for: bool,
    lines: Vec<ItemLine>,
    next: Option<String>,
}

#[derive(Debug, Template)]
#[template(path = "public/item.html")]
struct ItemPage {
    frame: Frame,
    agency: String,
    line: ItemLine,
    /// Whether somebody just said that this is what was wanted.
    was_found: bool,
}

/// What is looked for, or where the page begins.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
    after: String,
}

/// `GET /published`
///
/// # Errors
///
/// [`WebError`].
pub async fn list(
    app: Data<App>,
    site: Data<Site>,
    asked: Query<Asked>,
) -> Result<HttpResponse, WebError> {
    let agencies = site.agencies(&app).await;
    let text: String = asked.q.trim().chars().take(TEXT).collect();
    let (lines, next) = if text.is_empty() {
        let after = place_of(&asked.after);
        let found = app
            .database
            .read(move |conn| items::latest(conn, Whose::Everybodys, after, WANTED));
        pager(found.await?)
    } else {
        (similar::published_like(&app, &text, FOUND).await?, None)
    };
    page::show(
        StatusCode::OK,
        &ListPage {
            frame: Frame::of(&agencies, HERE),
            looked_for: !text.is_empty(),
            form: View::filled([("q", text)]),
            lines: lines.iter().map(line).collect(),
            next: next.map(|after| format!("{HERE}?after={after}")),
        },
    )
}

/// The place behind an item, as [`pager`] writes it into an address.
#[must_use]
pub fn place_of(after: &str) -> Option<(NaiveDate, Uuid)> {
    let (day, id) = after.split_once('.')?;
    Some((day.parse().ok()?, id.parse().ok()?))
}

/// A page of items, and where the next one begins.
#[must_use]
pub fn pager(mut found: Vec<Item>) -> (Vec<Item>, Option<String>) {
    let at_most = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = found.len() > at_most;
    found.truncate(at_most);
    let last = found.last().filter(|_| more);
    let next = last.map(|item| format!("{}.{}", item.published_on, item.id.simple()));
    (found, next)
}

/// What [`pager`] wants: one more than a page.
pub const WANTED: i64 = PAGE + 1;

async fn item_page(
    app: &App,
    site: &Site,
    id: Uuid,
    was_found: bool,
) -> Result<HttpResponse, WebError> {
    let read = move |conn: &mut crate::storage::Connection| {
        let item = items::find(conn, id)?;
        let agency = agencies::find(conn, item.agency)?;
        Ok::<_, StorageError>((item, agency))
    };
    let (item, agency) = app.database.read(read).await?;
    let agencies = site.agencies(app).await;
    page::show(
        StatusCode::OK,
        &ItemPage {
            frame: Frame::of(&agencies, HERE),
            agency: agency.name,
            line: line(&item),
            was_found,
        },
    )
}

/// `GET /published/{id}`
///
/// # Errors
///
/// [`WebError::NoSuchPage`], also for what was taken back.
pub async fn show(
    app: Data<App>,
    site: Data<Site>,
    id: Path<Uuid>,
) -> Result<HttpResponse, WebError> {
    item_page(&app, &site, *id, false).await
}

/// `POST /published/{id}/found`: somebody who was about to apply has it already. Said again from
/// the same place on the same day it counts once, so that nobody can make the figure.
///
/// # Errors
///
/// [`WebError::NoSuchPage`], also for what was taken back.
pub async fn found(
    app: Data<App>,
    site: Data<Site>,
    id: Path<Uuid>,
    request: HttpRequest,
) -> Result<HttpResponse, WebError> {
    let (item, now) = (*id, app.clock.now());
    let visitor = visitor(&request, &app.settings.server.trusted_proxies);
    let today = (visitor, item, app.clock.today());
    if site.found.wait(&today, now).is_none() {
        app.database
            .write(move |conn| items::count_found(conn, item))
            .await?;
        site.found.record(today, now);
    }
    item_page(&app, &site, item, true).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_addresses_become_links() {
        assert!(is_address("https://www.example.gov.cn/a?b=1"));
        for place in [
            "javascript:alert(1)",
            "https://a b",
            "县档案馆二楼",
            "",
            "ftp://a",
        ] {
            assert!(!is_address(place), "{place}");
        }
    }
}
