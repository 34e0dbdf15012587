//! Why a file was not taken, in words for who sent it.

use std::io;

use crate::config::LimitSettings;
use crate::web::error::WebError;

/// Why a file was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    TooMany,
    /// Not among these kinds.
    UnknownKind(&'static str),
    NotItsKind(&'static str),
    /// An office file behind a password, or one of the old format under the new one's name.
    Locked,
    /// Larger than so many MiB.
    TooLarge(usize),
    TooLargeTogether,
    Empty,
    NoRoom,
}

/// Why a file was not read to its end.
pub(super) enum Stopped {
    /// The file is the reason; the form goes on.
    Refused(Refusal),
    /// The whole form is.
    Broken(WebError),
}

impl From<Refusal> for Stopped {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Refusal {
    /// What a person reads about it.
    pub(super) fn words(self, name: &str, limits: &LimitSettings) -> String {
        match self {
            Self::TooMany => format!("附件最多{}个，“{name}”没有收下", limits.attachments),
            Self::UnknownKind(kinds) => {
                format!("“{name}”的文件类型不在接收范围内，请上传 {kinds}")
            }
            Self::NotItsKind(label) => {
                format!("“{name}”的内容不是{label}，没有收下，请检查后重新上传")
            }
            Self::Locked => format!(
                "“{name}”设置了打开密码，或者是旧格式的文件改了扩展名，没有收下；\
                 请去除密码、另存为新格式后重新上传"
            ),
            Self::TooLarge(most) => {
                format!("“{name}”超过{most}MB，没有收下，请压缩后重新上传")
            }
            Self::TooLargeTogether => {
                let most = limits.attachments_total_mib;
                format!("附件合计不能超过{most}MB，“{name}”没有收下")
            }
            Self::Empty => format!("“{name}”是空文件，请检查后重新上传"),
            Self::NoRoom => format!("现在无法保存“{name}”，请几分钟后重新上传"),
        }
    }
}

/// The tray cannot be written: usually a full disk. The person hears of it at the file.
#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
pub(super) fn no_room(error: io::Error) -> Stopped {
    tracing::error!(%error, "a file could not be put aside");
    Stopped::Refused(Refusal::NoRoom)
}
