//! The annual report: written, checked, sealed, published, and corrected when a case turns up.

use std::sync::Arc;

use serde_json::Value;
use yishen::casework::import;
use yishen::domain::actor::{Actor, Role};
use yishen::domain::applicant::ApplicantKind;
use yishen::domain::outcome::Outcome;
use yishen::report::line::{Column, Line};
use yishen::report::lint::lint;
use yishen::report::published::PublishedReport;
use yishen::report::table::Table;
use yishen::storage::seals::Seal;
use yishen::storage::{self, Connection, StorageError};

use crate::published::{as_csv, cases_behind, table};
use crate::support::database::Engine;
use crate::support::http::{Enclosure, Page};
use crate::support::office::{NAME, Office, day, in_both_offices};
use crate::support::staff::{Person, location};

const REPORT: &str = "/staff/reports/2025";

/// An office in January 2026 with a year of cases behind it.
async fn office(engine: Engine) -> Office {
    let office = Office::open(engine, day(2026, 1, 12)).await;
    let mut published = table("jinhu-2023");
    published.year = 2025;
    NAME.clone_into(&mut published.agency);
    take_over(&office, &as_csv(&cases_behind(&[published]), ""));
    office
}

fn take_over(office: &Office, file: &str) {
    let batch = import::check(&office.app, file.as_bytes());
    let batch = batch.unwrap_or_else(|refusal| panic!("{refusal:?}"));
    import::keep(&office.app, batch, &Actor::System, Arc::new(|_| {})).unwrap();
}

/// Writes a part of the report, its numbers all the same.
async fn writes(person: &Person, key: &str, text: &str, number: &str) -> Page {
    let path = format!("{REPORT}/parts/{key}");
    let page = person.get(&path).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let names: Vec<String> = page
        .text
        .split("name=\"figure.")
        .skip(1)
        .map(|rest| format!("figure.{}", rest.split('"').next().unwrap()))
        .collect();
    let seen = page.value("seen").unwrap();
    let mut fields = vec![("seen", seen.as_str()), ("text", text)];
    fields.extend(names.iter().map(|name| (name.as_str(), number)));
    person.send(&path, &page, &fields).await
}

async fn writes_everything(person: &Person) {
    for (key, text) in [
        (
            "overview",
            "全年新收政府信息公开申请{本年新收}件，办结{办结总计}件。\n政府信息管理、平台建设、监督保障平稳。",
        ),
        ("proactive", ""),
        ("problems", "主动公开的内容还不够丰富，将逐步改进。"),
        ("others", "收取信息处理费{信息处理费}元。"),
    ] {
        let page = writes(person, key, text, "0").await;
        assert_eq!(page.status, 303, "{key}: {}", page.text);
    }
    let opening = [
        ("opening_natural", "0"),
        ("opening_business", "0"),
        ("opening_research", "0"),
        ("opening_public_interest", "0"),
        ("opening_legal_service", "0"),
        ("opening_other", "0"),
    ];
    let page = person.get(REPORT).await;
    let kept = person
        .send(&format!("{REPORT}/opening"), &page, &opening)
        .await;
    assert_eq!(kept.status, 303, "{}", kept.text);
}

async fn seals(head: &Person) -> Page {
    let page = head.get(REPORT).await;
    head.send(&format!("{REPORT}/seal"), &page, &[("checked", "yes")])
        .await
}

in_both_offices! {
    async fn a_report_is_written_checked_sealed_and_published(engine: Engine) {
        let office = office(engine).await;
        let clerk = office.has("zhang", "张经办", &[Role::Clerk]).await;
        let head = office.has("wang", "王负责", &[Role::Head]).await;

        let page = clerk.get(REPORT).await;
        assert!(page.says("“一、总体情况”还没有写") && page.says("有 10 格没有填写"), "{}", page.text);
        assert_eq!(seals(&head).await.status, 422);

        let wrong = writes(&clerk, "proactive", "说明", "1.5").await;
        assert_eq!(wrong.status, 422);
        assert_eq!(wrong.fault("figure.item_1.rules.made").unwrap(), "规章的本年制发件数：应为整数");
        assert_eq!(wrong.value("figure.item_1.rules.made").unwrap(), "1.5");
        assert_eq!(wrong.area("text").unwrap(), "说明");
        let unknown = writes(&clerk, "overview", "新收{新收件}件", "").await;
        assert_eq!(unknown.status, 422);
        assert!(unknown.fault("text").unwrap().contains("{新收件}"));

        let draft: Value =
            serde_json::from_str(&clerk.get(&format!("{REPORT}/file.json")).await.text).unwrap();
        assert!(draft["title"].as_str().unwrap().ends_with("年度报告（草稿）"), "{draft}");
        writes_everything(&clerk).await;
        let page = head.get(REPORT).await;
        assert!(page.says("没有必须改正的问题") || page.says("核对完毕"), "{}", page.text);
        assert_eq!(office.get("/reports/2025").await.status, 404, "nothing is public yet");

        let token = clerk.token().await;
        let refused = clerk.browser.post(&format!("{REPORT}/seal"), &[("token", &*token), ("checked", "yes"), ("version", "6")]).await;
        assert_eq!(refused.status, 403);
        let unchecked = head.send(&format!("{REPORT}/seal"), &head.get(REPORT).await, &[]).await;
        assert_eq!((unchecked.status.as_u16(), unchecked.fault("checked").is_some()), (422, true));

        let open = clerk.get(&format!("{REPORT}/parts/overview")).await;
        let sealed = seals(&head).await;
        assert_eq!(sealed.status, 303, "{}", sealed.text);
        assert_eq!(location(&sealed), "/staff/reports/2025?done=sealed");
        assert_eq!(office.get("/reports/2025").await.status, 404, "sealed is not published");
        let seen = open.value("seen").unwrap();
        let fields = [("seen", &*seen), ("text", "改动")];
        let late = clerk.send(&format!("{REPORT}/parts/overview"), &open, &fields).await;
        assert_eq!(late.status, 409);
        assert!(late.says("已经签发，不能再改"));

        // Before anybody saw it, the head may take it back, for a reason.
        let page = head.get(REPORT).await;
        let nameless = head.send(&format!("{REPORT}/take-back"), &page, &[("reason", " ")]).await;
        assert_eq!(nameless.status, 422);
        let back = head.send(&format!("{REPORT}/take-back"), &page, &[("reason", "总体情况漏写一段")]).await;
        assert_eq!(back.status, 303);
        assert_eq!(seals(&head).await.status, 303);
        let draft = head.get(&format!("{REPORT}/file.json")).await;
        let published = head.send(&format!("{REPORT}/publish"), &head.get(REPORT).await, &[]).await;
        assert_eq!(published.status, 303, "{}", published.text);

        let page = office.get("/reports/2025").await;
        assert_eq!(page.status, 200);
        assert!(page.says("全年新收政府信息公开申请143件，办结143件。"), "{}", page.text);
        assert!(page.says("王负责") && page.says("2026年1月12日"));
        assert!(office.get("/reports").await.says("2025年度报告"));
        let file = office.get("/reports/2025.json").await;
        assert_eq!(file.text, draft.text, "what is published is what was sealed");
        let report = PublishedReport::of_json(&file.text).unwrap();
        assert_eq!(lint(&report, None), []);
        for ending in ["html", "pdf", "docx", "xlsx", "csv"] {
            let (first, again) = (
                office.get(&format!("/reports/2025.{ending}")).await,
                office.get(&format!("/reports/2025.{ending}?agency=LHJD")).await,
            );
            assert_eq!(first.status, 200, "{ending}");
            assert_eq!(first.headers["etag"], again.headers["etag"]);
            assert!(first.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
        }
        assert_eq!(office.get("/reports/2025.exe").await.status, 404);
        assert_eq!(office.get("/reports/2024").await.status, 404);
        assert_eq!(office.get("/reports/2025?agency=NONE").await.status, 404);
        let page = head.get(REPORT).await;
        let gone = head.send(&format!("{REPORT}/take-back"), &page, &[("reason", "想改")]).await;
        assert_eq!(gone.status, 409, "what was published stays");
    }

    async fn a_case_that_turns_up_later_becomes_a_dated_correction(engine: Engine) {
        let office = office(engine).await;
        let clerk = office.has("zhang", "张经办", &[Role::Clerk]).await;
        let head = office.has("wang", "王负责", &[Role::Head]).await;
        writes_everything(&clerk).await;
        assert_eq!(seals(&head).await.status, 303);
        assert!(!head.get(REPORT).await.says("签发之后的变化"));
        let page = head.get(REPORT).await;
        head.send(&format!("{REPORT}/publish"), &page, &[]).await;

        take_over(
            &office,
            "受理编号,渠道,申请人类型,申请人,申请内容,收到日期,办结日期,办理结果\n\
             迟-1,邮寄,商业企业,某公司,一份文件,2025-12-30,,\n",
        );
        let page = head.get(REPORT).await;
        assert!(page.says("签发之后的变化") && page.says("迟-1（2026-01-12"), "{}", page.text);
        assert!(page.says("四、结转下年度继续办理，商业企业"));
        let public = office.get("/reports/2025").await;
        assert!(!public.says("改为"), "nothing is corrected by itself");

        // Next year takes in what was published, and says that it does not fit the cases.
        let next = head.get("/staff/reports/2026").await;
        assert!(next.says("“商业企业”列：本年新收 0 ＋ 上年结转 0 ＝ 0"), "{}", next.text);

        let refused = clerk.browser.post(&format!("{REPORT}/correct"), &[("token", &*clerk.token().await), ("reason", "补录")]).await;
        assert_eq!(refused.status, 403);
        let note = "邮寄的一件申请年底收到，未及时登记";
        let corrected = head.send(&format!("{REPORT}/correct"), &page, &[("reason", note)]).await;
        assert_eq!(corrected.status, 303, "{}", corrected.text);
        let public = office.get("/reports/2025").await;
        assert!(public.says(note) && public.says("四、结转下年度继续办理，总计：0 改为 1"), "{}", public.text);
        assert!(public.says("办结143件"), "the sealed text stands");
        assert!(office.get("/reports").await.says("有更正"));
        // A portal shows it within its page, as it was sealed.
        let embedded = office.get("/reports/2025/embed").await;
        let header = |name: &str| embedded.headers.get(name).map(|value| value.to_str().unwrap());
        assert!(header("content-security-policy").unwrap().ends_with("frame-ancestors 'self'"));
        assert_eq!((header("x-frame-options"), header("content-disposition")), (None, None));
        assert!(embedded.says("办结143件") && !embedded.text.contains("<script"));
        let sealed = office.get("/reports/2025.html").await;
        assert_eq!(embedded.text, sealed.text);
        assert!(!sealed.headers.contains_key("access-control-allow-origin"));
        let data = office.get("/reports/2025.json").await;
        assert_eq!(data.headers["access-control-allow-origin"], "*");
        let sums = office.get("/reports/2025.SHA256SUMS").await;
        assert!(sums.text.lines().count() == 6 && sums.says("2025年政府信息公开工作年度报告.pdf"), "{}", sums.text);
        let data = office.get("/reports/2025.corrections.json").await.text;
        let data: Value = serde_json::from_str(&data).unwrap();
        assert_eq!(data["corrections"][0]["note"], note);
        let cells = data["corrections"][0]["cells"].as_array().unwrap();
        let open = cells.iter().find(|cell| cell["row"] == "carried_out" && cell["column"] == "total");
        assert_eq!((&open.unwrap()["was"], &open.unwrap()["is"]), (&0.into(), &1.into()));
        // The table of the year, on the page and from the program, is the one that stands.
        let table = head.get("/staff/section-three?year=2025").await;
        assert!(table.says("已经签发或者报送"), "{}", table.text);
        let table = head.get("/staff/section-three.json?year=2025").await.text;
        let table: Value = serde_json::from_str(&table).unwrap();
        assert_eq!(table["rows"]["new"][6], 144);
        let page = head.get(REPORT).await;
        assert!(!page.says("签发之后的变化") && page.says("已公布的更正"));
        let next = head.get("/staff/reports/2026").await;
        assert!(!next.says("“商业企业”列"), "{}", next.text);
        let twice = head.send(&format!("{REPORT}/correct"), &page, &[("reason", note)]).await;
        assert_eq!(twice.status, 409);
    }

    async fn a_year_is_not_sealed_against_the_one_after_it(engine: Engine) {
        let office = office(engine).await;
        let clerk = office.has("zhang", "张经办", &[Role::Clerk]).await;
        let head = office.has("wang", "王负责", &[Role::Head]).await;
        writes_everything(&clerk).await;
        assert_eq!(seals(&head).await.status, 303);
        let agency = office.agency.id;
        let read = move |conn: &mut Connection| storage::seals::find(conn, agency, 2025);
        let seal: Result<_, StorageError> = office.app.database.read(read).await;
        let next = Seal { year: 2026, ..seal.unwrap().unwrap() };
        let back = [("reason", "重写")];
        head.send(&format!("{REPORT}/take-back"), &head.get(REPORT).await, &back).await;
        // The year after was sealed when this one still carried nothing over.
        let write = move |conn: &mut Connection| storage::seals::insert(conn, &next, &[]);
        let kept: Result<_, StorageError> = office.app.database.write(write).await;
        kept.unwrap();
        take_over(
            &office,
            "受理编号,渠道,申请人类型,申请人,申请内容,收到日期,办结日期,办理结果\n\
             迟-1,邮寄,商业企业,某公司,一份文件,2025-12-30,,\n",
        );
        let refused = seals(&head).await;
        assert_eq!(refused.status, 409, "{}", refused.text);
        assert!(refused.says("商业企业：本年度结转下年度 1，2026年度的上年结转 0"), "{}", refused.text);
    }

    async fn two_people_write_different_parts_and_not_the_same_one(engine: Engine) {
        let office = office(engine).await;
        let first = office.has("zhang", "张经办", &[Role::Clerk]).await;
        let second = office.has("li", "李经办", &[Role::Clerk]).await;
        let path = format!("{REPORT}/parts/overview");
        let (open, other) = (first.get(&path).await, second.get(&format!("{REPORT}/parts/others")).await);
        let seen = open.value("seen").unwrap();
        assert_eq!(writes(&second, "overview", "第二人写的", "").await.status, 303);
        let late = first.send(&path, &open, &[("seen", &*seen), ("text", "第一人写的")]).await;
        assert_eq!(late.status, 409);
        assert_eq!(late.area("text").unwrap(), "第一人写的");
        assert!(late.says("第二人写的"), "what stands now is shown beside");
        let seen = late.value("seen").unwrap();
        let merged = [("seen", &*seen), ("text", "两人写的")];
        assert_eq!(first.send(&path, &late, &merged).await.status, 303);
        let seen = other.value("seen").unwrap();
        let fields = [("seen", &*seen), ("text", "无")];
        let kept = second.send(&format!("{REPORT}/parts/others"), &other, &fields).await;
        assert_eq!(kept.status, 303, "another part is not in the way");
    }

    async fn a_picture_stands_below_the_text_and_in_the_seal(engine: Engine) {
        let office = office(engine).await;
        let clerk = office.has("zhang", "张经办", &[Role::Clerk]).await;
        let head = office.has("wang", "王负责", &[Role::Head]).await;
        let path = format!("{REPORT}/parts/overview");
        let send = async |name: &str, bytes: &[u8], caption: &str| {
            let file = Enclosure { field: "picture", name: name.to_owned(), bytes: bytes.to_vec() };
            let page = clerk.get(&path).await;
            clerk.send_with(&format!("{path}/pictures"), &page, &[("caption", caption)], &[file]).await
        };
        let png = include_bytes!("../data/annual/four.png");
        assert!(send("培训.png", png, "").await.fault("caption").is_some());
        let broken = send("培训.png", &png[..40], "培训").await;
        assert!(broken.fault("picture").unwrap().contains("可能已经损坏"), "{}", broken.text);
        assert_eq!(broken.value("caption").unwrap(), "培训");
        // A few bytes that declare a picture of ten gigabytes.
        let mut vast = png.to_vec();
        vast[16..24].copy_from_slice(&[0, 0, 0xC3, 0x50, 0, 0, 0xC3, 0x50]);
        let vast = send("培训.png", &vast, "培训").await;
        assert!(vast.fault("picture").unwrap().contains("请缩小后上传"), "{}", vast.text);
        let other = send("培训.pdf", b"%PDF-1.7\n", "培训").await;
        assert!(other.fault("picture").unwrap().ends_with("请上传 PNG 或者 JPEG 图片"), "{}", other.text);
        let large = [png.as_slice(), &vec![0; 3 * 1024 * 1024]].concat();
        let large = send("培训.png", &large, "培训").await;
        assert!(large.fault("picture").unwrap().contains("超过3MB"), "{}", large.text);
        for caption in ["业务培训", "下乡宣传"] {
            let added = send("培训.png", png, caption).await;
            assert_eq!(added.status, 303, "{}", added.text);
        }
        let page = clerk.get(&format!("{path}/pictures")).await;
        let first = page.between("/pictures/", "/remove").unwrap();
        let removed = clerk.send(&format!("{path}/pictures/{first}/remove"), &page, &[]).await;
        assert_eq!(removed.status, 303);

        writes_everything(&clerk).await;
        let sealed = seals(&head).await;
        assert_eq!(sealed.status, 303, "{}", sealed.text);
        let file: Value = serde_json::from_str(&clerk.get(&format!("{REPORT}/file.json")).await.text).unwrap();
        let pictures = file["parts"][0]["pictures"].as_array().unwrap();
        assert_eq!(pictures.len(), 1);
        assert_eq!(pictures[0]["caption"], "下乡宣传");
        assert!(send("培训.png", png, "又一张").await.says("已经签发，不能再改"));
    }

    async fn an_agency_below_hands_in_its_table(engine: Engine) {
        let office = office(engine).await;
        let below = office.has_agency("XJ", "西街社区").await;
        let clerk = office.has("zhang", "张经办", &[Role::Clerk]).await;
        let units = format!("{REPORT}/units");
        let page = clerk.get(&units).await;
        assert!(page.says("共 2 个机关，0 个已经签发或者报送") && page.says("西街社区"), "{}", page.text);
        let path = format!("{units}/{}/hand-in", below.id);
        let sound = table("hongze-2023");
        let xlsx = |table: &Table| Enclosure {
            field: "file",
            name: "报表.xlsx".to_owned(),
            bytes: yishen::documents::xlsx::section_three(table).unwrap(),
        };

        let empty = clerk.send_with(&path, &clerk.get(&path).await, &[], &[]).await;
        assert_eq!(empty.status, 422);
        let wrong = clerk.send_with(&path, &clerk.get(&path).await, &[], &[xlsx(&table("yanghe-2025"))]).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.says("“自然人”列") && wrong.says("没有收下"), "{}", wrong.text);
        let taken = clerk.send_with(&path, &clerk.get(&path).await, &[], &[xlsx(&sound)]).await;
        assert_eq!(taken.status, 303, "{}", taken.text);
        let page = clerk.get(&units).await;
        assert!(page.says("报送的表格") && page.says("1 个已经签发或者报送"));
        let shares = clerk.get(&format!("{units}/new/total")).await;
        assert!(shares.says("共 164 件") && shares.says("西街社区"), "{}", shares.text);
        let json = sound.to_json().unwrap();
        let again = clerk.send_with(&path, &clerk.get(&path).await, &[("json", &*json)], &[]).await;
        assert_eq!(again.status, 303, "{}", again.text);

        // The agency with cases of its own cannot hand in others.
        let own = format!("{units}/{}/hand-in", office.agency.id);
        let refused = clerk.send_with(&own, &clerk.get(&own).await, &[("json", &*json)], &[]).await;
        assert_eq!(refused.status, 409);
        assert!(refused.says("由办件统计"), "{}", refused.text);

        // A report that sums the tree has both.
        let page = clerk.get(REPORT).await;
        let seen = page.value("seen").unwrap();
        let fields = [("seen", &*seen), ("form", "2021"), ("roll_up", "yes"), ("preface", ""), ("dated", "")];
        let framed = clerk.send(&format!("{REPORT}/frame"), &page, &fields).await;
        assert_eq!(framed.status, 303, "{}", framed.text);
        let file: Value = serde_json::from_str(&clerk.get(&format!("{REPORT}/file.json")).await.text).unwrap();
        assert_eq!(file["section_three"]["rows"]["new"][6], 164);
    }

    async fn a_tree_is_corrected_as_the_tree_and_says_whose_numbers_changed(engine: Engine) {
        let office = office(engine).await;
        let west = office.has_agency("XJ", "西街社区").await;
        let clerk = office.has("zhang", "张经办", &[Role::Clerk]).await;
        let head = office.has("wang", "王负责", &[Role::Head]).await;
        let hands_in = async |table: &Table| {
            let path = format!("{REPORT}/units/{}/hand-in", west.id);
            let json = table.to_json().unwrap();
            let form = clerk.get(&path).await;
            let taken = clerk.send_with(&path, &form, &[("json", &*json)], &[]).await;
            assert_eq!(taken.status, 303, "{}", taken.text);
        };
        let mut sound = table("hongze-2023");
        sound.year = 2025;
        "西街社区".clone_into(&mut sound.agency);
        hands_in(&sound).await;
        writes_everything(&clerk).await;
        let page = clerk.get(REPORT).await;
        let seen = page.value("seen").unwrap();
        let frame = [("seen", &*seen), ("form", "2021"), ("roll_up", "yes"), ("preface", ""), ("dated", "")];
        clerk.send(&format!("{REPORT}/frame"), &page, &frame).await;
        let sealed = seals(&head).await;
        assert_eq!(sealed.status, 303, "{}", sealed.text);
        assert!(!head.get(REPORT).await.says("签发之后的变化"));
        head.send(&format!("{REPORT}/publish"), &head.get(REPORT).await, &[]).await;
        let data = office.get("/reports/2025.json").await.text;
        let data: Value = serde_json::from_str(&data).unwrap();
        assert_eq!(data["section_three"]["rows"]["new"][6], 164);

        // The agency below hands in another table, with one application more.
        let more = Table::fill("西街社区", 2025, sound.layout, |line, column| {
            let is_one = matches!(line, Line::New | Line::Closed(Outcome::Granted) | Line::Total)
                && matches!(column, Column::Kind(ApplicantKind::Natural) | Column::Total);
            sound.cell(line, column) + u64::from(is_one)
        });
        hands_in(&more).await;
        let page = head.get(REPORT).await;
        assert!(page.says("签发之后的变化") && page.says("西街社区：21 变为 22，2026-01-12"), "{}", page.text);
        assert!(!office.get("/reports/2025").await.says("改为"), "nothing is corrected by itself");
        let note = [("reason", "西街社区补报一件")];
        let corrected = head.send(&format!("{REPORT}/correct"), &page, &note).await;
        assert_eq!(corrected.status, 303, "{}", corrected.text);
        let public = office.get("/reports/2025").await;
        let told = "一、本年新收政府信息公开申请数量，总计：164 改为 165";
        assert!(public.says(told) && !public.says("改为 143"), "{}", public.text);
        let page = head.get(REPORT).await;
        assert!(!page.says("签发之后的变化"), "{}", page.text);
        assert_eq!(head.send(&format!("{REPORT}/correct"), &page, &note).await.status, 409);

        // The agency's own cases move the tree's table by what they are, and nothing else.
        take_over(
            &office,
            "机关,受理编号,渠道,申请人类型,申请人,申请内容,收到日期,办结日期,办理结果\n\
             LHJD,迟-1,邮寄,商业企业,某公司,一份文件,2025-12-30,2025-12-31,granted\n",
        );
        let page = head.get(REPORT).await;
        assert!(page.says("迟-1（2026-01-12") && !page.says("西街社区："), "{}", page.text);
        head.send(&format!("{REPORT}/correct"), &page, &[("reason", "补录一件")]).await;
        let public = office.get("/reports/2025").await;
        assert!(public.says("总计：165 改为 166"), "{}", public.text);
    }
}
