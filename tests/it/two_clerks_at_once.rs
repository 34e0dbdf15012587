//! Two who act on one case at once: one wins, the other hears what happened and loses nothing.

use futures_util::future::join;
use reqwest::StatusCode;
use yishen::domain::actor::Role;

use crate::support::office::{Office, PAPERS, day, in_both_offices};

in_both_offices! {
    async fn of_two_hundred_pairs_exactly_one_wins_each(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let wang = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let zhao = office.has("zhaoqiang", "赵强", &[Role::Clerk]).await;
        let (case, _, _) = office.has_filed(&PAPERS).await;
        let assign = format!("{case}/assign");
        let (to_wang, to_zhao) = (wang.id.to_string(), zhao.id.to_string());
        let (token, other_token) = (wang.token().await, zhao.token().await);
        let mut won = [0; 2];
        for version in 1..=200 {
            let version = version.to_string();
            let one = [
                ("token", token.as_str()),
                ("version", &version),
                ("to", &to_zhao),
                ("words", "请赵强办理"),
            ];
            let other = [
                ("token", other_token.as_str()),
                ("version", &version),
                ("to", &to_wang),
                ("words", "请王芳办理"),
            ];
            let (one, other) =
                join(wang.browser.post(&assign, &one), zhao.browser.post(&assign, &other)).await;
            match (one.status, other.status) {
                (StatusCode::SEE_OTHER, StatusCode::CONFLICT) => {
                    won[0] += 1;
                    assert!(other.says("王芳") && other.says("请赵强办理"), "{}", other.text);
                    assert!(other.says("请王芳办理"));
                }
                (StatusCode::CONFLICT, StatusCode::SEE_OTHER) => won[1] += 1,
                statuses => panic!("version {version}: {statuses:?}"),
            }
        }
        assert_eq!(won[0] + won[1], 200);
    }

    async fn whoever_is_slower_hears_what_happened_and_keeps_what_was_typed(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let wang = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let zhao = office.has("zhaoqiang", "赵强", &[Role::Clerk]).await;
        let (case, number, _) = office.has_filed(&PAPERS).await;
        let path = format!("{case}/withdraw");
        let open = zhao.get(&path).await;
        wang.confirm(&case, day(2026, 6, 1)).await;
        let fields = [("on", "2026-06-01"), ("how", "telephone"), ("words", "本人来电，已核对证件号码")];
        let stale = zhao.send(&path, &open, &fields).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        assert!(stale.says("本案已有变化") && stale.says(&number));
        assert!(stale.says("确认收到") && stale.says("王芳") && stale.says("电话确认"));
        assert!(stale.says("本人来电，已核对证件号码"));
        assert!(stale.says(&format!("href=\"{path}\"")));
        assert!(zhao.get(&case).await.says("办理中"));
        let again = zhao.act(&path, &fields).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER);
        assert!(zhao.get(&case).await.says("申请人撤回申请"));
    }

    async fn different_acts_at_once_never_both_happen(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let wang = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let zhao = office.has("zhaoqiang", "赵强", &[Role::Clerk]).await;
        for _ in 0..5 {
            let (case, _, _) = office.has_filed(&PAPERS).await;
            let (confirm, withdraw) =
                (format!("{case}/confirm_receipt"), format!("{case}/withdraw"));
            let (one, other) = (wang.get(&confirm).await, zhao.get(&withdraw).await);
            let fields = [("on", "2026-06-01"), ("how", "telephone"), ("words", "来电")];
            let (one, other) = join(
                wang.send(&confirm, &one, &fields),
                zhao.send(&withdraw, &other, &fields),
            )
            .await;
            let mut statuses = [one.status.as_u16(), other.status.as_u16()];
            statuses.sort_unstable();
            assert_eq!(statuses, [303, 409]);
            let page = wang.get(&case).await;
            assert_eq!(page.says("办理结果"), other.status == 303);
        }
    }
}
