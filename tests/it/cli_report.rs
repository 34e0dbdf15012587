//! `report lint`: somebody's published report, in the form it was published in.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use yishen::documents::{section_three, xlsx};

use crate::published::tables;
use crate::support::command::{complained, printed, yishen};

/// A file of this name in a directory of its own.
fn file(directory: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = directory.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// The hard findings of the program on a file, and whether it found anything.
fn lint(path: &Path) -> (Vec<String>, bool) {
    let done = yishen(&["report", "lint", path.to_str().unwrap(), "--format", "json"]);
    let told: serde_json::Value =
        serde_json::from_str(printed(&done)).unwrap_or_else(|_| panic!("{}", complained(&done)));
    let findings = told["findings"].as_array().unwrap();
    let hard = findings
        .iter()
        .filter(|finding| finding["weight"] == "hard");
    let hard = hard.map(|finding| finding["what"].as_str().unwrap().to_owned());
    assert_eq!(done.status.success(), findings.is_empty());
    (hard.collect(), !findings.is_empty())
}

#[test]
fn the_fault_of_a_published_table_is_found_in_every_form_and_none_in_the_balanced_ones() {
    let directory = TempDir::new().unwrap();
    for (name, table) in tables() {
        let forms = [
            ("json", table.to_json().unwrap().into_bytes()),
            ("html", section_three::html_page(&table).unwrap().into_bytes()),
            ("xlsx", xlsx::section_three(&table).unwrap()),
        ];
        for (ending, bytes) in forms {
            let path = file(&directory, &format!("{name}.{ending}"), &bytes);
            let (hard, found) = lint(&path);
            if name == "yanghe-2025" {
                assert_eq!(hard.len(), 2, "{name}.{ending}: {hard:?}");
                assert!(hard[0].contains("“自然人”列") && hard[0].contains("多 1"), "{hard:?}");
            } else {
                assert!(!found, "{name}.{ending}: {hard:?}");
            }
        }
    }
}

#[test]
fn a_hostile_file_is_refused_in_good_time() {
    let directory = TempDir::new().unwrap();
    // A gigabyte of nothing that is a megabyte on the way in.
    let mut bomb = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    bomb.start_file("word/document.xml", options).unwrap();
    let nothing = vec![b' '; 1 << 20];
    bomb.write_all(b"<w:document>").unwrap();
    for _ in 0..1024 {
        bomb.write_all(&nothing).unwrap();
    }
    let bomb = bomb.finish().unwrap().into_inner();
    let truncated = bomb[..bomb.len() / 2].to_vec();
    for (name, bytes) in [("bomb.docx", bomb), ("half.docx", truncated)] {
        let path = file(&directory, name, &bytes);
        let begun = Instant::now();
        let refused = yishen(&["report", "lint", path.to_str().unwrap()]);
        assert!(!refused.status.success());
        assert!(complained(&refused).contains("无法读取"), "{name}: {}", complained(&refused));
        assert!(begun.elapsed() < Duration::from_mins(1), "{name}");
    }
    let absent = yishen(&["report", "lint", "没有这个文件.html"]);
    assert!(!absent.status.success() && complained(&absent).contains("没有这个文件.html"));
}
