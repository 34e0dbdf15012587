//! An operator opens, lists, closes and resets accounts, and adds agencies.

use std::path::Path;
use std::process::Output;

use serde_json::Value;

use crate::support::command::{command, complained, printed};

fn run(office: &Path, arguments: &[&str]) -> Output {
    command(office, arguments).output().unwrap()
}

#[track_caller]
fn done(office: &Path, arguments: &[&str]) -> String {
    let output = run(office, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", complained(&output));
    printed(&output).to_owned()
}

#[track_caller]
fn refused(office: &Path, arguments: &[&str], why: &str) {
    let output = run(office, arguments);
    assert!(!output.status.success(), "{arguments:?}");
    assert_eq!(printed(&output), "", "{arguments:?}");
    assert!(complained(&output).contains(why), "{arguments:?}: {}", complained(&output));
}

/// The line of an account, and the code that was shown for it.
fn code(shown: &str) -> String {
    let line = shown
        .lines()
        .find(|line| line.starts_with("填写设置码"))
        .unwrap();
    line.split_whitespace().last().unwrap().to_owned()
}

fn accounts(office: &Path) -> Value {
    serde_json::from_str(&done(office, &["user", "list", "--format", "json"])).unwrap()
}

#[test]
fn an_account_comes_with_a_code_that_is_shown_once_and_kept_nowhere() {
    let directory = tempfile::tempdir().unwrap();
    let office = directory.path();
    let shown = done(
        office,
        &[
            "user", "add", "--role", "clerk", "--role", "reviewer", "--name", "王芳", "wangfang",
        ],
    );
    assert!(shown.contains("http://127.0.0.1:8080/staff/setup"), "{shown}");
    let code = code(&shown);
    assert_eq!(code.len(), 19);
    assert!(!shown.contains(&format!("setup{code}")) && !shown.contains(&format!("={code}")));
    let listed = accounts(office);
    assert_eq!(listed[0]["login"], "wangfang");
    assert_eq!(listed[0]["name"], "王芳");
    assert_eq!(listed[0]["roles"], serde_json::json!(["clerk", "reviewer"]));
    assert_eq!(listed[0]["state"], "invited");
    for file in ["data/yishen.db", "data/yishen.db-wal"] {
        if let Ok(content) = std::fs::read(office.join(file)) {
            let bare = code.replace('-', "");
            let leaks = |text: &str| {
                content
                    .windows(text.len())
                    .any(|part| part == text.as_bytes())
            };
            assert!(!leaks(&code) && !leaks(&bare), "{file}");
        }
    }
}

#[test]
fn an_account_is_closed_and_opened_again_with_another_code() {
    let directory = tempfile::tempdir().unwrap();
    let office = directory.path();
    let first = code(&done(office, &["user", "add", "--role", "head", "lihua"]));
    done(office, &["user", "disable", "lihua"]);
    assert_eq!(accounts(office)[0]["state"], "disabled");
    let second = code(&done(office, &["user", "reset", "lihua"]));
    assert_ne!(first, second);
    assert_eq!(accounts(office)[0]["state"], "invited");
    refused(office, &["user", "disable", "nobody"], "没有用户名为 nobody 的账号");
    refused(office, &["user", "reset", "nobody"], "nobody");
    let verified = done(office, &["audit", "verify"]);
    assert!(verified.contains("4 条记录，完整无误"), "{verified}");
}

#[test]
fn what_cannot_be_an_account_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let office = directory.path();
    done(office, &["user", "add", "--role", "clerk", "wangfang"]);
    refused(office, &["user", "add", "--role", "clerk", "wangfang"], "已经有人使用");
    refused(office, &["user", "add", "--role", "boss", "lihua"], "clerk、reviewer");
    refused(office, &["user", "add", "lihua"], "--role");
    refused(office, &["user", "add", "--role", "clerk", "li hua"], "用户名");
    refused(office, &["user", "add", "--role", "clerk", "--agency", "XX", "lihua"], "XX");
}

#[test]
fn agencies_stand_in_a_tree_and_each_has_its_own_code() {
    let directory = tempfile::tempdir().unwrap();
    let office = directory.path();
    done(office, &["agency", "add", "LHJD", "莲花街道办事处", "--parent", "YSQ"]);
    done(
        office,
        &[
            "agency",
            "add",
            "SQ-1",
            "第一社区",
            "--parent",
            "莲花街道办事处",
        ],
    );
    let tree = done(office, &["agency", "list"]);
    let indents: Vec<usize> = tree
        .lines()
        .map(|line| line.len() - line.trim_start().len())
        .collect();
    assert_eq!(indents, [0, 2, 4], "{tree}");
    let listed: Value =
        serde_json::from_str(&done(office, &["agency", "list", "--format", "json"])).unwrap();
    assert_eq!(listed.as_array().unwrap().len(), 3);
    refused(office, &["agency", "add", "LHJD", "另一个"], "已经使用");
    refused(office, &["agency", "add", "街道", "另一个"], "字母、数字");
    refused(office, &["agency", "add", "X1", ""], "机关名称");
    refused(office, &["agency", "add", "X1", "另一个", "--parent", "ZZ"], "ZZ");
    let shown = done(office, &["user", "add", "--role", "clerk", "--agency", "LHJD", "zhao"]);
    assert!(shown.contains("莲花街道办事处"));
    let verified = done(office, &["audit", "verify"]);
    assert_eq!(verified.matches("完整无误").count(), 3, "{verified}");
}
