//! 更正 (art. 41): a kind of case of its own, outside every statutory table.

use reqwest::StatusCode;
use yishen::domain::actor::Role;

use crate::support::office::{Office, day, in_both_offices};
use crate::support::staff::location;

const WRITTEN: [(&str, &str); 7] = [
    ("received_on", "2026-06-01"),
    ("name", "张三丰"),
    ("document", "居民身份证11010519491231002X"),
    ("contact", "13800000000，西峡县白羽路103号"),
    ("record", "莲办〔2025〕3号文件所附名册"),
    ("wrong", "名册中本人的出生年份误为1994年，应为1949年"),
    ("evidence", "户口簿复印件"),
];

in_both_offices! {
    async fn an_application_is_taken_in_answered_and_kept_out_of_the_table(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let empty = clerk.post("/staff/rectifications/new", &[]).await;
        assert_eq!(
            empty.summary(),
            ["name", "document", "contact", "record", "wrong", "evidence", "received_on"]
        );
        let mut early = WRITTEN.to_vec();
        early[0] = ("received_on", "2026-06-02");
        let early = clerk.post("/staff/rectifications/new", &early).await;
        assert_eq!(early.summary(), ["received_on"]);
        assert_eq!(early.value("name").unwrap(), "张三丰");
        let done = clerk.post("/staff/rectifications/new", &WRITTEN).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        let one = location(&done).to_owned();

        // Who applied is masked until somebody gives a reason.
        let page = clerk.get(&one).await;
        assert!(page.says("LHJD-GZ-2026-0001") && page.says("户口簿复印件") && page.says("张**"));
        for private in ["张三丰", "11010519491231002X", "13800000000"] {
            assert!(!page.says(private), "{}", page.text);
        }
        let without = clerk.post(&format!("{one}/reveal"), &[("reason", "")]).await;
        assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
        let shown = clerk.post(&format!("{one}/reveal"), &[("reason", "电话核实")]).await;
        assert!(shown.says("张三丰") && shown.says("13800000000") && shown.says("电话核实"));
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
        let answered = clerk.post(&format!("{one}/answer"), &answer).await;
        assert_eq!(answered.status, StatusCode::SEE_OTHER, "{}", answered.text);
        let page = clerk.get(&one).await;
        assert!(page.says("予以更正") && page.says("莲办依申更〔2026〕1号"), "{}", page.text);
        for ending in ["pdf", "docx"] {
            let letter = clerk.get(&format!("{one}/letters/correct_record.{ending}")).await;
            assert_eq!(letter.status, StatusCode::OK);
            let other = clerk.get(&format!("{one}/letters/forward_record.{ending}")).await;
            assert_eq!(other.status, StatusCode::NOT_FOUND);
        }
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
        let done = clerk.post("/staff/rectifications/new", &WRITTEN).await;
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
        assert!(page.says("莲办依申更〔2026〕1号") && page.says("莲办依申更〔2026〕2号"));
        for kind in ["correct_record", "forward_record"] {
            let letter = clerk.get(&format!("{one}/letters/{kind}.pdf")).await;
            assert!(letter.text.starts_with("%PDF-"), "{kind}");
        }
    }

    async fn nobody_else_sees_or_answers_it(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let reviewer = office.has("liwei", "李伟", &[Role::Reviewer]).await;
        let other = office.has_agency("XXJD", "西峡街道办事处").await;
        let stranger = office.has_at(&other, "zhaoli", "赵丽", &[Role::Clerk]).await;
        let done = clerk.post("/staff/rectifications/new", &WRITTEN).await;
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
