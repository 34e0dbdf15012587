//! The forms that come along, published tables, and what is made of both.

use super::*;

/// A form that comes along.
pub(super) fn form(code: &str) -> Form {
    let place = format!("{}/config/report/{code}.toml", env!("CARGO_MANIFEST_DIR"));
    toml::from_str(&std::fs::read_to_string(place).unwrap()).unwrap()
}

/// What a report with a published table stands on.
pub(super) fn basis(name: &str) -> Basis {
    let place = format!("{}/tests/data/tables/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let table = Table::from_json(&std::fs::read_to_string(place).unwrap()).unwrap();
    let agency = Reporter {
        name: table.agency.clone(),
        address: "某路1号".to_owned(),
        postcode: "223800".to_owned(),
        telephone: "0527-00000000".to_owned(),
        email: "office@example.gov.cn".to_owned(),
    };
    Basis {
        agency,
        table,
        section_four: SectionFour::of(&[1, 2, 0, 1, 4, 0, 1, 0, 0, 1, 2, 0, 0, 0, 2]).unwrap(),
        fees: 0,
        figures: BTreeMap::new(),
        pictures: Vec::new(),
    }
}

#[test]
fn a_report_is_what_was_written_with_what_was_counted() {
    let form = form("2021");
    let mut draft = Draft { dated: NaiveDate::from_ymd_opt(2024, 1, 12), ..Draft::default() };
    draft.texts.insert(
        "overview".to_owned(),
        "  全年新收申请{本年新收}件。\n\n办结{办结总计}件。  ".to_owned(),
    );
    draft
        .figures
        .insert("item_1.rules.made".to_owned(), "３".to_owned());
    draft
        .figures
        .insert("item_8.charges.charged".to_owned(), "12.50".to_owned());
    let mut basis = basis("suqian-2023");
    basis.figures = draft.figures(&form);
    let report = AnnualReport::compose(&form, &draft, &basis);
    assert_eq!(report.title, "宿迁市人民政府2023年政府信息公开工作年度报告");
    assert_eq!(report.parts[0].paragraphs, ["全年新收申请3511件。", "办结3486件。"]);
    assert!(report.preface[0].contains("2023年1月1日起至2023年12月31日止"));
    let rules = &report.parts[1].tables[0].rows[0];
    assert_eq!(rules.values, [Some("3".to_owned()), None, None]);
    assert_eq!(report.parts[1].tables[3].rows[0].values, [Some("12.5".to_owned())]);

    let json = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<AnnualReport>(&json).unwrap(), report);
}
