//! 信息处理费: told, received, paid (art. 42; 国办函〔2020〕109号).

use super::Desk;
use super::sheet::{ActPage, Files, Intent, Kind, Question, Sheet, day, words};
use crate::domain::case::{Act, ActKind};
use crate::domain::fee::Tariff;
use crate::domain::letter::LetterKind;
use crate::storage::attachments::Purpose;
use crate::web::form::{Choice, View};
use crate::web::staff::form::DeskForm;

pub(super) const CHARGE: ActPage =
    ActPage { kind: ActKind::ChargeFee, sheet: charging, read: read_charging };

pub(super) const DELIVERED: ActPage = ActPage {
    kind: ActKind::RecordFeeDelivery,
    sheet: delivering,
    read: read_delivering,
};

pub(super) const PAID: ActPage = ActPage { kind: ActKind::Pay, sheet: paying, read: read_paying };

/// The field in which each tariff's number stands.
const TARIFFS: [(&str, &str); 2] = [("applications", "place"), ("pages", "pages")];

/// What the form says of the tariff, if it says enough.
fn tariff(form: &DeskForm) -> Option<Tariff> {
    let (_, field) = TARIFFS
        .into_iter()
        .find(|(code, _)| *code == form.text("tariff"))?;
    let number: u32 = form
        .text(field)
        .parse()
        .ok()
        .filter(|one| (1..=100_000).contains(one))?;
    Some(if field == "place" {
        Tariff::ByApplication { of_the_month: number }
    } else {
        Tariff::ByPage { pages: number }
    })
}

fn charging(desk: &Desk<'_>, form: &DeskForm) -> Sheet {
    let tariffs = vec![
        Choice::new("applications", "按件计收").with_hint(
            "同一申请人一个自然月内的第几件：前10件不收费，第11至30件每件100元，此后每10件为一档，每档每件增加100元",
        ),
        Choice::new("pages", "按量计收").with_hint(
            "本件提供的页数：前30页不收费，第31至100页每页10元，第101至200页每页20元，第201页起每页40元",
        ),
    ];
    let filings = desk.view.filings;
    let mut notices = vec![(
        "panel-notice",
        format!(
            "本件是该申请人{}月提交的第{}件（该月至今共{}件，按身份证明的号码认定为同一申请人）。一件申请只能选一种计收方式。",
            desk.view.arrived_on.format("%-m"),
            filings.place_in_month,
            filings.of_the_month
        ),
    )];
    if let Some(tariff) = tariff(form) {
        notices.push(("panel-good", format!("按所填数量，{}", tariff.working())));
        let counted = filings.place_in_month;
        if matches!(tariff, Tariff::ByApplication { of_the_month } if of_the_month != counted) {
            let words = format!("所填的件数与系统记录的该月第{counted}件不一致，请核对。");
            notices.push(("panel-wrong", words));
        }
    }
    Sheet {
        lede: "收费须经工作机构负责人同意。通知发出后答复期限停止计算，缴费次日起重新计算。"
            .to_owned(),
        notices,
        questions: vec![
            Question::new("tariff", "计收方式", Kind::One(tariffs)),
            Question::new("place", "按件计收的，本件是该月第几件", Kind::Line)
                .hint("由系统按登记的申请计算；有未登记的申请时可以改"),
            Question::new("pages", "按量计收的，本件共提供几页", Kind::Line),
        ],
        letters: vec![LetterKind::Fee],
        filled: vec![("place", filings.place_in_month.to_string())],
        supplied: &["working"],
        again: Some("计算"),
        button: "通知缴费",
        ..Sheet::default()
    }
}

fn read_charging(desk: &Desk<'_>, form: &DeskForm, view: &mut View) -> Option<Intent> {
    let chosen = TARIFFS
        .into_iter()
        .find(|(code, _)| *code == form.text("tariff"));
    let Some((_, field)) = chosen else {
        view.add_fault("tariff", "请选择计收方式");
        return None;
    };
    let Some(tariff) = tariff(form) else {
        view.add_fault(field, "请填写数量，为整数");
        return None;
    };
    let yuan = tariff.yuan();
    if yuan == 0 {
        view.add_fault(field, "按这个数量不收费，不用通知");
        return None;
    }
    let intent = Intent::new(Act::ChargeFee { yuan }, desk.app.clock.today(), None);
    Some(Intent { supplied: vec![("working", tariff.working())], ..intent })
}

fn delivering(desk: &Desk<'_>, _: &DeskForm) -> Sheet {
    Sheet {
        lede: "申请人收到收费通知次日起20个工作日内缴纳；没有登记收到日期的，不能认定逾期。"
            .to_owned(),
        questions: vec![Question::new("on", "申请人收到之日", Kind::Day)],
        filled: vec![("on", desk.app.clock.today().to_string())],
        files: Some(Files {
            label: "送达凭证",
            hint: "签收单、邮寄回执等",
            purpose: Purpose::Evidence,
        }),
        button: "登记送达",
        ..Sheet::default()
    }
}

fn read_delivering(_: &Desk<'_>, form: &DeskForm, view: &mut View) -> Option<Intent> {
    let on = day(form, view, "on");
    Some(Intent::new(Act::RecordFeeDelivery, on?, None))
}

fn paying(desk: &Desk<'_>, _: &DeskForm) -> Sheet {
    Sheet {
        lede: "缴费次日起，答复期限重新计算。".to_owned(),
        questions: vec![
            Question::new("on", "缴费之日", Kind::Day),
            Question::new("words", "缴费凭证", Kind::Line).hint("财政票据号码等，记入流转记录"),
        ],
        filled: vec![("on", desk.app.clock.today().to_string())],
        files: Some(Files {
            label: "凭证附件", hint: "票据的扫描件", purpose: Purpose::Evidence
        }),
        button: "登记缴费",
        ..Sheet::default()
    }
}

fn read_paying(desk: &Desk<'_>, form: &DeskForm, view: &mut View) -> Option<Intent> {
    let on = day(form, view, "on");
    let words = words(desk, form, view, "缴费凭证", true);
    Some(Intent::new(Act::Pay, on?, words))
}
