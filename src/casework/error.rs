//! What can stand in the way of a deed.

use thiserror::Error;

use crate::domain::application::Fault;
use crate::domain::case::NotAllowed;
use crate::domain::deadline::UnknownYear;
use crate::domain::redress::RedressFault;
use crate::storage::StorageError;
use crate::vault::VaultError;

/// Why a deed was not done; nothing of it was kept.
#[derive(Debug, Error)]
pub enum CaseworkError {
    /// The Regulation or the office's own rules forbid it.
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
    /// The application lacks something; every fault, by field.
    #[error("申请内容有误")]
    Faults(Vec<Fault>),
    /// A day that cannot be: it lies ahead, before the Regulation, or before what it follows.
    #[error("{0}")]
    Days(&'static str),
    /// Personal data is shown for a reason only.
    #[error("请填写查看理由")]
    ReasonMissing,
    /// A review or suit that does not fit its case.
    #[error(transparent)]
    Redress(#[from] RedressFault),
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The keys.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The case's key was destroyed when its time of keeping was over.
    #[error("该申请的个人信息已按保管期限销毁")]
    Shredded,
    /// Something kept cannot be read any more.
    #[error("存储的{0}无法识别")]
    Garbled(&'static str),
    /// A file could not be written or read.
    #[error("附件存取失败")]
    File(#[from] std::io::Error),
    /// A mail could not be put into words.
    #[error("通知邮件生成失败：{0}")]
    Message(String),
    /// A letter cannot be written.
    #[error("文书生成失败：{0}")]
    Letter(String),
    /// The agency lacks something that its letters must say.
    #[error("机关信息中没有填写{0}，文书无法载明。请系统管理员先在“机关”页补充")]
    AgencyLacks(&'static str),
    /// Somebody else took the number that a letter was to bear.
    #[error("文号刚刚被其他文书使用，请重新提交")]
    NumberTaken,
    /// What a letter must say was not filled in; every fault, by blank.
    #[error("文书内容不完整：{}", .0.iter().map(|(_, why)| why.as_str()).collect::<Vec<_>>().join("；"))]
    Blanks(Vec<(&'static str, String)>),
    /// Files that would leave hold something that nobody has answered for, so many times.
    #[error(
        "拟对外提供的文件还有{0}项检查发现没有处理。请经办人在“对外提供文件检查”页逐项处理后再批准"
    )]
    Unanswered(i64),
    /// More than can be handed out at once, in megabytes.
    #[error("本案附件合计超过{0}MB，不能一次打包，请在案件页逐个下载")]
    TooMuch(u64),
    /// A file for the archive room could not be made.
    #[error("案卷打包失败：{0}")]
    Archive(String),
    /// The mail job, or a thread of it, is gone.
    #[error("内部任务中断")]
    Interrupted,
}

impl From<UnknownYear> for CaseworkError {
    fn from(unknown: UnknownYear) -> Self {
        Self::NotAllowed(NotAllowed::UnknownYear(unknown))
    }
}
