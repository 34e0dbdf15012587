//! What is an application, and what is told of what is none.

use chrono::NaiveDate;

use super::*;

pub(crate) fn a_citizens_draft() -> Draft {
    let text = str::to_owned;
    Draft {
        kind: text("natural"),
        name: text("张三丰"),
        document_kind: text("resident_card"),
        document_number: text("11010519491231002X"),
        telephone: text("13800000000"),
        address: text("西峡县白羽路103号"),
        title: text("2025年道路维修预算"),
        description: text("莲花街道2025年度道路维修项目的预算批复文件"),
        form: text("electronic"),
        route: text("online"),
        ..Draft::default()
    }
}

fn a_firms_draft() -> Draft {
    let text = str::to_owned;
    Draft {
        kind: text("business"),
        name: String::new(),
        document_kind: text("resident_card"),
        document_number: String::new(),
        organisation_name: text("西峡县某某有限公司"),
        credit_code: text("91350100M000100Y43"),
        legal_representative: text("李四"),
        contact_person: text("王五"),
        ..a_citizens_draft()
    }
}

fn faults(draft: &Draft) -> Vec<Field> {
    let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
    draft
        .parse(today)
        .map_or_else(|faults| faults.into_iter().map(|fault| fault.field).collect(), |_| Vec::new())
}

#[test]
fn what_article_29_asks_for_is_enough() {
    assert_eq!(faults(&a_citizens_draft()), []);
    assert_eq!(faults(&a_firms_draft()), []);
}

#[test]
fn everything_that_is_missing_is_told_at_once() {
    assert_eq!(
        faults(&Draft { kind: "natural".to_owned(), ..Draft::default() }),
        [
            Field::Name,
            Field::DocumentKind,
            Field::Telephone,
            Field::Address,
            Field::Title,
            Field::Description,
            Field::Form,
            Field::Route,
        ]
    );
}

#[test]
fn two_sorts_of_applicant_at_once_are_not_guessed_apart() {
    let mixed = Draft { organisation_name: "某公司".to_owned(), ..a_citizens_draft() };
    assert_eq!(faults(&mixed), [Field::OrganisationName]);
    let mixed = Draft { name: "张三".to_owned(), ..a_firms_draft() };
    assert_eq!(faults(&mixed), [Field::Name]);
}

#[test]
fn any_name_that_people_bear_is_taken_as_it_is() {
    let long = "阿卜杜热西提·买买提·𠮷".repeat(5);
    assert_eq!(long.chars().count(), 60);
    assert_eq!(faults(&Draft { name: long, ..a_citizens_draft() }), []);
    let longer = "名".repeat(61);
    assert_eq!(faults(&Draft { name: longer, ..a_citizens_draft() }), [Field::Name]);
}

#[test]
fn controls_and_marks_of_direction_are_refused() {
    for bad in ["张\0三", "张\u{202E}三", "张\u{7}三"] {
        let draft = Draft { name: bad.to_owned(), ..a_citizens_draft() };
        assert_eq!(faults(&draft), [Field::Name], "{bad:?}");
    }
}

#[test]
fn an_answer_by_mail_needs_an_address() {
    let draft = Draft { route: "email".to_owned(), ..a_citizens_draft() };
    assert_eq!(faults(&draft), [Field::Email]);
}

#[test]
fn a_letter_without_its_senders_papers_can_be_taken_and_corrected() {
    let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
    let letter = Draft {
        document_number: String::new(),
        description: String::new(),
        route: String::new(),
        ..a_citizens_draft()
    };
    assert!(letter.faults(today).iter().all(|fault| fault.correctable));
    for nameless in [
        Draft { name: " ".to_owned(), ..a_citizens_draft() },
        Draft { title: String::new(), ..a_citizens_draft() },
        Draft { description: "长".repeat(5001), ..a_citizens_draft() },
    ] {
        assert!(
            nameless
                .faults(today)
                .iter()
                .any(|fault| !fault.correctable)
        );
    }
}

#[test]
fn addresses_that_a_mail_server_would_choke_on_are_refused() {
    for bad in [
        "a",
        "a@b",
        "a@b..cn",
        "a b@c.cn",
        "a@c.cn\r\nBcc: d@e.cn",
        "<a@b.cn>",
        "a,b@c.cn",
        "@c.cn",
    ] {
        let draft = Draft { email: bad.to_owned(), ..a_citizens_draft() };
        assert_eq!(faults(&draft), [Field::Email], "{bad:?}");
    }
    let draft = Draft { email: "xixialhb@126.com".to_owned(), ..a_citizens_draft() };
    assert_eq!(faults(&draft), []);
}
