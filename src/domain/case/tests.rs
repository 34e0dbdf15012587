//! The state machine as a table that a lawyer can read, and what must hold on every path.

use std::fmt::Write as _;

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::actor::Role;
use crate::domain::calendar::tests::{calendar_2024_2025, date};
use crate::domain::consultation::Opinion;
use crate::domain::deadline::{Delay, REPLY};
use crate::domain::outcome::Exemption;

fn officer(id: u128, roles: &[Role]) -> Actor {
    Actor::Officer { id: Uuid::from_u128(id), roles: roles.to_vec() }
}

fn clerk() -> Actor {
    officer(1, &[Role::Clerk])
}

fn head() -> Actor {
    officer(2, &[Role::Head])
}

fn everyone() -> Actor {
    officer(3, &Role::ALL)
}

fn case(stage: Stage) -> Case {
    Case { handler: None, stage }
}

fn received() -> Case {
    case(Stage::Handling(Handling::starting(date("2024-10-21"))))
}

fn apply(case: &Case, act: &Act, by: &Actor, on: &str) -> Result<Case, NotAllowed> {
    let calendar = calendar_2024_2025();
    let office = Office { calendar: &calendar, own_review_allowed: false };
    case.apply(act, by, date(on), office)
        .map(|transition| transition.case)
}

fn due(case: &Case) -> NaiveDate {
    case.stage.due(&calendar_2024_2025()).unwrap().unwrap().on
}

const CORRECTION: Act = Act::AskForCorrection {
    until: NaiveDate::from_ymd_opt(2024, 11, 15).unwrap(),
    as_exception: false,
};
const GIVE: Act = Act::Propose { disposition: Disposition::Given };
const ASK: Act = Act::Consult { party: Party::ThirdParty };
const REPLIED: Act = Act::RecordOpinion { consultation: 1, opinion: Opinion::Agrees };

#[test]
fn the_term_starts_again_when_the_correction_comes_in() {
    let waiting = apply(&received(), &CORRECTION, &clerk(), "2024-10-25").unwrap();
    assert_eq!(waiting.stage.due(&calendar_2024_2025()), Ok(None));
    let corrected = apply(&waiting, &Act::Correct, &Actor::Applicant, "2024-11-04").unwrap();
    assert_eq!(due(&corrected), date("2024-12-02"));
    assert_eq!(corrected.stage.received_on(), Some(date("2024-10-21")));
}

#[test]
fn correction_is_asked_for_within_seven_working_days_and_once() {
    let last_day = apply(&received(), &CORRECTION, &clerk(), "2024-10-30").unwrap();
    assert_eq!(
        apply(&received(), &CORRECTION, &clerk(), "2024-10-31"),
        Err(NotAllowed::CorrectionTooLate { by: date("2024-10-30") })
    );
    let corrected = apply(&last_day, &Act::Correct, &clerk(), "2024-10-30").unwrap();
    assert_eq!(
        apply(&corrected, &CORRECTION, &clerk(), "2024-10-30"),
        Err(NotAllowed::CorrectionAskedBefore)
    );
    let exception = Act::AskForCorrection { until: date("2024-12-02"), as_exception: true };
    assert!(apply(&corrected, &exception, &clerk(), "2024-11-12").is_ok());
}

#[test]
fn the_time_for_correction_must_be_over_before_it_lapses() {
    let waiting = apply(&received(), &CORRECTION, &clerk(), "2024-10-25").unwrap();
    assert_eq!(
        apply(&waiting, &Act::Lapse, &clerk(), "2024-11-15"),
        Err(NotAllowed::StillTime { until: date("2024-11-15") })
    );
    let lapsed = apply(&waiting, &Act::Lapse, &clerk(), "2024-11-18").unwrap();
    let (ending, on) = lapsed.stage.closed().unwrap();
    assert_eq!((ending.outcome().code(), on), ("other_not_corrected", date("2024-11-18")));
}

#[test]
fn an_extension_is_granted_by_the_head_in_time_and_once() {
    let extend = Act::Extend { days: 20 };
    let due_on = due(&received());
    assert_eq!(due_on, date("2024-11-18"));
    assert_eq!(
        apply(&received(), &extend, &clerk(), "2024-11-01"),
        Err(NotAllowed::NotYours("延长答复期限"))
    );
    assert_eq!(
        apply(&received(), &extend, &head(), "2024-11-19"),
        Err(NotAllowed::TermOver { due_on })
    );
    for days in [0, 21] {
        assert_eq!(
            apply(&received(), &Act::Extend { days }, &head(), "2024-11-18"),
            Err(NotAllowed::ExtensionTooLong)
        );
    }
    let extended = apply(&received(), &extend, &head(), "2024-11-18").unwrap();
    assert_eq!(due(&extended), date("2024-12-16"));
    assert_eq!(
        apply(&extended, &Act::Extend { days: 1 }, &head(), "2024-11-20"),
        Err(NotAllowed::ExtendedBefore)
    );
}

const WANTED: Act = Act::AskToExtend { days: 10 };

#[test]
fn a_clerk_asks_for_an_extension_and_the_head_decides() {
    let wanting = apply(&received(), &WANTED, &clerk(), "2024-11-01").unwrap();
    assert_eq!(due(&wanting), due(&received()));
    assert_eq!(wanting.stage.awaited(), Some(Awaited::Extension));
    assert_eq!(apply(&wanting, &WANTED, &clerk(), "2024-11-01"), Err(NotAllowed::ExtensionWanted));
    assert_eq!(
        apply(&wanting, &Act::DeclineExtension, &clerk(), "2024-11-01"),
        Err(NotAllowed::NotYours("驳回延期申请"))
    );
    let declined = apply(&wanting, &Act::DeclineExtension, &head(), "2024-11-04").unwrap();
    assert_eq!(declined, received());
    assert_eq!(
        apply(&declined, &Act::DeclineExtension, &head(), "2024-11-04"),
        Err(NotAllowed::NoExtensionWanted)
    );
    let granted = apply(&wanting, &Act::Extend { days: 5 }, &head(), "2024-11-04").unwrap();
    assert_eq!((granted.stage.awaited(), due(&granted)), (None, date("2024-11-25")));
    // A new term starts clean.
    let exception = Act::AskForCorrection { until: date("2024-12-02"), as_exception: true };
    let correcting = apply(&wanting, &exception, &clerk(), "2024-11-05").unwrap();
    let corrected = apply(&correcting, &Act::Correct, &clerk(), "2024-11-06").unwrap();
    assert_eq!(corrected.stage.awaited(), None);
    assert_eq!(
        apply(&received(), &WANTED, &clerk(), "2024-11-19"),
        Err(NotAllowed::TermOver { due_on: due(&received()) })
    );
}

#[test]
fn an_unpaid_fee_lapses_only_after_the_time_from_its_delivery() {
    let charged = apply(&received(), &Act::ChargeFee { yuan: 700 }, &head(), "2024-10-28").unwrap();
    assert_eq!(apply(&charged, &Act::Lapse, &clerk(), "2025-03-01"), Err(NotAllowed::NotDelivered));
    let delivered = apply(&charged, &Act::RecordFeeDelivery, &clerk(), "2024-10-30").unwrap();
    assert_eq!(
        apply(&delivered, &Act::Lapse, &clerk(), "2024-11-27"),
        Err(NotAllowed::StillTime { until: date("2024-11-27") })
    );
    let lapsed = apply(&delivered, &Act::Lapse, &clerk(), "2024-11-28").unwrap();
    assert_eq!(lapsed.stage.closed().unwrap().0.outcome().code(), "other_fee_unpaid");
    let paid = apply(&delivered, &Act::Pay, &clerk(), "2024-11-04").unwrap();
    assert_eq!(due(&paid), date("2024-12-02"));
}

#[test]
fn nobody_reviews_what_they_drafted_unless_the_agency_lets_them() {
    let drafted = apply(&received(), &GIVE, &everyone(), "2024-10-28").unwrap();
    assert_eq!(
        apply(&drafted, &Act::Approve, &everyone(), "2024-10-28"),
        Err(NotAllowed::OwnDraft)
    );
    assert!(apply(&drafted, &Act::Approve, &head(), "2024-10-28").is_ok());
    let calendar = calendar_2024_2025();
    let small = Office { calendar: &calendar, own_review_allowed: true };
    assert!(
        drafted
            .apply(&Act::Approve, &everyone(), date("2024-10-28"), small)
            .is_ok()
    );
}

#[test]
fn nothing_is_given_out_while_a_third_party_is_being_heard() {
    let asked = apply(&received(), &ASK, &clerk(), "2024-10-22").unwrap();
    assert_eq!(apply(&asked, &GIVE, &clerk(), "2024-10-28"), Err(NotAllowed::OpinionAwaited));
    let refuse = Act::Propose { disposition: Disposition::Withheld(Exemption::StateSecret) };
    assert!(apply(&asked, &refuse, &clerk(), "2024-10-28").is_ok());
    let answered = apply(&asked, &REPLIED, &clerk(), "2024-10-28").unwrap();
    assert!(apply(&answered, &GIVE, &clerk(), "2024-10-28").is_ok());
    // Silence ends it as well, though it is not consent (art. 32).
    assert!(apply(&asked, &GIVE, &clerk(), "2024-11-13").is_ok());
}

#[test]
fn still_unclear_needs_a_correction_that_was_asked_for() {
    let unclear = Act::Propose { disposition: Disposition::StillUnclear };
    assert_eq!(
        apply(&received(), &unclear, &clerk(), "2024-10-28"),
        Err(NotAllowed::NeverAskedForCorrection)
    );
    let waiting = apply(&received(), &CORRECTION, &clerk(), "2024-10-25").unwrap();
    let corrected = apply(&waiting, &Act::Correct, &clerk(), "2024-11-04").unwrap();
    assert!(apply(&corrected, &unclear, &clerk(), "2024-11-05").is_ok());
}

#[test]
fn an_opinion_of_an_earlier_term_is_recorded_and_stops_nothing() {
    let asked = apply(&received(), &ASK, &clerk(), "2024-10-22").unwrap();
    let waiting = apply(&asked, &CORRECTION, &clerk(), "2024-10-25").unwrap();
    let corrected = apply(&waiting, &Act::Correct, &clerk(), "2024-11-04").unwrap();
    assert_eq!(due(&corrected), date("2024-12-02"));
    let answered = apply(&corrected, &REPLIED, &clerk(), "2024-11-06").unwrap();
    assert_eq!(due(&answered), date("2024-12-02"));
    assert_eq!(
        apply(&answered, &REPLIED, &clerk(), "2024-11-06"),
        Err(NotAllowed::AlreadyOnRecord)
    );
}

#[test]
fn an_application_taken_back_before_confirmation_is_received_and_closed_that_day() {
    let filed = case(Stage::Filed { arrived_on: date("2024-10-21") });
    let closed = apply(&filed, &Act::Withdraw, &Actor::Applicant, "2024-10-22").unwrap();
    assert_eq!(closed.stage.received_on(), Some(date("2024-10-22")));
    assert_eq!(closed.stage.closed().unwrap().0.outcome().code(), "other_misc");
}

const REASONS: Act = Act::RequireReasons { until: NaiveDate::from_ymd_opt(2024, 10, 25).unwrap() };
const GIVEN: Act = Act::RecordReasons { given: true };
const SILENT: Act = Act::RecordReasons { given: false };
const DELAY: Act = Act::DelayAnswer { until: NaiveDate::from_ymd_opt(2024, 12, 31).unwrap() };
const EXCESSIVE: Act =
    Act::Propose { disposition: Disposition::NotProcessed(NonProcessing::Excessive) };

#[test]
fn nobody_is_refused_for_asking_too_often_without_having_been_heard() {
    assert_eq!(
        apply(&received(), &EXCESSIVE, &clerk(), "2024-10-22"),
        Err(NotAllowed::ExcessiveUnheard)
    );
    let asked = apply(&received(), &REASONS, &clerk(), "2024-10-22").unwrap();
    let until = date("2024-10-25");
    assert_eq!(
        apply(&asked, &EXCESSIVE, &clerk(), "2024-10-25"),
        Err(NotAllowed::ReasonsAwaited { until })
    );
    // The time is over, or the applicant was heard within it.
    assert!(apply(&asked, &EXCESSIVE, &clerk(), "2024-10-28").is_ok());
    let heard = apply(&asked, &GIVEN, &clerk(), "2024-10-23").unwrap();
    assert!(apply(&heard, &EXCESSIVE, &clerk(), "2024-10-23").is_ok());
    assert_eq!(
        apply(&asked, &SILENT, &clerk(), "2024-10-25"),
        Err(NotAllowed::StillTime { until })
    );
    let silent = apply(&asked, &SILENT, &clerk(), "2024-10-28").unwrap();
    assert!(apply(&silent, &EXCESSIVE, &clerk(), "2024-10-28").is_ok());
    assert_eq!(
        apply(&silent, &REASONS, &clerk(), "2024-10-28"),
        Err(NotAllowed::ReasonsAskedBefore)
    );
}

#[test]
fn requiring_reasons_stops_no_clock() {
    let asked = apply(&received(), &REASONS, &clerk(), "2024-10-22").unwrap();
    assert_eq!(due(&asked), due(&received()));
    let heard = apply(&asked, &GIVEN, &clerk(), "2024-10-23").unwrap();
    assert_eq!(due(&heard), due(&received()));
}

#[test]
fn an_answer_is_put_off_by_the_head_once_reasons_were_given() {
    assert_eq!(apply(&received(), &DELAY, &head(), "2024-10-22"), Err(NotAllowed::ReasonsNotAsked));
    let asked = apply(&received(), &REASONS, &clerk(), "2024-10-22").unwrap();
    assert_eq!(apply(&asked, &DELAY, &head(), "2024-10-23"), Err(NotAllowed::ReasonsNotGiven));
    let silent = apply(&asked, &SILENT, &clerk(), "2024-10-28").unwrap();
    assert_eq!(apply(&silent, &DELAY, &head(), "2024-10-28"), Err(NotAllowed::ReasonsNotGiven));
    let heard = apply(&asked, &GIVEN, &clerk(), "2024-10-23").unwrap();
    assert_eq!(
        apply(&heard, &DELAY, &clerk(), "2024-10-23"),
        Err(NotAllowed::NotYours("确定延迟答复的期限"))
    );
    let due_on = date("2024-11-18");
    let until = |day| Act::DelayAnswer { until: date(day) };
    for (day, why) in [
        ("2024-11-18", NotAllowed::DelayTooShort { due_on }),
        ("2024-12-28", NotAllowed::DelayToADayOff),
        ("2034-12-29", NotAllowed::DelayTooLong { at_most: date("2026-10-23") }),
    ] {
        assert_eq!(apply(&heard, &until(day), &head(), "2024-10-23"), Err(why));
    }
    assert_eq!(apply(&heard, &DELAY, &head(), "2024-11-19"), Err(NotAllowed::TermOver { due_on }));
    let delayed = apply(&heard, &DELAY, &head(), "2024-11-18").unwrap();
    assert_eq!(due(&delayed), date("2024-12-31"));
    for again in [DELAY, Act::Extend { days: 5 }] {
        assert_eq!(apply(&delayed, &again, &head(), "2024-11-18"), Err(NotAllowed::DelayedBefore));
    }
    // A new term starts clean; the reasons stay heard.
    let exception = Act::AskForCorrection { until: date("2024-12-02"), as_exception: true };
    let waiting = apply(&delayed, &exception, &clerk(), "2024-11-20").unwrap();
    let corrected = apply(&waiting, &Act::Correct, &clerk(), "2024-11-22").unwrap();
    assert_eq!(due(&corrected), date("2024-12-20"));
    assert!(apply(&corrected, &DELAY, &head(), "2024-11-25").is_ok());
}

/// A case at each stage, as the table shows them.
fn samples() -> Vec<(&'static str, Case)> {
    let asked = apply(&received(), &ASK, &clerk(), "2024-10-22").unwrap();
    let drafted = apply(&received(), &GIVE, &clerk(), "2024-10-22").unwrap();
    let required = apply(&received(), &REASONS, &clerk(), "2024-10-22").unwrap();
    let heard = apply(&required, &GIVEN, &clerk(), "2024-10-22").unwrap();
    let delayed = apply(&heard, &DELAY, &head(), "2024-10-22").unwrap();
    let correcting = apply(&received(), &CORRECTION, &clerk(), "2024-10-22").unwrap();
    let charged = apply(&received(), &Act::ChargeFee { yuan: 100 }, &head(), "2024-10-22").unwrap();
    let delivered = apply(&charged, &Act::RecordFeeDelivery, &clerk(), "2024-10-22").unwrap();
    let closed = apply(&drafted, &Act::Approve, &head(), "2024-10-23").unwrap();
    let wanting = apply(&received(), &WANTED, &clerk(), "2024-10-22").unwrap();
    vec![
        ("待确认", case(Stage::Filed { arrived_on: date("2024-10-21") })),
        ("办理中", received()),
        ("办理中（征求意见中）", asked),
        ("办理中（待批准延期）", wanting),
        ("办理中（待审核）", drafted),
        ("办理中（已要求说明理由）", required),
        ("办理中（已说明理由）", heard),
        ("办理中（已延迟答复）", delayed),
        ("待补正", correcting),
        ("待缴费", charged),
        ("待缴费（已送达）", delivered),
        ("已办结", closed),
    ]
}

fn acts() -> Vec<Act> {
    vec![
        Act::ConfirmReceipt,
        Act::Assign { to: Uuid::from_u128(9) },
        Act::AskForCorrection { until: date("2024-12-31"), as_exception: true },
        Act::Correct,
        Act::Lapse,
        WANTED,
        Act::Extend { days: 20 },
        Act::DeclineExtension,
        REASONS,
        GIVEN,
        DELAY,
        ASK,
        Act::RecordDelivery { consultation: 1 },
        REPLIED,
        Act::ChargeFee { yuan: 100 },
        Act::RecordFeeDelivery,
        Act::Pay,
        Act::Propose { disposition: Disposition::NotOurs },
        EXCESSIVE,
        Act::Return,
        Act::Approve,
        Act::Withdraw,
    ]
}

#[test]
fn the_state_machine_is_the_table_on_file() {
    let calendar = calendar_2024_2025();
    let office = Office { calendar: &calendar, own_review_allowed: true };
    let mut table = String::new();
    for (name, case) in samples() {
        for act in acts() {
            // Late for the applicant's terms, in time for the office's: each act has its chance.
            let on = date(if act == Act::Lapse {
                "2025-02-28"
            } else {
                "2024-10-24"
            });
            let after = match case.apply(&act, &everyone(), on, office) {
                Ok(Transition { case: after, notice }) => {
                    let ending = after
                        .stage
                        .closed()
                        .map(|(ending, _)| ending.outcome().code());
                    let ending = ending.map(|code| format!("（{code}）")).unwrap_or_default();
                    let notice = notice
                        .map(|notice| format!("，通知 {notice:?}"))
                        .unwrap_or_default();
                    format!("{}{ending}{notice}", after.stage.label())
                }
                Err(refused) => format!("× {refused}"),
            };
            let what = match &act {
                Act::Propose { disposition } => format!("（{}）", disposition.outcome().code()),
                _ => String::new(),
            };
            writeln!(table, "{name} + {}{what} → {after}", act.kind().label()).unwrap();
        }
        table.push('\n');
    }
    let on_file = include_str!("../../../tests/snapshots/state_machine.txt");
    assert!(table == on_file, "the table on file is stale; it is now:\n{table}");
}

#[test]
fn every_act_has_its_place_somewhere() {
    let calendar = calendar_2024_2025();
    let office = Office { calendar: &calendar, own_review_allowed: true };
    for act in acts() {
        let on = date(if act == Act::Lapse {
            "2025-02-28"
        } else {
            "2024-10-24"
        });
        let allowed = samples()
            .iter()
            .any(|(_, case)| case.apply(&act, &everyone(), on, office).is_ok());
        assert!(allowed, "{act:?} is allowed nowhere");
    }
}

fn any_act() -> impl Strategy<Value = Act> {
    let day = (0_u64..400).prop_map(|n| date("2024-10-21") + Days::new(n));
    prop_oneof![
        Just(Act::ConfirmReceipt),
        Just(Act::Assign { to: Uuid::from_u128(7) }),
        (day.clone(), any::<bool>())
            .prop_map(|(until, as_exception)| Act::AskForCorrection { until, as_exception }),
        Just(Act::Correct),
        Just(Act::Lapse),
        (0_u32..25).prop_map(|days| Act::AskToExtend { days }),
        (0_u32..25).prop_map(|days| Act::Extend { days }),
        Just(Act::DeclineExtension),
        day.clone().prop_map(|until| Act::RequireReasons { until }),
        any::<bool>().prop_map(|given| Act::RecordReasons { given }),
        day.clone().prop_map(|until| Act::DelayAnswer { until }),
        prop_oneof![Just(Party::ThirdParty), Just(Party::Agency)]
            .prop_map(|party| Act::Consult { party }),
        (1_u32..4).prop_map(|consultation| Act::RecordDelivery { consultation }),
        (1_u32..4).prop_map(|consultation| Act::RecordOpinion {
            consultation,
            opinion: Opinion::Objects
        }),
        (0_u32..900).prop_map(|yuan| Act::ChargeFee { yuan }),
        Just(Act::RecordFeeDelivery),
        Just(Act::Pay),
        proptest::sample::select(Disposition::ALL)
            .prop_map(|disposition| Act::Propose { disposition }),
        Just(Act::Return),
        Just(Act::Approve),
        Just(Act::Withdraw),
    ]
}

fn consultations() -> impl Strategy<Value = Vec<Consultation>> {
    let one = (0_u64..40, proptest::option::of(0_u64..10), proptest::option::of(0_u64..40));
    proptest::collection::vec(one, 0..4).prop_map(|drawn| {
        drawn
            .into_iter()
            .zip(1_u32..)
            .map(|((sent, delivered, replied), number)| {
                let sent_on = date("2024-10-21") + Days::new(sent);
                let delivered_on = delivered.map(|n| sent_on + Days::new(n));
                let since = delivered_on.unwrap_or(sent_on);
                Consultation {
                    number,
                    term: 1,
                    party: Party::ThirdParty,
                    sent_on,
                    delivered_on,
                    reply: replied.map(|n| (since + Days::new(n), Opinion::Agrees)),
                }
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn whatever_happens_a_case_keeps_its_receipt_and_has_a_way_out(
        steps in proptest::collection::vec((any_act(), 0_u64..30), 0..40)
    ) {
        let calendar = calendar_2024_2025();
        let office = Office { calendar: &calendar, own_review_allowed: true };
        let mut case = case(Stage::Filed { arrived_on: date("2024-10-21") });
        let mut on = date("2024-10-21");
        for (act, days) in steps {
            on = on + Days::new(days % 7);
            let before = case.clone();
            let Ok(after) = case.apply(&act, &everyone(), on, office) else { continue };
            case = after.case;
            // The permission that a page asks for agrees with what is done.
            prop_assert!(before.permits(act.kind(), &everyone(), on, office).is_ok());
            if let Some(received_on) = before.stage.received_on() {
                prop_assert_eq!(case.stage.received_on(), Some(received_on));
            }
            if let Some((ending, closed_on)) = case.stage.closed() {
                prop_assert!(Outcome::ALL.contains(&ending.outcome()));
                prop_assert!(case.stage.received_on().is_some_and(|received| received <= closed_on));
            } else {
                prop_assert!(case.permits(ActKind::Withdraw, &Actor::Applicant, on, office).is_ok());
            }
        }
        if case.stage.closed().is_some() {
            for kind in ActKind::ALL {
                prop_assert!(case.permits(kind, &everyone(), on, office).is_err());
            }
        }
    }

    #[test]
    fn the_order_of_suspensions_does_not_matter(
        (given, shuffled) in consultations().prop_flat_map(|list| (Just(list.clone()), Just(list).prop_shuffle()))
    ) {
        let term = ReplyTerm::first(date("2024-10-21"));
        let calendar = calendar_2024_2025();
        prop_assert_eq!(term.due(&given, &calendar), term.due(&shuffled, &calendar));
    }

    #[test]
    fn more_suspension_never_means_an_earlier_date(list in consultations(), more in consultations()) {
        let term = ReplyTerm::first(date("2024-10-21"));
        let calendar = calendar_2024_2025();
        let few = term.due(&list, &calendar).unwrap().on;
        let many: Vec<_> = list.into_iter().chain(more).collect();
        prop_assert!(term.due(&many, &calendar).unwrap().on >= few);
    }

    #[test]
    fn the_days_given_as_reasons_add_up_to_the_term(
        list in consultations(),
        start in 0_u64..200,
        extension in proptest::option::of(1_u32..=20),
        delay in proptest::option::of(0_u64..120),
    ) {
        let started_on = date("2024-09-01") + Days::new(start);
        let calendar = calendar_2024_2025();
        let extension = extension.map(|days| Extension { days, decided_on: started_on });
        let delay = delay.map(|n| Delay {
            until: started_on + Days::new(n),
            decided_on: started_on,
        });
        let term = ReplyTerm { number: 1, started_on, extension, delay };
        let schedule = term.schedule(&list, &calendar).unwrap();
        let last = schedule.days.last().unwrap();
        prop_assert_eq!(last.date, schedule.due.on);
        prop_assert!(calendar.is_working(last.date));
        prop_assert_eq!(last.count, REPLY + extension.map_or(0, |extension| extension.days));
        if let Some(delay) = delay {
            prop_assert!(last.date >= delay.until);
        }
        let plain = ReplyTerm { delay: None, ..term.clone() };
        let counted_on = plain.due(&list, &calendar).unwrap().on;
        let excluded = |day: NaiveDate| list.iter().any(|one| one.excludes(day, &calendar));
        for day in &schedule.days[1..] {
            let put_off = day.date > counted_on;
            prop_assert!(!put_off || delay.is_some());
            let counts = calendar.is_working(day.date) && !put_off && !excluded(day.date);
            prop_assert_eq!(
                day.reason == crate::domain::deadline::DayReason::Delayed,
                put_off && calendar.is_working(day.date),
                "{}", day.date
            );
            let said = matches!(day.reason, crate::domain::deadline::DayReason::Counted | crate::domain::deadline::DayReason::Makeup);
            prop_assert_eq!(counts, said, "{}", day.date);
        }
    }

    #[test]
    fn extending_and_asking_come_to_the_same_in_either_order(days in 1_u32..=20, gap in 0_u64..10) {
        let calendar = calendar_2024_2025();
        let office = Office { calendar: &calendar, own_review_allowed: false };
        let on = date("2024-10-22") + Days::new(gap);
        let both = |first: &Act, second: &Act| {
            let chief = everyone();
            let once = received().apply(first, &chief, on, office).unwrap().case;
            due(&once.apply(second, &chief, on, office).unwrap().case)
        };
        let extend = Act::Extend { days };
        prop_assert_eq!(both(&extend, &ASK), both(&ASK, &extend));
    }
}

#[test]
fn a_published_answer_and_a_repeated_one_have_rows_of_their_own() {
    let repeat = Disposition::NotProcessed(NonProcessing::Repeat);
    assert_eq!(repeat.outcome().code(), "not_processed_repeat");
    assert_eq!(Disposition::AlreadyPublic.outcome().code(), "granted");
}
