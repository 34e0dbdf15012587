//! The queue: by urgency, by condition, by number, by a full name, page by page.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use reqwest::StatusCode;
use yishen::domain::actor::Role;
use yishen::domain::case::Act;

use crate::support::database::Engine;
use crate::support::http::Page;
use crate::support::office::{Office, PAPERS, day, in_both_offices, papers};
use crate::support::staff::{Person, location};

/// The numbers on a page of the queue, in order.
fn numbers(page: &Page) -> Vec<String> {
    let lines = page.text.split("class=\"queue-number\">").skip(1);
    lines
        .map(|line| line.split_whitespace().next().unwrap().to_owned())
        .collect()
}

/// How many cases a band says it has.
fn count(page: &Page, band: &str) -> String {
    let (before, _) = page
        .text
        .split_once(&format!("<span class=\"band-label\">{band}<"))
        .unwrap();
    let (_, count) = before.rsplit_once("class=\"band-count\">").unwrap();
    count.split_once('<').unwrap().0.to_owned()
}

async fn search(clerk: &Person, fields: &[(&str, &str)]) -> Page {
    let sent = clerk.post("/staff/queue", fields).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    assert!(location(&sent).is_ascii(), "{}", location(&sent));
    clerk.get(location(&sent)).await
}

in_both_offices! {
    async fn cases_stand_in_the_band_of_their_urgency(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let mut filed = Vec::new();
        for days in [0, 1, 3, 5] {
            let (number, _) = office.file(&PAPERS).await;
            office.act(&number, Act::ConfirmReceipt).await;
            filed.push(number);
            let until = [1, 2, 2, 0][filed.len() - 1];
            let _ = days;
            office.wait(TimeDelta::days(until));
        }
        // Received on the 1st, 2nd, 4th and 6th of June: due on the 30th, the 1st, 3rd, 6th of July.
        office.app.clock.set("2026-07-01T01:00:00Z".parse().unwrap());
        let (waiting, _) = office.file(&PAPERS).await;
        let login = crate::support::staff::sign_in(
            &clerk.browser,
            "wangfang",
            crate::support::staff::PASSWORD,
        );
        login.await;
        let page = clerk.get("/staff/queue").await;
        let counts = ["全部在办", "已逾期", "今日到期", "3个工作日内", "以后到期", "待确认", "等待申请人"]
            .map(|band| count(&page, band));
        assert_eq!(counts, ["5", "1", "1", "2", "0", "1", "0"]);
        assert!(page.says("逾期1个工作日") && page.says("今日到期") && page.says("还剩2个工作日"));
        for (band, found) in [
            ("overdue", vec![filed[0].clone()]),
            ("today", vec![filed[1].clone()]),
            ("soon", vec![filed[2].clone(), filed[3].clone()]),
            ("later", vec![]),
            ("unconfirmed", vec![waiting.clone()]),
            ("waiting", vec![]),
        ] {
            let page = clerk.get(&format!("/staff/queue?band={band}")).await;
            assert_eq!(numbers(&page), found, "{band}");
        }
        let page = clerk.get("/staff/queue?band=later").await;
        assert!(page.says("这里没有申请"));
    }

    async fn cases_are_found_by_number_by_full_name_and_by_condition(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let (first, _) = office.file(&PAPERS).await;
        let other = papers(&[("name", "李𠮷"), ("title", "拆迁补偿方案")]);
        let (second, _) = office.file(&other).await;
        office.act(&second, Act::Withdraw).await;
        let found = async |fields: &[(&str, &str)]| numbers(&search(&clerk, fields).await);

        assert_eq!(found(&[("words", &first)]).await, [first.as_str()]);
        assert_eq!(found(&[("words", "LHJD-2026")]).await, [first.as_str(), second.as_str()]);
        assert_eq!(found(&[("words", "李𠮷")]).await, [second.as_str()]);
        assert!(found(&[("words", "李")]).await.is_empty());
        let sent = clerk.post("/staff/queue", &[("words", "张三丰")]).await;
        assert!(!location(&sent).contains("%E5") && location(&sent).contains("applicant="));

        assert_eq!(found(&[("channel", "online")]).await, [first.as_str()]);
        assert!(found(&[("channel", "fax")]).await.is_empty());
        assert_eq!(found(&[("stage", "closed")]).await, [second.as_str()]);
        assert!(found(&[("kind", "business")]).await.is_empty());
        let by_day = [("stage", "closed"), ("from", "2026-06-01"), ("until", "2026-06-01")];
        assert_eq!(found(&by_day).await, [second.as_str()]);
        let page = search(&clerk, &[("stage", "closed"), ("from", "2026-06-02")]).await;
        assert!(numbers(&page).is_empty());
        assert!(page.says("没有符合条件的申请") && page.says("收到日期自2026-06-02"));
    }

    async fn pages_follow_each_other_without_gap_or_repetition(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let mut filed = BTreeSet::new();
        for _ in 0..27 {
            filed.insert(office.file(&PAPERS).await.0);
        }
        let first = clerk.get("/staff/queue").await;
        assert_eq!(numbers(&first).len(), 25);
        assert!(!first.says("回到第一页"));
        let next = first.between("rel=\"next\"", "下一页");
        assert!(next.is_some());
        let href = first.text.split("href=\"").find(|text| text.contains("rel=\"next\"")).unwrap();
        let href = href.split_once('"').unwrap().0.replace("&#38;", "&").replace("&amp;", "&");
        let second = clerk.get(&href).await;
        assert_eq!(numbers(&second).len(), 2);
        assert!(second.says("回到第一页") && !second.says("下一页"));
        let seen: BTreeSet<_> = numbers(&first).into_iter().chain(numbers(&second)).collect();
        assert_eq!(seen, filed);
    }
}

#[tokio::test]
async fn nonsense_in_the_address_finds_what_is_open() {
    let office = Office::open(Engine::Sqlite, day(2026, 6, 1)).await;
    let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
    let (number, _) = office.file(&PAPERS).await;
    for query in [
        "band=x",
        "stage=x",
        "after=x",
        "from=x",
        "handler=x",
        "applicant=zz",
    ] {
        let page = clerk.get(&format!("/staff/queue?{query}")).await;
        assert_eq!(page.status, StatusCode::OK, "{query}");
        assert_eq!(numbers(&page), [number.as_str()], "{query}");
    }
}
