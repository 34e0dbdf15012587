//! From the citizen's form over the clerk's and the reviewer's desk to the yearly table.

use tempfile::TempDir;
use yishen::domain::actor::Role;

use crate::driver::{Browser, Screen, a_file};
use crate::looks;
use crate::support::database::Engine;
use crate::support::office::{Office, PAPERS, day};
use crate::support::staff::PASSWORD;

pub async fn sign_in(browser: &Browser, login: &str) {
    browser.go("/staff/login").await;
    browser.write("login", login).await;
    browser.write("password", PASSWORD).await;
    browser.click(".actions button").await;
    browser.says("退出").await;
}

#[tokio::test]
async fn an_application_travels_from_the_form_to_section_three() {
    for screen in Screen::BOTH {
        let office = Office::open(Engine::Sqlite, day(2026, 6, 1)).await;
        office.has_account("wangfang", "王芳", &[Role::Clerk]).await;
        office
            .has_account("chenjing", "陈静", &[Role::Reviewer])
            .await;
        let (case, number, _) = office.has_filed(&PAPERS).await;
        let files = TempDir::new().unwrap();

        let clerk = Browser::open(&office.browser.url(""), screen).await;
        clerk.go("/staff/login").await;
        looks::check(&clerk, "staff-sign-in").await;
        sign_in(&clerk, "wangfang").await;
        clerk.go("/staff/queue").await;
        clerk.says(&number).await;
        looks::check(&clerk, "staff-queue").await;
        clerk.go(&case).await;
        looks::check(&clerk, "staff-case").await;
        clerk.go(&format!("{case}/confirm_receipt")).await;
        looks::check(&clerk, "staff-confirm").await;
        clerk.click("input[name=how][value=telephone]").await;
        clerk.click(".actions button").await;
        clerk.says("2026年6月30日（周二）").await;
        clerk.go(&format!("{case}/propose")).await;
        looks::check(&clerk, "staff-propose").await;
        clerk
            .click("input[name=disposition][value=granted_give]")
            .await;
        clerk.click(".actions button").await;
        clerk.says("文书内容").await;
        looks::check(&clerk, "staff-propose-letter").await;
        clerk.write("words", "检索到一份批复").await;
        clerk
            .write("given", "2025年道路维修项目预算批复，1份6页")
            .await;
        clerk.write("given_how", "电子文件，可在查询页下载").await;
        clerk.write("files", &a_file(&files, "预算批复.pdf")).await;
        clerk.click(".actions button").await;
        clerk.says("拟办意见，待审核").await;
        clerk.close().await;

        let reviewer = Browser::open(&office.browser.url(""), screen).await;
        sign_in(&reviewer, "chenjing").await;
        reviewer.go(&format!("{case}/approve")).await;
        looks::check(&reviewer, "staff-approve").await;
        reviewer.click(".actions button").await;
        reviewer.says("办理结果").await;
        looks::check(&reviewer, "staff-closed").await;
        reviewer.go("/staff/section-three?year=2026").await;
        reviewer.says("予以公开").await;
        looks::check(&reviewer, "staff-section-three").await;
        // The one case, in its cell: granted to a natural person.
        reviewer
            .go("/staff/section-three/2026/granted/natural")
            .await;
        reviewer.says(&number).await;
        looks::check(&reviewer, "staff-cell").await;
        reviewer.close().await;
    }
}
