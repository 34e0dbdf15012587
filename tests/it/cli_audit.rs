//! Somebody with the database, and without the key, changes the record; the operator sees it.

use std::path::Path;

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};
use serde_json::Value;

use crate::support::command::{command, complained, printed};

const UNGUARD: &str =
    "DROP TRIGGER events_are_never_changed; DROP TRIGGER events_are_never_removed;";

/// An office with a few events on record.
fn office() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    for login in ["wangfang", "lihua", "zhaomin"] {
        let arguments = ["user", "add", "--role", "clerk", login];
        let output = command(directory.path(), &arguments).output().unwrap();
        assert!(output.status.success(), "{}", complained(&output));
    }
    directory
}

fn meddle(office: &Path, sql: &str) {
    let path = office.join("data/yishen.db");
    let mut database = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    database.batch_execute(&format!("{UNGUARD}{sql}")).unwrap();
}

/// Verifies; the exit code, and the first bad record.
fn verify(office: &Path) -> (Option<i32>, Value) {
    let arguments = ["audit", "verify", "--format", "json"];
    let output = command(office, &arguments).output().unwrap();
    let verified: Value = serde_json::from_slice(&output.stdout).unwrap();
    let agency = &verified["agencies"][0];
    assert_eq!(verified["whole"], agency["broken_at"].is_null());
    (output.status.code(), agency["broken_at"].clone())
}

#[test]
fn a_record_that_nobody_touched_is_whole() {
    let office = office();
    assert_eq!(verify(office.path()), (Some(0), Value::Null));
    let output = command(office.path(), &["audit", "verify"])
        .output()
        .unwrap();
    assert!(printed(&output).contains("4 条记录，完整无误"), "{}", printed(&output));
}

#[test]
fn the_first_record_that_was_changed_removed_or_swapped_is_named() {
    for (sql, first_bad) in [
        ("UPDATE events SET actor = 'officer:x' WHERE sequence = 2", 2),
        ("UPDATE events SET data = data || ' ' WHERE sequence = 4", 4),
        ("UPDATE events SET at = '2020-01-01T00:00:00.000000Z' WHERE sequence = 1", 1),
        ("DELETE FROM events WHERE sequence = 3", 3),
        ("DELETE FROM events WHERE sequence = 1", 1),
        ("DELETE FROM events WHERE sequence = 4", 4),
        (
            "UPDATE events SET sequence = 9 WHERE sequence = 2; \
             UPDATE events SET sequence = 2 WHERE sequence = 3; \
             UPDATE events SET sequence = 3 WHERE sequence = 9",
            2,
        ),
        ("DELETE FROM events; DELETE FROM chain_heads", 1),
    ] {
        let office = office();
        meddle(office.path(), sql);
        assert_eq!(verify(office.path()), (Some(1), first_bad.into()), "{sql}");
        let output = command(office.path(), &["audit", "verify"])
            .output()
            .unwrap();
        let told = format!("第 {first_bad} 条记录");
        assert!(printed(&output).contains(&told), "{sql}: {}", printed(&output));
    }
}
