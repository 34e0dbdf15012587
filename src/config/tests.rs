use super::*;

fn with(text: &str) -> Result<Config, ConfigError> {
    let source = Source::of("config/local.toml", text);
    Config::from_sources(&[source], Vec::new(), PathBuf::from("config"))
}

fn with_variable(name: &str, value: &str) -> Result<Config, ConfigError> {
    let variables = vec![
        ("PATH".to_owned(), "/bin".to_owned()),
        (name.to_owned(), value.to_owned()),
    ];
    Config::from_sources(&[], variables, PathBuf::from("config"))
}

#[track_caller]
fn refused(result: Result<Config, ConfigError>, parts: &[&str]) {
    let message = result.unwrap_err().to_string();
    for part in parts {
        assert!(message.contains(part), "{part} is not in: {message}");
    }
}

#[test]
fn nothing_must_be_configured() {
    let config = with("").unwrap();
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.base_url(), "http://127.0.0.1:8080");
    assert_eq!(config.database_url().expose(), "sqlite://data/yishen.db");
    assert_eq!(config.limits.attachment_bytes(), 20 * 1024 * 1024);
    assert_eq!(config.smtp.effective_port(), 587);
    assert_eq!(config.report.layout, ReportLayout::Auto);
    assert!(config.intake.identity_proof_online);
}

#[test]
fn a_file_is_laid_over_the_defaults_and_the_environment_over_both() {
    let source = Source::of("local.toml", "[server]\nlisten = \"0.0.0.0:9000\"\nworkers = 3\n");
    let variables = vec![("YISHEN__SERVER__WORKERS".to_owned(), "4".to_owned())];
    let config = Config::from_sources(&[source], variables, PathBuf::new()).unwrap();
    assert_eq!(config.server.listen.to_string(), "0.0.0.0:9000");
    assert_eq!(config.server.workers, 4);
    assert_eq!(config.base_url(), "http://127.0.0.1:9000");
}

#[test]
fn every_type_can_come_from_the_environment() {
    let proxies = with_variable("YISHEN__SERVER__TRUSTED_PROXIES", "10.0.0.0/8, ::1").unwrap();
    assert_eq!(proxies.server.trusted_proxies.len(), 2);
    let proof = with_variable("YISHEN__INTAKE__IDENTITY_PROOF_ONLINE", "false").unwrap();
    assert!(!proof.intake.identity_proof_online);
    let name = with_variable("YISHEN__AGENCY__NAME", "莲花街道办事处").unwrap();
    assert_eq!(name.agency.name, "莲花街道办事处");
}

#[test]
fn a_name_that_no_setting_has_is_refused_by_name_and_place() {
    refused(
        with("[server]\n\nlisen = \"127.0.0.1:1\""),
        &["config/local.toml 第 3 行", "server.lisen", "listen"],
    );
    refused(with("[sever]\nlisten = \"\""), &["第 1 行", "sever", "server"]);
    refused(with("listen = \"127.0.0.1:1\""), &["第 1 行", "listen"]);
    refused(
        with_variable("YISHEN__SERVER__LISEN", "x"),
        &["环境变量 YISHEN__SERVER__LISEN", "server.lisen"],
    );
    refused(with_variable("YISHEN__DURABILITY", "off"), &["YISHEN__DURABILITY"]);
}

#[test]
fn a_bad_value_is_refused_with_what_it_should_be() {
    refused(with("[server]\nlisten = 8080"), &["第 2 行", "server.listen", "文字"]);
    refused(with("[server]\nlisten = \"here\""), &["server.listen", "127.0.0.1:8080"]);
    refused(with("[server]\nbase_url = \"ysq.gov.cn\""), &["server.base_url", "https://"]);
    refused(with("[server]\nbase_url = \"https://a/?x\""), &["server.base_url"]);
    refused(with("[server]\ntrusted_proxies = [\"proxy\"]"), &["trusted_proxies", "proxy"]);
    refused(with("[smtp]\nsecurity = \"ssl\""), &["smtp.security", "starttls"]);
    refused(with("[smtp]\nport = 70000"), &["smtp.port", "65535"]);
    refused(with("[limits]\nattachments = 0"), &["limits.attachments", "1 至 50"]);
    refused(with("[report]\nlayout = \"2020\""), &["report.layout", "2021"]);
    refused(with("[log]\nlevel = \"loud=loud\""), &["log.level"]);
    refused(with("[agency]\ncode = \"莲花\""), &["agency.code"]);
    refused(with_variable("YISHEN__SMTP__PORT", "many"), &["YISHEN__SMTP__PORT", "整数"]);
    refused(with("[server\n"), &["第 1 行", "TOML"]);
}

#[test]
fn settings_that_do_not_fit_together_are_refused() {
    refused(with("[limits]\nattachment_mib = 60"), &["attachments_total_mib"]);
    refused(with("[smtp]\nusername = \"a\""), &["smtp.password"]);
    refused(
        with("[smtp]\nusername = \"a\"\npassword = \"b\"\nsecurity = \"none\""),
        &["smtp.security"],
    );
    refused(with("[data]\nkey_file = \"./data/k/yishen.key\""), &["data.key_file"]);
}

#[test]
fn no_password_shows_in_what_is_printed_of_the_settings() {
    let text = "[smtp]\nusername = \"u\"\npassword = \"hunter2\"\n\
                [database]\nurl = \"postgres://u:swordfish@db/y\"";
    let shown = format!("{:?}", with(text).unwrap());
    assert!(!shown.contains("hunter2") && !shown.contains("swordfish"), "{shown}");
    let error = with("[database]\nurl = \"mysql://u:swordfish@db/y\"").unwrap_err();
    assert!(!format!("{error} {error:?}").contains("swordfish"));
}

#[test]
fn a_data_directory_takes_the_database_with_it() {
    let config = with("[data]\ndirectory = \"/srv/yishen\"").unwrap();
    assert_eq!(config.database_url().expose(), "sqlite:///srv/yishen/yishen.db");
    assert_eq!(config.mail_folder(), PathBuf::from("/srv/yishen/mail"));
}

#[test]
fn a_missing_file_is_named() {
    let error = Config::load(Some(Path::new("no/such.toml"))).unwrap_err();
    assert!(error.to_string().contains("no/such.toml"));
}
