//! A whole office in this process: its own database and files, a clock that stands still, a
//! post box that keeps what is mailed, and a server on a port of its own.

use std::net::TcpListener;

use actix_web::dev::ServerHandle;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use diesel::Connection as _;
use diesel::connection::SimpleConnection as _;
use tempfile::TempDir;
use uuid::Uuid;
use yishen::app::App;
use yishen::casework::advance::{Deed, advance};
use yishen::clock::{Clock, from_beijing};
use yishen::config::Config;
use yishen::confined::{Confined, Limits};
use yishen::domain::actor::{Actor, Role};
use yishen::domain::agency::Agency;
use yishen::domain::case::Act;
use yishen::domain::number::CaseNumber;
use yishen::notify::Mailer;
use yishen::server;
use yishen::storage::{self, Connection, StorageError};

use super::database::{Engine, TestDatabase};
use super::http::{Browser, Enclosure, Page};

/// The agency's code, which every 受理编号 begins with.
pub const CODE: &str = "LHJD";
/// The agency's name.
pub const NAME: &str = "莲花街道办事处";

/// What a citizen typically writes, as (field, text).
pub const PAPERS: [(&str, &str); 10] = [
    ("kind", "natural"),
    ("name", "张三丰"),
    ("document_kind", "resident_card"),
    ("document_number", "11010519491231002X"),
    ("telephone", "13800000000"),
    ("address", "西峡县白羽路103号"),
    ("title", "2025年道路维修预算"),
    ("description", "莲花街道2025年度道路维修项目的预算批复文件"),
    ("form", "electronic"),
    ("route", "online"),
];

/// An office with its doors open.
pub struct Office {
    pub app: App,
    pub browser: Browser,
    pub agency: Agency,
    server: ServerHandle,
    // Last: the server lets go of them before they are removed.
    database: TestDatabase,
    directory: TempDir,
}

impl Office {
    /// An office on this engine, at nine in the morning of this day.
    pub async fn open(engine: Engine, today: NaiveDate) -> Self {
        Self::open_with(engine, today, "").await
    }

    /// An office with more settings, as lines of TOML.
    pub async fn open_with(engine: Engine, today: NaiveDate, more: &str) -> Self {
        let database = TestDatabase::unmigrated(engine);
        let directory = TempDir::new().unwrap();
        let settings = settings(&directory, &database.url(), more);
        let clock = Clock::fixed(nine_in_the_morning(today));
        let mut app = App::open_at(settings, clock).unwrap();
        app.mailer = Mailer::memory();
        app.reader = Confined::of(env!("CARGO_BIN_EXE_yishen").into(), Limits::ORDINARY);
        let agency = agency(1, CODE, NAME);
        let now = app.clock.now();
        let kept = agency.clone();
        let done: Result<_, StorageError> = app
            .database
            .write(move |conn| storage::agencies::insert(conn, &kept, now))
            .await;
        done.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let browser = Browser::new(&format!("http://{}", listener.local_addr().unwrap()));
        let running = server::run(&app, listener).unwrap();
        let server = running.handle();
        tokio::spawn(running);
        Self { app, browser, agency, server, database, directory }
    }

    /// Another agency, below the first.
    pub async fn has_agency(&self, code: &str, name: &str) -> Agency {
        let agency = Agency { parent: Some(self.agency.id), ..agency(2, code, name) };
        let (kept, now) = (agency.clone(), self.app.clock.now());
        let done: Result<_, StorageError> = self
            .app
            .database
            .write(move |conn| storage::agencies::insert(conn, &kept, now))
            .await;
        done.unwrap();
        agency
    }

    /// Locks the database of an office on SQLite, until what is returned is dropped.
    pub fn hold_the_database(&self) -> diesel::SqliteConnection {
        let url = self.database.url();
        let path = url.strip_prefix("sqlite://").unwrap();
        let mut conn = diesel::SqliteConnection::establish(path).unwrap();
        conn.batch_execute("BEGIN EXCLUSIVE").unwrap();
        conn
    }

    /// The data directory.
    pub fn data(&self) -> std::path::PathBuf {
        self.directory.path().join("data")
    }

    /// The file that the settings were read from.
    pub fn settings_file(&self) -> std::path::PathBuf {
        self.directory.path().join("local.toml")
    }

    /// Lets time pass.
    pub fn wait(&self, time: TimeDelta) {
        self.app.clock.advance(time);
    }

    pub async fn get(&self, path: &str) -> Page {
        self.browser.get(path).await
    }

    /// Sends a step of the application form, with a proof of identity.
    pub async fn apply(&self, token: &str, step: &str, papers: &[(&str, &str)]) -> Page {
        let identity = [Enclosure::pdf("identity", "身份证.pdf")];
        self.apply_with(token, step, papers, &identity).await
    }

    /// Sends a step of the application form with these files.
    pub async fn apply_with(
        &self,
        token: &str,
        step: &str,
        papers: &[(&str, &str)],
        files: &[Enclosure],
    ) -> Page {
        let mut fields = vec![("token", token), ("step", step)];
        fields.extend(papers);
        self.browser.post_multipart("/apply", &fields, files).await
    }

    /// Files an application through the real form: its number and query code.
    pub async fn file(&self, papers: &[(&str, &str)]) -> (String, String) {
        let token = self.form_token().await;
        let page = self.apply(&token, "submit", papers).await;
        assert!(page.says("申请已提交"), "{}", page.text);
        let number = page.between("class=\"receipt-number\">", "<").unwrap();
        let code = page.between("<strong>", "</strong>").unwrap();
        (number, code)
    }

    /// Does an act to a case, as a member of staff with every duty.
    pub async fn act(&self, number: &str, act: Act) {
        self.act_by(number, act, 7).await;
    }

    /// Does an act as a certain one.
    pub async fn act_by(&self, number: &str, act: Act, who: u128) {
        let number: CaseNumber = number.parse().unwrap();
        let read = move |conn: &mut Connection| storage::cases::list_by_number(conn, &number);
        let found: Result<_, StorageError> = self.app.database.read(read).await;
        let file = found.unwrap().remove(0);
        let roles = Role::ALL.to_vec();
        let letters = match &act {
            Act::Propose { disposition } => file.case.answering(*disposition),
            act => act.letters(&file.case, self.app.clock.today()),
        };
        let deed = Deed {
            agency: file.agency_id,
            case: file.id,
            read_version: None,
            act,
            on: self.app.clock.today(),
            words: None,
            particulars: super::letters::filled(&letters),
            amended: None,
            attachments: Vec::new(),
            by: Actor::Officer { id: Uuid::from_u128(who), roles },
        };
        advance(&self.app, deed).await.unwrap();
    }

    /// A fresh form's token.
    pub async fn form_token(&self) -> String {
        self.get("/apply").await.token()
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        // Told, and not waited for: the threads end by themselves.
        drop(self.server.stop(false));
    }
}

/// These papers with some fields written differently.
pub fn papers<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut papers: Vec<(&str, &str)> = PAPERS.to_vec();
    for (field, text) in changes {
        papers.retain(|(known, _)| known != field);
        papers.push((*field, *text));
    }
    papers
}

/// A day.
pub fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn nine_in_the_morning(day: NaiveDate) -> DateTime<Utc> {
    from_beijing(day.and_hms_opt(9, 0, 0).unwrap())
}

fn agency(id: u128, code: &str, name: &str) -> Agency {
    Agency {
        id: Uuid::from_u128(id),
        code: code.to_owned(),
        name: name.to_owned(),
        parent: None,
        initials: "莲办依申".to_owned(),
        address: "河南省南阳市西峡县白羽路103号".to_owned(),
        postcode: "474500".to_owned(),
        telephone: "0377-69662002".to_owned(),
        hours: "周一至周五 8:30—12:00，14:30—17:30".to_owned(),
        email: "xixialhb@126.com".to_owned(),
        review_authority: "西峡县人民政府".to_owned(),
        court: "西峡县人民法院".to_owned(),
        own_review_allowed: false,
    }
}

fn settings(directory: &TempDir, database: &str, more: &str) -> Config {
    let file = directory.path().join("local.toml");
    let place = directory.path().display();
    let text = format!(
        "[data]\ndirectory = \"{place}/data\"\nkey_file = \"{place}/keys/yishen.key\"\n\
         [database]\nurl = \"{database}\"\n[server]\nworkers = 2\n{more}"
    );
    std::fs::write(&file, text).unwrap();
    Config::load(Some(&file)).unwrap()
}

/// Makes two tests of each function: one in an office on SQLite, one on PostgreSQL.
macro_rules! in_both_offices {
    ($(
        $(#[doc = $doc:expr])*
        async fn $name:ident($engine:ident: Engine) $body:block
    )*) => {$(
        $(#[doc = $doc])*
        mod $name {
            use super::*;

            async fn check($engine: $crate::support::database::Engine) $body

            #[tokio::test]
            async fn sqlite() {
                check($crate::support::database::Engine::Sqlite).await;
            }

            #[tokio::test]
            async fn postgres() {
                check($crate::support::database::Engine::Postgres).await;
            }
        }
    )*};
}
pub(crate) use in_both_offices;
