//! 机关信息.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use crate::app::App;
use crate::casework::agency::{AgencyError, Particulars, amend};
use crate::domain::agency::Agency;
use crate::web::error::WebError;
use crate::web::form::View;
use crate::web::page::{self, StaffFrame};
use crate::web::session::CurrentOfficer;
use crate::web::staff::form::DeskForm;
use crate::web::staff::see_other;

#[derive(Debug, Template)]
#[template(path = "staff/agency.html")]
struct AgencyPage {
    frame: StaffFrame,
    token: String,
    notice: Option<&'static str>,
    name: String,
    code: String,
    own_review: bool,
    form: View,
}

/// What was just done.
#[derive(Debug, Default, Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

/// A field of the form: its name, what people call it, how long it may be.
const FIELDS: [(&str, &str, usize); 8] = [
    ("address", "地址", 200),
    ("postcode", "邮政编码", 10),
    ("telephone", "电话", 60),
    ("hours", "办公时间", 200),
    ("email", "电子邮箱", 254),
    ("review_authority", "行政复议机关", 100),
    ("court", "有管辖权的人民法院", 100),
    ("initials", "机关代字", 20),
];

fn agency_page(
    app: &App,
    officer: &CurrentOfficer,
    status: StatusCode,
    form: View,
    notice: Option<&'static str>,
) -> Result<HttpResponse, WebError> {
    let agency = officer.agency();
    page::show(
        status,
        &AgencyPage {
            frame: super::frame(app, officer, "/staff/agency")?,
            token: officer.token(app)?,
            notice,
            name: agency.name.clone(),
            code: agency.code.clone(),
            own_review: agency.own_review_allowed,
            form,
        },
    )
}

/// `GET /staff/agency`
///
/// # Errors
///
/// [`WebError`].
pub async fn show(
    app: Data<App>,
    officer: CurrentOfficer,
    done: Query<Done>,
) -> Result<HttpResponse, WebError> {
    let notice = (done.done == "saved").then_some("已经保存，指南和新的回执随即使用。");
    agency_page(&app, &officer, StatusCode::OK, filled(officer.agency()), notice)
}

/// `POST /staff/agency`
///
/// # Errors
///
/// [`WebError`].
pub async fn submit(
    app: Data<App>,
    officer: CurrentOfficer,
    form: DeskForm,
) -> Result<HttpResponse, WebError> {
    let view = checked(&form);
    if view.has_faults() {
        return agency_page(&app, &officer, StatusCode::UNPROCESSABLE_ENTITY, view, None);
    }
    let text = |field| form.text(field).to_owned();
    let to = Particulars {
        initials: text("initials"),
        address: text("address"),
        postcode: text("postcode"),
        telephone: text("telephone"),
        hours: text("hours"),
        email: text("email"),
        review_authority: text("review_authority"),
        court: text("court"),
        own_review_allowed: form.is_ticked("own_review"),
    };
    match amend(&app, officer.agency().id, to, &officer.actor()).await {
        Ok(_) => Ok(see_other("/staff/agency?done=saved")),
        Err(AgencyError::Storage(error)) => Err(error.into()),
        Err(error) => Err(WebError::Internal(error.to_string())),
    }
}

/// The form as the agency is.
fn filled(agency: &Agency) -> View {
    View::filled([
        ("initials", agency.initials.as_str()),
        ("address", &agency.address),
        ("postcode", &agency.postcode),
        ("telephone", &agency.telephone),
        ("hours", &agency.hours),
        ("email", &agency.email),
        ("review_authority", &agency.review_authority),
        ("court", &agency.court),
        ("own_review", if agency.own_review_allowed { "yes" } else { "" }),
    ])
}

/// The form as it came, with what is wrong with it.
fn checked(form: &DeskForm) -> View {
    let mut view = form.view();
    for (field, label, at_most) in FIELDS {
        let text = form.text(field);
        if text.chars().count() > at_most {
            view.add_fault(field, format!("{label}不能超过{at_most}字"));
        } else if text.chars().any(char::is_control) {
            view.add_fault(field, format!("{label}应写成一行，不能有换行"));
        }
    }
    let email = form.text("email");
    let is_mailbox = email
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    if !email.is_empty() && !is_mailbox {
        view.add_fault("email", "电子邮箱格式不正确，例如：xxgk@example.gov.cn");
    }
    let postcode = form.text("postcode");
    let is_postcode = postcode.len() == 6 && postcode.bytes().all(|byte| byte.is_ascii_digit());
    if !postcode.is_empty() && !is_postcode {
        view.add_fault("postcode", "邮政编码应为6位数字");
    }
    if form.text("initials").is_empty() {
        view.add_fault("initials", "请填写机关代字");
    }
    view
}
