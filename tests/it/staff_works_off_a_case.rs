//! A case from the citizen's form to the answer: filed, confirmed, proposed, returned, approved.

use reqwest::StatusCode;
use yishen::domain::actor::Role;
use yishen::domain::outcome::{Disposition, Outcome};

use crate::support::database::Engine;
use crate::support::http::Enclosure;
use crate::support::office::{Office, PAPERS, day, in_both_offices, papers};
use crate::support::staff::location;

in_both_offices! {
    async fn a_case_is_worked_off_to_the_letter_that_the_applicant_downloads(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let reviewer = office.has("chenjing", "陈静", &[Role::Reviewer]).await;
        let mail = papers(&[("email", "zhang@example.com")]);
        let (case, number, code) = office.has_filed(&mail).await;

        let queue = clerk.get("/staff/queue").await;
        assert!(queue.says(&number) && queue.says("张**") && queue.says("2025年道路维修预算"));
        let page = clerk.get(&case).await;
        assert!(page.says("以双方确认之日为收到申请之日"));
        // What has no place yet is not listed.
        assert!(page.text.contains(&format!("{case}/confirm_receipt")) && !page.says("拟办"));
        assert!(!page.text.contains("张三丰"));

        let wrong = [("on", "2026-06-02"), ("how", ""), ("words", "")];
        let wrong = clerk.act(&format!("{case}/confirm_receipt"), &wrong).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(wrong.summary(), ["how"]);
        let ahead = [("on", "2026-06-02"), ("how", "telephone"), ("words", "")];
        let ahead = clerk.act(&format!("{case}/confirm_receipt"), &ahead).await;
        assert!(ahead.fault("on").unwrap().contains("不能晚于今天"));
        clerk.confirm(&case, day(2026, 6, 1)).await;

        let page = clerk.get(&case).await;
        assert!(page.says("2026年6月30日（周二）") && page.says("还剩20个工作日"), "{}", page.text);
        assert!(page.says("放假（端午节）") && page.says("电话确认"));

        let proposed = clerk.propose(&case, "granted_give", "检索到一份批复").await;
        assert_eq!(proposed.status, StatusCode::SEE_OTHER, "{}", proposed.text);
        assert_eq!(location(&proposed), format!("{case}?done=propose"));
        let early = office.browser.post("/track", &[("number", &number), ("code", &code)]).await;
        assert!(!early.says("批复.pdf") && !early.says("检索到一份批复"));

        let page = reviewer.get(&case).await;
        assert!(page.says("拟办意见，待审核") && page.says("检索到一份批复"));
        let empty = reviewer.act(&format!("{case}/return"), &[("words", " ")]).await;
        assert!(empty.fault("words").is_some());
        let returned = reviewer.act(&format!("{case}/return"), &[("words", "请补充条款")]).await;
        assert_eq!(returned.status, StatusCode::SEE_OTHER);
        let nothing = reviewer.get(&format!("{case}/approve")).await;
        assert_eq!(nothing.status, StatusCode::CONFLICT);
        assert!(nothing.says("尚未拟办，没有可以审核的处理意见"));

        clerk.propose(&case, "partial", "区分处理").await;
        let page = reviewer.get(&format!("{case}/approve")).await;
        assert!(page.says("计入2026年度报告第三部分“部分公开”，自然人一列"));
        assert!(page.says("先申请行政复议"));
        let approved = reviewer.send(&format!("{case}/approve"), &page, &[("words", "同意")]).await;
        assert_eq!(approved.status, StatusCode::SEE_OTHER, "{}", approved.text);
        let page = clerk.get(&case).await;
        assert!(page.says("办理结果") && page.says("区分处理，部分公开"));
        assert!(page.says("已作出") || page.says("批准"));
        assert!(page.says("本案已经办结"));

        let track = office.browser.post("/track", &[("number", &number), ("code", &code)]).await;
        // The receipt, the answer, and of what was put forward only what was approved.
        assert_eq!(track.text.matches("name=\"file\"").count(), 3, "{}", track.text);
        assert!(track.says("政府信息部分公开告知书莲办依申答〔2026〕1号.pdf"));
        let file = track.between("name=\"file\" value=\"", "\"").unwrap();
        let ticket = track.value("ticket").unwrap();
        let letter = [("ticket", ticket.as_str()), ("file", file.as_str())];
        let letter = office.browser.post("/track/file", &letter).await;
        assert_eq!(letter.status, StatusCode::OK);
        assert!(letter.text.starts_with("%PDF-"));
    }

    async fn nobody_approves_what_they_drafted_unless_the_agency_says_so(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let both = office.has("lige", "李歌", &[Role::Clerk, Role::Reviewer, Role::Admin]).await;
        let (case, _, _) = office.has_filed(&PAPERS).await;
        both.confirm(&case, day(2026, 6, 1)).await;
        both.propose(&case, "not_exist", "没有检索到").await;
        let refused = both.get(&format!("{case}/approve")).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        assert!(refused.says("不能审核本人拟办的处理意见"));
        let agency = [
            ("initials", "莲办"),
            ("review_authority", "西峡县人民政府"),
            ("court", "西峡县人民法院"),
            ("own_review", "yes"),
        ];
        assert_eq!(both.post("/staff/agency", &agency).await.status, StatusCode::SEE_OTHER);
        assert!(both.get("/staff/agency").await.says("现在允许拟办人审核自己拟办的决定"));
        let page = both.get(&format!("{case}/approve")).await;
        assert!(page.says("这是您自己拟办的决定"));
        let approved = both.send(&format!("{case}/approve"), &page, &[]).await;
        assert_eq!(approved.status, StatusCode::SEE_OTHER);
        assert!(both.get(&case).await.says("无法提供：本机关不掌握相关政府信息"));
    }

    async fn personal_data_is_shown_for_a_reason_once_and_on_record(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let (case, number, _) = office.has_filed(&PAPERS).await;
        let without = clerk.post(&format!("{case}/reveal"), &[("reason", " ")]).await;
        assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(without.fault("reason").is_some() && !without.text.contains("张三丰"));
        let shown = clerk.post(&format!("{case}/reveal"), &[("reason", "电话确认收到")]).await;
        assert!(shown.says("张三丰") && shown.says("11010519491231002X"));
        assert!(!clerk.get(&case).await.text.contains("张三丰"));
        assert!(clerk.get(&case).await.says("查看个人信息") );

        let page = clerk.get(&case).await;
        let files = format!("{case}/attachments/");
        let file = page.between(&format!("<a href=\"{files}"), "\">下载").unwrap();
        let file = format!("{files}{file}");
        let asked = clerk.get(&file).await;
        assert!(asked.says("身份证.pdf"));
        let taken = clerk.post(&file, &[("reason", "核对身份")]).await;
        assert_eq!(taken.status, StatusCode::OK);
        assert!(taken.text.starts_with("%PDF"));
        let disposition = taken.headers["content-disposition"].to_str().unwrap();
        assert!(disposition.starts_with("attachment; filename*=UTF-8''%E8%BA%AB"), "{disposition}");

        let auditor = office.has("zhoumin", "周敏", &[Role::Auditor]).await;
        let record = auditor.get("/staff/audit").await;
        assert!(record.says("查看个人信息") && record.says("查看附件") && record.says(&number));
        assert!(record.says("登录") && record.says("王芳"));
        assert!(!record.text.contains("张三丰") && !record.text.contains("核对身份"));
        let verified = auditor.post("/staff/audit/verify", &[]).await;
        assert!(verified.says("校验通过"), "{}", verified.text);
    }
}

#[tokio::test]
async fn a_proposal_needs_a_finding_reasons_and_what_the_answer_says() {
    let office = Office::open(Engine::Sqlite, day(2026, 6, 1)).await;
    let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
    let (case, _, _) = office.has_filed(&PAPERS).await;
    clerk.confirm(&case, day(2026, 6, 1)).await;
    let path = format!("{case}/propose");
    let page = clerk.get(&path).await;
    for disposition in Disposition::ALL.iter().filter(|one| one.is_decided()) {
        assert!(page.says(&format!("value=\"{}\"", disposition.code())));
        assert!(page.says(disposition.consequence().title));
    }
    assert!(page.says(&Outcome::Granted.full_label()) && !page.says("value=\"withdrawn\""));
    let page = clerk.get(&format!("{path}?disposition=granted_give")).await;
    let send = async |fields: &[(&str, &str)], files: &[Enclosure]| {
        clerk.send_with(&path, &page, fields, files).await
    };
    let nothing = send(&[], &[]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(nothing.summary(), ["disposition", "words"]);
    let withdrawn = [("disposition", "withdrawn"), ("words", "想当然")];
    let withdrawn = send(&withdrawn, &[Enclosure::pdf("files", "批复.pdf")]).await;
    assert_eq!(withdrawn.summary(), ["disposition"]);
    // The file waits under the form's token; what was chosen and typed is still there.
    let half = [("disposition", "granted_give"), ("given", "批复一份")];
    let half = send(&half, &[]).await;
    assert_eq!(half.summary(), ["words", "given_how"]);
    assert!(half.says("批复.pdf") && half.value("disposition").unwrap() == "granted_give");
    assert_eq!(half.area("given").unwrap(), "批复一份");
    let exe = Enclosure {
        field: "files", name: "病毒.pdf".into(), bytes: b"MZ\x90\x00".to_vec()
    };
    let all = [
        ("disposition", "granted_give"),
        ("words", "理由充分"),
        ("given", "批复一份"),
        ("given_how", "电子文件"),
    ];
    let refused = send(&all, &[exe]).await;
    assert!(refused.fault("files").unwrap().contains("病毒.pdf"));
    assert_eq!(refused.area("words").unwrap(), "理由充分");
    // A look at the letter changes nothing.
    let look = [all.as_slice(), &[("preview", "yes")]].concat();
    let look = send(&look, &[]).await;
    assert_eq!(look.status, StatusCode::OK);
    assert!(look.says("批复一份") && look.says("或者自收到之日起六个月内向西峡县人民法院"));
    assert_eq!(send(&all, &[]).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_case_is_given_to_a_clerk_and_to_nobody_else() {
    let office = Office::open(Engine::Sqlite, day(2026, 6, 1)).await;
    let head = office.has("ligd", "李国栋", &[Role::Head]).await;
    let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
    let (case, _, _) = office.has_filed(&PAPERS).await;
    let path = format!("{case}/assign");
    let page = head.get(&path).await;
    assert!(page.says("王芳") && !page.says("李国栋（我）"));
    let to_head = head.act(&path, &[("to", &head.id.to_string())]).await;
    assert_eq!(to_head.status, StatusCode::UNPROCESSABLE_ENTITY);
    let to_clerk = head
        .act(&path, &[("to", &clerk.id.to_string()), ("words", "尽快")])
        .await;
    assert_eq!(to_clerk.status, StatusCode::SEE_OTHER);
    assert!(
        clerk
            .get("/staff/queue?handler=mine")
            .await
            .says("2025年道路维修预算")
    );
    assert!(
        clerk
            .get("/staff/queue?handler=none")
            .await
            .says("没有在办的申请")
    );
    // What a clerk does is not the head's.
    let confirm = head.get(&format!("{case}/confirm_receipt")).await;
    assert_eq!(confirm.status, StatusCode::FORBIDDEN);
}
