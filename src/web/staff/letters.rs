//! 文书: the letters of a case, and how each reached whom it is for.

use actix_multipart::Multipart;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use chrono::NaiveDate;
use uuid::Uuid;

use crate::app::App;
use crate::casework::letters::{ServiceReport, report_service};
use crate::casework::view::{self, CaseView};
use crate::casework::{CaseworkError, papers};
use crate::domain::case::ActKind;
use crate::domain::letter::{LetterKind, Recipient, ServedHow, Service, TOLD_NAME};
use crate::storage::attachments::Purpose;
use crate::storage::letters::IssuedLetter;
use crate::web::error::WebError;
use crate::web::form::{Choice, View};
use crate::web::page::{self, StaffFrame};
use crate::web::session::CurrentOfficer;
use crate::web::staff::case::href;
use crate::web::staff::form::DeskForm;
use crate::web::staff::see_other;
use crate::web::upload::{self, ACCEPT};
use crate::web::words;

/// A letter as a page lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterLine {
    /// Its title.
    pub title: &'static str,
    /// Whom it is for; a person masked.
    pub addressee: String,
    /// 文号 and day.
    pub facts: String,
    /// How it reached its recipient, or that it has not.
    pub state: String,
    /// The class of the state's tag.
    pub class: &'static str,
    /// Where the paper is handed out.
    pub pdf: String,
    /// Where the paper to be edited is handed out.
    pub docx: String,
    /// Where its service is put on record; empty for an enclosure of another letter.
    pub service: String,
}

/// The letters of a case, the latest first.
#[must_use]
pub fn lines(view: &CaseView) -> Vec<LetterLine> {
    view.letters
        .iter()
        .rev()
        .map(|letter| line(view, letter))
        .collect()
}

/// Whom a letter is for: the applicant, or the party that is named with the act that it came from.
fn addressee(view: &CaseView, letter: &IssuedLetter) -> String {
    if letter.kind.recipient() == Recipient::Applicant {
        let papers = view.papers.as_ref();
        return papers.map_or_else(|| "申请人".to_owned(), papers::masked_applicant);
    }
    let from = view
        .history
        .iter()
        .rposition(|entry| entry.letters.iter().any(|issued| issued.id == letter.id));
    let Some((entry, earlier)) =
        from.and_then(|place| Some((view.history.get(place)?, view.history.get(..place)?)))
    else {
        return String::new();
    };
    let name = if letter.kind == LetterKind::ToldThirdParty {
        // One letter for each that the proposal names, in its order.
        let place = entry
            .letters
            .iter()
            .filter(|issued| issued.kind == letter.kind.key())
            .position(|issued| issued.id == letter.id);
        let proposal = earlier
            .iter()
            .rfind(|entry| entry.act == Some(ActKind::Propose));
        proposal
            .zip(place)
            .and_then(|(proposal, place)| proposal.particulars.lines(TOLD_NAME).nth(place))
            .unwrap_or_default()
            .to_owned()
    } else {
        entry.particulars.text("party_name").to_owned()
    };
    papers::masked_party(&name)
}

fn line(view: &CaseView, letter: &IssuedLetter) -> LetterLine {
    let case = view.id;
    let (state, class) = state(letter);
    let day = words::full_day(letter.issued_on);
    let file = |id: Uuid| format!("{}/attachments/{id}", href(case));
    LetterLine {
        title: letter.kind.title(),
        addressee: addressee(view, letter),
        facts: match &letter.number {
            Some(number) => format!("{number}，{day}"),
            None => day,
        },
        state,
        class,
        pdf: file(letter.pdf),
        docx: file(letter.docx),
        service: if letter.kind == LetterKind::ReplySlip {
            String::new()
        } else {
            format!("{}/letters/{}/service", href(case), letter.id)
        },
    }
}

/// The letters that still have to reach somebody, by title.
#[must_use]
pub fn unserved(view: &CaseView) -> Vec<String> {
    let waiting = view.letters.iter().filter(|letter| is_unserved(letter));
    waiting
        .map(|letter| format!("《{}》", letter.kind.title()))
        .collect()
}

fn is_unserved(letter: &IssuedLetter) -> bool {
    letter.service.is_none() && letter.kind != LetterKind::ReplySlip
}

/// How a letter reached its recipient, in words and as the class of its tag.
fn state(letter: &IssuedLetter) -> (String, &'static str) {
    match (&letter.service, letter.failed_on) {
        _ if letter.kind == LetterKind::ReplySlip => ("随意见书附送".to_owned(), "tag"),
        (None, Some(on)) => (format!("{}退回，请另行送达", words::full_day(on)), "tag tag-late"),
        (service, _) => served(service.as_ref()),
    }
}

/// How something was served, in words and as the class of its tag.
pub(super) fn served(service: Option<&Service>) -> (String, &'static str) {
    let Some(service) = service else {
        return ("尚未送达".to_owned(), "tag tag-soon");
    };
    let mut words = format!("{}，{}", service.how.label(), words::full_day(service.on));
    if let Some(number) = &service.postal_number {
        words.push_str("，邮件号 ");
        words.push_str(number);
    }
    (words, "tag tag-good")
}

#[derive(Debug, Template)]
#[template(path = "staff/service.html")]
pub(super) struct ServicePage {
    pub(super) frame: StaffFrame,
    pub(super) token: String,
    /// Where the letter stands, and what that is called.
    pub(super) href: String,
    pub(super) number: String,
    pub(super) action: String,
    pub(super) title: &'static str,
    pub(super) facts: String,
    pub(super) state: String,
    pub(super) class: &'static str,
    pub(super) ways: Vec<Choice>,
    pub(super) accept: &'static str,
    pub(super) form: View,
}

/// What a form says where the letter came back.
const CAME_BACK: &str = "came_back";

/// The ways by which a letter is served.
pub(super) fn ways() -> Vec<Choice> {
    let hint = |how| match how {
        ServedHow::HandedOver => "以签收之日为送达之日，可上传签收单",
        ServedHow::Posted => "以交邮之日为准；应当通过邮政企业，不能到付",
        ServedHow::Online => "在查询页可以下载，并已通知申请人",
        ServedHow::Email | ServedHow::Fax => "以发出之日为准",
    };
    let served = ServedHow::ALL.into_iter();
    served
        .map(|how| Choice::new(how.code(), how.label()).with_hint(hint(how)))
        .collect()
}

fn page(
    app: &App,
    officer: &CurrentOfficer,
    view: &CaseView,
    letter: &IssuedLetter,
    status: StatusCode,
    form: View,
) -> Result<HttpResponse, WebError> {
    let line = line(view, letter);
    let came_back = Choice::new(CAME_BACK, "被退回，未能送达").with_hint("之后需要另行送达");
    page::show(
        status,
        &ServicePage {
            frame: super::frame(app, officer, "")?,
            token: officer.token(app)?,
            href: href(view.id),
            action: line.service,
            number: view.number.to_string(),
            title: line.title,
            facts: line.facts,
            state: line.state,
            class: line.class,
            ways: [ways(), vec![came_back]].concat(),
            accept: ACCEPT,
            form,
        },
    )
}

async fn open(
    app: &App,
    officer: &CurrentOfficer,
    (case, letter): (Uuid, Uuid),
) -> Result<(CaseView, IssuedLetter), WebError> {
    let view = view::case_page(app, officer.agency().id, case).await?;
    let found = view.letters.iter().find(|found| found.id == letter);
    let letter = found.cloned().ok_or(WebError::NoSuchPage)?;
    Ok((view, letter))
}

/// `GET /staff/cases/{id}/letters/{letter}/service`
///
/// # Errors
///
/// [`WebError::NoSuchPage`], also for another case's letter.
pub async fn show(
    app: Data<App>,
    officer: CurrentOfficer,
    ids: Path<(Uuid, Uuid)>,
) -> Result<HttpResponse, WebError> {
    let (view, letter) = open(&app, &officer, *ids).await?;
    let today = app.clock.today().to_string();
    page(&app, &officer, &view, &letter, StatusCode::OK, View::filled([("on", today)]))
}

/// `POST /staff/cases/{id}/letters/{letter}/service`
///
/// # Errors
///
/// [`WebError`].
pub async fn submit(
    app: Data<App>,
    officer: CurrentOfficer,
    ids: Path<(Uuid, Uuid)>,
    body: Multipart,
) -> Result<HttpResponse, WebError> {
    let received = upload::receive(&app, &officer.purpose(), body).await?;
    if received.token.is_expired(app.clock.now()) {
        return Err(WebError::Expired);
    }
    let (view, letter) = open(&app, &officer, *ids).await?;
    let form = DeskForm::checked(received.texts.clone());
    let mut back = form.view();
    for (field, why) in &received.refused {
        back.add_fault(field, why.clone());
    }
    let Some((how, on)) = read(&form, &mut back) else {
        return page(&app, &officer, &view, &letter, StatusCode::UNPROCESSABLE_ENTITY, back);
    };
    let report = ServiceReport {
        letter: letter.id,
        how,
        on,
        postal_number: postal_number(&form),
        evidence: received.open(Purpose::Evidence).await?,
    };
    match report_service(&app, officer.agency().id, &officer.actor(), report).await {
        Ok(_) => {
            received.tray.clear();
            Ok(see_other(&format!("{}#letters", href(view.id))))
        }
        Err(CaseworkError::Days(why)) => {
            back.add_fault("on", why);
            page(&app, &officer, &view, &letter, StatusCode::UNPROCESSABLE_ENTITY, back)
        }
        Err(error) => Err(error.into()),
    }
}

/// The number of the postal service, where the form has one.
pub(super) fn postal_number(form: &DeskForm) -> Option<String> {
    let number = form.text("postal_number");
    (!number.is_empty()).then(|| number.to_owned())
}

/// What the form says; `None`, with the faults put on it, if it says too little.
pub(super) fn read(form: &DeskForm, back: &mut View) -> Option<(Option<ServedHow>, NaiveDate)> {
    let on: Option<NaiveDate> = form.text("on").parse().ok();
    if on.is_none() {
        back.add_fault("on", "请填写日期");
    }
    let said = form.text("how");
    let how = ServedHow::from_code(said);
    if how.is_none() && said != CAME_BACK {
        back.add_fault("how", "请选择怎样送达的");
    }
    let number = form.text("postal_number");
    if how == Some(ServedHow::Posted) && number.is_empty() {
        back.add_fault("postal_number", "邮寄的，请填写邮政企业的邮件号");
    }
    let printable = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if number.len() > 40 || !number.chars().all(printable) {
        back.add_fault("postal_number", "邮件号应为字母、数字，不超过40位");
    }
    match (on, back.has_faults()) {
        (Some(on), false) => Some((how, on)),
        _ => None,
    }
}
