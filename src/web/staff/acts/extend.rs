//! 延长答复期限: asked for by the clerk, decided by the head, on or before the last day
//! (art. 33(2)).

use super::Desk;
use super::sheet::{ActPage, Intent, Kind, Question, Sheet, words};
use crate::domain::case::{Act, ActKind, Stage, Supposition};
use crate::domain::deadline::EXTENSION_AT_MOST;
use crate::domain::letter::LetterKind;
use crate::web::form::View;
use crate::web::staff::case::parts::extension_wanted;
use crate::web::staff::form::DeskForm;
use crate::web::words::due_day;

pub(super) const ASK: ActPage =
    ActPage { kind: ActKind::AskToExtend, sheet: asking, read: read_asking };

pub(super) const GRANT: ActPage =
    ActPage { kind: ActKind::Extend, sheet: granting, read: read_granting };

pub(super) const DECLINE: ActPage = ActPage {
    kind: ActKind::DeclineExtension,
    sheet: declining,
    read: read_declining,
};

/// What the last day would be with these working days more.
fn would_be_due(desk: &Desk<'_>, days: u32) -> Option<String> {
    let Stage::Handling(handling) = &desk.view.case.stage else {
        return None;
    };
    let longer = Supposition { extended_by: Some(days), ..Supposition::default() };
    let due = handling.supposing(longer, desk.app.clock.today(), &desk.app.calendar);
    due.ok().map(due_day)
}

/// What the last day would be, for some numbers of days.
fn dates(desk: &Desk<'_>) -> (&'static str, String) {
    let dates = [5, 10, 15, EXTENSION_AT_MOST]
        .into_iter()
        .filter_map(|days| Some(format!("{days}个工作日：{}", would_be_due(desk, days)?)));
    let dates = dates.collect::<Vec<_>>().join("；");
    ("panel-notice", format!("延长后的答复期限届满日：{dates}。"))
}

/// What the clerk asked for, and why.
fn request(desk: &Desk<'_>) -> Option<(&'static str, String)> {
    extension_wanted(&desk.view).map(|wanted| ("panel-notice", wanted))
}

fn how_many_days() -> Question {
    Question::new("days", "延长几个工作日", Kind::Line).hint("1 至 20")
}

fn days(form: &DeskForm, view: &mut View) -> Option<u32> {
    let days: Option<u32> = form.text("days").parse().ok();
    let days = days.filter(|days| (1..=EXTENSION_AT_MOST).contains(days));
    if days.is_none() {
        view.add_fault("days", "延长期限应为 1 至 20 个工作日");
    }
    days
}

fn asking(desk: &Desk<'_>, _: &DeskForm) -> Sheet {
    Sheet {
        lede: "不能在期限内答复的，写明理由，请工作机构负责人决定。负责人同意并告知申请人以前，原来的答复期限照常计算。".to_owned(),
        notices: vec![dates(desk)],
        questions: vec![
            how_many_days(),
            Question::new("words", "申请延期的理由", Kind::Area)
                .hint("只给负责人看，记入流转记录"),
        ],
        filled: vec![("days", EXTENSION_AT_MOST.to_string())],
        button: "提交负责人决定",
        ..Sheet::default()
    }
}

fn read_asking(desk: &Desk<'_>, form: &DeskForm, view: &mut View) -> Option<Intent> {
    let days = days(form, view);
    let words = words(desk, form, view, "申请延期的理由", true);
    Some(Intent::new(Act::AskToExtend { days: days? }, desk.app.clock.today(), words))
}

fn granting(desk: &Desk<'_>, _: &DeskForm) -> Sheet {
    let handling = desk.view.case.stage.handling();
    let wanted = handling.and_then(|handling| handling.wanted);
    let days = wanted.map_or(EXTENSION_AT_MOST, |wanted| wanted.days);
    Sheet {
        lede:
            "由政府信息公开工作机构负责人同意，并在原期限届满前告知申请人；一个期限内只能延长一次。"
                .to_owned(),
        notices: request(desk).into_iter().chain([dates(desk)]).collect(),
        questions: vec![
            how_many_days(),
            Question::new("words", "内部说明", Kind::Area)
                .hint("记入流转记录；写给申请人的理由填在下面")
                .optional(),
        ],
        letters: vec![LetterKind::Extend],
        filled: vec![("days", days.to_string())],
        button: "同意延长，告知申请人",
        ..Sheet::default()
    }
}

fn read_granting(desk: &Desk<'_>, form: &DeskForm, view: &mut View) -> Option<Intent> {
    let days = days(form, view);
    let words = words(desk, form, view, "内部说明", false);
    Some(Intent::new(Act::Extend { days: days? }, desk.app.clock.today(), words))
}

fn declining(desk: &Desk<'_>, _: &DeskForm) -> Sheet {
    let due = desk
        .view
        .due
        .map(|due| ("panel-notice", format!("答复期限届满日仍为{}。", due_day(due))));
    Sheet {
        lede: "驳回延期申请的，经办人按原来的期限办理。".to_owned(),
        notices: request(desk).into_iter().chain(due).collect(),
        questions: vec![
            Question::new("words", "意见", Kind::Area).hint("给经办人看，记入流转记录"),
        ],
        button: "驳回延期申请",
        ..Sheet::default()
    }
}

fn read_declining(desk: &Desk<'_>, form: &DeskForm, view: &mut View) -> Option<Intent> {
    let words = words(desk, form, view, "意见", true)?;
    let words = Some(words);
    Some(Intent::new(Act::DeclineExtension, desk.app.clock.today(), words))
}
