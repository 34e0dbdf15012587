//! The letters that end an application for rectification: taken out for a reason, and served.

use actix_multipart::Multipart;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use uuid::Uuid;

use crate::app::App;
use crate::casework::{CaseworkError, rectify};
use crate::domain::letter::{LetterKind, Service};
use crate::storage::attachments::Purpose;
use crate::storage::rectifications::{self, Issued};
use crate::web::error::WebError;
use crate::web::form::View;
use crate::web::rectification;
use crate::web::session::CurrentOfficer;
use crate::web::staff::form::DeskForm;
use crate::web::staff::letters::{ServicePage, postal_number, read, served, ways};
use crate::web::staff::rectifications::{HERE, href, one_page};
use crate::web::staff::see_other;
use crate::web::upload::{self, ACCEPT};
use crate::web::{page, words};

/// `POST /staff/rectifications/{id}/letters`: a letter as PDF or DOCX, for a reason.
///
/// # Errors
///
/// [`WebError::NoSuchPage`], also for another agency's and for a letter that there is not.
pub async fn take_out(
    app: Data<App>,
    officer: CurrentOfficer,
    id: Path<Uuid>,
    form: DeskForm,
) -> Result<HttpResponse, WebError> {
    let mut back = form.view();
    let reason = rectification::text(&mut back, "for", "查看事由", (true, 200), form.text("for"));
    if back.has_faults() {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return one_page(&app, &officer, *id, status, back, None).await;
    }
    let wanted = form.text("letter").split_once('.');
    let (kind, ending) = wanted
        .and_then(|(kind, ending)| Some((LetterKind::from_key(kind)?, ending)))
        .ok_or(WebError::NoSuchPage)?;
    let by = officer.actor();
    let agency = officer.agency().id;
    let file = rectify::take_out(&app, agency, *id, (kind, ending), &by, &reason).await?;
    Ok(page::hand_out(file))
}

/// The letter that an address names, with the number of what it ends and its day.
async fn open(
    app: &App,
    officer: &CurrentOfficer,
    (id, kind): (Uuid, &str),
) -> Result<(String, String, Issued), WebError> {
    let (kept, _) = rectify::find(app, officer.agency().id, id).await?;
    let letters = app
        .database
        .read(move |conn| rectifications::letters(conn, id))
        .await?;
    let letter = letters.into_iter().find(|letter| letter.kind.key() == kind);
    let letter = letter.ok_or(WebError::NoSuchPage)?;
    let day = kept.answered.map(|answered| words::full_day(answered.on));
    Ok((kept.number, day.unwrap_or_default(), letter))
}

async fn service_page(
    app: &App,
    officer: &CurrentOfficer,
    (id, kind): (Uuid, &str),
    status: StatusCode,
    form: View,
) -> Result<HttpResponse, WebError> {
    let (number, day, letter) = open(app, officer, (id, kind)).await?;
    let (state, class) = served(letter.service.as_ref());
    page::show(
        status,
        &ServicePage {
            frame: super::frame(app, officer, HERE)?,
            token: officer.token(app)?,
            href: href(id),
            number,
            action: format!("{}/letters/{kind}/service", href(id)),
            title: letter.kind.title(),
            facts: format!("{}，{day}", letter.number),
            state,
            class,
            ways: ways(),
            accept: ACCEPT,
            form,
        },
    )
}

/// `GET /staff/rectifications/{id}/letters/{kind}/service`
///
/// # Errors
///
/// [`WebError::NoSuchPage`], also for another agency's letter.
pub async fn ask(
    app: Data<App>,
    officer: CurrentOfficer,
    path: Path<(Uuid, String)>,
) -> Result<HttpResponse, WebError> {
    let (id, kind) = path.into_inner();
    let form = View::filled([("on", app.clock.today().to_string())]);
    service_page(&app, &officer, (id, &kind), StatusCode::OK, form).await
}

/// `POST /staff/rectifications/{id}/letters/{kind}/service`
///
/// # Errors
///
/// [`WebError`].
pub async fn submit(
    app: Data<App>,
    officer: CurrentOfficer,
    path: Path<(Uuid, String)>,
    body: Multipart,
) -> Result<HttpResponse, WebError> {
    let (id, kind) = path.into_inner();
    let received = upload::receive(&app, &officer.purpose(), body).await?;
    if received.token.is_expired(app.clock.now()) {
        return Err(WebError::Expired);
    }
    let (_, _, letter) = open(&app, &officer, (id, &kind)).await?;
    let form = DeskForm::checked(received.texts.clone());
    let mut back = form.view();
    for (field, why) in &received.refused {
        back.add_fault(field, why.clone());
    }
    let wrong = StatusCode::UNPROCESSABLE_ENTITY;
    let Some((Some(how), on)) = read(&form, &mut back) else {
        if !back.has_faults() {
            back.add_fault("how", "请选择怎样送达的");
        }
        return service_page(&app, &officer, (id, &kind), wrong, back).await;
    };
    let service = Service { on, how, postal_number: postal_number(&form), evidence: None };
    let evidence = received.open(Purpose::Evidence).await?;
    let (agency, by) = (officer.agency().id, officer.actor());
    match rectify::serve(&app, agency, id, letter.kind, service, evidence, &by).await {
        Ok(()) => {
            received.tray.clear();
            Ok(see_other(&href(id)))
        }
        Err(CaseworkError::Days(why)) => {
            back.add_fault("on", why);
            service_page(&app, &officer, (id, &kind), wrong, back).await
        }
        Err(error) => Err(error.into()),
    }
}
