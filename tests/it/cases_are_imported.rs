//! Cases come in by a file and go out by one, as an operator does it on the command line.

use std::path::Path;
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use crate::published::{as_csv, cases_behind, table};
use crate::support::command::{command, complained, printed};

const HEADINGS: &str =
    "受理编号,渠道,申请人类型,申请人,申请内容,收到日期,办结日期,办理结果,期限,延期工作日,备注";

/// An office of an operator: a directory with a database and a key.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        command(self.path(), arguments).output().unwrap()
    }

    fn has_file(&self, name: &str, bytes: impl AsRef<[u8]>) -> &Self {
        std::fs::write(self.path().join(name), bytes).unwrap();
        self
    }

    /// Imports a file, which must work.
    fn imports(&self, name: &str) -> String {
        let output = self.run(&["import", "cases", name]);
        assert!(output.status.success(), "{}", complained(&output));
        printed(&output).to_owned()
    }

    /// Tries to import a file, which must be refused and leave nothing; what was complained of.
    fn refuses(&self, name: &str) -> String {
        let before = self.section_three("2024");
        let output = self.run(&["import", "cases", name]);
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(printed(&output), "");
        assert_eq!(self.section_three("2024"), before);
        complained(&output).to_owned()
    }

    fn section_three(&self, year: &str) -> Value {
        let output = self.run(&["section-three", "--year", year, "--format", "json"]);
        assert!(output.status.success(), "{}", complained(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn exports(&self, format: &str, name: &str) {
        let arguments = ["export", "cases", "--format", format, "--output", name];
        let output = self.run(&arguments);
        assert!(output.status.success(), "{}", complained(&output));
    }

    fn file(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path().join(name)).unwrap()
    }
}

fn rows(rows: &str) -> String {
    format!("{HEADINGS}\n{rows}")
}

#[test]
fn what_is_exported_makes_the_same_table_in_another_office() {
    let first = Desk::new();
    let published = table("jinhu-2023");
    let file = as_csv(&cases_behind(std::slice::from_ref(&published)), "");
    let dry = first
        .has_file("cases.csv", file)
        .run(&["import", "cases", "cases.csv", "--dry-run"]);
    assert!(printed(&dry).starts_with("检查通过：143 件"), "{}", complained(&dry));
    assert_eq!(first.section_three("2023")["rows"]["new"][6], 0);
    assert!(first.imports("cases.csv").starts_with("已导入 143 件"));
    let counted = first.section_three("2023");
    let expected: Value = serde_json::from_str(&published.to_json().unwrap()).unwrap();
    assert_eq!(counted["rows"], expected["rows"]);
    for (format, name) in [("csv", "out.csv"), ("xlsx", "out.xlsx")] {
        first.exports(format, name);
        let second = Desk::new();
        second.has_file(name, first.file(name)).imports(name);
        assert_eq!(second.section_three("2023"), counted);
        second.exports("csv", "again.csv");
        first.exports("csv", "first.csv");
        assert_eq!(second.file("again.csv"), first.file("first.csv"), "{format}");
    }
}

#[test]
fn every_format_of_the_table_is_given_out() {
    let desk = Desk::new();
    for (format, begins) in [
        ("text", "三、收到和处理政府信息公开申请情况".as_bytes()),
        ("json", b"{\"agency\":"),
        ("csv", "\u{feff}项目,".as_bytes()),
        ("xlsx", b"PK"),
        ("html", b"<!DOCTYPE html>"),
    ] {
        let arguments = [
            "section-three",
            "--year",
            "2022",
            "--layout",
            "2019",
            "--format",
            format,
        ];
        let output = desk.run(&arguments);
        assert!(output.status.success(), "{}", complained(&output));
        assert!(output.stdout.starts_with(begins), "{format}");
        let to_file = [&arguments[..], &["--output", "table"]].concat();
        assert_eq!(desk.run(&to_file).stdout, b"");
        assert_eq!(desk.file("table"), output.stdout, "{format}");
    }
    let zero = table("lianhua-2022");
    let expected: Value = serde_json::from_str(&zero.to_json().unwrap()).unwrap();
    let arguments = [
        "section-three",
        "--year",
        "2022",
        "--layout",
        "2019",
        "--format",
        "json",
    ];
    let counted: Value = serde_json::from_slice(&desk.run(&arguments).stdout).unwrap();
    assert_eq!(counted["rows"], expected["rows"]);
    assert_eq!(counted["layout"], "2019");
}

#[test]
fn nothing_is_kept_of_a_file_with_one_bad_row() {
    let desk = Desk::new();
    let bad = rows(
        "A-1,当面,自然人,张三,预算,2024-01-05,2024-01-20,予以公开,,,\n\
         A-1,飞鸽,自然人,李四,预算,2024-01-05,2023-12-31,予以公开,,,\n\
         ,当面,自然人,,预算,2090-01-05,,,,,\n",
    );
    let told = desk.has_file("bad.csv", bad).refuses("bad.csv");
    for line in [
        "第 3 行“渠道”列：“飞鸽”无法识别",
        "第 3 行“办结日期”列：早于收到日期",
        "第 4 行“申请人”列：不能为空",
        "第 4 行“收到日期”列：2090-01-05 在今天之后",
        "未导入任何案件",
    ] {
        assert!(told.contains(line), "{told}");
    }
    assert!(!told.contains("张三") && !told.contains("李四"), "{told}");
}

#[test]
fn wrong_files_are_refused_with_the_way_out() {
    let desk = Desk::new();
    let gbk = b"\xca\xdc\xc0\xed\xb1\xe0\xba\xc5,\xc7\xfe\xb5\xc0\n";
    assert!(
        desk.has_file("gbk.csv", gbk)
            .refuses("gbk.csv")
            .contains("CSV UTF-8")
    );
    let headings = rows("").replace("申请内容", "内容");
    let told = desk.has_file("head.csv", headings).refuses("head.csv");
    assert!(told.contains("第 5 列的表头“内容”无法识别"), "{told}");
    assert!(told.contains("缺少“申请内容”列"), "{told}");
    assert!(
        desk.has_file("empty.csv", "")
            .refuses("empty.csv")
            .contains("文件是空的")
    );
    assert!(
        desk.has_file("nul.csv", "a\0b")
            .refuses("nul.csv")
            .contains("NUL")
    );
    assert!(desk.refuses("missing.csv").contains("无法读取文件"));
}

#[test]
fn a_formula_stays_words_and_comes_back_harmless() {
    let desk = Desk::new();
    let file = rows("=1+1,当面,自然人,@SUM(A1),\"=HYPERLINK(\"\"x\"\")\",2024-01-05,,,,,-1\n");
    desk.has_file("formula.csv", file).imports("formula.csv");
    desk.exports("csv", "out.csv");
    let out = String::from_utf8(desk.file("out.csv")).unwrap();
    assert!(out.contains("\n'=1+1,") && out.contains(",'@SUM(A1),"), "{out}");
    assert!(out.contains("\"'=HYPERLINK(\"\"x\"\")\"") && out.contains(",'-1"), "{out}");
    let again = Desk::new();
    again.has_file("out.csv", out).imports("out.csv");
    again.exports("csv", "again.csv");
    assert_eq!(again.file("again.csv"), desk.file("out.csv"));
}

#[test]
fn numbers_are_given_once() {
    let desk = Desk::new();
    let open = "当面,自然人,张三,预算,2024-01-05,,,,,";
    desk.has_file("first.csv", rows(&format!("YSQ-2024-0002,{open}\n,{open}\n,{open}\n")));
    desk.imports("first.csv");
    desk.exports("csv", "out.csv");
    let out = String::from_utf8(desk.file("out.csv")).unwrap();
    for number in ["YSQ-2024-0002", "YSQ-2024-0003", "YSQ-2024-0004"] {
        assert!(out.contains(&format!("\n{number},")), "{out}");
    }
    let told = desk.refuses("first.csv");
    assert!(told.contains("第 2 行“受理编号”列：系统中已有此受理编号"), "{told}");
}

#[test]
fn an_open_case_has_a_term_and_its_extension() {
    let desk = Desk::new();
    let file = rows("A-1,当面,自然人,张三,预算,2024-01-05,,,2024-02-05,10,\n");
    desk.has_file("open.csv", file);
    let output = desk.run(&["import", "cases", "open.csv"]);
    // 30 working days: 20 until 2 February, the makeup Sunday, 5 until the Spring Festival, the
    // other makeup Sunday, and 3 more.
    let told = complained(&output);
    assert!(told.contains("按收到日期和延期推算为 2024-02-21"), "{told}");
    let row = &desk.section_three("2024")["rows"];
    assert_eq!((&row["new"][6], &row["carried_out"][6]), (&1.into(), &1.into()));
}

#[test]
fn nobody_reads_names_in_the_database() {
    let desk = Desk::new();
    let file = rows("A-1,当面,自然人,独孤求败,寻找剑冢,2024-01-05,,,,,神雕侠侣\n");
    desk.has_file("secret.csv", file).imports("secret.csv");
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(desk.path().join("data")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            bytes.extend(std::fs::read(path).unwrap());
        }
    }
    assert!(!bytes.is_empty());
    for canary in ["独孤求败", "寻找剑冢", "神雕侠侣"] {
        let found = bytes
            .windows(canary.len())
            .any(|window| window == canary.as_bytes());
        assert!(!found, "{canary} stands in the clear");
    }
    desk.exports("csv", "out.csv");
    let out = String::from_utf8(desk.file("out.csv")).unwrap();
    assert!(out.contains("独孤求败,寻找剑冢,2024-01-05") && out.contains("神雕侠侣"), "{out}");
    let verified = desk.run(&["audit", "verify"]);
    assert!(verified.status.success(), "{}", complained(&verified));
}
