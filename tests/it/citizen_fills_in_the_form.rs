//! The form and the check page: every fault at once, and nothing typed or enclosed is lost.

use chrono::TimeDelta;
use reqwest::StatusCode;

use crate::support::database::Engine;
use crate::support::http::Enclosure;
use crate::support::office::{NAME, Office, PAPERS, day, in_both_offices, papers};

in_both_offices! {
    async fn what_cannot_be_seen_is_no_part_of_a_name_or_a_number(engine: Engine) {
        let office = Office::open(engine, day(2026, 11, 23)).await;
        let copied = papers(&[
            ("name", "张\u{200B}三丰\u{FEFF}"),
            ("document_number", "\u{202D}11010519491231002X\u{202C}"),
            ("telephone", "\u{2060}13800000000"),
            ("address", "西峡县\u{AD}白羽路103号\u{200F}"),
        ]);
        let token = office.form_token().await;
        let page = office.apply(&token, "check", &copied).await;
        assert!(page.says("核对后提交"), "{}", page.text);
        assert_eq!(page.value("name").unwrap(), "张三丰");
        assert_eq!(page.value("document_number").unwrap(), "11010519491231002X");
        assert_eq!(page.value("address").unwrap(), "西峡县白羽路103号");
        // In the words of the application a mark of direction is told, not dropped unseen.
        let token = office.form_token().await;
        let turned = papers(&[("description", "预算\u{202E}复批")]);
        let page = office.apply(&token, "check", &turned).await;
        assert!(page.fault("description").unwrap().contains("无法识别的控制字符"));
    }

    async fn what_is_right_can_be_checked_and_changed_before_it_is_sent(engine: Engine) {
        let office = Office::open(engine, day(2026, 11, 23)).await;
        let token = office.form_token().await;
        let check = office.apply(&token, "check", &PAPERS).await;
        assert_eq!(check.status, StatusCode::OK);
        assert!(check.says("张三丰") && check.says("11010519491231002X") && check.says("居民身份证"));
        assert!(check.says("身份证.pdf") && check.says("电子文件") && check.says("网上查询下载"));
        assert_eq!(check.token(), token);

        let again = office.apply_with(&token, "edit", &PAPERS, &[]).await;
        assert_eq!(again.status, StatusCode::OK);
        assert_eq!(again.value("name").as_deref(), Some("张三丰"));
        assert_eq!(again.area("description").as_deref(), Some("莲花街道2025年度道路维修项目的预算批复文件"));
        assert!(again.is_chosen("kind", "natural") && again.is_chosen("route", "online"));
        assert!(again.says("身份证.pdf"));
        assert!(again.summary().is_empty());
    }

    async fn an_empty_form_is_told_everything_at_once(engine: Engine) {
        let office = Office::open(engine, day(2026, 11, 23)).await;
        let token = office.form_token().await;
        let page = office.apply_with(&token, "check", &[("kind", "natural")], &[]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        let expected = [
            "name", "document_kind", "identity", "telephone", "address", "title", "description",
            "form", "route",
        ];
        assert_eq!(page.summary(), expected);
        for field in expected {
            assert!(page.fault(field).is_some(), "{field}");
        }
    }
}

#[tokio::test]
async fn what_was_typed_comes_back_to_the_letter() {
    let office = Office::open(Engine::Sqlite, day(2026, 11, 23)).await;
    let token = office.form_token().await;
    let name = "阿卜杜热西提·买买提·𠮷".repeat(5);
    let description = "第一行\n\n  缩进的第三行 <script>alert(1)</script> & \"引号\" '单引号'";
    let written = papers(&[
        ("name", &name),
        ("description", description),
        ("telephone", "12"),
    ]);
    let page = office.apply(&token, "check", &written).await;
    assert_eq!(page.summary(), ["telephone"]);
    assert_eq!(page.value("name"), Some(name.clone()));
    assert_eq!(page.area("description").as_deref(), Some(description));
    assert!(!page.text.contains("<script>"));

    let check = office
        .apply(&token, "check", &papers(&[("name", &name), ("description", description)]))
        .await;
    assert_eq!(check.status, StatusCode::OK);
    assert_eq!(check.value("description").as_deref(), Some(description));
}

#[tokio::test]
async fn a_wrong_word_is_told_at_its_field() {
    let office = Office::open(Engine::Sqlite, day(2026, 11, 23)).await;
    let token = office.form_token().await;
    let over = "长".repeat(5001);
    let cases: [(&str, &str, &str); 9] = [
        ("document_number", "110105194912310021", "校验位不正确"),
        ("document_number", "110105491231002", "15位旧身份证号码已停止使用"),
        ("document_number", "110105209912310020", "出生日期不正确"),
        ("name", "张\0三", "控制字符"),
        ("title", "预算\u{202E}复批", "控制字符"),
        ("email", "a@b", "电子邮箱格式不正确"),
        ("description", &over, "不能超过5000字，现有5001字"),
        ("route", "carrier_pigeon", "请选择获取途径"),
        ("organisation_name", "某某公司", "改选申请人类型"),
    ];
    for (field, text, words) in cases {
        let page = office
            .apply(&token, "check", &papers(&[(field, text)]))
            .await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        assert_eq!(page.summary(), [field], "{text}");
        assert!(page.fault(field).unwrap().contains(words), "{:?}", page.fault(field));
    }
    let firm = papers(&[
        ("kind", "business"),
        ("name", ""),
        ("document_number", ""),
        ("organisation_name", "西峡县某某有限公司"),
        ("credit_code", "91350100M000100Y44"),
        ("legal_representative", "李四"),
        ("contact_person", "王五"),
    ]);
    let page = office.apply(&token, "check", &firm).await;
    assert_eq!(page.summary(), ["credit_code"]);
}

#[tokio::test]
async fn files_wait_for_the_form_and_can_be_taken_back() {
    let office = Office::open(Engine::Sqlite, day(2026, 11, 23)).await;
    let token = office.form_token().await;
    let files = [
        Enclosure::pdf("identity", "身份证.pdf"),
        Enclosure::pdf("attachments", "说明.pdf"),
    ];
    let wrong = papers(&[("telephone", "12")]);
    let page = office.apply_with(&token, "check", &wrong, &files).await;
    assert!(page.says("身份证.pdf") && page.says("说明.pdf"));
    assert_eq!(page.summary(), ["telephone"]);

    // Mended without sending the files again.
    let check = office.apply_with(&token, "check", &PAPERS, &[]).await;
    assert_eq!(check.status, StatusCode::OK);
    assert!(check.says("身份证.pdf") && check.says("说明.pdf"));

    let file = page.between("name=\"remove\" value=\"", "\"").unwrap();
    let mut fields = papers(&[("remove", &file)]);
    fields.insert(0, ("token", &token));
    let page = office.browser.post_multipart("/apply", &fields, &[]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.says("身份证.pdf") && page.says("说明.pdf"));
    assert_eq!(page.value("name").as_deref(), Some("张三丰"));
    let check = office.apply_with(&token, "check", &PAPERS, &[]).await;
    assert_eq!(check.summary(), ["identity"]);
}

#[tokio::test]
async fn a_file_that_is_not_what_it_says_is_told_and_the_others_stay() {
    let office = Office::open(Engine::Sqlite, day(2026, 11, 23)).await;
    let token = office.form_token().await;
    let program = Enclosure {
        field: "attachments",
        name: "发票.pdf".to_owned(),
        bytes: b"MZ\x90\x00\x03\x00\x00\x00".to_vec(),
    };
    let unknown = Enclosure { name: "游戏.exe".to_owned(), ..program.clone() };
    let empty = Enclosure { name: "空.pdf".to_owned(), bytes: Vec::new(), ..program.clone() };
    let files = [
        Enclosure::pdf("identity", "身份证.pdf"),
        program,
        unknown,
        empty,
    ];
    let page = office.apply_with(&token, "check", &PAPERS, &files).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(page.summary(), ["attachments"; 3]);
    assert!(page.says("“发票.pdf”的内容不是PDF"));
    assert!(page.says("“游戏.exe”的文件类型不在接收范围内"));
    assert!(page.says("“空.pdf”是空文件"));
    let check = office.apply_with(&token, "check", &PAPERS, &[]).await;
    assert_eq!(check.status, StatusCode::OK);
    assert!(check.says("身份证.pdf") && !check.says("发票.pdf"));
}

#[tokio::test]
async fn thirty_files_are_too_many_and_five_are_kept() {
    let office = Office::open(Engine::Sqlite, day(2026, 11, 23)).await;
    let token = office.form_token().await;
    let names: Vec<String> = (1..=30).map(|n| format!("附件{n}.pdf")).collect();
    let mut files: Vec<_> = names
        .iter()
        .map(|name| Enclosure::pdf("attachments", name))
        .collect();
    files.insert(0, Enclosure::pdf("identity", "身份证.pdf"));
    let page = office.apply_with(&token, "check", &PAPERS, &files).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(page.summary().len(), 26);
    assert!(page.says("附件最多5个，“附件5.pdf”没有收下"));
    let check = office.apply_with(&token, "check", &PAPERS, &[]).await;
    assert!(check.says("附件4.pdf") && !check.says("附件5.pdf"));
}

#[tokio::test]
async fn large_files_are_measured_and_told() {
    let small = "[limits]\nattachment_mib = 1\nattachments_total_mib = 2\n";
    let office = Office::open_with(Engine::Sqlite, day(2026, 11, 23), small).await;
    let token = office.form_token().await;
    let of_size = |name: &str, bytes: usize| {
        let mut file = Enclosure::pdf("attachments", name);
        file.bytes.resize(bytes, b'x');
        file
    };
    let mib = 1024 * 1024;
    let identity = Enclosure::pdf("identity", "身份证.pdf");
    let files = [
        identity.clone(),
        of_size("大.pdf", mib + 1),
        of_size("正好.pdf", mib),
    ];
    let page = office.apply_with(&token, "check", &PAPERS, &files).await;
    assert!(
        page.fault("attachments")
            .unwrap()
            .contains("“大.pdf”超过1MB")
    );
    assert!(page.says("正好.pdf") && page.says("1.0 MB"));
    let page = office
        .apply_with(&token, "check", &PAPERS, &[of_size("又一个.pdf", mib)])
        .await;
    assert!(
        page.fault("attachments")
            .unwrap()
            .contains("附件合计不能超过2MB")
    );
    let flood: Vec<_> = (0..9).map(|_| of_size("又一个.pdf", mib)).collect();
    let page = office.apply_with(&token, "check", &PAPERS, &flood).await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(page.says("附件合计不能超过2MB"));
}

#[tokio::test]
async fn what_waits_on_the_disk_cannot_be_read_there() {
    let office = Office::open(Engine::Sqlite, day(2026, 11, 23)).await;
    let token = office.form_token().await;
    let mut file = Enclosure::pdf("identity", "金丝雀.pdf");
    file.bytes.extend(b"CANARY-CANARY-CANARY");
    office.apply_with(&token, "check", &PAPERS, &[file]).await;
    let mut looked_at = 0;
    for tray in std::fs::read_dir(office.data().join("staging")).unwrap() {
        for file in std::fs::read_dir(tray.unwrap().path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            let has = |canary: &[u8]| bytes.windows(canary.len()).any(|seen| seen == canary);
            assert!(!has(b"CANARY") && !has("金丝雀".as_bytes()));
            looked_at += 1;
        }
    }
    assert_eq!(looked_at, 2);
}

#[tokio::test]
async fn forged_and_foreign_forms_are_refused() {
    let office = Office::open(Engine::Sqlite, day(2026, 11, 23)).await;
    let token = office.form_token().await;
    let mut forged = token.clone();
    forged.replace_range(
        3..4,
        if token.as_bytes()[3] == b'A' {
            "B"
        } else {
            "A"
        },
    );
    for bad in [forged.as_str(), "", "x", "不是令牌"] {
        let page = office.apply(bad, "check", &PAPERS).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{bad}");
        assert!(page.says("无法确认表单的来源"));
    }
    let missing = office.browser.post_multipart("/apply", &PAPERS, &[]).await;
    assert_eq!(missing.status, StatusCode::FORBIDDEN);

    let client = office.browser.client();
    for (name, value) in [
        ("origin", "https://elsewhere.example"),
        ("sec-fetch-site", "cross-site"),
    ] {
        let form = reqwest::multipart::Form::new().text("token", token.clone());
        let request = client
            .post(office.browser.url("/apply"))
            .header(name, value)
            .multipart(form);
        assert_eq!(request.send().await.unwrap().status(), StatusCode::FORBIDDEN, "{name}");
    }
}

#[tokio::test]
async fn an_expired_form_keeps_what_was_typed_and_enclosed() {
    let office = Office::open(Engine::Sqlite, day(2026, 11, 23)).await;
    let token = office.form_token().await;
    office.apply(&token, "check", &PAPERS).await;
    office.wait(TimeDelta::hours(25));
    let page = office.apply_with(&token, "submit", &PAPERS, &[]).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.says("表单已经过期"));
    assert_eq!(page.value("name").as_deref(), Some("张三丰"));
    let renewed = page.token();
    assert_ne!(renewed, token);
    let check = office.apply_with(&renewed, "check", &PAPERS, &[]).await;
    assert_eq!(check.status, StatusCode::OK);
    assert!(check.says("身份证.pdf"));
}

#[tokio::test]
async fn what_is_no_form_is_told_so() {
    let office = Office::open(Engine::Sqlite, day(2026, 11, 23)).await;
    let token = office.form_token().await;
    let url = office.browser.url("/apply");
    let client = office.browser.client();

    // 张三 in GBK.
    let gbk = reqwest::multipart::Part::bytes(vec![0xD5, 0xC5, 0xC8, 0xFD]);
    let form = reqwest::multipart::Form::new()
        .text("token", token.clone())
        .part("name", gbk);
    let page =
        crate::support::http::Page::of(client.post(&url).multipart(form).send().await.unwrap())
            .await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.says("提交的文字不是UTF-8编码"));

    let page = office.browser.post("/apply", &[("token", &token)]).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.says("无法识别提交的内容"));

    let twice = [
        ("token", token.as_str()),
        ("kind", "natural"),
        ("kind", "business"),
    ];
    let page = office.browser.post_multipart("/apply", &twice, &[]).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);

    let mut many = vec![("token", token.as_str())];
    let names: Vec<String> = (0..70).map(|n| format!("f{n}")).collect();
    many.extend(names.iter().map(|name| (name.as_str(), "x")));
    let page = office.browser.post_multipart("/apply", &many, &[]).await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);

    let page = office.get("/nirgends").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.says("没有找到这个页面") && page.says(NAME));
}

#[tokio::test]
async fn with_several_agencies_one_is_chosen() {
    let office = Office::open(Engine::Sqlite, day(2026, 11, 23)).await;
    office.has_agency("MZJ", "西峡县民政局").await;
    let form = office.get("/apply").await;
    assert!(form.says("向哪个机关申请") && form.says("西峡县民政局"));
    let token = form.token();
    let page = office.apply(&token, "check", &PAPERS).await;
    assert_eq!(page.summary(), ["agency"]);
    let page = office
        .apply(&token, "check", &papers(&[("agency", "MZJ")]))
        .await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.says("西峡县民政局"));
}
