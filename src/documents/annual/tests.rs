//! A report in every form that it is handed out in.

use std::collections::BTreeSet;
use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};

use super::*;
use crate::documents::reading;
use crate::report::annual::figure::Figure;
use crate::report::annual::form::Form;
use crate::report::annual::{Basis, Draft, Picture, Reporter};
use crate::report::lint::lint;
use crate::report::published::PublishedReport;
use crate::report::section_four::SectionFour;
use crate::report::table::Table;

fn text_of(place: &str) -> String {
    std::fs::read_to_string(format!("{}/{place}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// A whole report with a published table.
fn report(name: &str) -> AnnualReport {
    let table = Table::from_json(&text_of(&format!("tests/data/tables/{name}.json"))).unwrap();
    let form: Form =
        toml::from_str(&text_of(&format!("config/report/{}.toml", table.layout.code()))).unwrap();
    let mut draft = Draft {
        dated: NaiveDate::from_ymd_opt(table.year + 1, 1, 12),
        ..Draft::default()
    };
    for part in &form.parts {
        let text = format!("{}\n本年度工作平稳。", part.suggestions.join("\n"));
        draft.texts.insert(part.key.clone(), text);
    }
    let basis = Basis {
        agency: Reporter { name: table.agency.clone(), ..Reporter::default() },
        table,
        section_four: SectionFour::of(&[1, 2, 0, 1, 4, 0, 1, 0, 0, 1, 2, 0, 0, 0, 2]).unwrap(),
        fees: 120,
        figures: form
            .slots()
            .map(|slot| (slot.key(), Figure::whole(3)))
            .collect(),
        pictures: vec![("overview".to_owned(), picture())],
    };
    AnnualReport::compose(&form, &draft, &basis)
}

/// A small picture that anybody can check: four pixels.
fn picture() -> Picture {
    Picture {
        caption: "业务培训<现场>".to_owned(),
        media_type: "image/png".to_owned(),
        width: 2,
        height: 2,
        content: std::fs::read(format!(
            "{}/tests/data/annual/four.png",
            env!("CARGO_MANIFEST_DIR")
        ))
        .unwrap(),
    }
}

fn rules_hold(report: &PublishedReport) {
    // 3 + 3 − 3 = 3 for each rule, so the year before can be the same report.
    let told: Vec<String> = lint(report, None)
        .into_iter()
        .map(|finding| finding.what)
        .collect();
    assert_eq!(told, Vec::<String>::new());
}

#[test]
fn every_balanced_table_comes_back_from_each_file_without_a_finding() {
    for name in [
        "suqian-2023",
        "suqian-2024",
        "jinhu-2023",
        "hongze-2023",
        "lianhua-2022",
    ] {
        let report = report(name);
        let json = PublishedReport::of_json(&String::from_utf8(json(&report).unwrap()).unwrap());
        let html = reading::read(html_page(&report).as_bytes()).unwrap();
        let docx = reading::read(&print(&report).unwrap().docx).unwrap();
        for read in [
            json.unwrap(),
            PublishedReport::of_pieces(&html),
            PublishedReport::of_pieces(&docx),
        ] {
            let mut table = read.section_three.clone().unwrap();
            table.agency.clone_from(&report.section_three.agency);
            assert_eq!(table, report.section_three, "{name}");
            assert_eq!(read.section_four, Some(report.section_four), "{name}");
            rules_hold(&read);
        }
    }
}

#[test]
fn the_workbook_has_a_sheet_for_each_part_with_tables() {
    let report = report("suqian-2023");
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(xlsx(&report).unwrap())).unwrap();
    let names = book.sheet_names();
    assert_eq!(
        names,
        [
            "二、主动公开政府信息情况",
            "三、收到和处理政府信息公开申请情况",
            "四、政府信息公开行政复议、行政诉讼情况"
        ]
    );
    let three = book.worksheet_range(&names[1]).unwrap();
    let numbers = three
        .used_cells()
        .filter(|(_, _, cell)| matches!(cell, Data::Float(_)));
    assert_eq!(numbers.count(), 25 * 7);
}

#[test]
fn open_data_has_every_number_once_with_its_headings() {
    let report = report("suqian-2023");
    let file = String::from_utf8(csv(&report).unwrap()).unwrap();
    let lines: Vec<&str> = file.split_terminator("\r\n").collect();
    // Section two has six, one, two and one, section three 175, section four fifteen.
    assert_eq!(lines.len(), 1 + 10 + 175 + 15);
    assert!(lines.iter().any(|line| {
        line.contains("三、本年度办理结果 / （四）无法提供 / 1.本机关不掌握相关政府信息")
            && line.contains("申请人情况 / 法人或其他组织 / 商业企业")
    }));
    assert!(
        lines
            .iter()
            .any(|line| line.ends_with("行政诉讼 / 复议后起诉 / 结果维持,2"))
    );
    assert!(lines[1].contains("规章,本年制发件数,3"), "{}", lines[1]);
}

#[test]
fn every_field_of_the_open_data_is_described() {
    fn paths(value: &serde_json::Value, path: &str, found: &mut BTreeSet<String>) {
        match value {
            serde_json::Value::Object(map) if !path.ends_with("section_three") => {
                for (key, value) in map {
                    let dot = if path.is_empty() { "" } else { "." };
                    paths(value, &format!("{path}{dot}{key}"), found);
                }
            }
            serde_json::Value::Array(list) if list.iter().any(serde_json::Value::is_object) => {
                for value in list {
                    paths(value, &format!("{path}[]"), found);
                }
            }
            _ => drop(found.insert(path.to_owned())),
        }
    }
    let json: serde_json::Value =
        serde_json::from_slice(&json(&report("suqian-2023")).unwrap()).unwrap();
    let mut found = BTreeSet::new();
    paths(&json, "", &mut found);
    for path in &found {
        let told = FIELDS
            .iter()
            .any(|(field, ..)| path == field || path.starts_with(&format!("{field}.")));
        assert!(told, "{path}");
    }
}

#[test]
fn a_picture_is_in_every_file_with_what_is_to_be_seen() {
    let report = report("suqian-2023");
    let html = html_page(&report);
    assert!(
        html.contains("alt=\"业务培训&lt;现场&gt;\"") && html.contains("data:image/png;base64,")
    );
    let paper = print(&report).unwrap();
    let pdf = String::from_utf8_lossy(&paper.pdf);
    assert!(
        pdf.contains("/Subtype/Image") || pdf.contains("/Subtype /Image"),
        "no picture in the PDF"
    );
    let mut docx = zip::ZipArchive::new(Cursor::new(paper.docx)).unwrap();
    let names: Vec<String> = docx
        .file_names()
        .map(|name| name.unwrap().into_owned())
        .collect();
    assert!(names.iter().any(|name| name.starts_with("word/media/")), "{names:?}");
    std::io::copy(&mut docx.by_name("word/document.xml").unwrap(), &mut std::io::sink()).unwrap();
    let json = String::from_utf8(json(&report).unwrap()).unwrap();
    assert_eq!(serde_json::from_str::<AnnualReport>(&json).unwrap(), report);
}

#[test]
fn the_same_report_makes_the_same_bytes() {
    let report = report("suqian-2023");
    let (first, again) = (print(&report).unwrap(), print(&report).unwrap());
    assert!(first.pdf == again.pdf && first.docx == again.docx);
    assert!(first.missing.is_empty());
    assert_eq!(xlsx(&report).unwrap(), xlsx(&report).unwrap());
}
