//! 办件: everything about one case, masked until somebody gives a reason.

mod archive;
mod consultations;
pub mod parts;
mod possible;
mod reveal;
mod similar;
pub mod standing;
mod what_if;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

pub use self::archive::{archive, ask_for_archive};
use self::parts::{DraftView, Entry, FileLine, Line};
use self::possible::{Possible, Refused};
pub use self::reveal::{ask_for_attachment, attachment, submit as reveal};
pub use self::similar::similar;
use self::standing::Standing;
pub use self::what_if::what_if;
use crate::app::App;
use crate::casework::view::{self, CaseView};
use crate::domain::actor::Role;
use crate::domain::case::ActKind;
use crate::domain::outcome::Outcome;
use crate::domain::similar::APPLICANTS;
use crate::storage::mailboxes::Word;
use crate::storage::outbox::{Delivery, Mail};
use crate::web::error::WebError;
use crate::web::form::View;
use crate::web::page::{self, StaffFrame};
use crate::web::session::CurrentOfficer;
use crate::web::staff::clock::Clock;
use crate::web::staff::family::Family;
use crate::web::staff::letters::{self, LetterLine};
use crate::web::staff::redress::{self, RedressLine};
use crate::web::staff::{TO_SERVE, outgoing, published};
use crate::web::words;

/// A mail to the applicant.
#[derive(Debug)]
struct MailLine {
    subject: String,
    at: String,
    state: &'static str,
    class: &'static str,
    why: String,
}

/// How the case ended.
#[derive(Debug)]
struct EndingView {
    finding: String,
    row: String,
    day: String,
    undone: Vec<Undone>,
}

/// What still has to be done although the case is closed.
#[derive(Debug)]
struct Undone {
    because: &'static str,
    words: String,
    href: &'static str,
}

/// What was shown for a reason.
#[derive(Debug)]
pub(super) struct Revealed {
    reason: String,
    facts: Vec<Line>,
}

#[derive(Debug, Template)]
#[template(path = "staff/case.html")]
struct CasePage {
    frame: StaffFrame,
    token: String,
    href: String,
    notice: Option<String>,
    number: String,
    title: String,
    stage: &'static str,
    stage_class: &'static str,
    tags: Vec<String>,
    is_closed: bool,
    standing: Standing,
    acts: Vec<Possible>,
    refused: Vec<Refused>,
    draft: Option<DraftView>,
    /// What a clerk asked the head for, and why.
    extension_wanted: Option<String>,
    ending: Option<EndingView>,
    wanted: Vec<Line>,
    applicant: Vec<Line>,
    revealed: Option<Revealed>,
    files: Vec<FileLine>,
    waiting: usize,
    looked_at: bool,
    letters: Vec<LetterLine>,
    consultations: Vec<consultations::Asked>,
    /// Once something was received that anybody can go against.
    redress: Option<Vec<RedressLine>>,
    family: Family,
    /// How many different applicants asked for the same, where that is many.
    asked_by: Option<i32>,
    /// Where what was given is made public, if that can be thought of.
    publish: Option<String>,
    clock: Option<Clock>,
    history: Vec<Entry>,
    mails: Vec<MailLine>,
    mailbox: &'static str,
    no_email: bool,
    form: View,
}

/// What was just done.
#[derive(Debug, Default, Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

/// `GET /staff/cases/{id}`
///
/// # Errors
///
/// [`WebError::NoSuchPage`], also for another agency's case.
pub async fn show(
    app: Data<App>,
    officer: CurrentOfficer,
    id: Path<Uuid>,
    done: Query<Done>,
) -> Result<HttpResponse, WebError> {
    let view = view::case_page(&app, officer.agency().id, *id).await?;
    let notice = ActKind::from_code(&done.done).map(|kind| format!("已经办理：{}。", kind.label()));
    case_page(&app, &officer, &view, StatusCode::OK, View::default(), notice, None)
}

fn case_page(
    app: &App,
    officer: &CurrentOfficer,
    view: &CaseView,
    status: StatusCode,
    form: View,
    notice: Option<String>,
    revealed: Option<Revealed>,
) -> Result<HttpResponse, WebError> {
    let today = app.clock.today();
    let (acts, refused) = possible::acts(view, &officer.actor(), today, app);
    let papers = view.papers.as_ref();
    let ending = view.case.stage.closed().map(|(ending, on)| EndingView {
        finding: parts::finding(ending),
        row: ending.outcome().full_label(),
        day: words::full_day(on),
        undone: undone(view),
    });
    page::show(
        status,
        &CasePage {
            frame: super::frame(app, officer, "")?,
            token: officer.token(app)?,
            href: href(view.id),
            notice,
            number: view.number.to_string(),
            title: title(view),
            stage: view.case.stage.label(),
            stage_class: if ending.is_some() {
                "tag tag-good"
            } else {
                "tag"
            },
            tags: tags(view),
            is_closed: ending.is_some(),
            standing: Standing::of(view, app),
            acts,
            refused,
            draft: parts::draft(view).map(|(_, draft)| draft),
            extension_wanted: parts::extension_wanted(view),
            ending,
            wanted: papers.map(parts::wanted).unwrap_or_default(),
            applicant: papers.map(parts::applicant).unwrap_or_default(),
            revealed,
            files: parts::files(view, None),
            waiting: outgoing::waiting(view),
            looked_at: !view.findings.is_empty(),
            letters: letters::lines(view),
            consultations: consultations::of(view, app),
            redress: view.case.stage.received_on().map(|_| {
                let records = view.redress.iter();
                records.map(|record| redress::line(record, "")).collect()
            }),
            asked_by: Some(view.asked_by).filter(|count| *count >= APPLICANTS),
            publish: (is_given(view) && officer.holds(&[Role::Clerk]))
                .then(|| format!("{}/new?case={}", published::HERE, view.id)),
            family: Family::of(view, app, officer),
            clock: view
                .schedule
                .as_ref()
                .map(|schedule| Clock::of(schedule, today)),
            history: parts::history(view.history.iter(), &view.attachments),
            mails: view
                .mails
                .iter()
                .rev()
                .map(|mail| mail_line(mail, app))
                .collect(),
            mailbox: view.mailbox.map_or("", |word| match word {
                Word::Confirmed => "申请人已经确认邮箱。",
                Word::Refused => {
                    "邮箱的使用者表示没有提出申请，不再向它发信。请核实申请人身份，用其他方式告知。"
                }
            }),
            no_email: papers.is_some_and(|papers| papers.email.trim().is_empty()),
            form,
        },
    )
}

/// What still has to reach somebody before a closed case is done.
fn undone(view: &CaseView) -> Vec<Undone> {
    let letters = letters::unserved(view);
    let served = (!letters.is_empty()).then(|| Undone {
        because: "文书尚未送达",
        words: format!("送达{}，并登记送达情况", letters.concat()),
        href: "#letters",
    });
    let is_untold = view.mails.iter().any(|mail| mail.to_settle);
    let told = is_untold.then(|| Undone {
        because: "通知没有送到",
        words: "通知邮件没有送到，用其他方式告知申请人，并登记".to_owned(),
        href: TO_SERVE,
    });
    served.into_iter().chain(told).collect()
}

/// Whether something was given that others may want as well.
fn is_given(view: &CaseView) -> bool {
    let ending = view.case.stage.closed().map(|(ending, _)| ending.outcome());
    matches!(ending, Some(Outcome::Granted | Outcome::Partial))
}

/// The address of a case's page.
#[must_use]
pub fn href(case: Uuid) -> String {
    format!("/staff/cases/{case}")
}

/// What is asked for, in a few words.
#[must_use]
pub fn title(view: &CaseView) -> String {
    let title = view.papers.as_ref().map(|papers| papers.title.clone());
    title
        .filter(|title| !title.is_empty())
        .unwrap_or_else(|| "（内容已按保管期限销毁）".to_owned())
}

fn tags(view: &CaseView) -> Vec<String> {
    let mut tags = vec![
        view.channel.label().to_owned(),
        view.kind.label().to_owned(),
    ];
    tags.push(match &view.handler {
        Some(handler) => format!("经办人：{handler}"),
        None => "未分办".to_owned(),
    });
    if view.imported {
        tags.push("历史数据导入".to_owned());
    }
    tags
}

fn mail_line(mail: &Mail, app: &App) -> MailLine {
    let (state, class) = mail_state(mail, app);
    MailLine {
        subject: mail.mail.subject.clone(),
        at: words::moment(mail.sent_at.unwrap_or(mail.created_at)),
        state,
        class,
        why: mail.last_error.clone().unwrap_or_default(),
    }
}

/// What became of a mail, in words and as the class of its tag.
#[must_use]
pub fn mail_state(mail: &Mail, app: &App) -> (&'static str, &'static str) {
    match mail.delivery {
        Delivery::Sent if !app.mailer.leaves_the_house() => ("已写入文件夹", "tag tag-closed"),
        Delivery::Waiting if mail.attempts > 0 => ("发送失败，稍后重试", "tag tag-soon"),
        Delivery::Waiting => ("待发送", "tag"),
        Delivery::Sending => ("发送中", "tag"),
        Delivery::Sent => ("已发送", "tag tag-good"),
        Delivery::GivenUp => ("未能送达", "tag tag-late"),
    }
}
