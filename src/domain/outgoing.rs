//! What is looked for in a file before it leaves the office.
//!
//! Source: 《政府信息公开条例》 arts. 15 and 37: personal privacy is not made public, and what
//! must not be made public is separated from what can be.

/// What was found in a file that is to leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingKind {
    /// 居民身份证号码 whose check character fits.
    IdentityNumber,
    /// 手机号码.
    MobileNumber,
    /// 银行卡号 whose check digit fits.
    BankCard,
    /// Text below a dark box.
    CoveredText,
    /// A hidden sheet.
    HiddenSheet,
    /// Hidden rows.
    HiddenRows,
    /// Hidden columns.
    HiddenColumns,
    /// Text that is marked as hidden.
    HiddenText,
    /// A pivot table's own copy of its data.
    PivotCache,
    /// 批注.
    Comment,
    /// 修订.
    TrackedChange,
    /// Who wrote the file.
    Author,
    /// Where a picture was taken.
    Position,
    /// A kind of file that the program cannot look into.
    NotLookedInto,
    /// A file that could not be read.
    NotChecked,
}

impl FindingKind {
    /// All kinds.
    pub const ALL: [Self; 15] = [
        Self::IdentityNumber,
        Self::MobileNumber,
        Self::BankCard,
        Self::CoveredText,
        Self::HiddenSheet,
        Self::HiddenRows,
        Self::HiddenColumns,
        Self::HiddenText,
        Self::PivotCache,
        Self::Comment,
        Self::TrackedChange,
        Self::Author,
        Self::Position,
        Self::NotLookedInto,
        Self::NotChecked,
    ];

    /// The identifier, as stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::IdentityNumber => "identity_number",
            Self::MobileNumber => "mobile_number",
            Self::BankCard => "bank_card",
            Self::CoveredText => "covered_text",
            Self::HiddenSheet => "hidden_sheet",
            Self::HiddenRows => "hidden_rows",
            Self::HiddenColumns => "hidden_columns",
            Self::HiddenText => "hidden_text",
            Self::PivotCache => "pivot_cache",
            Self::Comment => "comment",
            Self::TrackedChange => "tracked_change",
            Self::Author => "author",
            Self::Position => "position",
            Self::NotLookedInto => "not_looked_into",
            Self::NotChecked => "not_checked",
        }
    }

    /// The kind with this [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// What people call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::IdentityNumber => "居民身份证号码",
            Self::MobileNumber => "手机号码",
            Self::BankCard => "疑似银行卡号",
            Self::CoveredText => "黑框下仍有文字",
            Self::HiddenSheet => "隐藏的工作表",
            Self::HiddenRows => "隐藏的行",
            Self::HiddenColumns => "隐藏的列",
            Self::HiddenText => "隐藏的文字",
            Self::PivotCache => "数据透视表缓存",
            Self::Comment => "批注",
            Self::TrackedChange => "修订痕迹",
            Self::Author => "作者等文件属性",
            Self::Position => "照片的拍摄位置",
            Self::NotLookedInto => "不能检查的内容",
            Self::NotChecked => "检查没有完成",
        }
    }

    /// What can be done about it.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::IdentityNumber | Self::MobileNumber | Self::BankCard => {
                "个人信息应当作区分处理，删除或者遮盖后再提供"
            }
            Self::CoveredText => "黑框只是盖在上面，文字仍可复制；应当删除文字，或者打印遮盖后扫描",
            Self::HiddenSheet | Self::HiddenRows | Self::HiddenColumns | Self::HiddenText => {
                "收到文件的人可以取消隐藏；不提供的内容应当删除"
            }
            Self::PivotCache => "缓存中保存着全部原始数据；应当粘贴为数值后删除透视表",
            Self::Comment | Self::TrackedChange => "应当删除批注，接受或者拒绝全部修订",
            Self::Author => "可以在“文档检查”中删除文件属性",
            Self::Position => "应当去除照片的位置信息，或者截图后提供",
            Self::NotLookedInto => "请人工逐页核对，或者另存为PDF、DOCX、XLSX后重新上传",
            Self::NotChecked => "文件可能已损坏，或是特意制作的；请人工核对，或者重新生成文件",
        }
    }
}

/// How a clerk answered a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// 已处理后重新上传: another file took its place.
    Replaced,
    /// 确认可以对外提供, with a reason.
    Confirmed,
}

impl Answer {
    /// The identifier, as stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Replaced => "replaced",
            Self::Confirmed => "confirmed",
        }
    }

    /// The answer with this [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Replaced, Self::Confirmed]
            .into_iter()
            .find(|answer| answer.code() == code)
    }

    /// What people call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Replaced => "已处理后重新上传",
            Self::Confirmed => "确认可以对外提供",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_read_back() {
        for kind in FindingKind::ALL {
            assert_eq!(FindingKind::from_code(kind.code()), Some(kind));
        }
        assert_eq!(Answer::from_code("confirmed"), Some(Answer::Confirmed));
        assert_eq!(Answer::from_code(""), None);
    }
}
