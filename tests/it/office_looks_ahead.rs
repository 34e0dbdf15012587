//! 概览: what is open, what falls due, how fast answers were, for all who work here.

use chrono::TimeDelta;
use yishen::domain::actor::Role;
use yishen::domain::case::Act;
use yishen::domain::outcome::Disposition;

use crate::support::office::{Office, PAPERS, day, in_both_offices};
use crate::support::staff::{PASSWORD, sign_in};

in_both_offices! {
    async fn the_overview_counts_what_is_open_due_and_answered(engine: Engine) {
        let office = Office::open(engine, day(2026, 3, 2)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let auditor = office.has("shenji", "沈审", &[Role::Auditor]).await;
        let (answered, _) = office.file(&PAPERS).await;
        let (open, _) = office.file(&PAPERS).await;
        let _unconfirmed = office.file(&PAPERS).await;
        office.act(&answered, Act::ConfirmReceipt).await;
        office.act(&open, Act::ConfirmReceipt).await;
        office.act(&open, Act::Assign { to: clerk.id }).await;
        office.wait(TimeDelta::days(1));
        office.act(&answered, Act::Propose { disposition: Disposition::ALL[0] }).await;
        office.act_by(&answered, Act::Approve, 8).await;

        // A session does not outlive the night.
        sign_in(&clerk.browser, "wangfang", PASSWORD).await;
        sign_in(&auditor.browser, "shenji", PASSWORD).await;
        let page = clerk.get("/staff/dashboard").await;
        assert_eq!(page.status, 200, "{}", page.text);
        let band = |count: u64, label: &str| format!(
            "<span class=\"band-count\">{count}</span><span class=\"band-label\">{label}</span>"
        );
        for (count, label) in [(2, "全部在办"), (0, "已逾期"), (1, "以后到期"), (1, "待确认")] {
            assert!(page.text.contains(&band(count, label)), "{label}: {}", page.text);
        }
        assert!(page.text.contains("href=\"/staff/queue?band=overdue\""));
        // 20 working days after 2 March, with the handler it was given to.
        assert!(page.says("3月30日 周一") && page.says("王芳"), "{}", page.text);
        assert!(page.text.contains("<svg class=\"chart chart-lying\" role=\"img\""));
        assert!(page.text.contains("<title id=\"chart-ended-title\">2026年办理结果（件）</title>"));
        assert!(page.says("2026年至今") && page.says("100.0%"));
        assert!(!page.text.contains("张三丰"));

        let page = auditor.get("/staff/dashboard").await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains(&band(2, "全部在办")));
        assert!(!page.text.contains("href=\"/staff/queue"), "no way that is closed to them");

        // The day after the last one: overdue, and no longer ahead.
        office.wait(TimeDelta::days(28));
        sign_in(&clerk.browser, "wangfang", PASSWORD).await;
        let page = clerk.get("/staff/dashboard").await;
        assert!(page.text.contains(&band(1, "已逾期")), "{}", page.text);
        assert!(page.says("今后6周没有到期的申请"));
    }
}
