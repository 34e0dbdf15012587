use super::*;

fn calendar() -> WorkingCalendar {
    config::calendar::load(Path::new("no such directory")).unwrap()
}

fn day(text: &str) -> NaiveDate {
    date(text).unwrap()
}

fn after(received: &str, events: &[&str]) -> Result<Standing, CliError> {
    let events: Vec<Event> = events
        .iter()
        .map(|text| event::parse(text).unwrap())
        .collect();
    standing(day(received), &events, &calendar())
}

fn due(received: &str, events: &[&str]) -> NaiveDate {
    after(received, events).unwrap().schedule.unwrap().due.on
}

#[track_caller]
fn impossible(received: &str, events: &[&str], why: &str) {
    let message = after(received, events).err().unwrap().to_string();
    assert!(message.contains(why), "{message}");
}

#[test]
fn the_worked_example() {
    let standing = after("2024-09-24", &[]).unwrap();
    assert_eq!(standing.state, "running");
    assert_eq!(standing.schedule.unwrap().due.on, day("2024-10-25"));
    assert_eq!(standing.correction_notice_by.on, day("2024-10-09"));
}

#[test]
fn a_correction_stops_the_clock_and_its_receipt_starts_a_new_term() {
    let waiting = after("2024-09-24", &["correction-sent:2024-09-30"]).unwrap();
    assert_eq!(waiting.state, "waiting-correction");
    assert!(waiting.schedule.is_none() && waiting.remarks.is_empty());
    let events = ["corrected:2024-10-14", "correction-sent:2024-09-30"];
    let running = after("2024-09-24", &events).unwrap();
    assert_eq!(running.state, "running");
    assert_eq!(running.schedule.unwrap().due.on, day("2024-11-11"));
    assert_eq!(running.correction_notice_by.on, day("2024-10-09"));
}

#[test]
fn events_of_one_day_happen_in_the_order_in_which_they_can() {
    let written = ["corrected:2024-09-26", "correction-sent:2024-09-26"];
    assert_eq!(due("2024-09-24", &written), due("2024-09-26", &[]));
    let letters = [
        "agency-replied:2024-09-26",
        "agency-received:2024-09-26",
        "agency-sent:2024-09-26",
    ];
    assert_eq!(due("2024-09-24", &letters), due("2024-09-24", &[]));
}

#[test]
fn a_late_or_second_correction_is_remarked_upon_and_counted() {
    let late = after("2024-09-24", &["correction-sent:2024-10-10"]).unwrap();
    assert_eq!(late.state, "waiting-correction");
    assert!(late.remarks[0].contains("7个工作日"), "{:?}", late.remarks);
    let twice = [
        "correction-sent:2024-09-26",
        "corrected:2024-09-27",
        "correction-sent:2024-09-29",
        "corrected:2024-10-08",
    ];
    let second = after("2024-09-24", &twice).unwrap();
    assert_eq!(second.remarks.len(), 1);
    assert_eq!(second.schedule.unwrap().due.on, due("2024-10-08", &[]));
}

#[test]
fn an_open_consultation_is_taken_to_last_its_full_term() {
    let open = after("2026-03-02", &["third-party-sent:2026-03-04"]).unwrap();
    assert_eq!(open.state, "paused");
    // Two days were counted; fifteen stand still, to 25 March; eighteen are left.
    assert_eq!(open.schedule.unwrap().due.on, day("2026-04-21"));
    let delivered = [
        "third-party-sent:2026-03-04",
        "third-party-received:2026-03-09",
    ];
    assert_eq!(due("2026-03-02", &delivered), day("2026-04-24"));
    let replied = [&delivered[..], &["third-party-replied:2026-03-11"]].concat();
    let replied = after("2026-03-02", &replied).unwrap();
    assert_eq!(replied.state, "running");
    assert_eq!(replied.schedule.unwrap().due.on, day("2026-04-07"));
}

#[test]
fn consultations_at_once_pause_while_one_is_open() {
    let both = [
        "third-party-sent:2026-03-04",
        "agency-sent:2026-03-05",
        "agency-replied:2026-03-06",
    ];
    assert_eq!(after("2026-03-02", &both).unwrap().state, "paused");
    assert_eq!(due("2026-03-02", &both), due("2026-03-02", &both[..1]));
}

#[test]
fn a_fee_stops_the_clock_and_the_payment_starts_a_new_term() {
    let sent = ["fee-sent:2026-03-10", "fee-received:2026-03-12"];
    assert_eq!(after("2026-03-02", &sent).unwrap().state, "waiting-fee");
    let paid = ["fee-sent:2026-03-10", "fee-paid:2026-03-16"];
    assert_eq!(due("2026-03-02", &paid), due("2026-03-16", &[]));
}

#[test]
fn an_extension_adds_its_days_if_it_comes_in_time() {
    assert_eq!(due("2024-09-24", &["extended:2024-10-25:1"]), day("2024-10-28"));
    assert_eq!(due("2024-09-24", &["extended:2024-10-25:20"]), day("2024-11-22"));
    impossible("2024-09-24", &["extended:2024-10-25:21"], "1 至 20");
    impossible("2024-09-24", &["extended:2024-10-25:0"], "1 至 20");
    impossible("2024-09-24", &["extended:2024-10-28:5"], "2024-10-25 届满");
    impossible("2024-09-24", &["extended:2024-10-09:5", "extended:2024-10-10:5"], "已经延期");
}

#[test]
fn an_answer_that_is_put_off_is_due_on_the_day_that_was_fixed() {
    assert_eq!(due("2024-09-24", &["delayed:2024-10-25:2024-11-29"]), day("2024-11-29"));
    impossible("2024-09-24", &["delayed:2024-10-25:2024-10-25"], "2024-10-25");
    impossible("2024-09-24", &["delayed:2024-10-28:2024-11-29"], "2024-10-25 届满");
    impossible(
        "2024-09-24",
        &[
            "delayed:2024-10-09:2024-11-29",
            "delayed:2024-10-10:2024-12-02",
        ],
        "已经确定延迟",
    );
}

#[test]
fn an_impossible_order_is_refused_with_the_event_that_cannot_be() {
    impossible("2024-09-24", &["corrected:2024-10-08"], "2024-10-08 收到补正");
    impossible("2024-09-24", &["correction-sent:2024-09-20"], "2024-09-20 告知补正");
    impossible("2024-09-24", &["third-party-replied:2024-10-08"], "征求意见");
    impossible("2024-09-24", &["agency-sent:2024-09-26", "third-party-replied:2024-10-08"], "征求");
    impossible("2024-09-24", &["fee-paid:2024-10-08"], "缴费");
    impossible("2024-09-24", &["fee-sent:2024-10-28"], "届满");
    impossible("2024-09-24", &["correction-sent:2024-09-26", "extended:2024-09-27:5"], "待补正");
    impossible(
        "2024-09-24",
        &[
            "third-party-sent:2024-10-08",
            "third-party-received:2024-09-29",
        ],
        "2024-09-29",
    );
}

#[test]
fn a_year_that_is_not_announced_yet_makes_the_date_provisional() {
    let standing = after("2026-12-20", &[]).unwrap();
    let due = standing.schedule.unwrap().due;
    assert!(due.provisional);
    assert_eq!(due.on, day("2027-01-15"));
    impossible("2018-11-20", &[], "2018");
}

#[test]
fn what_is_no_event_is_refused_in_words() {
    for (text, why) in [
        ("extended:2024-10-25", "工作日数"),
        ("extended:2024-10-25:many", "整数"),
        ("delayed:2024-10-25", "届满日"),
        ("delayed:2024-10-25:20", "日期"),
        ("corrected:2024-10-25:3", "只写日期"),
        ("corrected:2024-02-30", "日期"),
        ("corrected:2024-2-3", "日期"),
        ("corrected", "日期"),
        ("answered:2024-10-25", "answered"),
        ("extended:2024-10-25:3:4", "应写作"),
    ] {
        let error = event::parse(text).unwrap_err();
        assert!(error.contains(why), "{text}: {error}");
    }
}
