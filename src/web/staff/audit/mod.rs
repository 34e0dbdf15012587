//! 审计记录: what happened in the agency, for 安全审计员. It names cases by number, and holds
//! nothing of applicants.

mod wording;

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use chrono::{Days, NaiveDate, NaiveTime};
use serde::Deserialize;
use uuid::Uuid;

use self::wording::Kind;
use crate::app::App;
use crate::casework::record;
use crate::clock::from_beijing;
use crate::domain::number::CaseNumber;
use crate::storage::events::{self, ChainError, Event, Wanted};
use crate::storage::officers::{self, Officer};
use crate::storage::{StorageError, cases};
use crate::web::error::WebError;
use crate::web::form::{Choice, View};
use crate::web::page::{self, StaffFrame};
use crate::web::session::CurrentOfficer;
use crate::web::staff::access::CASES;
use crate::web::staff::case::href;
use crate::web::staff::form::DeskForm;
use crate::web::staff::queue::asked::escape;
use crate::web::words;

/// How many events stand on a page.
const PAGE: i64 = 50;
/// Where the page stands.
const HERE: &str = "/staff/audit";

/// An event in the list.
#[derive(Debug)]
struct Row {
    sequence: i64,
    at: String,
    actor: String,
    action: &'static str,
    case: String,
    /// The page of the case, for those who may open it; else what the record says of it.
    case_href: String,
    data: String,
}

/// What came of verifying the chain.
#[derive(Debug)]
struct Verdict {
    good: bool,
    title: &'static str,
    words: String,
}

#[derive(Debug, Template)]
#[template(path = "staff/audit.html")]
struct AuditPage {
    frame: StaffFrame,
    token: String,
    verdict: Option<Verdict>,
    form: View,
    people: Vec<Choice>,
    kinds: Vec<Choice>,
    narrowed: bool,
    rows: Vec<Row>,
    first_href: Option<String>,
    next_href: Option<String>,
}

/// Which part of the record is asked for, as the address says it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    who: String,
    kind: String,
    from: String,
    until: String,
    case: String,
    before: String,
}

impl Asked {
    fn is_narrowed(&self) -> bool {
        [&self.who, &self.kind, &self.from, &self.until, &self.case]
            .iter()
            .any(|text| !text.is_empty())
    }

    /// The address of the part behind this event; of its beginning, behind none.
    fn href(&self, before: Option<i64>) -> String {
        let before = before.map(|before| before.to_string()).unwrap_or_default();
        let mut href = HERE.to_owned();
        let fields = [
            ("who", &self.who),
            ("kind", &self.kind),
            ("from", &self.from),
            ("until", &self.until),
            ("case", &self.case),
            ("before", &before),
        ];
        let fields = fields.into_iter().filter(|(_, text)| !text.is_empty());
        for (place, (name, text)) in fields.enumerate() {
            href.push(if place == 0 { '?' } else { '&' });
            href.push_str(name);
            href.push('=');
            escape(&mut href, text);
        }
        href
    }

    /// What the storage is asked for; a day in Beijing is from midnight to midnight.
    fn wanted(&self, agency: Uuid, case: Option<Uuid>) -> Wanted {
        let begins = |day: NaiveDate| from_beijing(day.and_time(NaiveTime::MIN));
        let until: Option<NaiveDate> = self.until.parse().ok();
        Wanted {
            agency,
            case,
            actor: (!self.who.is_empty()).then(|| self.who.clone()),
            actions: Kind::from_code(&self.kind).map(Kind::actions),
            from: self.from.parse().ok().map(begins),
            until: until
                .and_then(|day| day.checked_add_days(Days::new(1)))
                .map(begins),
            before: self.before.parse().ok(),
        }
    }

    fn view(&self) -> View {
        let mut view = View::filled([
            ("who", self.who.as_str()),
            ("kind", &self.kind),
            ("from", &self.from),
            ("until", &self.until),
            ("case", &self.case),
        ]);
        for (field, text) in [("from", &self.from), ("until", &self.until)] {
            if !text.is_empty() && text.parse::<NaiveDate>().is_err() {
                view.add_fault(field, "请填写日期，例如 2026-03-02");
            }
        }
        view
    }
}

/// What a page of the record needs.
struct Found {
    events: Vec<Event>,
    officers: Vec<Officer>,
    people: Vec<Choice>,
    cases: HashMap<Uuid, CaseNumber>,
    /// Whether a case was asked for that is none of this agency's.
    no_such_case: bool,
}

/// `GET /staff/audit`
///
/// # Errors
///
/// [`WebError`].
pub async fn show(
    app: Data<App>,
    officer: CurrentOfficer,
    asked: Query<Asked>,
) -> Result<HttpResponse, WebError> {
    audit_page(&app, &officer, asked.into_inner(), None).await
}

/// `POST /staff/audit/verify`
///
/// # Errors
///
/// [`WebError`].
pub async fn verify(
    app: Data<App>,
    officer: CurrentOfficer,
    _form: DeskForm,
) -> Result<HttpResponse, WebError> {
    let verdict = match record::check(&app, officer.agency().id).await {
        Ok(count) => Verdict {
            good: true,
            title: "校验通过",
            words: format!("共{count}条记录，前后相连，没有改动、缺失或者添加。"),
        },
        Err(ChainError::Broken { sequence, what, .. }) => Verdict {
            good: false,
            title: "校验不通过",
            words: format!("第{sequence}条记录{what}。请保留现场，立即报告本机关负责人。"),
        },
        Err(ChainError::Storage(error)) => return Err(error.into()),
    };
    audit_page(&app, &officer, Asked::default(), Some(verdict)).await
}

async fn find(app: &App, agency: Uuid, asked: Asked) -> Result<Found, WebError> {
    let found = app.database.read(move |conn| {
        let case = match asked.case.trim().parse::<CaseNumber>() {
            Ok(number) => cases::list_by_number(conn, &number)?
                .into_iter()
                .find(|case| case.agency_id == agency)
                .map(|case| case.id),
            Err(_) => None,
        };
        let no_such_case = case.is_none() && !asked.case.is_empty();
        let events = if no_such_case {
            Vec::new()
        } else {
            events::page(conn, &asked.wanted(agency, case), PAGE + 1)?
        };
        let mut of: Vec<Uuid> = events.iter().filter_map(|event| event.case).collect();
        of.sort_unstable();
        of.dedup();
        let officers = officers::list(conn, &[agency])?;
        let people = officers
            .iter()
            .map(|officer| Choice::new(format!("officer:{}", officer.id), officer.name.as_str()));
        Ok::<_, StorageError>(Found {
            people: people.collect(),
            cases: cases::numbers(conn, &of)?,
            events,
            no_such_case,
            officers,
        })
    });
    Ok(found.await?)
}

async fn audit_page(
    app: &App,
    officer: &CurrentOfficer,
    asked: Asked,
    verdict: Option<Verdict>,
) -> Result<HttpResponse, WebError> {
    let found = find(app, officer.agency().id, asked.clone()).await?;
    let shown = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let last = found
        .events
        .get(shown.saturating_sub(1))
        .filter(|_| found.events.len() > shown);
    let mut form = asked.view();
    if found.no_such_case {
        form.add_fault("case", "没有这个受理编号");
    }
    let mut people = vec![
        Choice::new("applicant", "申请人"),
        Choice::new("system", "系统"),
    ];
    people.extend(found.people.iter().cloned());
    let may_open = CASES.admits(officer.roles());
    page::show(
        StatusCode::OK,
        &AuditPage {
            frame: super::frame(app, officer, HERE)?,
            token: officer.token(app)?,
            verdict,
            people,
            kinds: Kind::ALL
                .map(|kind| Choice::new(kind.code(), kind.label()))
                .to_vec(),
            narrowed: asked.is_narrowed(),
            rows: found
                .events
                .iter()
                .take(shown)
                .map(|event| found.row(event, may_open))
                .collect(),
            first_href: (!asked.before.is_empty()).then(|| asked.href(None)),
            next_href: last.map(|last| asked.href(Some(last.sequence))),
            form,
        },
    )
}

impl Found {
    fn row(&self, event: &Event, may_open: bool) -> Row {
        let number = event.case.and_then(|case| self.cases.get(&case));
        let number = number.map_or_else(String::new, |number| number.as_str().to_owned());
        let case_href = match event.case {
            Some(case) if may_open => href(case),
            _ => Asked { case: number.clone(), ..Asked::default() }.href(None),
        };
        Row {
            sequence: event.sequence,
            at: words::moment(event.at),
            actor: self.actor(&event.actor),
            action: wording::action(&event.action),
            case: number,
            case_href,
            data: wording::particulars(event, &self.officers),
        }
    }

    fn actor(&self, actor: &str) -> String {
        match (record::officer_of(actor), actor) {
            (Some(id), _) => {
                let found = self.officers.iter().find(|officer| officer.id == id);
                found
                    .map_or("其他机关的工作人员", |officer| &officer.name)
                    .to_owned()
            }
            (None, "applicant") => "申请人".to_owned(),
            (None, _) => "系统".to_owned(),
        }
    }
}
