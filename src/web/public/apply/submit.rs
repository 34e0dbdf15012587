//! Filing what was checked: the receipt, or the form again with nothing lost.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;

use super::paper::{Flaw, Paper};
use super::{SOON, again, check, receipt};
use crate::app::App;
use crate::casework::CaseworkError;
use crate::casework::file::{self, Filing, Receipt};
use crate::domain::actor::Actor;
use crate::domain::agency::Agency;
use crate::domain::application::Fault;
use crate::domain::channel::Channel;
use crate::storage::StorageError;
use crate::web::Site;
use crate::web::error::{WebError, Words};
use crate::web::form::Choice;

/// Files the application and shows the receipt. A form that was filed before shows the same
/// receipt, whatever it says now (P2).
///
/// # Errors
///
/// [`WebError`], if even the form cannot be shown again.
pub async fn file(app: &App, site: &Site, mut paper: Paper) -> Result<HttpResponse, WebError> {
    let ended = match filed_before(app, &paper).await {
        Ok(Some(receipt)) => Ok(receipt),
        Ok(None) if !paper.faults.is_empty() => return again(app, site, &paper).await,
        Ok(None) => keep(app, site, &paper).await,
        Err(error) => Err(error),
    };
    match ended {
        Ok(receipt) => {
            paper.clear().await;
            receipt::show(app, site, &receipt, Some(&paper), paper.token.as_str()).await
        }
        Err(CaseworkError::Faults(faults)) => {
            paper.faults = faults.into_iter().map(flaw).collect();
            again(app, site, &paper).await
        }
        Err(CaseworkError::Storage(StorageError::Unavailable { why })) => {
            unavailable(app, site, &paper, &why).await
        }
        Err(CaseworkError::File(error)) => unavailable(app, site, &paper, &error.to_string()).await,
        Err(error) => Err(error.into()),
    }
}

/// The receipt of this form, if something of it is missing now: perhaps because it was filed
/// and its files were cleared away. A form with nothing missing asks when it is filed.
async fn filed_before(app: &App, paper: &Paper) -> Result<Option<Receipt>, CaseworkError> {
    if paper.faults.is_empty() {
        return Ok(None);
    }
    file::filed(app, paper.token.as_str()).await
}

/// Keeps the application: one durable transaction.
async fn keep(app: &App, site: &Site, paper: &Paper) -> Result<Receipt, CaseworkError> {
    let _turn = site.turn_for(paper.weight()).await;
    let attachments = match paper.enclosed().await {
        Ok(attachments) => attachments,
        // The same form came twice at once, and the other one has been filed.
        Err(error) => {
            let filed = file::filed(app, paper.token.as_str()).await?;
            return filed.ok_or(CaseworkError::File(error));
        }
    };
    let agencies = site.agencies(app).await;
    let agency = chosen(&agencies, &paper.agency).ok_or(StorageError::NotFound("agency"))?;
    let filing = Filing {
        agency: agency.id,
        form_token: paper.token.as_str().to_owned(),
        channel: Channel::Online,
        arrived_on: app.clock.today(),
        confirmed_on: None,
        papers: paper.draft.clone(),
        as_written: false,
        attachments,
        by: Actor::Applicant,
    };
    file::file(app, filing).await
}

/// The agencies to choose from; none, where there is only one.
#[must_use]
pub fn choices(agencies: &[Agency]) -> Vec<Choice> {
    let several = agencies.iter().filter(|_| agencies.len() > 1);
    several
        .map(|agency| Choice::new(&agency.code, &agency.name))
        .collect()
}

/// The agency that was chosen, or the only one.
#[must_use]
pub fn chosen<'a>(agencies: &'a [Agency], code: &str) -> Option<&'a Agency> {
    match agencies {
        [only] => Some(only),
        several => several.iter().find(|agency| agency.code == code),
    }
}

fn flaw(fault: Fault) -> Flaw {
    Flaw::new(fault.field.id(), fault.message)
}

/// The check page again: nothing was kept, and nothing typed is lost (P3).
async fn unavailable(
    app: &App,
    site: &Site,
    paper: &Paper,
    why: &str,
) -> Result<HttpResponse, WebError> {
    tracing::error!(why, "an application could not be kept");
    let notice = Words {
        title: "暂时没有提交成功",
        message: "系统现在无法保存您的申请，没有留下任何记录。您填写的内容都在本页，\
                  请几分钟后在页面底部重新提交，不会重复登记。"
            .to_owned(),
        next: &[],
    };
    let mut page =
        check::show(app, site, paper, Some(notice), StatusCode::SERVICE_UNAVAILABLE).await?;
    page.headers_mut().insert(RETRY_AFTER, SOON);
    Ok(page)
}
