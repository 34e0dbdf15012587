//! A real report of a sub-district office, rebuilt from an office that is set up as that one.

use std::fmt::Write as _;
use std::process::Output;

use yishen::casework::agency::{Particulars, amend};
use yishen::documents::reading;
use yishen::domain::actor::{Actor, Role};
use yishen::report::lint::lint;
use yishen::report::published::{Piece, PublishedReport};

use crate::support::command::{complained, yishen};
use crate::support::database::Engine;
use crate::support::office::{Office, day};
use crate::support::staff::Person;

const SEED: &str = include_str!("../data/annual/lianhua-2022.txt");

/// The slips of the pen in the real report, and what was meant.
const SLIPS: [(&str, &str); 5] = [
    ("12月30日", "12月31日"),
    ("之加", "之和"),
    ("本申请人情况", "申请人情况"),
    ("政府信息申请公开情况", "政府信息公开申请情况"),
    ("需要提供公开出版物", "要求提供公开出版物"),
];

/// Words alone: blanks and marks differ between the page that was published and ours.
fn bare(text: &str) -> String {
    let letters: String = text
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .collect();
    SLIPS
        .iter()
        .fold(letters, |text, (slip, meant)| text.replace(slip, meant))
}

/// The lines of the real report between two headings.
fn between(from: &str, to: &str) -> String {
    let begin = SEED
        .lines()
        .position(|line| bare(line) == bare(from))
        .unwrap();
    let lines = SEED.lines().skip(begin + 1);
    let end = |line: &&str| !bare(line).starts_with(&bare(to)) || bare(to).is_empty();
    lines.take_while(end).collect::<Vec<_>>().join("\n")
}

async fn writes(person: &Person, path: &str, fields: &[(&str, &str)]) {
    let page = person.get(path.trim_end_matches("/frame")).await;
    let seen = page.value("seen").unwrap();
    let mut all = vec![("seen", seen.as_str())];
    let names: Vec<String> = page
        .text
        .split("name=\"figure.")
        .skip(1)
        .map(|rest| format!("figure.{}", rest.split('"').next().unwrap()))
        .collect();
    all.extend(names.iter().map(|name| (name.as_str(), "0")));
    all.extend(fields);
    let kept = person.send(path, &page, &all).await;
    assert_eq!(kept.status, 303, "{path}: {}", kept.text);
}

/// The office as it was, its texts entered.
async fn office() -> Office {
    let office = Office::open(Engine::Sqlite, day(2023, 1, 12)).await;
    let particulars = Particulars {
        initials: office.agency.initials.clone(),
        address: "白羽路103号".to_owned(),
        postcode: "474500".to_owned(),
        telephone: "60595589".to_owned(),
        hours: String::new(),
        email: "xixialhb@126.com".to_owned(),
        review_authority: "西峡县人民政府".to_owned(),
        court: "西峡县人民法院".to_owned(),
        own_review_allowed: false,
    };
    amend(&office.app, office.agency.id, particulars, &Actor::System)
        .await
        .unwrap();
    let clerk = office.has("zhang", "张经办", &[Role::Clerk]).await;
    let report = "/staff/reports/2022";
    let preface = SEED
        .lines()
        .find(|line| line.starts_with("本年度报告根据"))
        .unwrap();
    let preface: String = preface.chars().filter(|letter| *letter != ' ').collect();
    let preface = preface
        .replace("2022年1月1日起至2022年12月30日", "{年度}年1月1日起至{年度}年12月31日")
        .replace("白羽路103号", "{地址}")
        .replace("60595589", "{电话}");
    let frame = [
        ("form", "street"),
        ("preface", &*preface),
        ("dated", "2023-01-12"),
    ];
    writes(&clerk, &format!("{report}/frame"), &frame).await;
    for (key, from, to) in [
        ("overview", "一、总体情况", "二、主动公开政府信息情况"),
        ("interpretation", "四、政策解读", "五、存在的主要问题及改进情况"),
        ("problems", "五、存在的主要问题及改进情况", "六、其他需要报告的事项"),
    ] {
        let text = between(from, to);
        assert!(text.chars().count() > 100, "{key}");
        writes(&clerk, &format!("{report}/parts/{key}"), &[("text", &text)]).await;
    }
    writes(&clerk, &format!("{report}/parts/proactive"), &[("text", "")]).await;
    writes(&clerk, &format!("{report}/parts/others"), &[("text", "无")]).await;
    office
}

fn printed(office: &Office, format: &str) -> Vec<u8> {
    let config = office.settings_file();
    let args = [
        "--config",
        config.to_str().unwrap(),
        "report",
        "--year",
        "2022",
        "--format",
        format,
    ];
    let Output { status, stdout, .. } = &yishen(&args);
    assert!(status.success(), "{}", complained(&yishen(&args)));
    stdout.clone()
}

/// Everything that a file says, as one text of bare words.
fn said(pieces: &[Piece]) -> String {
    let mut said = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(line) => write!(said, "{}", bare(line)).unwrap(),
            Piece::Table(rows) => {
                let cells = rows.iter().flatten();
                said.extend(cells.map(|cell| bare(cell)));
            }
        }
        said.push('\n');
    }
    said
}

#[tokio::test]
async fn nothing_of_the_real_report_is_missing_but_its_slips() {
    let office = office().await;
    let (docx, html) = (printed(&office, "docx"), printed(&office, "html"));
    assert!(printed(&office, "pdf").starts_with(b"%PDF-"));
    for pieces in [reading::read(&docx).unwrap(), reading::read(&html).unwrap()] {
        let said = said(&pieces).replace('\n', "");
        for line in SEED.lines() {
            if line.contains("扫一扫") {
                // The portal's own words below the report.
                continue;
            }
            for cell in line.split('|') {
                let words = bare(cell);
                assert!(said.contains(&words), "missing: {cell}");
            }
        }
        let report = PublishedReport::of_pieces(&pieces);
        let three = report.section_three.clone().unwrap();
        assert!(three.rows().iter().all(|row| row.cells == [0; 7]));
        // Its local form has no section four, which the lint says; all else is in order.
        let told: Vec<String> = lint(&report, None)
            .into_iter()
            .map(|found| found.what)
            .collect();
        assert_eq!(told, ["没有找到第四部分的表格"]);
    }
    let tables = reading::read(&docx).unwrap();
    let rows: usize = tables
        .iter()
        .map(|piece| match piece {
            Piece::Table(rows) => rows.len(),
            Piece::Text(_) => 0,
        })
        .sum();
    // Eleven, three and one rows of section two with two heading rows each, and the form.
    assert_eq!(rows, 11 + 3 + 1 + 6 + 3 + 23);
}
