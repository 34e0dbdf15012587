//! 拟办: what is to be decided, why, and what the answer will say.

use super::sheet::{ActPage, Files, Intent, Kind, Question, Sheet, words};
use super::{Desk, consulted};
use crate::casework::history::GUIDE;
use crate::domain::case::{Act, ActKind};
use crate::domain::consultation::Party;
use crate::domain::guide::{Next, Step, Way};
use crate::domain::letter::{TOLD_NAME, in_chinese};
use crate::domain::outcome::Disposition;
use crate::storage::attachments::Purpose;
use crate::web::form::{Choice, View};
use crate::web::staff::case::parts::{articles, draft, remedy};
use crate::web::staff::form::DeskForm;

pub(super) const PAGE: ActPage = ActPage { kind: ActKind::Propose, sheet, read };

/// Says on a form that the guide leads, or led, to it,
const GUIDED: &str = "guided";
/// and by which answers.
const WAY: &str = "way";

/// What may be proposed, in the order of the form, with all that follows from each.
fn findings() -> Vec<Choice> {
    let decided = Disposition::ALL.iter().filter(|one| one.is_decided());
    decided
        .map(|disposition| {
            let consequence = disposition.consequence();
            let hint = format!(
                "{}；依据{}；计入“{}”；{}",
                consequence.title,
                articles(*disposition),
                consequence.outcome.full_label(),
                remedy(*disposition)
            );
            let label = match consequence.outcome.group() {
                group @ ("不予公开" | "无法提供" | "不予处理") => {
                    format!("{group}：{}", disposition.label())
                }
                _ => disposition.label().to_owned(),
            };
            Choice::new(disposition.code(), label).with_hint(hint)
        })
        .collect()
}

/// What was chosen, if it may be proposed.
fn chosen(form: &DeskForm) -> Option<Disposition> {
    Disposition::from_code(form.text("disposition")).filter(|one| one.is_decided())
}

/// How far the guide was followed, the answer on the form included; an answer that is none of
/// the question's leaves the question open. `None` without the guide.
fn way(form: &DeskForm) -> Option<Way> {
    let answer = form.text("disposition");
    if !form.is_ticked(GUIDED) {
        return (answer == Next::Ask(Step::Clear).code()).then(Way::begin);
    }
    let way = Way::along(form.text(WAY))?;
    way.clone().then(answer).or(Some(way))
}

/// A question of the guide, with the article beside it.
fn asking(step: Step, way: &Way) -> Sheet {
    let answers = step.answers().iter();
    let choices = answers.map(|(label, next)| Choice::new(next.code(), *label));
    Sheet {
        lede: "逐项判断，最后得出拟作出的决定；要回到上一项，请使用浏览器的后退。".to_owned(),
        notices: vec![("panel-notice", step.article().to_owned())],
        questions: vec![Question::new(
            "disposition",
            step.question(),
            Kind::One(choices.collect()),
        )],
        kept: kept(way),
        change: Some(("不用指引，直接选择决定", "propose")),
        asks_first: true,
        button: "下一步",
        ..Sheet::default()
    }
}

/// What a form sends along of the way that led to it.
fn kept(way: &Way) -> Vec<(&'static str, String)> {
    vec![(GUIDED, "yes".to_owned()), (WAY, way.codes.clone())]
}

/// What has to be done before anything can be decided.
fn first(act: ActKind) -> Sheet {
    Sheet {
        notices: vec![("panel-notice", format!("还不能拟办：应当先办理“{}”。", act.label()))],
        change: Some(("去办理", act.code())),
        asks_first: true,
        button: "重新选择决定",
        ..Sheet::default()
    }
}

fn sheet(desk: &Desk<'_>, form: &DeskForm) -> Sheet {
    let replaces = draft(&desk.view).map(|(_, draft)| {
        let words = format!(
            "本案已有{}拟办的“{}”待审核。重新提交后，以这一次的为准。",
            draft.by, draft.finding
        );
        ("panel-notice", words)
    });
    let way = way(form);
    match way.as_ref().map(|way| (way.end, way)) {
        Some((Next::Ask(step), way)) => return asking(step, way),
        Some((Next::Instead(act), _)) => return first(act),
        Some((Next::Decide(_), _)) | None => {}
    }
    let Some(disposition) = chosen(form) else {
        return Sheet {
            lede: "先选择拟作出的决定，再填写答复文书的内容。".to_owned(),
            change: Some(("不确定选哪一项的，按七步逐项判断", "propose?disposition=guide_clear")),
            notices: replaces.into_iter().collect(),
            questions: vec![Question::new(
                "disposition",
                "拟作出的决定",
                Kind::One(findings()),
            )],
            asks_first: true,
            button: "下一步",
            ..Sheet::default()
        };
    };
    let way = way.filter(|way| way.end == Next::Decide(disposition));
    if let Err(why) = desk.would_allow(&Act::Propose { disposition }) {
        return Sheet {
            notices: vec![("panel-notice", format!("现在不能这样拟办：{why}。"))],
            change: Some(("重新选择决定", "propose")),
            asks_first: true,
            button: "重新选择决定",
            ..Sheet::default()
        };
    }
    let hint = if way.is_some() {
        "检索经过、法律依据和具体考虑，供审核；申请人看不到"
    } else {
        "检索经过、法律依据和具体考虑，以及没有按七步逐项判断、直接选择决定的理由，供审核；申请人看不到"
    };
    let guided = way.is_some();
    let mut sent_along = vec![("disposition", disposition.code().to_owned())];
    sent_along.extend(way.iter().flat_map(kept));
    let consequence = disposition.consequence();
    let follows = format!(
        "拟作出的决定：{}。出具《{}》，依据{}，计入“{}”；{}。",
        disposition.label(),
        consequence.title,
        articles(disposition),
        consequence.outcome.full_label(),
        remedy(disposition)
    );
    let files = if disposition.gives() {
        Files {
            label: "提供的信息",
            hint: "上传提供给申请人的文件；批准后申请人可以下载",
            purpose: Purpose::Reply,
        }
    } else {
        Files {
            label: "审核用的材料",
            hint: "检索记录、定密依据、第三方的意见等；存入案卷，申请人看不到",
            purpose: Purpose::Evidence,
        }
    };
    Sheet {
        lede: format!(
            "{}审核人批准后本案办结，申请人凭受理编号和查询码下载答复文书。",
            if guided {
                "七、怎么答：填写答复文书。"
            } else {
                ""
            }
        ),
        notices: replaces
            .into_iter()
            .chain([("panel-notice", follows)])
            .collect(),
        questions: vec![Question::new("words", "审核用的理由", Kind::Area).hint(hint)],
        letters: desk.view.case.answering(disposition),
        filled: vec![
            (TOLD_NAME, objecting(desk, disposition)),
            ("opinion", opinions(desk)),
        ],
        kept: sent_along,
        change: Some(("重新选择决定", "propose")),
        files: Some(files),
        button: "提交审核",
        ..Sheet::default()
    }
}

/// How third parties were asked and what they said, as the record has it.
fn opinions(desk: &Desk<'_>) -> String {
    let names = consulted(&desk.view);
    let course = desk.view.case.stage.course();
    let asked = course.map_or(&[][..], |course| course.consultations.as_slice());
    let told = asked
        .iter()
        .zip(names)
        .filter(|(asked, _)| asked.party == Party::ThirdParty);
    told.map(|(asked, name)| {
        let sent = in_chinese(asked.sent_on);
        match asked.reply {
            Some((on, opinion)) => format!(
                "本机关于{sent}书面征求{name}的意见，{name}于{}答复{}。",
                in_chinese(on),
                opinion.label()
            ),
            None => format!("本机关于{sent}书面征求{name}的意见，{name}没有在规定的期限内答复。"),
        }
    })
    .collect()
}

/// The third parties that did not agree and are told what is given all the same, one a line;
/// of a part, only the clerk knows.
fn objecting(desk: &Desk<'_>, disposition: Disposition) -> String {
    if disposition != Disposition::Given {
        return String::new();
    }
    let names = consulted(&desk.view);
    let of = |number: u32| names.get(usize::try_from(number).ok()?.checked_sub(1)?);
    let names = desk.view.case.objecting().filter_map(of);
    names.cloned().collect::<Vec<_>>().join("\n")
}

fn read(desk: &Desk<'_>, form: &DeskForm, view: &mut View) -> Option<Intent> {
    let disposition = chosen(form);
    if disposition.is_none() {
        view.add_fault("disposition", "请选择拟作出的决定");
    }
    let words = words(desk, form, view, "审核用的理由", true);
    let disposition = disposition?;
    let act = Act::Propose { disposition };
    let way = way(form).filter(|way| way.end == Next::Decide(disposition));
    let told = way.map(|way| (GUIDE, way.told()));
    Some(Intent {
        supplied: told.into_iter().collect(),
        ..Intent::new(act, desk.app.clock.today(), words)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_may_be_decided_can_be_chosen_once() {
        let values: std::collections::BTreeSet<_> = findings()
            .into_iter()
            .map(|finding| finding.value)
            .collect();
        let decided = Disposition::ALL.iter().filter(|one| one.is_decided());
        assert_eq!(values.len(), decided.count());
    }
}
