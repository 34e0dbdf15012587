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

    async fn the_record_is_read_in_words_and_by_person_kind_and_day(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let auditor = office.has("shenji", "沈审", &[Role::Auditor]).await;
        let both = office.has("liwei", "李伟", &[Role::Head, Role::Auditor]).await;
        let (case, number, _) = office.has_filed(&papers(&[])).await;
        clerk.confirm(&case, day(2026, 6, 1)).await;
        let wrong = "核对申请人的身份";
        let page = clerk.post(&format!("{case}/reveal"), &[("reason", wrong)]).await;
        assert!(page.says("张三丰"), "{}", page.text);
        let refused = clerk.propose(&case, "not_exist", "没有检索到这份文件").await;
        assert_eq!(refused.status, StatusCode::SEE_OTHER, "{}", refused.text);
        sign_in(&office.stranger(), "nobody-here", PASSWORD).await;

        let page = auditor.get("/staff/audit").await;
        for said in ["王芳", "查看个人信息", "确认收到", "登录失败", "用户名不存在", "账号：王芳，岗位：经办人"] {
            assert!(page.says(said), "{said}: {}", page.text);
        }
        assert!(page.says("本机关不掌握") || page.says("信息不存在"), "{}", page.text);
        let table = page.between("<tbody>", "</tbody>").unwrap();
        for hidden in ["张三丰", wrong, "没有检索到", "sha256", "particulars", "words"] {
            assert!(!table.contains(hidden), "{hidden}: {table}");
        }
        let text: String = table
            .split('<')
            .filter_map(|part| part.split_once('>'))
            .map(|(_, text)| text)
            .collect();
        let code = |word: &str| word.contains('_') || word.len() > 24;
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || "_+/=".contains(c)));
        assert_eq!(words.filter(|word| code(word)).collect::<Vec<_>>(), Vec::<&str>::new());

        // Who may open the case is led to it; others to what the record says of it.
        assert!(both.get("/staff/audit").await.text.contains(&format!("href=\"{case}\"")));
        assert!(page.text.contains(&format!("href=\"/staff/audit?case={number}\"")));
        let of_case = auditor.get(&format!("/staff/audit?case={number}")).await;
        assert!(of_case.says("确认收到") && !of_case.says("登录失败"), "{}", of_case.text);
        let unknown = auditor.get("/staff/audit?case=LHJD-2026-9999").await;
        assert!(unknown.says("没有这个受理编号") && unknown.says("没有符合条件的记录"));
        let looked = auditor.get("/staff/audit?kind=looking").await;
        let looked = looked.between("<tbody>", "</tbody>").unwrap();
        assert!(looked.contains("查看个人信息") && !looked.contains("确认收到"), "{looked}");
        let theirs = auditor.get(&format!("/staff/audit?who=officer:{}", clerk.id)).await;
        let theirs = theirs.between("<tbody>", "</tbody>").unwrap();
        assert!(theirs.contains("王芳") && !theirs.contains(">系统<"), "{theirs}");
        let of_day = |from: &str, until: &str| format!("/staff/audit?from={from}&until={until}");
        assert!(auditor.get(&of_day("2026-06-01", "2026-06-01")).await.says("确认收到"));
        assert!(auditor.get(&of_day("2026-06-02", "")).await.says("没有符合条件的记录"));
        assert!(auditor.get(&of_day("", "2026-05-31")).await.says("没有符合条件的记录"));
        let elsewhere = office.has_agency("BYJD", "白羽街道办事处").await;
        let other = office.has_at(&elsewhere, "qianjin", "钱进", &[Role::Auditor]).await;
        let theirs = other.get(&format!("/staff/audit?case={number}")).await;
        assert!(theirs.says("没有这个受理编号"), "another agency's record stays closed");
    }
}
