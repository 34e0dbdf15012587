//! The administrator's pages: accounts and the agency; and the mail that did not arrive.

use reqwest::StatusCode;
use yishen::domain::actor::Role;
use yishen::storage::{self, Connection, StorageError};

use crate::support::office::{Office, day, in_both_offices, papers};
use crate::support::staff::{PASSWORD, sign_in};

in_both_offices! {
    async fn an_administrator_opens_changes_and_closes_accounts(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let admin = office.has("admin", "孙管理", &[Role::Admin]).await;
        let bad = [("name", ""), ("login", "wang fang")];
        assert_eq!(
            admin.post("/staff/officers", &bad).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        let fields = [("name", "王芳"), ("login", "wangfang"), ("role-clerk", "yes")];
        let page = admin.post("/staff/officers", &fields).await;
        assert!(page.says("王芳（wangfang）的一次性设置码"), "{}", page.text);
        let code = page.between("<strong>", "</strong>").unwrap();
        let listed = admin.get("/staff/officers").await;
        assert!(listed.says("待设置口令") && !listed.says(&code));
        let twice = admin.post("/staff/officers", &fields).await;
        assert!(twice.fault("login").unwrap().contains("已经有人使用"));

        let browser = office.stranger();
        let token = browser.get("/staff/setup").await.token();
        let set = [("token", token.as_str()), ("code", &code), ("password", PASSWORD), ("again", PASSWORD)];
        assert_eq!(browser.post("/staff/setup", &set).await.status, StatusCode::SEE_OTHER);
        assert_eq!(browser.get("/staff/queue").await.status, StatusCode::OK);

        let href = listed.text.split("href=\"/staff/officers/").skip(1);
        let ids: Vec<String> =
            href.map(|rest| rest.split_once('"').unwrap().0.to_owned()).collect();
        let theirs = ids.iter().find(|id| **id != admin.id.to_string()).unwrap();
        let account = format!("/staff/officers/{theirs}");
        assert!(admin.get(&account).await.is_chosen("role-clerk", "yes"));
        let none = admin.post(&format!("{account}/roles"), &[]).await;
        assert!(none.fault("roles").unwrap().contains("至少选择一个岗位"));
        let changed = admin.post(&format!("{account}/roles"), &[("role-auditor", "yes")]).await;
        assert_eq!(changed.status, StatusCode::SEE_OTHER);
        assert_eq!(browser.get("/staff/audit").await.status, StatusCode::SEE_OTHER);
        sign_in(&browser, "wangfang", PASSWORD).await;
        assert_eq!(browser.get("/staff/audit").await.status, StatusCode::OK);
        assert_eq!(browser.get("/staff/queue").await.status, StatusCode::FORBIDDEN);

        admin.post(&format!("{account}/disable"), &[]).await;
        assert_eq!(browser.get("/staff/audit").await.status, StatusCode::SEE_OTHER);
        let refused = sign_in(&browser, "wangfang", PASSWORD).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let reset = admin.post(&format!("{account}/reset"), &[]).await;
        assert!(reset.says("的一次性设置码"));

        let own = format!("/staff/officers/{}", admin.id);
        let oneself = admin.post(&format!("{own}/disable"), &[]).await;
        assert_eq!(oneself.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(admin.get("/staff/officers").await.status, StatusCode::OK);
    }

    async fn what_the_guide_says_of_the_agency_is_changed_by_its_administrator(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let admin = office.has("admin", "孙管理", &[Role::Admin]).await;
        let page = admin.get("/staff/agency").await;
        assert_eq!(page.value("telephone").unwrap(), "0377-69662002");
        let bad = [("email", "nobody"), ("postcode", "12"), ("telephone", "1\n2"), ("initials", "")];
        let page = admin.post("/staff/agency", &bad).await;
        assert_eq!(page.summary(), ["postcode", "telephone", "email", "initials"]);
        let good = [("telephone", "0377-12345678"), ("initials", "莲办"), ("court", "西峡县人民法院")];
        assert_eq!(admin.post("/staff/agency", &good).await.status, StatusCode::SEE_OTHER);
        assert_eq!(admin.get("/staff/agency").await.value("telephone").unwrap(), "0377-12345678");
        tokio::time::sleep(std::time::Duration::from_millis(2100)).await;
        assert!(office.get("/guide").await.says("0377-12345678"));
    }

    async fn mail_that_did_not_arrive_is_shown_and_sent_again(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let mail = papers(&[("email", "zhang@example.com")]);
        let (case, number, _) = office.has_filed(&mail).await;
        let page = clerk.get("/staff/outbox").await;
        assert!(page.says(&number) && page.says("待发送") && !page.says("zhang@example.com"));
        let id = office.case_id(&number).await;
        let at = office.app.clock.now();
        let give_up = move |conn: &mut Connection| {
            let mail = storage::outbox::of_case(conn, id)?.remove(0);
            storage::outbox::given_up(conn, mail.mail.id, "550 没有这个信箱", at)?;
            Ok::<_, StorageError>(mail.mail.id)
        };
        let mail = office.app.database.write(give_up).await.unwrap();
        let page = clerk.get("/staff/outbox?state=given_up").await;
        assert!(page.says("未能送达") && page.says("550 没有这个信箱") && page.says("请用电话"));
        assert!(clerk.get(&case).await.says("550 没有这个信箱"));
        let again = clerk.post(&format!("/staff/outbox/{mail}/retry"), &[]).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER);
        assert!(clerk.get("/staff/outbox?state=given_up").await.says("没有未能送达的邮件"));
        let twice = clerk.post(&format!("/staff/outbox/{mail}/retry"), &[]).await;
        assert_eq!(twice.status, StatusCode::NOT_FOUND);

        let elsewhere = office.has_agency("BYJD", "白羽街道办事处").await;
        let stranger = office.has_at(&elsewhere, "qianjin", "钱进", &[Role::Clerk]).await;
        assert!(stranger.get("/staff/outbox").await.says("没有邮件"));
    }
}
