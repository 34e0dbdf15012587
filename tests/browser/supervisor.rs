//! The annual report, from its first word to a correction of what was published.

use tempfile::TempDir;
use yishen::domain::actor::Role;

use crate::desk::sign_in;
use crate::driver::{Browser, Screen, a_file};
use crate::looks;
use crate::support::database::Engine;
use crate::support::office::{Office, PAPERS, day};

const REPORT: &str = "/staff/reports/2025";

/// Writes a part, every number of it the same.
async fn write_part(clerk: &Browser, key: &str, text: &str) {
    clerk.go(&format!("{REPORT}/parts/{key}")).await;
    looks::check(clerk, &format!("staff-report-{key}")).await;
    let zeros =
        "document.querySelectorAll('.figures input').forEach(field => { field.value = '0' })";
    clerk.measure(zeros).await;
    clerk.write("text", text).await;
    clerk.click(".actions button").await;
    clerk.says("已经保存").await;
}

/// Registers an application that came by post, as somebody who found it in a drawer.
async fn register(clerk: &Browser, arrived_on: &str) {
    clerk.go("/staff/intake").await;
    clerk
        .click("input[name=channel][value=registered_mail]")
        .await;
    clerk
        .measure(&format!("document.getElementById('arrived_on').value = '{arrived_on}'"))
        .await;
    for (field, text) in PAPERS {
        match field {
            "kind" | "form" | "route" => {
                clerk
                    .click(&format!("input[name={field}][value={text}]"))
                    .await;
            }
            "document_kind" => {
                clerk
                    .click(&format!("#document_kind option[value={text}]"))
                    .await;
            }
            _ => clerk.write(field, text).await,
        }
    }
    let files = TempDir::new().unwrap();
    clerk
        .write("identity", &a_file(&files, "身份证复印件.pdf"))
        .await;
    clerk.click(".actions button:last-child").await;
    clerk.says("受理编号").await;
}

#[tokio::test]
async fn the_head_seals_a_year_and_finds_the_correction_of_a_later_change() {
    for screen in Screen::BOTH {
        let office = Office::open(Engine::Sqlite, day(2026, 1, 12)).await;
        office.has_account("wangfang", "王芳", &[Role::Clerk]).await;
        office
            .has_account("liguodong", "李国栋", &[Role::Head])
            .await;
        let base = office.browser.url("");

        let clerk = Browser::open(&base, screen).await;
        sign_in(&clerk, "wangfang").await;
        clerk.go("/staff/reports").await;
        looks::check(&clerk, "staff-reports").await;
        clerk.go(REPORT).await;
        clerk.says("改正之前不能签发").await;
        looks::check(&clerk, "staff-report").await;
        write_part(&clerk, "overview", "全年新收政府信息公开申请{本年新收}件。").await;
        write_part(&clerk, "proactive", "").await;
        write_part(&clerk, "applications", "").await;
        write_part(&clerk, "redress", "").await;
        write_part(&clerk, "problems", "公开的内容还不够丰富，将逐步改进。").await;
        write_part(&clerk, "others", "收取信息处理费{信息处理费}元。").await;
        clerk.says("没有必须改正的问题").await;

        let head = Browser::open(&base, screen).await;
        sign_in(&head, "liguodong").await;
        head.go(REPORT).await;
        head.click("#checked").await;
        head.click(&format!("form[action='{REPORT}/seal'] button"))
            .await;
        head.says("已经签发").await;
        looks::check(&head, "staff-report-sealed").await;
        head.click(&format!("form[action='{REPORT}/publish'] button"))
            .await;
        head.says("已经公布").await;
        head.go("/reports").await;
        looks::check(&head, "public-reports").await;
        head.go("/reports/2025").await;
        head.says("全年新收政府信息公开申请0件。").await;
        looks::check(&head, "public-report").await;

        register(&clerk, "2025-12-30").await;
        clerk.close().await;
        head.go(REPORT).await;
        head.says("签发之后的变化").await;
        head.says("四、结转下年度继续办理，自然人").await;
        looks::check(&head, "staff-report-changed").await;
        head.write("reason", "年底收到的一件邮寄申请未及时登记")
            .await;
        head.click(&format!("form[action='{REPORT}/correct'] button"))
            .await;
        head.says("已公布的更正").await;
        head.go("/reports/2025").await;
        head.says("四、结转下年度继续办理，总计：0 改为 1").await;
        looks::check(&head, "public-report-corrected").await;
        head.go("/staff/figures").await;
        head.says("答复是否及时").await;
        looks::check(&head, "staff-figures").await;
        head.go("/staff/redress").await;
        looks::check(&head, "staff-redress").await;
        head.close().await;
    }
}
