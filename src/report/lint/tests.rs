use super::*;
use crate::report::layout::Layout;
use crate::report::line::Line;
use crate::report::published::{Piece, RuleCount};
use crate::report::section_four::SectionFour;

fn published(name: &str) -> PublishedReport {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/tables/");
    let text = std::fs::read_to_string(format!("{folder}{name}.json")).unwrap();
    PublishedReport::of_json(&text).unwrap()
}

/// The table as portals publish it: merged headings, and nothing else.
fn as_grid(table: &Table) -> Vec<Vec<String>> {
    let rows = table.layout.rows().into_iter().map(|row| {
        let headings = row.headings.into_iter().map(|heading| heading.text);
        let numbers = Column::ALL.map(|column| table.cell(row.line, column).to_string());
        headings.chain(numbers).collect()
    });
    rows.collect()
}

fn whats(findings: &[Finding]) -> Vec<&str> {
    findings
        .iter()
        .map(|finding| finding.what.as_str())
        .collect()
}

#[test]
fn the_one_fault_of_the_published_tables_is_found_and_no_other() {
    for name in ["hongze-2023", "jinhu-2023", "suqian-2023", "suqian-2024"] {
        assert_eq!(lint(&published(name), None), [], "{name}");
    }
    let findings = lint(&published("yanghe-2025"), None);
    assert_eq!(findings.len(), 2);
    assert!(
        findings
            .iter()
            .all(|finding| finding.weight == Weight::Hard)
    );
    assert!(findings[0].what.contains("自然人") && findings[1].what.contains("其他"));
}

#[test]
fn a_table_read_from_a_page_is_the_table() {
    for name in ["hongze-2023", "jinhu-2023", "suqian-2024", "yanghe-2025"] {
        let table = published(name).section_three.unwrap();
        let title = Piece::Text(format!("某市{}年政府信息公开工作年度报告", table.year));
        let read = PublishedReport::of_pieces(&[title, Piece::Table(as_grid(&table))]);
        let read_table = read.section_three.unwrap();
        assert_eq!(read_table.rows(), table.rows(), "{name}");
        assert_eq!((read_table.year, read_table.layout), (table.year, table.layout));
        assert_eq!(read.unreadable, []);
    }
}

#[test]
fn blanks_strokes_and_truncated_wording_are_understood() {
    let table = Table::fill("", 2023, Layout::Trial2019, |_, _| 0);
    let mut grid = as_grid(&table);
    for row in &mut grid {
        *row.last_mut().unwrap() = String::new();
        for cell in row.iter_mut() {
            *cell = cell
                .replace("其他法律行政法规禁止公开", "其他法律行政止公开")
                .replace('.', "、")
                .replace("三、", "一、");
        }
    }
    let last = grid.last_mut().unwrap();
    last[2] = "/".to_owned();
    let read = PublishedReport::of_pieces(&[Piece::Table(grid)]);
    assert_eq!(read.section_three.as_ref().unwrap().rows(), table.rows());
    let findings = lint(&PublishedReport { is_table_alone: true, ..read }, None);
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(findings[0].what.starts_with("有 24 格空白"), "{findings:?}");
    assert_eq!(findings[0].weight, Weight::Soft);
}

#[test]
fn last_year_is_held_against_this_one_in_every_column() {
    let (before, mut after) = (published("suqian-2023"), published("suqian-2024"));
    assert_eq!(lint(&after, Some(&before)), []);
    let whole = after.section_three.take().unwrap();
    after.section_three = Some(Table::fill("", 2024, whole.layout, |line, column| {
        let moved = u64::from(line == Line::CarriedIn && column == Column::ALL[0]);
        whole.cell(line, column) + moved
    }));
    let findings = lint(&after, Some(&before));
    assert!(
        findings
            .iter()
            .any(|finding| finding.what.contains("2023年结转下年度")),
        "{findings:?}"
    );
}

#[test]
fn rules_in_force_follow_from_last_year() {
    let with = |made, repealed, in_force| {
        let label = "行政规范性文件".to_owned();
        PublishedReport {
            rules: vec![RuleCount { label, made, repealed, in_force }],
            ..published("suqian-2024")
        }
    };
    let before = |in_force| PublishedReport {
        rules: with(0, 0, in_force).rules,
        ..published("suqian-2023")
    };
    assert_eq!(lint(&with(50, 227, 420), Some(&before(597))), []);
    let findings = lint(&with(50, 227, 421), Some(&before(597)));
    assert_eq!(findings.len(), 1);
    assert!(findings[0].what.contains("597"));
}

#[test]
fn the_other_parts_are_checked_too() {
    let mut report = published("jinhu-2023");
    report.section_four = SectionFour::of(&[1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    report.note = Some(crate::report::layout::NOTE.replace("四项之和", "四项之加"));
    report.prose = vec!["2023年新收政府信息公开申请142件。".to_owned()];
    let findings = lint(&report, None);
    let told = whats(&findings);
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told[0].contains("行政复议：") && findings[0].weight == Weight::Hard);
    assert!(told[1].contains("142件") && told[1].contains("143 件"));
    assert!(told[2].contains("四项之加"));
}

#[test]
fn a_report_without_its_table_is_told_so() {
    let report = PublishedReport::of_pieces(&[Piece::Text("一、总体情况".to_owned())]);
    let findings = lint(&report, None);
    assert_eq!(whats(&findings), ["没有找到第三部分的表格", "没有找到第四部分的表格"]);
}
