//! One part of a report: its tables and its text, with what helps the writer.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;

use super::desk::TEXT;
use super::meet::{Apart, meet};
use super::{HERE, href, open, part_href, pictures, refusal, year_of};
use crate::app::App;
use crate::casework::annual::{
    AnnualError, Change, Gathered, TEXT_FIELD, fields, figure_field, mark, write,
};
use crate::documents::annual::grids;
use crate::documents::paper::html_table;
use crate::report::annual::figure::Figure;
use crate::report::annual::form::{Computed, Part, Slot, TableForm};
use crate::report::annual::{ReportPart, words};
use crate::storage::StorageError;
use crate::web::error::WebError;
use crate::web::form::View;
use crate::web::page::{self, StaffFrame};
use crate::web::session::CurrentOfficer;
use crate::web::staff::form::DeskForm;
use crate::web::staff::see_other;

/// A table to be filled in.
#[derive(Debug)]
struct TableLines {
    title: String,
    subject: String,
    columns: Vec<String>,
    rows: Vec<(String, Vec<Option<CellLine>>)>,
}

/// A number to be filled in.
#[derive(Debug)]
struct CellLine {
    field: String,
    name: String,
    /// What last year's report says at this place.
    last_year: Option<String>,
}

/// A sentence that the figures offer.
#[derive(Debug)]
struct Suggestion {
    filled: String,
    is_taken: bool,
}

#[derive(Debug, Template)]
#[template(path = "staff/reports/part.html")]
struct PartPage {
    frame: StaffFrame,
    token: String,
    year: i32,
    back: String,
    here: String,
    heading: String,
    hint: String,
    is_sealed: bool,
    notice: Option<&'static str>,
    stopped: Option<String>,
    apart: Vec<Apart>,
    computed: String,
    sources: Option<(String, &'static str)>,
    tables: Vec<TableLines>,
    is_required: bool,
    rows: u8,
    suggestions: Vec<Suggestion>,
    names: Vec<String>,
    last_year: Vec<String>,
    pictures: Vec<String>,
    form: View,
}

fn lines(table: &TableForm, last_year: Option<&ReportPart>) -> TableLines {
    let rows = table.rows.iter().map(|row| {
        let slots = table.columns.iter().map(|column| {
            row.has(column).then(|| {
                let slot = Slot { table, row, column };
                CellLine {
                    field: figure_field(&slot.key()),
                    name: slot.label(),
                    last_year: last_year.and_then(|part| value_at(part, slot)),
                }
            })
        });
        (row.label.clone(), slots.collect())
    });
    TableLines {
        title: table.title.clone(),
        subject: table.subject.clone(),
        columns: table
            .columns
            .iter()
            .map(|column| column.label.clone())
            .collect(),
        rows: rows.collect(),
    }
}

/// What a printed part says at the place of a slot.
fn value_at(part: &ReportPart, slot: Slot<'_>) -> Option<String> {
    let table = part.tables.iter().find(|one| one.key == slot.table.key)?;
    let row = table.rows.iter().find(|one| one.key == slot.row.key)?;
    let column = table
        .columns
        .iter()
        .position(|one| one.key == slot.column.key)?;
    row.values.get(column)?.clone()
}

fn computed(gathered: &Gathered, part: &Part) -> String {
    let report = gathered.report();
    let Some(printed) = report.parts.iter().find(|printed| printed.key == part.key) else {
        return String::new();
    };
    if part.content.is_none() {
        return String::new();
    }
    grids::of_part(&report, printed)
        .iter()
        .map(html_table)
        .collect()
}

/// Where the computed table comes from: the page that shows it case by case.
fn sources(part: &Part, year: i32) -> Option<(String, &'static str)> {
    part.content.map(|content| match content {
        Computed::SectionThree => {
            (format!("/staff/section-three?year={year}"), "逐格查看第三部分的办件")
        }
        Computed::SectionFour => {
            (format!("/staff/redress?year={year}"), "查看和登记计入第四部分的复议、诉讼")
        }
    })
}

/// What a page shows beyond what is kept.
#[derive(Default)]
struct Shown {
    form: View,
    notice: Option<&'static str>,
    stopped: Option<String>,
    apart: Vec<Apart>,
}

/// The same part of the year before as it was sealed, or as far as it was written, every
/// number filled in.
async fn last_year(
    app: &App,
    officer: &CurrentOfficer,
    year: i32,
    key: &str,
) -> Result<Option<ReportPart>, WebError> {
    let before = open(app, officer, year - 1).await?;
    if before.seal.is_none() && before.written.version == 0 {
        return Ok(None);
    }
    let mut parts = before.report().parts.into_iter();
    Ok(parts.find(|part| part.key == key))
}

async fn page(
    app: &App,
    officer: &CurrentOfficer,
    gathered: &Gathered,
    part: &Part,
    status: StatusCode,
    shown: Shown,
) -> Result<HttpResponse, WebError> {
    let year = gathered.basis.year();
    let mut form = shown.form;
    for (field, kept) in fields(&gathered.written, &gathered.form, &part.key) {
        form.fill(&field, &kept);
    }
    form.fill("seen", &mark(&gathered.written, &gathered.form, &part.key));
    let last_year = last_year(app, officer, year, &part.key).await?;
    let text = form.value(TEXT_FIELD);
    let suggestions = part.suggestions.iter().map(|sentence| Suggestion {
        filled: words::filled(sentence, &gathered.form, &gathered.basis),
        is_taken: text.contains(sentence.as_str()),
    });
    let listed = pictures::listed(app, officer, year, part).await?;
    page::show(
        status,
        &PartPage {
            frame: crate::web::staff::frame(app, officer, HERE)?,
            token: officer.token(app)?,
            year,
            back: href(year),
            here: part_href(year, &part.key),
            heading: part.heading.clone(),
            hint: format!("{}不超过{TEXT}字。", part.hint),
            is_sealed: gathered.seal.is_some(),
            notice: shown.notice,
            stopped: shown.stopped,
            apart: shown.apart,
            computed: computed(gathered, part),
            sources: sources(part, year),
            tables: part
                .tables
                .iter()
                .map(|table| lines(table, last_year.as_ref()))
                .collect(),
            is_required: part.is_required,
            rows: if part.is_required { 14 } else { 5 },
            suggestions: suggestions.collect(),
            names: words::known(&gathered.form),
            last_year: last_year.map(|part| part.paragraphs).unwrap_or_default(),
            pictures: listed.into_iter().map(|(_, caption)| caption).collect(),
            form,
        },
    )
}

/// `GET /staff/reports/{year}/parts/{key}`
///
/// # Errors
///
/// [`WebError`].
pub async fn show(
    app: Data<App>,
    officer: CurrentOfficer,
    place: Path<(String, String)>,
) -> Result<HttpResponse, WebError> {
    let (year, key) = place.into_inner();
    let gathered = open(&app, &officer, year_of(&app, &year)?).await?;
    let part = gathered.form.part(&key).ok_or(WebError::NoSuchPage)?;
    page(&app, &officer, &gathered, part, StatusCode::OK, Shown::default()).await
}

/// `POST /staff/reports/{year}/parts/{key}`: keeps what was written, or puts a sentence that the
/// figures offer behind it.
///
/// # Errors
///
/// [`WebError`].
pub async fn submit(
    app: Data<App>,
    officer: CurrentOfficer,
    place: Path<(String, String)>,
    form: DeskForm,
) -> Result<HttpResponse, WebError> {
    let (year, key) = place.into_inner();
    let year = year_of(&app, &year)?;
    let gathered = open(&app, &officer, year).await?;
    let part = gathered.form.part(&key).ok_or(WebError::NoSuchPage)?;
    let mut view = form.view();
    let offered = form.text("take").parse().ok();
    if let Some(sentence) = offered.and_then(|place: usize| part.suggestions.get(place)) {
        view.put(TEXT_FIELD, format!("{}\n{sentence}", form.text(TEXT_FIELD)).trim());
        let notice = Some("句子已经放在正文最后，还没有保存。核对后请保存。");
        let shown = Shown { form: view, notice, ..Shown::default() };
        return page(&app, &officer, &gathered, part, StatusCode::OK, shown).await;
    }
    let figures = read(&gathered, part, &form, &mut view);
    if view.has_faults() {
        let shown = Shown { form: view, ..Shown::default() };
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return page(&app, &officer, &gathered, part, status, shown).await;
    }
    let text = form.text(TEXT_FIELD).to_owned();
    let change = Change::Part { key: key.clone(), text, figures };
    let agency = officer.agency().id;
    match write(&app, agency, year, form.text("seen"), change, &officer.actor()).await {
        Ok(()) if form.text("then") == "pictures" => {
            Ok(see_other(&format!("{}/pictures", part_href(year, &key))))
        }
        Ok(()) => Ok(see_other(&format!("{}?done=saved", href(year)))),
        Err(error) => {
            let (status, words) = refusal(&error)?;
            let gathered = open(&app, &officer, year).await?;
            let part = gathered.form.part(&key).ok_or(WebError::NoSuchPage)?;
            let mut shown = Shown { form: view, stopped: Some(words), ..Shown::default() };
            if matches!(error, AnnualError::Storage(StorageError::Conflict)) {
                shown.apart = apart(&gathered, part, &form, &mut shown.form);
            }
            page(&app, &officer, &gathered, part, status, shown).await
        }
    }
}

/// Where what is kept and what was typed differ, after somebody else kept something.
fn apart(gathered: &Gathered, part: &Part, form: &DeskForm, view: &mut View) -> Vec<Apart> {
    let kept = fields(&gathered.written, &gathered.form, &part.key);
    let slots = part.tables.iter().flat_map(TableForm::slots);
    let labels: BTreeMap<String, String> = slots
        .map(|slot| (figure_field(&slot.key()), slot.label()))
        .collect();
    let label = |field: &str| {
        labels
            .get(field)
            .map_or_else(|| "正文".to_owned(), Clone::clone)
    };
    view.put("seen", &mark(&gathered.written, &gathered.form, &part.key));
    meet(&kept, form, view, label, |_, value| value.to_owned())
}

/// The numbers of the form, with what is wrong put on it.
fn read(
    gathered: &Gathered,
    part: &Part,
    form: &DeskForm,
    view: &mut View,
) -> BTreeMap<String, String> {
    let mut figures = BTreeMap::new();
    for slot in part.tables.iter().flat_map(TableForm::slots) {
        let field = figure_field(&slot.key());
        let typed = form.text(&field);
        // What is left blank is left for later; the checks before the seal ask for it.
        if typed.is_empty() {
            continue;
        }
        match Figure::parse(typed, slot.column) {
            Ok(_) => drop(figures.insert(slot.key(), typed.to_owned())),
            Err(fault) => view.add_fault(field, format!("{}：{fault}", slot.label())),
        }
    }
    let text = form.text(TEXT_FIELD);
    let length = text.chars().count();
    if length > TEXT {
        view.add_fault(TEXT_FIELD, format!("正文不能超过{TEXT}字，现有{length}字，没有保存"));
    }
    if let Some(name) = words::names(text).find(|name| !words::is_known(name, &gathered.form)) {
        view.add_fault(
            TEXT_FIELD,
            format!("不认识的数字“{{{name}}}”：请改为下面列出的名称，或者直接写明数字"),
        );
    }
    figures
}
