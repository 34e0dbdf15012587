//! `/rectify`: an application to correct a record (art. 41), with what shows that it is wrong.

use actix_multipart::Multipart;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;

use super::apply::{choices, chosen};
use crate::app::App;
use crate::casework::CaseworkError;
use crate::casework::rectify::{self, NewRectification, Receipt};
use crate::clock::beijing;
use crate::domain::actor::Actor;
use crate::storage::StorageError;
use crate::storage::attachments::Purpose;
use crate::web::Site;
use crate::web::csrf::Token;
use crate::web::error::{WebError, Words};
use crate::web::form::{Choice, View};
use crate::web::page::{self, Frame};
use crate::web::rectification;
use crate::web::upload::{self, ACCEPT, Received, Uploads};

/// What tokens of this form are made for.
const PURPOSE: &str = "rectify";
/// The page.
const HERE: &str = "/rectify";

#[derive(Debug, Template)]
#[template(path = "public/rectify.html")]
struct FormPage {
    frame: Frame,
    token: String,
    notice: Option<Words>,
    agencies: Vec<Choice>,
    uploads: Uploads,
    files_hint: String,
    accept: &'static str,
    form: View,
}

#[derive(Debug, Template)]
#[template(path = "public/rectify_receipt.html")]
struct ReceiptPage {
    frame: Frame,
    agency: String,
    telephone: String,
    number: String,
    query_code: String,
    filed_at: String,
    filed_at_iso: String,
    track_url: String,
}

async fn page(
    app: &App,
    site: &Site,
    status: StatusCode,
    received: Option<&Received>,
    notice: Option<Words>,
    form: View,
) -> Result<HttpResponse, WebError> {
    let agencies = site.agencies(app).await;
    let limits = &app.settings.limits;
    let token = match received {
        Some(received) if !received.token.is_expired(app.clock.now()) => {
            received.token.as_str().to_owned()
        }
        _ => Token::issue(&app.vault, PURPOSE, app.clock.now())?
            .as_str()
            .to_owned(),
    };
    page::show(
        status,
        &FormPage {
            frame: Frame::of(&agencies, HERE),
            token,
            notice,
            agencies: choices(&agencies),
            uploads: received
                .map(|received| Uploads::of(&received.files))
                .unwrap_or_default(),
            files_hint: format!(
                "身份证件、证明记录不准确的材料，照片或者扫描件。最多{}个，每个不超过{}MB",
                limits.attachments, limits.attachment_mib
            ),
            accept: ACCEPT,
            form,
        },
    )
}

/// `GET /rectify`
///
/// # Errors
///
/// [`WebError`], if the page could not be made.
pub async fn form(app: Data<App>, site: Data<Site>) -> Result<HttpResponse, WebError> {
    page(&app, &site, StatusCode::OK, None, None, View::default()).await
}

/// `POST /rectify`: a file is taken back, or the application is sent.
///
/// # Errors
///
/// [`WebError`], where what was sent is no form of ours; otherwise the form comes back with
/// what was typed.
pub async fn submit(
    app: Data<App>,
    site: Data<Site>,
    body: Multipart,
) -> Result<HttpResponse, WebError> {
    let mut received = upload::receive(&app, PURPOSE, body).await?;
    // Sent before: the same receipt, whatever the form says now (P2).
    if let Some(receipt) = rectify::filed(&app, received.token.as_str()).await? {
        return receipt_page(&app, &site, &receipt).await;
    }
    let texts = received.texts.iter();
    let mut back = View::filled(texts.filter(|(name, _)| *name != upload::TOKEN));
    if received.token.is_expired(app.clock.now()) {
        let token = Token::issue(&app.vault, PURPOSE, app.clock.now())?;
        let received = received.moved_to(&app, token)?;
        let notice = Words {
            title: "表单已经过期",
            message: "这张表单打开超过24小时。您填写的内容都已保留，请核对后重新提交。".to_owned(),
            next: &[],
        };
        let status = StatusCode::FORBIDDEN;
        return page(&app, &site, status, Some(&received), Some(notice), back).await;
    }
    if let Some(file) = received.texts.get("remove") {
        received.tray.remove(file)?;
        received.files = received.tray.list()?;
        return page(&app, &site, StatusCode::OK, Some(&received), None, back).await;
    }
    let typed = |id: &str| received.texts.get(id).map_or("", String::as_str);
    let agencies = site.agencies(&app).await;
    let agency = chosen(&agencies, typed("agency"));
    if agency.is_none() {
        back.add_fault("agency", "请选择向哪个机关申请");
    }
    let papers = rectification::papers(typed, &mut back);
    for (field, why) in &received.refused {
        back.add_fault(field, why.clone());
    }
    let (Some(agency), false) = (agency, back.has_faults()) else {
        let status = if received.no_room {
            StatusCode::SERVICE_UNAVAILABLE
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        };
        return page(&app, &site, status, Some(&received), None, back).await;
    };
    let _turn = site.turn_for(received.weight()).await;
    let new = NewRectification {
        agency: agency.id,
        form_token: received.token.as_str().to_owned(),
        received_on: app.clock.today(),
        papers,
        evidence: received.open(Purpose::Support).await?,
        by: Actor::Applicant,
    };
    match rectify::take_in(&app, new).await {
        Ok(receipt) => {
            received.tray.clear();
            receipt_page(&app, &site, &receipt).await
        }
        Err(CaseworkError::Storage(StorageError::Unavailable { .. }) | CaseworkError::File(_)) => {
            tracing::error!("an application for rectification could not be kept");
            let notice = Words {
                title: "暂时没有提交成功",
                message: "系统现在无法保存您的申请。您填写的内容都在本页，请几分钟后重新提交，\
                          不会重复登记。"
                    .to_owned(),
                next: &[],
            };
            let status = StatusCode::SERVICE_UNAVAILABLE;
            page(&app, &site, status, Some(&received), Some(notice), back).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn receipt_page(app: &App, site: &Site, receipt: &Receipt) -> Result<HttpResponse, WebError> {
    let code = receipt.query_code.as_ref().ok_or(WebError::NoSuchPage)?;
    page::show(
        StatusCode::OK,
        &ReceiptPage {
            frame: Frame::of(&site.agencies(app).await, HERE),
            agency: receipt.agency.name.clone(),
            telephone: receipt.agency.telephone.clone(),
            number: receipt.number.clone(),
            query_code: code.to_string(),
            filed_at: beijing(receipt.at)
                .format("%Y年%-m月%-d日 %H:%M:%S")
                .to_string(),
            filed_at_iso: receipt.at.to_rfc3339(),
            track_url: format!("{}/track", app.settings.base_url()),
        },
    )
}
