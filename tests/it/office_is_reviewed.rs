//! 复议、诉讼 against an answer: put on record, concluded, counted in section four.

use yishen::domain::actor::Role;
use yishen::domain::case::Act;
use yishen::domain::outcome::Disposition;

use crate::support::office::{Office, PAPERS, day, in_both_offices};

/// A case that was answered on the day on which the office opened.
async fn answered(office: &Office) -> String {
    let (number, _) = office.file(&PAPERS).await;
    office.act(&number, Act::ConfirmReceipt).await;
    let disposition = Disposition::ALL[0];
    office.act(&number, Act::Propose { disposition }).await;
    office.act_by(&number, Act::Approve, 8).await;
    format!("/staff/cases/{}", office.case_id(&number).await)
}

const REVIEW: [(&str, &str); 6] = [
    ("way", "reconsideration"),
    ("begun_on", "2026-03-02"),
    ("authority", "西峡县人民政府"),
    ("file_number", "西政复〔2026〕3号"),
    ("ended_on", ""),
    ("ruling", ""),
];

fn with<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields: Vec<(&str, &str)> = REVIEW.to_vec();
    for (field, text) in changes {
        fields.retain(|(known, _)| known != field);
        fields.push((field, text));
    }
    fields
}

in_both_offices! {
    async fn a_review_is_recorded_concluded_and_counted(engine: Engine) {
        let office = Office::open(engine, day(2026, 3, 2)).await;
        let clerk = office.has("zhang", "张经办", &[Role::Clerk]).await;
        let case = answered(&office).await;
        let path = format!("{case}/redress");

        for (field, wrong, words) in [
            ("way", "nonsense", "请选择是复议还是诉讼"),
            ("way", "after_reconsideration", "应当先登记已经审结的行政复议"),
            ("begun_on", "", "请填写受理日期"),
            ("begun_on", "2026-03-01", "不能早于收到申请之日"),
            ("begun_on", "2026-03-03", "不能晚于今天"),
            ("authority", "", "请填写复议机关或者法院"),
            ("ended_on", "31日", "请填写正确的日期"),
        ] {
            let page = clerk.act(&path, &with(&[(field, wrong)])).await;
            assert_eq!(page.status, 422, "{field}={wrong}");
            assert!(page.fault(field).unwrap().contains(words), "{}", page.text);
            assert_eq!(page.value("file_number").unwrap(), "西政复〔2026〕3号", "what was typed stays");
        }
        let half = clerk.act(&path, &with(&[("ended_on", "2026-03-02")])).await;
        assert!(half.fault("ruling").is_some());

        let kept = clerk.act(&path, &REVIEW).await;
        assert_eq!(kept.status, 303, "{}", kept.text);
        let page = clerk.get(&case).await;
        assert!(page.says("尚未审结") && page.says("登记复议、诉讼"), "{}", page.text);
        assert!(page.says("行政复议，2026-03-02受理，西峡县人民政府，西政复〔2026〕3号，尚未审结"));
        let list = clerk.get("/staff/redress").await;
        assert!(list.says("西政复〔2026〕3号") && list.says("尚未审结"));

        let record = page.between(&format!("href=\"{path}/"), "\"").unwrap();
        let record = format!("{path}/{record}");
        let open = clerk.get(&record).await;
        let concluded = with(&[("ended_on", "2026-03-02"), ("ruling", "corrected")]);
        assert_eq!(clerk.send(&record, &open, &concluded).await.status, 303);
        let late = clerk.send(&record, &open, &concluded).await;
        assert_eq!(late.status, 409, "somebody else was faster");
        assert!(late.says("别人刚刚改动了这条记录"));

        let suit = with(&[("way", "after_reconsideration"), ("authority", "西峡县人民法院"), ("file_number", "")]);
        let kept = clerk.act(&path, &suit).await;
        assert_eq!(kept.status, 303, "{}", kept.text);
        let json = clerk.get("/staff/reports/2026/file.json").await.text;
        let report: serde_json::Value = serde_json::from_str(&json).unwrap();
        let four: Vec<u64> = report["section_four"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).collect();
        assert_eq!(four, [0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
        assert_eq!(clerk.get("/staff/redress?year=2030").await.status, 404);
    }

    async fn what_was_not_received_and_what_is_foreign_take_no_record(engine: Engine) {
        let office = Office::open(engine, day(2026, 3, 2)).await;
        let clerk = office.has("zhang", "张经办", &[Role::Clerk]).await;
        let (path, _, _) = office.has_filed(&PAPERS).await;
        let page = clerk.act(&format!("{path}/redress"), &REVIEW).await;
        assert_eq!(page.status, 422);
        assert!(page.fault("way").unwrap().contains("还没有确认收到"));
        // An agency that gives no answer is gone against as well (art. 51).
        clerk.confirm(&path, day(2026, 3, 2)).await;
        let kept = clerk.act(&format!("{path}/redress"), &REVIEW).await;
        assert_eq!(kept.status, 303, "{}", kept.text);
        assert!(clerk.get(&path).await.says("尚未审结"));
        let below = office.has_agency("XJ", "西街社区").await;
        let stranger = office.has_at(&below, "li", "李经办", &[Role::Clerk]).await;
        assert_eq!(stranger.get(&format!("{path}/redress")).await.status, 404);
    }
}
