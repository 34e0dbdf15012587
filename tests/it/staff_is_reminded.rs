//! Every working day those who want it are written one mail about what there is to do.

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::StatusCode;
use yishen::clock::from_beijing;
use yishen::domain::actor::Role;
use yishen::jobs::remind::remind;
use yishen::storage::outbox::{self, Mail};

use crate::support::office::{Office, PAPERS, day, in_both_offices};
use crate::support::staff::{PASSWORD, Person, sign_in};

const ALL: [(&str, &str); 9] = [
    ("parts.overdue", "yes"),
    ("parts.today", "yes"),
    ("parts.soon", "yes"),
    ("parts.approval", "yes"),
    ("parts.confirm", "yes"),
    ("parts.new", "yes"),
    ("parts.consultations", "yes"),
    ("parts.letters", "yes"),
    ("parts.mails", "yes"),
];

/// That hour of that day in Beijing.
fn at(month: u32, on: u32, hour: u32) -> DateTime<Utc> {
    from_beijing(day(2026, month, on).and_hms_opt(hour, 0, 0).unwrap())
}

async fn wants(person: &Person, email: &str, parts: &[(&str, &str)]) {
    let mut fields = vec![("wanted", "yes"), ("email", email)];
    fields.extend(parts);
    let page = person.post("/staff/settings", &fields).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
}

/// The digests in the outbox, the latest first.
async fn digests(office: &Office) -> Vec<Mail> {
    let agency = office.agency.id;
    let read = move |conn: &mut yishen::storage::Connection| {
        outbox::page(conn, agency, &outbox::Wanted::default(), None, 100)
    };
    let mails: Result<_, yishen::storage::StorageError> = office.app.database.read(read).await;
    let mut mails = mails.unwrap();
    mails.retain(|mail| mail.mail.kind == "digest");
    mails
}

in_both_offices! {
    async fn a_digest_is_written_once_a_working_day_and_names_no_person(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        wants(&clerk, "wang@example.gov.cn", &ALL).await;
        let (case, number, _) = office.has_filed(&PAPERS).await;
        office.app.clock.set(at(6, 2, 7));
        assert_eq!(remind(&office.app).await.unwrap(), 0, "before the hour");
        office.app.clock.set(at(6, 2, 8));
        let (one, other) = tokio::join!(remind(&office.app), remind(&office.app));
        assert_eq!(one.unwrap() + other.unwrap(), 1, "two servers make one digest");
        assert_eq!(remind(&office.app).await.unwrap(), 0);
        let mails = digests(&office).await;
        assert_eq!(mails.len(), 1);
        let mail = &mails[0].mail;
        for part in [&mail.body_text, &mail.body_html] {
            assert!(part.contains(&number) && part.contains(&case), "{part}");
            assert!(part.contains("新收到的申请") && part.contains("待确认"), "{part}");
            for private in ["张三", "11010519491231002X", "13800000000", "道路维修"] {
                assert!(!part.contains(private), "{part}");
            }
        }
        assert!(mail.subject.contains("新收到的申请1件"), "{}", mail.subject);
        assert!(!String::from_utf8_lossy(&mail.recipient_sealed).contains("wang@"));

        // Filed on Monday, to be confirmed within two working days.
        assert!(mail.body_text.contains("待确认的申请（1件）"), "{}", mail.body_text);
        assert!(mail.body_text.contains("请在2026年6月3日以前与申请人确认"), "{}", mail.body_text);
        // The next day nothing is new, and receipt is still to be confirmed.
        office.app.clock.set(at(6, 3, 8));
        assert_eq!(remind(&office.app).await.unwrap(), 1);
        let mails = digests(&office).await;
        assert_eq!((mails.len(), mails[0].mail.subject.as_str()), (2, "依申请公开办件提醒：待确认的申请1件"));
    }

    async fn what_presses_is_told_and_what_is_overdue_goes_to_the_head_too(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let other = office.has("zhaoli", "赵丽", &[Role::Clerk]).await;
        let head = office.has("liwei", "李伟", &[Role::Head]).await;
        let (case, number, _) = office.has_filed(&PAPERS).await;
        clerk.confirm(&case, day(2026, 6, 1)).await;
        let assigned = clerk.id.to_string();
        let page = clerk.act(&format!("{case}/assign"), &[("to", &assigned), ("words", "")]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
        let presses = [("parts.overdue", "yes"), ("parts.today", "yes"), ("parts.soon", "yes")];
        for (person, email) in [(&clerk, "a@example.cn"), (&other, "b@example.cn"), (&head, "c@example.cn")] {
            wants(person, email, &presses).await;
        }
        // Received on 1 June; 19 June is a holiday, so that the last of 20 working days is 30 June.
        office.app.clock.set(at(6, 24, 8));
        assert_eq!(remind(&office.app).await.unwrap(), 0, "four working days are left");
        office.app.clock.set(at(6, 25, 8));
        assert_eq!(remind(&office.app).await.unwrap(), 1);
        assert!(digests(&office).await[0].mail.subject.contains("三个工作日内到期1件"));
        office.app.clock.set(at(6, 27, 8));
        assert_eq!(remind(&office.app).await.unwrap(), 0, "a Saturday is quiet");
        office.app.clock.set(at(6, 30, 8));
        assert_eq!(remind(&office.app).await.unwrap(), 1);
        assert!(digests(&office).await[0].mail.subject.contains("今日到期1件"));
        // The server was down at eight, and comes back in the afternoon.
        office.app.clock.set(at(7, 1, 16));
        assert_eq!(remind(&office.app).await.unwrap(), 2, "the clerk and the head");
        let mails = digests(&office).await;
        for mail in &mails[..2] {
            assert!(mail.mail.subject.contains("已逾期1件") && mail.mail.body_text.contains(&number));
        }
    }

    async fn who_reviews_is_told_what_waits_for_them(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let reviewer = office.has("zhaoli", "赵丽", &[Role::Reviewer]).await;
        let head = office.has("liwei", "李伟", &[Role::Head]).await;
        let approval = [("parts.approval", "yes")];
        for (person, email) in [(&clerk, "a@example.cn"), (&reviewer, "b@example.cn"), (&head, "c@example.cn")] {
            wants(person, email, &approval).await;
        }
        let (refused, _, _) = office.has_filed(&PAPERS).await;
        clerk.confirm(&refused, day(2026, 6, 1)).await;
        let proposed = clerk.propose(&refused, "not_exist", "没有检索到").await;
        assert_eq!(proposed.status, StatusCode::SEE_OTHER, "{}", proposed.text);
        let (longer, _, _) = office.has_filed(&PAPERS).await;
        clerk.confirm(&longer, day(2026, 6, 1)).await;
        let asked = [("days", "10"), ("words", "需要查阅旧档")];
        let asked = clerk.step(&format!("{longer}/ask_to_extend"), &[], &asked).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text);
        office.app.clock.set(at(6, 2, 8));
        assert_eq!(remind(&office.app).await.unwrap(), 2, "the reviewer and the head");
        let told: Vec<String> =
            digests(&office).await.into_iter().map(|mail| mail.mail.subject).collect();
        for count in [1, 2] {
            let words = format!("等待审核或者批准延期{count}件");
            assert!(told.iter().any(|subject| subject.contains(&words)), "{told:?}");
        }
    }

    async fn a_digest_whose_server_was_killed_is_made_by_the_next(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        wants(&clerk, "wang@example.gov.cn", &ALL).await;
        office.has_filed(&PAPERS).await;
        office.app.clock.set(at(6, 2, 8));
        // Killed before the commit: the row of the day goes with the mail.
        let (officer, now) = (clerk.id, office.app.clock.now());
        let killed: Result<(), _> = office.app.database.write(move |conn| {
            yishen::storage::reminders::keep_digest(conn, officer, day(2026, 6, 2), now, None)?;
            Err(yishen::storage::StorageError::Conflict)
        }).await;
        assert!(killed.is_err());
        assert_eq!(remind(&office.app).await.unwrap(), 1);
        office.app.clock.advance(TimeDelta::hours(2));
        assert_eq!(remind(&office.app).await.unwrap(), 0);
    }

    async fn what_is_overdue_goes_to_the_office_when_a_head_is_told_by_no_mail(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let head = office.has("liwei", "李伟", &[Role::Head]).await;
        office.has("sunli", "孙丽", &[Role::Head]).await;
        let desk = head.get("/staff/queue").await;
        assert!(desk.says("您没有登记接收“已逾期”提醒的邮箱") && desk.says("改为提醒机关的邮箱"));
        assert!(!clerk.get("/staff/queue").await.says("您没有登记接收"));
        let (case, number, _) = office.has_filed(&PAPERS).await;
        clerk.confirm(&case, day(2026, 6, 1)).await;
        office.app.clock.set(at(6, 30, 8));
        assert_eq!(remind(&office.app).await.unwrap(), 0, "today is the last day");
        office.app.clock.set(at(7, 1, 8));
        let (one, other) = tokio::join!(remind(&office.app), remind(&office.app));
        assert_eq!(one.unwrap() + other.unwrap(), 1, "two heads, two servers, one mailbox");
        let mails = digests(&office).await;
        let mail = &mails[0].mail;
        assert!(mail.subject.contains("已逾期1件") && mail.body_text.contains(&number));
        assert!(mail.body_text.contains("请转告负责人") && mail.body_html.contains("请转告负责人"));
        let sealed = &mail.recipient_sealed;
        let to = yishen::notify::recipient::open(&office.app.vault, mail.id, sealed).unwrap();
        assert_eq!(to, "xixialhb@126.com");
    }

    async fn a_reminder_that_fails_is_the_administrators_and_no_applicants_task(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let admin = office.has("zhouming", "周明", &[Role::Admin]).await;
        wants(&clerk, "wang@example.gov.cn", &ALL).await;
        office.has_filed(&PAPERS).await;
        office.app.clock.set(at(6, 2, 8));
        assert_eq!(remind(&office.app).await.unwrap(), 1);
        for (login, person) in [("wangfang", &clerk), ("zhouming", &admin)] {
            let page = sign_in(&person.browser, login, PASSWORD).await;
            assert_eq!(page.status, StatusCode::SEE_OTHER);
        }
        assert!(!admin.get("/staff/officers").await.says("没有送到"));
        let (mail, now) = (digests(&office).await[0].mail.id, office.app.clock.now());
        let failed: Result<_, yishen::storage::StorageError> = office
            .app
            .database
            .write(move |conn| outbox::given_up(conn, mail, "550 no such user", now))
            .await;
        failed.unwrap();
        let tasks = clerk.get("/staff/to-serve").await;
        assert!(tasks.says("没有待送达的文书和邮件"), "{}", tasks.text);
        let accounts = admin.get("/staff/officers").await;
        assert!(accounts.says("每日提醒的邮件没有送到：王芳（6月2日）"), "{}", accounts.text);
        assert!(clerk.get("/staff/settings").await.says("2026年6月2日（周二）的提醒没有送到您的信箱"));
        let listed = clerk.get("/staff/outbox?state=given_up").await;
        assert!(listed.says("请核对“我的提醒”中的邮箱") && !listed.says("其他方式告知申请人"));
    }

    async fn everybody_chooses_for_themselves(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let page = clerk.get("/staff/settings").await;
        assert!(page.says("我的提醒") && page.says("每个工作日8时"), "{}", page.text);
        let nowhere = clerk.post("/staff/settings", &[("wanted", "yes"), ("email", "")]).await;
        assert_eq!(nowhere.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(nowhere.summary(), ["email", "parts"]);
        let wrong = [("wanted", "yes"), ("email", "wang"), ("parts.new", "yes")];
        let wrong = clerk.post("/staff/settings", &wrong).await;
        assert!(wrong.says("电子邮箱格式不正确") && wrong.value("email").unwrap() == "wang");

        wants(&clerk, "wang@example.gov.cn", &[("parts.overdue", "yes")]).await;
        let page = clerk.get("/staff/settings").await;
        assert_eq!(page.value("email").unwrap(), "wang@example.gov.cn");
        office.has_filed(&PAPERS).await;
        office.app.clock.set(at(6, 2, 8));
        assert_eq!(remind(&office.app).await.unwrap(), 0, "new cases are not asked for");
        office.app.clock.set(at(6, 3, 8));
        // The session of the day before has ended.
        assert_eq!(sign_in(&clerk.browser, "wangfang", PASSWORD).await.status, StatusCode::SEE_OTHER);
        let off = clerk.post("/staff/settings", &[("email", "wang@example.gov.cn")]).await;
        assert_eq!(off.status, StatusCode::SEE_OTHER, "{}", off.text);
        assert_eq!(remind(&office.app).await.unwrap(), 0);
    }
}
