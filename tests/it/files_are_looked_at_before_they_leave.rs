//! What is to be given out is looked at first, and every finding is answered before approval.

use std::io::Write as _;
use std::time::Duration;

use reqwest::StatusCode;
use rust_xlsxwriter::Workbook;
use yishen::confined::{Confined, Limits};
use yishen::documents::outgoing::Own;
use yishen::domain::actor::Role;
use yishen::domain::letter::LetterKind;
use yishen::domain::outcome::Disposition;

use crate::support::database::Engine;
use crate::support::http::{Enclosure, Page};
use crate::support::letters;
use crate::support::office::{Office, PAPERS, day, in_both_offices};
use crate::support::staff::{Person, location};

/// An office with a case in hand, its clerk and its head.
async fn in_hand(engine: Engine) -> (Office, Person, Person, String) {
    let office = Office::open(engine, day(2026, 6, 1)).await;
    let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
    let head = office.has("liguodong", "李国栋", &[Role::Head]).await;
    let (case, _, _) = office.has_filed(&PAPERS).await;
    clerk.confirm(&case, day(2026, 6, 1)).await;
    (office, clerk, head, case)
}

/// A workbook with a hidden sheet that holds somebody's number.
fn workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("公开").unwrap();
    let sheet = book.add_worksheet().set_name("底稿").unwrap();
    sheet.write_string(0, 0, "440524188001010014").unwrap();
    sheet.set_hidden(true);
    book.save_to_buffer().unwrap()
}

async fn propose(clerk: &Person, case: &str, name: &str, bytes: Vec<u8>) -> Page {
    let page = clerk
        .get(&format!("{case}/propose?disposition=granted_give"))
        .await;
    let answer = Disposition::from_code("granted_give").unwrap();
    let blanks = letters::fields(&[LetterKind::Answer(answer)]);
    let mut fields = vec![("disposition", "granted_give"), ("words", "检索到一份")];
    fields.extend(blanks.iter().map(|(id, text)| (id.as_str(), text.as_str())));
    let files = [Enclosure { field: "files", name: name.to_owned(), bytes }];
    let path = format!("{case}/propose");
    let done = clerk.send_with(&path, &page, &fields, &files).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    done
}

async fn approve(head: &Person, case: &str) -> Page {
    let path = format!("{case}/approve");
    let page = head.get(&path).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    head.send(&path, &page, &[("words", "同意")]).await
}

/// The boxes of a page, by their names.
fn boxes(page: &Page) -> Vec<String> {
    let inputs = page.text.split("name=\"finding.").skip(1);
    inputs
        .map(|rest| format!("finding.{}", rest.split_once('"').unwrap().0))
        .collect()
}

in_both_offices! {
    async fn a_decision_waits_until_every_finding_is_answered(engine: Engine) {
        let (_office, clerk, head, case) = in_hand(engine).await;
        propose(&clerk, &case, "名单.xlsx", workbook()).await;
        let path = format!("{case}/outgoing");
        assert!(clerk.get(&case).await.says("2项检查发现没有处理"));
        let page = clerk.get(&path).await;
        for words in ["隐藏的工作表", "居民身份证号码", "工作表“底稿”A1", "440*************14", "名单.xlsx"] {
            assert!(page.says(words), "{words}: {}", page.text);
        }
        assert!(!page.text.contains("440524188001010014"));
        let refused = approve(&head, &case).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        assert!(refused.says("还有2项检查发现没有处理") && refused.says("同意"), "{}", refused.text);
        // A reviewer answers nothing, and nobody without a reason.
        let names = boxes(&page);
        assert_eq!(names.len(), 2);
        assert!(boxes(&head.get(&path).await).is_empty());
        let by_head = head.post(&path, &[(names[0].as_str(), "yes"), ("reason", "可以")]).await;
        assert_eq!(by_head.status, StatusCode::FORBIDDEN);
        let silent = clerk.post(&path, &[(names[0].as_str(), "yes"), ("reason", "")]).await;
        assert_eq!(silent.summary(), ["reason"]);
        assert!(silent.is_chosen(names[0].as_str(), "yes"));
        let none = clerk.post(&path, &[("reason", "可以提供")]).await;
        assert_eq!(none.summary(), ["findings"]);
        // One by one.
        for (name, reason) in names.iter().map(String::as_str).zip(["底稿也应当公开", "已取得本人同意"]) {
            assert_eq!(approve(&head, &case).await.status, StatusCode::CONFLICT);
            let answered = clerk.post(&path, &[(name, "yes"), ("reason", reason)]).await;
            assert_eq!(location(&answered), path, "{}", answered.text);
        }
        let again = clerk.post(&path, &[(names[0].as_str(), "yes"), ("reason", "再来")]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(clerk.get(&path).await.says("理由：已取得本人同意"));
        assert!(clerk.get(&case).await.says("确认可以对外提供：隐藏的工作表1项"));
        let approved = approve(&head, &case).await;
        assert_eq!(approved.status, StatusCode::SEE_OTHER, "{}", approved.text);
    }

    async fn findings_of_a_kind_are_answered_together(engine: Engine) {
        let (_office, clerk, head, case) = in_hand(engine).await;
        let mut book = Workbook::new();
        for name in ["一", "二", "三"] {
            let sheet = book.add_worksheet().set_name(name).unwrap();
            sheet.write_string(0, 0, "13800138000").unwrap();
        }
        let sheet = book.add_worksheet().set_name("底稿").unwrap();
        sheet.write_string(0, 0, "甲").unwrap();
        sheet.set_hidden(true);
        propose(&clerk, &case, "名单.xlsx", book.save_to_buffer().unwrap()).await;
        let path = format!("{case}/outgoing");
        let page = clerk.get(&path).await;
        assert!(page.says("手机号码（3项）") && !page.says("隐藏的工作表（1项）"), "{}", page.text);
        let together = ("kinds.mobile_number", "yes");
        let silent = clerk.post(&path, &[together, ("reason", "")]).await;
        assert_eq!(silent.summary(), ["reason"]);
        assert!(silent.is_chosen("kinds.mobile_number", "yes"), "{}", silent.text);
        let answered = clerk.post(&path, &[together, ("reason", "都是值班电话")]).await;
        assert_eq!(location(&answered), path, "{}", answered.text);
        assert!(clerk.get(&case).await.says("确认可以对外提供：手机号码3项"));
        assert_eq!(boxes(&clerk.get(&path).await).len(), 1);
        assert_eq!(approve(&head, &case).await.status, StatusCode::CONFLICT);
    }

    async fn a_file_that_takes_the_place_of_another_answers_for_it(engine: Engine) {
        let (_office, clerk, head, case) = in_hand(engine).await;
        propose(&clerk, &case, "名单.xlsx", workbook()).await;
        propose(&clerk, &case, "批复.pdf", Enclosure::pdf("files", "批复.pdf").bytes).await;
        let page = clerk.get(&format!("{case}/outgoing")).await;
        assert!(page.says("已处理后重新上传") && page.says("自动检查没有发现问题"), "{}", page.text);
        assert!(clerk.get(&case).await.says("已处理后重新上传："));
        assert_eq!(approve(&head, &case).await.status, StatusCode::SEE_OTHER);
    }
}

#[tokio::test]
async fn a_hostile_file_is_itself_a_finding_and_hurts_nobody() {
    // A part that unpacks to far more than can be meant.
    let mut bomb = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    bomb.start_file("word/document.xml", options).unwrap();
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..200 {
        bomb.write_all(&zeros).unwrap();
    }
    let bytes = bomb.finish().unwrap().into_inner();
    assert!(bytes.len() < 1 << 20);
    let (_office, clerk, head, case) = in_hand(Engine::Sqlite).await;
    propose(&clerk, &case, "说明.docx", bytes).await;
    let page = clerk.get(&format!("{case}/outgoing")).await;
    assert!(page.says("未能检查"), "{}", page.text);
    assert_eq!(approve(&head, &case).await.status, StatusCode::CONFLICT);
    assert_eq!(head.get(&case).await.status, StatusCode::OK);
}

/// What the child process says of a file.
fn looked(limits: Limits, file: &[u8]) -> Result<String, String> {
    let reader = Confined::of(env!("CARGO_BIN_EXE_yishen").into(), limits);
    let answer = reader.run("look-into", Own::default().parcel(file));
    answer
        .map(|answer| String::from_utf8(answer).unwrap())
        .map_err(|fault| fault.to_string())
}

/// A PDF of one page that draws what is object 4, of these objects from 4 on.
fn pdf(objects: &[String]) -> Vec<u8> {
    let first = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R\
         /Resources<</XObject<</X 5 0 R>>>>>>"
            .to_owned(),
    ];
    let mut text = b"%PDF-1.7\n".to_vec();
    let mut places = Vec::new();
    for (number, object) in (1..).zip(first.iter().chain(objects)) {
        places.push(text.len());
        write!(text, "{number} 0 obj\n{object}\nendobj\n").unwrap();
    }
    let (table, size) = (text.len(), places.len() + 1);
    write!(text, "xref\n0 {size}\n0000000000 65535 f \n").unwrap();
    for place in places {
        writeln!(text, "{place:010} 00000 n ").unwrap();
    }
    write!(text, "trailer<</Size {size}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n").unwrap();
    text
}

fn form(next: usize, content: &str) -> String {
    format!(
        "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X {next} 0 R>>>>\
         /Length {}>>stream\n{content}\nendstream",
        content.len() + 1
    )
}

/// An archive of one part that is so many MiB of the same.
fn bomb(part: &str, mib: usize) -> Vec<u8> {
    let mut bomb = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    bomb.start_file(part, options).unwrap();
    let same = b"<a>".repeat((1 << 20) / 3);
    for _ in 0..mib {
        bomb.write_all(&same).unwrap();
    }
    bomb.finish().unwrap().into_inner()
}

#[test]
fn a_file_that_is_made_to_blow_up_ends_with_a_finding() {
    let page = "<</Length 6>>stream\n/X Do\nendstream".to_owned();
    // A form that draws itself, and forms that draw the next one fifty times over.
    let cycle = pdf(&[page.clone(), form(5, "/X Do /X Do")]);
    let many = "/X Do ".repeat(50);
    let tower: Vec<_> = (6..26).map(|next| form(next, &many)).collect();
    let tower = pdf(&[&[page][..], &tower].concat());
    // Brackets within brackets.
    let deep = pdf(&[format!(
        "<</Length 400000>>stream\n{}\nendstream",
        "[".repeat(399_999)
    )]);
    for (name, file) in [
        ("cycle", cycle),
        ("tower", tower),
        ("deep", deep),
        ("document", bomb("word/document.xml", 200)),
        ("archive", bomb("a.txt", 200)),
    ] {
        assert_told(name, looked(Limits::ORDINARY, &file));
    }
}

/// A file that was not looked at to its end: the child says so, or its end does.
fn assert_told(name: &str, looked: Result<String, String>) {
    match looked {
        Ok(said) => {
            assert!(said.contains("not_checked") && said.contains("未能检查"), "{name}: {said}");
        }
        Err(said) => assert!(said.contains("已停止"), "{name}: {said}"),
    }
}

#[test]
fn a_file_that_wants_too_much_memory_or_time_is_stopped() {
    let file = bomb("word/document.xml", 100);
    let little = Limits { memory: 192 << 20, ..Limits::ORDINARY };
    assert_told("memory", looked(little, &file));
    let short = Limits { time: Duration::from_millis(50), ..Limits::ORDINARY };
    assert!(looked(short, &file).unwrap_err().contains("用时过长"));
}

#[test]
fn a_reader_that_never_ends_is_stopped() {
    let limits = Limits { time: Duration::from_secs(1), ..Limits::ORDINARY };
    let reader = Confined::of(env!("CARGO_BIN_EXE_yishen").into(), limits);
    let said = reader.run("hang", Vec::new()).unwrap_err().to_string();
    assert!(said.contains("用时过长"), "{said}");
}
