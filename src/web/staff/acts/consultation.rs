//! 征求意见: letters sent, received, and answered (arts. 32, 34).

use super::Desk;
use super::sheet::{ActPage, Files, Intent, Kind, Question, Sheet, day, words};
use crate::casework::view::CaseView;
use crate::domain::case::{Act, ActKind};
use crate::domain::consultation::{Consultation, Opinion, Party};
use crate::domain::letter::LetterKind;
use crate::storage::attachments::Purpose;
use crate::web::form::{Choice, View};
use crate::web::staff::form::DeskForm;
use crate::web::words::full_day;

pub(super) const CONSULT: ActPage =
    ActPage { kind: ActKind::Consult, sheet: consulting, read: read_consulting };

pub(super) const DELIVERED: ActPage = ActPage {
    kind: ActKind::RecordDelivery,
    sheet: delivering,
    read: read_delivering,
};

pub(super) const OPINION: ActPage =
    ActPage { kind: ActKind::RecordOpinion, sheet: hearing, read: read_hearing };

/// What silence means, by who is asked.
const fn silence(party: Party) -> &'static str {
    match party {
        Party::ThirdParty => "15个工作日内不答复的，不视为同意，由本机关依照条例决定（第三十二条）",
        Party::Agency => "15个工作日内不答复的，视为同意公开（第三十四条）",
    }
}

fn asked(form: &DeskForm) -> Option<Party> {
    Party::from_code(form.text("party"))
}

fn consulting(_: &Desk<'_>, form: &DeskForm) -> Sheet {
    let parties =
        Party::ALL.map(|party| Choice::new(party.code(), party.label()).with_hint(silence(party)));
    // Both letters ask for the same; who is asked decides which one goes out.
    let letters = LetterKind::consulting(asked(form).unwrap_or(Party::ThirdParty));
    Sheet {
        lede: "征求意见的文书发出后，所需时间不计算在答复期限内，申请人同时得到告知。可以同时征求几方意见，各办理一次。".to_owned(),
        questions: vec![Question::new("party", "征求谁的意见", Kind::One(parties.to_vec()))],
        letters,
        button: "发出征求意见的文书",
        ..Sheet::default()
    }
}

fn read_consulting(desk: &Desk<'_>, form: &DeskForm, view: &mut View) -> Option<Intent> {
    let party = asked(form);
    if party.is_none() {
        view.add_fault("party", "请选择征求谁的意见");
    }
    let act = Act::Consult { party: party? };
    Some(Intent::new(act, desk.app.clock.today(), None))
}

/// The consultations that lack something, to choose from.
fn choices(view: &CaseView, lacks: impl Fn(&Consultation) -> bool) -> Vec<Choice> {
    let course = view.case.stage.course();
    let consultations = course
        .map(|course| course.consultations.as_slice())
        .unwrap_or_default();
    let names = super::consulted(view);
    consultations
        .iter()
        .filter(|consultation| lacks(consultation))
        .map(|consultation| {
            let place = usize::try_from(consultation.number).unwrap_or_default();
            let name = names
                .get(place.saturating_sub(1))
                .map_or("", String::as_str);
            let label = format!(
                "第{}份，{}{name}，{}发出",
                consultation.number,
                consultation.party.label(),
                full_day(consultation.sent_on)
            );
            Choice::new(consultation.number.to_string(), label)
                .with_hint(silence(consultation.party))
        })
        .collect()
}

fn undelivered(consultation: &Consultation) -> bool {
    consultation.delivered_on.is_none() && consultation.reply.is_none()
}

fn unanswered(consultation: &Consultation) -> bool {
    consultation.reply.is_none()
}

/// The one that is meant, where there is only one.
fn only(choices: &[Choice]) -> Vec<(&'static str, String)> {
    match choices {
        [one] => vec![("consultation", one.value.clone())],
        _ => Vec::new(),
    }
}

fn delivering(desk: &Desk<'_>, _: &DeskForm) -> Sheet {
    let choices = choices(&desk.view, undelivered);
    let mut filled = only(&choices);
    filled.push(("on", desk.app.clock.today().to_string()));
    Sheet {
        lede:
            "被征求意见的一方收到文书之日起15个工作日内答复。没有登记收到日期的，从发出之日起算。"
                .to_owned(),
        questions: vec![
            Question::new("consultation", "哪一份征求意见书", Kind::One(choices)),
            Question::new("on", "对方收到之日", Kind::Day),
        ],
        filled,
        files: Some(Files {
            label: "送达凭证",
            hint: "签收单、邮寄回执等",
            purpose: Purpose::Evidence,
        }),
        button: "登记送达",
        ..Sheet::default()
    }
}

fn number(form: &DeskForm, view: &mut View) -> Option<u32> {
    let number = form.text("consultation").parse().ok();
    if number.is_none() {
        view.add_fault("consultation", "请选择哪一份征求意见书");
    }
    number
}

fn read_delivering(_: &Desk<'_>, form: &DeskForm, view: &mut View) -> Option<Intent> {
    let consultation = number(form, view);
    let on = day(form, view, "on");
    let act = Act::RecordDelivery { consultation: consultation? };
    Some(Intent::new(act, on?, None))
}

fn hearing(desk: &Desk<'_>, _: &DeskForm) -> Sheet {
    let choices = choices(&desk.view, unanswered);
    let mut filled = only(&choices);
    filled.push(("on", desk.app.clock.today().to_string()));
    let opinions = Opinion::ALL.map(|opinion| Choice::new(opinion.code(), opinion.label()));
    Sheet {
        lede: "登记后，没有其他意见等待答复的，答复期限继续计算。".to_owned(),
        questions: vec![
            Question::new("consultation", "哪一份征求意见书", Kind::One(choices)),
            Question::new("on", "收到意见之日", Kind::Day),
            Question::new("opinion", "意见", Kind::One(opinions.to_vec())),
            Question::new("words", "理由和说明", Kind::Area)
                .hint("照对方所写摘录；记入流转记录，申请人看不到")
                .optional(),
        ],
        filled,
        files: Some(Files {
            label: "意见书", hint: "回执的扫描件", purpose: Purpose::Evidence
        }),
        button: "登记意见",
        ..Sheet::default()
    }
}

fn read_hearing(desk: &Desk<'_>, form: &DeskForm, view: &mut View) -> Option<Intent> {
    let consultation = number(form, view);
    let on = day(form, view, "on");
    let opinion = Opinion::from_code(form.text("opinion"));
    if opinion.is_none() {
        view.add_fault("opinion", "请选择意见");
    }
    let words = words(desk, form, view, "理由和说明", false);
    let act = Act::RecordOpinion { consultation: consultation?, opinion: opinion? };
    Some(Intent::new(act, on?, words))
}
