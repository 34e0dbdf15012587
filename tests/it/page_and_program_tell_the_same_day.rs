//! `yishen due` and the page of a case never disagree: not in the last day, nor in any day before
//! it, whatever happened to the case.

use chrono::TimeDelta;
use serde_json::Value;
use yishen::domain::case::Act;
use yishen::domain::consultation::{Opinion, Party};

use crate::support::command::yishen;
use crate::support::office::{Office, PAPERS, day, in_both_offices};
use crate::support::staff::{PASSWORD, Person, sign_in};

/// What the program says of these events.
fn told(events: &[String]) -> Value {
    let mut arguments = vec!["due", "--format", "json", "--received", "2026-06-01"];
    for event in events {
        arguments.extend(["--event", event.as_str()]);
    }
    let output = yishen(&arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The days as the page lists them: the date, and its count where it counts.
fn listed(page: &str) -> Vec<(String, Option<u64>)> {
    let Some((_, table)) = page.split_once("<summary>逐日列出</summary>") else {
        return Vec::new();
    };
    let (table, _) = table.split_once("</table>").unwrap();
    let rows = table.split("<td class=\"numeric\">").skip(1);
    rows.map(|row| {
        let (date, rest) = row.split_once('<').unwrap();
        let (_, count) = rest.rsplit_once("<td class=\"number\">").unwrap();
        (date.to_owned(), count.split('<').next().unwrap().parse().ok())
    })
    .collect()
}

async fn agree(clerk: &Person, case: &str, events: &[String]) {
    let told = told(events);
    let page = clerk.get(case).await;
    let counts = |day: &Value| {
        let counts = matches!(day["kind"].as_str(), Some("counted" | "makeup"));
        counts.then(|| day["count"].as_u64().unwrap())
    };
    let days = told["days"].as_array().unwrap();
    let days: Vec<_> = days
        .iter()
        .map(|day| (day["date"].as_str().unwrap().to_owned(), counts(day)))
        .collect();
    assert_eq!(listed(&page.text), days, "{events:?}");
    if let Some(due) = told["due"].as_str() {
        let due: chrono::NaiveDate = due.parse().unwrap();
        let words = yishen::web::words::full_day(due);
        assert!(page.says(&words), "{words} after {events:?}: {}", page.text);
    } else {
        assert!(!page.says("答复期限怎样计算"), "{events:?}");
    }
}

in_both_offices! {
    async fn after_every_act_of_a_long_case(engine: Engine) {
        let office = Office::open(engine, day(2026, 6, 1)).await;
        let clerk = office
            .has("wangfang", "王芳", &[yishen::domain::actor::Role::Clerk])
            .await;
        let (case, number, _) = office.has_filed(&PAPERS).await;
        office.act(&number, Act::ConfirmReceipt).await;
        let mut events: Vec<String> = Vec::new();
        agree(&clerk, &case, &events).await;
        let third = Party::ThirdParty;
        let steps = [
            (1, "third-party-sent", Act::Consult { party: third }),
            (2, "agency-sent", Act::Consult { party: Party::Agency }),
            (1, "third-party-received", Act::RecordDelivery { consultation: 1 }),
            (4, "agency-replied", Act::RecordOpinion { consultation: 2, opinion: Opinion::Agrees }),
            (6, "third-party-replied", Act::RecordOpinion { consultation: 1, opinion: Opinion::Objects }),
            (2, "extended", Act::Extend { days: 7 }),
            (3, "fee-sent", Act::ChargeFee { yuan: 100 }),
            (5, "fee-received", Act::RecordFeeDelivery),
            (2, "fee-paid", Act::Pay),
            (2, "correction-sent", Act::AskForCorrection { until: day(2026, 8, 31), as_exception: true }),
            (9, "corrected", Act::Correct),
        ];
        for (after, name, act) in steps {
            office.wait(TimeDelta::days(after));
            let on = office.app.clock.today();
            let number_of_days = match act {
                Act::Extend { days } => format!(":{days}"),
                _ => String::new(),
            };
            // The program refuses late notices; the page records them as exceptions.
            office.act(&number, act).await;
            events.push(format!("{name}:{on}{number_of_days}"));
            sign_in(&clerk.browser, "wangfang", PASSWORD).await;
            agree(&clerk, &case, &events).await;
        }
    }
}
