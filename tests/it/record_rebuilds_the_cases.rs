//! The events are the record: every case of the demonstration, which has one at each stage, is
//! rebuilt from its events alone, and is the case that is kept.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Stdio;

use chrono::NaiveDate;
use serde_json::Value;
use uuid::Uuid;
use yishen::casework::file::FILED;
use yishen::casework::record::officer_of;
use yishen::casework::recorded::Recorded;
use yishen::domain::actor::{Actor, Role};
use yishen::domain::calendar::WorkingCalendar;
use yishen::domain::case::{Case, Office, Stage};
use yishen::storage::events::Event;
use yishen::storage::queue::{self, Filter, Scope};
use yishen::storage::{
    Connection, Database, DatabaseOptions, StorageError, agencies, cases, events,
};

use crate::support::command::command;

/// Makes the demonstration, and ends the program.
fn furnish(directory: &Path) {
    let mut serve = command(directory, &["serve", "--demo"]);
    serve.env("YISHEN__SERVER__LISTEN", "127.0.0.1:0");
    let mut program = serve
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(program.stdout.take().unwrap());
    let mut said = String::new();
    while !said.contains("Ctrl+C") {
        assert!(output.read_line(&mut said).unwrap() > 0, "{said}");
    }
    program.kill().unwrap();
    program.wait().unwrap();
}

/// Every case, as it is kept and as it is on record.
fn kept(conn: &mut Connection) -> Result<Vec<(Case, Vec<Event>)>, StorageError> {
    let agencies: Vec<Uuid> = agencies::list_ids(conn)?;
    let filter = Filter { agencies: agencies.clone(), scope: Scope::All, ..Filter::default() };
    let page = queue::page(conn, &filter, None, 1000)?;
    assert!(page.next.is_none());
    page.rows
        .into_iter()
        .map(|row| Ok((cases::find_any(conn, row.id)?.case, events::of_case(conn, row.id)?)))
        .collect()
}

fn day(data: &Value, name: &str) -> Option<NaiveDate> {
    data[name].as_str().map(|day| day.parse().unwrap())
}

/// The case that its events tell, acts refused by nobody's duties: who may was asked then.
fn rebuilt(events: &[Event], calendar: &WorkingCalendar) -> Case {
    let (filed, acts) = events.split_first().unwrap();
    assert_eq!(filed.action, FILED);
    let data: Value = serde_json::from_str(&filed.data).unwrap();
    let arrived_on = day(&data, "arrived_on").unwrap();
    let stage = Stage::registered(arrived_on, day(&data, "received_on"));
    let office = Office { calendar, own_review_allowed: true };
    let mut case = Case { handler: None, stage };
    for event in acts {
        let Some(recorded) = Recorded::from_json(&event.action, &event.data).unwrap() else {
            continue;
        };
        let by = officer_of(&event.actor)
            .map_or(Actor::Applicant, |id| Actor::Officer { id, roles: Role::ALL.to_vec() });
        case = case
            .apply(&recorded.act, &by, recorded.on, office)
            .unwrap()
            .case;
    }
    case
}

#[test]
fn every_case_is_what_its_events_say() {
    let directory = tempfile::tempdir().unwrap();
    furnish(directory.path());
    let calendar = yishen::config::calendar::load(directory.path()).unwrap();
    let url = format!("sqlite://{}", directory.path().join("data/yishen.db").display());
    let database = Database::open(&url, &DatabaseOptions::default()).unwrap();
    let kept = database.read_blocking(kept).unwrap();
    for code in Stage::CODES {
        assert!(kept.iter().any(|(case, _)| case.stage.code() == code), "no case is {code}");
    }
    for (case, events) in kept {
        assert_eq!(rebuilt(&events, &calendar), case);
    }
}
