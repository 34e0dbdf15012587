//! 补正: asked for, come in, or not come in (art. 30).

use super::Desk;
use super::sheet::{ActPage, Files, Intent, Kind, Question, Sheet, day, words};
use crate::casework::correct::Wording;
use crate::domain::application::Draft;
use crate::domain::case::{Act, ActKind, Stage};
use crate::domain::deadline::correction_notice_by;
use crate::domain::letter::LetterKind;
use crate::storage::attachments::Purpose;
use crate::web::form::View;
use crate::web::staff::form::DeskForm;
use crate::web::words::{Left, full_day};

/// How many working days an applicant is given unless the clerk says otherwise: the law asks
/// for a reasonable time and names none.
const USUAL_TIME: u32 = 10;

pub(super) const ASK: ActPage =
    ActPage { kind: ActKind::AskForCorrection, sheet: asking, read: read_asking };

pub(super) const CORRECT: ActPage =
    ActPage { kind: ActKind::Correct, sheet: correcting, read: read_correcting };

pub(super) const LAPSE: ActPage =
    ActPage { kind: ActKind::Lapse, sheet: lapsing, read: read_lapsing };

/// Why the notice would be an exception, if it would: it comes late, or a second time.
fn exception(desk: &Desk<'_>) -> Option<String> {
    let course = desk.view.case.stage.course()?;
    if course.correction_notices > 0 {
        return Some(
            "本案已经告知过补正。补正内容应当一次性告知，再次告知应作为例外，并写明理由。"
                .to_owned(),
        );
    }
    let by = correction_notice_by(course.received_on, &desk.app.calendar)
        .ok()?
        .on;
    (desk.app.clock.today() > by).then(|| {
        format!("补正应在{}之前告知，已经超过。仍需告知的，应作为例外，并写明理由。", full_day(by))
    })
}

fn asking(desk: &Desk<'_>, _: &DeskForm) -> Sheet {
    let (app, today) = (desk.app, desk.app.clock.today());
    let mut notices = Vec::new();
    let mut questions = vec![
        Question::new("until", "补正期限", Kind::Day)
            .hint("申请人补正的最后一日，应当合理；到期不补正，由经办人认定后才不再处理"),
    ];
    if let Some(why) = exception(desk) {
        notices.push(("panel-wrong", why));
        questions.push(Question::new("exception", "作为例外告知补正", Kind::Tick));
        questions.push(
            Question::new("words", "例外的理由", Kind::Area).hint("记入流转记录，并以红色标明"),
        );
    } else if let Some(course) = desk.view.case.stage.course()
        && let Ok(by) = correction_notice_by(course.received_on, &app.calendar)
    {
        let left = Left::until(by.on, today, &app.calendar).words;
        let words = format!("应在{}前（含当日）一次性告知，{left}。", full_day(by.on));
        notices.push(("panel-notice", words));
    }
    let until = app.calendar.nth_working_day_after(today, USUAL_TIME);
    Sheet {
        lede: "把所有需要补正的内容一次告知申请人。告知后答复期限停止计算，收到补正的申请之日起重新计算。".to_owned(),
        notices,
        questions,
        letters: vec![LetterKind::Correct],
        filled: vec![("until", until.to_string())],
        button: "告知补正",
        ..Sheet::default()
    }
}

fn read_asking(desk: &Desk<'_>, form: &DeskForm, view: &mut View) -> Option<Intent> {
    let until = day(form, view, "until");
    let is_exception = exception(desk).is_some();
    if is_exception && !form.is_ticked("exception") {
        view.add_fault("exception", "请勾选“作为例外告知补正”");
    }
    let words = words(desk, form, view, "例外的理由", is_exception);
    let act = Act::AskForCorrection { until: until?, as_exception: is_exception };
    Some(Intent::new(act, desk.app.clock.today(), words))
}

/// What the application says now.
fn as_it_stands(desk: &Desk<'_>, field: impl Fn(&Draft) -> &String) -> String {
    let papers = desk.view.papers.as_ref();
    papers
        .map(|papers| field(papers).clone())
        .unwrap_or_default()
}

fn correcting(desk: &Desk<'_>, _: &DeskForm) -> Sheet {
    let asked = super::asked_for(&desk.view);
    Sheet {
        lede: "申请人当面提交或者寄来补正材料的，在这里登记。收到之日起，答复期限重新计算。"
            .to_owned(),
        notices: asked
            .map(|asked| ("panel-notice", asked))
            .into_iter()
            .collect(),
        questions: vec![
            Question::new("on", "收到补正之日", Kind::Day),
            Question::new("title", "所需信息名称", Kind::Line)
                .hint("补正后的全文；文书引用这里的内容，原来的内容留在流转记录里"),
            Question::new("reference", "文号", Kind::Line).optional(),
            Question::new("description", "内容描述", Kind::Area),
            Question::new("words", "补充说明", Kind::Area)
                .hint("申请人另外说明的，照所写录入")
                .optional(),
        ],
        filled: vec![
            ("on", desk.app.clock.today().to_string()),
            ("title", as_it_stands(desk, |papers| &papers.title)),
            ("reference", as_it_stands(desk, |papers| &papers.reference)),
            ("description", as_it_stands(desk, |papers| &papers.description)),
        ],
        files: Some(Files {
            label: "补正材料", hint: "扫描件或者照片", purpose: Purpose::Support
        }),
        button: "登记补正",
        ..Sheet::default()
    }
}

fn read_correcting(desk: &Desk<'_>, form: &DeskForm, view: &mut View) -> Option<Intent> {
    let on = day(form, view, "on");
    let words = words(desk, form, view, "补充说明", false);
    let wording = Wording {
        title: form.text("title").to_owned(),
        reference: form.text("reference").to_owned(),
        description: form.text("description").to_owned(),
    };
    let intent = Intent::new(Act::Correct, on?, words);
    Some(Intent { wording: Some(wording), ..intent })
}

fn lapsing(desk: &Desk<'_>, _: &DeskForm) -> Sheet {
    let lede = match desk.view.case.stage {
        Stage::AwaitingPayment { .. } => {
            "申请人逾期没有缴纳信息处理费的，视为放弃申请，本机关不再处理。办理后本案办结。"
        }
        _ => "申请人无正当理由逾期不补正的，视为放弃申请，本机关不再处理。办理后本案办结。",
    };
    let letter = desk.view.case.lapses_as().map(LetterKind::Answer);
    Sheet {
        lede: lede.to_owned(),
        questions: vec![
            Question::new("words", "认定的经过", Kind::Area)
                .hint("是否联系过申请人、有无正当理由；记入流转记录"),
        ],
        letters: letter.into_iter().collect(),
        button: "不再处理，办结本案",
        ..Sheet::default()
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "other acts can say too little to be anything"
)]
fn read_lapsing(desk: &Desk<'_>, form: &DeskForm, view: &mut View) -> Option<Intent> {
    let words = words(desk, form, view, "认定的经过", true);
    Some(Intent::new(Act::Lapse, desk.app.clock.today(), words))
}
