//! The receipt (登记回执): shown once the application is kept, and as a file to take along.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::web::{Bytes, Data};
use askama::Template;
use uuid::Uuid;

use super::PURPOSE;
use super::paper::Paper;
use crate::app::App;
use crate::casework::file::{self, Receipt};
use crate::clock::beijing;
use crate::storage::attachments::Purpose;
use crate::storage::{self, Connection, StorageError};
use crate::web::Site;
use crate::web::assets;
use crate::web::csrf::Token;
use crate::web::error::WebError;
use crate::web::fields::fields;
use crate::web::page::{self, Frame};
use crate::web::words;

#[derive(Debug, Template)]
#[template(path = "public/receipt.html")]
struct ReceiptPage<'a> {
    frame: Frame,
    token: &'a str,
    receipt: Shown,
}

#[derive(Debug, Template)]
#[template(path = "public/receipt_file.html")]
struct ReceiptFile {
    style: String,
    receipt: Shown,
}

/// The receipt in words.
#[derive(Debug)]
struct Shown {
    agency: String,
    number: String,
    query_code: String,
    filed_at: String,
    filed_at_iso: String,
    channel: &'static str,
    title: String,
    enclosed: usize,
    confirm_by: Option<String>,
    received: String,
    due: String,
    provisional: bool,
    track_url: String,
    telephone: String,
}

impl Shown {
    async fn of(app: &App, receipt: &Receipt, paper: Option<&Paper>) -> Result<Self, StorageError> {
        let enclosed = match paper {
            Some(paper) if !receipt.already_filed => paper.files.len(),
            _ => enclosed(app, receipt.case).await?,
        };
        Ok(Self {
            agency: receipt.agency.name.clone(),
            number: receipt.number.to_string(),
            query_code: receipt.query_code.to_string(),
            filed_at: beijing(receipt.filed_at)
                .format("%Y年%-m月%-d日 %H:%M:%S")
                .to_string(),
            filed_at_iso: receipt.filed_at.to_rfc3339(),
            channel: receipt.channel.label(),
            title: paper.map_or_else(String::new, |paper| paper.draft.title.trim().to_owned()),
            enclosed,
            confirm_by: receipt.confirm_by.map(|due| words::full_day(due.on)),
            received: receipt
                .received_on
                .map_or_else(String::new, words::full_day),
            due: words::full_day(receipt.due.on),
            provisional: receipt.due.provisional,
            track_url: format!("{}/track", app.settings.base_url()),
            telephone: receipt.agency.telephone.clone(),
        })
    }
}

/// How many files came with the application.
async fn enclosed(app: &App, case: Uuid) -> Result<usize, StorageError> {
    let read = move |conn: &mut Connection| storage::attachments::of_case(conn, case);
    let files = app.database.read(read).await?;
    Ok(files
        .iter()
        .filter(|file| file.purpose != Purpose::Reply)
        .count())
}

/// Shows the receipt, with what the paper says where it is at hand.
///
/// # Errors
///
/// [`WebError`], if the page could not be made.
pub(super) async fn show(
    app: &App,
    site: &Site,
    receipt: &Receipt,
    paper: Option<&Paper>,
    token: &str,
) -> Result<HttpResponse, WebError> {
    let page = ReceiptPage {
        frame: Frame::of(&site.agencies(app).await, "/apply"),
        token,
        receipt: Shown::of(app, receipt, paper).await?,
    };
    page::show(StatusCode::OK, &page)
}

/// `POST /apply/receipt`: the receipt as a file that needs nothing else.
///
/// # Errors
///
/// [`WebError::Forged`] for a token that is not ours; [`WebError::NoSuchPage`], if nothing was
/// filed with it.
pub async fn download(app: Data<App>, body: Bytes) -> Result<HttpResponse, WebError> {
    let fields = fields(&body)?;
    let token = fields.get("token").map_or("", String::as_str);
    let token = Token::read(&app.vault, PURPOSE, token)?;
    let receipt = file::filed(&app, token.as_str()).await?;
    let receipt = receipt.ok_or(WebError::NoSuchPage)?;
    let name = format!("回执-{}.html", receipt.number);
    let file = ReceiptFile {
        style: assets::style(),
        receipt: Shown::of(&app, &receipt, None).await?,
    };
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_DISPOSITION, page::attachment(&name)))
        .body(file.render()?))
}
