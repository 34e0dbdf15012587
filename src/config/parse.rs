//! Reads single settings; what is wrong with one is said in Chinese, without repeating secrets.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::{Deserialize, Deserializer, de::Error as _};

use super::{LogFormat, Network, ReportLayout, Secret, SmtpSecurity};
use crate::domain::agency;

/// A whole number from `LOW` to `HIGH`.
pub(super) fn between<'de, const LOW: i64, const HIGH: i64, N, D>(
    deserializer: D,
) -> Result<N, D::Error>
where
    N: TryFrom<i64>,
    D: Deserializer<'de>,
{
    let number = i64::deserialize(deserializer)?;
    if (LOW..=HIGH).contains(&number)
        && let Ok(number) = N::try_from(number)
    {
        return Ok(number);
    }
    Err(D::Error::custom(format!("应为 {LOW} 至 {HIGH} 的整数")))
}

/// A text that is not blank.
pub(super) fn filled<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.trim().is_empty() {
        return Err(D::Error::custom("不能为空"));
    }
    Ok(text)
}

pub(super) fn path<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
    filled(deserializer).map(PathBuf::from)
}

pub(super) fn listen<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    String::deserialize(deserializer)?
        .parse()
        .map_err(|_| D::Error::custom("应写成“地址:端口”，如 127.0.0.1:8080"))
}

/// Origins of web sites, with blanks between them.
pub(super) fn origins<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let is_origin = |text: &str| {
        let host = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"));
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
        host.is_some_and(|host| !host.is_empty() && host.chars().all(plain))
    };
    let origins: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    if origins.iter().all(|origin| is_origin(origin)) {
        Ok(origins)
    } else {
        Err(D::Error::custom("应写成“https://主机”，不带路径，多个用空格隔开"))
    }
}

/// An `http` or `https` address with nothing but a host, a port and a path.
pub(super) fn base_url<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() {
        return Ok(None);
    }
    let url = text.trim_end_matches('/');
    let host = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"))
        .unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/[]%".contains(c);
    if host.is_empty() || host.starts_with('/') || !host.chars().all(plain) {
        return Err(D::Error::custom(
            "应为以 http:// 或 https:// 开头的网址，不含参数，如 https://ysq.example.gov.cn",
        ));
    }
    Ok(Some(url.to_owned()))
}

pub(super) fn networks<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<Network>, D::Error> {
    Vec::<String>::deserialize(deserializer)?
        .iter()
        .map(|text| text.parse().map_err(D::Error::custom))
        .collect()
}

pub(super) fn database_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
    let url = String::deserialize(deserializer)?;
    let known = ["sqlite://", "postgres://", "postgresql://"];
    if url.is_empty() || known.iter().any(|scheme| url.starts_with(scheme)) {
        return Ok(Secret::from(url));
    }
    Err(D::Error::custom("应以 sqlite:// 或 postgres:// 开头"))
}

/// A mailbox; the mailer checks the rest when it is made.
pub(super) fn sender<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if !text.contains('@') || text.chars().any(char::is_control) {
        return Err(D::Error::custom("应为电子邮箱地址"));
    }
    Ok(text)
}

/// A mailbox, or none.
pub(super) fn reply_to<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() {
        return Ok(None);
    }
    if !text.contains('@') || text.chars().any(char::is_control) {
        return Err(D::Error::custom("应为电子邮箱地址，或者留空"));
    }
    Ok(Some(text))
}

pub(super) fn agency_code<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if !agency::is_code(&text) {
        return Err(D::Error::custom("应为 1 至 32 个字母、数字或连字符"));
    }
    Ok(text)
}

pub(super) fn security<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<SmtpSecurity, D::Error> {
    use SmtpSecurity::{None, StartTls, Tls};
    one_of(deserializer, &[("none", None), ("starttls", StartTls), ("tls", Tls)])
}

pub(super) fn layout<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ReportLayout, D::Error> {
    use ReportLayout::{Auto, Y2019, Y2021};
    one_of(deserializer, &[("auto", Auto), ("2019", Y2019), ("2021", Y2021)])
}

pub(super) fn log_format<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<LogFormat, D::Error> {
    one_of(deserializer, &[("text", LogFormat::Text), ("json", LogFormat::Json)])
}

pub(super) fn log_level<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = filled(deserializer)?;
    tracing_subscriber::EnvFilter::try_new(&text)
        .map(|_| text)
        .map_err(|_| D::Error::custom("应为 error、warn、info、debug、trace 之一"))
}

/// The value that goes by the name that was written.
fn one_of<'de, T: Copy, D: Deserializer<'de>>(
    deserializer: D,
    choices: &[(&str, T)],
) -> Result<T, D::Error> {
    let text = String::deserialize(deserializer)?;
    if let Some((_, value)) = choices.iter().find(|(name, _)| *name == text) {
        return Ok(*value);
    }
    let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
    Err(D::Error::custom(format!("只能是 {} 之一", names.join("、"))))
}
