//! Where an application for rectification stands (art. 41).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data};
use askama::Template;

use super::ticket::Ticket;
use super::ticket_in;
use crate::app::App;
use crate::casework::rectify::{self, Standing};
use crate::web::Site;
use crate::web::error::WebError;
use crate::web::fields::fields;
use crate::web::page::{self, Frame};
use crate::web::words;

/// How it ended.
#[derive(Debug)]
struct Ended {
    label: &'static str,
    day: String,
    finding: String,
    responsible: String,
    letter: Option<String>,
}

#[derive(Debug, Template)]
#[template(path = "public/rectification.html")]
struct RectificationPage {
    frame: Frame,
    ticket: String,
    agency: String,
    telephone: String,
    number: String,
    received_on: String,
    record: String,
    wrong: String,
    evidence: String,
    ended: Option<Ended>,
}

/// The page, for whoever has shown number and code.
pub(super) async fn page(app: &App, site: &Site, one: &Standing) -> Result<HttpResponse, WebError> {
    let ticket = Ticket { case: one.kept.id, version: one.kept.version };
    let papers = &one.papers;
    let page = RectificationPage {
        frame: Frame::of(&site.agencies(app).await, "/track"),
        ticket: ticket.write(&app.vault, app.clock.now())?,
        agency: one.agency.name.clone(),
        telephone: one.agency.telephone.clone(),
        number: one.kept.number.clone(),
        received_on: words::full_day(one.kept.received_on),
        record: papers.record.clone(),
        wrong: papers.wrong.clone(),
        evidence: papers.evidence.clone(),
        ended: one.kept.answered.map(|answered| Ended {
            label: answered.answer.label(),
            day: words::full_day(answered.on),
            finding: papers.finding.clone(),
            responsible: papers.responsible.clone(),
            letter: one.letter.clone(),
        }),
    };
    page::show(StatusCode::OK, &page)
}

/// `POST /track/rectification`: the page again, by the ticket of an earlier one.
///
/// # Errors
///
/// [`WebError::Forged`] or [`WebError::Expired`] for the ticket.
pub async fn show(app: Data<App>, site: Data<Site>, body: Bytes) -> Result<HttpResponse, WebError> {
    let ticket = ticket_in(&app, &fields(&body)?)?;
    let one = rectify::again(&app, ticket.case).await?;
    page(&app, &site, &one).await
}

/// `POST /track/rectification/letter`: the letter to the applicant.
///
/// # Errors
///
/// [`WebError::Forged`] or [`WebError::Expired`] for the ticket; [`WebError::NoSuchPage`], if
/// there is no letter yet.
pub async fn letter(app: Data<App>, body: Bytes) -> Result<HttpResponse, WebError> {
    let ticket = ticket_in(&app, &fields(&body)?)?;
    let file = rectify::letter(&app, ticket.case).await?;
    Ok(page::hand_out(file))
}
