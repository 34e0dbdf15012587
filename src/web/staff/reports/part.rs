//! One part of a report: its tables and its text, with what helps the writer.

use std::collections::BTreeMap;

use actix_multipart::Multipart;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use uuid::Uuid;

use super::desk::TEXT;
use super::{HERE, href, open, refusal, year_of};
use crate::app::App;
use crate::casework::annual::pictures::{self as deeds, PictureFile};
use crate::casework::annual::{AnnualError, Change, Gathered, mark, write};
use crate::documents::annual::grids;
use crate::documents::paper::html_table;
use crate::report::annual::figure::Figure;
use crate::report::annual::form::{Part, TableForm};
use crate::report::annual::words;
use crate::storage::attachments::Purpose;
use crate::storage::report_images;
use crate::web::error::WebError;
use crate::web::form::View;
use crate::web::page::{self, StaffFrame};
use crate::web::session::CurrentOfficer;
use crate::web::staff::form::DeskForm;
use crate::web::staff::see_other;
use crate::web::upload;

/// A table to be filled in.
#[derive(Debug)]
struct TableLines {
    title: String,
    subject: String,
    columns: Vec<String>,
    rows: Vec<(String, Vec<Option<Slot>>)>,
}

/// A number to be filled in.
#[derive(Debug)]
struct Slot {
    field: String,
    name: String,
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
    stopped: Option<String>,
    computed: String,
    tables: Vec<TableLines>,
    is_required: bool,
    rows: u8,
    suggestions: Vec<(String, String)>,
    names: Vec<String>,
    last_year: Vec<String>,
    pictures: Vec<(Uuid, String)>,
    seen: String,
    now: Option<String>,
    form: View,
}

/// The name of a number's field.
fn field(key: &str) -> String {
    format!("figure.{key}")
}

fn tables(part: &Part) -> Vec<TableLines> {
    part.tables.iter().map(lines).collect()
}

fn lines(table: &TableForm) -> TableLines {
    let rows = table.rows.iter().map(|row| {
        let slots = table.columns.iter().map(|column| {
            row.has(column).then(|| {
                let slot = crate::report::annual::form::Slot { table, row, column };
                Slot { field: field(&slot.key()), name: slot.name() }
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

/// What a page shows beyond what is kept.
#[derive(Default)]
struct Shown {
    form: View,
    stopped: Option<String>,
}

/// The pictures of a part.
async fn pictures(
    app: &App,
    officer: &CurrentOfficer,
    year: i32,
    part: &Part,
) -> Result<Vec<(Uuid, String)>, WebError> {
    let (agency, key) = (officer.agency().id, part.key.clone());
    let listed = app
        .database
        .read(move |conn| report_images::list(conn, agency, year))
        .await?;
    let own = listed.into_iter().filter(|picture| picture.part == key);
    Ok(own.map(|picture| (picture.id, picture.caption)).collect())
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
    let draft = &gathered.written.draft;
    let kept = draft.texts.get(&part.key).cloned().unwrap_or_default();
    let now = shown.stopped.as_ref().map(|_| kept.clone());
    let mut form = shown.form;
    form.fill("text", &kept);
    for slot in part.tables.iter().flat_map(TableForm::slots) {
        let typed = draft.figures.get(&slot.key());
        form.fill(&field(&slot.key()), typed.map_or("", String::as_str));
    }
    let filled = |text: &String| words::filled(text, &gathered.form, &gathered.basis);
    page::show(
        status,
        &PartPage {
            frame: crate::web::staff::frame(app, officer, HERE)?,
            token: officer.token(app)?,
            year,
            back: href(year),
            here: format!("{}/parts/{}", href(year), part.key),
            heading: part.heading.clone(),
            hint: part.hint.clone(),
            is_sealed: gathered.seal.is_some(),
            stopped: shown.stopped,
            computed: computed(gathered, part),
            tables: tables(part),
            is_required: part.is_required,
            rows: if part.is_required { 14 } else { 5 },
            suggestions: part
                .suggestions
                .iter()
                .map(|text| (text.clone(), filled(text)))
                .collect(),
            names: words::known(&gathered.form),
            last_year: gathered
                .last_texts
                .get(&part.key)
                .map(|text| text.lines().map(str::to_owned).collect())
                .unwrap_or_default(),
            pictures: pictures(app, officer, year, part).await?,
            seen: mark(&gathered.written, &gathered.form, &part.key),
            now,
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
    let shown = Shown { form: View::default(), stopped: None };
    page(&app, &officer, &gathered, part, StatusCode::OK, shown).await
}

/// `POST /staff/reports/{year}/parts/{key}`
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
    let figures = read(&gathered, part, &form, &mut view);
    if view.has_faults() {
        let shown = Shown { form: view, stopped: None };
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return page(&app, &officer, &gathered, part, status, shown).await;
    }
    let text = form.text("text").replace("\r\n", "\n");
    let change = Change::Part { key: key.clone(), text, figures };
    let agency = officer.agency().id;
    match write(&app, agency, year, form.text("seen"), change, &officer.actor()).await {
        Ok(()) => Ok(see_other(&format!("{}?done=saved", href(year)))),
        Err(error) => {
            let (status, words) = refusal(&error)?;
            let gathered = open(&app, &officer, year).await?;
            let part = gathered.form.part(&key).ok_or(WebError::NoSuchPage)?;
            let shown = Shown { form: view, stopped: Some(words) };
            page(&app, &officer, &gathered, part, status, shown).await
        }
    }
}

/// `POST /staff/reports/{year}/parts/{key}/pictures`: adds a picture.
///
/// # Errors
///
/// [`WebError`].
pub async fn add_picture(
    app: Data<App>,
    officer: CurrentOfficer,
    place: Path<(String, String)>,
    body: Multipart,
) -> Result<HttpResponse, WebError> {
    let (year, key) = place.into_inner();
    let year = year_of(&app, &year)?;
    let received = upload::receive(&app, &officer.purpose(), body).await?;
    if received.token.is_expired(app.clock.now()) {
        return Err(WebError::Expired);
    }
    let gathered = open(&app, &officer, year).await?;
    let part = gathered.form.part(&key).ok_or(WebError::NoSuchPage)?;
    let form = DeskForm::checked(received.texts.clone());
    let mut view = form.view();
    for (field, why) in &received.refused {
        view.add_fault(field, why.clone());
    }
    let caption = form.text("caption");
    if caption.is_empty() || caption.chars().count() > 100 {
        view.add_fault("caption", "请写明图片的内容，不超过100字；看不到图片的人靠它了解");
    }
    let file = received.open(Purpose::Evidence).await?.into_iter().next();
    if file.is_none() && !view.has_faults() {
        view.add_fault("picture", "请选择图片");
    }
    received.tray.clear()?;
    let (Some(file), false) = (file, view.has_faults()) else {
        let shown = Shown { form: view, stopped: None };
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return page(&app, &officer, &gathered, part, status, shown).await;
    };
    let file = PictureFile {
        part: key.clone(),
        caption: caption.to_owned(),
        media_type: file.media_type,
        content: file.bytes,
    };
    match deeds::add(&app, officer.agency().id, year, file, &officer.actor()).await {
        Ok(()) => Ok(see_other(&format!("{}/parts/{key}#pictures", href(year)))),
        Err(AnnualError::Picture(why)) => {
            view.add_fault("picture", why);
            let shown = Shown { form: view, stopped: None };
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            page(&app, &officer, &gathered, part, status, shown).await
        }
        Err(error) => {
            let (status, words) = refusal(&error)?;
            let shown = Shown { form: view, stopped: Some(words) };
            page(&app, &officer, &gathered, part, status, shown).await
        }
    }
}

/// `POST /staff/reports/{year}/parts/{key}/pictures/{picture}/remove`
///
/// # Errors
///
/// [`WebError`].
pub async fn remove_picture(
    app: Data<App>,
    officer: CurrentOfficer,
    place: Path<(String, String, Uuid)>,
    _form: DeskForm,
) -> Result<HttpResponse, WebError> {
    let (year, key, picture) = place.into_inner();
    let year = year_of(&app, &year)?;
    let agency = officer.agency().id;
    match deeds::remove(&app, agency, year, picture, &officer.actor()).await {
        Ok(()) => Ok(see_other(&format!("{}/parts/{key}#pictures", href(year)))),
        Err(error) => {
            let (status, words) = refusal(&error)?;
            let gathered = open(&app, &officer, year).await?;
            let part = gathered.form.part(&key).ok_or(WebError::NoSuchPage)?;
            let shown = Shown { stopped: Some(words), ..Shown::default() };
            page(&app, &officer, &gathered, part, status, shown).await
        }
    }
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
        let typed = form.text(&field(&slot.key()));
        // What is left blank is left for later; the checks before the seal ask for it.
        if typed.is_empty() {
            continue;
        }
        match Figure::parse(typed, slot.column) {
            Ok(_) => drop(figures.insert(slot.key(), typed.to_owned())),
            Err(fault) => view.add_fault(field(&slot.key()), format!("{}：{fault}", slot.name())),
        }
    }
    let text = form.text("text");
    if text.chars().count() > TEXT {
        view.add_fault("text", "正文不能超过20000字");
    }
    if let Some(name) = words::names(text).find(|name| !words::is_known(name, &gathered.form)) {
        view.add_fault(
            "text",
            format!("不认识的数字“{{{name}}}”：请改为下面列出的名称，或者直接写明数字"),
        );
    }
    figures
}
