//! An operator asks for the last day of an answer, without a database.

use chrono::NaiveDate;
use serde_json::Value;

use crate::support::command::{command, complained, printed, yishen};

fn json(arguments: &[&str]) -> Value {
    let output = yishen(&[&["due", "--format", "json"], arguments].concat());
    assert!(output.status.success(), "{}", complained(&output));
    assert_eq!(complained(&output), "");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn refused(arguments: &[&str], why: &str) {
    let output = yishen(&[&["due"], arguments].concat());
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    assert_eq!(printed(&output), "", "{arguments:?}");
    assert!(complained(&output).contains(why), "{}", complained(&output));
}

#[test]
fn the_worked_example_has_a_reason_for_every_day() {
    let answer = json(&["--received", "2024-09-24"]);
    assert_eq!(answer["received"], "2024-09-24");
    assert_eq!(answer["due"], "2024-10-25");
    assert_eq!(answer["state"], "running");
    assert_eq!(answer["provisional"], false);
    assert_eq!(answer["correction_notice_by"], "2024-10-09");
    let days = answer["days"].as_array().unwrap();
    let first: NaiveDate = "2024-09-24".parse().unwrap();
    for (day, date) in days.iter().zip(first.iter_days()) {
        assert_eq!(day["date"], date.to_string());
    }
    assert_eq!(days.len(), 32);
    let kinds = |kind: &str| days.iter().filter(|day| day["kind"] == kind).count();
    assert_eq!((kinds("receipt"), kinds("counted"), kinds("makeup")), (1, 18, 2));
    assert_eq!((kinds("holiday"), kinds("weekend"), kinds("excluded")), (7, 4, 0));
    let makeup = &days[18];
    assert_eq!(makeup["date"], "2024-10-12");
    assert_eq!(makeup["count"], 10);
    assert_eq!(makeup["note"], "国庆节");
    assert_eq!(days[31]["count"], 20);
}

#[test]
fn a_waiting_term_has_no_due_date_and_no_days() {
    let correction = json(&[
        "--received",
        "2024-09-24",
        "--event",
        "correction-sent:2024-09-29",
    ]);
    assert_eq!(correction["due"], Value::Null);
    assert_eq!(correction["state"], "waiting-correction");
    assert_eq!(correction["days"], Value::Array(vec![]));
    let fee = json(&["--received", "2024-09-24", "--event", "fee-sent:2024-09-29"]);
    assert_eq!((&fee["due"], &fee["state"]), (&Value::Null, &"waiting-fee".into()));
}

#[test]
fn days_of_a_consultation_are_excluded_with_their_reason() {
    let received = ["--received", "2026-03-02"];
    let events = [
        "--event",
        "agency-replied:2026-03-06",
        "--event",
        "agency-sent:2026-03-04",
    ];
    let answer = json(&[&received[..], &events[..]].concat());
    assert_eq!(answer["state"], "running");
    assert_eq!(answer["due"], "2026-04-01");
    let excluded: Vec<&Value> = answer["days"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|day| day["kind"] == "excluded")
        .collect();
    assert_eq!(excluded.len(), 2);
    assert_eq!(excluded[0]["date"], "2026-03-05");
    assert_eq!(excluded[0]["note"], "征求其他机关意见");
}

#[test]
fn a_date_beyond_the_last_announced_year_is_provisional_and_says_so() {
    let answer = json(&["--received", "2026-12-18"]);
    assert_eq!(answer["provisional"], true);
    assert_eq!(answer["due"], "2027-01-15");
    let output = yishen(&["due", "--received", "2026-12-18"]);
    assert!(printed(&output).contains("尚未公布节假日安排"));
}

#[test]
fn what_cannot_be_is_refused_with_the_reason() {
    let received = ["--received", "2024-09-24"];
    let with = |events: &[&'static str]| [&received[..], events].concat();
    refused(&with(&["--event", "extended:2024-10-09:21"]), "1 至 20");
    refused(&with(&["--event", "extended:2024-10-28:5"]), "届满");
    refused(
        &with(&[
            "--event",
            "extended:2024-10-09:5",
            "--event",
            "extended:2024-10-10:5",
        ]),
        "不能再次延期",
    );
    refused(&with(&["--event", "corrected:2024-10-09"]), "收到补正");
    refused(&["--received", "2018-06-01"], "2018");
}

#[test]
fn a_wrong_command_line_is_explained_in_chinese() {
    for (arguments, why) in [
        (&["due"][..], "--received"),
        (&["due", "--received", "24.9.2024"][..], "样式的日期"),
        (&["due", "--received", "2024-09-24", "--event", "x:2024-09-25"][..], "没有名为“x”的事项"),
        (&["dues"][..], "没有名为 dues 的命令"),
        (&["due", "--recieved", "2024-09-24"][..], "--recieved"),
    ] {
        let output = yishen(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(complained(&output).contains(why), "{}", complained(&output));
    }
}

#[test]
fn the_table_for_people_reads_day_by_day() {
    let output = yishen(&["due", "--received", "2024-09-24"]);
    let table = printed(&output);
    assert!(table.contains("答复期限届满  2024-10-25（周五）"), "{table}");
    assert!(table.contains("2024-09-29   日      4  国庆节调休上班，计入"), "{table}");
    assert!(table.contains("2024-10-01   二      -  国庆节放假"), "{table}");
}

#[test]
fn the_answer_does_not_depend_on_where_the_machine_thinks_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let answers: Vec<Vec<u8>> = ["UTC", "Asia/Shanghai", "America/New_York"]
        .iter()
        .map(|zone| {
            let mut due = command(directory.path(), &["due", "--received", "2025-12-31"]);
            due.env("TZ", zone).output().unwrap().stdout
        })
        .collect();
    assert!(!answers[0].is_empty());
    assert!(answers.iter().all(|answer| *answer == answers[0]));
}

#[test]
fn a_reader_who_goes_away_is_no_crash() {
    let directory = tempfile::tempdir().unwrap();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut due = command(directory.path(), &["due", "--received", "2024-09-24"]);
    let output = due.stdout(writer).output().unwrap();
    assert_eq!(output.status.code(), Some(141));
    assert_eq!(complained(&output), "");
}

#[test]
fn a_bad_setting_is_refused_by_name_before_anything_is_done() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("config")).unwrap();
    let local = directory.path().join("config/local.toml");
    std::fs::write(&local, "[server]\nlisen = \"127.0.0.1:1\"\n").unwrap();
    let output = command(directory.path(), &["due", "--received", "2024-09-24"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(complained(&output).contains("config/local.toml 第 2 行"), "{}", complained(&output));
    assert!(complained(&output).contains("server.lisen"));
    std::fs::remove_file(local).unwrap();
    let output = command(directory.path(), &["due", "--received", "2024-09-24"])
        .env("YISHEN__SERVER__LISEN", "127.0.0.1:1")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(complained(&output).contains("YISHEN__SERVER__LISEN"));
}

#[test]
fn the_arrangement_of_a_year_is_shown_with_its_notice() {
    let output = yishen(&["calendar", "show", "--year", "2020", "--format", "json"]);
    let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(shown["notice"], "国办发明电〔2019〕16号、国办发明电〔2020〕1号");
    assert_eq!(shown["working_days"], 249);
    assert_eq!(shown["holidays"]["2020-02-01"], "春节");
    assert_eq!(shown["makeup_workdays"]["2020-06-28"], "端午节");
    let unknown = yishen(&["calendar", "show", "--year", "2035"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(complained(&unknown).contains("没有 2035 年"));
}
