//! 导出案卷: the whole file of a case as one archive, for a reason and on record.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _, Write};
use std::sync::{Arc, Mutex};

use reqwest::StatusCode;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use yishen::domain::actor::Role;
use yishen::storage::attachments::Purpose;
use yishen::storage::{self, Connection, StorageError};

use crate::support::database::Engine;
use crate::support::http::Enclosure;
use crate::support::office::{Office, day, in_both_offices, papers};
use crate::support::staff::Person;

const REASON: &str = "移交区档案馆";

/// The files of an archive, in their order.
fn unpacked(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut files = Vec::new();
    for place in 0..archive.len() {
        let mut entry = archive.by_index(place).unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        files.push((entry.name().unwrap().into_owned(), content));
    }
    files
}

fn sha256(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    hash.iter().fold(String::new(), |mut text, byte| {
        std::fmt::Write::write_fmt(&mut text, format_args!("{byte:02x}")).unwrap();
        text
    })
}

async fn sent(person: &Person, path: &str, reason: &str) -> reqwest::Response {
    let token = person.token().await;
    let fields = [("token", token.as_str()), ("reason", reason)];
    let browser = &person.browser;
    let request = browser.client().post(browser.url(path)).form(&fields);
    request.send().await.unwrap()
}

async fn taken(person: &Person, case: &str) -> Vec<u8> {
    let answer = sent(person, &format!("{case}/archive.zip"), REASON).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "application/zip");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    answer.bytes().await.unwrap().to_vec()
}

/// A closed case with a letter that was served, evidence, and two files that were proposed,
/// of which one was given.
async fn closed(office: &Office, clerk: &Person, head: &Person) -> String {
    let token = office.form_token().await;
    let written = papers(&[("name", "令狐冲"), ("telephone", "13911112222")]);
    let files = [
        Enclosure::pdf("identity", "../../身份证.pdf"),
        Enclosure::pdf("attachments", "说明#1.pdf"),
    ];
    let page = office.apply_with(&token, "submit", &written, &files).await;
    let number = page.between("class=\"receipt-number\">", "<").unwrap();
    let case = format!("/staff/cases/{}", office.case_id(&number).await);
    clerk.confirm(&case, day(2026, 6, 1)).await;
    let page = clerk.get(&case).await;
    let service = page
        .between(
            "DOCX<span class=\"hidden-text\">政府信息公开申请登记回执</span></a>　<a href=\"",
            "\"",
        )
        .unwrap();
    let form = clerk.get(&service).await;
    let posted = [
        ("how", "posted"),
        ("on", "2026-06-01"),
        ("postal_number", "EY1"),
    ];
    let slip = [Enclosure::pdf("evidence", "邮寄凭证.pdf")];
    let served = clerk.send_with(&service, &form, &posted, &slip).await;
    assert_eq!(served.status, StatusCode::SEE_OTHER, "{}", served.text);
    clerk.propose(&case, "granted_give", "检索到一份批复").await;
    head.act(&format!("{case}/return"), &[("words", "请补充条款")])
        .await;
    clerk.propose(&case, "granted_give", "补充了条款").await;
    let page = head.get(&format!("{case}/approve")).await;
    let approved = head
        .send(&format!("{case}/approve"), &page, &[("words", "同意")])
        .await;
    assert_eq!(approved.status, StatusCode::SEE_OTHER, "{}", approved.text);
    case
}

async fn rows(office: &Office, case: &str) -> Vec<storage::attachments::Attachment> {
    let id: Uuid = case.rsplit('/').next().unwrap().parse().unwrap();
    let read = move |conn: &mut Connection| storage::attachments::of_case(conn, id);
    let found: Result<_, StorageError> = office.app.database.read(read).await;
    found.unwrap()
}

in_both_offices! {
    async fn every_file_of_a_case_is_in_its_archive_under_its_hash(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let head = office.has("liguodong", "李国栋", &[Role::Head]).await;
        let case = closed(&office, &clerk, &head).await;
        assert!(clerk.get(&case).await.text.contains(&format!("{case}/archive\"")));
        let bytes = taken(&clerk, &case).await;
        let files = unpacked(&bytes);
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        assert!(names.is_sorted() && names[..2] == ["00-目录.html", "00-目录.txt"], "{names:?}");
        assert!(names.iter().all(|name| !name.contains("..") && name.split('/').count() <= 2), "{names:?}");
        for wanted in [
            "01-申请内容/01-申请内容.html", "02-申请人提交的材料/02-说明＃1.pdf",
            "04-送达凭证/01-邮寄凭证.pdf", "05-提供给申请人的信息/01-批复.pdf",
            "06-拟办时上传但没有提供的文件/01-批复.pdf", "08-流转记录/02-流转记录.json",
        ] {
            assert!(names.contains(&wanted), "{wanted}: {names:?}");
        }
        let by_name: BTreeMap<&str, &[u8]> =
            files.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
        // The index names every other file with its size and hash.
        let index = String::from_utf8(by_name["00-目录.txt"].to_vec()).unwrap();
        let page = String::from_utf8(by_name["00-目录.html"].to_vec()).unwrap();
        for (name, content) in &files[2..] {
            let hash = sha256(content);
            assert!(index.contains(&format!(". {name}\n")) && index.contains(&hash), "{name}: {index}");
            assert!(page.contains(&hash), "{name}");
        }
        // Whatever the database keeps of the case is there, once, as it is handed out.
        let kept = rows(&office, &case).await;
        assert_eq!(names.iter().filter(|name| name.contains('/')).count(), kept.len() + 4);
        let mut hashes: Vec<String> = files[2..].iter().map(|(_, content)| sha256(content)).collect();
        for row in &kept {
            let one = sent(&clerk, &format!("{case}/attachments/{}", row.id), "核对").await;
            let hash = sha256(&one.bytes().await.unwrap());
            let place = hashes.iter().position(|known| *known == hash);
            hashes.remove(place.unwrap_or_else(|| panic!("{:?} is not there", row.purpose)));
        }
        assert_eq!(hashes.len(), 4, "the sheets are left over");
        // The letters are the bytes whose hash the record has.
        let chain = String::from_utf8(by_name["08-流转记录/02-流转记录.json"].to_vec()).unwrap();
        let chain: serde_json::Value = serde_json::from_str(&chain).unwrap();
        let letters: Vec<&[u8]> = files.iter()
            .filter(|(name, content)| name.starts_with("03-文书/") && content.starts_with(b"%PDF"))
            .map(|(_, content)| content.as_slice())
            .collect();
        assert_eq!(letters.len() * 2, kept.iter().filter(|row| row.purpose == Purpose::Letter).count());
        for letter in letters {
            let hash = sha256(letter);
            assert!(chain["events"].as_array().unwrap().iter().any(|event| {
                event["data"].as_str().unwrap().contains(&hash)
            }), "{hash}");
        }
        let last = chain["events"].as_array().unwrap().last().unwrap();
        assert_eq!(last["hash"].as_str().unwrap().len(), 64);
        let told = String::from_utf8(by_name["08-流转记录/01-流转记录.txt"].to_vec()).unwrap();
        for words in ["提交申请", "请补充条款", "登记文书送达", "王芳", "李国栋", "出具文书"] {
            assert!(told.contains(words), "{words}: {told}");
        }
        let application = String::from_utf8(by_name["01-申请内容/02-申请内容.txt"].to_vec()).unwrap();
        for words in ["姓名：令狐冲", "联系电话：13911112222", "居民身份证", "提供方式：电子文件"] {
            assert!(application.contains(words), "{words}: {application}");
        }
    }

    async fn the_same_case_gives_the_same_bytes_and_each_taking_is_on_record(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let head = office.has("liguodong", "李国栋", &[Role::Head]).await;
        let auditor = office.has("sunli", "孙丽", &[Role::Auditor]).await;
        let case = closed(&office, &clerk, &head).await;
        let first = taken(&clerk, &case).await;
        office.wait(chrono::TimeDelta::minutes(5));
        let second = taken(&head, &case).await;
        assert!(first == second, "the archives differ");
        let page = clerk.get(&case).await;
        assert_eq!(page.text.matches("导出案卷</strong>").count(), 2);
        assert!(page.says(REASON));
        assert!(auditor.get("/staff/audit").await.says("导出案卷"));
        // Without a reason nothing is handed out, and nothing put on record.
        let path = format!("{case}/archive.zip");
        let refused = clerk.post(&path, &[("reason", " ")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refused.fault("reason").unwrap(), "请填写导出事由");
        assert_eq!(auditor.post(&path, &[("reason", REASON)]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(clerk.get(&case).await.text.matches("导出案卷</strong>").count(), 2);
    }
}

/// A log that can be read again.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn nothing_of_the_papers_stands_in_the_log() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone());
    subscriber.try_init().unwrap();
    let office = Office::open(Engine::Sqlite, day(2026, 6, 1)).await;
    let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
    let head = office.has("liguodong", "李国栋", &[Role::Head]).await;
    let case = closed(&office, &clerk, &head).await;
    taken(&clerk, &case).await;
    // A file that was lost: the failure is told without its name.
    let kept = rows(&office, &case).await;
    let stored = &kept[0].stored_as;
    let spread: String = stored.chars().rev().take(2).collect();
    std::fs::remove_file(office.data().join("attachments").join(spread).join(stored)).unwrap();
    let broken = sent(&clerk, &format!("{case}/archive.zip"), REASON).await;
    assert!(broken.status().is_server_error());
    let text = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    assert!(text.contains("/archive.zip"), "the log is not the server's");
    for canary in ["令狐冲", "13911112222", "身份证.pdf", "说明#1", REASON] {
        assert!(!text.contains(canary), "{canary} stands in the log");
    }
}
