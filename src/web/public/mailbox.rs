//! `/mailbox/{link}`: whoever reads a mailbox says whether mails are welcome. The link stands in
//! the first mail; opening it does nothing, for mail programs open links by themselves.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::web::{Bytes, Data, Path};
use askama::Template;

use crate::app::App;
use crate::casework::mailbox;
use crate::storage::mailboxes::Word;
use crate::web::Site;
use crate::web::error::WebError;
use crate::web::fields::fields;
use crate::web::page::{self, Frame};

#[derive(Debug, Template)]
#[template(path = "public/mailbox.html")]
struct MailboxPage {
    frame: Frame,
    link: String,
    said: Option<&'static str>,
    refused: bool,
    /// What can be said: its code, the button's words and its class.
    choices: Vec<(&'static str, &'static str, &'static str)>,
}

fn choice(word: Word) -> (&'static str, &'static str, &'static str) {
    match word {
        Word::Confirmed => (word.code(), "是我的邮箱，可以发送通知", ""),
        Word::Refused => (word.code(), "我没有提出申请，不要再发信", "button-quiet"),
    }
}

/// `GET /mailbox/{link}`
///
/// # Errors
///
/// [`WebError::NoSuchPage`] for a link that is none.
pub async fn show(
    app: Data<App>,
    site: Data<Site>,
    link: Path<String>,
) -> Result<HttpResponse, WebError> {
    let said = mailbox::said(&app, &link).await?;
    let page = MailboxPage {
        frame: Frame::of(&site.agencies(&app).await, "/track"),
        link: link.into_inner(),
        refused: said == Some(Word::Refused),
        said: said.map(|word| match word {
            Word::Confirmed => "已经确认，办理通知会发到这个邮箱。",
            Word::Refused => "我们不再向这个邮箱发信。",
        }),
        // Whoever did not apply is told first how to make it stop.
        choices: [Word::Refused, Word::Confirmed]
            .into_iter()
            .filter(|word| said != Some(*word))
            .map(choice)
            .collect(),
    };
    page::show(StatusCode::OK, &page)
}

/// `POST /mailbox/{link}`
///
/// # Errors
///
/// [`WebError::NoSuchPage`] for a link that is none.
pub async fn say(
    app: Data<App>,
    link: Path<String>,
    body: Bytes,
) -> Result<HttpResponse, WebError> {
    let fields = fields(&body)?;
    let word = fields.get("word").and_then(|word| Word::from_code(word));
    let word = word.ok_or(WebError::NotAForm("no word"))?;
    mailbox::say(&app, &link, word).await?;
    Ok(HttpResponse::SeeOther()
        .insert_header((LOCATION, format!("/mailbox/{link}")))
        .finish())
}
