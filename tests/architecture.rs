//! The walls between the rooms of `src/`, read from the sources.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::{Path, PathBuf};

/// A room of `src/`, and the words that must not stand in it.
const WALLS: &[(&str, &str)] = &[
    (
        "domain",
        "crate::app crate::casework crate::cli crate::clock crate::config crate::documents crate::jobs \
         crate::notify crate::report crate::server crate::storage crate::telemetry crate::vault crate::web \
         diesel actix lettre askama minijinja serde tokio std::fs std::env Utc::now Local::now getrandom",
    ),
    ("report", "crate::app crate::casework crate::storage crate::web diesel actix lettre tokio"),
    (
        "documents",
        "crate::app crate::casework crate::storage crate::web diesel actix lettre tokio",
    ),
    ("notify", "crate::app crate::casework crate::storage crate::web diesel actix"),
    ("vault", "crate::app crate::casework crate::storage crate::web diesel actix lettre"),
    ("storage", "crate::app crate::casework crate::web crate::notify actix lettre"),
    ("casework", "crate::web actix diesel lettre"),
    ("jobs", "crate::web diesel actix lettre"),
    ("web", "crate::storage::schema diesel lettre"),
];

/// Every Rust file below `room`, or the file itself.
fn rust_files(room: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(room).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

#[test]
fn nothing_reaches_through_a_wall() {
    let mut breaches = Vec::new();
    for (room, forbidden) in WALLS {
        let files = rust_files(&Path::new("src").join(room));
        assert!(!files.is_empty(), "the room {room} is gone");
        for file in files {
            let source = fs::read_to_string(&file).unwrap();
            for (number, line) in source
                .lines()
                .enumerate()
                .filter(|(_, line)| !is_comment(line))
            {
                for word in forbidden
                    .split_whitespace()
                    .filter(|word| line.contains(word))
                {
                    breaches.push(format!("{}:{}: {word}", file.display(), number + 1));
                }
            }
        }
    }
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}
