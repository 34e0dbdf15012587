//! 工作人员的页面: the desk of those who work off the cases.

pub mod access;
mod acts;
mod agency;
mod audit;
mod case;
pub mod clock;
mod dashboard;
mod family;
mod figures;
pub mod form;
mod intake;
mod letters;
mod officers;
mod outbox;
pub mod outgoing;
mod published;
mod queue;
mod rectification_letters;
mod rectifications;
mod redress;
mod reports;
mod settings;
mod settle;
mod setup;
mod sign_in;
mod to_serve;
mod yearly;

use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::middleware::from_fn;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpResponse, Scope};

use crate::app::App;
use crate::casework::accounts::Strangers;
use crate::domain::actor::Role;
use crate::web::error::WebError;
use crate::web::page::{Entry, StaffFrame};
use crate::web::session::CurrentOfficer;
use crate::web::staff::access::{
    ADMINISTRATION, CASES, CLERKS, Door, HEAD, OVERVIEW, RECORD, REVIEW, Right, guard,
};

/// Every door of the office, with its right. What does not stand here is not there.
pub const DOORS: &[Door] = &[
    Door::get("", Right::SignedIn, || web::get().to(home)),
    Door::get("/", Right::SignedIn, || web::get().to(home)),
    Door::get("/login", Right::Everybody, || web::get().to(sign_in::show)),
    Door::post("/login", Right::Everybody, || web::post().to(sign_in::submit)),
    Door::post("/logout", Right::SignedIn, || web::post().to(sign_in::leave)),
    Door::get("/setup", Right::Everybody, || web::get().to(setup::show)),
    Door::post("/setup", Right::Everybody, || web::post().to(setup::submit)),
    Door::get("/password", Right::SignedIn, || web::get().to(setup::show_change)),
    Door::post("/password", Right::SignedIn, || web::post().to(setup::submit_change)),
    Door::get("/settings", Right::SignedIn, || web::get().to(settings::show)),
    Door::post("/settings", Right::SignedIn, || web::post().to(settings::submit)),
    Door::get("/section-three", CASES, || web::get().to(yearly::show)),
    Door::get("/section-three.{ending}", CASES, || web::get().to(yearly::download)),
    Door::get("/section-three/{year}/{row}/{column}", CASES, || web::get().to(yearly::cell)),
    Door::get("/reports", CASES, || web::get().to(reports::shelf::show)),
    Door::get("/reports/{year}", CASES, || web::get().to(reports::desk::show)),
    Door::get("/reports/{year}/file.{ending}", CASES, || web::get().to(reports::file)),
    Door::get("/reports/{year}/frame", CASES, || web::get().to(reports::back)),
    Door::post("/reports/{year}/frame", CASES, || web::post().to(reports::desk::frame)),
    Door::get("/reports/{year}/opening", CASES, || web::get().to(reports::back)),
    Door::post("/reports/{year}/opening", CASES, || web::post().to(reports::desk::opening)),
    Door::get("/reports/{year}/seal", CASES, || web::get().to(reports::back)),
    Door::post("/reports/{year}/seal", HEAD, || web::post().to(reports::desk::seal)),
    Door::get("/reports/{year}/publish", CASES, || web::get().to(reports::back)),
    Door::post("/reports/{year}/publish", HEAD, || web::post().to(reports::desk::publish)),
    Door::get("/reports/{year}/take-back", CASES, || web::get().to(reports::back)),
    Door::post("/reports/{year}/take-back", HEAD, || web::post().to(reports::desk::take_back)),
    Door::get("/reports/{year}/correct", CASES, || web::get().to(reports::back)),
    Door::post("/reports/{year}/correct", HEAD, || web::post().to(reports::desk::correct)),
    Door::get("/reports/{year}/parts/{key}", CASES, || web::get().to(reports::part::show)),
    Door::post("/reports/{year}/parts/{key}", CASES, || web::post().to(reports::part::submit)),
    Door::get("/reports/{year}/parts/{key}/pictures", CASES, || {
        web::get().to(reports::pictures::show)
    }),
    Door::post("/reports/{year}/parts/{key}/pictures", CASES, || {
        web::post().to(reports::pictures::add)
    }),
    Door::get("/reports/{year}/parts/{key}/pictures/{picture}/remove", CASES, || {
        web::get().to(reports::pictures::back)
    }),
    Door::post("/reports/{year}/parts/{key}/pictures/{picture}/remove", CASES, || {
        web::post().to(reports::pictures::remove)
    }),
    Door::get("/reports/{year}/units", CASES, || web::get().to(reports::units::show)),
    Door::get("/reports/{year}/units/{agency}/hand-in", CASES, || {
        web::get().to(reports::units::ask)
    }),
    Door::post("/reports/{year}/units/{agency}/hand-in", CASES, || {
        web::post().to(reports::units::submit)
    }),
    Door::get("/reports/{year}/units/{row}/{column}", CASES, || {
        web::get().to(reports::units::shares)
    }),
    Door::get("/dashboard", OVERVIEW, || web::get().to(dashboard::show)),
    Door::get("/queue", CASES, || web::get().to(queue::show)),
    Door::post("/queue", CASES, || web::post().to(queue::search)),
    Door::get("/cases/{id}", CASES, || web::get().to(case::show)),
    Door::post("/cases/{id}/reveal", CASES, || web::post().to(case::reveal)),
    Door::get("/cases/{id}/attachments/{attachment}", CASES, || {
        web::get().to(case::ask_for_attachment)
    }),
    Door::post("/cases/{id}/attachments/{attachment}", CASES, || web::post().to(case::attachment)),
    Door::get("/cases/{id}/archive", CASES, || web::get().to(case::ask_for_archive)),
    Door::post("/cases/{id}/archive.zip", CASES, || web::post().to(case::archive)),
    Door::get("/cases/{id}/split", CLERKS, || web::get().to(family::ask_to_split)),
    Door::post("/cases/{id}/split", CLERKS, || web::post().to(family::split)),
    Door::get("/cases/{id}/join", CLERKS, || web::get().to(family::ask_to_join)),
    Door::post("/cases/{id}/join", CLERKS, || web::post().to(family::join)),
    Door::get("/cases/{id}/similar", CASES, || web::get().to(case::similar)),
    Door::get("/cases/{id}/what-if", CASES, || web::get().to(case::what_if)),
    Door::get("/cases/{id}/outgoing", CASES, || web::get().to(outgoing::show)),
    Door::post("/cases/{id}/outgoing", CLERKS, || web::post().to(outgoing::submit)),
    Door::get("/cases/{id}/confirm_receipt", CLERKS, || web::get().to(acts::confirm_receipt::show)),
    Door::post("/cases/{id}/confirm_receipt", CLERKS, || {
        web::post().to(acts::confirm_receipt::submit)
    }),
    Door::get("/cases/{id}/assign", CASES, || web::get().to(acts::assign::show)),
    Door::post("/cases/{id}/assign", CASES, || web::post().to(acts::assign::submit)),
    Door::get("/cases/{id}/return", REVIEW, || web::get().to(acts::send_back::show)),
    Door::post("/cases/{id}/return", REVIEW, || web::post().to(acts::send_back::submit)),
    Door::get("/cases/{id}/approve", REVIEW, || web::get().to(acts::approve::show)),
    Door::post("/cases/{id}/approve", REVIEW, || web::post().to(acts::approve::submit)),
    Door::get("/cases/{id}/withdraw", CLERKS, || web::get().to(acts::withdraw::show)),
    Door::post("/cases/{id}/withdraw", CLERKS, || web::post().to(acts::withdraw::submit)),
    Door::get("/cases/{id}/letters/{letter}/service", CLERKS, || web::get().to(letters::show)),
    Door::post("/cases/{id}/letters/{letter}/service", CLERKS, || web::post().to(letters::submit)),
    Door::get("/cases/{id}/redress", CASES, || web::get().to(redress::ask)),
    Door::post("/cases/{id}/redress", CASES, || web::post().to(redress::submit)),
    Door::get("/cases/{id}/redress/{redress}", CASES, || web::get().to(redress::change)),
    Door::post("/cases/{id}/redress/{redress}", CASES, || web::post().to(redress::submit_change)),
    Door::get("/figures", CASES, || web::get().to(figures::show)),
    Door::get("/figures.xlsx", CASES, || web::get().to(figures::download)),
    Door::get("/redress", CASES, || web::get().to(redress::list)),
    // Which duty an act asks for is in the Regulation's own words: `Actor::may`.
    Door::get("/cases/{id}/{act}", CASES, || web::get().to(acts::sheet::show)),
    Door::post("/cases/{id}/{act}", CASES, || web::post().to(acts::sheet::submit)),
    Door::get("/intake", CLERKS, || web::get().to(intake::show)),
    Door::post("/intake", CLERKS, || web::post().to(intake::submit)),
    Door::get("/to-serve", CASES, || web::get().to(to_serve::show)),
    Door::get("/to-serve/{id}/settled", CLERKS, || web::get().to(settle::ask)),
    Door::post("/to-serve/{id}/settled", CLERKS, || web::post().to(settle::submit)),
    Door::get("/rectifications", CASES, || web::get().to(rectifications::list)),
    Door::get("/rectifications/new", CLERKS, || web::get().to(rectifications::ask)),
    Door::post("/rectifications/new", CLERKS, || web::post().to(rectifications::submit)),
    Door::get("/rectifications/{id}", CASES, || web::get().to(rectifications::show)),
    Door::post("/rectifications/{id}/reveal", CASES, || web::post().to(rectifications::reveal)),
    Door::post("/rectifications/{id}/evidence", CASES, || web::post().to(rectifications::evidence)),
    Door::post("/rectifications/{id}/answer", CLERKS, || web::post().to(rectifications::answer)),
    Door::post("/rectifications/{id}/letters", CASES, || {
        web::post().to(rectification_letters::take_out)
    }),
    Door::get("/rectifications/{id}/letters/{kind}/service", CLERKS, || {
        web::get().to(rectification_letters::ask)
    }),
    Door::post("/rectifications/{id}/letters/{kind}/service", CLERKS, || {
        web::post().to(rectification_letters::submit)
    }),
    Door::get("/published", CASES, || web::get().to(published::list)),
    Door::get("/published/new", CLERKS, || web::get().to(published::ask)),
    Door::post("/published/new", CLERKS, || web::post().to(published::submit)),
    Door::post("/published/{id}/withdraw", CLERKS, || web::post().to(published::withdraw)),
    Door::get("/outbox", CASES, || web::get().to(outbox::show)),
    Door::post("/outbox/{id}/retry", CASES, || web::post().to(outbox::retry)),
    Door::get("/outbox/{id}/returned", CLERKS, || web::get().to(outbox::ask_why_returned)),
    Door::post("/outbox/{id}/returned", CLERKS, || web::post().to(outbox::note_return)),
    Door::get("/officers", ADMINISTRATION, || web::get().to(officers::list)),
    Door::post("/officers", ADMINISTRATION, || web::post().to(officers::add)),
    Door::get("/officers/{id}", ADMINISTRATION, || web::get().to(officers::show)),
    Door::post("/officers/{id}/roles", ADMINISTRATION, || web::post().to(officers::set_roles)),
    Door::post("/officers/{id}/reset", ADMINISTRATION, || web::post().to(officers::reset)),
    Door::post("/officers/{id}/disable", ADMINISTRATION, || web::post().to(officers::disable)),
    Door::get("/agency", ADMINISTRATION, || web::get().to(agency::show)),
    Door::post("/agency", ADMINISTRATION, || web::post().to(agency::submit)),
    Door::get("/audit", RECORD, || web::get().to(audit::show)),
    Door::post("/audit/verify", RECORD, || web::post().to(audit::verify)),
];

/// The page whose entry says how much there is to do.
const TO_SERVE: &str = "/staff/to-serve";

/// The navigation: the address, what people read, and the right of the door behind it.
const ENTRIES: [(&str, &str, Right); 14] = [
    ("/staff/queue", "待办", CASES),
    ("/staff/intake", "登记", CLERKS),
    (TO_SERVE, "待送达", CASES),
    ("/staff/section-three", "年度表", CASES),
    ("/staff/redress", "复议诉讼", CASES),
    ("/staff/reports", "年度报告", CASES),
    ("/staff/figures", "统计", CASES),
    (rectifications::HERE, "更正", CASES),
    (published::HERE, "已公开", CASES),
    ("/staff/outbox", "邮件", CASES),
    ("/staff/officers", "账号", ADMINISTRATION),
    ("/staff/agency", "机关", ADMINISTRATION),
    ("/staff/audit", "审计记录", RECORD),
    ("/staff/dashboard", "概览", OVERVIEW),
];

/// The doors, with the guard before them.
pub fn routes(config: &mut ServiceConfig) {
    let doors = DOORS
        .iter()
        .fold(Scope::new("/staff"), |scope, door| scope.route(door.path, (door.route)()));
    config
        .app_data(Data::new(Strangers::default()))
        .service(doors.wrap(from_fn(guard)));
}

/// The frame of the page at `current`, with the entries that the officer's duties reach.
///
/// # Errors
///
/// [`WebError::Internal`], if the system has no random numbers to give.
pub fn frame(
    app: &App,
    officer: &CurrentOfficer,
    current: &'static str,
) -> Result<StaffFrame, WebError> {
    let entries = ENTRIES
        .into_iter()
        .filter(|(_, _, right)| right.admits(officer.roles()));
    Ok(StaffFrame {
        office: officer.agency().name.clone(),
        officer: Some(officer.signed_in(&officer.token(app)?)),
        entries: entries
            .map(|(href, label, _)| Entry {
                href,
                label,
                current: href == current,
                count: if href == TO_SERVE {
                    officer.to_serve()
                } else {
                    0
                },
            })
            .collect(),
    })
}

/// `GET /staff`: the page where the officer's day begins.
///
/// # Errors
///
/// None.
pub async fn home(officer: CurrentOfficer) -> Result<HttpResponse, WebError> {
    let begins = ENTRIES
        .iter()
        .find(|(_, _, right)| right.admits(officer.roles()));
    Ok(see_other(begins.map_or("/staff/password", |(href, _, _)| href)))
}

/// Sends the browser on to another page of ours.
#[must_use]
pub fn see_other(href: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((LOCATION, href))
        .insert_header((CACHE_CONTROL, "no-store"))
        .finish()
}

/// Whether a duty is one that works on cases.
#[must_use]
pub fn works_on_cases(roles: &[Role]) -> bool {
    CASES.admits(roles) || REVIEW.admits(roles)
}
