//! 更正 (art. 41): a kind of case of its own, outside every statutory table.

use diesel::{RunQueryDsl as _, sql_query};
use reqwest::StatusCode;
use yishen::casework::rectify;
use yishen::domain::actor::Role;
use yishen::domain::letter::LetterKind;
use yishen::storage::{Connection, StorageError, rectifications};

use crate::support::database::Engine;
use crate::support::http::{Enclosure, Page};
use crate::support::office::{Office, day, in_both_offices};
use crate::support::staff::{Person, location};

const WRITTEN: [(&str, &str); 7] = [
    ("received_on", "2026-06-01"),
    ("name", "张三丰"),
    ("document", "居民身份证11010519491231002X"),
    ("contact", "13800000000，西峡县白羽路103号"),
    ("record", "莲办〔2025〕3号文件所附名册"),
    ("wrong", "名册中本人的出生年份误为1994年，应为1949年"),
    ("evidence", "户口簿复印件"),
];

/// Fills in the form at the desk, with a file.
async fn register(clerk: &Person, fields: &[(&str, &str)]) -> Page {
    let path = "/staff/rectifications/new";
    let page = clerk.get(path).await;
    let file = [Enclosure::pdf("files", "户口簿.pdf")];
    clerk.send_with(path, &page, fields, &file).await
}

/// What is filled in on the web: there is no day to choose.
fn on_the_web(token: &str) -> Vec<(&str, &str)> {
    let mut fields = vec![("token", token)];
    fields.extend(&WRITTEN[1..]);
    fields
}

in_both_offices! {
    async fn an_application_is_taken_in_answered_and_kept_out_of_the_table(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let empty = register(&clerk, &[]).await;
        assert_eq!(
            empty.summary(),
            ["name", "document", "contact", "record", "wrong", "evidence", "received_on"]
        );
        let mut early = WRITTEN.to_vec();
        early[0] = ("received_on", "2026-06-02");
        let early = register(&clerk, &early).await;
        assert_eq!(early.summary(), ["received_on"]);
        assert_eq!(early.value("name").unwrap(), "张三丰");
        let done = register(&clerk, &WRITTEN).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        let one = location(&done).to_owned();

        // Who applied is masked until somebody gives a reason.
        let page = clerk.get(&one).await;
        assert!(page.says("LHJD-GZ-2026-0001") && page.says("所附名册") && page.says("张**"));
        for private in ["张三丰", "11010519491231002X", "13800000000", "1994年", "户口簿复印件"] {
            assert!(!page.says(private), "{}", page.text);
        }
        let without = clerk.post(&format!("{one}/reveal"), &[("reason", "")]).await;
        assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
        let shown = clerk.post(&format!("{one}/reveal"), &[("reason", "电话核实")]).await;
        assert!(shown.says("张三丰") && shown.says("13800000000") && shown.says("电话核实"));
        assert!(shown.says("误为1994年") && shown.says("户口簿复印件"));
        assert!(clerk.get("/staff/rectifications").await.says("LHJD-GZ-2026-0001"));

        let nothing = clerk.post(&format!("{one}/answer"), &[]).await;
        assert_eq!(nothing.summary(), ["answer", "finding"]);
        let nobody = [("answer", "forwarded"), ("finding", "名册由县公安局制作"), ("responsible", "")];
        let nobody = clerk.post(&format!("{one}/answer"), &nobody).await;
        assert_eq!(nobody.summary(), ["responsible"]);
        let answer = [
            ("answer", "corrected"),
            ("responsible", ""),
            ("finding", "经核对户口簿，出生年份应为1949年，已经改正并重新印发"),
        ];
        let look = [answer.as_slice(), &[("preview", "yes")]].concat();
        let look = clerk.post(&format!("{one}/answer"), &look).await;
        assert!(look.says("已经改正并重新印发") && !look.says("张三丰"), "{}", look.text);
        assert!(clerk.get(&one).await.says("答复，出具文书"), "nothing was kept");
        let answered = clerk.post(&format!("{one}/answer"), &answer).await;
        assert_eq!(answered.status, StatusCode::SEE_OTHER, "{}", answered.text);
        let page = clerk.get(&one).await;
        assert!(page.says("予以更正") && page.says("莲办依申更〔2026〕1号"), "{}", page.text);
        // The letter names the applicant: sealed in the database, handed out for a reason.
        let take = |letter: &'static str, reason: &'static str| {
            let (clerk, path) = (&clerk, format!("{one}/letters"));
            async move { clerk.post(&path, &[("letter", letter), ("for", reason)]).await }
        };
        assert_eq!(take("correct_record.pdf", " ").await.summary(), ["for"]);
        assert!(take("correct_record.pdf", "打印").await.text.starts_with("%PDF-"));
        assert!(take("correct_record.docx", "打印").await.text.starts_with("PK"));
        assert_eq!(take("forward_record.pdf", "打印").await.status, StatusCode::NOT_FOUND);
        assert_eq!(clerk.get(&format!("{one}/letters")).await.status, StatusCode::NOT_FOUND);
        let id = one.rsplit('/').next().unwrap().parse().unwrap();
        let kind = LetterKind::RecordCorrected;
        let read = move |conn: &mut Connection| rectifications::papers(conn, id, kind);
        let kept: Result<_, StorageError> = office.app.database.read(read).await;
        let kept = kept.unwrap();
        assert!(!kept.pdf.starts_with(b"%PDF-") && !kept.docx.starts_with(b"PK"));

        // Until it was served, it stands among what is to be done.
        let page = clerk.get("/staff/rectifications").await;
        assert!(page.says("予以更正，待送达"), "{}", page.text);
        let path = format!("{one}/letters/correct_record/service");
        let form = clerk.get(&path).await;
        let early = [("how", "handed_over"), ("on", "2026-05-31"), ("postal_number", "")];
        assert_eq!(clerk.send_with(&path, &form, &early, &[]).await.summary(), ["on"]);
        let posted = [("how", "posted"), ("on", "2026-06-01"), ("postal_number", "EX123456789CN")];
        let slip = [Enclosure::pdf("evidence", "邮寄凭证.pdf")];
        let served = clerk.send_with(&path, &form, &posted, &slip).await;
        assert_eq!(served.status, StatusCode::SEE_OTHER, "{}", served.text);
        let page = clerk.get(&one).await;
        assert!(page.says("EX123456789CN") && page.says("邮寄凭证.pdf"), "{}", page.text);
        let again = clerk.post(&format!("{one}/answer"), &answer).await;
        assert_eq!(again.status, StatusCode::CONFLICT);
        assert!(!clerk.get("/staff/rectifications").await.says("LHJD-GZ-2026-0001"));
        assert!(clerk.get("/staff/rectifications?all=yes").await.says("LHJD-GZ-2026-0001"));

        // No table counts it, and the record holds together.
        let table = clerk.get("/staff/section-three/2026/new/natural").await;
        assert!(!table.says("GZ-2026"), "{}", table.text);
        assert!(yishen::casework::record::check(&office.app, office.agency.id).await.is_ok());
    }

    /// art. 41: the agency sends it on, and tells the applicant.
    async fn what_is_sent_on_is_told_to_the_applicant_too(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let done = register(&clerk, &WRITTEN).await;
        let one = location(&done).to_owned();
        let answer = [
            ("answer", "forwarded"),
            ("responsible", "西峡县公安局"),
            ("finding", "名册由该局制作"),
        ];
        let answered = clerk.post(&format!("{one}/answer"), &answer).await;
        assert_eq!(answered.status, StatusCode::SEE_OTHER, "{}", answered.text);
        let page = clerk.get(&one).await;
        assert!(page.says("政府信息更正告知书") && page.says("政府信息更正申请转送函"), "{}", page.text);
        assert!(page.says("莲办依申更〔2026〕1号") && page.says("莲办依申转〔2026〕1号"));
        for kind in ["correct_record", "forward_record"] {
            let wanted = format!("{kind}.pdf");
            let fields = [("letter", wanted.as_str()), ("for", "打印")];
            let letter = clerk.post(&format!("{one}/letters"), &fields).await;
            assert!(letter.text.starts_with("%PDF-"), "{kind}");
        }
    }

    async fn a_citizen_files_it_with_evidence_and_follows_it(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let form = office.get("/rectify").await;
        assert!(form.says("第四十一条"), "{}", form.text);
        let token = form.token();
        let file = [Enclosure::pdf("files", "户口簿.pdf")];
        let sent = office.browser.post_multipart("/rectify", &[("token", &token)], &file).await;
        assert_eq!(sent.summary(), ["name", "document", "contact", "record", "wrong", "evidence"]);
        assert!(sent.says("户口簿.pdf"), "what was sent is kept: {}", sent.text);
        let fields = on_the_web(&token);
        let receipt = office.browser.post_multipart("/rectify", &fields, &[]).await;
        assert!(receipt.says("更正申请已提交"), "{}", receipt.text);
        let number = receipt.between("class=\"receipt-number\">", "<").unwrap();
        let code = receipt.between("<strong>", "</strong>").unwrap();
        assert_eq!((number.as_str(), code.len()), ("LHJD-GZ-2026-0001", 19));
        // The same form is one application, whatever it says now.
        let again = office.browser.post_multipart("/rectify", &[("token", &token)], &[]).await;
        assert_eq!(again.between("<strong>", "</strong>").unwrap(), code);
        assert!(!clerk.get("/staff/rectifications").await.says("LHJD-GZ-2026-0002"));

        // The clerk sees the evidence for a reason only.
        let page = clerk.get("/staff/rectifications").await;
        let one = page.between("href=\"/staff/rectifications/0", "\"").unwrap();
        let one = format!("/staff/rectifications/0{one}");
        let page = clerk.get(&one).await;
        assert!(page.says("户口簿.pdf") && !page.says("张三丰"), "{}", page.text);
        let id = page.between("name=\"file\" value=\"", "\"").unwrap();
        let path = format!("{one}/evidence");
        let without = clerk.post(&path, &[("file", &id), ("why", " ")]).await;
        assert_eq!(without.summary(), ["why"]);
        let read = clerk.post(&path, &[("file", &id), ("why", "核实出生年份")]).await;
        assert!(read.text.starts_with("%PDF-"), "{}", read.text);
        let other = clerk.post(&path, &[("file", &one[22..]), ("why", "核实")]).await;
        assert_eq!(other.status, StatusCode::NOT_FOUND);

        // Number and code show where it stands, and nothing else does.
        let wrong = [("number", number.as_str()), ("code", "0000-0000-0000-0000")];
        let wrong = office.browser.post("/track", &wrong).await;
        assert_eq!(wrong.summary(), ["code"]);
        let asked = [("number", number.as_str()), ("code", code.as_str())];
        let standing = office.browser.post("/track", &asked).await;
        assert!(standing.says("正在核实") && standing.says("出生年份误为1994年"), "{}", standing.text);
        let ticket = standing.value("ticket").unwrap();
        let early = office.browser.post("/track/rectification/letter", &[("ticket", &ticket)]).await;
        assert_eq!(early.status, StatusCode::NOT_FOUND);
        let answer = [
            ("answer", "corrected"),
            ("responsible", ""),
            ("finding", "经核对户口簿，已经改正"),
        ];
        clerk.post(&format!("{one}/answer"), &answer).await;
        let told = office.browser.post("/track/rectification", &[("ticket", &ticket)]).await;
        assert!(told.says("予以更正") && told.says("经核对户口簿") && told.says("莲办依申更〔2026〕1号"));
        let letter = office.browser.post("/track/rectification/letter", &[("ticket", &ticket)]).await;
        assert!(letter.text.starts_with("%PDF-"), "{}", letter.text);
        // Taking it is how it was served.
        let page = clerk.get(&one).await;
        assert!(page.says("网上送达，2026年6月1日"), "{}", page.text);
        assert!(!clerk.get("/staff/rectifications").await.says("LHJD-GZ-2026-0001"));
        // A ticket of one is none of a case.
        let case = office.browser.post("/track", &[("ticket", &ticket)]).await;
        assert_eq!(case.status, StatusCode::NOT_FOUND);
        assert!(yishen::casework::record::check(&office.app, office.agency.id).await.is_ok());
    }

    async fn letters_of_a_version_that_did_not_seal_them_are_sealed(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let done = register(&clerk, &WRITTEN).await;
        let one = location(&done).to_owned();
        let answer = [("answer", "declined"), ("responsible", ""), ("finding", "记录准确")];
        clerk.post(&format!("{one}/answer"), &answer).await;
        let take = [("letter", "correct_record.pdf"), ("for", "打印")];
        let plain = match engine {
            Engine::Sqlite => "x'255044462D6F6C64'",
            Engine::Postgres => "decode('255044462D6F6C64', 'hex')",
        };
        let update = format!(
            "UPDATE rectification_letters SET sealed = (1 = 0), pdf = {plain}, docx = {plain}"
        );
        let as_before = move |conn: &mut Connection| {
            Ok::<_, StorageError>(sql_query(update).execute(conn)?)
        };
        assert_eq!(office.app.database.write(as_before).await.unwrap(), 1);
        let app = office.app.clone();
        let sealing = tokio::task::spawn_blocking(move || rectify::seal_old_letters(&app));
        sealing.await.unwrap().unwrap();
        let id = one.rsplit('/').next().unwrap().parse().unwrap();
        let kind = LetterKind::RecordCorrected;
        let read = move |conn: &mut Connection| rectifications::papers(conn, id, kind);
        let kept: Result<_, StorageError> = office.app.database.read(read).await;
        assert!(!kept.unwrap().pdf.starts_with(b"%PDF-"));
        let opened = clerk.post(&format!("{one}/letters"), &take).await;
        assert_eq!(opened.text, "%PDF-old");
    }

    async fn one_form_sent_many_times_at_once_is_one_application(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let token = office.get("/rectify").await.token();
        let fields = on_the_web(&token);
        let sent = (0..20).map(|_| office.browser.post_multipart("/rectify", &fields, &[]));
        for page in futures_util::future::join_all(sent).await {
            assert!(page.says("LHJD-GZ-2026-0001"), "{}", page.text);
        }
    }

    async fn nobody_else_sees_or_answers_it(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let reviewer = office.has("liwei", "李伟", &[Role::Reviewer]).await;
        let other = office.has_agency("XXJD", "西峡街道办事处").await;
        let stranger = office.has_at(&other, "zhaoli", "赵丽", &[Role::Clerk]).await;
        let done = register(&clerk, &WRITTEN).await;
        let one = location(&done).to_owned();
        assert_eq!(stranger.get(&one).await.status, StatusCode::NOT_FOUND);
        let answer = [("answer", "declined"), ("finding", "记录准确"), ("responsible", "")];
        let refused = stranger.post(&format!("{one}/answer"), &answer).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
        let reveal = stranger.post(&format!("{one}/reveal"), &[("reason", "看看")]).await;
        assert_eq!(reveal.status, StatusCode::NOT_FOUND);
        assert_eq!(reviewer.get(&one).await.status, StatusCode::OK);
        let refused = reviewer.post(&format!("{one}/answer"), &answer).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    }
}
