//! Filing: a receipt for what is kept, one case for one form, and nothing lost when it cannot be.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use reqwest::StatusCode;
use yishen::domain::actor::Role;
use yishen::domain::case::{Act, Stage};
use yishen::jobs::deliver::deliver_one;
use yishen::storage;
use yishen::storage::outbox::{Delivery, Mail};

use crate::support::database::Engine;
use crate::support::http::{Enclosure, Page};
use crate::support::office::{Office, PAPERS, day, in_both_offices, papers};

/// What a receipt says: number and query code.
fn receipt(page: &Page) -> (String, String) {
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(page.says("申请已提交"), "{}", page.text);
    let number = page.between("class=\"receipt-number\">", "<").unwrap();
    let code = page.between("<strong>", "</strong>").unwrap();
    (number, code)
}

/// How many cases there are.
async fn count(office: &Office) -> u32 {
    let (agency, year) = (office.agency.id, 2026);
    let next = office
        .app
        .database
        .write(move |conn| storage::counters::next(conn, agency, "case", year));
    next.await.unwrap() - 1
}

/// The mails that were put into the outbox, the latest first.
async fn mails(office: &Office) -> Vec<Mail> {
    let agency = office.agency.id;
    let read = move |conn: &mut storage::Connection| {
        storage::outbox::page(conn, agency, &storage::outbox::Wanted::default(), None, 100)
    };
    let mails: Result<_, storage::StorageError> = office.app.database.read(read).await;
    mails.unwrap()
}

in_both_offices! {
    async fn a_receipt_says_what_was_kept_and_what_comes_next(engine: Engine) {
        let office = Office::open(engine, day(2026, 11, 23)).await;
        let token = office.form_token().await;
        office.apply(&token, "check", &PAPERS).await;
        let page = office.apply_with(&token, "submit", &PAPERS, &[]).await;
        let (number, code) = receipt(&page);
        assert_eq!(number, "LHJD-2026-0001");
        assert_eq!(code.len(), 19);
        // A Monday: confirmed within two working days, answered within twenty more.
        assert!(page.says("2026年11月23日 09:00"));
        assert!(page.says("2026年11月25日（周三）前确认收到"));
        assert!(page.says("最迟2026年12月23日（周三）答复"));
        assert!(page.says("1个文件"));

        let known = number.parse().unwrap();
        let found = office.app.database.read(move |conn| storage::cases::list_by_number(conn, &known));
        let cases = found.await.unwrap();
        assert!(matches!(cases[0].case.stage, Stage::Filed { arrived_on } if arrived_on == day(2026, 11, 23)));
        // What waited is filed, and waits no longer.
        assert_eq!(std::fs::read_dir(office.data().join("staging")).unwrap().count(), 0);
    }

    /// What the form says of a mailbox is nobody's word until the office has confirmed receipt.
    async fn a_mailbox_that_a_form_names_is_not_bombed(engine: Engine) {
        let office = Office::open(engine, day(2026, 11, 23)).await;
        let named = papers(&[("email", "zhang@example.com")]);
        let mut last = String::new();
        for _ in 0..7 {
            (last, _) = office.file(&named).await;
        }
        assert_eq!(mails(&office).await.len(), 5);
        office.file(&papers(&[("email", "li@example.com")])).await;
        assert_eq!(mails(&office).await.len(), 6, "somebody else's mailbox");
        // Once the office has confirmed receipt, the applicant is told of everything.
        office.act(&last, Act::ConfirmReceipt).await;
        assert_eq!(mails(&office).await.len(), 7);
        office.wait(TimeDelta::hours(24));
        office.file(&papers(&[("email", "ZHANG@example.com")])).await;
        assert_eq!(mails(&office).await.len(), 8);
    }

    /// Whoever reads the mailbox is asked by a link in the first mail (double opt-in).
    async fn whoever_reads_a_mailbox_says_whether_mails_are_welcome(engine: Engine) {
        let office = Office::open(engine, day(2026, 11, 23)).await;
        let named = papers(&[("email", "zhang@example.com")]);
        let (first, _) = office.file(&named).await;
        let mail = mails(&office).await.remove(0).mail;
        let (_, link) = mail.body_text.split_once("/mailbox/").unwrap();
        let link = format!("/mailbox/{}", link.split_whitespace().next().unwrap());
        assert!(mail.body_html.contains(&link));

        // "Not mine" comes first, and what it does is said.
        let page = office.get(&link).await;
        let place = |word: &str| page.text.find(&format!("value=\"{word}\"")).unwrap();
        assert!(place("refused") < place("confirmed") && page.says("还没有寄出的邮件随即停发"));

        // A program that opens links says nothing for its reader.
        let page = office.get(&link).await;
        assert!(page.says("可以向这个邮箱发送办理通知吗"), "{}", page.text);
        assert!(!page.says("zhang") && !page.says(&first), "{}", page.text);
        assert!(!office.get(&link).await.says("已经确认"));
        let nothing = office.browser.post(&link, &[("word", "maybe")]).await;
        assert_eq!(nothing.status, StatusCode::BAD_REQUEST);
        for wrong in ["/mailbox/AAAA", "/mailbox/%20", &link[..link.len() - 3]] {
            assert_eq!(office.get(wrong).await.status, StatusCode::NOT_FOUND, "{wrong}");
        }

        // Confirmed: as many as there are, and no more links.
        let said = office.browser.post(&link, &[("word", "confirmed")]).await;
        assert_eq!(said.status, StatusCode::SEE_OTHER);
        assert!(office.get(&link).await.says("已经确认"));
        for _ in 0..7 {
            office.file(&papers(&[("email", "Zhang@example.com")])).await;
        }
        let all = mails(&office).await;
        assert_eq!(all.len(), 8);
        assert!(!all[0].mail.body_text.contains("/mailbox/"), "{}", all[0].mail.body_text);

        // Refused: nothing goes there any more, and people are told what was not sent.
        // What still waits is not sent either.
        office.browser.post(&link, &[("word", "refused")]).await;
        while deliver_one(&office.app).await.unwrap().is_some() {}
        assert!(office.app.mailer.taken().is_empty());
        let all = mails(&office).await;
        assert!(all.iter().all(|mail| mail.delivery == Delivery::GivenUp));
        assert!(all[0].last_error.as_deref().unwrap().contains("没有提出申请"));
        assert!(office.get(&link).await.says("不再向这个邮箱发信"));
        office.file(&named).await;
        assert_eq!(mails(&office).await.len(), 8);
        office.act(&first, Act::ConfirmReceipt).await;
        let all = mails(&office).await;
        assert_eq!((all.len(), all[0].delivery), (9, Delivery::GivenUp));
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let case = format!("/staff/cases/{}", office.case_id(&first).await);
        let page = clerk.get(&case).await;
        assert!(page.says("邮箱的使用者表示没有提出申请"), "{}", page.text);
        assert!(clerk.get("/staff/to-serve").await.says(&first));
    }

    async fn one_form_sent_many_times_at_once_is_one_case(engine: Engine) {
        let office = Office::open(engine, day(2026, 11, 23)).await;
        let token = office.form_token().await;
        office.apply(&token, "check", &PAPERS).await;
        let sent = (0..50).map(|_| office.apply_with(&token, "submit", &PAPERS, &[]));
        let pages = futures_util::future::join_all(sent).await;
        let receipts: BTreeSet<_> = pages.iter().map(receipt).collect();
        assert_eq!(receipts.len(), 1);
        assert_eq!(count(&office).await, 1);
    }
}

#[tokio::test]
async fn a_reload_shows_the_same_receipt_also_a_day_later() {
    let office = Office::open(Engine::Sqlite, day(2026, 11, 23)).await;
    let token = office.form_token().await;
    let first = receipt(&office.apply(&token, "submit", &PAPERS).await);
    let again = office.apply_with(&token, "submit", &PAPERS, &[]).await;
    assert_eq!(receipt(&again), first);
    assert!(again.says("1个文件"));
    // Even with other words on it: the form was filed.
    let other = office
        .apply_with(&token, "submit", &papers(&[("title", "")]), &[])
        .await;
    assert_eq!(receipt(&other), first);
    office.wait(TimeDelta::hours(30));
    assert_eq!(receipt(&office.apply_with(&token, "submit", &PAPERS, &[]).await), first);
    assert_eq!(count(&office).await, 1);
}

#[tokio::test]
async fn the_receipt_can_be_taken_along() {
    let office = Office::open(Engine::Sqlite, day(2026, 11, 23)).await;
    let token = office.form_token().await;
    let (number, code) = receipt(&office.apply(&token, "submit", &PAPERS).await);
    let file = office
        .browser
        .post("/apply/receipt", &[("token", &token)])
        .await;
    assert_eq!(file.status, StatusCode::OK);
    let disposition = file.headers["content-disposition"].to_str().unwrap();
    assert!(disposition.starts_with("attachment;"), "{disposition}");
    assert!(disposition.contains("2026") && disposition.contains("html"), "{disposition}");
    assert!(file.says(&number) && file.says(&code));
    assert!(!file.text.contains("href=\"/assets"));

    let unused = office.form_token().await;
    let file = office
        .browser
        .post("/apply/receipt", &[("token", &unused)])
        .await;
    assert_eq!(file.status, StatusCode::NOT_FOUND);
    let file = office
        .browser
        .post("/apply/receipt", &[("token", "AAAA")])
        .await;
    assert_eq!(file.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn what_is_wrong_at_the_last_step_is_told_as_before() {
    let office = Office::open(Engine::Sqlite, day(2026, 11, 23)).await;
    let token = office.form_token().await;
    let page = office
        .apply(&token, "submit", &papers(&[("address", "")]))
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(page.summary(), ["address"]);
    assert_eq!(count(&office).await, 0);
}

#[tokio::test]
async fn a_firm_with_every_kind_of_file_is_filed() {
    let office = Office::open(Engine::Sqlite, day(2026, 11, 23)).await;
    let token = office.form_token().await;
    let firm = papers(&[
        ("kind", "business"),
        ("name", ""),
        ("document_number", ""),
        ("organisation_name", "西峡县某某有限公司"),
        ("credit_code", "91350100M000100Y43"),
        ("legal_representative", "李四"),
        ("contact_person", "王五"),
        ("email", "wang@example.com"),
        ("route", "email"),
    ]);
    let mut image = Enclosure::pdf("attachments", "照片·𠮷.JPG");
    image.bytes = vec![0xFF, 0xD8, 0xFF, 0xE0];
    image.bytes.resize(3_000_000, 7);
    let files = [Enclosure::pdf("identity", "营业执照.pdf"), image];
    let page = office.apply_with(&token, "submit", &firm, &files).await;
    receipt(&page);
    assert!(page.says("2个文件"));
}

#[tokio::test]
async fn an_application_goes_to_the_agency_that_was_chosen() {
    let office = Office::open(Engine::Sqlite, day(2026, 11, 23)).await;
    office.has_agency("MZJ", "西峡县民政局").await;
    let token = office.form_token().await;
    let page = office
        .apply(&token, "submit", &papers(&[("agency", "MZJ")]))
        .await;
    assert_eq!(receipt(&page).0, "MZJ-2026-0001");
    assert!(page.says("西峡县民政局将与您联系"));
}

#[tokio::test]
async fn what_cannot_be_kept_is_told_and_stays_on_the_page() {
    let office = Office::open(Engine::Sqlite, day(2026, 11, 23)).await;
    let token = office.form_token().await;
    office.apply(&token, "check", &PAPERS).await;
    // Somebody holds the database for longer than a deed waits.
    let held = office.hold_the_database();
    let page = office.apply_with(&token, "submit", &PAPERS, &[]).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(page.headers["retry-after"], "60");
    assert!(page.says("暂时没有提交成功"));
    assert_eq!(page.value("name").as_deref(), Some("张三丰"));
    assert!(page.says("身份证.pdf"));
    assert_eq!(page.token(), token);
    drop(held);
    receipt(&office.apply_with(&token, "submit", &PAPERS, &[]).await);
    assert_eq!(count(&office).await, 1);
}
