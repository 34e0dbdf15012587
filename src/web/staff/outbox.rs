//! 邮件: what was to be told by mail, and what became of it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Deserialize;
use uuid::Uuid;

use super::case::{href, mail_state};
use crate::app::App;
use crate::casework::mail::{self as deeds, MailReturn};
use crate::domain::actor::Role;
use crate::storage::StorageError;
use crate::storage::outbox::{self, Delivery, Mail, Wanted};
use crate::web::error::WebError;
use crate::web::form::{Choice, View};
use crate::web::page::{self, StaffFrame};
use crate::web::session::CurrentOfficer;
use crate::web::staff::form::DeskForm;
use crate::web::staff::queue::asked::escape;
use crate::web::staff::see_other;
use crate::web::words;

/// How many messages stand on a page.
const PAGE: i64 = 30;

/// A message in the list.
#[derive(Debug)]
struct Row {
    id: Uuid,
    href: String,
    subject: String,
    state: &'static str,
    class: &'static str,
    at: String,
    why: String,
    may_retry: bool,
    /// Where it is noted that it came back; empty if that cannot be.
    returned: String,
}

/// A part of the list.
#[derive(Debug)]
struct Tab {
    href: String,
    label: &'static str,
    count: i64,
    current: bool,
}

#[derive(Debug, Template)]
#[template(path = "staff/outbox.html")]
struct OutboxPage {
    frame: StaffFrame,
    token: String,
    notice: Option<&'static str>,
    folder: String,
    tabs: Vec<Tab>,
    state: &'static str,
    form: View,
    rows: Vec<Row>,
    empty: &'static str,
    next_href: Option<String>,
}

/// Which part and page of the list is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    state: String,
    number: String,
    before: String,
    done: String,
}

impl Asked {
    /// The address of a part of what is asked for, of mails about the same case.
    fn href(&self, state: &str, before: &str) -> String {
        let mut href = "/staff/outbox".to_owned();
        let number = self.number.trim();
        let fields = [("state", state), ("number", number), ("before", before)];
        let fields = fields.into_iter().filter(|(_, text)| !text.is_empty());
        for (place, (name, text)) in fields.enumerate() {
            href.push(if place == 0 { '?' } else { '&' });
            href.push_str(name);
            href.push('=');
            escape(&mut href, text);
        }
        href
    }
}

/// `GET /staff/outbox`
///
/// # Errors
///
/// [`WebError`].
pub async fn show(
    app: Data<App>,
    officer: CurrentOfficer,
    asked: Query<Asked>,
) -> Result<HttpResponse, WebError> {
    let agency = officer.agency().id;
    let delivery = Delivery::from_code(&asked.state);
    let before = place(&asked.before);
    let number = asked.number.trim();
    let wanted = Wanted { delivery, number: (!number.is_empty()).then(|| number.to_owned()) };
    let (mails, given_up) = app
        .database
        .read(move |conn| {
            let mails = outbox::page(conn, agency, &wanted, before, PAGE + 1)?;
            Ok::<_, StorageError>((mails, outbox::count_given_up(conn, &[agency])?))
        })
        .await?;
    let shown = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let last = mails
        .get(shown.saturating_sub(1))
        .filter(|_| mails.len() > shown);
    page::show(
        StatusCode::OK,
        &OutboxPage {
            frame: super::frame(&app, &officer, "/staff/outbox")?,
            token: officer.token(&app)?,
            notice: match asked.done.as_str() {
                "retried" => Some("已经放回发件箱，随即重新发送。"),
                "returned" => Some("已登记退信。写给申请人的邮件列入“待送达”，请用其他方式告知。"),
                _ => None,
            },
            folder: if app.mailer.leaves_the_house() {
                String::new()
            } else {
                app.settings.mail_folder().display().to_string()
            },
            tabs: tabs(&asked, delivery, given_up),
            state: delivery.map_or("", Delivery::code),
            form: View::filled([("number", number)]),
            empty: match delivery {
                _ if !number.is_empty() => "没有这个受理编号的邮件。受理编号从头输入几位即可。",
                Some(Delivery::GivenUp) => "没有未能送达的邮件。",
                _ => "申请人留有电子邮箱的，收到申请、环节变化、答复作出时会发邮件。",
            },
            next_href: last.map(|mail| {
                let at = mail.created_at.to_rfc3339_opts(SecondsFormat::Micros, true);
                asked.href(&asked.state, &format!("{}_{at}", mail.mail.id))
            }),
            rows: mails
                .iter()
                .take(shown)
                .map(|mail| row(mail, &app, officer.holds(&[Role::Clerk])))
                .collect(),
        },
    )
}

/// The place behind a message, as the address says it: its identity and its time.
fn place(text: &str) -> Option<(DateTime<Utc>, Uuid)> {
    let (id, at) = text.split_once('_')?;
    Some((at.parse().ok()?, id.parse().ok()?))
}

fn tabs(asked: &Asked, chosen: Option<Delivery>, given_up: i64) -> Vec<Tab> {
    let all = [
        (None, "全部", 0),
        (Some(Delivery::GivenUp), "未能送达", given_up),
        (Some(Delivery::Waiting), "待发送", 0),
        (Some(Delivery::Sent), "已发送", 0),
    ];
    let tab = |(delivery, label, count): (Option<Delivery>, &'static str, i64)| Tab {
        href: asked.href(delivery.map_or("", Delivery::code), ""),
        label,
        count,
        current: delivery == chosen,
    };
    all.into_iter().map(tab).collect()
}

fn row(mail: &Mail, app: &App, may_note: bool) -> Row {
    let (state, class) = mail_state(mail, app);
    let next = mail
        .next_at
        .filter(|_| mail.delivery == Delivery::Waiting && mail.attempts > 0);
    let mut why = mail.last_error.clone().unwrap_or_default();
    if let Some(next) = next {
        why = format!("{why}（已试{}次，{}再试）", mail.attempts, words::moment(next));
    }
    if mail.delivery == Delivery::GivenUp {
        let advice = if mail.mail.case_id.is_some() {
            "请用电话、信函等其他方式告知申请人"
        } else {
            "工作人员的每日提醒，请核对“我的提醒”中的邮箱"
        };
        why = format!("{why}（{advice}）");
    }
    Row {
        id: mail.mail.id,
        href: mail.mail.case_id.map(href).unwrap_or_default(),
        subject: mail.mail.subject.clone(),
        state,
        class,
        at: words::moment(mail.sent_at.unwrap_or(mail.created_at)),
        why,
        may_retry: mail.delivery == Delivery::GivenUp,
        returned: if may_note && mail.delivery == Delivery::Sent {
            format!("/staff/outbox/{}/returned", mail.mail.id)
        } else {
            String::new()
        },
    }
}

/// `POST /staff/outbox/{id}/retry`
///
/// # Errors
///
/// [`WebError::NoSuchPage`], also for another agency's message.
pub async fn retry(
    app: Data<App>,
    officer: CurrentOfficer,
    id: Path<Uuid>,
    _form: DeskForm,
) -> Result<HttpResponse, WebError> {
    deeds::retry(&app, officer.agency().id, *id, &officer.actor()).await?;
    Ok(see_other("/staff/outbox?done=retried"))
}

#[derive(Debug, Template)]
#[template(path = "staff/returned.html")]
struct ReturnedPage {
    frame: StaffFrame,
    token: String,
    action: String,
    subject: String,
    at: String,
    reasons: Vec<Choice>,
    form: View,
}

async fn returned_page(
    app: &App,
    officer: &CurrentOfficer,
    id: Uuid,
    status: StatusCode,
    form: View,
) -> Result<HttpResponse, WebError> {
    let agency = officer.agency().id;
    let found = app
        .database
        .read(move |conn| outbox::find(conn, agency, id));
    let mail = found.await?;
    if mail.delivery != Delivery::Sent {
        return Err(WebError::NoSuchPage);
    }
    let reasons = MailReturn::ALL.map(|why| Choice::new(why.code(), why.label()));
    let page = ReturnedPage {
        frame: super::frame(app, officer, "/staff/outbox")?,
        token: officer.token(app)?,
        action: format!("/staff/outbox/{id}/returned"),
        at: words::moment(mail.sent_at.unwrap_or(mail.created_at)),
        subject: mail.mail.subject,
        reasons: reasons.to_vec(),
        form,
    };
    page::show(status, &page)
}

/// `GET /staff/outbox/{id}/returned`
///
/// # Errors
///
/// [`WebError::NoSuchPage`], also for another agency's message and one that was not sent.
pub async fn ask_why_returned(
    app: Data<App>,
    officer: CurrentOfficer,
    id: Path<Uuid>,
) -> Result<HttpResponse, WebError> {
    returned_page(&app, &officer, *id, StatusCode::OK, View::default()).await
}

/// `POST /staff/outbox/{id}/returned`
///
/// # Errors
///
/// [`WebError::NoSuchPage`], as above.
pub async fn note_return(
    app: Data<App>,
    officer: CurrentOfficer,
    id: Path<Uuid>,
    form: DeskForm,
) -> Result<HttpResponse, WebError> {
    let Some(why) = MailReturn::from_code(form.text("why")) else {
        let mut view = form.view();
        view.add_fault("why", "请选择退信的原因");
        return returned_page(&app, &officer, *id, StatusCode::UNPROCESSABLE_ENTITY, view).await;
    };
    deeds::came_back(&app, officer.agency().id, *id, why, &officer.actor()).await?;
    Ok(see_other("/staff/outbox?done=returned"))
}
