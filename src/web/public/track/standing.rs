//! Where a case stands, in plain words for its applicant.

use chrono::NaiveDate;

use crate::casework::track::TrackView;
use crate::domain::calendar::WorkingCalendar;
use crate::domain::case::{Ending, Handling, Stage};
use crate::domain::deadline::{DayReason, REPLY, TermDay};
use crate::domain::outcome::Disposition;
use crate::web::words::{self, full_day};

/// Where a case stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The class of the tag.
    pub tag: &'static str,
    /// The stage.
    pub stage: &'static str,
    /// What counts now.
    pub headline: String,
    /// What that means.
    pub explanation: String,
    /// Whether a day may still move, since a year's arrangement is not published.
    pub provisional: bool,
}

/// A day of the term, as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// The day.
    pub date: String,
    /// Whether it counts.
    pub counts: bool,
    /// Why, or why not.
    pub why: String,
    /// The count at its end.
    pub count: u32,
}

impl Standing {
    /// Where this case stands on the day `today`.
    #[must_use]
    pub fn of(view: &TrackView, today: NaiveDate, calendar: &WorkingCalendar) -> Self {
        match &view.case.stage {
            Stage::Filed { .. } => filed(view),
            Stage::Handling(handling) => in_hand(view, handling, today, calendar),
            Stage::AwaitingCorrection { until, .. } => Self {
                tag: "tag-soon",
                stage: "待补正",
                headline: format!("请在{}前补正", full_day(*until)),
                explanation:
                    "需要补正的内容见补正告知书。收到补正材料后，答复期限重新计算20个工作日；\
                              无正当理由逾期不补正的，视为放弃申请。可以在这里在线补正，也可以当面或者邮寄提交补正材料。"
                        .to_owned(),
                provisional: false,
            },
            Stage::AwaitingPayment { yuan, .. } => Self {
                tag: "tag-soon",
                stage: "待缴费",
                headline: format!("请缴纳信息处理费{yuan}元"),
                explanation:
                    "缴费依据、标准和方式见收费通知书。请在收到通知次日起20个工作日内缴纳，\
                              缴费后答复期限重新计算；逾期未缴纳的，视为放弃申请。"
                        .to_owned(),
                provisional: false,
            },
            Stage::Closed { ending, on, .. } => closed(*ending, *on),
        }
    }
}

fn filed(view: &TrackView) -> Standing {
    let headline = view
        .confirm_by
        .map_or_else(|| "等待确认收到".to_owned(), |due| format!("{}前确认收到", full_day(due.on)));
    Standing {
        tag: "tag-soon",
        stage: "待确认",
        headline,
        explanation: format!(
            "{}将与您联系，双方确认之日为收到申请之日，{REPLY}个工作日的答复期限由此起算。",
            view.agency.name
        ),
        provisional: view.confirm_by.is_some_and(|due| due.provisional),
    }
}

fn in_hand(
    view: &TrackView,
    handling: &Handling,
    today: NaiveDate,
    calendar: &WorkingCalendar,
) -> Standing {
    let Some(due) = view.due else {
        return Standing {
            tag: "",
            stage: "办理中",
            headline: "正在办理".to_owned(),
            explanation: String::new(),
            provisional: false,
        };
    };
    let last = full_day(due.on);
    if today > due.on {
        return Standing {
            tag: "tag-late",
            stage: "已超过期限",
            headline: format!("答复期限已于{last}届满"),
            explanation:
                "可以致电受理机构催办，也可以向其上一级行政机关或者政府信息公开工作主管部门投诉、\
                          举报，或者依法申请行政复议、提起行政诉讼。"
                    .to_owned(),
            provisional: false,
        };
    }
    let paused = handling.is_paused_on(today, calendar);
    let began = full_day(handling.term.started_on);
    let counted = format!("期限自{began}的次日起计算{}个工作日。", handling.term.allowed());
    let extended = handling
        .term
        .extension
        .map_or_else(String::new, |extension| format!("其中延长{}个工作日。", extension.days));
    let delayed = handling
        .term
        .delay
        .map_or("", |_| "您说明的理由合理，答复延迟到上述日期，详见延迟答复告知书。");
    let reasons = handling
        .course
        .reasons
        .filter(|asked| asked.heard.is_none());
    let reasons = reasons.map_or_else(String::new, |asked| match asked.until {
        until if today <= until => format!(
            "您的申请数量、频次明显超过合理范围，请在{}前（含当日）书面说明理由，当面或者邮寄提交；\
             理由不合理或者没有说明的，可能不予处理。详见说明理由通知书。",
            full_day(until)
        ),
        until => format!("说明理由的期限已于{}届满。", full_day(until)),
    });
    let asked = if paused {
        "正在征求第三方或者其他机关的意见，所需时间不计算在期限内；收到意见较早的，到期日会提前。"
    } else {
        ""
    };
    Standing {
        tag: "",
        stage: if paused {
            "征求意见中"
        } else {
            "办理中"
        },
        headline: format!("最迟{last}答复"),
        explanation: format!("{counted}{extended}{delayed}{asked}{reasons}"),
        provisional: due.provisional,
    }
}

fn closed(ending: Ending, on: NaiveDate) -> Standing {
    let day = full_day(on);
    let (stage, headline, explanation) = match ending {
        Ending::Found(Disposition::Withdrawn) => (
            "已撤回",
            "申请已撤回".to_owned(),
            format!("{day}撤回，不再办理。仍需要这项信息的，可以重新提交申请。"),
        ),
        Ending::Found(disposition) if disposition.is_decided() => (
            "已办结",
            format!("已作出答复：{}", disposition.label()),
            format!("{day}办结。不服答复的，救济途径和期限见答复书。"),
        ),
        Ending::Found(disposition) => (
            "已办结",
            format!("不再处理：{}", disposition.label()),
            format!("{day}办结，理由和救济途径见告知书。可以重新提交申请。"),
        ),
        Ending::Recorded(outcome) => ("已办结", outcome.full_label(), format!("{day}办结。")),
    };
    Standing { tag: "tag-closed", stage, headline, explanation, provisional: false }
}

impl Day {
    /// A day of a term, as it is shown in `this_year`.
    #[must_use]
    pub fn of(day: &TermDay, this_year: i32) -> Self {
        let note = day.note.as_str();
        let why = match day.reason {
            DayReason::Receipt => "起算日，当日不计入".to_owned(),
            DayReason::Counted => "工作日，计入".to_owned(),
            DayReason::Makeup => "调休上班，计入".to_owned(),
            DayReason::Weekend => "周末，不计入".to_owned(),
            DayReason::Holiday => format!("{note}放假，不计入"),
            DayReason::Excluded if note.is_empty() => "征求意见，不计入".to_owned(),
            DayReason::Excluded => format!("{note}，不计入"),
            DayReason::Delayed => "在延迟答复的期限内".to_owned(),
        };
        Self {
            date: words::day(day.date, this_year),
            counts: matches!(day.reason, DayReason::Counted | DayReason::Makeup),
            why,
            count: day.count,
        }
    }
}
