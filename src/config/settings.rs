//! The settings as values; `config/default.toml` says what each one means.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf, absolute};

use serde::Deserialize;

use super::{ConfigError, Network, parse};

/// Every setting of the office.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where and how pages are served.
    pub server: ServerSettings,
    /// Where the office keeps its files and its key.
    pub data: DataSettings,
    /// Which database.
    pub database: DatabaseSettings,
    /// How mail leaves.
    pub smtp: SmtpSettings,
    /// How much of anything is taken.
    pub limits: LimitSettings,
    /// How applications are taken in.
    pub intake: IntakeSettings,
    /// What letters are written with.
    pub letters: LetterSettings,
    /// How long staff stay signed in.
    pub staff: StaffSettings,
    /// When staff are reminded by mail.
    pub reminders: ReminderSettings,
    /// How the year is reported.
    pub report: ReportSettings,
    /// How the program logs.
    pub log: LogSettings,
    /// The first agency.
    pub agency: AgencySettings,
    /// The directory that the settings were read from.
    #[serde(skip)]
    pub directory: PathBuf,
}

/// `[server]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerSettings {
    /// The address to listen on.
    #[serde(deserialize_with = "parse::listen")]
    pub listen: SocketAddr,
    /// The public address as written, without a slash at its end; see [`Config::base_url`].
    #[serde(deserialize_with = "parse::base_url")]
    pub base_url: Option<String>,
    /// Whose `X-Forwarded-For` is believed.
    #[serde(deserialize_with = "parse::networks")]
    pub trusted_proxies: Vec<Network>,
    /// Threads that serve pages; 0 for one per core.
    #[serde(deserialize_with = "parse::between::<0, 1024, _, _>")]
    pub workers: usize,
}

/// `[data]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataSettings {
    /// The data directory.
    #[serde(deserialize_with = "parse::path")]
    pub directory: PathBuf,
    /// The file of the master key, outside the data directory.
    #[serde(deserialize_with = "parse::path")]
    pub key_file: PathBuf,
}

/// `[database]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseSettings {
    /// The address as written, which may hold a password; see [`Config::database_url`].
    #[serde(deserialize_with = "parse::database_url")]
    pub url: Secret,
}

/// `[smtp]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpSettings {
    /// The mail server; empty where mail goes to a folder.
    pub host: String,
    /// The port; 0 for the usual one of `security`.
    #[serde(deserialize_with = "parse::between::<0, 65535, _, _>")]
    pub port: u16,
    /// How the connection is encrypted.
    #[serde(deserialize_with = "parse::security")]
    pub security: SmtpSecurity,
    /// The name to sign in with; empty for none.
    pub username: String,
    /// The password to sign in with.
    pub password: Secret,
    /// The sender.
    #[serde(deserialize_with = "parse::sender")]
    pub from: String,
    /// Where answers go; `None` for the sender.
    #[serde(deserialize_with = "parse::reply_to")]
    pub reply_to: Option<String>,
    /// How long handing over one mail may take, in seconds.
    #[serde(deserialize_with = "parse::between::<1, 3600, _, _>")]
    pub timeout_seconds: u64,
}

impl SmtpSettings {
    /// The port to connect to.
    #[must_use]
    pub fn effective_port(&self) -> u16 {
        match (self.port, self.security) {
            (0, SmtpSecurity::None) => 25,
            (0, SmtpSecurity::StartTls) => 587,
            (0, SmtpSecurity::Tls) => 465,
            (port, _) => port,
        }
    }
}

/// How the connection to the mail server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpSecurity {
    /// Not at all.
    None,
    /// Begun in the clear, and encrypted before anything is said; refused where it cannot be.
    StartTls,
    /// Encrypted from the first byte.
    Tls,
}

/// `[limits]`; units stand in the names, `*_chars` are Unicode scalar values.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitSettings {
    /// The largest attachment, in MiB.
    #[serde(deserialize_with = "parse::between::<1, 1024, _, _>")]
    pub attachment_mib: usize,
    /// The most attachments of an application.
    #[serde(deserialize_with = "parse::between::<1, 50, _, _>")]
    pub attachments: usize,
    /// All attachments of an application together, in MiB.
    #[serde(deserialize_with = "parse::between::<1, 1024, _, _>")]
    pub attachments_total_mib: usize,
    /// The most parts of a form.
    #[serde(deserialize_with = "parse::between::<32, 1024, _, _>")]
    pub form_parts: usize,
    /// The most text fields of a form.
    #[serde(deserialize_with = "parse::between::<32, 1024, _, _>")]
    pub form_fields: usize,
    /// The longest reason that staff give.
    #[serde(deserialize_with = "parse::between::<100, 100000, _, _>")]
    pub reason_chars: usize,
    /// Wrong query codes for one number within `throttle_minutes`.
    #[serde(deserialize_with = "parse::between::<1, 1000, _, _>")]
    pub wrong_codes_per_number: u32,
    /// Wrong query codes from one address within `throttle_minutes`.
    #[serde(deserialize_with = "parse::between::<1, 100000, _, _>")]
    pub wrong_codes_per_address: u32,
    /// Wrong passwords for one account within `throttle_minutes`.
    #[serde(deserialize_with = "parse::between::<1, 100, _, _>")]
    pub wrong_passwords: u32,
    /// The window of the three limits above, in minutes.
    #[serde(deserialize_with = "parse::between::<1, 1440, _, _>")]
    pub throttle_minutes: u64,
    /// How long the head of a request may take, in seconds.
    #[serde(deserialize_with = "parse::between::<1, 600, _, _>")]
    pub request_head_seconds: u64,
    /// How long the body of a request may take, in seconds.
    #[serde(deserialize_with = "parse::between::<1, 3600, _, _>")]
    pub request_body_seconds: u64,
    /// The speed at which a body may take longer, in bytes a second.
    #[serde(deserialize_with = "parse::between::<1, 1000000000, _, _>")]
    pub body_bytes_per_second: u64,
}

impl LimitSettings {
    /// The largest attachment, in bytes.
    #[must_use]
    pub const fn attachment_bytes(&self) -> usize {
        self.attachment_mib * 1024 * 1024
    }

    /// All attachments of an application together, in bytes.
    #[must_use]
    pub const fn attachments_total_bytes(&self) -> usize {
        self.attachments_total_mib * 1024 * 1024
    }
}

/// `[intake]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntakeSettings {
    /// Whether an online application must carry a proof of identity (art. 29).
    pub identity_proof_online: bool,
    /// Working days within which the office promises to confirm an application (art. 31(3)).
    #[serde(deserialize_with = "parse::between::<1, 20, _, _>")]
    pub confirm_within_days: u32,
}

/// `[reminders]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReminderSettings {
    /// The hour of the working day, Beijing time, at which digests are written.
    #[serde(deserialize_with = "parse::between::<0, 23, _, _>")]
    pub hour: u32,
}

/// `[letters]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LetterSettings {
    /// The directory of the office's own templates; empty for `letters` beside the settings.
    pub templates: String,
}

/// `[staff]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffSettings {
    /// Minutes without a click after which a session ends.
    #[serde(deserialize_with = "parse::between::<1, 1440, _, _>")]
    pub idle_minutes: u32,
    /// Hours after which a session ends in any case.
    #[serde(deserialize_with = "parse::between::<1, 168, _, _>")]
    pub session_hours: u32,
}

/// `[report]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportSettings {
    /// The layout of section three.
    #[serde(deserialize_with = "parse::layout")]
    pub layout: ReportLayout,
    /// The directory of the office's own forms; empty for `report` beside the settings.
    pub forms: String,
    /// The origins of the portals that may show a published report within their pages.
    #[serde(deserialize_with = "parse::origins")]
    pub embed_in: Vec<String>,
}

/// Which layout of section three is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportLayout {
    /// The one of the report's year.
    Auto,
    /// 国办公开办函〔2019〕60号.
    Y2019,
    /// 国办公开办函〔2021〕30号.
    Y2021,
}

/// `[log]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSettings {
    /// How a line looks.
    #[serde(deserialize_with = "parse::log_format")]
    pub format: LogFormat,
    /// Which lines are written.
    #[serde(deserialize_with = "parse::log_level")]
    pub level: String,
}

/// How a line of the log looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// `[agency]`: the first agency; a text may be empty where the office has not said it yet.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgencySettings {
    /// 机关名称.
    #[serde(deserialize_with = "parse::filled")]
    pub name: String,
    /// 机关代码.
    #[serde(deserialize_with = "parse::agency_code")]
    pub code: String,
    /// 机关代字, for letter numbers.
    #[serde(deserialize_with = "parse::filled")]
    pub initials: String,
    /// 地址.
    pub address: String,
    /// 邮政编码.
    pub postcode: String,
    /// 电话.
    pub telephone: String,
    /// 办公时间.
    pub hours: String,
    /// 电子邮箱.
    pub email: String,
    /// 行政复议机关.
    pub review_authority: String,
    /// 有管辖权的人民法院.
    pub court: String,
}

impl Config {
    /// The public address, without a slash at its end. Links are made from it alone.
    #[must_use]
    pub fn base_url(&self) -> String {
        self.server.base_url.clone().unwrap_or_else(|| {
            let listen = self.server.listen;
            if listen.ip().is_unspecified() {
                format!("http://127.0.0.1:{}", listen.port())
            } else {
                format!("http://{listen}")
            }
        })
    }

    /// The database to open.
    #[must_use]
    pub fn database_url(&self) -> Secret {
        if self.database.url.expose().is_empty() {
            Secret(format!("sqlite://{}", self.data.directory.join("yishen.db").display()))
        } else {
            self.database.url.clone()
        }
    }

    /// The directory of the office's own letter templates, which need not exist.
    #[must_use]
    pub fn letter_templates(&self) -> PathBuf {
        if self.letters.templates.is_empty() {
            self.directory.join("letters")
        } else {
            PathBuf::from(&self.letters.templates)
        }
    }

    /// The directory of the office's own forms of the annual report, which need not exist.
    #[must_use]
    pub fn report_forms(&self) -> PathBuf {
        if self.report.forms.is_empty() {
            self.directory.join("report")
        } else {
            PathBuf::from(&self.report.forms)
        }
    }

    /// The folder that mail goes to where no server is set.
    #[must_use]
    pub fn mail_folder(&self) -> PathBuf {
        self.data.directory.join("mail")
    }

    /// Refuses settings that are each fine and do not fit together.
    pub(super) fn check_together(&self) -> Result<(), ConfigError> {
        let contradiction = |keys, why| Err(ConfigError::Contradiction { keys, why });
        if self.limits.attachment_mib > self.limits.attachments_total_mib {
            return contradiction(
                "limits.attachment_mib、limits.attachments_total_mib",
                "单个附件的上限不能大于全部附件的上限",
            );
        }
        if !self.smtp.username.is_empty() && self.smtp.password.expose().is_empty() {
            return contradiction("smtp.username、smtp.password", "有用户名而没有口令");
        }
        if !self.smtp.username.is_empty() && self.smtp.security == SmtpSecurity::None {
            return contradiction(
                "smtp.username、smtp.security",
                "不加密的连接上不发送口令，请改用 starttls 或 tls",
            );
        }
        if lies_in(&self.data.key_file, &self.data.directory) {
            return contradiction(
                "data.key_file、data.directory",
                "主密钥不能放在数据目录之内，否则备份数据时会把钥匙一起带走",
            );
        }
        Ok(())
    }
}

/// Whether `file` is below `directory`, both as seen from where the program runs.
fn lies_in(file: &Path, directory: &Path) -> bool {
    let whole = |path: &Path| absolute(path).unwrap_or_else(|_| path.to_owned());
    whole(file).starts_with(whole(directory))
}

/// A text that must not appear in logs; it shows itself only when asked to.
#[derive(Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The text.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.0.is_empty() {
            "未设置"
        } else {
            "******"
        })
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}
