//! 登记: applications that came over the counter, by post or by fax, as they were written.

use actix_multipart::Multipart;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use chrono::NaiveDate;

use crate::app::App;
use crate::casework::attachments::Incoming;
use crate::casework::file::{self, EARLIEST, Filing, Receipt};
use crate::casework::{CaseworkError, letters, papers};
use crate::domain::applicant::ApplicantKind;
use crate::domain::application::{DeliveryRoute, Draft, Fault, Field, ProvisionForm};
use crate::domain::channel::Channel;
use crate::domain::identity::DocumentKind;
use crate::storage::attachments::Purpose;
use crate::web::error::WebError;
use crate::web::form::{Choice, View};
use crate::web::page::{self, StaffFrame};
use crate::web::session::CurrentOfficer;
use crate::web::staff::case::parts::Line;
use crate::web::staff::case::standing::rule_in_words;
use crate::web::staff::form::DeskForm;
use crate::web::upload::{self, ACCEPT, Received, Uploads};
use crate::web::words;

/// The field of the files that prove who applies.
const IDENTITY: &str = "identity";
/// The channels of the counter, the post room and the fax.
const CHANNELS: [Channel; 4] = [
    Channel::InPerson,
    Channel::RegisteredMail,
    Channel::OrdinaryMail,
    Channel::Fax,
];

#[derive(Debug, Template)]
#[template(path = "staff/intake.html")]
struct IntakePage {
    frame: StaffFrame,
    token: String,
    form: View,
    channels: Vec<Choice>,
    kinds: Vec<Choice>,
    document_kinds: Vec<Choice>,
    forms: Vec<Choice>,
    routes: Vec<Choice>,
    uploads: Uploads,
    accept: &'static str,
    attachments_hint: String,
    may_take_over: bool,
}

#[derive(Debug, Template)]
#[template(path = "staff/intake_receipt.html")]
struct ReceiptPage {
    frame: StaffFrame,
    agency: String,
    number: String,
    name: String,
    title: String,
    facts: Vec<Line>,
    code: String,
    track_url: String,
    contact: String,
    href: String,
}

/// What was typed about how the application came.
struct Arrival {
    channel: Channel,
    arrived_on: NaiveDate,
    confirmed_on: Option<NaiveDate>,
}

fn intake_page(
    app: &App,
    officer: &CurrentOfficer,
    status: StatusCode,
    received: Option<&Received>,
    form: View,
    may_take_over: bool,
) -> Result<HttpResponse, WebError> {
    let limits = &app.settings.limits;
    let channels = CHANNELS.map(|channel| {
        Choice::new(channel.code(), channel.label())
            .with_hint(rule_in_words(channel.receipt_rule()))
    });
    page::show(
        status,
        &IntakePage {
            frame: super::frame(app, officer, "/staff/intake")?,
            token: match received {
                // The files wait under the token of the form.
                Some(received) => received.token.as_str().to_owned(),
                None => officer.token(app)?,
            },
            form,
            channels: channels.to_vec(),
            kinds: ApplicantKind::ALL
                .map(|kind| Choice::new(kind.code(), kind.label()))
                .to_vec(),
            document_kinds: DocumentKind::ALL
                .map(|kind| Choice::new(kind.code(), kind.label()))
                .to_vec(),
            forms: ProvisionForm::ALL
                .map(|form| Choice::new(form.code(), form.label()))
                .to_vec(),
            routes: DeliveryRoute::ALL
                .map(|route| Choice::new(route.code(), route.label()))
                .to_vec(),
            uploads: received
                .map(|received| Uploads::of(&received.files))
                .unwrap_or_default(),
            accept: ACCEPT,
            attachments_hint: format!(
                "PDF、OFD、图片、Word、Excel、WPS 文件，每个不超过{}MB，一共最多{}个",
                limits.attachment_mib, limits.attachments
            ),
            may_take_over,
        },
    )
}

/// `GET /staff/intake`
///
/// # Errors
///
/// [`WebError`].
pub async fn show(app: Data<App>, officer: CurrentOfficer) -> Result<HttpResponse, WebError> {
    let today = app.clock.today().to_string();
    let form = View::filled([("arrived_on", today)]);
    intake_page(&app, &officer, StatusCode::OK, None, form, false)
}

/// `POST /staff/intake`
///
/// # Errors
///
/// [`WebError`].
pub async fn submit(
    app: Data<App>,
    officer: CurrentOfficer,
    body: Multipart,
) -> Result<HttpResponse, WebError> {
    let mut received = upload::receive(&app, &officer.purpose(), body).await?;
    if received.token.is_expired(app.clock.now()) {
        return Err(WebError::Expired);
    }
    let form = DeskForm::checked(received.texts.clone());
    let mut view = form.view();
    let removed = form.text("remove");
    if !removed.is_empty() {
        received.tray.remove(removed)?;
        received.files = received.tray.list()?;
        return intake_page(&app, &officer, StatusCode::OK, Some(&received), view, false);
    }
    let papers = draft(&received);
    let as_written = form.is_ticked("as_written");
    let arrival = arrival(&form, app.clock.today(), &mut view);
    let faults = papers.faults(app.clock.today());
    let may_take_over = !faults.is_empty() && faults.iter().all(|fault| fault.correctable);
    add_faults(&mut view, &faults, as_written);
    for (field, words) in &received.refused {
        view.add_fault(field.clone(), words.clone());
    }
    let (Some(arrival), false) = (arrival, view.has_faults()) else {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return intake_page(&app, &officer, status, Some(&received), view, may_take_over);
    };
    let filing = Filing {
        agency: officer.agency().id,
        form_token: received.token.as_str().to_owned(),
        channel: arrival.channel,
        arrived_on: arrival.arrived_on,
        confirmed_on: arrival.confirmed_on,
        papers: papers.clone(),
        as_written,
        attachments: enclosed(&received).await?,
        by: officer.actor(),
    };
    match file::file(&app, filing).await {
        Ok(receipt) => {
            received.tray.clear();
            hand_over(&app, &officer, &receipt).await;
            receipt_page(&app, &officer, &papers, &receipt)
        }
        Err(CaseworkError::Faults(faults)) => {
            add_faults(&mut view, &faults, false);
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            intake_page(&app, &officer, status, Some(&received), view, false)
        }
        Err(CaseworkError::Days(words)) => {
            view.add_fault("arrived_on", words);
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            intake_page(&app, &officer, status, Some(&received), view, may_take_over)
        }
        Err(error) => Err(error.into()),
    }
}

/// Makes out the 登记回执 as a letter. The application is kept whether or not that succeeds.
async fn hand_over(app: &App, officer: &CurrentOfficer, receipt: &Receipt) {
    let (agency, by) = (officer.agency().id, officer.actor());
    if let Err(error) = letters::issue_receipt(app, agency, receipt.case, &by).await {
        tracing::warn!(%error, case = %receipt.case, "no letter of receipt was made out");
    }
}

/// The application as it was written down.
fn draft(received: &Received) -> Draft {
    let mut draft = Draft::default();
    for field in Field::TEXTS {
        if let (Some(place), Some(text)) = (draft.get_mut(field), received.texts.get(field.id())) {
            place.clone_from(text);
        }
    }
    draft.without_invisible()
}

fn add_faults(view: &mut View, faults: &[Fault], as_written: bool) {
    for fault in faults
        .iter()
        .filter(|fault| !(as_written && fault.correctable))
    {
        view.add_fault(fault.field.id(), fault.message.clone());
    }
}

/// How the application came, or what is wrong with what was typed about it.
fn arrival(form: &DeskForm, today: NaiveDate, view: &mut View) -> Option<Arrival> {
    let channel =
        Channel::from_code(form.text("channel")).filter(|channel| CHANNELS.contains(channel));
    if channel.is_none() {
        view.add_fault("channel", "请选择怎样收到的");
    }
    let arrived_on: Option<NaiveDate> = form.text("arrived_on").parse().ok();
    match arrived_on {
        None => view.add_fault("arrived_on", "请填写到达日期"),
        Some(day) if day > today => view.add_fault("arrived_on", "到达日期不能晚于今天"),
        Some(day) if day < EARLIEST => view.add_fault(
            "arrived_on",
            "到达日期不能早于2008年5月1日（《政府信息公开条例》施行之日）",
        ),
        Some(_) => {}
    }
    let typed = form.text("confirmed_on");
    let confirmed_on: Option<NaiveDate> = typed.parse().ok();
    match confirmed_on {
        None if !typed.is_empty() => {
            view.add_fault("confirmed_on", "确认日期不正确，请重新填写");
        }
        Some(day) if day > today => view.add_fault("confirmed_on", "确认日期不能晚于今天"),
        Some(day) if arrived_on.is_some_and(|arrived_on| day < arrived_on) => {
            view.add_fault("confirmed_on", "确认日期不能早于到达日期");
        }
        _ => {}
    }
    Some(Arrival { channel: channel?, arrived_on: arrived_on?, confirmed_on })
}

/// The files that wait in the tray.
async fn enclosed(received: &Received) -> Result<Vec<Incoming>, WebError> {
    let (tray, files) = (received.tray.clone(), received.files.clone());
    let opened = actix_web::web::block(move || {
        let enclosed = files.iter().map(|file| {
            Ok(Incoming {
                purpose: if file.field == IDENTITY {
                    Purpose::Identity
                } else {
                    Purpose::Support
                },
                name: file.name.clone(),
                media_type: file.media_type.clone(),
                bytes: tray.open(file)?,
            })
        });
        enclosed.collect::<std::io::Result<Vec<_>>>()
    });
    let opened = opened
        .await
        .map_err(|error| WebError::Internal(error.to_string()))?;
    Ok(opened?)
}

/// 登记回执, to be printed and handed over; the query code stands on it and nowhere else.
fn receipt_page(
    app: &App,
    officer: &CurrentOfficer,
    papers: &Draft,
    receipt: &Receipt,
) -> Result<HttpResponse, WebError> {
    let agency = &receipt.agency;
    let contact = [&agency.address, &agency.telephone];
    let contact = contact.into_iter().filter(|text| !text.is_empty());
    page::show(
        StatusCode::OK,
        &ReceiptPage {
            frame: super::frame(app, officer, "/staff/intake")?,
            agency: agency.name.clone(),
            number: receipt.number.to_string(),
            name: papers::masked_applicant(papers),
            title: papers.title.clone(),
            facts: facts(receipt),
            code: receipt.query_code.to_string(),
            track_url: format!("{}/track", app.settings.base_url()),
            contact: words::list(contact),
            href: super::case::href(receipt.case),
        },
    )
}

fn facts(receipt: &Receipt) -> Vec<Line> {
    let due = words::full_day(receipt.due.on);
    let due = if receipt.due.provisional {
        format!("{due}，暂定，节假日安排公布后可能调整")
    } else {
        due
    };
    let mut facts = vec![
        Line { label: "提交渠道", text: receipt.channel.label().to_owned() },
        Line { label: "登记时间", text: words::moment(receipt.filed_at) },
    ];
    match (receipt.received_on, receipt.confirm_by) {
        (Some(on), _) => {
            let rule = receipt.channel.receipt_rule().label();
            facts.push(Line {
                label: "收到申请之日",
                text: format!("{}（{rule}）", words::full_day(on)),
            });
            facts.push(Line { label: "答复期限", text: format!("不迟于{due}") });
        }
        (None, confirm_by) => {
            let by = confirm_by.map_or_else(
                || "尽快与您确认".to_owned(),
                |by| format!("{}前与您确认", words::full_day(by.on)),
            );
            facts.push(Line { label: "收到申请之日", text: format!("待确认，{by}") });
            facts.push(Line {
                label: "答复期限", text: "自确认之日起20个工作日内".to_owned()
            });
        }
    }
    facts
}
