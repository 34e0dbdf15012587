//! 年度报告: what the public reads is what was sealed, byte for byte.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, ETAG, HeaderValue, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use crate::app::App;
use crate::documents::chart::Chart;
use crate::documents::{annual as files, hex};
use crate::domain::agency::Agency;
use crate::report::annual::AnnualReport;
use crate::report::line::{Column, Line};
use crate::report::table::Table;
use crate::storage::seals::{self, PublishedCorrection, PublishedYear, Seal};
use crate::storage::{StorageError, agencies};
use crate::web::Site;
use crate::web::error::WebError;
use crate::web::page::{self, Frame};
use crate::web::words;

/// Where the reports stand.
const HERE: &str = "/reports";

/// A form in which a report is handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MediaType {
    /// The ending of the file's name.
    pub ending: &'static str,
    /// The type of its content.
    pub content: &'static str,
}

const MEDIA: [MediaType; 6] = [
    MediaType { ending: "html", content: "text/html; charset=utf-8" },
    MediaType { ending: "pdf", content: "application/pdf" },
    MediaType {
        ending: "docx",
        content: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    },
    MediaType { ending: "xlsx", content: crate::documents::xlsx::CONTENT_TYPE },
    MediaType { ending: "json", content: "application/json" },
    MediaType { ending: "csv", content: "text/csv; charset=utf-8" },
];

/// The form with this ending.
#[must_use]
pub fn media_type(ending: &str) -> Option<&'static MediaType> {
    MEDIA.iter().find(|media| media.ending == ending)
}

/// A report in one of its forms.
///
/// # Errors
///
/// [`WebError`], if it cannot be printed.
pub fn print(report: &AnnualReport, ending: &str) -> Result<Vec<u8>, WebError> {
    let failed = |error: &dyn std::error::Error| WebError::Internal(error.to_string());
    match ending {
        "html" => Ok(files::html_page(report).into_bytes()),
        "pdf" => files::print(report)
            .map(|paper| paper.pdf)
            .map_err(|error| failed(&error)),
        "docx" => files::print(report)
            .map(|paper| paper.docx)
            .map_err(|error| failed(&error)),
        "xlsx" => files::xlsx(report).map_err(|error| failed(&error)),
        "json" => files::json(report).map_err(|error| failed(&error)),
        "csv" => files::csv(report).map_err(|error| failed(&error)),
        _ => Err(WebError::NoSuchPage),
    }
}

/// A file to be saved.
#[must_use]
pub fn handed_out(media: &MediaType, name: &str, bytes: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, media.content))
        .insert_header((CONTENT_DISPOSITION, page::attachment(&format!("{name}.{}", media.ending))))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(bytes)
}

/// Which agency is asked for; the first that published anything, if none is.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    agency: String,
}

/// The reports of an agency, and which others have published some.
struct Shelf {
    agency: Option<Agency>,
    others: Vec<Agency>,
    years: Vec<PublishedYear>,
}

/// The publisher with this code; without one the top agency, whose site this is.
fn chosen<'a>(publishers: &'a [Agency], code: &str) -> Option<&'a Agency> {
    let mut all = publishers.iter();
    if code.is_empty() {
        let top = all.find(|agency| agency.parent.is_none());
        return top.or(publishers.first());
    }
    all.find(|agency| agency.code == code)
}

async fn shelf(app: &App, code: &str) -> Result<Shelf, WebError> {
    let code = code.to_owned();
    let shelf = app
        .database
        .read(move |conn| {
            let publishers = seals::publishers(conn)?;
            let all = agencies::named(conn, &publishers)?;
            let agency = chosen(&all, &code).cloned();
            let years = match &agency {
                Some(agency) => seals::published(conn, agency.id)?,
                None => Vec::new(),
            };
            Ok::<_, StorageError>(Shelf { agency, others: all, years })
        })
        .await?;
    if shelf.agency.is_none() && !shelf.others.is_empty() {
        return Err(WebError::NoSuchPage);
    }
    Ok(shelf)
}

/// A year of the list.
#[derive(Debug)]
struct YearLine {
    year: i32,
    href: String,
    published_on: String,
    corrected: bool,
    new: u64,
    total: u64,
    carried_out: u64,
}

/// An agency to choose from.
#[derive(Debug)]
struct AgencyLine {
    href: String,
    name: String,
    current: bool,
}

#[derive(Debug, Template)]
#[template(path = "public/reports.html")]
struct ShelfPage {
    frame: Frame,
    agency: Option<String>,
    agencies: Vec<AgencyLine>,
    years: Vec<YearLine>,
    chart: String,
}

/// What came, what was answered and what was handed on, year by year; the table of the years
/// stands beside it.
fn over_the_years(published: &[PublishedYear]) -> Chart {
    let total = |line: Line| -> Vec<u64> {
        let years = published.iter().rev();
        years
            .map(|year| year.table.cell(line, Column::Total))
            .collect()
    };
    Chart {
        title: "历年申请的收到、办结和结转（件）".to_owned(),
        categories: published
            .iter()
            .rev()
            .map(|year| format!("{}年", year.year))
            .collect(),
        series: vec![
            ("本年新收".to_owned(), total(Line::New)),
            ("办结".to_owned(), total(Line::Total)),
            ("结转下年度".to_owned(), total(Line::CarriedOut)),
        ],
    }
}

fn query(agency: &Agency) -> String {
    format!("?agency={}", agency.code)
}

/// `GET /reports`
///
/// # Errors
///
/// [`WebError`].
pub async fn list(
    app: Data<App>,
    site: Data<Site>,
    asked: Query<Asked>,
) -> Result<HttpResponse, WebError> {
    let shelf = shelf(&app, &asked.agency).await?;
    let suffix = shelf.agency.as_ref().map(query).unwrap_or_default();
    let years = shelf.years.iter().map(|published| {
        let total = |line| published.table.cell(line, Column::Total);
        YearLine {
            year: published.year,
            href: format!("{HERE}/{}{suffix}", published.year),
            published_on: words::moment(published.published_at),
            corrected: published.corrected,
            new: total(Line::New),
            total: total(Line::Total),
            carried_out: total(Line::CarriedOut),
        }
    });
    let chart = over_the_years(&shelf.years);
    page::show(
        StatusCode::OK,
        &ShelfPage {
            chart: if shelf.years.len() > 1 {
                chart.svg("years")
            } else {
                String::new()
            },
            frame: Frame::of(&site.agencies(&app).await, HERE),
            years: years.collect(),
            agencies: shelf
                .others
                .iter()
                .map(|agency| AgencyLine {
                    href: format!("{HERE}{}", query(agency)),
                    name: agency.name.clone(),
                    current: shelf.agency.as_ref().is_some_and(|own| own.id == agency.id),
                })
                .collect(),
            agency: shelf.agency.map(|agency| agency.name),
        },
    )
}

/// A correction that was published after the seal.
#[derive(Debug)]
struct CorrectionLine {
    at: String,
    note: String,
    cells: Vec<String>,
}

#[derive(Debug, Template)]
#[template(path = "public/report.html")]
struct ReportPage {
    frame: Frame,
    title: String,
    report: String,
    published_on: String,
    signer: String,
    hash: String,
    /// The SHA-256 of each file.
    hashes: Vec<(String, String)>,
    hashes_href: String,
    downloads: Vec<(String, &'static str)>,
    corrections: Vec<CorrectionLine>,
    corrections_href: String,
    fields: &'static [(&'static str, &'static str, &'static str)],
    back: String,
}

/// A published report and its corrections.
async fn published(
    app: &App,
    code: &str,
    year: i32,
) -> Result<(Agency, Seal, Vec<PublishedCorrection>), WebError> {
    let code = code.to_owned();
    let found = app
        .database
        .read(move |conn| {
            let publishers = seals::publishers(conn)?;
            let all = agencies::named(conn, &publishers)?;
            let agency = chosen(&all, &code).cloned();
            let agency = agency.ok_or(StorageError::NotFound("agency"))?;
            let seal = seals::find(conn, agency.id, year)?
                .filter(|seal| seal.published_at.is_some())
                .ok_or(StorageError::NotFound("seal"))?;
            let corrections = seals::published_corrections(conn, agency.id, year)?;
            Ok::<_, StorageError>((agency, seal, corrections))
        })
        .await?;
    Ok(found)
}

/// What each correction changed of what had stood before it.
fn correction_lines(seal: &Seal, corrections: &[PublishedCorrection]) -> Vec<CorrectionLine> {
    let mut before = &seal.report.section_three;
    let mut lines = Vec::new();
    for correction in corrections {
        let cells = changes(before, correction.table()).map(|(line, column, was, is)| {
            format!("{}，{}：{was} 改为 {is}", line.title(), column.title())
        });
        lines.push(CorrectionLine {
            at: words::moment(correction.at),
            note: correction.note.clone(),
            cells: cells.collect(),
        });
        before = correction.table();
    }
    lines
}

/// `GET /reports/{year}`, and with an ending the file: `/reports/2025.pdf`.
///
/// # Errors
///
/// [`WebError::NoSuchPage`], unless the report is published.
pub async fn show(
    app: Data<App>,
    site: Data<Site>,
    name: Path<String>,
    asked: Query<Asked>,
) -> Result<HttpResponse, WebError> {
    let (year, ending) = name.split_once('.').unwrap_or((&name, ""));
    let year: i32 = year.parse().map_err(|_| WebError::NoSuchPage)?;
    let (agency, seal, corrections) = published(&app, &asked.agency, year).await?;
    if ending == HASHES {
        let hashes = hashes(&app, agency.id, year).await?;
        return Ok(hashes_file(&seal, &hashes));
    }
    if ending == CORRECTIONS {
        return corrections_file(&agency, &seal, &corrections);
    }
    if !ending.is_empty() {
        return file(&app, agency.id, &seal, ending).await;
    }
    let suffix = query(&agency);
    let hashes = hashes(&app, agency.id, year).await?;
    page::show(
        StatusCode::OK,
        &ReportPage {
            hashes: hashes
                .iter()
                .map(|(ending, sha256)| (ending.to_uppercase(), hex(sha256)))
                .collect(),
            hashes_href: format!("{HERE}/{year}.{HASHES}{suffix}"),
            frame: Frame::of(&site.agencies(&app).await, HERE),
            title: seal.report.title.clone(),
            report: files::html(&seal.report),
            published_on: seal.published_at.map(words::moment).unwrap_or_default(),
            signer: seal.signer.clone(),
            hash: hex(&seal.hash),
            downloads: MEDIA
                .iter()
                .map(|media| {
                    let label = match media.ending {
                        "html" => "HTML",
                        "pdf" => "PDF",
                        "docx" => "DOCX",
                        "xlsx" => "XLSX",
                        "json" => "JSON",
                        _ => "CSV",
                    };
                    (format!("{HERE}/{year}.{}{suffix}", media.ending), label)
                })
                .collect(),
            corrections: correction_lines(&seal, &corrections),
            corrections_href: format!("{HERE}/{year}.{CORRECTIONS}{suffix}"),
            fields: files::FIELDS,
            back: format!("{HERE}{suffix}"),
        },
    )
}

/// The ending of the address of what was corrected since.
const CORRECTIONS: &str = "corrections.json";

/// What was corrected since, as open data: each number as it was and as it is.
fn corrections_file(
    agency: &Agency,
    seal: &Seal,
    corrections: &[PublishedCorrection],
) -> Result<HttpResponse, WebError> {
    let mut before = &seal.report.section_three;
    let mut list = Vec::new();
    for correction in corrections {
        let cells = changes(before, correction.table()).map(|(line, column, was, is)| {
            serde_json::json!({ "row": line.id(), "column": column.id(), "was": was, "is": is })
        });
        list.push(serde_json::json!({
            "corrected_at": correction.at,
            "signer": correction.signer,
            "note": correction.note,
            "cells": cells.collect::<Vec<_>>(),
        }));
        before = correction.table();
    }
    let data = serde_json::json!({
        "agency": agency.name,
        "agency_code": agency.code,
        "year": seal.year,
        "corrections": list,
    });
    let media = media_type("json").ok_or(WebError::NoSuchPage)?;
    let title = format!("{}（更正）", seal.report.title);
    let mut response = handed_out(media, &title, data.to_string().into_bytes());
    let any = HeaderValue::from_static("*");
    response
        .headers_mut()
        .insert(ACCESS_CONTROL_ALLOW_ORIGIN, any);
    Ok(response)
}

/// The cells in which a table differs from the one before, with both numbers.
fn changes<'a>(
    before: &'a Table,
    after: &'a Table,
) -> impl Iterator<Item = (Line, Column, u64, u64)> + 'a {
    let cells = after
        .rows()
        .iter()
        .flat_map(|row| Column::ALL.map(|column| (row.line, column)));
    cells.filter_map(|(line, column)| {
        let (was, is) = (before.cell(line, column), after.cell(line, column));
        (was != is).then_some((line, column, was, is))
    })
}

/// `GET /reports/{year}/embed`: the published page as it was sealed, to be shown within a portal's
/// page; it loads nothing and runs nothing.
///
/// # Errors
///
/// [`WebError::NoSuchPage`], unless the report is published.
pub async fn embed(
    app: Data<App>,
    year: Path<i32>,
    asked: Query<Asked>,
) -> Result<HttpResponse, WebError> {
    let (agency, seal, _) = published(&app, &asked.agency, *year).await?;
    let file = app
        .database
        .read(move |conn| seals::file(conn, agency.id, seal.year, "html"))
        .await?
        .ok_or(WebError::NoSuchPage)?;
    let within = app.settings.report.embed_in.join(" ");
    let policy = format!(
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'self' {within}"
    );
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CONTENT_SECURITY_POLICY, policy.trim_end().to_owned()))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(file.content))
}

/// The files of a published report with their hashes.
async fn hashes(app: &App, agency: Uuid, year: i32) -> Result<Vec<(String, Vec<u8>)>, WebError> {
    let hashes = app
        .database
        .read(move |conn| seals::hashes(conn, agency, year));
    Ok(hashes.await?)
}

/// The ending of the address of the files' hashes.
const HASHES: &str = "SHA256SUMS";

/// The hashes of the files as they were sealed, as `sha256sum --check` reads them.
fn hashes_file(seal: &Seal, hashes: &[(String, Vec<u8>)]) -> HttpResponse {
    let line = |(ending, sha256): &(String, Vec<u8>)| {
        format!("{}  {}.{ending}\n", hex(sha256), seal.report.title)
    };
    let lines = hashes.iter().map(line).collect::<Vec<_>>().concat();
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/plain; charset=utf-8"))
        .insert_header((
            CONTENT_DISPOSITION,
            page::attachment(&format!("{}.SHA256SUMS", seal.report.title)),
        ))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(lines)
}

async fn file(
    app: &App,
    agency: Uuid,
    seal: &Seal,
    ending: &str,
) -> Result<HttpResponse, WebError> {
    let media = media_type(ending).ok_or(WebError::NoSuchPage)?;
    let (year, wanted) = (seal.year, media.ending);
    let file = app
        .database
        .read(move |conn| seals::file(conn, agency, year, wanted))
        .await?
        .ok_or(WebError::NoSuchPage)?;
    let tag = hex(&file.sha256);
    let mut response = handed_out(media, &seal.report.title, file.content);
    let headers = response.headers_mut();
    if matches!(media.ending, "json" | "csv") {
        // Open data: the scripts of any site may read it.
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    }
    if let Ok(tag) = format!("\"{tag}\"").parse() {
        headers.insert(ETAG, tag);
    }
    Ok(response)
}
