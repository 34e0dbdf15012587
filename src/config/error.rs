//! What can be wrong with the settings, in words for the one who wrote them.

use std::path::PathBuf;

use thiserror::Error;

/// A setting that cannot be used, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConfigError {
    /// A settings file cannot be read.
    #[error("无法读取配置文件 {}：{why}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// A file of the settings cannot be written.
    #[error("无法写入配置文件 {}：{why}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// A settings file is not TOML.
    #[error("{place}：不是有效的 TOML（{why}）")]
    NotToml {
        /// File and line.
        place: String,
        /// What the parser said.
        why: String,
    },
    /// A name that no setting has.
    #[error("{place}：没有名为 {key} 的设置项{hint}")]
    UnknownKey {
        /// File and line, or the environment variable.
        place: String,
        /// The name as written.
        key: String,
        /// Which names there are; may be empty.
        hint: String,
    },
    /// A value that the setting cannot take.
    #[error("{place}：设置项 {key} 的值不对：{why}")]
    BadValue {
        /// File and line, or the environment variable.
        place: String,
        /// The setting.
        key: String,
        /// What it should be.
        why: String,
    },
    /// Settings that do not fit together.
    #[error("设置项 {keys} 互相矛盾：{why}")]
    Contradiction {
        /// The settings.
        keys: &'static str,
        /// Why they do not fit.
        why: &'static str,
    },
}
