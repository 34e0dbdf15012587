//! 批准: the decision is made, the applicant is told, the case closed and counted.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use chrono::Datelike;
use uuid::Uuid;

use super::{Desk, Doing, Head, Tried, fault_of_words, typed, words};
use crate::app::App;
use crate::casework::CaseworkError;
use crate::casework::letters::{Previewed, preview};
use crate::domain::case::{Act, ActKind};
use crate::domain::letter::Particulars;
use crate::web::error::WebError;
use crate::web::form::View;
use crate::web::page::{self, StaffFrame};
use crate::web::session::CurrentOfficer;
use crate::web::staff::case::href;
use crate::web::staff::case::parts::{self, DraftView, FileLine};
use crate::web::staff::form::DeskForm;
use crate::web::staff::outgoing;

#[derive(Debug, Template)]
#[template(path = "staff/acts/approve.html")]
struct ApprovePage {
    frame: StaffFrame,
    token: String,
    head: Head,
    draft: DraftView,
    own_review: bool,
    consequences: Vec<String>,
    letters: Vec<Previewed>,
    files: Vec<FileLine>,
    /// Whether they are handed to the applicant.
    gives: bool,
    waiting: usize,
    href: String,
    form: View,
}

async fn page(
    desk: &Desk<'_>,
    status: StatusCode,
    version: &str,
    form: View,
) -> Result<HttpResponse, WebError> {
    let (draft, shown) = parts::draft(&desk.view).ok_or(WebError::NoSuchPage)?;
    let proposal = parts::proposal(&desk.view);
    let enclosed = proposal.map(|entry| entry.attachments.as_slice());
    page::show(
        status,
        &ApprovePage {
            frame: desk.frame()?,
            token: desk.officer.token(desk.app)?,
            head: desk.head(version),
            own_review: draft.by == desk.officer.id(),
            consequences: consequences(desk, &shown.row),
            draft: shown,
            letters: letters(desk).await?,
            files: parts::files(&desk.view, Some(enclosed.unwrap_or_default())),
            gives: proposal.is_some_and(|entry| entry.gives),
            waiting: outgoing::waiting(&desk.view),
            href: href(desk.view.id),
            form,
        },
    )
}

/// What the letters will say, but for their numbers. Where they cannot be written yet, the act
/// itself says why.
async fn letters(desk: &Desk<'_>) -> Result<Vec<Previewed>, WebError> {
    let (agency, case, by) = (desk.officer.agency().id, desk.view.id, desk.officer.actor());
    let (act, on) = (Act::Approve, desk.app.clock.today());
    let nothing = Particulars::default();
    match preview(desk.app, agency, case, &by, act, on, nothing).await {
        Ok(letters) => Ok(letters),
        Err(
            CaseworkError::Blanks(_)
            | CaseworkError::AgencyLacks(_)
            | CaseworkError::NotAllowed(_)
            | CaseworkError::Shredded,
        ) => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

/// What follows when the draft is approved.
fn consequences(desk: &Desk<'_>, row: &str) -> Vec<String> {
    let view = &desk.view;
    let year = desk.app.clock.today().year();
    let has_email = view
        .papers
        .as_ref()
        .is_some_and(|papers| !papers.email.is_empty());
    let told = if has_email {
        "申请人收到邮件，凭受理编号和查询码查看结果、下载文书"
    } else {
        "申请人没有留电子邮箱，不会收到邮件；凭受理编号和查询码可以下载文书，请用其他方式告知"
    };
    vec![
        "本案办结，不能再修改".to_owned(),
        format!("计入{year}年度报告第三部分“{row}”，{}一列", view.kind.label()),
        told.to_owned(),
    ]
}

/// `GET /staff/cases/{id}/approve`
///
/// # Errors
///
/// [`WebError`].
pub async fn show(
    app: Data<App>,
    officer: CurrentOfficer,
    id: Path<Uuid>,
) -> Result<HttpResponse, WebError> {
    let desk = Desk::open(&app, &officer, *id, ActKind::Approve).await?;
    match desk.refusal()? {
        Some(refusal) => Ok(refusal),
        None => page(&desk, StatusCode::OK, "", View::default()).await,
    }
}

/// `POST /staff/cases/{id}/approve`
///
/// # Errors
///
/// [`WebError`].
pub async fn submit(
    app: Data<App>,
    officer: CurrentOfficer,
    id: Path<Uuid>,
    form: DeskForm,
) -> Result<HttpResponse, WebError> {
    let desk = Desk::open(&app, &officer, *id, ActKind::Approve).await?;
    let version = form.text("version");
    let mut view = form.view();
    let fault = fault_of_words(&app, form.text("words"), "审核意见", false);
    if let (Some(fault), None) = (fault, desk.refusal()?) {
        view.add_fault("words", fault);
        return page(&desk, StatusCode::UNPROCESSABLE_ENTITY, version, view).await;
    }
    let doing = Doing::new(Act::Approve, app.clock.today(), words(&form));
    match desk
        .carry_out(version, doing, typed(&form, "审核意见"))
        .await?
    {
        Tried::Answered(response) => Ok(response),
        Tried::Stale(read) => desk.stale(read, typed(&form, "审核意见")).await,
        Tried::Wrong(words) => {
            view.add_fault("words", words);
            page(&desk, StatusCode::UNPROCESSABLE_ENTITY, version, view).await
        }
    }
}
