//! Those who work in an office, each with a browser of their own.

use chrono::NaiveDate;
use uuid::Uuid;
use yishen::casework::accounts::{self, NewAccount};
use yishen::domain::actor::{Actor, Role};
use yishen::domain::agency::Agency;
use yishen::domain::letter::LetterKind;
use yishen::domain::number::CaseNumber;
use yishen::domain::outcome::Disposition;
use yishen::storage::{self, Connection, StorageError};

use super::http::{Browser, Enclosure, Page};
use super::letters;
use super::office::Office;

/// Everybody's password.
pub const PASSWORD: &str = "早春二月 lotus pond";

/// Somebody who is signed in.
pub struct Person {
    pub id: Uuid,
    pub browser: Browser,
}

impl Office {
    /// An account that has set its password, not signed in.
    pub async fn has_account(&self, login: &str, name: &str, roles: &[Role]) -> Uuid {
        self.has_account_at(&self.agency, login, name, roles).await
    }

    async fn has_account_at(
        &self,
        agency: &Agency,
        login: &str,
        name: &str,
        roles: &[Role],
    ) -> Uuid {
        let account = NewAccount {
            agency: agency.id,
            login: login.to_owned(),
            name: name.to_owned(),
            roles: roles.to_vec(),
        };
        let invited = accounts::open(&self.app, account, &Actor::System)
            .await
            .unwrap();
        let code = invited.code.to_string();
        let mut session = [0; 32];
        session[..16].copy_from_slice(invited.officer.as_bytes());
        accounts::set_password(&self.app, &code, PASSWORD, session)
            .await
            .unwrap();
        invited.officer
    }

    /// Somebody with these duties, signed in.
    pub async fn has(&self, login: &str, name: &str, roles: &[Role]) -> Person {
        let agency = self.agency.clone();
        self.has_at(&agency, login, name, roles).await
    }

    /// Somebody of another agency, signed in.
    pub async fn has_at(&self, agency: &Agency, login: &str, name: &str, roles: &[Role]) -> Person {
        let id = self.has_account_at(agency, login, name, roles).await;
        let browser = self.stranger();
        let page = sign_in(&browser, login, PASSWORD).await;
        assert_eq!(page.status, 303, "{}", page.text);
        Person { id, browser }
    }

    /// A browser that nobody has signed in with.
    pub fn stranger(&self) -> Browser {
        Browser::new(&self.browser.url(""))
    }

    /// The identity of a case.
    pub async fn case_id(&self, number: &str) -> Uuid {
        let number: CaseNumber = number.parse().unwrap();
        let read = move |conn: &mut Connection| storage::cases::list_by_number(conn, &number);
        let found: Result<_, StorageError> = self.app.database.read(read).await;
        found.unwrap().remove(0).id
    }

    /// An application filed on the web: the address of its case, its number and query code.
    pub async fn has_filed(&self, papers: &[(&str, &str)]) -> (String, String, String) {
        let (number, code) = self.file(papers).await;
        let id = self.case_id(&number).await;
        (format!("/staff/cases/{id}"), number, code)
    }
}

/// Fills in the sign-in page.
pub async fn sign_in(browser: &Browser, login: &str, password: &str) -> Page {
    let token = browser.get("/staff/login").await.token();
    let fields = [
        ("token", token.as_str()),
        ("login", login),
        ("password", password),
    ];
    browser.post("/staff/login", &fields).await
}

/// Where a page sends the browser.
pub fn location(page: &Page) -> &str {
    page.headers["location"].to_str().unwrap()
}

impl Person {
    pub async fn get(&self, path: &str) -> Page {
        self.browser.get(path).await
    }

    /// A token of this person's session.
    pub async fn token(&self) -> String {
        self.get("/staff/password").await.token()
    }

    /// Posts a form with a token and the version of the page, unless the fields have them.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let token = self.token().await;
        let mut all = vec![("token", token.as_str())];
        all.extend(fields);
        self.browser.post(path, &all).await
    }

    /// Opens the page of an act, fills it in and sends it.
    pub async fn act(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let page = self.get(path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.text);
        self.send(path, &page, fields).await
    }

    /// Sends a page's form.
    pub async fn send(&self, path: &str, page: &Page, fields: &[(&str, &str)]) -> Page {
        let (token, version) = (page.token(), page.value("version").unwrap_or_default());
        let mut all = vec![("token", token.as_str()), ("version", version.as_str())];
        all.extend(fields);
        self.browser.post(path, &all).await
    }

    /// Proposes a decision with a letter.
    pub async fn propose(&self, case: &str, disposition: &str, words: &str) -> Page {
        let page = self
            .get(&format!("{case}/propose?disposition={disposition}"))
            .await;
        assert_eq!(page.status, 200, "{}", page.text);
        let found = Disposition::from_code(disposition).unwrap();
        let blanks = letters::fields(&[LetterKind::Answer(found)]);
        let mut fields = vec![("disposition", disposition), ("words", words)];
        fields.extend(blanks.iter().map(|(id, text)| (id.as_str(), text.as_str())));
        let given = [Enclosure::pdf("files", "批复.pdf")];
        self.send_with(&format!("{case}/propose"), &page, &fields, &given)
            .await
    }

    /// Sends a page's form, with files.
    pub async fn send_with(
        &self,
        path: &str,
        page: &Page,
        fields: &[(&str, &str)],
        files: &[Enclosure],
    ) -> Page {
        let (token, version) = (page.token(), page.value("version").unwrap_or_default());
        let mut all = vec![("token", token.as_str()), ("version", version.as_str())];
        all.extend(fields);
        self.browser.post_multipart(path, &all, files).await
    }

    /// Opens the page of an act that makes letters, fills it in with what a test does not care
    /// about and these fields, and sends it.
    pub async fn step(&self, path: &str, letters: &[LetterKind], fields: &[(&str, &str)]) -> Page {
        let page = self.get(path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.text);
        let blanks = letters::fields(letters);
        let mut all = fields.to_vec();
        for (id, text) in &blanks {
            if all.iter().all(|(known, _)| *known != id.as_str()) {
                all.push((id, text));
            }
        }
        self.send_with(path, &page, &all, &[]).await
    }

    /// Confirms receipt on a day, by telephone.
    pub async fn confirm(&self, case: &str, on: NaiveDate) {
        let on = on.to_string();
        let fields = [("on", on.as_str()), ("how", "telephone"), ("words", "")];
        let page = self.act(&format!("{case}/confirm_receipt"), &fields).await;
        assert_eq!(page.status, 303, "{}", page.text);
    }
}
