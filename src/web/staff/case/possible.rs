//! What may be done to a case now, and what not and why: asked of the Regulation itself.

use chrono::NaiveDate;

use crate::app::App;
use crate::casework::view::CaseView;
use crate::domain::actor::Actor;
use crate::domain::case::{ActKind, Office, Stage};

/// An act that may be done.
#[derive(Debug)]
pub struct Possible {
    /// What it is called.
    pub label: &'static str,
    /// What it does.
    pub words: &'static str,
    /// Its page, if it has one.
    pub href: Option<String>,
    /// Whether it is what the case waits for.
    pub main: bool,
}

/// An act that may not be done.
#[derive(Debug)]
pub struct Refused {
    /// What it is called.
    pub label: &'static str,
    /// Why.
    pub words: String,
}

/// What an act does, for those acts that have a page.
const fn page_of(kind: ActKind) -> Option<&'static str> {
    match kind {
        ActKind::ConfirmReceipt => Some("登记确认之日，答复期限从此起算"),
        ActKind::Assign => Some("指定或者更换经办人"),
        ActKind::Propose => Some("选择拟作出的决定，连同答复文书提交审核"),
        ActKind::Return => Some("写明意见，退回经办人修改"),
        ActKind::Approve => Some("作出决定，告知申请人，办结本案"),
        ActKind::Withdraw => Some("申请人本人表示撤回的，登记后办结"),
        _ => None,
    }
}

/// Whether the case waits for this act.
fn is_main(view: &CaseView, kind: ActKind) -> bool {
    match (&view.case.stage, kind) {
        (Stage::Filed { .. }, ActKind::ConfirmReceipt) => true,
        (Stage::Handling(handling), ActKind::Propose) => handling.draft.is_none(),
        (Stage::Handling(handling), ActKind::Approve) => handling.draft.is_some(),
        _ => false,
    }
}

/// What this officer may do to the case today, and what not.
#[must_use]
pub fn acts(
    view: &CaseView,
    by: &Actor,
    today: NaiveDate,
    app: &App,
) -> (Vec<Possible>, Vec<Refused>) {
    let office = Office {
        calendar: &app.calendar,
        own_review_allowed: view.agency.own_review_allowed,
    };
    let (mut possible, mut refused) = (Vec::new(), Vec::new());
    for kind in ActKind::ALL {
        match view.case.permits(kind, by, today, office) {
            Ok(()) => possible.push(Possible {
                label: kind.label(),
                words: page_of(kind).unwrap_or_default(),
                href: page_of(kind).map(|_| format!("/staff/cases/{}/{}", view.id, kind.code())),
                main: is_main(view, kind),
            }),
            Err(why) => refused.push(Refused { label: kind.label(), words: why.to_string() }),
        }
    }
    possible.sort_by_key(|act| (!act.main, act.href.is_none()));
    (possible, refused)
}
