//! Applications that come over the counter, by post and by fax.

use reqwest::StatusCode;
use yishen::domain::actor::Role;

use crate::support::database::Engine;
use crate::support::http::{Enclosure, Page};
use crate::support::office::{Office, PAPERS, day, in_both_offices, papers};
use crate::support::staff::Person;

async fn take_down(clerk: &Person, fields: &[(&str, &str)], files: &[Enclosure]) -> Page {
    let token = clerk.get("/staff/intake").await.token();
    let mut all = vec![("token", token.as_str())];
    all.extend(fields);
    clerk
        .browser
        .post_multipart("/staff/intake", &all, files)
        .await
}

fn with<'a>(papers: &[(&'a str, &'a str)], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [papers, more].concat()
}

in_both_offices! {
    async fn the_day_of_receipt_is_the_channels(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 10)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        for (channel, arrived, confirmed, said) in [
            ("in_person", "2026-06-08", "", "2026年6月8日（周一）（提交之日）"),
            ("registered_mail", "2026-06-09", "", "2026年6月9日（周二）（行政机关签收之日）"),
            ("ordinary_mail", "2026-06-09", "2026-06-10", "2026年6月10日（周三）（确认之日）"),
            ("fax", "2026-06-09", "", "待确认，2026年6月11日（周四）前与您确认"),
        ] {
            let how = [("channel", channel), ("arrived_on", arrived), ("confirmed_on", confirmed)];
            let page = take_down(&clerk, &with(&PAPERS, &how), &[]).await;
            assert_eq!(page.status, StatusCode::OK, "{channel}: {}", page.text);
            assert!(page.says(said), "{channel}: {}", page.text);
            assert!(page.says("登记回执") && page.says("LHJD-2026-"));
        }
        let queue = clerk.get("/staff/queue?band=unconfirmed").await;
        assert!(queue.says("quiet\">传真<") && !queue.says("quiet\">平常信函<"));
    }

    async fn the_receipt_opens_the_case_for_the_applicant_and_the_same_form_makes_no_second(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 10)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let token = clerk.get("/staff/intake").await.token();
        let how = [("token", token.as_str()), ("channel", "in_person"), ("arrived_on", "2026-06-10")];
        let fields = with(&PAPERS, &how);
        let scan = [Enclosure::pdf("attachments", "申请书.pdf")];
        let first = clerk.browser.post_multipart("/staff/intake", &fields, &scan).await;
        let issued = clerk.get("/staff/to-serve").await;
        assert!(issued.says("莲办依申登〔2026〕1号"), "{}", issued.text);
        let again = clerk.browser.post_multipart("/staff/intake", &fields, &[]).await;
        let number = first.between("receipt-number\">", "<").unwrap();
        let code = first.between("<strong>", "</strong>").unwrap();
        assert_eq!(again.between("receipt-number\">", "<").unwrap(), number);
        assert_eq!(again.between("<strong>", "</strong>").unwrap(), code);
        let track = office.browser.post("/track", &[("number", &number), ("code", &code)]).await;
        assert!(track.says("办理中"), "{}", track.text);
        let case = format!("/staff/cases/{}", office.case_id(&number).await);
        let page = clerk.get(&case).await;
        assert!(page.says("申请书.pdf") && page.says("出具登记回执"));
        // What was handed in needs no confirmation: its 登记回执 was made out at once, once.
        assert!(page.says("莲办依申登〔2026〕1号") && !page.says("莲办依申登〔2026〕2号"));
    }

    async fn what_is_missing_in_a_letter_is_taken_over_as_it_was_written(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 10)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let how = [("channel", "registered_mail"), ("arrived_on", "2026-06-10")];
        let thin = papers(&[("telephone", ""), ("document_number", "110105194912310021"), ("description", "")]);
        let page = take_down(&clerk, &with(&thin, &how), &[]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(page.summary(), ["document_number", "telephone", "description"]);
        assert!(page.says("照录原件，缺项另行告知补正"));
        let ticked = with(&thin, &[how[0], how[1], ("as_written", "yes")]);
        let taken = take_down(&clerk, &ticked, &[]).await;
        assert_eq!(taken.status, StatusCode::OK, "{}", taken.text);

        // Who asks and what for must be known.
        let nobody = papers(&[("name", "")]);
        let ticked = with(&nobody, &[how[0], how[1], ("as_written", "yes")]);
        let page = take_down(&clerk, &ticked, &[]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(page.summary(), ["name"]);
    }
}

#[tokio::test]
async fn bad_input_is_told_all_at_once_and_nothing_is_lost() {
    let office = Office::open(Engine::Sqlite, day(2026, 6, 10)).await;
    let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
    let typed = papers(&[("title", "道路<维修>𠮷"), ("document_number", "x")]);
    let how = [
        ("channel", "online"),
        ("arrived_on", "2026-06-11"),
        ("confirmed_on", "明天"),
    ];
    let files =
        [Enclosure { field: "attachments", name: "病毒.exe".into(), bytes: b"MZ".to_vec() }];
    let page = take_down(&clerk, &with(&typed, &how), &files).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        page.summary(),
        [
            "channel",
            "arrived_on",
            "confirmed_on",
            "document_number",
            "attachments"
        ]
    );
    assert_eq!(page.value("title").unwrap(), "道路<维修>𠮷");
    assert!(page.fault("arrived_on").unwrap().contains("不能晚于今天"));
    let ancient = [("channel", "in_person"), ("arrived_on", "2008-04-30")];
    let page = take_down(&clerk, &with(&PAPERS, &ancient), &[]).await;
    assert!(page.fault("arrived_on").unwrap().contains("2008年5月1日"));
    let backwards = [
        ("channel", "fax"),
        ("arrived_on", "2026-06-09"),
        ("confirmed_on", "2026-06-08"),
    ];
    let page = take_down(&clerk, &with(&PAPERS, &backwards), &[]).await;
    assert!(
        page.fault("confirmed_on")
            .unwrap()
            .contains("不能早于到达日期")
    );
    assert!(clerk.get("/staff/queue").await.says("没有在办的申请"));
}
