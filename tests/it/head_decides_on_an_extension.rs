//! 延期: a clerk asks, the head finds it, and decides (art. 33(2)).

use reqwest::StatusCode;
use yishen::domain::actor::Role;
use yishen::domain::letter::LetterKind;

use crate::support::office::{Office, PAPERS, day, in_both_offices};
use crate::support::staff::Person;

async fn in_hand(office: &Office) -> (Person, Person, String, (String, String)) {
    let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
    let head = office.has("liguodong", "李国栋", &[Role::Head]).await;
    let (case, number, code) = office.has_filed(&PAPERS).await;
    clerk.confirm(&case, day(2026, 6, 1)).await;
    (clerk, head, case, (number, code))
}

in_both_offices! {
    async fn what_a_clerk_asks_for_waits_for_the_head(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let (clerk, head, case, track) = in_hand(&office).await;
        assert!(!head.get("/staff/queue").await.says("等待审核或者批准延期"));
        let path = format!("{case}/ask_to_extend");
        assert_eq!(head.get(&path).await.status, StatusCode::FORBIDDEN);
        let page = clerk.get(&path).await;
        assert!(page.says("20个工作日：2026年7月28日（周二）"), "{}", page.text);
        let empty = clerk.send_with(&path, &page, &[("days", "30"), ("words", "")], &[]).await;
        assert_eq!(empty.summary(), ["days", "words"]);
        let asked = [("days", "10"), ("words", "需要到县档案馆查阅旧档")];
        let asked = clerk.send_with(&path, &page, &asked, &[]).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text);
        // The clock runs on, and who decides finds it.
        let page = clerk.get(&case).await;
        assert!(page.says("延期申请，待工作机构负责人决定") && page.says("2026年6月30日（周二）"));
        assert!(!clerk.get("/staff/queue").await.says("1件等待审核"));
        let queue = head.get("/staff/queue").await;
        assert!(queue.says("1件等待审核或者批准延期") && queue.says("待批准延期"));
        let found = head.get("/staff/queue?awaits=any").await;
        assert!(found.says(&track.0), "{}", found.text);
        let grant = head.get(&format!("{case}/extend")).await;
        assert!(grant.says("需要到县档案馆查阅旧档") && grant.value("days").unwrap() == "10");
        let granted =
            head.step(&format!("{case}/extend"), &[LetterKind::Extend], &[("days", "10"), ("words", "同意，抓紧办")]).await;
        assert_eq!(granted.status, StatusCode::SEE_OTHER, "{}", granted.text);
        assert!(!head.get("/staff/queue").await.says("等待审核或者批准延期"));
        // The applicant reads the letter, and not what the office wrote to itself.
        let fields = [("number", track.0.as_str()), ("code", track.1.as_str())];
        let page = office.browser.post("/track", &fields).await;
        assert!(page.says("延长10个工作日"), "{}", page.text);
        assert!(!page.says("抓紧办") && !page.says("档案馆") && !page.says("申请延期"));
    }

    async fn what_the_head_declines_changes_nothing(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let (clerk, head, case, _) = in_hand(&office).await;
        let path = format!("{case}/decline_extension");
        assert_eq!(head.get(&path).await.status, StatusCode::CONFLICT);
        let asked = [("days", "10"), ("words", "需要查阅旧档")];
        clerk.step(&format!("{case}/ask_to_extend"), &[], &asked).await;
        let declined = head.step(&path, &[], &[("words", "材料已经齐全")]).await;
        assert_eq!(declined.status, StatusCode::SEE_OTHER, "{}", declined.text);
        let page = clerk.get(&case).await;
        assert!(page.says("材料已经齐全") && page.says("2026年6月30日（周二）"));
        assert!(!page.says("待工作机构负责人决定"));
    }

    async fn what_if_computes_and_changes_nothing(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let (clerk, _, case, _) = in_hand(&office).await;
        let path = format!("{case}/what-if");
        let page = clerk.get(&path).await;
        assert!(page.says("现在的答复期限届满日是") && page.says("2026年6月30日（周二）"));
        let page = clerk.get(&format!("{path}?extend=20")).await;
        assert!(page.says("延长20个工作日：届满日为") && page.says("2026年7月28日（周二）"));
        let page = clerk.get(&format!("{path}?extend=20&consult=4")).await;
        assert!(page.says("2026年8月3日（周一）"), "{}", page.text);
        let wrong = clerk.get(&format!("{path}?extend=21&consult=x")).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(wrong.summary(), ["extend", "consult"]);
        assert!(clerk.get(&case).await.says("2026年6月30日（周二）"));
    }
}
