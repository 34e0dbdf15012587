//! 签发前的核对: what keeps a report from being sealed, and what somebody should look at.

use chrono::{Datelike as _, NaiveDate};

use super::form::Form;
use super::{AnnualReport, Basis, Draft, words};
use crate::report::lint::{Finding, THREE, TWO, Weight, lint};
use crate::report::published::PublishedReport;

/// What the checks look at besides the report itself.
#[derive(Debug, Clone)]
pub struct Circumstances {
    /// The day of the check.
    pub today: NaiveDate,
    /// 上年结转 as it was told for a column, and as the cases give it, where these differ.
    pub opening_off: Vec<(&'static str, u64, u64)>,
    /// Applications within the year whose day of receipt is not confirmed yet (art. 31(3)).
    pub unconfirmed: u64,
    /// Agencies below, summed here, whose report is neither sealed nor handed in.
    pub unsealed: u64,
    /// Closed cases whose 其他处理 is not divided, which the form of 2021 cannot place.
    pub undivided: u64,
}

/// Everything that is to be said of a report before it is sealed, the hard findings first.
#[must_use]
pub fn findings(
    form: &Form,
    draft: &Draft,
    basis: &Basis,
    last_year: Option<&PublishedReport>,
    around: &Circumstances,
) -> Vec<Finding> {
    let report = AnnualReport::compose(form, draft, basis);
    let mut findings = lint(&PublishedReport::from(&report), last_year);
    findings.extend(unwritten(form, draft, basis));
    findings.extend(unknown_words(form, draft));
    findings.extend(dates(draft, &basis.agency.name, basis.year(), around));
    findings.extend(fees(form, draft, basis));
    findings.extend(counted(form, around));
    if last_year.is_none() {
        findings.push(Finding::new(
            Weight::Soft,
            THREE,
            "没有上一年度已公布的表格，无法逐列核对上年结转",
            "在“上年结转”中登记上一年度报告公布的结转件数，没有的登记 0",
        ));
    }
    findings.sort_by_key(|finding| finding.weight);
    findings
}

/// Parts and cells that nobody has filled in.
fn unwritten(form: &Form, draft: &Draft, basis: &Basis) -> Vec<Finding> {
    let is_empty = |key: &str| {
        draft
            .texts
            .get(key)
            .is_none_or(|text| text.trim().is_empty())
    };
    let mut findings: Vec<Finding> = form
        .parts
        .iter()
        .filter(|part| part.is_required && is_empty(&part.key))
        .map(|part| {
            let what = format!("“{}”还没有写", part.heading);
            Finding::new(Weight::Hard, &part.heading, what, "写好这一部分；没有内容的也应写明“无”")
        })
        .collect();
    let blank: Vec<String> = form
        .slots()
        .filter(|slot| !basis.figures.contains_key(&slot.key()))
        .map(|slot| slot.label())
        .collect();
    if let Some(first) = blank.first() {
        let what = format!("有 {} 格没有填写，第一处是“{first}”", blank.len());
        findings.push(Finding::new(Weight::Hard, TWO, what, "没有的填 0，不留空白，也不画斜线"));
    }
    findings
}

fn unknown_words(form: &Form, draft: &Draft) -> Vec<Finding> {
    let texts = draft.texts.iter().map(|(key, text)| (key.as_str(), text));
    let texts = texts.chain([("", &draft.preface)]);
    texts
        .flat_map(|(key, text)| {
            let heading = form
                .part(key)
                .map_or("报告说明", |part| part.heading.as_str());
            let unknown = words::names(text).filter(|name| !words::is_known(name, form));
            unknown.map(move |name| {
                let what = format!("不认识的数字“{{{name}}}”");
                Finding::new(Weight::Hard, heading, what, "改为本页列出的名称，或者直接写明数字")
            })
        })
        .collect()
}

/// The last day for the publication, by month and day, and whether art. 49 sets it: 31 January for
/// 县级以上人民政府部门, 31 March for 县级以上地方人民政府. 乡镇 and 街道 have no day in the law.
fn published_by(agency: &str) -> (u32, u32, bool) {
    let is_government = agency.ends_with("人民政府");
    let is_lowest = ["乡", "镇"]
        .iter()
        .any(|kind| agency.ends_with(&format!("{kind}人民政府")))
        || ["街道办事处", "街道办", "管理委员会", "管委会"]
            .iter()
            .any(|kind| agency.ends_with(kind));
    match (is_lowest, is_government) {
        (true, _) => (1, 31, false),
        (false, true) => (3, 31, true),
        (false, false) => (1, 31, true),
    }
}

/// Fees that were paid, and a section six that says that there is nothing to report.
///
/// Source: statute reading §3: the year's total stands in 其他需要报告的事项.
fn fees(form: &Form, draft: &Draft, basis: &Basis) -> Option<Finding> {
    let (part, text) = form
        .parts
        .iter()
        .filter_map(|part| Some((part, draft.texts.get(&part.key)?)))
        .find(|(part, _)| part.heading.contains("其他需要报告"))?;
    let plain: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    let says_none = ["无", "没有", "暂无"].contains(&plain.as_str())
        || [
            "未收取",
            "没有收取",
            "无收取",
            "未产生",
            "收取信息处理费0元",
        ]
        .iter()
        .any(|words| plain.contains(words));
    (basis.fees > 0 && says_none).then(|| {
        let what = format!("本年度收取了信息处理费 {} 元，这一部分却说没有", basis.fees);
        Finding::new(Weight::Hard, &part.heading, what, "写明收取的信息处理费总额")
    })
}

/// 成文日期, and the last day by art. 49.
fn dates(draft: &Draft, agency: &str, year: i32, around: &Circumstances) -> Vec<Finding> {
    const PLACE: &str = "日期";
    let mut findings = Vec::new();
    let next = year.saturating_add(1);
    if around.today.year() <= year {
        findings.push(Finding::new(
            Weight::Hard,
            PLACE,
            format!("{year}年度尚未结束，数字还会变化"),
            "12月31日过后再签发",
        ));
    }
    let (month, day, is_statutory) = published_by(agency);
    let last = NaiveDate::from_ymd_opt(next, month, day);
    if last.is_some_and(|last| around.today > last) {
        let what = if is_statutory {
            format!("已过{next}年{month}月{day}日的法定公布期限（《条例》第四十九条）")
        } else {
            format!(
                "已过{next}年{month}月{day}日；《条例》没有为乡镇、街道规定日期，本地通知一般要求在此以前公布"
            )
        };
        findings.push(Finding::new(Weight::Soft, PLACE, what, "尽快签发并公布"));
    }
    match draft.dated {
        None => findings.push(Finding::new(
            Weight::Soft,
            PLACE,
            "没有写成文日期",
            "在“落款”中填写；不填写的，以签发之日为准",
        )),
        Some(dated) if dated.year() <= year || dated > around.today => {
            findings.push(Finding::new(
                Weight::Hard,
                PLACE,
                format!("成文日期 {dated} 应在{year}年度结束之后，且不晚于今天"),
                "改正成文日期",
            ));
        }
        Some(_) => {}
    }
    findings
}

/// What the cases say that the table alone does not show.
fn counted(form: &Form, around: &Circumstances) -> Vec<Finding> {
    let mut findings = Vec::new();
    if around.unconfirmed > 0 {
        // They are received on the day of their confirmation (art. 31), perhaps of another year.
        findings.push(Finding::new(
            Weight::Soft,
            THREE,
            format!("有 {} 件本年度提交的申请还没有确认收到之日，未计入表格", around.unconfirmed),
            "在待办中逐件确认；收到之日在本年度以内的，确认后再签发",
        ));
    }
    if !around.opening_off.is_empty() {
        let off: Vec<String> = around
            .opening_off
            .iter()
            .map(|(column, told, counted)| {
                format!("登记的上年结转 {told}，按办件为 {counted}（{column}）")
            })
            .collect();
        findings.push(Finding::new(
            Weight::Soft,
            THREE,
            off.join("；"),
            "核对上一年度公布的结转数，或者补录、改正上年收到而未办结的办件",
        ));
    }
    if around.undivided > 0 && form.section_three == crate::report::layout::Layout::Form2021 {
        findings.push(Finding::new(
            Weight::Hard,
            THREE,
            format!("有 {} 件“其他处理”未区分具体情形，2021年格式无处可计", around.undivided),
            "逐件补明是逾期不补正、逾期未缴费还是其他",
        ));
    }
    if around.unsealed > 0 {
        findings.push(Finding::new(
            Weight::Soft,
            THREE,
            format!("汇总范围内还有 {} 个机关的报告没有签发，也没有报送", around.unsealed),
            "催促有关机关签发或者报送；现按其办件实时统计",
        ));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::annual::figure::Figure;
    use crate::report::annual::tests::{basis, form};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn around(today: &str) -> Circumstances {
        Circumstances {
            today: day(today),
            opening_off: Vec::new(),
            unconfirmed: 0,
            unsealed: 0,
            undivided: 0,
        }
    }

    /// A report of which nothing is to be said.
    fn whole() -> (Form, Draft, Basis, PublishedReport) {
        let (form, mut basis) = (form("2021"), basis("suqian-2024"));
        let mut draft = Draft { dated: Some(day("2025-01-20")), ..Draft::default() };
        for part in &form.parts {
            draft
                .texts
                .insert(part.key.clone(), part.suggestions.join("\n") + "无其他事项。");
        }
        basis.figures = form
            .slots()
            .map(|slot| (slot.key(), Figure::whole(0)))
            .collect();
        let before = crate::report::annual::tests::basis("suqian-2023");
        let before = AnnualReport::compose(&form, &draft, &before);
        (form, draft, basis, PublishedReport::from(&before))
    }

    fn told(
        spoil: impl Fn(&mut Draft, &mut Basis),
        around: &Circumstances,
    ) -> Vec<(Weight, String)> {
        let (form, mut draft, mut basis, before) = whole();
        spoil(&mut draft, &mut basis);
        findings(&form, &draft, &basis, Some(&before), around)
            .into_iter()
            .map(|finding| (finding.weight, finding.what))
            .collect()
    }

    #[test]
    fn a_whole_report_in_time_gives_no_finding() {
        assert_eq!(told(|_, _| {}, &around("2025-01-31")), []);
    }

    #[test]
    fn what_is_missing_or_too_early_is_hard() {
        let hard = |spoil: fn(&mut Draft, &mut Basis), around: &Circumstances, words: &str| {
            let told = told(spoil, around);
            let found = told
                .iter()
                .any(|(weight, what)| *weight == Weight::Hard && what.contains(words));
            assert!(found, "{words}: {told:?}");
        };
        let today = around("2025-01-25");
        hard(|draft, _| drop(draft.texts.remove("problems")), &today, "还没有写");
        hard(|_, basis| drop(basis.figures.pop_first()), &today, "有 1 格没有填写");
        hard(|draft, _| draft.preface = "新收{本年收}件".to_owned(), &today, "{本年收}");
        hard(|draft, _| draft.dated = Some(day("2024-12-31")), &today, "成文日期");
        hard(|draft, _| draft.dated = Some(day("2025-02-01")), &today, "成文日期");
        hard(|_, _| {}, &around("2024-12-31"), "尚未结束");
        hard(|_, _| {}, &Circumstances { undivided: 1, ..around("2025-01-25") }, "未区分");
        hard(
            |_, basis| {
                let sound = basis.table.clone();
                basis.table =
                    crate::report::table::Table::fill("", 2024, sound.layout, |line, column| {
                        sound.cell(line, column)
                            + u64::from(line == crate::report::line::Line::CarriedIn)
                    });
            },
            &today,
            "上年结转",
        );
    }

    #[test]
    fn what_is_late_or_unclear_is_told_and_does_not_block() {
        let soft = |around: &Circumstances| {
            let told = told(|_, _| {}, around);
            assert!(told.iter().all(|(weight, _)| *weight == Weight::Soft), "{told:?}");
            told.len()
        };
        // The report is one of a city's government.
        assert_eq!(soft(&around("2025-03-31")), 0);
        assert_eq!(soft(&around("2025-04-01")), 1);
        assert_eq!(soft(&Circumstances { unsealed: 3, ..around("2025-04-01") }), 2);
        assert_eq!(soft(&Circumstances { unconfirmed: 2, ..around("2025-01-25") }), 1);
        let opening_off = vec![("自然人", 3, 1)];
        assert_eq!(soft(&Circumstances { opening_off, ..around("2025-01-25") }), 1);
    }

    #[test]
    fn the_day_of_publication_is_that_of_the_agencys_kind() {
        assert_eq!(published_by("西峡县教育局"), (1, 31, true));
        assert_eq!(published_by("西峡县人民政府"), (3, 31, true));
        for lowest in [
            "莲花街道办事处",
            "丹水镇人民政府",
            "寨根乡人民政府",
            "洋河新区管委会",
        ] {
            assert_eq!(published_by(lowest), (1, 31, false), "{lowest}");
        }
    }

    #[test]
    fn fees_cannot_be_paid_and_denied() {
        let says = |text: &'static str, fees: u64| {
            let told = told(
                |draft, basis| {
                    basis.fees = fees;
                    draft.texts.insert("others".to_owned(), text.to_owned());
                },
                &around("2025-01-25"),
            );
            told.iter().any(|(_, what)| what.contains("却说没有"))
        };
        assert!(says("无。", 3940) && says("本年度未收取信息处理费。", 3940));
        assert!(!says("无。", 0) && !says("本年度收取信息处理费3940元。", 3940));
    }

    #[test]
    fn a_number_typed_into_prose_is_held_against_the_table() {
        let told = told(
            |draft, _| {
                let text = "全年新收申请3件。".to_owned();
                draft.texts.insert("overview".to_owned(), text);
            },
            &around("2025-01-25"),
        );
        assert!(told.iter().any(|(_, what)| what.contains("新收3件")), "{told:?}");
    }
}
