//! Every act of the state machine, clicked: the page looks right, is filled in, and does what it
//! says.

use chrono::TimeDelta;
use serde_json::json;
use tempfile::TempDir;
use yishen::domain::actor::Role;

use crate::desk::sign_in;
use crate::driver::{Browser, RECTIFICATION, Screen, a_file};
use crate::looks;
use crate::support::database::Engine;
use crate::support::office::{Office, PAPERS, day};

/// Chooses and writes what is given, and something in every other field that has to be filled in.
const FILL: &str = "
const form = document.querySelector('.act-page form');
for (const [name, value] of arguments[0]) {
  const fields = [...form.querySelectorAll(`[name='${name}']`)];
  const radio = fields.find(field => field.type === 'radio' && field.value === value);
  if (radio) radio.checked = true; else fields[0].value = value;
}
const required = field => !field.closest('.field').querySelector('.optional');
for (const field of form.querySelectorAll('textarea, input[type=text]'))
  if (!field.value && required(field)) field.value = '经核对档案目录';
for (const group of form.querySelectorAll('fieldset')) {
  const boxes = [...group.querySelectorAll('input[type=radio], input[type=checkbox]')];
  if (boxes.length && !boxes.some(box => box.checked)) boxes[0].checked = true;
}";

/// Fills in the page of an act: what is given, and something wherever something is needed.
pub async fn fill_in(browser: &Browser, given: &[(&str, &str)]) {
    let given: Vec<[&str; 2]> = given.iter().map(|(name, value)| [*name, *value]).collect();
    browser
        .client
        .execute(FILL, vec![json!(given)])
        .await
        .unwrap();
}

/// Opens the page of an act, looks at it, fills it in and sends it; the case then says this.
async fn act(browser: &Browser, case: &str, act: &str, given: &[(&str, &str)], says: &str) {
    browser.go(&format!("{case}/{act}")).await;
    looks::check(browser, &format!("act-{}", act.replace(['?', '='], "-"))).await;
    fill_in(browser, given).await;
    browser.click(".act-page .actions button").await;
    browser.says(says).await;
}

#[tokio::test]
async fn each_path_of_the_state_machine_is_walked_by_clicking() {
    for screen in Screen::BOTH {
        let office = Office::open(Engine::Sqlite, day(2026, 6, 1)).await;
        office.has_account("wangfang", "王芳", &[Role::Clerk]).await;
        office
            .has_account("liguodong", "李国栋", &[Role::Reviewer, Role::Head])
            .await;
        let base = office.browser.url("");
        let clerk = Browser::open(&base, screen).await;
        sign_in(&clerk, "wangfang").await;
        let head = Browser::open(&base, screen).await;
        sign_in(&head, "liguodong").await;

        // Corrected, consulted about, extended, sent back once, and answered.
        let (case, _, _) = office.has_filed(&PAPERS).await;
        act(&clerk, &case, "confirm_receipt", &[("how", "telephone")], "办理中").await;
        act(&clerk, &case, "assign", &[], "经办人：王芳").await;
        act(
            &clerk,
            &case,
            "ask_for_correction",
            &[("defect_identity", "身份证明不清晰")],
            "待补正",
        )
        .await;
        let corrected = [("description", "2025年度道路维修项目的预算批复")];
        act(&clerk, &case, "correct", &corrected, "重新起算").await;
        clerk.go(&format!("{case}/consult")).await;
        looks::check(&clerk, "act-consult").await;
        act(&clerk, &case, "consult?party=third_party", &[], "期限暂停计算").await;
        act(&clerk, &case, "record_delivery", &[], "登记征求意见送达").await;
        act(&clerk, &case, "record_opinion", &[("opinion", "objects")], "登记意见").await;
        act(&clerk, &case, "ask_to_extend", &[("days", "10")], "待工作机构负责人决定").await;
        head.go("/staff/queue").await;
        looks::check(&head, "staff-queue-head").await;
        act(&head, &case, "decline_extension", &[], "驳回延期申请").await;
        act(&clerk, &case, "ask_to_extend", &[("days", "10")], "待工作机构负责人决定").await;
        clerk.go(&case).await;
        looks::check(&clerk, "staff-case-extension-wanted").await;
        act(&head, &case, "extend", &[], "已经延长10个工作日").await;
        let refused = "propose?disposition=refuse_3p";
        act(&clerk, &case, refused, &[], "拟办意见，待审核").await;
        act(&head, &case, "return", &[], "退回").await;
        act(&clerk, &case, refused, &[], "拟办意见，待审核").await;
        act(&head, &case, "approve", &[], "办理结果").await;

        // Paid for, heard about too many applications, put off, and taken back.
        let (case, _, _) = office.has_filed(&PAPERS).await;
        act(&clerk, &case, "confirm_receipt", &[("how", "telephone")], "办理中").await;
        let fee = [("tariff", "pages"), ("pages", "100")];
        act(&head, &case, "charge_fee", &fee, "应缴700元").await;
        act(&clerk, &case, "record_fee_delivery", &[], "登记收费通知送达").await;
        act(&clerk, &case, "pay", &[], "重新起算").await;
        act(&clerk, &case, "reasons", &[], "已要求申请人说明理由").await;
        let given = [("given", "given"), ("words", "用于办理征收补偿")];
        act(&clerk, &case, "reasons-given", &given, "申请人说明了理由").await;
        act(&head, &case, "delay", &[("until", "2026-08-31")], "已确定延迟答复的期限").await;
        act(&clerk, &case, "withdraw", &[], "已办结").await;

        // Never corrected.
        let (case, _, _) = office.has_filed(&PAPERS).await;
        act(&clerk, &case, "confirm_receipt", &[("how", "telephone")], "办理中").await;
        act(
            &clerk,
            &case,
            "ask_for_correction",
            &[("defect_identity", "身份证明不清晰")],
            "待补正",
        )
        .await;
        office.wait(TimeDelta::days(30));
        sign_in(&clerk, "wangfang").await;
        act(&clerk, &case, "lapse", &[], "不再处理告知书").await;
        clerk.close().await;
        head.close().await;
    }
}

/// Takes in an application for rectification, and answers it.
async fn rectifies(clerk: &Browser) {
    clerk.go("/staff/rectifications/new").await;
    looks::check(clerk, "staff-rectification-new").await;
    for (field, text) in RECTIFICATION {
        clerk.write(field, text).await;
    }
    clerk.click(".actions button").await;
    clerk.says("LHJD-GZ-2026-0001").await;
    looks::check(clerk, "staff-rectification").await;
    clerk.click("input[name=answer][value=corrected]").await;
    clerk.write("finding", "经核对户口簿，已经改正").await;
    clerk.click(".actions button").await;
    clerk.says("予以更正").await;
    looks::check(clerk, "staff-rectification-answered").await;
    clerk.go("/staff/rectifications?all=yes").await;
    looks::check(clerk, "staff-rectifications").await;
}

#[tokio::test]
async fn what_stands_beside_the_acts_is_found_and_done() {
    for screen in Screen::BOTH {
        let office = Office::open(Engine::Sqlite, day(2026, 6, 1)).await;
        office.has_account("wangfang", "王芳", &[Role::Clerk]).await;
        let base = office.browser.url("");
        let clerk = Browser::open(&base, screen).await;
        sign_in(&clerk, "wangfang").await;
        let (case, number, _) = office.has_filed(&PAPERS).await;
        act(&clerk, &case, "confirm_receipt", &[("how", "telephone")], "办理中").await;

        clerk
            .go(&format!("{case}/what-if?extend=20&consult=5"))
            .await;
        clerk.says("届满日为").await;
        looks::check(&clerk, "staff-what-if").await;

        clerk.go(&format!("{case}/split")).await;
        clerk
            .measure("document.getElementById('title.2').value = '绿化养护合同'")
            .await;
        clerk
            .measure("document.getElementById('description.2').value = '2025年度的合同'")
            .await;
        clerk.write("words", "两项内容互不相关").await;
        looks::check(&clerk, "staff-split").await;
        clerk.click(".actions button").await;
        clerk.says("LHJD-2026-0002").await;
        looks::check(&clerk, "staff-case-split").await;
        clerk.go(&format!("{case}/join")).await;
        looks::check(&clerk, "staff-join").await;

        // Something is made public, and the next citizen need not apply.
        clerk.go("/staff/published/new").await;
        looks::check(&clerk, "staff-publish").await;
        clerk
            .write("title", "莲花街道2025年度道路维修项目预算")
            .await;
        clerk.write("summary", "预算批复和支出明细").await;
        clerk
            .write("place", "https://www.example.gov.cn/budget/2025.html")
            .await;
        clerk.click(".actions button").await;
        clerk.says("公开中").await;
        looks::check(&clerk, "staff-published").await;
        let citizen = Browser::open(&base, screen).await;
        citizen.go("/published").await;
        citizen.says("道路维修项目预算").await;
        looks::check(&citizen, "public-published").await;
        let files = TempDir::new().unwrap();
        citizen.go("/apply").await;
        for (field, text) in PAPERS {
            match field {
                "kind" | "form" | "route" => {
                    citizen
                        .click(&format!("input[name={field}][value={text}]"))
                        .await;
                }
                "document_kind" => {
                    citizen
                        .click(&format!("#document_kind option[value={text}]"))
                        .await;
                }
                _ => citizen.write(field, text).await,
            }
        }
        citizen
            .write("identity", &a_file(&files, "身份证.pdf"))
            .await;
        citizen.click(".actions button").await;
        citizen.says("这些信息已经公开").await;
        looks::check(&citizen, "public-check-published").await;
        citizen.click(".items button").await;
        citizen.says("没有提交申请").await;
        looks::check(&citizen, "public-item").await;
        citizen.close().await;

        // The same applicant and others are found beside a case.
        office.has_filed(&PAPERS).await;
        yishen::casework::similar::look_at_new(&office.app, 10)
            .await
            .unwrap();
        clerk.go(&format!("{case}/similar")).await;
        clerk.says("同一申请人的其他申请").await;
        looks::check(&clerk, "staff-similar").await;

        rectifies(&clerk).await;

        clerk.go("/staff/settings").await;
        looks::check(&clerk, "staff-settings").await;
        clerk.click("#wanted").await;
        clerk.write("email", "wang@example.gov.cn").await;
        clerk.click("main .actions button").await;
        clerk.says("已保存").await;
        clerk.go("/staff/queue").await;
        clerk.says(&number).await;
        clerk.close().await;
    }
}
