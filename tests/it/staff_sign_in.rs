//! Signing in: with an invitation, with a password, not by guessing; and sessions that end.

use chrono::TimeDelta;
use reqwest::StatusCode;
use yishen::casework::accounts::{self, NewAccount};
use yishen::domain::actor::{Actor, Role};

use crate::support::database::Engine;
use crate::support::office::{Office, day, in_both_offices};
use crate::support::staff::{PASSWORD, location, sign_in};

in_both_offices! {
    async fn an_invited_officer_chooses_a_password_and_is_at_the_desk(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let account = NewAccount {
            agency: office.agency.id,
            login: "wangfang".to_owned(),
            name: "王芳".to_owned(),
            roles: vec![Role::Clerk],
        };
        let code = accounts::open(&office.app, account, &Actor::System).await.unwrap().code;
        let code = code.to_string();
        let browser = office.stranger();
        let page = browser.get(&format!("/staff/setup?code={code}")).await;
        assert_eq!(page.value("code").unwrap(), code);
        let token = page.token();
        let set = async |password: &str, again: &str| {
            let fields =
                [("token", token.as_str()), ("code", &code), ("password", password), ("again", again)];
            browser.post("/staff/setup", &fields).await
        };
        let different = set(PASSWORD, "another one 12").await;
        assert_eq!(different.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(different.fault("again").is_some());
        let short = set("short", "short").await;
        assert!(short.fault("password").unwrap().contains("至少12个字符"));
        assert!(!short.text.contains("value=\"short\""));
        let done = set(PASSWORD, PASSWORD).await;
        assert_eq!((done.status, location(&done)), (StatusCode::SEE_OTHER, "/staff"));
        assert_eq!(location(&browser.get("/staff").await), "/staff/queue");
        let queue = browser.get("/staff/queue").await;
        assert!(queue.says("王芳") && queue.says("没有在办的申请"));
        assert_eq!(queue.headers["cache-control"], "no-store");
        assert!(set(PASSWORD, PASSWORD).await.fault("code").is_some());
    }

    async fn guessing_is_told_nothing_and_locked_out(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        office.has_account("wangfang", "王芳", &[Role::Clerk]).await;
        let browser = office.stranger();
        let mut told = Vec::new();
        for login in ["wangfang", "nobody"] {
            for _ in 0..5 {
                let page = sign_in(&browser, login, "not this one").await;
                assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
                told.push(page.fault("login").unwrap());
            }
            let page = sign_in(&browser, login, PASSWORD).await;
            assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS, "{login}");
            assert_eq!(page.headers["retry-after"], "900");
            assert!(page.fault("login").unwrap().contains("15分钟"));
        }
        told.dedup();
        assert_eq!(told.len(), 1);
        office.wait(TimeDelta::minutes(15));
        assert_eq!(sign_in(&browser, "wangfang", PASSWORD).await.status, StatusCode::SEE_OTHER);
    }

    async fn sessions_end_by_idleness_by_age_and_at_the_door(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let is_in = async || clerk.get("/staff/queue").await.status == StatusCode::OK;
        office.wait(TimeDelta::minutes(29));
        assert!(is_in().await);
        office.wait(TimeDelta::minutes(29));
        assert!(is_in().await);
        office.wait(TimeDelta::minutes(30));
        let gone = clerk.get("/staff/queue?band=overdue").await;
        assert_eq!(gone.status, StatusCode::SEE_OTHER);
        assert_eq!(location(&gone), "/staff/login?next=/staff/queue%3Fband%3Doverdue");

        sign_in(&clerk.browser, "wangfang", PASSWORD).await;
        for _ in 0..23 {
            office.wait(TimeDelta::minutes(20));
            assert!(is_in().await);
        }
        office.wait(TimeDelta::minutes(20));
        assert!(!is_in().await);

        sign_in(&clerk.browser, "wangfang", PASSWORD).await;
        let page = clerk.get("/staff/queue").await;
        let left = clerk.browser.post("/staff/logout", &[("token", &page.token())]).await;
        assert_eq!(location(&left), "/staff/login?done=out");
        assert!(!is_in().await);
    }

    async fn what_was_typed_is_given_back_when_the_session_has_ended(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
        let token = clerk.token().await;
        office.wait(TimeDelta::hours(1));
        let fields = [("token", token.as_str()), ("words", "检索了三天 <没有找到>")];
        let page = clerk.browser.post("/staff/queue", &fields).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED);
        assert!(page.says("登录已经结束") && page.says("检索了三天 <没有找到>"));
        assert!(!page.text.contains("<没有找到>"));
    }
}

#[tokio::test]
async fn the_cookie_is_the_browsers_alone() {
    let office = Office::open(Engine::Sqlite, day(2026, 6, 1)).await;
    office.has_account("wangfang", "王芳", &[Role::Clerk]).await;
    let page = sign_in(&office.stranger(), "wangfang", PASSWORD).await;
    let cookie = page.headers["set-cookie"].to_str().unwrap();
    let (value, attributes) = cookie.split_once(';').unwrap();
    assert_eq!(value.len(), "yishen_staff=".len() + 43);
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/staff"] {
        assert!(attributes.contains(attribute), "{cookie}");
    }
    assert!(!attributes.contains("Secure") && !attributes.contains("Max-Age"));

    let settings = "base_url = \"https://ysq.example.gov.cn\"\n";
    let office = Office::open_with(Engine::Sqlite, day(2026, 6, 1), settings).await;
    office.has_account("wangfang", "王芳", &[Role::Clerk]).await;
    let page = sign_in(&office.stranger(), "wangfang", PASSWORD).await;
    assert!(
        page.headers["set-cookie"]
            .to_str()
            .unwrap()
            .contains("Secure")
    );
}

#[tokio::test]
async fn a_form_from_elsewhere_does_nothing() {
    let office = Office::open(Engine::Sqlite, day(2026, 6, 1)).await;
    let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
    let other = office.has("zhaoqiang", "赵强", &[Role::Clerk]).await;
    let theirs = other.token().await;
    for token in ["", "AAAA", theirs.as_str()] {
        let page = clerk
            .browser
            .post("/staff/logout", &[("token", token)])
            .await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{token}");
    }
    let ours = clerk.token().await;
    let foreign = clerk
        .browser
        .client()
        .post(clerk.browser.url("/staff/logout"));
    let foreign = foreign
        .header("origin", "https://elsewhere.cn")
        .form(&[("token", ours.as_str())]);
    assert_eq!(foreign.send().await.unwrap().status(), StatusCode::FORBIDDEN);
    assert_eq!(clerk.get("/staff/queue").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() {
    let office = Office::open(Engine::Sqlite, day(2026, 6, 1)).await;
    let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
    let elsewhere = office.stranger();
    sign_in(&elsewhere, "wangfang", PASSWORD).await;
    let change = async |current: &str| {
        let new = "another fine sentence";
        let fields = [("current", current), ("password", new), ("again", new)];
        clerk.post("/staff/password", &fields).await
    };
    let wrong = change("not this one").await;
    assert!(wrong.fault("current").is_some());
    assert_eq!(change(PASSWORD).await.status, StatusCode::SEE_OTHER);
    assert_eq!(clerk.get("/staff/queue").await.status, StatusCode::OK);
    assert_eq!(elsewhere.get("/staff/queue").await.status, StatusCode::SEE_OTHER);
    let page = sign_in(&elsewhere, "wangfang", PASSWORD).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_new_password_that_is_too_weak_is_no_guess() {
    let office = Office::open(Engine::Sqlite, day(2026, 6, 1)).await;
    let clerk = office.has("wangfang", "王芳", &[Role::Clerk]).await;
    for _ in 0..6 {
        let fields = [
            ("current", PASSWORD),
            ("password", "short"),
            ("again", "short"),
        ];
        let page = clerk.post("/staff/password", &fields).await;
        assert!(page.fault("password").unwrap().contains("至少12个字符"));
    }
    let page = sign_in(&office.stranger(), "wangfang", PASSWORD).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
}
