//! 办理动作: one file for each act with a page; what they share stands here.
//!
//! Every form carries the version of the case that its page showed. Whoever sends an older one
//! hears who did what meanwhile, and gets back what was typed.

pub mod approve;
pub mod assign;
pub mod confirm_receipt;
mod consultation;
mod correction;
mod extend;
mod fee;
mod propose;
mod reasons;
pub mod send_back;
pub mod sheet;
pub mod withdraw;

pub(super) use sheet::PreviewPage;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use chrono::NaiveDate;
use uuid::Uuid;

use crate::app::App;
use crate::casework::CaseworkError;
use crate::casework::advance::{Deed, advance};
use crate::casework::attachments::Incoming;
use crate::casework::history::HistoryEntry;
use crate::casework::papers;
use crate::casework::view::{self, CaseView};
use crate::domain::application::Draft;
use crate::domain::case::{Act, ActKind, NotAllowed, Office};
use crate::domain::letter::{LetterKind, Particulars};
use crate::storage::StorageError;
use crate::web::error::WebError;
use crate::web::page::{self, StaffFrame};
use crate::web::session::CurrentOfficer;
use crate::web::staff::case::parts::{self, Entry};
use crate::web::staff::case::standing::Standing;
use crate::web::staff::case::{href, title};
use crate::web::staff::form::DeskForm;
use crate::web::staff::see_other;

/// What stands beside the form of every act.
#[derive(Debug)]
pub(super) struct Head {
    act: &'static str,
    action: String,
    href: String,
    number: String,
    title: String,
    name: String,
    channel: &'static str,
    stage: &'static str,
    day_label: &'static str,
    day: String,
    left: String,
    tone: &'static str,
    version: String,
}

/// A text that somebody typed, on its way back.
#[derive(Debug, Clone)]
pub(super) struct Typed {
    label: &'static str,
    text: String,
}

#[derive(Debug, Template)]
#[template(path = "staff/acts/stale.html")]
struct StalePage {
    frame: StaffFrame,
    href: String,
    number: String,
    act: &'static str,
    changes: Vec<Entry>,
    typed: Vec<Typed>,
    again: Option<String>,
}

#[derive(Debug, Template)]
#[template(path = "staff/acts/refused.html")]
struct RefusedPage {
    frame: StaffFrame,
    href: String,
    number: String,
    act: &'static str,
    why: String,
    typed: Vec<Typed>,
}

/// Who is about to do what to which case.
pub(super) struct Desk<'a> {
    pub(super) app: &'a App,
    pub(super) officer: &'a CurrentOfficer,
    pub(super) kind: ActKind,
    pub(super) view: CaseView,
}

/// What came of an act that was tried.
pub(super) enum Tried {
    /// It was done, or could not be; the page says which.
    Answered(HttpResponse),
    /// A day on the form cannot be.
    Wrong(String),
    /// The case was changed since the form was shown, with this version of it.
    Stale(i32),
}

/// What is done, without who, where and when it was read.
pub(super) struct Doing {
    pub(super) act: Act,
    /// The application as it was corrected, where that is what happens.
    pub(super) amended: Option<Draft>,
    pub(super) on: NaiveDate,
    pub(super) words: Option<String>,
    pub(super) particulars: Particulars,
    pub(super) attachments: Vec<Incoming>,
}

impl Doing {
    /// An act that makes no letters and has no files.
    pub(super) fn new(act: Act, on: NaiveDate, words: Option<String>) -> Self {
        Self {
            act,
            amended: None,
            on,
            words,
            particulars: Particulars::default(),
            attachments: Vec::new(),
        }
    }
}

impl<'a> Desk<'a> {
    /// The case as it stands now.
    pub(super) async fn open(
        app: &'a App,
        officer: &'a CurrentOfficer,
        case: Uuid,
        kind: ActKind,
    ) -> Result<Self, WebError> {
        let view = view::case_page(app, officer.agency().id, case).await?;
        Ok(Self { app, officer, kind, view })
    }

    fn office(&self) -> Office<'_> {
        Office {
            calendar: &self.app.calendar,
            own_review_allowed: self.view.agency.own_review_allowed,
        }
    }

    /// Whether an act would be allowed today with these particulars; nothing is done.
    pub(super) fn would_allow(&self, act: &Act) -> Result<(), NotAllowed> {
        let (by, today) = (self.officer.actor(), self.app.clock.today());
        let after = self.view.case.apply(act, &by, today, self.office());
        after.map(|_| ())
    }

    /// The page that says why the act cannot be done now, if it cannot.
    pub(super) fn refusal(&self) -> Result<Option<HttpResponse>, WebError> {
        let today = self.app.clock.today();
        let by = self.officer.actor();
        let permitted = self.view.case.permits(self.kind, &by, today, self.office());
        permitted
            .err()
            .map(|why| self.refused(&why, Vec::new()))
            .transpose()
    }

    /// What stands beside the form. `version` is the one that the form came with, or the
    /// case's own.
    pub(super) fn head(&self, version: &str) -> Head {
        let view = &self.view;
        let standing = Standing::of(view, self.app);
        let papers = view.papers.as_ref();
        Head {
            act: self.kind.label(),
            action: format!("{}/{}", href(view.id), self.kind.code()),
            href: href(view.id),
            number: view.number.to_string(),
            title: title(view),
            name: papers.map(papers::masked_applicant).unwrap_or_default(),
            channel: view.channel.label(),
            stage: view.case.stage.label(),
            day_label: standing.label,
            day: standing.day,
            left: standing.left,
            tone: standing.tone,
            version: if version.is_empty() {
                view.version.to_string()
            } else {
                version.to_owned()
            },
        }
    }

    pub(super) fn frame(&self) -> Result<StaffFrame, WebError> {
        super::frame(self.app, self.officer, "")
    }

    /// Does the act, if the case is still as the form showed it.
    pub(super) async fn carry_out(
        &self,
        version: &str,
        doing: Doing,
        typed: Vec<Typed>,
    ) -> Result<Tried, WebError> {
        let read_version: i32 = version
            .parse()
            .map_err(|_| WebError::NotAForm("a form without the case's version"))?;
        let deed = Deed {
            agency: self.officer.agency().id,
            case: self.view.id,
            read_version: Some(read_version),
            act: doing.act,
            on: doing.on,
            words: doing.words,
            particulars: doing.particulars,
            amended: doing.amended,
            attachments: doing.attachments,
            by: self.officer.actor(),
        };
        let answer = match advance(self.app, deed).await {
            Ok(_) => {
                let done = self.kind.code();
                Ok(see_other(&format!("{}?done={done}", href(self.view.id))))
            }
            Err(CaseworkError::Days(words)) => return Ok(Tried::Wrong(words.to_owned())),
            Err(CaseworkError::NotAllowed(NotAllowed::BeforeItsTime { since })) => {
                return Ok(Tried::Wrong(NotAllowed::BeforeItsTime { since }.to_string()));
            }
            Err(CaseworkError::NotAllowed(why)) => self.refused(&why, typed),
            Err(error @ CaseworkError::Unanswered(_)) => {
                self.stopped(StatusCode::CONFLICT, error.to_string(), typed)
            }
            Err(CaseworkError::AgencyLacks(what)) => self.agency_lacks(what, typed),
            Err(CaseworkError::Storage(StorageError::Conflict)) => {
                return Ok(Tried::Stale(read_version));
            }
            Err(error) => Err(error.into()),
        };
        answer.map(Tried::Answered)
    }

    fn refused(&self, why: &NotAllowed, typed: Vec<Typed>) -> Result<HttpResponse, WebError> {
        let status = if matches!(why, NotAllowed::NotYours(_)) {
            StatusCode::FORBIDDEN
        } else {
            StatusCode::CONFLICT
        };
        self.stopped(status, why.to_string(), typed)
    }

    /// The page that says what the agency's letters lack.
    fn agency_lacks(
        &self,
        what: &'static str,
        typed: Vec<Typed>,
    ) -> Result<HttpResponse, WebError> {
        let why = CaseworkError::AgencyLacks(what).to_string();
        self.stopped(StatusCode::CONFLICT, why, typed)
    }

    fn stopped(
        &self,
        status: StatusCode,
        why: String,
        typed: Vec<Typed>,
    ) -> Result<HttpResponse, WebError> {
        stopped(self.app, self.officer, &self.view, self.kind.label(), (status, why), typed)
    }

    /// The page that says what happened since the form was shown.
    pub(super) async fn stale(
        &self,
        read: i32,
        typed: Vec<Typed>,
    ) -> Result<HttpResponse, WebError> {
        let agency = self.officer.agency().id;
        let view = view::case_page(self.app, agency, self.view.id).await?;
        let changes = changes_since(&view, read).into_iter();
        let now = Self { view: view.clone(), kind: self.kind, ..*self };
        let again = now.refusal()?.is_none();
        page::show(
            StatusCode::CONFLICT,
            &StalePage {
                frame: self.frame()?,
                href: href(view.id),
                number: view.number.to_string(),
                act: self.kind.label(),
                changes: parts::history(changes, &view.attachments),
                typed,
                again: again.then(|| format!("{}/{}", href(view.id), self.kind.code())),
            },
        )
    }
}

/// The page that says why something cannot be done to a case, and gives back what was typed.
pub(super) fn stopped(
    app: &App,
    officer: &CurrentOfficer,
    view: &CaseView,
    act: &'static str,
    (status, why): (StatusCode, String),
    typed: Vec<Typed>,
) -> Result<HttpResponse, WebError> {
    let page = RefusedPage {
        frame: super::frame(app, officer, "")?,
        href: href(view.id),
        number: view.number.to_string(),
        act,
        why,
        typed,
    };
    page::show(status, &page)
}

/// What was done to a case since somebody saw this version of it.
pub(super) fn changes_since(view: &CaseView, read: i32) -> Vec<&HistoryEntry> {
    let since = usize::try_from(view.version.saturating_sub(read)).unwrap_or_default();
    let acts: Vec<_> = view
        .history
        .iter()
        .filter(|entry| entry.act.is_some())
        .collect();
    let before = acts.len().saturating_sub(since);
    acts.into_iter().skip(before).collect()
}

/// What the applicant was asked to correct, as the latest notice put it.
pub(super) fn asked_for(view: &CaseView) -> Option<String> {
    let mut latest = view.history.iter().rev();
    let notice = latest.find(|entry| entry.act == Some(ActKind::AskForCorrection))?;
    let blanks = LetterKind::Correct.blanks();
    let asked = blanks
        .iter()
        .filter(|blank| !notice.particulars.text(blank.id).is_empty());
    let lines =
        asked.map(|blank| format!("{}：{}", blank.label, notice.particulars.printed(blank)));
    let lines: Vec<_> = lines.collect();
    (!lines.is_empty()).then(|| format!("告知补正的内容：{}", lines.join("；")))
}

/// Who was asked for an opinion, in the order of the letters.
pub(super) fn consulted(view: &CaseView) -> Vec<String> {
    let asked = view
        .history
        .iter()
        .filter(|entry| entry.act == Some(ActKind::Consult));
    asked
        .map(|entry| entry.particulars.text("party_name").to_owned())
        .collect()
}

/// What was typed into the form that somebody would not like to type again.
pub(super) fn typed(form: &DeskForm, label: &'static str) -> Vec<Typed> {
    let text = form.text("words");
    if text.is_empty() {
        Vec::new()
    } else {
        vec![Typed { label, text: text.to_owned() }]
    }
}

/// The words of a form, or nothing.
pub(super) fn words(form: &DeskForm) -> Option<String> {
    let words = form.text("words");
    (!words.is_empty()).then(|| words.to_owned())
}

/// What is wrong with words that staff wrote, if anything.
pub(super) fn fault_of_words(app: &App, text: &str, label: &str, required: bool) -> Option<String> {
    let (length, at_most) = (text.chars().count(), app.settings.limits.reason_chars);
    if required && length == 0 {
        Some(format!("请填写{label}"))
    } else if length > at_most {
        Some(format!("{label}不能超过{at_most}字，现有{length}字"))
    } else if text.contains('\0') {
        Some(format!("{label}含有无法识别的控制字符，请删除后重新填写"))
    } else {
        None
    }
}
