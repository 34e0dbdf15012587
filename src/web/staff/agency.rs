//! 机关信息.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;
use validator::{Validate, ValidationError, ValidationErrors};

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

/// The fields, in the order of the form.
const FIELDS: [&str; 8] = [
    "address",
    "postcode",
    "telephone",
    "hours",
    "email",
    "review_authority",
    "court",
    "initials",
];

/// What an administrator fills in; nothing is asked for but the initials.
#[derive(Debug, Validate)]
struct AgencyForm {
    #[validate(
        length(max = 200, message = "地址不能超过200字"),
        custom(function = one_line)
    )]
    address: String,
    #[validate(custom(function = postcode))]
    postcode: String,
    #[validate(
        length(max = 60, message = "电话不能超过60字"),
        custom(function = one_line)
    )]
    telephone: String,
    #[validate(
        length(max = 200, message = "办公时间不能超过200字"),
        custom(function = one_line)
    )]
    hours: String,
    #[validate(email(message = "电子邮箱格式不正确，例如：xxgk@example.gov.cn"))]
    email: Option<String>,
    #[validate(
        length(max = 100, message = "行政复议机关不能超过100字"),
        custom(function = one_line)
    )]
    review_authority: String,
    #[validate(
        length(max = 100, message = "有管辖权的人民法院不能超过100字"),
        custom(function = one_line)
    )]
    court: String,
    #[validate(
        length(min = 1, max = 20, message = "请填写机关代字，不超过20字"),
        custom(function = one_line)
    )]
    initials: String,
    own_review_allowed: bool,
}

fn fault(message: &'static str) -> ValidationError {
    ValidationError::new("form").with_message(message.into())
}

fn one_line(text: &str) -> Result<(), ValidationError> {
    if text.chars().any(char::is_control) {
        return Err(fault("应写成一行，不能有换行"));
    }
    Ok(())
}

fn postcode(text: &str) -> Result<(), ValidationError> {
    let fits = text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit());
    if text.is_empty() || fits {
        Ok(())
    } else {
        Err(fault("邮政编码应为6位数字"))
    }
}

impl AgencyForm {
    fn read(form: &DeskForm) -> Self {
        let text = |field| form.text(field).to_owned();
        Self {
            address: text("address"),
            postcode: text("postcode"),
            telephone: text("telephone"),
            hours: text("hours"),
            email: Some(text("email")).filter(|email| !email.is_empty()),
            review_authority: text("review_authority"),
            court: text("court"),
            initials: text("initials"),
            own_review_allowed: form.is_ticked("own_review"),
        }
    }

    fn into_particulars(self) -> Particulars {
        Particulars {
            initials: self.initials,
            address: self.address,
            postcode: self.postcode,
            telephone: self.telephone,
            hours: self.hours,
            email: self.email.unwrap_or_default(),
            review_authority: self.review_authority,
            court: self.court,
            own_review_allowed: self.own_review_allowed,
        }
    }
}

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
    let read = AgencyForm::read(&form);
    if let Err(faults) = read.validate() {
        let view = with_faults(form.view(), &faults);
        return agency_page(&app, &officer, StatusCode::UNPROCESSABLE_ENTITY, view, None);
    }
    let to = read.into_particulars();
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

/// The form as it came, with what is wrong with it, in the order of the form.
fn with_faults(mut view: View, faults: &ValidationErrors) -> View {
    let by_field = faults.field_errors();
    for field in FIELDS {
        let first = by_field.get(field).and_then(|faults| faults.first());
        if let Some(message) = first.and_then(|fault| fault.message.as_deref()) {
            view.add_fault(field, message);
        }
    }
    view
}
