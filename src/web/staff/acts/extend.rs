//! 延长答复期限: by the head, on or before the last day (art. 33(2)).

use super::Desk;
use super::sheet::{ActPage, Intent, Kind, Question, Sheet, words};
use crate::domain::case::{Act, ActKind, Stage};
use crate::domain::deadline::{EXTENSION_AT_MOST, Extension};
use crate::domain::letter::LetterKind;
use crate::web::form::View;
use crate::web::staff::form::DeskForm;
use crate::web::words::full_day;

pub(super) const PAGE: ActPage = ActPage { kind: ActKind::Extend, sheet, read };

/// What the last day would be with these working days more.
fn would_be_due(desk: &Desk<'_>, days: u32) -> Option<String> {
    let Stage::Handling(handling) = &desk.view.case.stage else {
        return None;
    };
    let mut longer = handling.clone();
    longer.term.extension = Some(Extension { days, decided_on: desk.app.clock.today() });
    longer
        .due(&desk.app.calendar)
        .ok()
        .map(|due| full_day(due.on))
}

fn sheet(desk: &Desk<'_>, _: &DeskForm) -> Sheet {
    let dates = [5, 10, 15, EXTENSION_AT_MOST]
        .into_iter()
        .filter_map(|days| Some(format!("{days}个工作日：{}", would_be_due(desk, days)?)));
    let dates = dates.collect::<Vec<_>>().join("；");
    Sheet {
        lede:
            "由政府信息公开工作机构负责人同意，并在原期限届满前告知申请人；一个期限内只能延长一次。"
                .to_owned(),
        notices: vec![("panel-notice", format!("延长后的答复期限届满日：{dates}。"))],
        questions: vec![
            Question::new("days", "延长几个工作日", Kind::Line).hint("1 至 20"),
            Question::new("words", "内部说明", Kind::Area)
                .hint("记入流转记录；写给申请人的理由填在下面")
                .optional(),
        ],
        letters: vec![LetterKind::Extend],
        filled: vec![("days", EXTENSION_AT_MOST.to_string())],
        button: "同意延长，告知申请人",
        ..Sheet::default()
    }
}

fn read(desk: &Desk<'_>, form: &DeskForm, view: &mut View) -> Option<Intent> {
    let days: Option<u32> = form.text("days").parse().ok();
    let days = days.filter(|days| (1..=EXTENSION_AT_MOST).contains(days));
    if days.is_none() {
        view.add_fault("days", "延长期限应为 1 至 20 个工作日");
    }
    let words = words(desk, form, view, "内部说明", false);
    Some(Intent::new(Act::Extend { days: days? }, desk.app.clock.today(), words))
}
