//! 年度表: section three of the agency, with its checks, and the cases behind every number.
//!
//! Nothing here names an applicant: the table and its lists are made of the facts that
//! statistics keep.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::web::{Data, Path, Query};
use askama::Template;
use chrono::Datelike as _;
use serde::Deserialize;
use uuid::Uuid;

use crate::app::App;
use crate::casework::annual::{Source, section_of};
use crate::casework::import::layout_of;
use crate::documents::{section_three, xlsx};
use crate::domain::agency::Agency;
use crate::report::layout::Layout;
use crate::report::line::{Cell, Column, Line, chinese_date};
use crate::report::reconcile::{Review, across_years, review};
use crate::report::section_three::SectionThree;
use crate::report::table::Table;
use crate::storage::{StorageError, agencies, yearly};
use crate::web::error::WebError;
use crate::web::page::{self, StaffFrame};
use crate::web::session::CurrentOfficer;

/// Where the table stands.
const HERE: &str = "/staff/section-three";
/// How many cases stand on a page.
const PAGE: usize = 100;
/// The Regulation's first year.
const FIRST_YEAR: i32 = 2008;

/// Which table is asked for.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    year: String,
    #[serde(default)]
    layout: String,
    #[serde(default)]
    roll_up: String,
    #[serde(default)]
    after: Option<Uuid>,
}

/// The table that is asked for, in the terms of the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Choice {
    year: i32,
    layout: Layout,
    roll_up: bool,
}

/// One of several things to choose from, in a list box.
#[derive(Debug)]
struct Chosen {
    value: String,
    label: String,
    selected: bool,
}

/// A rule and how the table fared.
#[derive(Debug)]
struct Check {
    label: &'static str,
    tried: usize,
    findings: Vec<String>,
}

#[derive(Debug, Template)]
#[template(path = "staff/yearly.html")]
struct YearlyPage {
    frame: StaffFrame,
    year: i32,
    years: Vec<Chosen>,
    layouts: Vec<Chosen>,
    roll_up: bool,
    has_agencies_below: bool,
    table: String,
    fixed: usize,
    is_sound: bool,
    checks: Vec<Check>,
    downloads: Vec<(String, &'static str)>,
}

/// A case in the list behind a number.
#[derive(Debug)]
struct Row {
    number: String,
    /// The case's own page, where it is one of the officer's agency.
    href: Option<String>,
    agency: String,
    received_on: String,
    closed_on: String,
    outcome: String,
    why: String,
}

#[derive(Debug, Template)]
#[template(path = "staff/yearly_cell.html")]
struct CellPage {
    frame: StaffFrame,
    year: i32,
    line: String,
    column: &'static str,
    count: u64,
    rows: Vec<Row>,
    back: String,
    first_href: Option<String>,
    next_href: Option<String>,
}

/// `GET /staff/section-three`
///
/// # Errors
///
/// [`WebError`].
pub async fn show(
    app: Data<App>,
    officer: CurrentOfficer,
    asked: Query<Asked>,
) -> Result<HttpResponse, WebError> {
    let this_year = app.clock.today().year();
    let choice = Choice::of(&app, &asked, this_year)?;
    let counted = Counted::load(&app, officer.agency(), choice).await?;
    let table = counted.table(choice);
    let link = |line: Line, column: Column| {
        let number = table.cell(line, column);
        (number > 0).then(|| choice.cell_href(line, column))
    };
    let checks: Vec<Check> = counted
        .reviews(choice)
        .into_iter()
        .map(Check::from)
        .collect();
    let first = counted
        .first_year
        .unwrap_or(this_year)
        .clamp(FIRST_YEAR, this_year);
    page::show(
        StatusCode::OK,
        &YearlyPage {
            frame: super::frame(&app, &officer, HERE)?,
            year: choice.year,
            years: years(first, this_year, choice.year),
            layouts: layouts(choice.layout),
            roll_up: choice.roll_up,
            has_agencies_below: counted.below > 0,
            table: section_three::html_fragment(&table, link)?,
            fixed: counted.fixed,
            is_sound: checks.iter().all(|check| check.findings.is_empty()),
            checks,
            downloads: [("xlsx", "XLSX"), ("csv", "CSV"), ("json", "JSON")]
                .map(|(ending, label)| (choice.file_href(ending), label))
                .to_vec(),
        },
    )
}

/// `GET /staff/section-three.{ending}`: the same table as a file.
///
/// # Errors
///
/// [`WebError`].
pub async fn download(
    app: Data<App>,
    officer: CurrentOfficer,
    ending: Path<String>,
    asked: Query<Asked>,
) -> Result<HttpResponse, WebError> {
    let choice = Choice::of(&app, &asked, app.clock.today().year())?;
    let counted = Counted::load(&app, officer.agency(), choice).await?;
    let table = counted.table(choice);
    let internal = |error: &dyn std::error::Error| WebError::Internal(error.to_string());
    let (content_type, bytes) = match ending.as_str() {
        "csv" => ("text/csv; charset=utf-8", section_three::csv(&table).map_err(|e| internal(&e))?),
        "json" => ("application/json", table.to_json().map_err(|e| internal(&e))?.into_bytes()),
        "xlsx" => (xlsx::CONTENT_TYPE, xlsx::section_three(&table).map_err(|e| internal(&e))?),
        _ => return Err(WebError::NoSuchPage),
    };
    let name = section_three::file_name(choice.year, choice.layout);
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, content_type))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.{ending}\"")))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(bytes))
}

/// `GET /staff/section-three/{year}/{row}/{column}`: the cases behind a number, and why each
/// of them counts there.
///
/// # Errors
///
/// [`WebError`].
pub async fn cell(
    app: Data<App>,
    officer: CurrentOfficer,
    place: Path<(String, String, String)>,
    asked: Query<Asked>,
) -> Result<HttpResponse, WebError> {
    let (year, line, column) = place.into_inner();
    let asked = Asked { year, ..asked.into_inner() };
    let choice = Choice::of(&app, &asked, app.clock.today().year())?;
    let line = Line::from_id(&line).ok_or(WebError::NoSuchPage)?;
    let column = Column::from_id(&column).ok_or(WebError::NoSuchPage)?;
    let cell = Cell { year: choice.year, line, column };
    let counted = Counted::load(&app, officer.agency(), choice).await?;
    let (ids, after) = (counted.ids(), asked.after);
    let cases: Vec<yearly::CountedCase> = app
        .database
        .read(move |conn| yearly::cases_of_cell(conn, &ids, cell, after, PAGE + 1))
        .await?;
    let next = (cases.len() > PAGE)
        .then(|| cases.get(PAGE - 1).map(|last| last.id))
        .flatten();
    let here = choice.cell_href(line, column);
    page::show(
        StatusCode::OK,
        &CellPage {
            frame: super::frame(&app, &officer, HERE)?,
            year: choice.year,
            line: line.title(),
            column: column.title(),
            count: counted.section.cell(line, column),
            rows: cases
                .iter()
                .take(PAGE)
                .map(|case| counted.row(cell, case))
                .collect(),
            back: choice.href(),
            first_href: asked.after.map(|_| here.clone()),
            next_href: next.map(|id| format!("{here}&after={id}")),
        },
    )
}

impl Choice {
    /// What is asked for; this year in its own layout, if nothing is.
    fn of(app: &App, asked: &Asked, this_year: i32) -> Result<Self, WebError> {
        let year = match asked.year.trim() {
            "" => this_year,
            year => year.parse().map_err(|_| WebError::NoSuchPage)?,
        };
        if !(FIRST_YEAR..=this_year).contains(&year) {
            return Err(WebError::NoSuchPage);
        }
        let layout = match asked.layout.as_str() {
            "" => layout_of(app.settings.report.layout).unwrap_or_else(|| Layout::of_year(year)),
            code => Layout::from_code(code).ok_or(WebError::NoSuchPage)?,
        };
        Ok(Self { year, layout, roll_up: !asked.roll_up.is_empty() })
    }

    fn query(self) -> String {
        let roll_up = if self.roll_up { "&roll_up=1" } else { "" };
        format!("layout={}{roll_up}", self.layout.code())
    }

    fn href(self) -> String {
        format!("{HERE}?year={}&{}", self.year, self.query())
    }

    fn file_href(self, ending: &str) -> String {
        format!("{HERE}.{ending}?year={}&{}", self.year, self.query())
    }

    fn cell_href(self, line: Line, column: Column) -> String {
        format!("{HERE}/{}/{}/{}?{}", self.year, line.id(), column.id(), self.query())
    }
}

/// Everything that a table is made of.
struct Counted {
    /// The officer's own.
    agency: Agency,
    /// Whose cases are counted.
    agencies: Vec<Agency>,
    /// How many stand below the officer's own.
    below: usize,
    section: SectionThree,
    before: SectionThree,
    /// How many of the agencies sealed the year or handed its table in: theirs is not counted.
    fixed: usize,
    first_year: Option<i32>,
}

impl Counted {
    async fn load(app: &App, agency: &Agency, choice: Choice) -> Result<Self, StorageError> {
        let (agency, Choice { year, roll_up, .. }) = (agency.clone(), choice);
        app.database
            .read(move |conn| {
                let all = agencies::subtree(conn, agency.id)?;
                let below = all.len().saturating_sub(1);
                let counted = if roll_up { all } else { vec![agency.id] };
                let (section, sources) = section_of(conn, &counted, year)?;
                let (before, _) = section_of(conn, &counted, year - 1)?;
                let is_live = |source: &&(Uuid, Source)| source.1 == Source::Live;
                let live = sources.iter().filter(is_live).count();
                let first_year = yearly::first_year(conn, &counted)?;
                let mut named = agencies::list(conn)?;
                named.retain(|named| counted.contains(&named.id));
                Ok(Self {
                    agency,
                    agencies: named,
                    below,
                    fixed: sources.len() - live,
                    section,
                    before,
                    first_year,
                })
            })
            .await
    }

    fn ids(&self) -> Vec<Uuid> {
        self.agencies.iter().map(|agency| agency.id).collect()
    }

    fn table(&self, choice: Choice) -> Table {
        self.section.table(&*self.agency.name, choice.layout)
    }

    /// Every check, last year's table among them.
    fn reviews(&self, choice: Choice) -> Vec<Review> {
        let mut reviews = review(&self.section, choice.layout);
        let before = self.before.table("", Layout::of_year(choice.year - 1));
        reviews.extend(across_years(&before, &self.table(choice)));
        reviews
    }

    fn row(&self, cell: Cell, case: &yearly::CountedCase) -> Row {
        let agency = self
            .agencies
            .iter()
            .find(|agency| agency.id == case.agency_id);
        let own = case.agency_id == self.agency.id;
        let closed = case.facts.closed;
        Row {
            number: case.number.as_str().to_owned(),
            href: own.then(|| format!("/staff/cases/{}", case.id)),
            agency: agency.map(|agency| agency.name.clone()).unwrap_or_default(),
            received_on: chinese_date(case.facts.received_on),
            closed_on: closed.map(|(on, _)| chinese_date(on)).unwrap_or_default(),
            outcome: closed
                .map_or_else(|| "办理中".to_owned(), |(_, outcome)| outcome.full_label()),
            why: cell.why(&case.facts).unwrap_or_default(),
        }
    }
}

impl From<Review> for Check {
    fn from(review: Review) -> Self {
        Self {
            label: review.rule.label(),
            tried: review.tried,
            findings: review.findings.iter().map(ToString::to_string).collect(),
        }
    }
}

/// The years to choose from, the latest first.
fn years(first: i32, this_year: i32, chosen: i32) -> Vec<Chosen> {
    (first.min(chosen)..=this_year)
        .rev()
        .map(|year| Chosen {
            value: year.to_string(),
            label: format!("{year}年"),
            selected: year == chosen,
        })
        .collect()
}

fn layouts(chosen: Layout) -> Vec<Chosen> {
    Layout::ALL
        .into_iter()
        .rev()
        .map(|layout| Chosen {
            value: layout.code().to_owned(),
            label: layout.label().to_owned(),
            selected: layout == chosen,
        })
        .collect()
}
