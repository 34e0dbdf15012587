//! 说明理由 and 延迟答复: far too many applications (art. 35).

use chrono::Datelike as _;

use super::Desk;
use super::sheet::{ActPage, Files, Intent, Kind, Question, Sheet, day, words};
use crate::domain::case::{Act, ActKind, Heard, NotAllowed, Stage};
use crate::domain::letter::LetterKind;
use crate::storage::attachments::Purpose;
use crate::web::form::{Choice, View};
use crate::web::staff::form::DeskForm;
use crate::web::words::{due_day, full_day};

pub(super) const REQUIRE: ActPage =
    ActPage { kind: ActKind::RequireReasons, sheet: requiring, read: read_requiring };

pub(super) const RECORD: ActPage =
    ActPage { kind: ActKind::RecordReasons, sheet: recording, read: read_recording };

pub(super) const DELAY: ActPage =
    ActPage { kind: ActKind::DelayAnswer, sheet: delaying, read: read_delaying };

/// How many working days an applicant is given unless the clerk says otherwise: the law names
/// no number.
const USUAL_TIME: u32 = 5;

/// What the applicant filed, as far as the office can count it.
fn counted(desk: &Desk<'_>) -> String {
    let view = &desk.view;
    format!(
        "该申请人{}年{}月已提交{}件，{}年已提交{}件（均含本件）。",
        view.arrived_on.year(),
        view.arrived_on.month(),
        view.filings.of_the_month,
        view.arrived_on.year(),
        view.filings.of_the_year
    )
}

fn requiring(desk: &Desk<'_>, _: &DeskForm) -> Sheet {
    let (app, today) = (desk.app, desk.app.clock.today());
    let until = app.calendar.nth_working_day_after(today, USUAL_TIME);
    Sheet {
        lede: "申请的数量、频次明显超过合理范围的，可以要求申请人说明理由。等待说明期间，答复期限照常计算。".to_owned(),
        notices: vec![("panel-notice", counted(desk))],
        questions: vec![
            Question::new("until", "说明理由的期限", Kind::Day)
                .hint("申请人说明理由的最后一日，应当合理，并为按期答复留出时间"),
            Question::new("words", "内部说明", Kind::Area)
                .hint("记入流转记录；写给申请人看的数量和频次填在下面")
                .optional(),
        ],
        letters: vec![LetterKind::Reasons],
        filled: vec![("until", until.to_string())],
        button: "要求说明理由，通知申请人",
        ..Sheet::default()
    }
}

fn read_requiring(desk: &Desk<'_>, form: &DeskForm, view: &mut View) -> Option<Intent> {
    let (until, today) = (day(form, view, "until"), desk.app.clock.today());
    if until.is_some_and(|until| until <= today) {
        view.add_fault("until", NotAllowed::NoTimeForReasons.to_string());
    }
    let words = words(desk, form, view, "内部说明", false);
    Some(Intent::new(Act::RequireReasons { until: until? }, today, words))
}

fn recording(desk: &Desk<'_>, _: &DeskForm) -> Sheet {
    let today = desk.app.clock.today();
    let asked = desk
        .view
        .case
        .stage
        .course()
        .and_then(|course| course.reasons);
    let notice = asked.map(|asked| {
        let words = format!(
            "{}发出说明理由通知书，期限至{}（含当日）。",
            full_day(asked.asked_on),
            full_day(asked.until)
        );
        ("panel-notice", words)
    });
    let what = vec![
        Choice::new("given", "说明了理由").with_hint("照申请人所写录入，可以附上书面材料"),
        Choice::new("silent", "期限届满，没有说明").with_hint("期限的最后一日过去以后才能登记"),
    ];
    Sheet {
        lede: "登记后，由经办人判断：理由不合理的，拟办不予处理；理由合理的，继续办理，无法按期答复的，由负责人确定延迟答复的期限。".to_owned(),
        notices: notice.into_iter().collect(),
        questions: vec![
            Question::new("given", "申请人", Kind::One(what)),
            Question::new("on", "收到之日", Kind::Day).hint("没有说明的，为登记之日"),
            Question::new("words", "申请人说明的理由", Kind::Area)
                .hint("说明了理由的，必须填写")
                .optional(),
        ],
        filled: vec![("on", today.to_string())],
        files: Some(Files {
            label: "说明材料", hint: "扫描件或者照片", purpose: Purpose::Support
        }),
        button: "登记",
        ..Sheet::default()
    }
}

fn read_recording(desk: &Desk<'_>, form: &DeskForm, view: &mut View) -> Option<Intent> {
    let given = match form.text("given") {
        "given" => Some(true),
        "silent" => Some(false),
        _ => {
            view.add_fault("given", "请选择一项");
            None
        }
    };
    let on = day(form, view, "on");
    let asked = desk
        .view
        .case
        .stage
        .course()
        .and_then(|course| course.reasons);
    if let (Some(false), Some(on), Some(asked)) = (given, on, asked)
        && on <= asked.until
    {
        let why = NotAllowed::StillTime { until: asked.until };
        view.add_fault("given", why.to_string());
    }
    let words = words(desk, form, view, "申请人说明的理由", given == Some(true));
    Some(Intent::new(Act::RecordReasons { given: given? }, on?, words))
}

/// What the applicant said, as it was recorded.
fn said(desk: &Desk<'_>) -> Option<String> {
    let reasons = desk.view.case.stage.course()?.reasons?;
    let Some(Heard::Given(on)) = reasons.heard else {
        return None;
    };
    let mut latest = desk.view.history.iter().rev();
    let entry = latest.find(|entry| entry.act == Some(ActKind::RecordReasons));
    let words = entry
        .and_then(|entry| entry.words.as_deref())
        .unwrap_or_default();
    Some(format!("{}申请人说明的理由：{words}", full_day(on)))
}

fn delaying(desk: &Desk<'_>, _: &DeskForm) -> Sheet {
    let mut notices: Vec<_> = said(desk)
        .map(|said| ("panel-notice", said))
        .into_iter()
        .collect();
    if let Some(due) = desk.view.due {
        let words = format!("现在的答复期限届满日：{}。", due_day(due));
        notices.push(("panel-notice", words));
    }
    notices.push(("panel-notice", counted(desk)));
    Sheet {
        lede: "理由合理，但是无法在规定的期限内答复的，由政府信息公开工作机构负责人确定延迟答复的合理期限，并在原期限届满前告知申请人。法律没有规定延迟的上限；确定以后不能再次延迟。".to_owned(),
        notices,
        questions: vec![
            Question::new("until", "延迟答复的期限届满日", Kind::Day)
                .hint("晚于现在的届满日，应为工作日"),
            Question::new("words", "内部说明", Kind::Area)
                .hint("记入流转记录；写给申请人的理由填在下面")
                .optional(),
        ],
        letters: vec![LetterKind::Delay],
        button: "确定期限，告知申请人",
        ..Sheet::default()
    }
}

fn read_delaying(desk: &Desk<'_>, form: &DeskForm, view: &mut View) -> Option<Intent> {
    let (until, today) = (day(form, view, "until"), desk.app.clock.today());
    if let (Some(until), Stage::Handling(handling)) = (until, &desk.view.case.stage)
        && let Err(why) = handling.delay_is_reasonable(until, today, &desk.app.calendar)
    {
        view.add_fault("until", why.to_string());
    }
    let words = words(desk, form, view, "内部说明", false);
    let act = Act::DelayAnswer { until: until? };
    Some(Intent::new(act, today, words))
}
