//! Agencies, officers and cases for tests that look at what is kept.

use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Days, NaiveDate, Utc};
use uuid::Uuid;
use yishen::domain::actor::Role;
use yishen::domain::agency::Agency;
use yishen::domain::applicant::ApplicantKind;
use yishen::domain::case::{Case, Ending, Handling, Stage};
use yishen::domain::channel::Channel;
use yishen::domain::deadline::DueDate;
use yishen::domain::number::CaseNumber;
use yishen::domain::outcome::Outcome;
use yishen::storage::cases::{CaseFile, NewCase, Secrets};
use yishen::storage::officers::Officer;
use yishen::storage::{Connection, StorageError, agencies, cases, officers};

/// An identity that no other has; later ones stand behind earlier ones.
pub fn new_id() -> Uuid {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    Uuid::from_u128(u128::from(COUNT.fetch_add(1, Ordering::Relaxed)) << 32)
}

/// `2026-06-01`.
pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// `2026-06-01T08:30:00Z`.
pub fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A moment on which nothing depends.
pub fn some_time() -> DateTime<Utc> {
    instant("2026-06-01T00:00:00Z")
}

/// An agency with this code, below another or none.
pub fn agency(code: &str, parent: Option<Uuid>) -> Agency {
    Agency {
        id: new_id(),
        code: code.to_owned(),
        name: format!("{code}街道办事处"),
        parent,
        initials: "莲公开".to_owned(),
        address: "莲花路1号".to_owned(),
        postcode: "361000".to_owned(),
        telephone: "0592-1234567".to_owned(),
        hours: "工作日 8:00–12:00".to_owned(),
        email: "gk@example.gov.cn".to_owned(),
        review_authority: "思明区人民政府".to_owned(),
        court: "思明区人民法院".to_owned(),
        own_review_allowed: false,
    }
}

/// An agency that is kept.
pub fn has_agency(conn: &mut Connection, code: &str) -> Result<Uuid, StorageError> {
    let agency = agency(code, None);
    agencies::insert(conn, &agency, some_time())?;
    Ok(agency.id)
}

/// A clerk of an agency.
pub fn clerk(agency: Uuid, login: &str) -> Officer {
    Officer {
        id: new_id(),
        agency_id: agency,
        login: login.to_owned(),
        name: "王经办".to_owned(),
        roles: vec![Role::Clerk],
        password_hash: None,
        setup: None,
        disabled_at: None,
        failures: 0,
        locked_until: None,
        version: 1,
    }
}

/// A clerk who is kept.
pub fn has_clerk(conn: &mut Connection, agency: Uuid, login: &str) -> Result<Uuid, StorageError> {
    let clerk = clerk(agency, login);
    officers::insert(conn, &clerk, some_time())?;
    Ok(clerk.id)
}

/// A case received on a day: handled since, and due in thirty days.
pub fn received(agency: Uuid, on: NaiveDate) -> NewCase {
    let due = on + Days::new(30);
    NewCase {
        id: new_id(),
        agency_id: agency,
        channel: Channel::Online,
        applicant_kind: ApplicantKind::Natural,
        case: Case { handler: None, stage: Stage::Handling(Handling::starting(on)) },
        filed_at: on.and_hms_opt(1, 0, 0).unwrap().and_utc(),
        arrived_on: on,
        due: Some(DueDate { on: due, provisional: false }),
        attention_on: Some(due),
        name_index: None,
        document_index: None,
        form_token: None,
        query_code_mac: None,
        imported: false,
        family: None,
    }
}

/// A case received on a day and closed on another.
pub fn closed(agency: Uuid, on: NaiveDate, closed_on: NaiveDate, outcome: Outcome) -> NewCase {
    let stage = Stage::Closed { received_on: on, ending: Ending::Recorded(outcome), on: closed_on };
    NewCase {
        case: Case { handler: None, stage },
        due: None,
        attention_on: None,
        ..received(agency, on)
    }
}

/// What an applicant wrote, sealed.
pub fn secrets() -> Secrets {
    Secrets {
        wrapped_key: Some(vec![1; 60]),
        applicant: b"sealed applicant".to_vec(),
        content: b"sealed content".to_vec(),
    }
}

/// The case, kept under a number of its own.
pub fn has_case(conn: &mut Connection, new: &NewCase) -> Result<CaseFile, StorageError> {
    let number: CaseNumber = format!("YS-{:x}", new.id.as_u128() >> 32).parse().unwrap();
    cases::insert(conn, &number, new, &secrets())
}
