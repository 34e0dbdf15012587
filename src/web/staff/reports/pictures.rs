//! The pictures of a part, on a page of their own.

use actix_multipart::Multipart;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use uuid::Uuid;

use super::{HERE, href, open, part_href, refusal, year_of};
use crate::app::App;
use crate::casework::annual::pictures::{self as deeds, PictureFile};
use crate::casework::annual::{AnnualError, Gathered};
use crate::report::annual::form::Part;
use crate::storage::attachments::Purpose;
use crate::storage::report_images;
use crate::web::error::WebError;
use crate::web::form::View;
use crate::web::page::{self, StaffFrame};
use crate::web::session::CurrentOfficer;
use crate::web::staff::form::DeskForm;
use crate::web::staff::see_other;
use crate::web::upload::{self, Accepted};

/// What can be a picture.
const PICTURES: Accepted = Accepted {
    endings: &["jpg", "jpeg", "png"],
    words: "PNG 或者 JPEG 图片",
    mib: deeds::MIB,
};

/// A picture as the page lists it.
#[derive(Debug)]
struct PictureLine {
    id: Uuid,
    caption: String,
}

#[derive(Debug, Template)]
#[template(path = "staff/reports/pictures.html")]
struct PicturesPage {
    frame: StaffFrame,
    token: String,
    year: i32,
    desk: String,
    back: String,
    here: String,
    heading: String,
    hint: String,
    is_sealed: bool,
    stopped: Option<String>,
    pictures: Vec<PictureLine>,
    form: View,
}

/// The pictures of a part: which, and what each says below it.
pub(super) async fn listed(
    app: &App,
    officer: &CurrentOfficer,
    year: i32,
    part: &Part,
) -> Result<Vec<(Uuid, String)>, WebError> {
    let (agency, key) = (officer.agency().id, part.key.clone());
    let listed = app
        .database
        .read(move |conn| report_images::list(conn, agency, year))
        .await?;
    let own = listed.into_iter().filter(|picture| picture.part == key);
    Ok(own.map(|picture| (picture.id, picture.caption)).collect())
}

/// Where the pictures of a part stand.
fn here(year: i32, key: &str) -> String {
    format!("{}/pictures", part_href(year, key))
}

async fn page(
    app: &App,
    officer: &CurrentOfficer,
    gathered: &Gathered,
    part: &Part,
    status: StatusCode,
    (form, stopped): (View, Option<String>),
) -> Result<HttpResponse, WebError> {
    let year = gathered.basis.year();
    let listed = listed(app, officer, year, part).await?;
    page::show(
        status,
        &PicturesPage {
            frame: crate::web::staff::frame(app, officer, HERE)?,
            token: officer.token(app)?,
            year,
            desk: href(year),
            back: part_href(year, &part.key),
            here: here(year, &part.key),
            heading: part.heading.clone(),
            hint: format!("PNG 或者 JPEG，不超过 {} MB；印在这一部分正文之后", deeds::MIB),
            is_sealed: gathered.seal.is_some(),
            stopped,
            pictures: listed
                .into_iter()
                .map(|(id, caption)| PictureLine { id, caption })
                .collect(),
            form,
        },
    )
}

/// `GET /staff/reports/{year}/parts/{key}/pictures`
///
/// # Errors
///
/// [`WebError`].
pub async fn show(
    app: Data<App>,
    officer: CurrentOfficer,
    place: Path<(String, String)>,
) -> Result<HttpResponse, WebError> {
    let (year, key) = place.into_inner();
    let gathered = open(&app, &officer, year_of(&app, &year)?).await?;
    let part = gathered.form.part(&key).ok_or(WebError::NoSuchPage)?;
    page(&app, &officer, &gathered, part, StatusCode::OK, (View::default(), None)).await
}

/// `POST /staff/reports/{year}/parts/{key}/pictures`: adds a picture.
///
/// # Errors
///
/// [`WebError`].
pub async fn add(
    app: Data<App>,
    officer: CurrentOfficer,
    place: Path<(String, String)>,
    body: Multipart,
) -> Result<HttpResponse, WebError> {
    let (year, key) = place.into_inner();
    let year = year_of(&app, &year)?;
    let received = upload::receive_only(&app, &officer.purpose(), body, PICTURES).await?;
    if received.token.is_expired(app.clock.now()) {
        return Err(WebError::Expired);
    }
    let gathered = open(&app, &officer, year).await?;
    let part = gathered.form.part(&key).ok_or(WebError::NoSuchPage)?;
    let form = DeskForm::checked(received.texts.clone());
    let mut view = form.view();
    for (field, why) in &received.refused {
        view.add_fault(field, why.clone());
    }
    let caption = form.text("caption");
    if caption.is_empty() || caption.chars().count() > 100 {
        view.add_fault("caption", "请写明图片的内容，不超过100字；看不到图片的人靠它了解");
    }
    let file = if received.refused.is_empty() {
        received.open(Purpose::Evidence).await?.into_iter().next()
    } else {
        None
    };
    if file.is_none() && !view.is_wrong("picture") {
        view.add_fault("picture", "请选择图片");
    }
    received.tray.clear();
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    let (Some(file), false) = (file, view.has_faults()) else {
        return page(&app, &officer, &gathered, part, status, (view, None)).await;
    };
    let file = PictureFile {
        part: key.clone(),
        caption: caption.to_owned(),
        media_type: file.media_type,
        content: file.bytes,
    };
    match deeds::add(&app, officer.agency().id, year, file, &officer.actor()).await {
        Ok(()) => Ok(see_other(&here(year, &key))),
        Err(error @ (AnnualError::Picture(_) | AnnualError::Unfit(_))) => {
            view.add_fault("picture", error.to_string());
            page(&app, &officer, &gathered, part, status, (view, None)).await
        }
        Err(error) => {
            let (status, words) = refusal(&error)?;
            page(&app, &officer, &gathered, part, status, (view, Some(words))).await
        }
    }
}

/// `POST /staff/reports/{year}/parts/{key}/pictures/{picture}/remove`
///
/// # Errors
///
/// [`WebError`].
pub async fn remove(
    app: Data<App>,
    officer: CurrentOfficer,
    place: Path<(String, String, Uuid)>,
    _form: DeskForm,
) -> Result<HttpResponse, WebError> {
    let (year, key, picture) = place.into_inner();
    let year = year_of(&app, &year)?;
    let agency = officer.agency().id;
    match deeds::remove(&app, agency, year, picture, &officer.actor()).await {
        Ok(()) => Ok(see_other(&here(year, &key))),
        Err(error) => {
            let (status, words) = refusal(&error)?;
            let gathered = open(&app, &officer, year).await?;
            let part = gathered.form.part(&key).ok_or(WebError::NoSuchPage)?;
            let shown = (View::default(), Some(words));
            page(&app, &officer, &gathered, part, status, shown).await
        }
    }
}

/// `GET /staff/reports/{year}/parts/{key}/pictures/{picture}/remove`: a page that was loaded
/// again after a refusal.
///
/// # Errors
///
/// [`WebError::NoSuchPage`], if there can be no report on the year.
pub async fn back(
    app: Data<App>,
    place: Path<(String, String, String)>,
) -> Result<HttpResponse, WebError> {
    let (year, key, _) = place.into_inner();
    Ok(see_other(&here(year_of(&app, &year)?, &key)))
}
