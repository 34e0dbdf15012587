//! One year's report: what is written, what is wrong, the seal.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

use super::meet::{Apart, meet};
use super::{HERE, href, is_head, open, part_href, refusal, year_of};
use crate::app::App;
use crate::casework::annual::{
    self, AnnualError, Change, Correction, FRAME, Gathered, UnitChange, corrections, fields, mark,
    set_opening, write,
};
use crate::documents::hex;
use crate::domain::applicant::ApplicantKind;
use crate::report::annual::form::TableForm;
use crate::report::line::Column;
use crate::report::lint::{Finding, Weight};
use crate::storage::seals::{self, PublishedCorrection};
use crate::storage::{StorageError, unit_tables};
use crate::web::error::WebError;
use crate::web::form::{Choice, View};
use crate::web::page::{self, StaffFrame};
use crate::web::session::CurrentOfficer;
use crate::web::staff::form::DeskForm;
use crate::web::staff::see_other;
use crate::web::words;

/// A part as the page lists it.
#[derive(Debug)]
struct PartLine {
    heading: String,
    href: String,
    state: String,
    class: &'static str,
}

/// A finding as the page shows it.
#[derive(Debug)]
struct FindingLine {
    is_hard: bool,
    weight: &'static str,
    place: String,
    what: String,
    mend: String,
}

impl From<Finding> for FindingLine {
    fn from(finding: Finding) -> Self {
        Self {
            is_hard: finding.weight == Weight::Hard,
            weight: finding.weight.label(),
            place: finding.place,
            what: finding.what,
            mend: finding.mend,
        }
    }
}

/// A sealed report as the page shows it.
#[derive(Debug)]
struct SealLine {
    at: String,
    signer: String,
    hash: String,
    published_at: Option<String>,
}

/// A number that changed since it was published.
#[derive(Debug)]
struct CorrectionLine {
    place: String,
    published: u64,
    now: u64,
    cases: Vec<String>,
    units: Vec<String>,
}

/// A correction that was published.
#[derive(Debug)]
struct PublishedLine {
    at: String,
    signer: String,
    note: String,
}

#[derive(Debug, Template)]
#[template(path = "staff/reports/desk.html")]
struct DeskPage {
    frame: StaffFrame,
    token: String,
    year: i32,
    here: String,
    notice: Option<&'static str>,
    stopped: Option<String>,
    apart: Vec<Apart>,
    parts: Vec<PartLine>,
    hard: Vec<FindingLine>,
    soft: Vec<FindingLine>,
    seal: Option<SealLine>,
    changed: Vec<CorrectionLine>,
    corrected: Vec<PublishedLine>,
    version: i32,
    is_head: bool,
    has_agencies_below: bool,
    form_name: String,
    forms: Vec<Choice>,
    preface_default: String,
    opening: Vec<(String, &'static str)>,
    is_opening_wrong: bool,
    downloads: Vec<(String, &'static str)>,
    form: View,
}

/// What was just done.
#[derive(Debug, Default, Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

fn notice(done: &str) -> Option<&'static str> {
    match done {
        "saved" => Some("已经保存。"),
        "sealed" => Some("已经签发。核对无误后即可公布；公布之前还可以撤回。"),
        "published" => Some("已经公布，公众现在可以查阅。"),
        "taken-back" => Some("已经撤回签发，可以继续修改。"),
        "corrected" => Some("更正已经公布，列在原报告之后。"),
        _ => None,
    }
}

/// What the page needs besides the report itself.
struct Beside {
    changed: Vec<Correction>,
    corrected: Vec<PublishedCorrection>,
    opening: Option<unit_tables::Opening>,
}

async fn beside(app: &App, gathered: &Gathered) -> Result<Beside, WebError> {
    let (seal, agency) = (gathered.seal.clone(), gathered.agency.id);
    let year = gathered.basis.year();
    let beside = app
        .database
        .read(move |conn| {
            let changed = match &seal {
                Some(seal) => corrections(conn, seal)?,
                None => Vec::new(),
            };
            Ok::<_, StorageError>(Beside {
                changed,
                corrected: seals::published_corrections(conn, agency, year)?,
                opening: unit_tables::opening(conn, agency, year)?,
            })
        })
        .await?;
    Ok(beside)
}

/// What a page shows beyond what is kept.
#[derive(Default)]
struct Shown {
    notice: Option<&'static str>,
    stopped: Option<String>,
    /// The frame of the report as somebody filled it in while another kept theirs.
    met: Option<DeskForm>,
    form: View,
}

async fn page(
    app: &App,
    officer: &CurrentOfficer,
    year: i32,
    status: StatusCode,
    shown: Shown,
) -> Result<HttpResponse, WebError> {
    let gathered = open(app, officer, year).await?;
    let beside = beside(app, &gathered).await?;
    let Shown { notice, stopped, met, mut form } = shown;
    let apart = match met {
        Some(typed) => apart(app, &gathered, &typed, &mut form),
        None => Vec::new(),
    };
    fill(&mut form, &gathered, beside.opening);
    let (hard, soft) = if gathered.seal.is_some() {
        (Vec::new(), Vec::new())
    } else {
        let findings = gathered.findings().into_iter().map(FindingLine::from);
        findings.partition(|finding| finding.is_hard)
    };
    page::show(
        status,
        &DeskPage {
            frame: crate::web::staff::frame(app, officer, HERE)?,
            token: officer.token(app)?,
            year,
            here: href(year),
            notice,
            stopped,
            apart,
            parts: parts(&gathered),
            hard,
            soft,
            seal: gathered.seal.as_ref().map(|seal| SealLine {
                at: words::moment(seal.sealed_at),
                signer: seal.signer.clone(),
                hash: hex(&seal.hash),
                published_at: seal.published_at.map(words::moment),
            }),
            changed: beside.changed.iter().map(correction_line).collect(),
            corrected: beside.corrected.iter().map(published_line).collect(),
            version: gathered.written.version,
            is_head: is_head(officer),
            has_agencies_below: gathered.below > 0,
            form_name: if gathered.written.roll_up {
                format!("{}；连同下级机关汇总", gathered.form.name)
            } else {
                gathered.form.name.clone()
            },
            forms: app
                .forms
                .iter()
                .map(|form| Choice::new(&form.code, &form.name))
                .collect(),
            preface_default: gathered.form.preface.clone(),
            is_opening_wrong: ApplicantKind::ALL
                .iter()
                .any(|kind| form.is_wrong(&opening_field(*kind))),
            opening: ApplicantKind::ALL
                .iter()
                .map(|kind| (opening_field(*kind), Column::Kind(*kind).title()))
                .collect(),
            downloads: [
                ("pdf", "PDF"),
                ("docx", "DOCX"),
                ("html", "HTML"),
                ("xlsx", "XLSX"),
                ("json", "JSON"),
                ("csv", "CSV"),
            ]
            .map(|(ending, label)| (format!("{}/file.{ending}", href(year)), label))
            .to_vec(),
            form,
        },
    )
}

/// The field of what was carried over of one kind of applicants.
fn opening_field(kind: ApplicantKind) -> String {
    format!("opening_{}", kind.code())
}

fn fill(form: &mut View, gathered: &Gathered, opening: Option<unit_tables::Opening>) {
    for (field, kept) in fields(&gathered.written, &gathered.form, FRAME) {
        form.fill(&field, &kept);
    }
    form.fill("seen", &mark(&gathered.written, &gathered.form, FRAME));
    for (kind, number) in ApplicantKind::ALL.iter().zip(opening.iter().flatten()) {
        form.fill(&opening_field(*kind), &number.to_string());
    }
}

/// Where the frame that is kept and the one that was typed differ.
fn apart(app: &App, gathered: &Gathered, typed: &DeskForm, view: &mut View) -> Vec<Apart> {
    let kept = fields(&gathered.written, &gathered.form, FRAME);
    view.put("seen", &mark(&gathered.written, &gathered.form, FRAME));
    let label = |field: &str| match field {
        "form" => "报告格式".to_owned(),
        "roll_up" => "连同下级机关汇总".to_owned(),
        "preface" => "报告说明".to_owned(),
        _ => "成文日期".to_owned(),
    };
    meet(&kept, typed, view, label, |field, value| match field {
        "form" => {
            let known = app.forms.iter().find(|form| form.code == value);
            known.map_or_else(|| value.to_owned(), |form| form.name.clone())
        }
        "roll_up" if value.is_empty() => "否".to_owned(),
        "roll_up" => "是".to_owned(),
        _ => value.to_owned(),
    })
}

fn parts(gathered: &Gathered) -> Vec<PartLine> {
    let (form, draft) = (&gathered.form, &gathered.written.draft);
    form.parts
        .iter()
        .map(|part| {
            let text = draft.texts.get(&part.key).map_or("", |text| text.trim());
            let slots = part.tables.iter().flat_map(TableForm::slots);
            let (mut all, mut filled) = (0, 0);
            for slot in slots {
                all += 1;
                filled += usize::from(gathered.basis.figures.contains_key(&slot.key()));
            }
            let (state, class) = if all > filled {
                (format!("已填 {filled} 格，共 {all} 格"), "tag tag-soon")
            } else if part.is_required && text.is_empty() {
                ("还没有写".to_owned(), "tag tag-soon")
            } else if part.content.is_some() {
                ("由办件统计".to_owned(), "tag tag-good")
            } else {
                ("已写".to_owned(), "tag tag-good")
            };
            PartLine {
                heading: part.heading.clone(),
                href: part_href(gathered.basis.year(), &part.key),
                state,
                class,
            }
        })
        .collect()
}

fn correction_line(correction: &Correction) -> CorrectionLine {
    let cases = correction.cases.iter().map(|(number, at)| match at {
        Some(at) => format!("{number}（{}登记）", words::moment(*at)),
        None => number.clone(),
    });
    let units = correction.units.iter().map(|unit| {
        let UnitChange { name, summed, now, since } = unit;
        let since = since.map(|at| format!("，{}更新", words::moment(at)));
        format!("{name}：{summed} 变为 {now}{}", since.unwrap_or_default())
    });
    CorrectionLine {
        units: units.collect(),
        place: format!("{}，{}", correction.cell.line.title(), correction.cell.column.title()),
        published: correction.published,
        now: correction.now,
        cases: cases.collect(),
    }
}

fn published_line(correction: &PublishedCorrection) -> PublishedLine {
    PublishedLine {
        at: words::moment(correction.at),
        signer: correction.signer.clone(),
        note: correction.note.clone(),
    }
}

/// `GET /staff/reports/{year}`
///
/// # Errors
///
/// [`WebError`].
pub async fn show(
    app: Data<App>,
    officer: CurrentOfficer,
    year: Path<String>,
    done: Query<Done>,
) -> Result<HttpResponse, WebError> {
    let year = year_of(&app, &year)?;
    let shown = Shown { notice: notice(&done.done), ..Shown::default() };
    page(&app, &officer, year, StatusCode::OK, shown).await
}

/// Goes back to the report, or shows it with what stood in the way.
async fn answered(
    app: &App,
    officer: &CurrentOfficer,
    year: i32,
    done: &str,
    form: View,
    result: Result<(), AnnualError>,
) -> Result<HttpResponse, WebError> {
    match result {
        Ok(()) => Ok(see_other(&format!("{}?done={done}", href(year)))),
        Err(error) => {
            let (status, words) = refusal(&error)?;
            let shown = Shown { stopped: Some(words), form, ..Shown::default() };
            page(app, officer, year, status, shown).await
        }
    }
}

/// `POST /staff/reports/{year}/frame`: form, scope, preface and date.
///
/// # Errors
///
/// [`WebError`].
pub async fn frame(
    app: Data<App>,
    officer: CurrentOfficer,
    year: Path<String>,
    form: DeskForm,
) -> Result<HttpResponse, WebError> {
    let year = year_of(&app, &year)?;
    let mut view = form.view();
    // A box that is not ticked is not sent.
    view.put("roll_up", form.text("roll_up"));
    let typed = form.text("dated");
    let dated: Option<NaiveDate> = typed.parse().ok();
    if !typed.is_empty() && dated.is_none() {
        view.add_fault("dated", "请填写正确的日期");
    }
    if form.text("preface").chars().count() > TEXT {
        view.add_fault("preface", "报告说明不能超过20000字");
    }
    if view.has_faults() {
        let shown = Shown { form: view, ..Shown::default() };
        return page(&app, &officer, year, StatusCode::UNPROCESSABLE_ENTITY, shown).await;
    }
    let change = Change::Frame {
        form: form.text("form").to_owned(),
        roll_up: form.is_ticked("roll_up"),
        preface: form.text("preface").to_owned(),
        dated,
    };
    let agency = officer.agency().id;
    match write(&app, agency, year, form.text("seen"), change, &officer.actor()).await {
        Err(error @ AnnualError::Storage(StorageError::Conflict)) => {
            let (status, words) = refusal(&error)?;
            let (stopped, met) = (Some(words), Some(form));
            let shown = Shown { stopped, met, form: view, ..Shown::default() };
            page(&app, &officer, year, status, shown).await
        }
        result => answered(&app, &officer, year, "saved", view, result).await,
    }
}

/// The longest text of a part, in characters.
pub(super) const TEXT: usize = 20_000;

/// `POST /staff/reports/{year}/opening`: what the report of the year before carried over.
///
/// # Errors
///
/// [`WebError`].
pub async fn opening(
    app: Data<App>,
    officer: CurrentOfficer,
    year: Path<String>,
    form: DeskForm,
) -> Result<HttpResponse, WebError> {
    let year = year_of(&app, &year)?;
    let mut view = form.view();
    let mut numbers = unit_tables::Opening::default();
    for (number, kind) in numbers.iter_mut().zip(ApplicantKind::ALL) {
        let field = opening_field(kind);
        if let Ok(typed) = form.text(&field).parse::<u32>() {
            *number = u64::from(typed);
        } else {
            let what = Column::Kind(kind).title();
            view.add_fault(field, format!("请填写{what}的结转件数，没有的填 0"));
        }
    }
    if view.has_faults() {
        let shown = Shown { form: view, ..Shown::default() };
        return page(&app, &officer, year, StatusCode::UNPROCESSABLE_ENTITY, shown).await;
    }
    let agency = officer.agency().id;
    let result = set_opening(&app, agency, year, numbers, &officer.actor()).await;
    answered(&app, &officer, year, "saved", view, result).await
}

/// `POST /staff/reports/{year}/seal`
///
/// # Errors
///
/// [`WebError`].
pub async fn seal(
    app: Data<App>,
    officer: CurrentOfficer,
    year: Path<String>,
    form: DeskForm,
) -> Result<HttpResponse, WebError> {
    let year = year_of(&app, &year)?;
    let mut view = form.view();
    if !form.is_ticked("checked") {
        view.add_fault("checked", "请确认已经核对报告全文");
        let shown = Shown { form: view, ..Shown::default() };
        return page(&app, &officer, year, StatusCode::UNPROCESSABLE_ENTITY, shown).await;
    }
    let version = form.text("version").parse().unwrap_or_default();
    let agency = officer.agency().id;
    let sealed = annual::seal(&app, agency, year, version, &officer.actor()).await;
    answered(&app, &officer, year, "sealed", view, sealed.map(drop)).await
}

/// `POST /staff/reports/{year}/publish`
///
/// # Errors
///
/// [`WebError`].
pub async fn publish(
    app: Data<App>,
    officer: CurrentOfficer,
    year: Path<String>,
    form: DeskForm,
) -> Result<HttpResponse, WebError> {
    let year = year_of(&app, &year)?;
    let published = annual::publish(&app, officer.agency().id, year, &officer.actor()).await;
    answered(&app, &officer, year, "published", form.view(), published).await
}

/// `POST /staff/reports/{year}/take-back`
///
/// # Errors
///
/// [`WebError`].
pub async fn take_back(
    app: Data<App>,
    officer: CurrentOfficer,
    year: Path<String>,
    form: DeskForm,
) -> Result<HttpResponse, WebError> {
    let year = year_of(&app, &year)?;
    with_reason(&app, &officer, year, &form, "taken-back").await
}

/// `POST /staff/reports/{year}/correct`: publishes what the cases give now.
///
/// # Errors
///
/// [`WebError`].
pub async fn correct(
    app: Data<App>,
    officer: CurrentOfficer,
    year: Path<String>,
    form: DeskForm,
) -> Result<HttpResponse, WebError> {
    let year = year_of(&app, &year)?;
    with_reason(&app, &officer, year, &form, "corrected").await
}

/// What is done to a seal for a reason that is put on record.
async fn with_reason(
    app: &App,
    officer: &CurrentOfficer,
    year: i32,
    form: &DeskForm,
    done: &str,
) -> Result<HttpResponse, WebError> {
    let mut view = form.view();
    let reason = form.text("reason");
    if reason.is_empty() || reason.chars().count() > 500 {
        view.add_fault("reason", "请写明理由，不超过500字");
        let shown = Shown { form: view, ..Shown::default() };
        return page(app, officer, year, StatusCode::UNPROCESSABLE_ENTITY, shown).await;
    }
    let (agency, by) = (officer.agency().id, officer.actor());
    let result = if done == "corrected" {
        annual::correct(app, agency, year, reason, &by).await
    } else {
        annual::take_back(app, agency, year, reason, &by).await
    };
    answered(app, officer, year, done, view, result).await
}
