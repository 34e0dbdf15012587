//! 账号: the administrator's list of those who work here. No personal data of applicants.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use crate::app::App;
use crate::casework::accounts::{self, AccountError, Invitation, NewAccount};
use crate::casework::reminders;
use crate::domain::actor::Role;
use crate::storage::StorageError;
use crate::storage::officers::{self, Officer};
use crate::web::error::WebError;
use crate::web::form::View;
use crate::web::page::{self, StaffFrame};
use crate::web::session::CurrentOfficer;
use crate::web::staff::form::DeskForm;
use crate::web::staff::see_other;
use crate::web::staff::sign_in::failed;
use crate::web::words;

/// A box for a duty.
#[derive(Debug)]
struct RoleBox {
    id: String,
    name: String,
    label: &'static str,
}

/// An account in the list.
#[derive(Debug)]
struct Row {
    href: String,
    name: String,
    login: String,
    roles: String,
    state: &'static str,
    class: &'static str,
}

/// A code that is shown once.
#[derive(Debug)]
struct Given {
    name: String,
    login: String,
    code: String,
    until: String,
    url: String,
}

#[derive(Debug, Template)]
#[template(path = "staff/officers.html")]
struct OfficersPage {
    frame: StaffFrame,
    token: String,
    notice: Option<&'static str>,
    given: Option<Given>,
    /// What is not in order with the daily reminders.
    warnings: Vec<String>,
    rows: Vec<Row>,
    roles: Vec<RoleBox>,
    form: View,
}

#[derive(Debug, Template)]
#[template(path = "staff/officer.html")]
struct OfficerPage {
    frame: StaffFrame,
    token: String,
    href: String,
    name: String,
    login: String,
    state: &'static str,
    class: &'static str,
    roles: Vec<RoleBox>,
    is_self: bool,
    is_disabled: bool,
    form: View,
}

/// What was just done.
#[derive(Debug, Default, Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

/// The boxes for the duties; the first bears the name that the summary of faults leads to.
fn role_boxes() -> Vec<RoleBox> {
    let name = |role: Role| format!("role-{}", role.code());
    let boxes = Role::ALL
        .into_iter()
        .enumerate()
        .map(|(place, role)| RoleBox {
            id: if place == 0 {
                "roles".to_owned()
            } else {
                name(role)
            },
            name: name(role),
            label: role.label(),
        });
    boxes.collect()
}

/// The duties that were ticked.
fn ticked(form: &DeskForm) -> Vec<Role> {
    let is_ticked = |role: &Role| form.is_ticked(&format!("role-{}", role.code()));
    Role::ALL.into_iter().filter(is_ticked).collect()
}

/// How an account stands, in words.
fn state_of(officer: &Officer) -> (&'static str, &'static str) {
    if officer.disabled_at.is_some() {
        ("已停用", "tag tag-closed")
    } else if officer.password_hash.is_none() {
        ("待设置口令", "tag tag-soon")
    } else {
        ("正常", "tag tag-good")
    }
}

fn href_of(officer: Uuid) -> String {
    format!("/staff/officers/{officer}")
}

fn row(officer: &Officer) -> Row {
    let (state, class) = state_of(officer);
    Row {
        href: href_of(officer.id),
        name: officer.name.clone(),
        login: officer.login.clone(),
        roles: words::list(officer.roles.iter().map(|role| role.label())),
        state,
        class,
    }
}

fn given(app: &App, invitation: &Invitation) -> Given {
    Given {
        name: invitation.name.clone(),
        login: invitation.login.clone(),
        code: invitation.code.to_string(),
        until: words::moment(invitation.expires_at),
        url: format!("{}/staff/setup", app.settings.base_url()),
    }
}

async fn list_page(
    app: &App,
    officer: &CurrentOfficer,
    status: StatusCode,
    form: View,
    notice: Option<&'static str>,
    invitation: Option<&Invitation>,
) -> Result<HttpResponse, WebError> {
    let (agency, today) = (officer.agency().clone(), app.clock.today());
    let found = app.database.read(move |conn| {
        let all = officers::list(conn, &[agency.id])?;
        Ok::<_, StorageError>((all, reminders::faults(conn, &agency, today)?))
    });
    let (all, faults) = found.await?;
    let undelivered = faults
        .of_mails()
        .map(|said| format!("{said}。请与本人核对邮箱；多人收不到的，请检查邮件服务器。"));
    let warnings = faults
        .of_heads()
        .map(|said| format!("{said}。"))
        .into_iter()
        .chain(undelivered);
    page::show(
        status,
        &OfficersPage {
            warnings: warnings.collect(),
            frame: super::frame(app, officer, "/staff/officers")?,
            token: officer.token(app)?,
            notice,
            given: invitation.map(|invitation| given(app, invitation)),
            rows: all.iter().map(row).collect(),
            roles: role_boxes(),
            form,
        },
    )
}

/// `GET /staff/officers`
///
/// # Errors
///
/// [`WebError`].
pub async fn list(
    app: Data<App>,
    officer: CurrentOfficer,
    done: Query<Done>,
) -> Result<HttpResponse, WebError> {
    let notice = match done.done.as_str() {
        "roles" => Some("岗位已经保存，本人需要重新登录。"),
        "disabled" => Some("账号已经停用。"),
        _ => None,
    };
    list_page(&app, &officer, StatusCode::OK, View::default(), notice, None).await
}

/// `POST /staff/officers`
///
/// # Errors
///
/// [`WebError`].
pub async fn add(
    app: Data<App>,
    officer: CurrentOfficer,
    form: DeskForm,
) -> Result<HttpResponse, WebError> {
    let account = NewAccount {
        agency: officer.agency().id,
        login: form.text("login").to_owned(),
        name: form.text("name").to_owned(),
        roles: ticked(&form),
    };
    match accounts::open(&app, account, &officer.actor()).await {
        Ok(invitation) => {
            let form = View::default();
            list_page(&app, &officer, StatusCode::OK, form, None, Some(&invitation)).await
        }
        Err(error) => {
            let (field, words) = fault_of(error)?;
            let mut view = form.view();
            view.add_fault(field, words);
            list_page(&app, &officer, StatusCode::UNPROCESSABLE_ENTITY, view, None, None).await
        }
    }
}

/// The account with this identity, if it is one of the officer's agency.
async fn find(app: &App, officer: &CurrentOfficer, id: Uuid) -> Result<Officer, WebError> {
    let agency = officer.agency().id;
    let found = app
        .database
        .read(move |conn| officers::find(conn, id))
        .await?;
    if found.agency_id == agency {
        Ok(found)
    } else {
        Err(WebError::NoSuchPage)
    }
}

fn officer_page(
    app: &App,
    officer: &CurrentOfficer,
    shown: &Officer,
    fault: Option<String>,
) -> Result<HttpResponse, WebError> {
    let (state, class) = state_of(shown);
    let held = shown
        .roles
        .iter()
        .map(|role| (format!("role-{}", role.code()), "yes"));
    let mut form = View::filled(held);
    let status = if fault.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    if let Some(words) = fault {
        form.add_fault("roles", words);
    }
    page::show(
        status,
        &OfficerPage {
            frame: super::frame(app, officer, "/staff/officers")?,
            token: officer.token(app)?,
            href: href_of(shown.id),
            name: shown.name.clone(),
            login: shown.login.clone(),
            state,
            class,
            roles: role_boxes(),
            is_self: shown.id == officer.id(),
            is_disabled: shown.disabled_at.is_some(),
            form,
        },
    )
}

/// `GET /staff/officers/{id}`
///
/// # Errors
///
/// [`WebError`].
pub async fn show(
    app: Data<App>,
    officer: CurrentOfficer,
    id: Path<Uuid>,
) -> Result<HttpResponse, WebError> {
    let shown = find(&app, &officer, *id).await?;
    officer_page(&app, &officer, &shown, None)
}

/// `POST /staff/officers/{id}/roles`
///
/// # Errors
///
/// [`WebError`].
pub async fn set_roles(
    app: Data<App>,
    officer: CurrentOfficer,
    id: Path<Uuid>,
    form: DeskForm,
) -> Result<HttpResponse, WebError> {
    let agency = officer.agency().id;
    let roles = ticked(&form);
    match accounts::set_roles(&app, agency, *id, roles, &officer.actor()).await {
        Ok(_) => Ok(see_other("/staff/officers?done=roles")),
        Err(error) => again(&app, &officer, *id, error).await,
    }
}

/// `POST /staff/officers/{id}/reset`
///
/// # Errors
///
/// [`WebError`].
pub async fn reset(
    app: Data<App>,
    officer: CurrentOfficer,
    id: Path<Uuid>,
    _form: DeskForm,
) -> Result<HttpResponse, WebError> {
    let agency = officer.agency().id;
    match accounts::reset(&app, agency, *id, &officer.actor()).await {
        Ok(invitation) => {
            let form = View::default();
            list_page(&app, &officer, StatusCode::OK, form, None, Some(&invitation)).await
        }
        Err(error) => again(&app, &officer, *id, error).await,
    }
}

/// `POST /staff/officers/{id}/disable`
///
/// # Errors
///
/// [`WebError`].
pub async fn disable(
    app: Data<App>,
    officer: CurrentOfficer,
    id: Path<Uuid>,
    _form: DeskForm,
) -> Result<HttpResponse, WebError> {
    let agency = officer.agency().id;
    match accounts::disable(&app, agency, *id, &officer.actor()).await {
        Ok(_) => Ok(see_other("/staff/officers?done=disabled")),
        Err(error) => again(&app, &officer, *id, error).await,
    }
}

/// The account's page again, with what stood in the way.
async fn again(
    app: &App,
    officer: &CurrentOfficer,
    id: Uuid,
    error: AccountError,
) -> Result<HttpResponse, WebError> {
    let (_, words) = fault_of(error)?;
    let shown = find(app, officer, id).await?;
    officer_page(app, officer, &shown, Some(words))
}

/// Which field is wrong, and why; or what went wrong inside.
fn fault_of(error: AccountError) -> Result<(&'static str, String), WebError> {
    match error {
        AccountError::NotAName => Ok(("name", error.to_string())),
        AccountError::LoginTaken | AccountError::NotALogin => Ok(("login", error.to_string())),
        AccountError::NoRoles | AccountError::Oneself => Ok(("roles", error.to_string())),
        AccountError::Storage(StorageError::Conflict) => {
            Ok(("roles", "这个账号刚刚被其他人改动，请核对后再办理一次".to_owned()))
        }
        error => Err(failed(error)),
    }
}
