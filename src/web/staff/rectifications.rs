//! 更正: applications to correct a record (art. 41), outside every statutory table.

use actix_multipart::Multipart;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use crate::app::App;
use crate::casework::CaseworkError;
use crate::casework::rectify::{self, Finding, NewRectification, RectificationPapers};
use crate::domain::actor::Role;
use crate::domain::rectification::{Answered, RectificationAnswer};
use crate::storage::attachments::Purpose;
use crate::storage::rectifications::{self, Rectification, Which};
use crate::storage::{Connection, StorageError};
use crate::web::error::WebError;
use crate::web::form::{Choice, View};
use crate::web::page::{self, StaffFrame};
use crate::web::rectification;
use crate::web::session::CurrentOfficer;
use crate::web::staff::acts::PreviewPage;
use crate::web::staff::form::DeskForm;
use crate::web::staff::letters::served;
use crate::web::staff::see_other;
use crate::web::upload::{self, ACCEPT, Received, Uploads};
use crate::web::words;

/// Where they stand.
pub const HERE: &str = "/staff/rectifications";
/// How many stand on a page.
const PAGE: usize = 25;

/// An application as the list shows it.
#[derive(Debug)]
struct ListLine {
    href: String,
    number: String,
    record: String,
    name: String,
    day: String,
    state: String,
    class: &'static str,
}

#[derive(Debug, Template)]
#[template(path = "staff/rectifications.html")]
struct ListPage {
    frame: StaffFrame,
    may_register: bool,
    all: bool,
    lines: Vec<ListLine>,
    next: Option<String>,
}

#[derive(Debug, Template)]
#[template(path = "staff/rectification_form.html")]
struct FormPage {
    frame: StaffFrame,
    token: String,
    uploads: Uploads,
    files_hint: String,
    accept: &'static str,
    form: View,
}

/// How one ended, as its page shows it.
#[derive(Debug)]
struct Ended {
    label: &'static str,
    day: String,
    responsible: String,
    letters: Vec<LetterLine>,
}

/// A letter that ended one.
#[derive(Debug)]
struct LetterLine {
    title: &'static str,
    number: String,
    key: &'static str,
    state: String,
    class: &'static str,
}

#[derive(Debug, Template)]
#[template(path = "staff/rectification.html")]
struct OnePage {
    frame: StaffFrame,
    token: String,
    href: String,
    number: String,
    day: String,
    papers: RectificationPapers,
    /// What shows it: identity, name and size.
    files: Vec<(Uuid, String, String)>,
    revealed: Option<String>,
    ended: Option<Ended>,
    may_answer: bool,
    may_serve: bool,
    version: i32,
    answers: Vec<Choice>,
    form: View,
}

/// What is listed, and where the page begins.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    all: String,
    after: String,
}

pub(super) fn href(id: Uuid) -> String {
    format!("{HERE}/{id}")
}

fn state(one: &Rectification, is_to_serve: bool) -> (String, &'static str) {
    match one.answered {
        None => ("办理中".to_owned(), "tag tag-soon"),
        Some(Answered { answer, .. }) if is_to_serve => {
            (format!("{}，待送达", answer.label()), "tag tag-soon")
        }
        Some(Answered { answer, .. }) => (answer.label().to_owned(), "tag tag-closed"),
    }
}

/// `GET /staff/rectifications`
///
/// # Errors
///
/// [`WebError`].
pub async fn list(
    app: Data<App>,
    officer: CurrentOfficer,
    asked: Query<Asked>,
) -> Result<HttpResponse, WebError> {
    let agency = officer.agency().id;
    let all = !asked.all.is_empty();
    let which = if all { Which::All } else { Which::Open };
    let after = asked
        .after
        .split_once('.')
        .and_then(|(day, id)| Some((day.parse().ok()?, id.parse().ok()?)));
    let wanted = i64::try_from(PAGE).unwrap_or(i64::MAX) + 1;
    let read = move |conn: &mut Connection| {
        let found = rectifications::list(conn, agency, which, after, wanted)?;
        let ids: Vec<Uuid> = found.iter().map(|one| one.id).collect();
        let to_serve = rectifications::to_serve(conn, &ids)?;
        Ok::<_, StorageError>((found, to_serve))
    };
    let (mut found, to_serve) = app.database.read(read).await?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let captions = rectify::captions(&app, &found)?;
    let next = found.last().filter(|_| more).map(|last| {
        let all = if all { "all=yes&" } else { "" };
        format!("{HERE}?{all}after={}.{}", last.received_on, last.id.simple())
    });
    let lines = found.iter().zip(captions).map(|(one, papers)| {
        let (state, class) = state(one, to_serve.contains(&one.id));
        ListLine {
            href: href(one.id),
            number: one.number.clone(),
            record: papers.record,
            name: papers.name,
            day: words::full_day(one.received_on),
            state,
            class,
        }
    });
    page::show(
        StatusCode::OK,
        &ListPage {
            frame: super::frame(&app, &officer, HERE)?,
            may_register: officer.holds(&[Role::Clerk]),
            all,
            lines: lines.collect(),
            next,
        },
    )
}

fn form_page(
    app: &App,
    officer: &CurrentOfficer,
    status: StatusCode,
    received: Option<&Received>,
    form: View,
) -> Result<HttpResponse, WebError> {
    let limits = &app.settings.limits;
    let page = FormPage {
        frame: super::frame(app, officer, HERE)?,
        token: match received {
            // The files wait under the token of the form.
            Some(received) => received.token.as_str().to_owned(),
            None => officer.token(app)?,
        },
        uploads: received
            .map(|received| Uploads::of(&received.files))
            .unwrap_or_default(),
        files_hint: format!(
            "申请书和证据的扫描件，最多{}个，每个不超过{}MB",
            limits.attachments, limits.attachment_mib
        ),
        accept: ACCEPT,
        form,
    };
    page::show(status, &page)
}

/// `GET /staff/rectifications/new`
///
/// # Errors
///
/// [`WebError`].
pub async fn ask(app: Data<App>, officer: CurrentOfficer) -> Result<HttpResponse, WebError> {
    let today = app.clock.today().to_string();
    form_page(&app, &officer, StatusCode::OK, None, View::filled([("received_on", today)]))
}

/// `POST /staff/rectifications/new`
///
/// # Errors
///
/// [`WebError`].
pub async fn submit(
    app: Data<App>,
    officer: CurrentOfficer,
    body: Multipart,
) -> Result<HttpResponse, WebError> {
    let mut received = upload::receive(&app, &officer.purpose(), body).await?;
    if received.token.is_expired(app.clock.now()) {
        return Err(WebError::Expired);
    }
    let form = DeskForm::checked(received.texts.clone());
    let mut back = form.view();
    if !form.text("remove").is_empty() {
        received.tray.remove(form.text("remove"))?;
        received.files = received.tray.list()?;
        return form_page(&app, &officer, StatusCode::OK, Some(&received), back);
    }
    let papers = rectification::papers(|id| form.text(id), &mut back);
    let received_on: Option<NaiveDate> = form.text("received_on").parse().ok();
    if received_on.is_none() {
        back.add_fault("received_on", "请填写收到日期");
    }
    for (field, why) in &received.refused {
        back.add_fault(field, why.clone());
    }
    let wrong = StatusCode::UNPROCESSABLE_ENTITY;
    let (Some(received_on), false) = (received_on, back.has_faults()) else {
        return form_page(&app, &officer, wrong, Some(&received), back);
    };
    let new = NewRectification {
        agency: officer.agency().id,
        form_token: received.token.as_str().to_owned(),
        received_on,
        papers,
        evidence: received.open(Purpose::Support).await?,
        by: officer.actor(),
    };
    match rectify::take_in(&app, new).await {
        Ok(receipt) => {
            received.tray.clear();
            Ok(see_other(&href(receipt.id)))
        }
        Err(CaseworkError::Days(why)) => {
            back.add_fault("received_on", why);
            form_page(&app, &officer, wrong, Some(&received), back)
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn one_page(
    app: &App,
    officer: &CurrentOfficer,
    id: Uuid,
    status: StatusCode,
    form: View,
    revealed: Option<(String, RectificationPapers)>,
) -> Result<HttpResponse, WebError> {
    let agency = officer.agency().id;
    let (kept, masked) = rectify::find(app, agency, id).await?;
    let letters = app
        .database
        .read(move |conn| rectifications::letters(conn, id))
        .await?;
    let files = rectify::files(app, &kept).await?;
    let ended = kept.answered.map(|answered| Ended {
        label: answered.answer.label(),
        day: words::full_day(answered.on),
        responsible: masked.responsible.clone(),
        letters: letters
            .iter()
            .map(|letter| {
                let (state, class) = served(letter.service.as_ref());
                LetterLine {
                    title: letter.kind.title(),
                    number: letter.number.clone(),
                    key: letter.kind.key(),
                    state,
                    class,
                }
            })
            .collect(),
    });
    let (reason, papers) = match revealed {
        Some((reason, papers)) => (Some(reason), papers),
        None => (None, masked),
    };
    page::show(
        status,
        &OnePage {
            frame: super::frame(app, officer, HERE)?,
            token: officer.token(app)?,
            href: href(id),
            number: kept.number,
            day: words::full_day(kept.received_on),
            papers,
            files: files
                .into_iter()
                .map(|(file, name)| (file.id, name, words::size(file.size.unsigned_abs())))
                .collect(),
            revealed: reason,
            may_answer: ended.is_none() && officer.holds(&[Role::Clerk]),
            may_serve: officer.holds(&[Role::Clerk]),
            ended,
            version: kept.version,
            answers: RectificationAnswer::ALL
                .into_iter()
                .map(|answer| Choice::new(answer.code(), answer.label()).with_hint(answer.hint()))
                .collect(),
            form,
        },
    )
}

/// `GET /staff/rectifications/{id}`
///
/// # Errors
///
/// [`WebError::NoSuchPage`], also for another agency's.
pub async fn show(
    app: Data<App>,
    officer: CurrentOfficer,
    id: Path<Uuid>,
) -> Result<HttpResponse, WebError> {
    one_page(&app, &officer, *id, StatusCode::OK, View::default(), None).await
}

/// `POST /staff/rectifications/{id}/reveal`
///
/// # Errors
///
/// [`WebError::NoSuchPage`], also for another agency's.
pub async fn reveal(
    app: Data<App>,
    officer: CurrentOfficer,
    id: Path<Uuid>,
    form: DeskForm,
) -> Result<HttpResponse, WebError> {
    let mut back = form.view();
    let reason =
        rectification::text(&mut back, "reason", "查看事由", (true, 200), form.text("reason"));
    if back.has_faults() {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return one_page(&app, &officer, *id, status, back, None).await;
    }
    let by = officer.actor();
    let papers = rectify::reveal(&app, officer.agency().id, *id, &by, &reason).await?;
    let shown = Some((reason, papers));
    one_page(&app, &officer, *id, StatusCode::OK, View::default(), shown).await
}

/// `POST /staff/rectifications/{id}/evidence`: a file that came with it, for a reason.
///
/// # Errors
///
/// [`WebError::NoSuchPage`], also for another agency's and for a file of another.
pub async fn evidence(
    app: Data<App>,
    officer: CurrentOfficer,
    id: Path<Uuid>,
    form: DeskForm,
) -> Result<HttpResponse, WebError> {
    let mut back = form.view();
    let reason = rectification::text(&mut back, "why", "查看事由", (true, 200), form.text("why"));
    if back.has_faults() {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return one_page(&app, &officer, *id, status, back, None).await;
    }
    let file = form
        .text("file")
        .parse()
        .map_err(|_| WebError::NoSuchPage)?;
    let by = officer.actor();
    let file = rectify::evidence(&app, officer.agency().id, *id, file, &by, &reason).await?;
    Ok(page::hand_out(file))
}

/// `POST /staff/rectifications/{id}/answer`
///
/// # Errors
///
/// [`WebError`].
pub async fn answer(
    app: Data<App>,
    officer: CurrentOfficer,
    id: Path<Uuid>,
    form: DeskForm,
) -> Result<HttpResponse, WebError> {
    let mut back = form.view();
    let chosen = RectificationAnswer::from_code(form.text("answer"));
    if chosen.is_none() {
        back.add_fault("answer", "请选择处理结果");
    }
    let names_agency = chosen.is_some_and(RectificationAnswer::names_agency);
    let mut read =
        |id, label, limits| rectification::text(&mut back, id, label, limits, form.text(id));
    let responsible = read("responsible", "有权更正的机关", (names_agency, 100));
    let finding = read("finding", "核实情况和处理结果", (true, 2000));
    let (Some(answer), false) = (chosen, back.has_faults()) else {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return one_page(&app, &officer, *id, status, back, None).await;
    };
    let given = Finding { answer, finding, responsible };
    if form.is_ticked("preview") {
        return previewed(&app, &officer, *id, given, back).await;
    }
    let done = rectify::answer(&app, officer.agency().id, *id, given, &officer.actor()).await;
    match done {
        Ok(()) => Ok(see_other(&href(*id))),
        Err(error) => unanswered(&app, &officer, *id, error, back).await,
    }
}

/// The page with what stands in the way of an answer.
async fn unanswered(
    app: &App,
    officer: &CurrentOfficer,
    id: Uuid,
    error: CaseworkError,
    mut back: View,
) -> Result<HttpResponse, WebError> {
    let why = match error {
        CaseworkError::Storage(StorageError::Conflict) => {
            "这件申请刚刚由他人答复，请刷新核对".to_owned()
        }
        CaseworkError::AgencyLacks(_) | CaseworkError::NumberTaken => error.to_string(),
        error => return Err(error.into()),
    };
    back.add_fault("answer", why);
    one_page(app, officer, id, StatusCode::CONFLICT, back, None).await
}

/// The letters of an answer, for a look before it is given.
async fn previewed(
    app: &App,
    officer: &CurrentOfficer,
    id: Uuid,
    given: Finding,
    back: View,
) -> Result<HttpResponse, WebError> {
    let agency = officer.agency().id;
    let letters = match rectify::preview(app, agency, id, given, &officer.actor()).await {
        Ok(letters) => letters,
        Err(error) => return unanswered(app, officer, id, error, back).await,
    };
    let (kept, _) = rectify::find(app, agency, id).await?;
    page::show(
        StatusCode::OK,
        &PreviewPage {
            frame: super::frame(app, officer, HERE)?,
            act: "答复更正申请",
            number: kept.number,
            letters,
        },
    )
}
