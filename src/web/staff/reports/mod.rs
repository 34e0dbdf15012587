//! 年度报告 at the desk: the years, one year's report, its parts, its seal, the agencies below.

pub mod desk;
mod meet;
pub mod part;
pub mod pictures;
pub mod shelf;
pub mod units;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};

use crate::app::App;
use crate::casework::annual::{AnnualError, Gathered, gather};
use crate::domain::actor::Role;
use crate::storage::{StorageError, seals};
use crate::web::error::WebError;
use crate::web::public::reports::{handed_out, media_type, print};
use crate::web::session::CurrentOfficer;
use crate::web::staff::see_other;

/// Where the reports stand.
const HERE: &str = "/staff/reports";
/// The first year that the Regulation asks a report for.
const FIRST_YEAR: i32 = 2008;

/// The address of a year's report.
fn href(year: i32) -> String {
    format!("{HERE}/{year}")
}

/// The address of a part of a year's report.
fn part_href(year: i32, key: &str) -> String {
    format!("{}/parts/{key}", href(year))
}

/// The year of an address, if there can be a report on it.
fn year_of(app: &App, text: &str) -> Result<i32, WebError> {
    let this_year = chrono::Datelike::year(&app.clock.today());
    let year = text.parse().map_err(|_| WebError::NoSuchPage)?;
    if (FIRST_YEAR..=this_year).contains(&year) {
        Ok(year)
    } else {
        Err(WebError::NoSuchPage)
    }
}

/// The report of the officer's agency.
async fn open(app: &App, officer: &CurrentOfficer, year: i32) -> Result<Gathered, WebError> {
    let (office, agency, today) = (app.clone(), officer.agency().id, app.clock.today());
    let gathered = app
        .database
        .read(move |conn| gather(conn, &office, agency, year, today))
        .await?;
    Ok(gathered)
}

fn is_head(officer: &CurrentOfficer) -> bool {
    officer.holds(&[Role::Head])
}

/// What a person is told where a report could not be changed so, and the status with it.
fn refusal(error: &AnnualError) -> Result<(StatusCode, String), WebError> {
    let status = match error {
        AnnualError::Storage(StorageError::Conflict) => {
            let words =
                "别人刚刚改动了同一内容，您的内容没有保存。请对照下面列出的不同之处改好，再次保存";
            return Ok((StatusCode::CONFLICT, words.to_owned()));
        }
        AnnualError::Storage(StorageError::NotFound(_)) => return Err(WebError::NoSuchPage),
        AnnualError::Storage(StorageError::Unavailable { why }) => {
            return Err(WebError::Unavailable(why.clone()));
        }
        AnnualError::Storage(_) | AnnualError::Paper(_) => {
            return Err(WebError::Internal(error.to_string()));
        }
        AnnualError::NotYours(_) => StatusCode::FORBIDDEN,
        AnnualError::Unknown(_) | AnnualError::Year(_) => StatusCode::NOT_FOUND,
        AnnualError::Sealed(_)
        | AnnualError::NotSealed(_)
        | AnnualError::NothingToCorrect(_)
        | AnnualError::NextYear(..)
        | AnnualError::CountsHere(_) => StatusCode::CONFLICT,
        AnnualError::Findings(_)
        | AnnualError::Picture(_)
        | AnnualError::Unfit(_)
        | AnnualError::Unbalanced(..)
        | AnnualError::ReasonMissing => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok((status, error.to_string()))
}

/// `GET` at an address that only takes forms, such as when a page is loaded again after a
/// refusal: the report that it belongs to.
///
/// # Errors
///
/// [`WebError::NoSuchPage`], if there can be no report on the year.
pub async fn back(app: Data<App>, year: Path<String>) -> Result<HttpResponse, WebError> {
    Ok(see_other(&href(year_of(&app, &year)?)))
}

/// What stands behind the title of a report that is not signed.
const DRAFT: &str = "（草稿）";

/// `GET /staff/reports/{year}/file.{ending}`: the sealed file, or the draft as it stands.
///
/// # Errors
///
/// [`WebError`].
pub async fn file(
    app: Data<App>,
    officer: CurrentOfficer,
    place: Path<(String, String)>,
) -> Result<HttpResponse, WebError> {
    let (year, ending) = place.into_inner();
    let year = year_of(&app, &year)?;
    let media = media_type(&ending).ok_or(WebError::NoSuchPage)?;
    let (agency, wanted) = (officer.agency().id, media.ending);
    let sealed = app
        .database
        .read(move |conn| seals::file(conn, agency, year, wanted))
        .await?;
    let mut name = format!("{}{year}年政府信息公开工作年度报告", officer.agency().name);
    let bytes = if let Some(file) = sealed {
        file.content
    } else {
        // What is not signed says so wherever it ends up.
        let mut report = open(&app, &officer, year).await?.report();
        report.title.push_str(DRAFT);
        name.push_str(DRAFT);
        tokio::task::spawn_blocking(move || print(&report, media.ending))
            .await
            .map_err(|error| WebError::Internal(error.to_string()))??
    };
    Ok(handed_out(media, &name, bytes))
}
