//! 汇总: the agencies below, whose report is sealed, whose is late, and the tables they hand in.

use actix_multipart::Multipart;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::{HERE, href, refusal, year_of};
use crate::app::App;
use crate::casework::annual::{AnnualError, HandedInFile, Source, hand_in, section_of};
use crate::documents::section_three;
use crate::domain::agency::Agency;
use crate::report::layout::Layout;
use crate::report::line::{Cell, Column, Line};
use crate::report::published::{Piece, PublishedReport};
use crate::report::reconcile::{findings, reconcile};
use crate::report::table::Table;
use crate::storage::attachments::Purpose;
use crate::storage::{StorageError, agencies, seals, unit_tables, yearly};
use crate::web::error::WebError;
use crate::web::form::View;
use crate::web::page::{self, StaffFrame};
use crate::web::session::CurrentOfficer;
use crate::web::staff::form::DeskForm;
use crate::web::staff::see_other;
use crate::web::upload;

/// An agency below, as the page lists it.
#[derive(Debug)]
struct UnitLine {
    id: Uuid,
    name: String,
    state: &'static str,
    class: &'static str,
    new: u64,
    total: u64,
    carried_out: u64,
    is_off: bool,
    may_hand_in: bool,
}

#[derive(Debug, Template)]
#[template(path = "staff/reports/units.html")]
struct UnitsPage {
    frame: StaffFrame,
    year: i32,
    back: String,
    here: String,
    notice: Option<&'static str>,
    sealed: usize,
    units: Vec<UnitLine>,
    first_href: Option<String>,
    next_href: Option<String>,
    count: usize,
    table: String,
}

/// Where in the list of agencies to go on.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    page: usize,
    #[serde(default)]
    done: String,
}

/// How many agencies stand on a page.
const PAGE: usize = 100;

/// `GET /staff/reports/{year}/units`
///
/// # Errors
///
/// [`WebError`].
pub async fn show(
    app: Data<App>,
    officer: CurrentOfficer,
    year: Path<String>,
    asked: Query<Asked>,
) -> Result<HttpResponse, WebError> {
    let year = year_of(&app, &year)?;
    let (agency, begin) = (officer.agency().clone(), asked.page.saturating_mul(PAGE));
    let name = agency.name.clone();
    let (section, sources, units) = app
        .database
        .read(move |conn| {
            let ids = agencies::subtree(conn, agency.id)?;
            let (section, sources) = section_of(conn, &ids, year)?;
            let named: Vec<Agency> = agencies::named(conn, &ids)?;
            let shown: Vec<Agency> = named.into_iter().skip(begin).take(PAGE).collect();
            let mut units = Vec::new();
            for agency in shown {
                let source = sources.iter().find(|(id, _)| *id == agency.id);
                let source = source.map_or(Source::Live, |(_, source)| *source);
                units.push(unit(conn, agency, source, year)?);
            }
            Ok::<_, StorageError>((section, sources, units))
        })
        .await?;
    let table = section.table(name, Layout::of_year(year));
    let link = |line: Line, column: Column| {
        let href = format!("{}/units/{}/{}", href(year), line.id(), column.id());
        (table.cell(line, column) > 0).then_some(href)
    };
    let here = format!("{}/units", href(year));
    let sealed = sources
        .iter()
        .filter(|(_, source)| *source != Source::Live)
        .count();
    page::show(
        StatusCode::OK,
        &UnitsPage {
            frame: crate::web::staff::frame(&app, &officer, HERE)?,
            year,
            back: href(year),
            notice: (asked.done == "handed-in").then_some("表格已经收下，计入汇总。"),
            sealed,
            units,
            first_href: (asked.page > 0).then(|| here.clone()),
            next_href: (begin + PAGE < sources.len())
                .then(|| format!("{here}?page={}", asked.page + 1)),
            count: sources.len(),
            table: section_three::html_fragment(&table, link)?,
            here,
        },
    )
}

fn unit(
    conn: &mut crate::storage::Connection,
    agency: Agency,
    source: Source,
    year: i32,
) -> Result<UnitLine, StorageError> {
    let table = table_of(conn, &agency, source, year)?;
    let has_cases = yearly::first_year(conn, &[agency.id])?.is_some();
    let (state, class) = match source {
        Source::Live => ("未签发", "tag tag-soon"),
        Source::HandedIn => ("报送的表格", "tag"),
        Source::Sealed => ("已签发", "tag tag-good"),
        Source::Published => ("已公布", "tag tag-good"),
    };
    Ok(UnitLine {
        id: agency.id,
        name: agency.name,
        state,
        class,
        new: table.cell(Line::New, Column::Total),
        total: table.cell(Line::Total, Column::Total),
        carried_out: table.cell(Line::CarriedOut, Column::Total),
        is_off: !findings(&reconcile(&table)).is_empty(),
        may_hand_in: !has_cases && matches!(source, Source::Live | Source::HandedIn),
    })
}

fn table_of(
    conn: &mut crate::storage::Connection,
    agency: &Agency,
    source: Source,
    year: i32,
) -> Result<Table, StorageError> {
    let table = match source {
        Source::Live => None,
        Source::HandedIn => unit_tables::handed_in(conn, &[agency.id], year)?
            .pop()
            .map(|handed| handed.table),
        Source::Sealed | Source::Published => seals::own_tables(conn, &[agency.id], year)?
            .pop()
            .map(|(_, table, _)| table),
    };
    if let Some(table) = table {
        return Ok(table);
    }
    let (section, _) = section_of(conn, &[agency.id], year)?;
    Ok(section.table(&*agency.name, Layout::of_year(year)))
}

/// An agency's share of a number.
#[derive(Debug)]
struct Share {
    name: String,
    number: u64,
    source: &'static str,
}

#[derive(Debug, Template)]
#[template(path = "staff/reports/shares.html")]
struct SharesPage {
    frame: StaffFrame,
    year: i32,
    back: String,
    line: String,
    column: &'static str,
    total: u64,
    shares: Vec<Share>,
    cases_href: String,
}

/// `GET /staff/reports/{year}/units/{row}/{column}`: which agencies a number comes from.
///
/// # Errors
///
/// [`WebError`].
pub async fn shares(
    app: Data<App>,
    officer: CurrentOfficer,
    place: Path<(String, String, String)>,
) -> Result<HttpResponse, WebError> {
    let (year, line, column) = place.into_inner();
    let year = year_of(&app, &year)?;
    let line = Line::from_id(&line).ok_or(WebError::NoSuchPage)?;
    let column = Column::from_id(&column).ok_or(WebError::NoSuchPage)?;
    let root = officer.agency().id;
    let shares = app
        .database
        .read(move |conn| {
            let ids = agencies::subtree(conn, root)?;
            let (_, sources) = section_of(conn, &ids, year)?;
            let counted = yearly::counts_by_agency(conn, &ids, Cell { year, line, column })?;
            let mut shares = Vec::new();
            for agency in agencies::named(conn, &ids)? {
                let source = sources.iter().find(|(id, _)| *id == agency.id);
                let source = source.map_or(Source::Live, |(_, source)| *source);
                let (number, source) = match source {
                    Source::Live => (counted.get(&agency.id).copied().unwrap_or_default(), "办件"),
                    Source::HandedIn => {
                        (table_of(conn, &agency, source, year)?.cell(line, column), "报送")
                    }
                    Source::Sealed | Source::Published => {
                        (table_of(conn, &agency, source, year)?.cell(line, column), "签发")
                    }
                };
                if number > 0 {
                    shares.push(Share { name: agency.name, number, source });
                }
            }
            Ok::<_, StorageError>(shares)
        })
        .await?;
    page::show(
        StatusCode::OK,
        &SharesPage {
            frame: crate::web::staff::frame(&app, &officer, HERE)?,
            year,
            back: format!("{}/units", href(year)),
            line: line.title(),
            column: column.title(),
            total: shares.iter().map(|share| share.number).sum(),
            shares,
            cases_href: format!(
                "/staff/section-three/{year}/{}/{}?roll_up=1",
                line.id(),
                column.id()
            ),
        },
    )
}

#[derive(Debug, Template)]
#[template(path = "staff/reports/hand_in.html")]
struct HandInPage {
    frame: StaffFrame,
    token: String,
    year: i32,
    back: String,
    action: String,
    unit: String,
    kept: Option<String>,
    faults: Vec<String>,
    form: View,
}

/// The agency below that hands in a table.
async fn unit_of(app: &App, officer: &CurrentOfficer, id: Uuid) -> Result<Agency, WebError> {
    let root = officer.agency().id;
    let found = app
        .database
        .read(move |conn| {
            if !agencies::subtree(conn, root)?.contains(&id) {
                return Err(StorageError::NotFound("agency"));
            }
            agencies::find(conn, id)
        })
        .await?;
    Ok(found)
}

async fn hand_in_page(
    app: &App,
    officer: &CurrentOfficer,
    year: i32,
    unit: &Agency,
    status: StatusCode,
    (form, faults): (View, Vec<String>),
) -> Result<HttpResponse, WebError> {
    let id = unit.id;
    let kept = app
        .database
        .read(move |conn| unit_tables::handed_in(conn, &[id], year))
        .await?
        .pop();
    page::show(
        status,
        &HandInPage {
            frame: crate::web::staff::frame(app, officer, HERE)?,
            token: officer.token(app)?,
            year,
            back: format!("{}/units", href(year)),
            action: format!("{}/units/{}/hand-in", href(year), unit.id),
            unit: unit.name.clone(),
            kept: kept.map(|kept| kept.file_name),
            faults,
            form,
        },
    )
}

/// `GET /staff/reports/{year}/units/{agency}/hand-in`
///
/// # Errors
///
/// [`WebError`].
pub async fn ask(
    app: Data<App>,
    officer: CurrentOfficer,
    place: Path<(String, Uuid)>,
) -> Result<HttpResponse, WebError> {
    let (year, id) = place.into_inner();
    let year = year_of(&app, &year)?;
    let unit = unit_of(&app, &officer, id).await?;
    let form = (View::default(), Vec::new());
    hand_in_page(&app, &officer, year, &unit, StatusCode::OK, form).await
}

/// `POST /staff/reports/{year}/units/{agency}/hand-in`
///
/// # Errors
///
/// [`WebError`].
pub async fn submit(
    app: Data<App>,
    officer: CurrentOfficer,
    place: Path<(String, Uuid)>,
    body: Multipart,
) -> Result<HttpResponse, WebError> {
    let (year, id) = place.into_inner();
    let year = year_of(&app, &year)?;
    let received = upload::receive(&app, &officer.purpose(), body).await?;
    if received.token.is_expired(app.clock.now()) {
        return Err(WebError::Expired);
    }
    let unit = unit_of(&app, &officer, id).await?;
    let form = DeskForm::checked(received.texts.clone());
    let mut view = form.view();
    for (field, why) in &received.refused {
        view.add_fault(field, why.clone());
    }
    let files = received.open(Purpose::Evidence).await?;
    let read = match (files.first(), form.text("json")) {
        _ if view.has_faults() => Err(String::new()),
        (None, "") => Err("请选择文件，或者粘贴 JSON".to_owned()),
        (None, json) => PublishedReport::of_json(json)
            .map(|report| ("粘贴的 JSON".to_owned(), json.as_bytes().to_vec(), report))
            .map_err(|fault| fault.to_string()),
        (Some(file), _) => read(&app, file.bytes.clone())
            .await
            .map(|report| (file.name.clone(), file.bytes.clone(), report)),
    };
    let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
    let (name, bytes, table) = match read
        .map(|(name, bytes, report)| (name, bytes, report.section_three))
    {
        Ok((name, bytes, Some(table))) => (name, bytes, table),
        Ok((.., None)) => {
            view.add_fault("file", "文件中没有找到第三部分的表格");
            received.tray.clear();
            return hand_in_page(&app, &officer, year, &unit, unprocessable, (view, Vec::new()))
                .await;
        }
        Err(why) => {
            if !why.is_empty() {
                view.add_fault("file", why);
            }
            received.tray.clear();
            return hand_in_page(&app, &officer, year, &unit, unprocessable, (view, Vec::new()))
                .await;
        }
    };
    received.tray.clear();
    let file = HandedInFile { name, bytes, table };
    let root = officer.agency().id;
    match hand_in(&app, root, id, year, file, &officer.actor()).await {
        Ok(()) => Ok(see_other(&format!("{}/units?done=handed-in", href(year)))),
        Err(AnnualError::Unbalanced(_, told)) => {
            view.add_fault("file", "表格不平衡，没有收下；请改正后重新报送");
            hand_in_page(&app, &officer, year, &unit, unprocessable, (view, told)).await
        }
        Err(error) => {
            let (status, words) = refusal(&error)?;
            view.add_fault("file", words);
            hand_in_page(&app, &officer, year, &unit, status, (view, Vec::new())).await
        }
    }
}

/// Reads somebody's file in a child process with limits.
async fn read(app: &App, bytes: Vec<u8>) -> Result<PublishedReport, String> {
    let reader = app.reader.clone();
    let answer = tokio::task::spawn_blocking(move || {
        let read = reader.run("read-report", bytes);
        read.map_err(|fault| fault.to_string())
    })
    .await
    .map_err(|error| error.to_string())??;
    let pieces: Vec<Piece> = serde_json::from_slice(&answer).map_err(|error| error.to_string())?;
    Ok(PublishedReport::of_pieces(&pieces))
}
