//! 已用其他方式告知: how an applicant was told what a mail could not tell, with the day and words
//! that prove it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use chrono::NaiveDate;
use uuid::Uuid;

use crate::app::App;
use crate::casework::CaseworkError;
use crate::casework::mail::{self as deeds, Told, ToldHow};
use crate::storage::outbox::{self, Mail};
use crate::web::error::WebError;
use crate::web::form::{Choice, View};
use crate::web::page::{self, StaffFrame};
use crate::web::session::CurrentOfficer;
use crate::web::staff::case::href;
use crate::web::staff::form::DeskForm;
use crate::web::staff::{TO_SERVE, see_other};
use crate::web::words;

/// How long the words may be, in characters.
const WORDS: usize = 500;

#[derive(Debug, Template)]
#[template(path = "staff/settle.html")]
struct SettlePage {
    frame: StaffFrame,
    token: String,
    action: String,
    subject: String,
    case_href: String,
    at: String,
    why: String,
    ways: Vec<Choice>,
    form: View,
}

async fn find(app: &App, officer: &CurrentOfficer, id: Uuid) -> Result<Mail, WebError> {
    let agency = officer.agency().id;
    let found = app
        .database
        .read(move |conn| outbox::find(conn, agency, id));
    let mail = found.await?;
    if mail.to_settle {
        Ok(mail)
    } else {
        Err(WebError::NoSuchPage)
    }
}

fn settle_page(
    app: &App,
    officer: &CurrentOfficer,
    mail: Mail,
    status: StatusCode,
    form: View,
) -> Result<HttpResponse, WebError> {
    let page = SettlePage {
        frame: super::frame(app, officer, TO_SERVE)?,
        token: officer.token(app)?,
        action: format!("{TO_SERVE}/{}/settled", mail.mail.id),
        case_href: mail.mail.case_id.map(href).unwrap_or_default(),
        at: words::moment(mail.created_at),
        why: mail.last_error.unwrap_or_default(),
        subject: mail.mail.subject,
        ways: ToldHow::ALL
            .map(|how| Choice::new(how.code(), how.label()))
            .to_vec(),
        form,
    };
    page::show(status, &page)
}

/// `GET /staff/to-serve/{id}/settled`
///
/// # Errors
///
/// [`WebError::NoSuchPage`], also for another agency's message and one that is settled.
pub async fn ask(
    app: Data<App>,
    officer: CurrentOfficer,
    id: Path<Uuid>,
) -> Result<HttpResponse, WebError> {
    let mail = find(&app, &officer, *id).await?;
    let form = View::filled([("on", app.clock.today().to_string())]);
    settle_page(&app, &officer, mail, StatusCode::OK, form)
}

/// `POST /staff/to-serve/{id}/settled`
///
/// # Errors
///
/// [`WebError::NoSuchPage`], as above.
pub async fn submit(
    app: Data<App>,
    officer: CurrentOfficer,
    id: Path<Uuid>,
    form: DeskForm,
) -> Result<HttpResponse, WebError> {
    let mail = find(&app, &officer, *id).await?;
    let mut back = form.view();
    let Some(told) = read(&form, &mut back) else {
        return settle_page(&app, &officer, mail, StatusCode::UNPROCESSABLE_ENTITY, back);
    };
    match deeds::settle(&app, officer.agency().id, *id, told, &officer.actor()).await {
        Ok(()) => Ok(see_other("/staff/to-serve?done=settled")),
        Err(CaseworkError::Days(why)) => {
            back.add_fault("on", why);
            settle_page(&app, &officer, mail, StatusCode::UNPROCESSABLE_ENTITY, back)
        }
        Err(error) => Err(error.into()),
    }
}

/// What the form says; `None`, with the faults put on it, if it says too little.
fn read(form: &DeskForm, back: &mut View) -> Option<Told> {
    let how = ToldHow::from_code(form.text("how"));
    if how.is_none() {
        back.add_fault("how", "请选择怎样告知的");
    }
    let on: Option<NaiveDate> = form.text("on").parse().ok();
    if on.is_none() {
        back.add_fault("on", "请填写告知的日期");
    }
    let words = form.text("words");
    let length = words.chars().count();
    if length < 2 {
        back.add_fault("words", "请填写告知的情况，例如接听的时间、谁接听、说了什么");
    } else if length > WORDS {
        back.add_fault("words", format!("告知的情况不能超过{WORDS}字"));
    }
    if back.has_faults() {
        return None;
    }
    Some(Told { how: how?, on: on?, words: words.to_owned() })
}
