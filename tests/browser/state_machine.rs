//! The state machine on file, clicked: at each stage a case offers just what the table allows,
//! and each act leads where the table says.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use fantoccini::Locator;
use yishen::domain::actor::Role;
use yishen::domain::case::{Act, ActKind};
use yishen::domain::consultation::Party;
use yishen::domain::outcome::{Disposition, NonProcessing};

use crate::acts::fill_in;
use crate::desk::sign_in;
use crate::driver::{Browser, Screen};
use crate::support::database::Engine;
use crate::support::office::{Office, PAPERS, day};

const TABLE: &str = include_str!("../snapshots/state_machine.txt");

/// A line of the table that is not refused.
struct Row {
    stage: &'static str,
    act: ActKind,
    /// Which decision is proposed.
    disposition: Option<&'static str>,
    after: &'static str,
}

fn rows() -> Vec<Row> {
    let lines = TABLE.lines().filter(|line| !line.is_empty());
    lines.filter_map(row).collect()
}

fn row(line: &'static str) -> Option<Row> {
    let (stage, rest) = line.split_once(" + ").unwrap();
    let (act, after) = rest.split_once(" → ").unwrap();
    if after.starts_with('×') {
        return None;
    }
    let label = act.split('（').next().unwrap();
    let mut kinds = ActKind::ALL.into_iter();
    Some(Row {
        stage,
        act: kinds.find(|kind| kind.label() == label).unwrap(),
        disposition: match act.split_once('（') {
            Some((_, "not_processed_excessive）")) => Some("excessive"),
            Some(_) => Some("not_ours"),
            None => None,
        },
        after: after.split(['（', '，']).next().unwrap(),
    })
}

/// What brings an application that was just filed to a stage of the table.
fn way_to(stage: &str) -> Vec<Act> {
    let until = day(2026, 6, 15);
    let reasons = Act::RequireReasons { until };
    let given = Act::RecordReasons { given: true };
    let fee = Act::ChargeFee { yuan: 100 };
    let mut way = vec![Act::ConfirmReceipt];
    way.extend(match stage {
        "待确认" => return Vec::new(),
        "办理中" => vec![],
        "办理中（征求意见中）" => vec![Act::Consult { party: Party::ThirdParty }],
        "办理中（待批准延期）" => vec![Act::AskToExtend { days: 10 }],
        "办理中（待审核）" => vec![Act::Propose { disposition: Disposition::Given }],
        "办理中（已要求说明理由）" => vec![reasons],
        "办理中（已说明理由）" => vec![reasons, given],
        "办理中（已延迟答复）" => {
            vec![reasons, given, Act::DelayAnswer { until: day(2026, 8, 31) }]
        }
        "待补正" => vec![Act::AskForCorrection { until, as_exception: false }],
        "待缴费" => vec![fee],
        "待缴费（已送达）" => vec![fee, Act::RecordFeeDelivery],
        "已办结" => vec![
            Act::Propose { disposition: Disposition::NotProcessed(NonProcessing::Petition) },
            Act::Approve,
        ],
        other => panic!("how does a case come to {other}?"),
    });
    way
}

/// What has to be said of an act beside what its form asks for anyway.
fn given(act: ActKind) -> &'static [(&'static str, &'static str)] {
    match act {
        ActKind::ConfirmReceipt => &[("how", "telephone")],
        ActKind::AskForCorrection => &[("defect_identity", "身份证明不清晰")],
        ActKind::Correct => &[("description", "2025年度道路维修项目的预算批复")],
        ActKind::RecordReasons => &[("given", "given"), ("words", "用于办理征收补偿")],
        ActKind::DelayAnswer => &[("until", "2026-08-31")],
        ActKind::ChargeFee => &[("tariff", "pages"), ("pages", "100")],
        _ => &[],
    }
}

async fn texts(browser: &Browser, css: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for element in browser.client.find_all(Locator::Css(css)).await.unwrap() {
        texts.push(element.text().await.unwrap());
    }
    texts
}

/// Clicks from the case through the act's page to the case as it is then.
async fn click_through(browser: &Browser, case: &str, row: &Row) {
    browser.go(case).await;
    browser
        .click(&format!(".acts a[href='{case}/{}']", row.act.code()))
        .await;
    browser.find(".act-page form").await;
    if let Some(disposition) = row.disposition {
        browser
            .click(&format!("input[name=disposition][value={disposition}]"))
            .await;
        browser.click(".act-page .actions button").await;
        browser.says("文书内容").await;
    }
    fill_in(browser, given(row.act)).await;
    browser.click(".act-page .actions button").await;
    browser
        .says(&format!("已经办理：{}。", row.act.label()))
        .await;
    let tags = texts(browser, ".case-tags .tag").await;
    assert_eq!(tags[0], row.after, "{} + {}", row.stage, row.act.label());
}

#[tokio::test]
async fn each_line_of_the_state_machine_is_offered_and_clicked() {
    let office = Office::open(Engine::Sqlite, day(2026, 6, 1)).await;
    let all = [Role::Clerk, Role::Reviewer, Role::Head];
    office.has_account("wangfang", "王芳", &all).await;
    let browser = Browser::open(&office.browser.url(""), Screen::Desk).await;
    sign_in(&browser, "wangfang").await;
    let rows = rows();
    let stages: BTreeSet<_> = TABLE
        .lines()
        .filter_map(|line| line.split_once(" + ").map(|(stage, _)| stage))
        .collect();
    let mut late = Vec::new();
    for stage in stages {
        let of_stage: Vec<&Row> = rows.iter().filter(|row| row.stage == stage).collect();
        let fresh = async || {
            let (case, number, _) = office.has_filed(&PAPERS).await;
            for act in way_to(stage) {
                // Nobody approves what they proposed.
                let who = if act == Act::Approve { 8 } else { 7 };
                office.act_by(&number, act, who).await;
            }
            case
        };
        let case = fresh().await;
        browser.go(&case).await;
        let offered: BTreeSet<String> = texts(&browser, ".acts .act-name")
            .await
            .into_iter()
            .collect();
        let allowed: BTreeSet<String> = of_stage
            .iter()
            .filter(|row| row.act != ActKind::Lapse)
            .map(|row| row.act.label().to_owned())
            .collect();
        assert_eq!(offered, allowed, "{stage}");
        for row in of_stage {
            let case = fresh().await;
            if row.act == ActKind::Lapse {
                late.push((case, row));
            } else {
                click_through(&browser, &case, row).await;
            }
        }
    }
    // What lapses does so only after the applicant's time.
    office.wait(TimeDelta::days(60));
    sign_in(&browser, "wangfang").await;
    for (case, row) in late {
        click_through(&browser, &case, row).await;
    }
    browser.close().await;
}
