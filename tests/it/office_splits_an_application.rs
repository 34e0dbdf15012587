//! 一事一申请: one application becomes several cases, each with its number, clock and row.

use reqwest::StatusCode;
use serde_json::Value;
use yishen::casework::file::FILED;
use yishen::domain::actor::Role;
use yishen::domain::case::{Act, Stage};
use yishen::domain::letter::LetterKind;
use yishen::storage::attachments::Purpose;
use yishen::storage::{self, Connection, StorageError};

use crate::support::http::Page;
use crate::support::office::{Office, PAPERS, day, in_both_offices, papers};
use crate::support::staff::{Person, location};

const PARTS: [(&str, &str); 8] = [
    ("count", "2"),
    ("title.1", "2025年道路维修预算"),
    ("reference.1", ""),
    ("description.1", "莲花街道2025年度道路维修项目的预算批复文件"),
    ("title.2", "2025年绿化养护合同"),
    ("reference.2", ""),
    ("description.2", "莲花街道2025年度绿化养护服务的合同"),
    ("words", "两项内容分属不同业务"),
];

async fn received(office: &Office, clerk: &Person) -> (String, String, String) {
    let (case, number, code) = office.has_filed(&PAPERS).await;
    clerk.confirm(&case, day(2026, 6, 1)).await;
    (case, number, code)
}

async fn track(office: &Office, number: &str, code: &str) -> Page {
    let fields = [("number", number), ("code", code)];
    office.browser.post("/track", &fields).await
}

in_both_offices! {
    async fn each_part_has_a_number_a_clock_and_a_row_of_its_own(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let (case, number, code) = received(&office, &clerk).await;
        let path = format!("{case}/split");
        let page = clerk.get(&path).await;
        assert_eq!(page.value("title.1").unwrap(), "2025年道路维修预算");
        // Another part is added without anything being done or lost.
        let mut grown = PARTS.to_vec();
        grown.push(("more", "yes"));
        let page = clerk.send(&path, &page, &grown).await;
        assert!(page.says("第3件") && page.value("title.2").unwrap() == "2025年绿化养护合同");
        let mut wrong = PARTS.to_vec();
        wrong.retain(|(name, _)| *name != "description.2" && *name != "words");
        let wrong = clerk.send(&path, &page, &wrong).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(wrong.summary(), ["description.2", "words"]);
        assert_eq!(wrong.value("title.2").unwrap(), "2025年绿化养护合同");

        // The third part was left empty: it is none.
        let mut three = PARTS.to_vec();
        three[0] = ("count", "3");
        let done = clerk.send(&path, &page, &three).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        assert!(location(&done).ends_with("#family"));
        let page = clerk.get(&case).await;
        assert!(page.says("LHJD-2026-0002") && page.says("两项内容分属不同业务"));
        let other = office.case_id("LHJD-2026-0002").await;
        let page = clerk.get(&format!("/staff/cases/{other}")).await;
        assert!(page.says("2025年绿化养护合同") && page.says("2026年6月30日"), "{}", page.text);
        assert!(page.says(&format!("由{number}拆分")) && page.says(&number));
        // Both are counted; the applicant opens both with one code, and sees no reason of ours.
        let table = clerk.get("/staff/section-three/2026/new/natural").await;
        assert!(table.says(&number) && table.says("LHJD-2026-0002"), "{}", table.text);
        let whole = track(&office, &number, &code).await;
        assert!(whole.says("同一份申请的其他内容") && whole.says("LHJD-2026-0002"));
        assert!(!whole.says("两项内容分属不同业务"));
        let part = track(&office, "LHJD-2026-0002", &code).await;
        assert!(part.says("最迟2026年6月30日") && part.says(&number), "{}", part.text);

        // Each goes its own way.
        let extend = Act::Extend { days: 5 };
        office.act("LHJD-2026-0002", extend).await;
        assert!(clerk.get(&case).await.says("2026年6月30日（周二）"));
    }

    async fn a_part_has_the_enclosures_a_receipt_and_a_notice(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let with_mail = papers(&[("email", "zhang@example.com")]);
        let (case, number, _) = office.has_filed(&with_mail).await;
        clerk.confirm(&case, day(2026, 6, 1)).await;
        let done = clerk.act(&format!("{case}/split"), &PARTS).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        let part = office.case_id("LHJD-2026-0002").await;
        let read = move |conn: &mut Connection| {
            let files = storage::attachments::of_case(conn, part)?;
            let mails = storage::outbox::of_case(conn, part)?;
            let letters = storage::letters::of_case(conn, part)?;
            Ok::<_, StorageError>((files, mails, letters))
        };
        let (files, mails, letters) = office.app.database.read(read).await.unwrap();
        let identity = files.iter().filter(|file| file.purpose == Purpose::Identity);
        assert_eq!(identity.count(), 1, "{files:?}");
        assert_eq!(mails.len(), 1);
        assert!(mails[0].mail.subject.contains("已拆分办理"), "{}", mails[0].mail.subject);
        assert_eq!(letters.iter().map(|letter| letter.kind).collect::<Vec<_>>(), [LetterKind::Receipt]);
        // It opens under the key of the part.
        let page = clerk.get(&format!("/staff/cases/{part}")).await;
        assert!(page.says("登记回执") && page.says("身份证明"), "{}", page.text);
        let id = files.iter().find(|file| file.purpose == Purpose::Identity).unwrap().id;
        let path = format!("/staff/cases/{part}/attachments/{id}");
        let file = clerk.post(&path, &[("reason", "核对身份")]).await;
        assert_eq!(file.status, StatusCode::OK);
        assert!(file.text.starts_with("%PDF"), "{}", file.text);
        // The whole keeps its own.
        let page = clerk.get(&case).await;
        assert!(page.says("身份证明") && page.says(&number));
    }

    async fn a_part_is_rebuilt_from_its_own_record(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let (case, number, _) = received(&office, &clerk).await;
        office.act(&number, Act::Extend { days: 7 }).await;
        let done = clerk.act(&format!("{case}/split"), &PARTS).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        let part = office.case_id("LHJD-2026-0002").await;
        let read = move |conn: &mut Connection| {
            let events = storage::events::of_case(conn, part)?;
            Ok::<_, StorageError>((storage::cases::find_any(conn, part)?, events))
        };
        let (file, events) = office.app.database.read(read).await.unwrap();
        assert_eq!(events[0].action, FILED);
        let data: Value = serde_json::from_str(&events[0].data).unwrap();
        let state = data["state"].as_str().unwrap();
        assert_eq!(storage::cases::from_state(state, None).unwrap(), file.case);
        let Stage::Handling(handling) = &file.case.stage else { panic!("{:?}", file.case) };
        assert_eq!(handling.term.extension.unwrap().days, 7);
        let agency = office.agency.id;
        assert!(yishen::casework::record::check(&office.app, agency).await.is_ok());
    }

    async fn nothing_is_split_that_waits_for_a_decision(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let (case, _, _) = received(&office, &clerk).await;
        let form = clerk.get(&format!("{case}/split")).await;
        let proposed = clerk.propose(&case, "not_exist", "没有检索到").await;
        assert_eq!(proposed.status, StatusCode::SEE_OTHER, "{}", proposed.text);
        let page = clerk.get(&format!("{case}/split")).await;
        assert_eq!(page.status, StatusCode::CONFLICT);
        assert!(page.says("拟办意见正在等待审核"));
        let late = clerk.send(&format!("{case}/split"), &form, &PARTS).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        assert!(!clerk.get("/staff/queue").await.says("LHJD-2026-0002"));
    }

    async fn who_splits_what_somebody_changed_meanwhile_is_told_and_loses_nothing(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let (case, number, _) = received(&office, &clerk).await;
        let form = clerk.get(&format!("{case}/split")).await;
        office.act(&number, Act::Extend { days: 5 }).await;
        let stale = clerk.send(&format!("{case}/split"), &form, &PARTS).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        assert!(stale.says("本案刚刚被改动"), "{}", stale.text);
        assert_eq!(stale.value("title.2").unwrap(), "2025年绿化养护合同");
        let again = clerk.send(&format!("{case}/split"), &stale, &PARTS).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.text);
    }

    async fn cases_are_put_side_by_side_and_no_applicant_sees_it(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let (case, number, code) = received(&office, &clerk).await;
        let (_, other, _) = office.has_filed(&PAPERS).await;
        let path = format!("{case}/join");
        for (text, why) in [
            ("", "请填写另一件申请的受理编号"),
            (number.as_str(), "不能与本案自己关联"),
            ("LHJD-2026-0999", "本机关没有这个受理编号的申请"),
        ] {
            let page = clerk.act(&path, &[("number", text)]).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert_eq!(page.fault("number").unwrap(), why);
        }
        let done = clerk.act(&path, &[("number", &other)]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        assert!(clerk.get(&case).await.says(&other));
        assert!(!track(&office, &number, &code).await.says(&other));
    }
}
