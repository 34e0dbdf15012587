//! Nobody without the right sees anything: every door of the office, for everybody.

use reqwest::StatusCode;
use uuid::Uuid;
use yishen::domain::actor::Role;
use yishen::web::staff::DOORS;
use yishen::web::staff::access::{Door, Right, Verb};

use crate::support::database::Engine;
use crate::support::http::Page;
use crate::support::office::{Office, PAPERS, day};
use crate::support::staff::Person;

/// What stands in the papers and on no page without a reason.
const PRIVATE: [&str; 4] = [
    "张三丰",
    "11010519491231002X",
    "13800000000",
    "白羽路103号房",
];

/// The address of a door, for this case.
fn address(door: &Door, case: Uuid) -> String {
    let path = door
        .path
        .replace("{id}", &case.to_string())
        .replace("{attachment}", &case.to_string())
        .replace("{letter}", &case.to_string())
        .replace("{redress}", &case.to_string())
        .replace("{act}", "propose")
        .replace("{ending}", "csv")
        .replace("{year}", "2026")
        .replace("{key}", "overview")
        .replace("{picture}", &case.to_string())
        .replace("{agency}", &case.to_string())
        .replace("{row}", "new")
        .replace("{column}", "natural");
    format!("/staff{path}")
}

/// How the addresses of forms with files end.
const FORMS_WITH_FILES: [&str; 5] = ["/{act}", "/service", "/intake", "/hand-in", "/pictures"];

/// Whether a door leads to one case.
fn is_of_a_case(door: &Door) -> bool {
    door.path.starts_with("/cases/{id}")
}

async fn knock(person: &Person, door: &Door, case: Uuid, token: &str) -> Page {
    let path = address(door, case);
    let fields = [
        ("token", token),
        ("reason", "核对"),
        ("words", "说明"),
        ("version", "1"),
    ];
    match door.verb {
        Verb::Get => person.get(&path).await,
        // These read forms with files.
        Verb::Post
            if FORMS_WITH_FILES
                .iter()
                .any(|ending| door.path.ends_with(ending)) =>
        {
            person.browser.post_multipart(&path, &fields, &[]).await
        }
        Verb::Post => person.browser.post(&path, &fields).await,
    }
}

fn papers() -> Vec<(&'static str, &'static str)> {
    crate::support::office::papers(&[("address", "西峡县白羽路103号房")])
}

#[tokio::test]
async fn every_door_opens_to_those_who_have_the_right_and_to_nobody_else() {
    let office = Office::open(Engine::Sqlite, day(2026, 6, 1)).await;
    let (path, _, _) = office.has_filed(&papers()).await;
    let case: Uuid = path.rsplit('/').next().unwrap().parse().unwrap();
    for role in Role::ALL {
        let person = office.has(role.code(), role.label(), &[role]).await;
        for door in DOORS {
            let page = knock(&person, door, case, "").await;
            let what = format!("{role:?} {:?} {}: {}", door.verb, door.path, page.status);
            assert!(!page.status.is_server_error(), "{what}");
            let may = door.right.admits(&[role]);
            let is_turned_away = page.says("您的岗位不使用这个页面");
            assert_eq!(is_turned_away, !may, "{what}");
            // Which duty an act asks for is for the Regulation to say, on a page of its own.
            let is_an_act = door.path.ends_with("/{act}");
            let refused = page.status == StatusCode::FORBIDDEN && door.verb == Verb::Get;
            let by_duty = is_an_act && page.says("您的岗位无权");
            assert_eq!(refused && !by_duty, !may && door.verb == Verb::Get, "{what}");
            if door.verb == Verb::Post {
                // Nothing is done without a form of ours, whatever the right.
                assert!(page.status.is_client_error(), "{what}");
            }
            for private in PRIVATE {
                assert!(!page.text.contains(private), "{what} shows {private}");
            }
        }
    }
}

#[tokio::test]
async fn without_a_session_every_door_leads_to_the_sign_in_page() {
    let office = Office::open(Engine::Sqlite, day(2026, 6, 1)).await;
    let (path, _, _) = office.has_filed(&papers()).await;
    let case: Uuid = path.rsplit('/').next().unwrap().parse().unwrap();
    let nobody = Person { id: Uuid::nil(), browser: office.stranger() };
    for door in DOORS {
        let page = knock(&nobody, door, case, "").await;
        let what = format!("{:?} {}: {}", door.verb, door.path, page.status);
        match (door.right, door.verb) {
            (Right::Everybody, Verb::Get) => assert_eq!(page.status, StatusCode::OK, "{what}"),
            (Right::Everybody, Verb::Post) => {
                assert_eq!(page.status, StatusCode::FORBIDDEN, "{what}");
            }
            (_, Verb::Get) => {
                assert_eq!(page.status, StatusCode::SEE_OTHER, "{what}");
                let to = page.headers["location"].to_str().unwrap();
                assert!(to.starts_with("/staff/login?next=/staff"), "{what} {to}");
            }
            (_, Verb::Post) => assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{what}"),
        }
    }
}

#[tokio::test]
async fn another_agencys_case_is_not_there() {
    let office = Office::open(Engine::Sqlite, day(2026, 6, 1)).await;
    let (path, _, _) = office.has_filed(&papers()).await;
    let theirs: Uuid = path.rsplit('/').next().unwrap().parse().unwrap();
    let elsewhere = office.has_agency("BYJD", "白羽街道办事处").await;
    let roles = [Role::Clerk, Role::Reviewer, Role::Head];
    let stranger = office.has_at(&elsewhere, "qianjin", "钱进", &roles).await;
    let token = stranger.token().await;
    let absent = Uuid::from_u128(0xabcd);
    for door in DOORS.iter().filter(|door| is_of_a_case(door)) {
        let not_theirs = knock(&stranger, door, theirs, &token).await;
        let not_there = knock(&stranger, door, absent, &token).await;
        let what = format!("{:?} {}", door.verb, door.path);
        assert_eq!(not_theirs.status, StatusCode::NOT_FOUND, "{what}: {}", not_theirs.text);
        assert_eq!(not_theirs.status, not_there.status, "{what}");
        assert_eq!(not_theirs.text, not_there.text, "{what}");
    }
    let queue = stranger.get("/staff/queue").await;
    assert!(queue.says("没有在办的申请"));
    let found = stranger.post("/staff/queue", &[("words", "张三丰")]).await;
    let found = stranger.get(crate::support::staff::location(&found)).await;
    assert!(found.says("没有找到这位申请人的申请"));
    let office_of = stranger.get(&format!("/staff/officers/{theirs}")).await;
    assert_eq!(office_of.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn every_door_is_named_once() {
    let names: std::collections::BTreeSet<_> = DOORS
        .iter()
        .map(|door| (door.verb == Verb::Get, door.path))
        .collect();
    assert_eq!(names.len(), DOORS.len());
    assert!(PAPERS.len() > 5);
}

#[tokio::test]
async fn what_has_no_door_is_not_there() {
    let office = Office::open(Engine::Sqlite, day(2026, 6, 1)).await;
    let clerk = office.has("wangfang", "王芳", &Role::ALL).await;
    for path in [
        "/staff/nowhere",
        "/staff/cases",
        "/staff/cases/1",
        "/staff/cases/x/approve",
    ] {
        assert_eq!(clerk.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let deleted = clerk
        .browser
        .client()
        .delete(clerk.browser.url("/staff/queue"));
    assert!(deleted.send().await.unwrap().status().is_client_error());
}
