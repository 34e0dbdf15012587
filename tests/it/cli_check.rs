//! An operator asks whether everything is in order.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Output;

use serde_json::Value;

use crate::support::command::{command, complained, printed};
use crate::support::smtp::{At, Security, SmtpServer, Trick, certificate};

/// Settings of an office that lies below `directory`, and these besides.
fn settle(directory: &Path, settings: &str) {
    fs::create_dir_all(directory.join("config")).unwrap();
    fs::write(directory.join("config/local.toml"), settings).unwrap();
}

fn check(directory: &Path) -> Output {
    command(directory, &["check"]).output().unwrap()
}

/// The line of the check with this name.
fn line(output: &Output, name: &str) -> String {
    let mut lines = printed(output).lines();
    let found = lines.find(|line| line.contains(&format!("  {name}  ")));
    found
        .unwrap_or_else(|| panic!("{}", printed(output)))
        .to_owned()
}

#[test]
fn a_fresh_directory_is_in_order_and_stays_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let output = check(directory.path());
    assert!(output.status.success(), "{}", printed(&output));
    assert_eq!(printed(&output).lines().count(), 6);
    assert!(line(&output, "数据库").starts_with("提示"));
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[test]
fn an_office_in_order_is_said_to_be() {
    let directory = tempfile::tempdir().unwrap();
    let verify = command(directory.path(), &["audit", "verify"])
        .output()
        .unwrap();
    assert!(verify.status.success(), "{}", complained(&verify));
    let output = check(directory.path());
    assert!(output.status.success(), "{}", printed(&output));
    assert!(line(&output, "数据库").starts_with("正常  数据库  SQLite"));
    assert!(line(&output, "主密钥").contains("与数据库相符"));
    assert!(line(&output, "提醒").starts_with("正常"), "{}", printed(&output));
    let head = ["user", "add", "liwei", "--name", "李伟", "--role", "head"];
    assert!(
        command(directory.path(), &head)
            .output()
            .unwrap()
            .status
            .success()
    );
    let head = line(&check(directory.path()), "提醒");
    assert!(head.starts_with("提示") && head.contains("李伟没有登记"), "{head}");
    assert!(head.contains("没有人会收到邮件"), "{head}");
    let json = command(directory.path(), &["check", "--format", "json"])
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(report["good"], true);
    assert_eq!(report["findings"].as_array().unwrap().len(), 7);
}

#[test]
fn a_lost_an_exchanged_and_an_exposed_key_are_each_named() {
    let directory = tempfile::tempdir().unwrap();
    let office = directory.path();
    assert!(
        command(office, &["audit", "verify"])
            .output()
            .unwrap()
            .status
            .success()
    );
    let key = office.join("keys/yishen.key");
    let right = fs::read_to_string(&key).unwrap();
    fs::remove_file(&key).unwrap();
    let lost = check(office);
    assert_eq!(lost.status.code(), Some(1));
    assert!(line(&lost, "主密钥").contains("找不到主密钥文件"));
    assert!(!key.exists());
    let digits = right.trim().strip_prefix("yishen-key-1:").unwrap();
    let other: String = digits.chars().rev().collect();
    fs::write(&key, format!("yishen-key-1:{other}\n")).unwrap();
    let exchanged = check(office);
    assert_eq!(exchanged.status.code(), Some(1));
    assert!(line(&exchanged, "主密钥").contains("不符"));
    let opened = command(office, &["audit", "verify"]).output().unwrap();
    assert_eq!(opened.status.code(), Some(1));
    assert!(complained(&opened).contains("不符") && !complained(&opened).contains(digits));
    fs::write(&key, right).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let exposed = check(office);
    assert_eq!(exposed.status.code(), Some(1));
    assert!(line(&exposed, "主密钥").contains("chmod 600"));
}

#[test]
fn a_bad_setting_is_the_first_thing_that_is_wrong() {
    let directory = tempfile::tempdir().unwrap();
    settle(directory.path(), "[limits]\nattachments = 99\n");
    let output = check(directory.path());
    assert_eq!(output.status.code(), Some(1));
    assert!(line(&output, "配置").contains("limits.attachments"), "{}", printed(&output));
}

#[test]
fn a_database_that_is_none_is_wrong() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("data")).unwrap();
    fs::write(
        directory.path().join("data/yishen.db"),
        "not a database, but long enough".repeat(99),
    )
    .unwrap();
    let output = check(directory.path());
    assert_eq!(output.status.code(), Some(1));
    assert!(line(&output, "数据库").starts_with("异常"), "{}", printed(&output));
}

#[test]
fn a_bad_arrangement_of_the_office_is_wrong() {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path().join("config/calendar");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("2027.toml"), "year = 2027\nnotice = \"\"\n").unwrap();
    let output = check(directory.path());
    assert_eq!(output.status.code(), Some(1));
    assert!(line(&output, "工作日").contains("2027.toml"), "{}", printed(&output));
}

/// Checks an office whose mail goes to that server, and which trusts its certificate or not.
fn check_mail(port: u16, security: &str, login: bool, trusting: bool) -> Output {
    let directory = tempfile::tempdir().unwrap();
    let mut settings = format!(
        "[smtp]\nhost = \"localhost\"\nport = {port}\nsecurity = \"{security}\"\n\
         timeout_seconds = 2\n"
    );
    if login {
        settings.push_str("username = \"ysq\"\n");
    }
    settle(directory.path(), &settings);
    let mut check = command(directory.path(), &["check"]);
    if login {
        check.env("YISHEN__SMTP__PASSWORD", "swordfish");
    }
    if trusting {
        check.env("SSL_CERT_FILE", certificate());
    }
    check.output().unwrap()
}

#[test]
fn a_mail_server_that_works_is_said_to_in_each_security() {
    for (security, setting) in [
        (Security::None, "none"),
        (Security::StartTls, "starttls"),
        (Security::Tls, "tls"),
    ] {
        let server = SmtpServer::secured(security);
        let output = check_mail(server.port, setting, security != Security::None, true);
        assert!(output.status.success(), "{setting}: {}", printed(&output));
        assert!(line(&output, "邮件").starts_with("正常"), "{}", printed(&output));
        let passwords = usize::from(security != Security::None);
        assert_eq!(server.passwords().len(), passwords, "{setting}");
    }
}

#[test]
fn a_mail_server_that_cannot_be_trusted_or_reached_is_wrong() {
    let untrusted = SmtpServer::secured(Security::StartTls);
    let silent = SmtpServer::start();
    silent.play(At::Greeting, Trick::Silence);
    let nobody = SmtpServer::nobody();
    for (port, security, why) in [
        (untrusted.port, "starttls", "加密"),
        (silent.port, "none", "没有应答"),
        (nobody, "none", "无法连接"),
    ] {
        let output = check_mail(port, security, false, false);
        assert_eq!(output.status.code(), Some(1), "{why}");
        assert!(line(&output, "邮件").contains(why), "{}", printed(&output));
    }
    assert!(untrusted.passwords().is_empty());
}

#[test]
fn tables_are_made_once() {
    let directory = tempfile::tempdir().unwrap();
    let first = command(directory.path(), &["migrate"]).output().unwrap();
    assert!(first.status.success() && printed(&first).contains("已升级"));
    let again = command(directory.path(), &["migrate"]).output().unwrap();
    assert!(again.status.success() && printed(&again).contains("已是最新"));
    assert!(!directory.path().join("keys").exists());
}
