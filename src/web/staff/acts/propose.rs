//! 拟办: what is to be decided and why, with the letters that answer the applicant.

use actix_multipart::Multipart;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use uuid::Uuid;

use super::{Desk, Doing, Head, Tried, fault_of_words, typed, words};
use crate::app::App;
use crate::casework::attachments::Incoming;
use crate::domain::case::{Act, ActKind};
use crate::domain::letter::Particulars;
use crate::domain::outcome::Disposition;
use crate::storage::attachments::Purpose;
use crate::web::error::WebError;
use crate::web::form::View;
use crate::web::page::{self, StaffFrame};
use crate::web::session::CurrentOfficer;
use crate::web::staff::case::parts::{articles, draft, remedy};
use crate::web::staff::form::DeskForm;
use crate::web::upload::{self, ACCEPT, Received, readable_size};

/// The findings of one group of the form.
#[derive(Debug)]
struct Group {
    name: &'static str,
    findings: Vec<Finding>,
}

/// A finding to choose, with all that follows from it.
#[derive(Debug)]
struct Finding {
    id: String,
    value: &'static str,
    label: &'static str,
    letter: &'static str,
    articles: String,
    row: String,
    remedy: &'static str,
}

/// A file that was uploaded.
#[derive(Debug)]
struct Upload {
    id: String,
    name: String,
    size: String,
}

#[derive(Debug, Template)]
#[template(path = "staff/acts/propose.html")]
struct ProposePage {
    frame: StaffFrame,
    token: String,
    head: Head,
    replaces: Option<String>,
    groups: Vec<Group>,
    uploads: Vec<Upload>,
    reply_hint: String,
    accept: &'static str,
    form: View,
}

/// What may be proposed, in the groups and the order of the form.
fn groups() -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let decided = Disposition::ALL
        .iter()
        .filter(|disposition| disposition.is_decided());
    for (place, disposition) in decided.enumerate() {
        let consequence = disposition.consequence();
        let finding = Finding {
            id: if place == 0 {
                "disposition".to_owned()
            } else {
                format!("disposition-{}", disposition.code())
            },
            value: disposition.code(),
            label: disposition.label(),
            letter: consequence.title,
            articles: articles(*disposition),
            row: consequence.outcome.full_label(),
            remedy: remedy(*disposition),
        };
        let name = consequence.outcome.group();
        match groups.iter_mut().find(|group| group.name == name) {
            Some(group) => group.findings.push(finding),
            None => groups.push(Group { name, findings: vec![finding] }),
        }
    }
    groups
}

fn page(
    desk: &Desk<'_>,
    status: StatusCode,
    received: Option<&Received>,
    form: View,
) -> Result<HttpResponse, WebError> {
    let limits = &desk.app.settings.limits;
    let replaces = draft(&desk.view).map(|(_, draft)| {
        format!("本案已有{}拟办的“{}”待审核。重新提交后，以这一次的为准。", draft.by, draft.finding)
    });
    let version = received.and_then(|received| received.texts.get("version"));
    page::show(
        status,
        &ProposePage {
            frame: desk.frame()?,
            token: match received {
                // The files wait under the token of the form.
                Some(received) => received.token.as_str().to_owned(),
                None => desk.officer.token(desk.app)?,
            },
            head: desk.head(version.map_or("", String::as_str)),
            replaces,
            groups: groups(),
            uploads: received.map(uploads).unwrap_or_default(),
            reply_hint: format!(
                "加盖印章的答复文书，以及予以公开的信息。最多{}个，每个不超过{}MB。批准后申请人可以下载",
                limits.attachments, limits.attachment_mib
            ),
            accept: ACCEPT,
            form,
        },
    )
}

fn uploads(received: &Received) -> Vec<Upload> {
    let files = received.files.iter();
    files
        .map(|file| Upload {
            id: file.id.clone(),
            name: file.name.clone(),
            size: readable_size(file.bytes),
        })
        .collect()
}

/// `GET /staff/cases/{id}/propose`
///
/// # Errors
///
/// [`WebError`].
pub async fn show(
    app: Data<App>,
    officer: CurrentOfficer,
    id: Path<Uuid>,
) -> Result<HttpResponse, WebError> {
    let desk = Desk::open(&app, &officer, *id, ActKind::Propose).await?;
    match desk.refusal()? {
        Some(refusal) => Ok(refusal),
        None => page(&desk, StatusCode::OK, None, View::default()),
    }
}

/// `POST /staff/cases/{id}/propose`
///
/// # Errors
///
/// [`WebError`].
pub async fn submit(
    app: Data<App>,
    officer: CurrentOfficer,
    id: Path<Uuid>,
    body: Multipart,
) -> Result<HttpResponse, WebError> {
    let mut received = upload::receive(&app, &officer.purpose(), body).await?;
    if received.token.is_expired(app.clock.now()) {
        return Err(WebError::Expired);
    }
    let desk = Desk::open(&app, &officer, *id, ActKind::Propose).await?;
    let form = DeskForm::checked(received.texts.clone());
    let mut view = form.view();
    let removed = form.text("remove");
    if !removed.is_empty() {
        received.tray.remove(removed)?;
        received.files = received.tray.list()?;
        return page(&desk, StatusCode::OK, Some(&received), view);
    }
    let disposition = Disposition::from_code(form.text("disposition"));
    add_faults(&app, &received, disposition, &form, &mut view);
    let (Some(disposition), false) = (disposition, view.has_faults()) else {
        return page(&desk, StatusCode::UNPROCESSABLE_ENTITY, Some(&received), view);
    };
    let doing = Doing {
        act: Act::Propose { disposition },
        on: app.clock.today(),
        words: words(&form),
        particulars: Particulars::default(),
        attachments: letters(&received).await?,
    };
    let answer = desk
        .carry_out(form.text("version"), doing, typed(&form, "理由"))
        .await?;
    match answer {
        Tried::Answered(response) => {
            if response.status().is_redirection() {
                received.tray.clear()?;
            }
            Ok(response)
        }
        Tried::Wrong(words) => {
            view.add_fault("disposition", words);
            page(&desk, StatusCode::UNPROCESSABLE_ENTITY, Some(&received), view)
        }
    }
}

fn add_faults(
    app: &App,
    received: &Received,
    disposition: Option<Disposition>,
    form: &DeskForm,
    view: &mut View,
) {
    if disposition.is_none() {
        view.add_fault("disposition", "请选择拟作出的决定");
    }
    if let Some(fault) = fault_of_words(app, form.text("words"), "理由", true) {
        view.add_fault("words", fault);
    }
    for (_, words) in &received.refused {
        view.add_fault("reply", words.clone());
    }
    if received.files.is_empty() && received.refused.is_empty() {
        view.add_fault("reply", "请上传答复文书");
    }
}

/// The files that wait in the tray.
async fn letters(received: &Received) -> Result<Vec<Incoming>, WebError> {
    let (tray, files) = (received.tray.clone(), received.files.clone());
    let opened = actix_web::web::block(move || {
        let letters = files.iter().map(|file| {
            Ok(Incoming {
                purpose: Purpose::Reply,
                name: file.name.clone(),
                media_type: file.media_type.clone(),
                bytes: tray.open(file)?,
            })
        });
        letters.collect::<std::io::Result<Vec<_>>>()
    });
    let opened = opened
        .await
        .map_err(|error| WebError::Internal(error.to_string()))?;
    Ok(opened?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_may_be_decided_can_be_chosen_once() {
        let groups = groups();
        let names: Vec<_> = groups.iter().map(|group| group.name).collect();
        assert_eq!(
            names,
            [
                "予以公开",
                "部分公开",
                "不予公开",
                "无法提供",
                "不予处理",
                "其他处理"
            ]
        );
        let chosen = groups.iter().flat_map(|group| &group.findings);
        let values: std::collections::BTreeSet<_> = chosen.map(|finding| finding.value).collect();
        let decided = Disposition::ALL.iter().filter(|one| one.is_decided());
        assert_eq!(values.len(), decided.count());
    }
}
