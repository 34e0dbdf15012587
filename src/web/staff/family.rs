//! 一事一申请: splitting an application, and putting cases side by side.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use uuid::Uuid;

use crate::app::App;
use crate::casework::CaseworkError;
use crate::casework::families::{self, OF_A_PART, PARTS_AT_MOST, Part, Splitting};
use crate::casework::view::{self, CaseView};
use crate::domain::actor::Role;
use crate::domain::application::{Draft, Field};
use crate::domain::case::Stage;
use crate::storage::StorageError;
use crate::storage::families::Relative;
use crate::web::error::WebError;
use crate::web::form::View;
use crate::web::page::{self, StaffFrame};
use crate::web::session::CurrentOfficer;
use crate::web::staff::acts::{self, fault_of_words};
use crate::web::staff::case::href;
use crate::web::staff::form::DeskForm;
use crate::web::staff::see_other;
use crate::web::words;

/// A case of the family, as a page lists it.
#[derive(Debug)]
pub struct RelativeLine {
    /// 受理编号.
    pub number: String,
    /// Its page.
    pub href: String,
    /// Where it stands.
    pub state: String,
}

/// What the page of a case says of its family.
#[derive(Debug)]
pub struct Family {
    /// The other cases.
    pub relatives: Vec<RelativeLine>,
    /// Whether it can be split now, by whoever looks.
    pub may_split: bool,
    /// Whether whoever looks may put it beside another.
    pub may_join: bool,
}

impl Family {
    /// The family of a case, for this officer.
    #[must_use]
    pub fn of(view: &CaseView, app: &App, officer: &CurrentOfficer) -> Self {
        Self {
            relatives: view.relatives.iter().map(line).collect(),
            may_split: families::may_be_split(app, &view.case, &officer.actor()).is_ok(),
            may_join: officer.holds(&[Role::Clerk]),
        }
    }
}

fn line(relative: &Relative) -> RelativeLine {
    let label = Stage::label_of(relative.stage).unwrap_or_default();
    let state = match (relative.outcome, relative.due_on) {
        (Some(outcome), _) => format!("{label}，{}", outcome.full_label()),
        (None, Some(due)) => format!("{label}，{}届满", words::full_day(due)),
        (None, None) => label.to_owned(),
    };
    RelativeLine { number: relative.number.to_string(), href: href(relative.id), state }
}

/// The fields of one part on the form.
#[derive(Debug)]
struct Fields {
    heading: String,
    title: String,
    reference: String,
    description: String,
}

#[derive(Debug, Template)]
#[template(path = "staff/split.html")]
struct SplitPage {
    frame: StaffFrame,
    token: String,
    href: String,
    number: String,
    version: String,
    count: usize,
    parts: Vec<Fields>,
    may_grow: bool,
    form: View,
}

#[derive(Debug, Template)]
#[template(path = "staff/join.html")]
struct JoinPage {
    frame: StaffFrame,
    token: String,
    href: String,
    number: String,
    form: View,
}

fn id_of(field: Field, part: usize) -> String {
    format!("{}.{part}", field.id())
}

fn split_page(
    app: &App,
    officer: &CurrentOfficer,
    view: &CaseView,
    status: StatusCode,
    (count, version): (usize, &str),
    form: View,
) -> Result<HttpResponse, WebError> {
    let fields = (1..=count).map(|part| Fields {
        heading: if part == 1 {
            format!("第1件（沿用{}）", view.number)
        } else {
            format!("第{part}件（登记新的受理编号）")
        },
        title: id_of(Field::Title, part),
        reference: id_of(Field::Reference, part),
        description: id_of(Field::Description, part),
    });
    let page = SplitPage {
        frame: super::frame(app, officer, "")?,
        token: officer.token(app)?,
        href: href(view.id),
        number: view.number.to_string(),
        version: version.to_owned(),
        count,
        parts: fields.collect(),
        may_grow: count < PARTS_AT_MOST,
        form,
    };
    page::show(status, &page)
}

/// The page that says why the application cannot be split now, if it cannot.
fn refusal(
    app: &App,
    officer: &CurrentOfficer,
    view: &CaseView,
) -> Result<Option<HttpResponse>, WebError> {
    let Err(why) = families::may_be_split(app, &view.case, &officer.actor()) else {
        return Ok(None);
    };
    let why = (StatusCode::CONFLICT, why.to_string());
    acts::stopped(app, officer, view, "拆分申请", why, Vec::new()).map(Some)
}

/// `GET /staff/cases/{id}/split`
///
/// # Errors
///
/// [`WebError::NoSuchPage`], also for another agency's case.
pub async fn ask_to_split(
    app: Data<App>,
    officer: CurrentOfficer,
    id: Path<Uuid>,
) -> Result<HttpResponse, WebError> {
    let view = view::case_page(&app, officer.agency().id, *id).await?;
    if let Some(refused) = refusal(&app, &officer, &view)? {
        return Ok(refused);
    }
    // What is asked for is not personal, and stands on the page of the case as well.
    let written = view.papers.clone().unwrap_or_default();
    let texts = OF_A_PART.map(|field| (id_of(field, 1), text_of(&written, field)));
    let version = view.version.to_string();
    split_page(&app, &officer, &view, StatusCode::OK, (2, &version), View::filled(texts))
}

fn text_of(papers: &Draft, field: Field) -> String {
    papers.get(field).to_owned()
}

fn part(form: &DeskForm, number: usize) -> Part {
    let text = |field| form.text(&id_of(field, number)).to_owned();
    Part {
        title: text(Field::Title),
        reference: text(Field::Reference),
        description: text(Field::Description),
    }
}

/// `POST /staff/cases/{id}/split`
///
/// # Errors
///
/// [`WebError`].
pub async fn split(
    app: Data<App>,
    officer: CurrentOfficer,
    id: Path<Uuid>,
    form: DeskForm,
) -> Result<HttpResponse, WebError> {
    let view = view::case_page(&app, officer.agency().id, *id).await?;
    let mut back = form.view();
    let count: usize = form.text("count").parse().unwrap_or(2);
    let count = count.clamp(2, PARTS_AT_MOST);
    let version = form.text("version");
    if form.is_ticked("more") {
        let at = ((count + 1).min(PARTS_AT_MOST), version);
        return split_page(&app, &officer, &view, StatusCode::OK, at, back);
    }
    if let Some(refused) = refusal(&app, &officer, &view)? {
        return Ok(refused);
    }
    let parts: Vec<(usize, Part)> = (1..=count)
        .map(|number| (number, part(&form, number)))
        .filter(|(number, part)| *number <= 2 || *part != Part::default())
        .collect();
    let whole = view.papers.clone().unwrap_or_default();
    for (number, part) in &parts {
        let faults = part.of(&whole).faults(app.clock.today());
        for fault in faults {
            if OF_A_PART.contains(&fault.field) {
                back.add_fault(id_of(fault.field, *number), fault.message);
            }
        }
    }
    if let Some(fault) = fault_of_words(&app, form.text("words"), "拆分的理由", true) {
        back.add_fault("words", fault);
    }
    let read_version: i32 = version
        .parse()
        .map_err(|_| WebError::NotAForm("a form without the case's version"))?;
    if back.has_faults() {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return split_page(&app, &officer, &view, status, (count, version), back);
    }
    let wanted = Splitting {
        agency: officer.agency().id,
        case: view.id,
        read_version,
        parts: parts.into_iter().map(|(_, part)| part).collect(),
        reason: form.text("words").to_owned(),
        by: officer.actor(),
    };
    match families::split(&app, wanted).await {
        Ok(()) => Ok(see_other(&format!("{}#family", href(view.id)))),
        Err(CaseworkError::Storage(StorageError::Conflict)) => {
            back.add_fault("words", "本案刚刚被改动，请在案件页核对后重新提交");
            let version = view.version.to_string();
            split_page(&app, &officer, &view, StatusCode::CONFLICT, (count, &version), back)
        }
        Err(error) => Err(error.into()),
    }
}

fn join_page(
    app: &App,
    officer: &CurrentOfficer,
    view: &CaseView,
    status: StatusCode,
    form: View,
) -> Result<HttpResponse, WebError> {
    let page = JoinPage {
        frame: super::frame(app, officer, "")?,
        token: officer.token(app)?,
        href: href(view.id),
        number: view.number.to_string(),
        form,
    };
    page::show(status, &page)
}

/// `GET /staff/cases/{id}/join`
///
/// # Errors
///
/// [`WebError::NoSuchPage`], also for another agency's case.
pub async fn ask_to_join(
    app: Data<App>,
    officer: CurrentOfficer,
    id: Path<Uuid>,
) -> Result<HttpResponse, WebError> {
    let view = view::case_page(&app, officer.agency().id, *id).await?;
    join_page(&app, &officer, &view, StatusCode::OK, View::default())
}

/// `POST /staff/cases/{id}/join`
///
/// # Errors
///
/// [`WebError`].
pub async fn join(
    app: Data<App>,
    officer: CurrentOfficer,
    id: Path<Uuid>,
    form: DeskForm,
) -> Result<HttpResponse, WebError> {
    let agency = officer.agency().id;
    let view = view::case_page(&app, agency, *id).await?;
    let mut back = form.view();
    let wrong = match form.text("number").parse() {
        Err(_) => "请填写另一件申请的受理编号",
        Ok(number) if number == view.number => "不能与本案自己关联",
        Ok(number) => match families::join(&app, agency, *id, &number, &officer.actor()).await {
            Ok(()) => return Ok(see_other(&format!("{}#family", href(view.id)))),
            Err(CaseworkError::Storage(StorageError::NotFound(_))) => {
                "本机关没有这个受理编号的申请"
            }
            Err(error) => return Err(error.into()),
        },
    };
    back.add_fault("number", wrong);
    join_page(&app, &officer, &view, StatusCode::UNPROCESSABLE_ENTITY, back)
}
