//! 在线补正: what was asked, the applicant's own words beside it, and the way to mend them.

use actix_multipart::Multipart;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data};
use askama::Template;

use super::ticket::Ticket;
use super::{Told, new_ticket, progress, ticket_in};
use crate::app::App;
use crate::casework::CaseworkError;
use crate::casework::correct::Wording;
use crate::casework::track::{self, Correction, CorrectionWanted, TrackView};
use crate::domain::application::Field;
use crate::domain::case::ActKind;
use crate::storage::attachments::Purpose;
use crate::web::Site;
use crate::web::csrf::Token;
use crate::web::error::WebError;
use crate::web::fields::fields;
use crate::web::form::View;
use crate::web::page::{self, Frame};
use crate::web::upload::{self, ACCEPT, Received, Uploads};
use crate::web::words;

/// What the form's token is made for.
const PURPOSE: &str = "correct";

#[derive(Debug, Template)]
#[template(path = "public/correct.html")]
struct CorrectPage {
    frame: Frame,
    token: String,
    ticket: String,
    number: String,
    until: String,
    asked: Vec<(&'static str, String)>,
    uploads: Uploads,
    files_hint: String,
    accept: &'static str,
    form: View,
}

async fn page(
    app: &App,
    site: &Site,
    view: &TrackView,
    status: StatusCode,
    received: Option<&Received>,
    form: View,
) -> Result<HttpResponse, WebError> {
    let Some(CorrectionWanted { until, asked, .. }) = &view.correction else {
        let view = track::again(app, view.case_id).await?;
        let notice = Told::not_done("现在不需要补正", "本案没有等待补正的事项，请看最新进度。");
        return progress(app, site, view, Some(notice)).await;
    };
    let files = received
        .map(|received| received.files.as_slice())
        .unwrap_or_default();
    let limits = &app.settings.limits;
    page::show(
        status,
        &CorrectPage {
            frame: Frame::of(&site.agencies(app).await, "/track"),
            token: match received {
                Some(received) => received.token.as_str().to_owned(),
                None => Token::issue(&app.vault, PURPOSE, app.clock.now())?
                    .as_str()
                    .to_owned(),
            },
            ticket: new_ticket(app, view)?,
            number: view.number.to_string(),
            until: words::full_day(*until),
            asked: asked.clone(),
            uploads: Uploads::of(files),
            files_hint: format!(
                "补充的身份证明、说明材料等。最多{}个，每个不超过{}MB",
                limits.attachments, limits.attachment_mib
            ),
            accept: ACCEPT,
            form,
        },
    )
}

/// The application as it stands, to be changed.
fn as_it_stands(view: &TrackView) -> View {
    let papers = view
        .correction
        .as_ref()
        .map(|correction| &correction.papers);
    papers.map_or_else(View::default, |papers| {
        View::filled([
            (Field::Title.id(), papers.title.as_str()),
            (Field::Reference.id(), papers.reference.as_str()),
            (Field::Description.id(), papers.description.as_str()),
        ])
    })
}

/// `POST /track/correct`: the form, for whoever has the ticket of a tracking page.
///
/// # Errors
///
/// [`WebError::Forged`] or [`WebError::Expired`] for the ticket.
pub async fn show(app: Data<App>, site: Data<Site>, body: Bytes) -> Result<HttpResponse, WebError> {
    let ticket = ticket_in(&app, &fields(&body)?)?;
    let view = track::again(&app, ticket.case).await?;
    let form = as_it_stands(&view);
    page(&app, &site, &view, StatusCode::OK, None, form).await
}

/// `POST /track/correction`: the correction itself.
///
/// # Errors
///
/// [`WebError::Forged`] or [`WebError::Expired`] for ticket and token.
pub async fn submit(
    app: Data<App>,
    site: Data<Site>,
    body: Multipart,
) -> Result<HttpResponse, WebError> {
    let mut received = upload::receive(&app, PURPOSE, body).await?;
    let ticket: Ticket = ticket_in(&app, &received.texts)?;
    let view = track::again(&app, ticket.case).await?;
    let text = |name: &str| received.texts.get(name).map_or("", |text| text.trim());
    let mut form = View::filled(
        received
            .texts
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "token" | "ticket")),
    );
    let removed = text("remove").to_owned();
    if !removed.is_empty() {
        received.tray.remove(&removed)?;
        received.files = received.tray.list()?;
        return page(&app, &site, &view, StatusCode::OK, Some(&received), form).await;
    }
    for (field, why) in &received.refused {
        form.add_fault(field, why.clone());
    }
    let at_most = app.settings.limits.reason_chars;
    if text("words").chars().count() > at_most {
        form.add_fault("words", format!("补充说明不能超过{at_most}字"));
    }
    if form.has_faults() {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return page(&app, &site, &view, status, Some(&received), form).await;
    }
    let _turn = site.turn_for(received.weight()).await;
    let correction = Correction {
        title: text(Field::Title.id()).to_owned(),
        reference: text(Field::Reference.id()).to_owned(),
        description: text(Field::Description.id()).to_owned(),
        words: (!text("words").is_empty()).then(|| text("words").to_owned()),
        attachments: received.open(Purpose::Support).await?,
    };
    let sent = Wording {
        title: correction.title.clone(),
        reference: correction.reference.clone(),
        description: correction.description.clone(),
    };
    let done = track::correct(&app, ticket.case, ticket.version, correction).await;
    let view_after = track::again(&app, ticket.case).await?;
    let notice = match done {
        Ok(()) => {
            received.tray.clear();
            received_notice()
        }
        // The button was pressed twice: what was awaited came in just now.
        Err(_) if was_corrected(&view_after, ticket.version, &sent) => received_notice(),
        Err(CaseworkError::Faults(faults)) => {
            for fault in faults {
                form.add_fault(fault.field.id(), fault.message);
            }
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return page(&app, &site, &view, status, Some(&received), form).await;
        }
        Err(error) => Told::why_not("没有补正", error)?,
    };
    progress(&app, &site, view_after, Some(notice)).await
}

fn received_notice() -> Told {
    Told::done("补正已收到", "答复期限重新计算，最后一日见下面的进度。")
}

/// Whether this very correction is the one act since this version of the case.
fn was_corrected(view: &TrackView, read_version: i32, sent: &Wording) -> bool {
    let latest = view.history.iter().rev().find_map(|entry| entry.act);
    view.version == read_version + 1 && latest == Some(ActKind::Correct) && view.wording == *sent
}
