//! The page on which the application is written.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::choices;
use super::paper::Paper;
use crate::app::App;
use crate::domain::applicant::ApplicantKind;
use crate::domain::application::{DeliveryRoute, ProvisionForm};
use crate::domain::identity::DocumentKind;
use crate::web::Site;
use crate::web::error::{WebError, Words};
use crate::web::form::{Choice, View};
use crate::web::page::{self, Frame};
use crate::web::upload::{ACCEPT, Uploads};

#[derive(Debug, Template)]
#[template(path = "public/apply.html")]
struct FillPage<'a> {
    frame: Frame,
    token: &'a str,
    form: View,
    notice: Option<Words>,
    agencies: Vec<Choice>,
    kinds: Vec<Choice>,
    document_kinds: Vec<Choice>,
    forms: Vec<Choice>,
    routes: Vec<Choice>,
    uploads: Uploads,
    accept: &'static str,
    identity_hint: String,
    identity_optional: bool,
    attachments_hint: String,
}

/// Shows the form with what was typed, and what is wrong with it.
///
/// # Errors
///
/// [`WebError`], if the page could not be made.
pub async fn show(
    app: &App,
    site: &Site,
    paper: &Paper,
    notice: Option<Words>,
    status: StatusCode,
) -> Result<HttpResponse, WebError> {
    let agencies = site.agencies(app).await;
    let limits = &app.settings.limits;
    let page = FillPage {
        frame: Frame::of(&agencies, "/apply"),
        token: paper.token.as_str(),
        form: paper.view(),
        notice,
        agencies: choices(&agencies),
        kinds: ApplicantKind::ALL.map(kind_choice).to_vec(),
        document_kinds: DocumentKind::ALL
            .map(|kind| Choice::new(kind.code(), kind.label()))
            .to_vec(),
        forms: ProvisionForm::ALL
            .map(|form| Choice::new(form.code(), form.label()))
            .to_vec(),
        routes: DeliveryRoute::ALL
            .map(|route| Choice::new(route.code(), route.label()))
            .to_vec(),
        uploads: Uploads::of(&paper.files),
        accept: ACCEPT,
        identity_hint: format!(
            "自然人上传身份证件的照片或者扫描件，单位上传营业执照等登记证书。\
             可以是 PDF、OFD、图片、Word、Excel、WPS 文件，每个不超过{}MB。",
            limits.attachment_mib
        ),
        identity_optional: !app.settings.intake.identity_proof_online,
        attachments_hint: format!(
            "有助于查找信息的材料，或者授权委托书。连同身份证明最多{}个文件，合计不超过{}MB。",
            limits.attachments, limits.attachments_total_mib
        ),
    };
    page::show(status, &page)
}

fn kind_choice(kind: ApplicantKind) -> Choice {
    let choice = Choice::new(kind.code(), kind.label());
    match kind {
        ApplicantKind::Natural => choice.with_hint("公民个人"),
        ApplicantKind::Other => Choice::new(kind.code(), "其他法人或者组织"),
        _ => choice,
    }
}
