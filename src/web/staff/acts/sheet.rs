//! One page for every act that is a form: its questions, the blanks of the letters it calls for,
//! a look at those letters, and files that belong to it.

use actix_multipart::Multipart;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use chrono::NaiveDate;
use std::collections::BTreeMap;
use uuid::Uuid;

use super::{
    Desk, Doing, Head, Tried, Typed, changes_since, consultation, correction, extend, fee, propose,
    reasons,
};
use crate::app::App;
use crate::casework::CaseworkError;
use crate::casework::correct::{self, Wording};
use crate::casework::letters::{Previewed, preview};
use crate::domain::case::{Act, ActKind};
use crate::domain::letter::{Blank, LetterKind, Particulars, Shape, TOLD_NAME};
use crate::domain::outcome::Disposition;
use crate::storage::attachments::Purpose;
use crate::web::error::WebError;
use crate::web::form::{Choice, View};
use crate::web::page::{self, StaffFrame};
use crate::web::session::CurrentOfficer;
use crate::web::staff::form::DeskForm;
use crate::web::upload::{self, ACCEPT, Received, Uploads};

/// How a question is answered.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    /// In one line.
    Line,
    /// In several lines.
    Area,
    /// With a day.
    Day,
    /// With one of these.
    One(Vec<Choice>),
    /// With some of these.
    Many(Vec<Choice>),
    /// With yes, or not.
    Tick,
}

/// A question of an act's form.
#[derive(Debug, Clone)]
pub(super) struct Question {
    /// The name of its field.
    pub(super) id: &'static str,
    /// What is asked.
    pub(super) label: &'static str,
    /// What belongs there.
    pub(super) hint: String,
    /// How it is answered.
    pub(super) kind: Kind,
    /// Whether it may be left empty.
    pub(super) optional: bool,
}

impl Question {
    pub(super) fn new(id: &'static str, label: &'static str, kind: Kind) -> Self {
        Self { id, label, hint: String::new(), kind, optional: false }
    }

    pub(super) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: hint.into(), ..self }
    }

    pub(super) fn optional(self) -> Self {
        Self { optional: true, ..self }
    }

    /// The question that fills in a blank of a letter.
    fn of_blank(blank: &Blank) -> Self {
        let choices = |choices: &[(&str, &str)]| {
            choices
                .iter()
                .map(|(code, label)| Choice::new(*code, *label))
                .collect()
        };
        let kind = match blank.shape {
            Shape::Line => Kind::Line,
            Shape::Text => Kind::Area,
            Shape::Day => Kind::Day,
            Shape::One(all) => Kind::One(choices(all)),
            Shape::Many(all) => Kind::Many(choices(all)),
        };
        Self {
            id: blank.id,
            label: blank.label,
            hint: blank.hint.to_owned(),
            kind,
            optional: !blank.required,
        }
    }
}

/// What a page of an act asks and says.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// What the act does, in a sentence.
    pub(super) lede: String,
    /// What has to be known before: (class of the panel, words).
    pub(super) notices: Vec<(&'static str, String)>,
    /// The questions of the act itself.
    pub(super) questions: Vec<Question>,
    /// The letters whose blanks are filled in with it.
    pub(super) letters: Vec<LetterKind>,
    /// The blanks that are filled in by the program.
    pub(super) supplied: &'static [&'static str],
    /// What is filled in to begin with.
    pub(super) filled: Vec<(&'static str, String)>,
    /// What was chosen before and is sent along.
    pub(super) kept: Vec<(&'static str, String)>,
    /// The way back to that choice: what it says, and the act's page.
    pub(super) change: Option<(&'static str, &'static str)>,
    /// Whether it only asks what to ask next, and does nothing yet.
    pub(super) asks_first: bool,
    /// What files belong to it; `None` if none do.
    pub(super) files: Option<Files>,
    /// What a button says that works out again what follows from what was filled in.
    pub(super) again: Option<&'static str>,
    /// What the button says.
    pub(super) button: &'static str,
}

/// The files that belong to an act.
#[derive(Debug, Clone, Copy)]
pub(super) struct Files {
    pub(super) label: &'static str,
    pub(super) hint: &'static str,
    pub(super) purpose: Purpose,
}

/// What is to be done, read from a form.
pub(super) struct Intent {
    pub(super) act: Act,
    pub(super) on: NaiveDate,
    pub(super) words: Option<String>,
    /// What the program fills in for the letters.
    pub(super) supplied: Vec<(&'static str, String)>,
    /// What is asked for from now on, where that is what changes.
    pub(super) wording: Option<Wording>,
}

impl Intent {
    pub(super) const fn new(act: Act, on: NaiveDate, words: Option<String>) -> Self {
        Self { act, on, words, supplied: Vec::new(), wording: None }
    }
}

/// An act with a page of this kind.
pub(super) struct ActPage {
    pub(super) kind: ActKind,
    /// What the page asks; the form is what was filled in so far.
    pub(super) sheet: fn(&Desk<'_>, &DeskForm) -> Sheet,
    /// What the form says; `None`, with the faults put on it, if it says too little.
    pub(super) read: fn(&Desk<'_>, &DeskForm, &mut View) -> Option<Intent>,
}

/// Every act with a page of this kind.
pub(super) const PAGES: [&ActPage; 16] = [
    &correction::ASK,
    &correction::CORRECT,
    &correction::LAPSE,
    &extend::ASK,
    &extend::GRANT,
    &extend::DECLINE,
    &reasons::REQUIRE,
    &reasons::RECORD,
    &reasons::DELAY,
    &consultation::CONSULT,
    &consultation::DELIVERED,
    &consultation::OPINION,
    &fee::CHARGE,
    &fee::DELIVERED,
    &fee::PAID,
    &propose::PAGE,
];

fn page_of(code: &str) -> Result<&'static ActPage, WebError> {
    let mut pages = PAGES.into_iter();
    pages
        .find(|page| page.kind.code() == code)
        .ok_or(WebError::NoSuchPage)
}

#[derive(Debug, Template)]
#[template(path = "staff/acts/sheet.html")]
struct SheetPage {
    frame: StaffFrame,
    token: String,
    head: Head,
    sheet: Sheet,
    blanks: Vec<Question>,
    uploads: Uploads,
    accept: &'static str,
    form: View,
}

#[derive(Debug, Template)]
#[template(path = "staff/acts/preview.html")]
pub(in crate::web::staff) struct PreviewPage {
    pub(in crate::web::staff) frame: StaffFrame,
    /// What is about to be done, and to what.
    pub(in crate::web::staff) act: &'static str,
    pub(in crate::web::staff) number: String,
    pub(in crate::web::staff) letters: Vec<Previewed>,
}

/// The blanks of a sheet's letters, each once, that somebody has to fill in.
fn blanks(sheet: &Sheet) -> Vec<Question> {
    let mut questions: Vec<Question> = Vec::new();
    for blank in sheet.letters.iter().flat_map(|kind| kind.blanks()) {
        let known = questions.iter().any(|known| known.id == blank.id);
        if !known && !sheet.supplied.contains(&blank.id) {
            questions.push(Question::of_blank(&blank));
        }
    }
    // Nobody has to be told where just what they objected to is withheld.
    let partly = LetterKind::Answer(Disposition::PartlyGiven);
    if sheet.letters.contains(&partly) {
        let of_told = LetterKind::ToldThirdParty.blanks();
        for question in &mut questions {
            let is_told = of_told.iter().any(|blank| blank.id == question.id);
            if is_told && question.id != "more" {
                question.optional = true;
            }
            if question.id == TOLD_NAME {
                "第三方不同意公开的内容没有公开的，不填；公开了的，每行写一个，各出具一份告知书"
                    .clone_into(&mut question.hint);
            }
        }
    }
    // What is printed below everything else is asked last.
    questions.sort_by_key(|question| question.id == "more");
    questions
}

fn show_sheet(
    desk: &Desk<'_>,
    status: StatusCode,
    sheet: Sheet,
    received: Option<&Received>,
    form: View,
) -> Result<HttpResponse, WebError> {
    let version = received.and_then(|received| received.texts.get("version"));
    let files = received
        .map(|received| received.files.as_slice())
        .unwrap_or_default();
    page::show(
        status,
        &SheetPage {
            frame: desk.frame()?,
            token: match received {
                // The files wait under the token of the form.
                Some(received) => received.token.as_str().to_owned(),
                None => desk.officer.token(desk.app)?,
            },
            head: desk.head(version.map_or("", String::as_str)),
            blanks: blanks(&sheet),
            sheet,
            uploads: Uploads::of(files),
            accept: ACCEPT,
            form,
        },
    )
}

/// `GET /staff/cases/{id}/{act}`
///
/// # Errors
///
/// [`WebError::NoSuchPage`] for an act without a page of this kind.
pub async fn show(
    app: Data<App>,
    officer: CurrentOfficer,
    path: Path<(Uuid, String)>,
    asked: Query<BTreeMap<String, String>>,
) -> Result<HttpResponse, WebError> {
    let (id, code) = path.into_inner();
    let page = page_of(&code)?;
    let desk = Desk::open(&app, &officer, id, page.kind).await?;
    if let Some(refusal) = desk.refusal()? {
        return Ok(refusal);
    }
    let form = DeskForm::checked(asked.into_inner());
    let sheet = (page.sheet)(&desk, &form);
    let mut filled = form.view();
    for (name, value) in &sheet.filled {
        filled.fill(name, value);
    }
    let first = sheet.questions.first().map(|question| question.id);
    if let Some(first) = first.filter(|id| sheet.asks_first && form.text(id).is_empty())
        && form.is_ticked("asked")
    {
        filled.add_fault(first, "请选择一项");
    }
    show_sheet(&desk, StatusCode::OK, sheet, None, filled)
}

/// `POST /staff/cases/{id}/{act}`
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
    let mut received = upload::receive(&app, &officer.purpose(), body).await?;
    if received.token.is_expired(app.clock.now()) {
        return Err(WebError::Expired);
    }
    let (id, code) = path.into_inner();
    let page = page_of(&code)?;
    let desk = Desk::open(&app, &officer, id, page.kind).await?;
    let form = DeskForm::checked(received.texts.clone());
    let mut view = form.view();
    let sheet = (page.sheet)(&desk, &form);
    if !form.text("remove").is_empty() {
        received.tray.remove(form.text("remove"))?;
        received.files = received.tray.list()?;
        return show_sheet(&desk, StatusCode::OK, sheet, Some(&received), view);
    }
    if form.is_ticked("again") {
        return show_sheet(&desk, StatusCode::OK, sheet, Some(&received), view);
    }
    let intent = (page.read)(&desk, &form, &mut view);
    let supplied = intent.as_ref().map(|intent| intent.supplied.as_slice());
    let supplied = supplied.unwrap_or_default();
    let particulars = particulars(&desk, &sheet, &form, supplied, &mut view);
    for (field, why) in &received.refused {
        view.add_fault(field, why.clone());
    }
    let (Some(intent), false) = (intent, view.has_faults()) else {
        return show_sheet(&desk, StatusCode::UNPROCESSABLE_ENTITY, sheet, Some(&received), view);
    };
    if form.is_ticked("preview") {
        return show_letters(&desk, intent, particulars).await;
    }
    let mut amended = None;
    let mut particulars = particulars;
    if let Some(wording) = intent.wording {
        let after = correct::amend(&app, desk.view.id, wording).await?;
        for fault in after.faults {
            view.add_fault(fault.field.id(), fault.message);
        }
        let says_nothing = after.was.is_empty() && intent.words.is_none();
        if says_nothing && received.files.is_empty() && !view.has_faults() {
            view.add_fault("description", "请照申请人补正的内容修改，或者填写补充说明、上传材料");
        }
        if view.has_faults() {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return show_sheet(&desk, status, sheet, Some(&received), view);
        }
        if !after.was.is_empty() {
            amended = Some(after.papers);
            particulars = after.was;
        }
    }
    let purpose = sheet.files.map_or(Purpose::Evidence, |files| files.purpose);
    let doing = Doing {
        amended,
        act: intent.act,
        on: intent.on,
        words: intent.words,
        particulars,
        attachments: received.open(purpose).await?,
    };
    let answer = desk
        .carry_out(form.text("version"), doing, typed(&sheet, &form))
        .await?;
    match answer {
        Tried::Answered(response) => {
            if response.status().is_redirection() {
                received.tray.clear();
            }
            Ok(response)
        }
        Tried::Stale(read) => {
            let now = Desk::open(&app, &officer, id, page.kind).await?;
            if now.refusal()?.is_some() {
                return now.stale(read, typed(&sheet, &form)).await;
            }
            let changes = changes_since(&now.view, read).into_iter();
            let changes = changes.map(|entry| format!("{}（{}）", entry.title, entry.actor));
            let words = format!(
                "没有办理：您打开本页以后，本案又办理了{}。您填写的内容保留在下面，请核对后重新提交。",
                changes.collect::<Vec<_>>().join("、")
            );
            let mut sheet = (page.sheet)(&now, &form);
            sheet.notices.insert(0, ("panel-wrong", words));
            let version = now.view.version.to_string();
            received.texts.insert("version".to_owned(), version);
            show_sheet(&now, StatusCode::CONFLICT, sheet, Some(&received), view)
        }
        Tried::Wrong(why) => {
            view.add_fault(day_of(&sheet), why);
            show_sheet(&desk, StatusCode::UNPROCESSABLE_ENTITY, sheet, Some(&received), view)
        }
    }
}

/// The letters that the act would be clothed in.
async fn show_letters(
    desk: &Desk<'_>,
    intent: Intent,
    particulars: Particulars,
) -> Result<HttpResponse, WebError> {
    let (agency, case) = (desk.officer.agency().id, desk.view.id);
    let by = desk.officer.actor();
    let letters = preview(desk.app, agency, case, &by, intent.act, intent.on, particulars).await;
    let letters = match letters {
        Ok(letters) => letters,
        Err(CaseworkError::NotAllowed(why)) => return desk.refused(&why, Vec::new()),
        Err(CaseworkError::AgencyLacks(what)) => return desk.agency_lacks(what, Vec::new()),
        Err(error) => return Err(error.into()),
    };
    page::show(
        StatusCode::OK,
        &PreviewPage {
            frame: desk.frame()?,
            act: desk.kind.label(),
            number: desk.view.number.to_string(),
            letters,
        },
    )
}

/// What was filled in for the letters, with its faults put on the form.
fn particulars(
    desk: &Desk<'_>,
    sheet: &Sheet,
    form: &DeskForm,
    supplied: &[(&'static str, String)],
    view: &mut View,
) -> Particulars {
    let supplied = supplied
        .iter()
        .map(|(id, text)| ((*id).to_owned(), text.clone()));
    let filled: Particulars = sheet
        .letters
        .iter()
        .flat_map(|kind| kind.blanks())
        .map(|blank| (blank.id.to_owned(), answer(&blank, form)))
        .filter(|(_, text)| !text.is_empty())
        .chain(supplied)
        .collect();
    let mut told: Vec<&str> = Vec::new();
    let today = desk.app.clock.today();
    for (field, why) in desk.view.case.faults(&sheet.letters, &filled, today) {
        let ours = sheet.supplied.contains(&field);
        if !ours && !told.contains(&field) && !view.is_wrong(field) {
            view.add_fault(field, why);
        }
        told.push(field);
    }
    filled
}

/// What was filled in for a blank; boxes that were ticked are put together.
fn answer(blank: &Blank, form: &DeskForm) -> String {
    match blank.shape {
        Shape::Many(choices) => {
            let ticked = choices
                .iter()
                .filter(|(code, _)| form.is_ticked(&format!("{}.{code}", blank.id)));
            ticked.map(|(code, _)| *code).collect::<Vec<_>>().join(",")
        }
        _ => form.text(blank.id).to_owned(),
    }
}

/// What was typed and would have to be typed again.
fn typed(sheet: &Sheet, form: &DeskForm) -> Vec<Typed> {
    let blanks = blanks(sheet);
    let questions = sheet.questions.iter().chain(&blanks);
    let texts = questions.filter(|question| matches!(question.kind, Kind::Line | Kind::Area));
    texts
        .map(|question| Typed { label: question.label, text: form.text(question.id).to_owned() })
        .filter(|typed| !typed.text.is_empty())
        .collect()
}

/// The field at which a day that cannot be is told.
fn day_of(sheet: &Sheet) -> &'static str {
    let mut questions = sheet.questions.iter();
    let day = questions.find(|question| matches!(question.kind, Kind::Day));
    day.or(sheet.questions.first())
        .map_or("words", |question| question.id)
}

/// The day on a form, or a fault.
pub(super) fn day(form: &DeskForm, view: &mut View, id: &'static str) -> Option<NaiveDate> {
    let day = form.text(id).parse().ok();
    if day.is_none() {
        view.add_fault(id, "请填写日期");
    }
    day
}

/// The words on a form, with what is wrong with them put on it.
pub(super) fn words(
    desk: &Desk<'_>,
    form: &DeskForm,
    view: &mut View,
    label: &str,
    required: bool,
) -> Option<String> {
    let text = form.text("words");
    if let Some(fault) = super::fault_of_words(desk.app, text, label, required) {
        view.add_fault("words", fault);
    }
    (!text.is_empty()).then(|| text.to_owned())
}
