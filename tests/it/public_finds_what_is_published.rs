//! What is public already is found before anybody applies for it; like applications are found
//! by the clerk, and the third different applicant for the same is noticed (art. 44).

use reqwest::StatusCode;
use yishen::casework::similar;
use yishen::domain::actor::Role;

use crate::support::office::{Office, PAPERS, day, in_both_offices, papers};
use crate::support::staff::Person;

const ITEM: [(&str, &str); 5] = [
    ("case", ""),
    ("title", "莲花街道2025年度道路维修项目预算"),
    ("summary", "2025年道路维修项目的预算批复和支出明细"),
    ("place", "https://www.example.gov.cn/budget/2025.html"),
    ("published_on", "2026-06-01"),
];

async fn publishes(clerk: &Person, item: &[(&str, &str)]) {
    let done = clerk.post("/staff/published/new", item).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
}

in_both_offices! {
    async fn a_citizen_finds_what_is_public_and_need_not_apply(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        // Nothing is public yet: the check page shows nothing of the kind.
        let token = office.form_token().await;
        let page = office.apply(&token, "check", &PAPERS).await;
        assert!(page.says("核对后提交") && !page.says("已经公开"), "{}", page.text);

        let wrong = clerk.post("/staff/published/new", &[("title", ""), ("place", "")]).await;
        assert_eq!(wrong.summary(), ["title", "place", "published_on"]);
        publishes(&clerk, &ITEM).await;
        let other = [
            ("case", ""),
            ("title", "绿化养护服务合同"),
            ("summary", "2024年签订的养护合同"),
            ("place", "街道办事处二楼查阅点"),
            ("published_on", "2026-05-01"),
        ];
        publishes(&clerk, &other).await;

        let page = office.apply(&token, "check", &PAPERS).await;
        assert!(page.says("这些信息已经公开，也许就是您要找的"), "{}", page.text);
        assert!(page.says("莲花街道2025年度道路维修项目预算") && !page.says("绿化养护"));
        // What was typed is still there to be sent.
        assert_eq!(page.value("title").unwrap(), "2025年道路维修预算");
        let item = page.between("action=\"/published/", "/found\"").unwrap();
        let found = office.browser.post(&format!("/published/{item}/found"), &[]).await;
        assert!(found.says("没有提交申请") && found.says("https://www.example.gov.cn/budget/2025.html"));
        // Said again from the same place, it counts once a day.
        let again = office.browser.post(&format!("/published/{item}/found"), &[]).await;
        assert!(again.says("没有提交申请"));
        office.stranger().post(&format!("/published/{item}/found"), &[]).await;
        let shelf = clerk.get("/staff/published").await;
        assert!(shelf.says("1次") && shelf.says("0次"), "{}", shelf.text);

        let search = office.get("/published?q=%E9%81%93%E8%B7%AF%E7%BB%B4%E4%BF%AE").await;
        assert!(search.says("道路维修项目预算") && !search.says("绿化养护"), "{}", search.text);
        let nothing = office.get("/published?q=%E5%A4%AA%E7%A9%BA").await;
        assert!(nothing.says("没有找到相近的信息"));
        let all = office.get("/published").await;
        assert!(all.says("绿化养护服务合同") && all.says("道路维修项目预算"));

        // What is taken back is nowhere any more.
        let back = clerk.post(&format!("/staff/published/{item}/withdraw"), &[]).await;
        assert_eq!(back.status, StatusCode::SEE_OTHER);
        assert_eq!(office.get(&format!("/published/{item}")).await.status, StatusCode::NOT_FOUND);
        let gone = office.browser.post(&format!("/published/{item}/found"), &[]).await;
        assert_eq!(gone.status, StatusCode::NOT_FOUND);
        let page = office.apply(&token, "check", &PAPERS).await;
        assert!(!page.says("已经公开"));
    }

    async fn a_clerk_sees_like_applications_and_the_third_applicant(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let (first, number, _) = office.has_filed(&PAPERS).await;
        let (again, _, _) = office.has_filed(&PAPERS).await;
        let second = papers(&[("name", "李四"), ("document_number", "110101199003070011")]);
        office.has_filed(&second).await;
        assert_eq!(similar::look_at_new(&office.app, 10).await.unwrap(), 3);
        assert_eq!(similar::look_at_new(&office.app, 10).await.unwrap(), 0);
        let page = clerk.get(&again).await;
        assert!(!page.says("不同的申请人申请相同的信息"), "two applicants are not three");
        let third = papers(&[("name", "王五"), ("document_number", "110101199003070038")]);
        let (third, _, _) = office.has_filed(&third).await;
        let else_wanted = papers(&[
            ("name", "赵六"),
            ("document_number", "110101199003070046"),
            ("title", "社区养老服务站名单"),
            ("description", "全区社区养老服务站的名称、地址和联系电话"),
        ]);
        let (other, _, _) = office.has_filed(&else_wanted).await;
        similar::look_at_new(&office.app, 10).await.unwrap();
        let page = clerk.get(&third).await;
        assert!(page.says("已有3位不同的申请人申请相同的信息"), "{}", page.text);
        assert!(!clerk.get(&other).await.says("不同的申请人申请相同的信息"));

        let beside = clerk.get(&format!("{third}/similar")).await;
        assert!(beside.says(&number) && beside.says("文字相似100%") && beside.says("相同的词"));
        assert!(!beside.says("社区养老") && !beside.says("张三丰") && beside.says("张**"));
        // This text beside that text, and what both have is marked.
        let pair = beside.between("<div class=\"side-by-side\">", "</li>").unwrap();
        assert!(pair.contains("<h4>本案</h4>") && pair.matches("<mark>").count() >= 2, "{pair}");
        let own = clerk.get(&format!("{again}/similar")).await;
        assert!(own.says("同一申请人的其他申请") && own.says("申请人本月提交2件"), "{}", own.text);
        let nothing = clerk.get(&format!("{other}/similar")).await;
        assert!(!nothing.says(&number));
        // Nothing is refused or changed by it.
        assert!(clerk.get(&first).await.says("待确认"));
    }

    async fn another_agencys_cases_are_never_beside_ours(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let other = office.has_agency("XXJD", "西峡街道办事处").await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let stranger = office.has_at(&other, "zhaoli", "赵丽", &[Role::Clerk]).await;
        let mut ours = PAPERS.to_vec();
        ours.push(("agency", "LHJD"));
        let (case, number, _) = office.has_filed(&ours).await;
        let mut theirs = PAPERS.to_vec();
        theirs.push(("agency", "XXJD"));
        let (_, of_them, _) = office.has_filed(&theirs).await;
        similar::look_at_new(&office.app, 10).await.unwrap();
        let page = clerk.get(&format!("{case}/similar")).await;
        assert!(page.says(&number) && !page.says(&of_them), "{}", page.text);
        let refused = stranger.get(&format!("{case}/similar")).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
    }
}
