//! Tracking: plain words and the day that counts, for whoever has number and code and nobody
//! else.

use chrono::TimeDelta;
use reqwest::StatusCode;
use yishen::domain::case::Act;
use yishen::domain::outcome::Disposition;

use crate::support::database::Engine;
use crate::support::http::Page;
use crate::support::office::{Office, PAPERS, day, in_both_offices};

async fn track(office: &Office, number: &str, code: &str) -> Page {
    office
        .browser
        .post("/track", &[("number", number), ("code", code)])
        .await
}

/// The ticket that a page carries on.
fn ticket(page: &Page) -> String {
    page.value("ticket").unwrap()
}

in_both_offices! {
    async fn the_applicant_follows_the_case_to_its_end(engine: Engine) {
        let office = Office::open(engine, day(2026, 11, 23)).await;
        let (number, code) = office.file(&PAPERS).await;

        let page = track(&office, &number, &code).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.says("待确认") && page.says("2026年11月25日（周三）前确认收到"));
        assert!(page.says("提交申请（互联网）"));

        office.wait(TimeDelta::days(1));
        office.act(&number, Act::ConfirmReceipt).await;
        let page = track(&office, &number.to_lowercase().to_uppercase(), &code.to_lowercase()).await;
        assert!(page.says("办理中") && page.says("最迟2026年12月22日（周二）答复"));
        assert!(page.says("11月24日 周二") && page.says("起算日，当日不计入"));
        assert!(page.says("第20日") && page.says("周末，不计入"));

        office.act(&number, Act::Propose { disposition: Disposition::AlreadyPublic }).await;
        let page = track(&office, &number, &code).await;
        assert!(!page.says("拟办"));
        office.act_by(&number, Act::Approve, 8).await;
        let page = track(&office, &number, &code).await;
        assert!(page.says("已办结") && page.says("已作出答复：已经主动公开"));
        assert!(!page.says("撤回申请</button>"));
    }

    async fn an_application_is_withdrawn_after_a_second_thought(engine: Engine) {
        let office = Office::open(engine, day(2026, 11, 23)).await;
        let (number, code) = office.file(&PAPERS).await;
        let page = track(&office, &number, &code).await;
        let sure = office.browser.post("/track/withdraw", &[("ticket", &ticket(&page))]).await;
        assert!(sure.says("确定撤回这件申请吗"));
        let back = office.browser.post("/track", &[("ticket", &ticket(&sure))]).await;
        assert!(back.says("待确认"));
        let fields = [("ticket", ticket(&sure)), ("sure", "yes".to_owned())];
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        for _ in 0..2 {
            let done = office.browser.post("/track/withdraw", &fields).await;
            assert_eq!(done.status, StatusCode::OK);
            assert!(done.says("申请已撤回") && done.says("已撤回"));
        }
    }
}

#[tokio::test]
async fn an_overdue_case_says_so_and_what_can_be_done() {
    let office = Office::open(Engine::Sqlite, day(2026, 3, 2)).await;
    let (number, code) = office.file(&PAPERS).await;
    office.act(&number, Act::ConfirmReceipt).await;
    office.wait(TimeDelta::days(60));
    let page = track(&office, &number, &code).await;
    assert!(page.says("已超过期限") && page.says("答复期限已于2026年3月30日（周一）届满"));
}

#[tokio::test]
async fn absent_and_wrong_look_the_same_and_codes_stay_out_of_pages() {
    let office = Office::open(Engine::Sqlite, day(2026, 11, 23)).await;
    let (number, code) = office.file(&PAPERS).await;
    let wrong = track(&office, &number, "0000-0000-0000-0000").await;
    let absent = track(&office, "LHJD-2026-0999", "0000-0000-0000-0000").await;
    let nonsense = track(&office, "a b", "查询码").await;
    for page in [&wrong, &absent, &nonsense] {
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(page.summary(), ["code"]);
        assert_eq!(page.fault("code"), wrong.fault("code"));
    }
    let empty = track(&office, "", "").await;
    assert_eq!(empty.summary(), ["number", "code"]);

    let page = track(&office, &number, &code).await;
    let sure = office
        .browser
        .post("/track/withdraw", &[("ticket", &ticket(&page))])
        .await;
    for page in [&page, &sure] {
        assert!(!page.text.contains(&code));
        assert_eq!(page.headers["cache-control"], "no-store");
    }
}

#[tokio::test]
async fn a_ticket_ends_and_cannot_be_made_up() {
    let office = Office::open(Engine::Sqlite, day(2026, 11, 23)).await;
    let (number, code) = office.file(&PAPERS).await;
    let ticket = ticket(&track(&office, &number, &code).await);
    for path in ["/track", "/track/file", "/track/withdraw"] {
        let forged = office
            .browser
            .post(path, &[("ticket", "AAAA"), ("sure", "yes")])
            .await;
        assert_eq!(forged.status, StatusCode::FORBIDDEN, "{path}");
    }
    let foreign = [
        ("ticket", ticket.as_str()),
        ("file", "00000000-0000-0000-0000-000000000009"),
    ];
    let letter = office.browser.post("/track/file", &foreign).await;
    assert_eq!(letter.status, StatusCode::NOT_FOUND);
    office.wait(TimeDelta::minutes(121));
    let late = office
        .browser
        .post("/track/withdraw", &[("ticket", &ticket), ("sure", "yes")])
        .await;
    assert_eq!(late.status, StatusCode::FORBIDDEN);
    assert!(track(&office, &number, &code).await.says("待确认"));
}

#[tokio::test]
async fn guessing_ends_soon_and_other_numbers_go_on() {
    let office = Office::open(Engine::Sqlite, day(2026, 11, 23)).await;
    let (number, code) = office.file(&PAPERS).await;
    let (other, its_code) = office.file(&PAPERS).await;
    for _ in 0..5 {
        let page = track(&office, &number, "0000-0000-0000-0000").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    // A word about whom the request is for, that no proxy of ours vouches for, helps nobody.
    let client = office.browser.client();
    let request = client
        .post(office.browser.url("/track"))
        .header("x-forwarded-for", "198.51.100.7")
        .form(&[("number", &number), ("code", &code)]);
    let page = Page::of(request.send().await.unwrap()).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(page.headers["retry-after"], "900");
    assert!(page.says("请15分钟后再试"));
    assert_eq!(track(&office, &other, &its_code).await.status, StatusCode::OK);
    office.wait(TimeDelta::minutes(15));
    assert_eq!(track(&office, &number, &code).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_applicant_is_served_while_others_guess() {
    let proxy = "trusted_proxies = [\"127.0.0.1\"]\n";
    let office = Office::open_with(Engine::Sqlite, day(2026, 11, 23), proxy).await;
    let (number, code) = office.file(&PAPERS).await;
    let from = |visitor: String, code: String| {
        let request = office
            .browser
            .client()
            .post(office.browser.url("/track"))
            .header("x-forwarded-for", visitor)
            .form(&[("number", number.clone()), ("code", code)]);
        async { Page::of(request.send().await.unwrap()).await.status }
    };
    let mut refused = 0;
    for guess in 0..200 {
        let visitor = format!("198.51.100.{}", guess % 50);
        match from(visitor, "0000-0000-0000-0000".to_owned()).await {
            StatusCode::UNPROCESSABLE_ENTITY => {}
            StatusCode::TOO_MANY_REQUESTS => refused += 1,
            other => panic!("{other}"),
        }
    }
    assert_eq!(refused, 150);
    assert_eq!(from("203.0.113.5".to_owned(), code.clone()).await, StatusCode::OK);
}
