//! The queue finds what is looked for, in order, page by page.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use uuid::Uuid;
use yishen::domain::applicant::ApplicantKind;
use yishen::domain::case::{Case, Course, Stage};
use yishen::domain::channel::Channel;
use yishen::domain::outcome::Outcome;
use yishen::storage::cases::{self, NewCase};
use yishen::storage::queue::{self, Bands, Cursor, Filter, Handler, Page, Scope};
use yishen::storage::{Connection, Database, StorageError};

use crate::support::cases::{
    closed, day, has_agency, has_case, has_clerk, received, secrets, some_time,
};
use crate::support::database::on_both_engines;

/// Whether a case is to be found.
type Keep = Box<dyn Fn(&NewCase) -> bool>;

/// Two agencies and a clerk, with sixty cases of every kind between them.
struct Office {
    agencies: [Uuid; 2],
    clerk: Uuid,
    cases: BTreeMap<Uuid, NewCase>,
}

async fn office(database: &Database) -> Office {
    let filled = database.write(fill);
    filled.await.unwrap()
}

fn fill(conn: &mut Connection) -> Result<Office, StorageError> {
    let agencies = [has_agency(conn, "LH")?, has_agency(conn, "ZZ")?];
    let clerk = has_clerk(conn, agencies[0], "wang")?;
    let mut cases = BTreeMap::new();
    for n in 0..60_u64 {
        let agency = agencies[usize::from(n % 5 == 0)];
        // Several on each day, so that identity decides between them.
        let on = day("2026-03-02") + Days::new(n / 4);
        let mut new = match n % 3 {
            0 => closed(agency, on, on + Days::new(n % 7), Outcome::Granted),
            1 => received(agency, on),
            _ => filed(agency, on),
        };
        if n % 4 == 0 {
            new.case.handler = Some(clerk);
        }
        new.channel = Channel::ALL[usize::try_from(n).unwrap() % 5];
        new.applicant_kind = ApplicantKind::ALL[usize::try_from(n).unwrap() % 6];
        new.name_index = (n % 10 == 0).then_some([u8::try_from(n).unwrap(); 32]);
        has_case(conn, &new)?;
        cases.insert(new.id, new);
    }
    Ok(Office { agencies, clerk, cases })
}

/// A case that nobody has confirmed yet.
fn filed(agency: Uuid, on: NaiveDate) -> NewCase {
    NewCase {
        case: Case { handler: None, stage: Stage::Filed { arrived_on: on } },
        due: None,
        attention_on: Some(on + Days::new(5)),
        ..received(agency, on)
    }
}

/// Every page of it, by the cursor as an address bears it.
async fn all_pages(database: &Database, filter: &Filter, limit: usize) -> Vec<Page> {
    let mut pages = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let filter = filter.clone();
        let cursor = after.map(|text| text.parse::<Cursor>().unwrap());
        let page = database
            .read(move |conn| queue::page(conn, &filter, cursor.as_ref(), limit))
            .await
            .unwrap_or_else(|error: StorageError| panic!("{error}"));
        after = page.next.as_ref().map(Cursor::to_string);
        pages.push(page);
        assert!(pages.len() < 100, "it does not end");
        if after.is_none() {
            return pages;
        }
    }
}

async fn found(database: &Database, filter: &Filter, limit: usize) -> Vec<Uuid> {
    let pages = all_pages(database, filter, limit).await;
    for page in pages.iter().rev().skip(1) {
        assert_eq!(page.rows.len(), limit, "a page in the middle is full");
    }
    pages
        .into_iter()
        .flat_map(|page| page.rows.into_iter().map(|row| row.id))
        .collect()
}

impl Office {
    fn filter(&self, scope: Scope) -> Filter {
        Filter { agencies: self.agencies.to_vec(), scope, ..Filter::default() }
    }

    /// What ought to be found, by going through all cases.
    fn expected(&self, keep: impl Fn(&NewCase) -> bool) -> BTreeSet<Uuid> {
        let kept = self.cases.values().filter(|case| keep(case));
        kept.map(|case| case.id).collect()
    }
}

fn is_open(case: &NewCase) -> bool {
    case.case.stage.closed().is_none()
}

on_both_engines! {
    async fn every_page_together_is_the_whole_and_nothing_twice(database: TestDatabase) {
        let office = office(&database).await;
        for (scope, expected) in [
            (Scope::Open, office.expected(is_open)),
            (Scope::Closed, office.expected(|case| !is_open(case))),
            (Scope::All, office.expected(|_| true)),
        ] {
            let filter = office.filter(scope);
            let whole = found(&database, &filter, 1000).await;
            assert_eq!(whole.iter().copied().collect::<BTreeSet<_>>(), expected);
            for limit in [1, 7, 20] {
                assert_eq!(found(&database, &filter, limit).await, whole, "{scope:?} by {limit}");
            }
        }
    }

    async fn what_asks_for_attention_first_stands_first(database: TestDatabase) {
        let office = office(&database).await;
        let found = found(&database, &office.filter(Scope::Open), 10).await;
        let keys: Vec<_> = found
            .iter()
            .map(|id| (office.cases[id].attention_on, *id))
            .collect();
        assert!(keys.is_sorted(), "{keys:?}");
    }

    async fn what_was_received_last_stands_first_among_the_closed(database: TestDatabase) {
        let office = office(&database).await;
        let found = found(&database, &office.filter(Scope::Closed), 10).await;
        let keys: Vec<_> = found
            .iter()
            .map(|id| (office.cases[id].case.stage.received_on(), *id))
            .collect();
        assert!(keys.is_sorted_by(|one, next| one >= next), "{keys:?}");
    }

    async fn each_filter_finds_what_going_through_all_would(database: TestDatabase) {
        let office = office(&database).await;
        let (clerk, own) = (office.clerk, office.agencies[1]);
        let (from, until) = (day("2026-03-05"), day("2026-03-09"));
        let all = office.filter(Scope::All);
        let open = office.filter(Scope::Open);
        let cases: Vec<(Filter, Keep)> = vec![
            (
                Filter { agencies: vec![own], ..all.clone() },
                Box::new(move |case| case.agency_id == own),
            ),
            (Filter { agencies: vec![], ..all.clone() }, Box::new(|_| false)),
            (
                Filter { stages: vec!["filed", "closed"], ..open.clone() },
                Box::new(|case| case.case.stage.code() == "filed"),
            ),
            (
                Filter { channel: Some(Channel::Fax), ..all.clone() },
                Box::new(|case| case.channel == Channel::Fax),
            ),
            (
                Filter { kind: Some(ApplicantKind::Research), ..open.clone() },
                Box::new(|case| is_open(case) && case.applicant_kind == ApplicantKind::Research),
            ),
            (
                Filter { handler: Some(Handler::Officer(clerk)), ..all.clone() },
                Box::new(move |case| case.case.handler == Some(clerk)),
            ),
            (
                Filter { handler: Some(Handler::Nobody), ..open.clone() },
                Box::new(|case| is_open(case) && case.case.handler.is_none()),
            ),
            (
                Filter { received_from: Some(from), received_until: Some(until), ..all.clone() },
                Box::new(move |case| {
                    let on = case.case.stage.received_on();
                    on.is_some_and(|on| (from..=until).contains(&on))
                }),
            ),
            (
                Filter { attention_from: Some(from), attention_until: Some(until), ..open.clone() },
                Box::new(move |case| {
                    case.attention_on.is_some_and(|on| (from..=until).contains(&on))
                }),
            ),
            (
                Filter { name_index: Some([30; 32]), ..all.clone() },
                Box::new(|case| case.name_index == Some([30; 32])),
            ),
            (
                Filter {
                    channel: Some(Channel::Online),
                    handler: Some(Handler::Nobody),
                    received_from: Some(from),
                    ..office.filter(Scope::Closed)
                },
                Box::new(move |case| {
                    !is_open(case)
                        && case.channel == Channel::Online
                        && case.case.handler.is_none()
                        && case.case.stage.received_on() >= Some(from)
                }),
            ),
        ];
        for (filter, keep) in cases {
            let expected = office.expected(keep);
            for limit in [3, 1000] {
                let found = found(&database, &filter, limit).await;
                assert_eq!(found.len(), expected.len(), "{filter:?}");
                assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected, "{filter:?}");
            }
        }
    }

    async fn a_line_says_what_the_case_is(database: TestDatabase) {
        let office = office(&database).await;
        for page in all_pages(&database, &office.filter(Scope::All), 25).await {
            for row in page.rows {
                let case = &office.cases[&row.id];
                assert_eq!(row.stage, case.case.stage.code());
                assert_eq!((row.channel, row.kind), (case.channel, case.applicant_kind));
                assert_eq!((row.due, row.attention_on), (case.due, case.attention_on));
                assert_eq!((row.handler, row.arrived_on), (case.case.handler, case.arrived_on));
                assert_eq!(row.received_on, case.case.stage.received_on());
                let closed = case.case.stage.closed();
                assert_eq!(row.closed, closed.map(|(ending, on)| (on, ending.outcome())));
            }
        }
    }

    async fn numbers_are_found_by_how_they_begin(database: TestDatabase) {
        let agency = database
            .write(|conn| {
                let agency = has_agency(conn, "LH")?;
                let numbers = [
                    "LH-2026-0009", "LH-2026-0010", "LH-2026-0011", "LH-2025-0010", "lh-2026-0010",
                    "LH-2026", "LH-2026-%", "受理〔2026〕1号", "受理〔2026〕12号", "受琇",
                ];
                for number in numbers {
                    let new = received(agency, day("2026-06-01"));
                    cases::insert(conn, &number.parse().unwrap(), &new, &secrets())?;
                }
                Ok::<_, StorageError>(agency)
            })
            .await
            .unwrap();
        for (prefix, expected) in [
            ("LH-2026-001", vec!["LH-2026-0010", "LH-2026-0011"]),
            ("LH-2026-%", vec!["LH-2026-%"]),
            ("LH-2026", vec![
                "LH-2026", "LH-2026-%", "LH-2026-0009", "LH-2026-0010", "LH-2026-0011",
            ]),
            ("受理〔2026〕1", vec!["受理〔2026〕12号", "受理〔2026〕1号"]),
            ("没有", vec![]),
        ] {
            let filter = Filter {
                agencies: vec![agency],
                scope: Scope::All,
                number_prefix: Some(prefix.to_owned()),
                ..Filter::default()
            };
            let pages = all_pages(&database, &filter, 2).await;
            let numbers: Vec<_> = pages
                .iter()
                .flat_map(|page| page.rows.iter().map(|row| row.number.as_str()))
                .collect();
            assert_eq!(numbers, expected, "{prefix}");
        }
    }

    async fn a_page_goes_on_rightly_when_cases_come_and_go_meanwhile(database: TestDatabase) {
        let office = office(&database).await;
        let agency = office.agencies[0];
        let filter = office.filter(Scope::Open);
        let first = {
            let filter = filter.clone();
            database.read(move |conn| queue::page(conn, &filter, None, 10)).await.unwrap()
        };
        let last = first.rows.last().unwrap().clone();
        // The last one shown is closed, and one comes in that stands before all others.
        database
            .write(move |conn| {
                has_case(conn, &NewCase {
                    attention_on: Some(day("2020-01-01")),
                    ..received(agency, day("2026-03-01"))
                })?;
                let file = cases::find_any(conn, last.id)?;
                let stage = Stage::Closed {
                    received_on: day("2026-03-02"),
                    ending: yishen::domain::case::Ending::Recorded(Outcome::Granted),
                    on: day("2026-04-01"),
                };
                let after = Case { handler: None, stage };
                cases::save(conn, &file, &after, None, None, some_time())
            })
            .await
            .unwrap();
        let mut seen: BTreeSet<_> = first.rows.iter().map(|row| row.id).collect();
        let mut after = first.next;
        while let Some(cursor) = after {
            let filter = filter.clone();
            let page = database
                .read(move |conn| queue::page(conn, &filter, Some(&cursor), 10))
                .await
                .unwrap();
            for row in &page.rows {
                assert!(seen.insert(row.id), "shown twice");
            }
            after = page.next;
        }
        assert_eq!(seen, office.expected(is_open), "left out");
    }

    async fn open_cases_are_counted_by_urgency_and_by_who_waits(database: TestDatabase) {
        let (agencies, clerk) = database.write(cases_for_bands).await.unwrap();
        let count = |of: &[Uuid], handler| {
            let of = of.to_vec();
            let (today, soon) = (day("2026-06-01"), day("2026-06-04"));
            database.read(move |conn| queue::bands(conn, &of, handler, today, soon))
        };
        let all: Result<_, StorageError> = count(&agencies, None).await;
        let expected =
            Bands { overdue: 2, today: 2, soon: 2, later: 1, unconfirmed: 1, waiting: 1 };
        assert_eq!(all.unwrap(), expected);
        assert_eq!(expected.total(), 9);
        let own: Result<_, StorageError> = count(&agencies[1..], None).await;
        assert_eq!(own.unwrap(), Bands { overdue: 1, today: 1, soon: 1, ..Bands::default() });
        let hers: Result<_, StorageError> = count(&agencies, Some(Handler::Officer(clerk))).await;
        assert_eq!(hers.unwrap(), Bands { later: 1, ..Bands::default() });
        let free: Result<_, StorageError> = count(&agencies, Some(Handler::Nobody)).await;
        assert_eq!(free.unwrap().total(), 8);
    }

    async fn a_case_in_a_stage_that_waits_for_the_applicant_is_open(database: TestDatabase) {
        let (agency, id) = database
            .write(|conn| {
                let agency = has_agency(conn, "LH")?;
                let on = day("2026-06-01");
                let stage = Stage::AwaitingCorrection {
                    course: Course::starting(on),
                    asked_on: on,
                    until: day("2026-06-20"),
                };
                let new = NewCase {
                    case: Case { handler: None, stage },
                    due: None,
                    attention_on: Some(day("2026-06-20")),
                    ..received(agency, on)
                };
                Ok::<_, StorageError>((agency, has_case(conn, &new)?.id))
            })
            .await
            .unwrap();
        let filter = Filter { agencies: vec![agency], ..Filter::default() };
        assert_eq!(found(&database, &filter, 10).await, [id]);
    }
}

/// Seven cases whose term ends around 1 June, one of them a clerk's; one that nobody has
/// confirmed, one that waits for the applicant, both past their day; and a closed one.
fn cases_for_bands(conn: &mut Connection) -> Result<([Uuid; 2], Uuid), StorageError> {
    let agencies = [has_agency(conn, "LH")?, has_agency(conn, "ZZ")?];
    let clerk = has_clerk(conn, agencies[0], "wang")?;
    let days = [
        "05-29", "05-31", "06-01", "06-01", "06-02", "06-04", "06-05",
    ];
    for (n, on) in days.into_iter().enumerate() {
        let mut new = received(agencies[n % 2], day("2026-05-01"));
        new.attention_on = Some(day(&format!("2026-{on}")));
        new.case.handler = (on == "06-05").then_some(clerk);
        has_case(conn, &new)?;
    }
    has_case(conn, &filed(agencies[0], day("2026-05-01")))?;
    let stage = Stage::AwaitingPayment {
        course: Course::starting(day("2026-05-01")),
        notified_on: day("2026-05-06"),
        delivered_on: None,
        yuan: 200,
    };
    has_case(
        conn,
        &NewCase {
            case: Case { handler: None, stage },
            due: None,
            attention_on: Some(day("2026-05-30")),
            ..received(agencies[0], day("2026-05-01"))
        },
    )?;
    let (on, closed_on) = (day("2026-05-01"), day("2026-05-20"));
    has_case(conn, &closed(agencies[0], on, closed_on, Outcome::Partial))?;
    Ok((agencies, clerk))
}
