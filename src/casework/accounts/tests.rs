use super::*;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::agency::Agency;
use crate::storage::{agencies, events};

const ADMIN: Actor = Actor::System;
const PASSWORD: &str = "早春二月 lotus pond";

/// An office with one agency, at a fixed time.
struct Office {
    app: App,
    agency: Uuid,
    strangers: Strangers,
    _directory: tempfile::TempDir,
}

impl Office {
    async fn open() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("local.toml");
        let text = format!(
            "[data]\ndirectory = \"{0}/data\"\nkey_file = \"{0}/yishen.key\"\n",
            directory.path().display()
        );
        std::fs::write(&file, text).unwrap();
        let clock = Clock::fixed("2026-06-01T01:00:00Z".parse().unwrap());
        let app = App::open_at(Config::load(Some(&file)).unwrap(), clock).unwrap();
        let agency = ids::new();
        let made = Agency {
            id: agency,
            code: "LHJD".to_owned(),
            name: "莲花街道办事处".to_owned(),
            parent: None,
            initials: String::new(),
            address: String::new(),
            postcode: String::new(),
            telephone: String::new(),
            hours: String::new(),
            email: String::new(),
            review_authority: String::new(),
            court: String::new(),
            own_review_allowed: false,
        };
        let now = app.clock.now();
        app.database
            .write(move |conn| agencies::insert(conn, &made, now))
            .await
            .unwrap();
        Self { app, agency, strangers: Strangers::default(), _directory: directory }
    }

    async fn invite(&self, login: &str) -> Invitation {
        let account = NewAccount {
            agency: self.agency,
            login: login.to_owned(),
            name: "王莉".to_owned(),
            roles: vec![Role::Clerk],
        };
        super::open(&self.app, account, &ADMIN).await.unwrap()
    }

    async fn has_clerk(&self, login: &str) -> Uuid {
        let invitation = self.invite(login).await;
        let code = invitation.code.to_string();
        set_password(&self.app, &code, PASSWORD, [0; 32])
            .await
            .unwrap();
        invitation.officer
    }

    async fn try_password(&self, login: &str, password: &str) -> SignIn {
        sign_in(&self.app, &self.strangers, login, password, [7; 32])
            .await
            .unwrap()
    }

    async fn is_signed_in(&self, session: [u8; 32]) -> bool {
        let found = self
            .app
            .database
            .read(move |conn| sessions::find(conn, &session));
        found.await.unwrap().is_some()
    }

    async fn actions(&self) -> Vec<String> {
        let wanted = events::Wanted { agency: self.agency, ..events::Wanted::default() };
        let page = self
            .app
            .database
            .read(move |conn| events::page(conn, &wanted, 100));
        page.await
            .unwrap()
            .into_iter()
            .rev()
            .map(|event| event.action)
            .collect()
    }
}

#[tokio::test]
async fn a_code_sets_one_password_once() {
    let office = Office::open().await;
    let code = office.invite("wang.li").await.code.to_string();
    let weak = set_password(&office.app, &code, "short", [1; 32]).await;
    assert!(matches!(weak, Err(AccountError::WeakPassword(_))));
    let typed = code.to_lowercase().replace('-', " ");
    set_password(&office.app, &typed, PASSWORD, [1; 32])
        .await
        .unwrap();
    assert!(office.is_signed_in([1; 32]).await);
    let again = set_password(&office.app, &code, PASSWORD, [2; 32]).await;
    assert!(matches!(again, Err(AccountError::CodeNotGood)));
    assert!(matches!(office.try_password("wang.li", PASSWORD).await, SignIn::In(_)));
    assert_eq!(office.actions().await, ["account_opened", "password_set", "signed_in"]);
    assert_eq!(record::check(&office.app, office.agency).await.unwrap(), 3);
}

#[tokio::test]
async fn a_code_ends() {
    let office = Office::open().await;
    let code = office.invite("wang.li").await.code.to_string();
    office.app.clock.advance(CODE_LIFETIME);
    let late = set_password(&office.app, &code, PASSWORD, [1; 32]).await;
    assert!(matches!(late, Err(AccountError::CodeNotGood)));
}

#[tokio::test]
async fn five_wrong_passwords_lock_a_name_for_a_quarter_of_an_hour_whether_it_exists_or_not() {
    let office = Office::open().await;
    office.has_clerk("wang.li").await;
    for login in ["wang.li", "nobody"] {
        for _ in 0..5 {
            let tried = office.try_password(login, "not this one").await;
            assert!(matches!(tried, SignIn::Wrong), "{login}: {tried:?}");
        }
        let right = office.try_password(login, PASSWORD).await;
        assert!(matches!(right, SignIn::Locked { .. }), "{login}: {right:?}");
    }
    office.app.clock.advance(TimeDelta::minutes(15));
    assert!(matches!(office.try_password("nobody", PASSWORD).await, SignIn::Wrong));
    assert!(matches!(office.try_password("wang.li", PASSWORD).await, SignIn::In(_)));
}

#[tokio::test]
async fn guesses_that_arrive_together_are_no_more_than_five() {
    let office = Office::open().await;
    office.has_clerk("wang.li").await;
    let guesses = (0..20).map(|_| office.try_password("wang.li", "not this one"));
    let tried = futures_util::future::join_all(guesses).await;
    let looked_at = tried
        .iter()
        .filter(|tried| matches!(tried, SignIn::Wrong))
        .count();
    assert_eq!(looked_at, 5);
}

#[tokio::test]
async fn sessions_die_with_the_password_with_the_duties_and_with_the_account() {
    let office = Office::open().await;
    let officer = office.has_clerk("wang.li").await;
    let begin = || async {
        assert!(matches!(office.try_password("wang.li", PASSWORD).await, SignIn::In(_)));
        assert!(office.is_signed_in([7; 32]).await);
    };

    begin().await;
    let wrong = change_password(&office.app, officer, "not this one", "another one 12", [8; 32]);
    assert!(matches!(wrong.await, Err(AccountError::WrongPassword)));
    assert!(office.is_signed_in([7; 32]).await);
    change_password(&office.app, officer, PASSWORD, PASSWORD, [8; 32])
        .await
        .unwrap();
    assert!(!office.is_signed_in([7; 32]).await && office.is_signed_in([8; 32]).await);

    begin().await;
    let roles = vec![Role::Auditor];
    set_roles(&office.app, office.agency, officer, roles, &ADMIN)
        .await
        .unwrap();
    assert!(!office.is_signed_in([7; 32]).await);

    begin().await;
    disable(&office.app, office.agency, officer, &ADMIN)
        .await
        .unwrap();
    assert!(!office.is_signed_in([7; 32]).await);
    assert!(matches!(office.try_password("wang.li", PASSWORD).await, SignIn::Wrong));

    let code = reset(&office.app, office.agency, officer, &ADMIN)
        .await
        .unwrap()
        .code;
    assert!(matches!(office.try_password("wang.li", PASSWORD).await, SignIn::Wrong));
    set_password(&office.app, &code.to_string(), PASSWORD, [9; 32])
        .await
        .unwrap();
    begin().await;
    let signed_in = office
        .app
        .database
        .read(move |conn| officers::find(conn, officer));
    sign_out(&office.app, &signed_in.await.unwrap(), [7; 32])
        .await
        .unwrap();
    assert!(!office.is_signed_in([7; 32]).await);
}

#[tokio::test]
async fn only_administrators_change_accounts_and_only_those_of_their_agency() {
    let office = Office::open().await;
    let officer = office.has_clerk("wang.li").await;
    let clerk = Actor::Officer { id: ids::new(), roles: vec![Role::Clerk, Role::Head] };
    let admin = Actor::Officer { id: officer, roles: vec![Role::Admin] };
    let by_clerk = disable(&office.app, office.agency, officer, &clerk).await;
    assert!(matches!(by_clerk, Err(AccountError::NotYours)));
    let oneself = disable(&office.app, office.agency, officer, &admin).await;
    assert!(matches!(oneself, Err(AccountError::Oneself)));
    let elsewhere = reset(&office.app, ids::new(), officer, &ADMIN).await;
    assert!(matches!(elsewhere, Err(AccountError::Storage(StorageError::NotFound(_)))));
}

#[tokio::test]
async fn a_name_to_sign_in_with_is_given_once_and_can_be_typed() {
    let office = Office::open().await;
    office.invite("wang.li").await;
    for (login, name, roles) in [
        ("wang.li", "王莉", vec![Role::Clerk]),
        ("w", "王莉", vec![Role::Clerk]),
        ("wang li", "王莉", vec![Role::Clerk]),
        ("wang", " ", vec![Role::Clerk]),
        ("wang", "王莉", vec![]),
    ] {
        let account = NewAccount {
            agency: office.agency,
            login: login.to_owned(),
            name: name.to_owned(),
            roles,
        };
        assert!(super::open(&office.app, account, &ADMIN).await.is_err(), "{login}");
    }
    office.invite("王莉").await;
}
