//! The desk of who writes the annual report: two at once, last year beside it, what is too long.

use std::sync::Arc;

use yishen::casework::annual;
use yishen::casework::import;
use yishen::domain::actor::{Actor, Role};

use crate::support::http::Page;
use crate::support::office::{Office, day, in_both_offices};
use crate::support::staff::{Person, location};

const REPORT: &str = "/staff/reports/2025";

/// The fields of section two, each with this number but for those that are named.
fn numbers(page: &Page, number: &str, but: &[(&str, &str)]) -> Vec<(String, String)> {
    let names = page.text.split("name=\"figure.").skip(1);
    names
        .map(|rest| {
            let name = format!("figure.{}", rest.split('"').next().unwrap());
            let own = but.iter().find(|(field, _)| *field == name);
            let value = own.map_or(number, |(_, value)| value).to_owned();
            (name, value)
        })
        .collect()
}

/// Sends a part as the page showed it, but for what is changed.
async fn sends(person: &Person, year: i32, key: &str, page: &Page, but: &[(&str, &str)]) -> Page {
    let path = format!("/staff/reports/{year}/parts/{key}");
    let seen = page.value("seen").unwrap();
    let text = page.area("text").unwrap();
    let names = numbers(page, "", &[]);
    let values: Vec<(String, String)> = names
        .into_iter()
        .map(|(name, _)| {
            let value = page.value(&name).unwrap();
            (name, value)
        })
        .collect();
    let mut fields = vec![("seen", seen.as_str()), ("text", text.as_str())];
    fields.extend(
        values
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str())),
    );
    for (field, value) in but {
        fields.retain(|(name, _)| name != field);
        fields.push((field, value));
    }
    person.send(&path, page, &fields).await
}

async fn opens(person: &Person, year: i32, key: &str) -> Page {
    let page = person
        .get(&format!("/staff/reports/{year}/parts/{key}"))
        .await;
    assert_eq!(page.status, 200, "{}", page.text);
    page
}

const MADE: &str = "figure.item_1.rules.made";
const REPEALED: &str = "figure.item_1.rules.repealed";
const IN_FORCE: &str = "figure.item_1.rules.in_force";

in_both_offices! {
    async fn the_number_of_the_first_is_not_lost_to_the_second(engine: Engine) {
        let office = Office::open(engine, day(2026, 1, 12)).await;
        let head = office.has("wang", "王负责", &[Role::Head]).await;
        let clerk = office.has("zhang", "张经办", &[Role::Clerk]).await;
        let page = opens(&clerk, 2025, "proactive").await;
        let kept = sends(&clerk, 2025, "proactive", &page, &[(MADE, "5"), (IN_FORCE, "9"), ("text", "旧文")]).await;
        assert_eq!(kept.status, 303, "{}", kept.text);

        let (first, second) = (opens(&head, 2025, "proactive").await, opens(&clerk, 2025, "proactive").await);
        let changes = [(MADE, "7"), (IN_FORCE, "12"), ("text", "负责人写的")];
        assert_eq!(sends(&head, 2025, "proactive", &first, &changes).await.status, 303);
        let late = sends(&clerk, 2025, "proactive", &second, &[(REPEALED, "1"), (IN_FORCE, "11")]).await;
        assert_eq!(late.status, 409);
        assert_eq!(late.value(MADE).unwrap(), "7", "the cell that the clerk left alone");
        assert_eq!(late.value(REPEALED).unwrap(), "1");
        assert_eq!(late.value(IN_FORCE).unwrap(), "11");
        assert_eq!(late.area("text").unwrap(), "负责人写的");
        assert!(late.says("现有 12 / 您填 11") && late.says("现有 空白 / 您填 1"), "{}", late.text);
        assert!(late.says("规章的本年制发件数") && late.says("现有 7，您没有改动"), "{}", late.text);
        assert_eq!(sends(&clerk, 2025, "proactive", &late, &[]).await.status, 303);
        let page = opens(&head, 2025, "proactive").await;
        assert_eq!((page.value(MADE).unwrap(), page.value(IN_FORCE).unwrap()), ("7".to_owned(), "11".to_owned()));

        // A form that comes back with a fault still knows what it showed first.
        let old = opens(&clerk, 2025, "proactive").await;
        assert_eq!(sends(&head, 2025, "proactive", &page, &[(MADE, "8")]).await.status, 303);
        let faulty = sends(&clerk, 2025, "proactive", &old, &[(REPEALED, "1.5")]).await;
        assert_eq!(faulty.status, 422);
        let again = sends(&clerk, 2025, "proactive", &faulty, &[(REPEALED, "2")]).await;
        assert_eq!(again.status, 409, "what the head kept is not lost by way of a fault");
        assert_eq!(again.value(MADE).unwrap(), "8");
    }

    async fn the_frame_of_the_first_is_not_lost_to_the_second(engine: Engine) {
        let office = Office::open(engine, day(2026, 1, 12)).await;
        let below = office.has_agency("XJ", "西街社区").await;
        assert_ne!(below.id, office.agency.id);
        let head = office.has("wang", "王负责", &[Role::Head]).await;
        let clerk = office.has("zhang", "张经办", &[Role::Clerk]).await;
        let (first, second) = (head.get(REPORT).await, clerk.get(REPORT).await);
        let sends = async |person: &Person, page: &Page, more: &[(&str, &str)]| {
            let seen = page.value("seen").unwrap();
            let mut fields = vec![("seen", seen.as_str())];
            fields.extend(more);
            person.send(&format!("{REPORT}/frame"), page, &fields).await
        };
        let kept = sends(&head, &first, &[("form", "2021"), ("roll_up", "yes"), ("preface", "负责人的说明"), ("dated", "2026-01-10")]).await;
        assert_eq!(kept.status, 303, "{}", kept.text);
        let late = sends(&clerk, &second, &[("form", "2021"), ("preface", ""), ("dated", "2026-01-11")]).await;
        assert_eq!(late.status, 409);
        assert!(late.says("现有 2026-01-10 / 您填 2026-01-11"), "{}", late.text);
        assert!(late.is_chosen("roll_up", "yes"), "what the clerk left alone");
        assert_eq!(late.area("preface").unwrap(), "负责人的说明");
        assert_eq!(late.value("dated").unwrap(), "2026-01-11");
        let kept = sends(&clerk, &late, &[("form", "2021"), ("preface", "负责人的说明"), ("dated", "2026-01-11")]).await;
        assert_eq!(kept.status, 303, "{}", kept.text);
        assert!(!clerk.get(REPORT).await.is_chosen("roll_up", "yes"), "it was unticked with open eyes");
    }

    async fn what_was_written_last_year_stands_beside_with_its_numbers(engine: Engine) {
        let office = Office::open(engine, day(2026, 1, 12)).await;
        let file = "受理编号,渠道,申请人类型,申请人,申请内容,收到日期,办结日期,办理结果\n\
                    旧-1,邮寄,商业企业,某公司,一份文件,2024-05-06,,\n";
        let batch = import::check(&office.app, file.as_bytes()).unwrap();
        import::keep(&office.app, batch, &Actor::System, Arc::new(|_| {})).unwrap();
        let clerk = office.has("zhang", "张经办", &[Role::Clerk]).await;
        let page = opens(&clerk, 2024, "overview").await;
        assert_eq!(sends(&clerk, 2024, "overview", &page, &[("text", "新收{本年新收}件。")]).await.status, 303);
        let page = opens(&clerk, 2024, "proactive").await;
        assert_eq!(sends(&clerk, 2024, "proactive", &page, &[(IN_FORCE, "12")]).await.status, 303);

        let page = opens(&clerk, 2025, "overview").await;
        assert!(page.says("新收1件。") && !page.says("新收{本年新收}件。"), "{}", page.text);
        assert!(opens(&clerk, 2025, "proactive").await.says("上年 12"));

        // A sentence that the figures offer goes into the text by a button, beside what was typed.
        let offered = page.between("name=\"take\" value=\"", "\"").unwrap();
        let taken = sends(&clerk, 2025, "overview", &page, &[("take", &offered), ("text", "没有保存的一段")]).await;
        assert_eq!(taken.status, 200, "{}", taken.text);
        let text = taken.area("text").unwrap();
        assert!(text.starts_with("没有保存的一段\n依申请公开方面，") && text.contains("{本年新收}件"), "{text}");
        assert!(taken.says("还没有保存") && taken.says("已在正文中"));
        assert!(opens(&clerk, 2025, "overview").await.area("text").unwrap().is_empty());
        assert_eq!(sends(&clerk, 2025, "overview", &taken, &[]).await.status, 303);
        assert_eq!(opens(&clerk, 2025, "overview").await.area("text").unwrap(), text);

        // The text is kept on the way to the pictures.
        let page = opens(&clerk, 2025, "problems").await;
        let on = sends(&clerk, 2025, "problems", &page, &[("text", "先写的字"), ("then", "pictures")]).await;
        assert_eq!(location(&on), "/staff/reports/2025/parts/problems/pictures");
        assert!(clerk.get(location(&on)).await.says("添加"));
        assert_eq!(opens(&clerk, 2025, "problems").await.area("text").unwrap(), "先写的字");
    }

    async fn a_text_that_is_too_long_comes_back_to_who_wrote_it(engine: Engine) {
        let office = Office::open(engine, day(2026, 1, 12)).await;
        let clerk = office.has("zhang", "张经办", &[Role::Clerk]).await;
        let page = opens(&clerk, 2025, "overview").await;
        assert!(page.says("不超过20000字"));
        let long = "长".repeat(80_000);
        let refused = sends(&clerk, 2025, "overview", &page, &[("text", &long)]).await;
        assert_eq!(refused.status, 422);
        assert!(refused.fault("text").unwrap().contains("现有80000字"));
        assert_eq!(refused.area("text").unwrap(), long);
        let endless = "长".repeat(240_000);
        let refused = sends(&clerk, 2025, "overview", &page, &[("text", &endless)]).await;
        assert_eq!(refused.status, 413);
        assert!(refused.says("约20万字") && refused.says("年度报告") && !refused.says("附件"), "{}", refused.text);
        assert!(refused.text.contains("masthead-staff"));
    }

    async fn a_page_loaded_again_after_a_refusal_leads_back(engine: Engine) {
        let office = Office::open(engine, day(2026, 1, 12)).await;
        let clerk = office.has("zhang", "张经办", &[Role::Clerk]).await;
        for deed in ["frame", "opening", "seal", "publish", "take-back", "correct"] {
            let page = clerk.get(&format!("{REPORT}/{deed}")).await;
            assert_eq!((page.status.as_u16(), location(&page)), (303, REPORT), "{deed}");
        }
        let pictures = format!("{REPORT}/parts/overview/pictures");
        assert_eq!(clerk.get(&pictures).await.status, 200);
        let id = office.agency.id;
        let page = clerk.get(&format!("{pictures}/{id}/remove")).await;
        assert_eq!((page.status.as_u16(), location(&page)), (303, pictures.as_str()));
        assert_eq!(clerk.get("/staff/reports/1949/seal").await.status, 404);
    }
}

#[test]
fn a_mark_knows_each_field_that_was_shown() {
    let mark = "text:000000000000 figure.a.b.c:e3b0c44298fc";
    assert!(annual::was_shown(mark, "figure.a.b.c", ""));
    assert!(!annual::was_shown(mark, "figure.a.b.c", "7"));
    assert!(!annual::was_shown(mark, "figure.a.b", ""));
    assert!(!annual::was_shown("", "text", ""));
}
