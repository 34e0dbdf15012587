//! What may be done to a case now, and what not and why: asked of the Regulation itself.

use chrono::NaiveDate;

use crate::app::App;
use crate::casework::view::CaseView;
use crate::domain::actor::{Actor, Role};
use crate::domain::case::{ActKind, NotAllowed, Office, Stage};

/// An act that may be done.
#[derive(Debug)]
pub struct Possible {
    /// What it is called.
    pub label: &'static str,
    /// What it does.
    pub words: &'static str,
    /// Its page.
    pub href: String,
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

/// What an act does.
const fn meaning(kind: ActKind) -> &'static str {
    match kind {
        ActKind::ConfirmReceipt => "登记确认之日，答复期限从此起算",
        ActKind::Assign => "指定或者更换经办人",
        ActKind::Propose => "选择拟作出的决定，连同答复文书提交审核",
        ActKind::Return => "写明意见，退回经办人修改",
        ActKind::Approve => "作出决定，告知申请人，办结本案",
        ActKind::Withdraw => "申请人本人表示撤回的，登记后办结",
        ActKind::AskForCorrection => "一次性告知需要补正的内容和期限",
        ActKind::Correct => "登记收到的补正材料，答复期限重新计算",
        ActKind::Lapse => "认定逾期，不再处理，办结本案",
        ActKind::AskToExtend => "写明理由，请工作机构负责人决定是否延期",
        ActKind::Extend => "最多延长20个工作日，告知申请人",
        ActKind::DeclineExtension => "写明意见，按原来的期限办理",
        ActKind::RequireReasons => "申请的数量、频次明显超过合理范围的，书面通知说明理由",
        ActKind::RecordReasons => "登记申请人说明的理由，或者期限届满没有说明",
        ActKind::DelayAnswer => "理由合理但无法按期答复的，确定答复的期限，告知申请人",
        ActKind::Consult => "书面征求第三方或者其他机关意见，期限暂停计算",
        ActKind::RecordDelivery => "登记对方收到征求意见书的日期",
        ActKind::RecordOpinion => "登记对方的意见",
        ActKind::ChargeFee => "按件或者按量计算信息处理费，通知缴纳",
        ActKind::RecordFeeDelivery => "登记申请人收到收费通知的日期",
        ActKind::Pay => "登记缴费，答复期限重新计算",
    }
}

/// Whether the case waits for this act.
fn is_main(view: &CaseView, kind: ActKind) -> bool {
    match (&view.case.stage, kind) {
        (Stage::Handling(handling), ActKind::Propose) => handling.draft.is_none(),
        (Stage::Handling(handling), ActKind::Approve) => handling.draft.is_some(),
        (Stage::Handling(handling), ActKind::Extend) => handling.wanted.is_some(),
        (Stage::Filed { .. }, ActKind::ConfirmReceipt)
        | (Stage::AwaitingCorrection { .. }, ActKind::Correct)
        | (Stage::AwaitingPayment { .. }, ActKind::Pay) => true,
        _ => false,
    }
}

/// What this officer may do to the case today, and what not and why; acts that have no place at
/// this stage are left out.
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
    let everybody =
        Actor::Officer { id: by.officer().unwrap_or_default(), roles: Role::ALL.to_vec() };
    let (mut possible, mut refused) = (Vec::new(), Vec::new());
    for kind in ActKind::ALL {
        let label = kind.label();
        let words = match view.case.permits(kind, &everybody, today, office) {
            Ok(()) if by.may(kind) => {
                possible.push(Possible {
                    label,
                    words: meaning(kind),
                    href: format!("/staff/cases/{}/{}", view.id, kind.code()),
                    main: is_main(view, kind),
                });
                continue;
            }
            Ok(()) => {
                let duties: Vec<_> = kind.duties().iter().map(|role| role.label()).collect();
                format!("由{}办理", duties.join("、"))
            }
            Err(NotAllowed::AtThisStage { .. }) => continue,
            Err(why) => why.to_string(),
        };
        refused.push(Refused { label, words });
    }
    possible.sort_by_key(|act| !act.main);
    (possible, refused)
}
