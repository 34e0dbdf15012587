//! 年度报告: what the public reads is what was sealed, byte for byte.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, X_CONTENT_TYPE_OPTIONS,
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
use crate::storage::seals::{self, PublishedCorrection, Seal};
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
    seals: Vec<Seal>,
}

async fn shelf(app: &App, code: &str) -> Result<Shelf, WebError> {
    let code = code.to_owned();
    let shelf = app
        .database
        .read(move |conn| {
            let publishers = seals::publishers(conn)?;
            let all = agencies::named(conn, &publishers)?;
            let agency = match code.as_str() {
                "" => all.first().cloned(),
                code => all.iter().find(|agency| agency.code == code).cloned(),
            };
            let seals = match &agency {
                Some(agency) => seals::published(conn, agency.id)?,
                None => Vec::new(),
            };
            Ok::<_, StorageError>(Shelf { agency, others: all, seals })
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
fn over_the_years(seals: &[Seal]) -> Chart {
    let total = |line: Line| -> Vec<u64> {
        let years = seals.iter().rev();
        years
            .map(|seal| seal.report.section_three.cell(line, Column::Total))
            .collect()
    };
    Chart {
        title: "历年申请的收到、办结和结转（件）".to_owned(),
        categories: seals
            .iter()
            .rev()
            .map(|seal| format!("{}年", seal.year))
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
    let years = shelf.seals.iter().map(|seal| {
        let total = |line| seal.report.section_three.cell(line, Column::Total);
        YearLine {
            year: seal.year,
            href: format!("{HERE}/{}{suffix}", seal.year),
            published_on: seal.published_at.map(words::moment).unwrap_or_default(),
            new: total(Line::New),
            total: total(Line::Total),
            carried_out: total(Line::CarriedOut),
        }
    });
    let chart = over_the_years(&shelf.seals);
    page::show(
        StatusCode::OK,
        &ShelfPage {
            chart: if shelf.seals.len() > 1 {
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
    downloads: Vec<(String, &'static str)>,
    corrections: Vec<CorrectionLine>,
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
            let agency = match code.as_str() {
                "" => all.into_iter().next(),
                code => all.into_iter().find(|agency| agency.code == code),
            };
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
        let mut cells = Vec::new();
        for row in correction.table().rows() {
            for column in Column::ALL {
                let (was, is) =
                    (before.cell(row.line, column), correction.table().cell(row.line, column));
                if was != is {
                    cells.push(format!(
                        "{}，{}：{was} 改为 {is}",
                        row.line.title(),
                        column.title()
                    ));
                }
            }
        }
        lines.push(CorrectionLine {
            at: words::moment(correction.at),
            note: correction.note.clone(),
            cells,
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
    if !ending.is_empty() {
        return file(&app, agency.id, &seal, ending).await;
    }
    let suffix = query(&agency);
    page::show(
        StatusCode::OK,
        &ReportPage {
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
            fields: files::FIELDS,
            back: format!("{HERE}{suffix}"),
        },
    )
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
    if let Ok(tag) = format!("\"{tag}\"").parse() {
        headers.insert(ETAG, tag);
    }
    Ok(response)
}
