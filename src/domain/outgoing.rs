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
    /// 固定电话号码.
    Landline,
    /// 电子邮箱.
    EmailAddress,
    /// Text that something was painted over.
    CoveredText,
    /// The words of a scanned page, beside its picture.
    TextLayer,
    /// A layer that is switched off.
    HiddenLayer,
    /// A hidden sheet.
    HiddenSheet,
    /// Hidden rows.
    HiddenRows,
    /// Hidden columns.
    HiddenColumns,
    /// Text that is marked as hidden.
    HiddenText,
    /// A name that is not listed.
    HiddenName,
    /// A pivot table's own copy of its data.
    PivotCache,
    /// A copy of other data: of other workbooks, of a chart.
    CachedData,
    /// What was filled into a form.
    FormField,
    /// A file inside of the file.
    Attached,
    /// An earlier version that is still in the file.
    Revision,
    /// 批注.
    Comment,
    /// 修订.
    TrackedChange,
    /// Who wrote the file.
    Author,
    /// Where a picture was taken.
    Position,
    /// A small copy of a picture, which may show what the picture no longer does.
    Thumbnail,
    /// Words beside a picture.
    PictureNote,
    /// A file that opens with a password only.
    Encrypted,
    /// A kind of file that the program cannot look into.
    NotLookedInto,
    /// A file that could not be read.
    NotChecked,
}

impl FindingKind {
    /// All kinds.
    pub const ALL: [Self; 27] = [
        Self::IdentityNumber,
        Self::MobileNumber,
        Self::BankCard,
        Self::Landline,
        Self::EmailAddress,
        Self::CoveredText,
        Self::TextLayer,
        Self::HiddenLayer,
        Self::HiddenSheet,
        Self::HiddenRows,
        Self::HiddenColumns,
        Self::HiddenText,
        Self::HiddenName,
        Self::PivotCache,
        Self::CachedData,
        Self::FormField,
        Self::Attached,
        Self::Revision,
        Self::Comment,
        Self::TrackedChange,
        Self::Author,
        Self::Position,
        Self::Thumbnail,
        Self::PictureNote,
        Self::Encrypted,
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
            Self::Landline => "landline",
            Self::EmailAddress => "email_address",
            Self::CoveredText => "covered_text",
            Self::TextLayer => "text_layer",
            Self::HiddenLayer => "hidden_layer",
            Self::HiddenSheet => "hidden_sheet",
            Self::HiddenRows => "hidden_rows",
            Self::HiddenColumns => "hidden_columns",
            Self::HiddenText => "hidden_text",
            Self::HiddenName => "hidden_name",
            Self::PivotCache => "pivot_cache",
            Self::CachedData => "cached_data",
            Self::FormField => "form_field",
            Self::Attached => "attached",
            Self::Revision => "revision",
            Self::Comment => "comment",
            Self::TrackedChange => "tracked_change",
            Self::Author => "author",
            Self::Position => "position",
            Self::Thumbnail => "thumbnail",
            Self::PictureNote => "picture_note",
            Self::Encrypted => "encrypted",
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
            Self::Landline => "固定电话号码",
            Self::EmailAddress => "电子邮箱",
            Self::CoveredText => "遮盖下仍有文字",
            Self::TextLayer => "扫描页的文字层",
            Self::HiddenLayer => "隐藏的图层",
            Self::HiddenSheet => "隐藏的工作表",
            Self::HiddenRows => "隐藏的行",
            Self::HiddenColumns => "隐藏的列",
            Self::HiddenText => "隐藏的文字",
            Self::HiddenName => "隐藏的名称",
            Self::PivotCache => "数据透视表缓存",
            Self::CachedData => "缓存的数据",
            Self::FormField => "表单中填写的内容",
            Self::Attached => "附带的文件",
            Self::Revision => "以前的版本",
            Self::Comment => "批注",
            Self::TrackedChange => "修订痕迹",
            Self::Author => "作者等文件属性",
            Self::Position => "照片的拍摄位置",
            Self::Thumbnail => "照片的缩略图",
            Self::PictureNote => "图片附带的文字",
            Self::Encrypted => "加密的文件",
            Self::NotLookedInto => "不能检查的内容",
            Self::NotChecked => "未能检查",
        }
    }

    /// What can be done about it.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::IdentityNumber | Self::MobileNumber | Self::BankCard => {
                "个人信息应当作区分处理，删除或者遮盖后再提供"
            }
            Self::Landline | Self::EmailAddress => {
                "单位公开的联系方式可以提供；属于个人的，应当删除或者遮盖后再提供"
            }
            Self::CoveredText => {
                "色块、图片或者批注只是盖在上面，文字仍可复制；应当删除文字，或者打印遮盖后扫描"
            }
            Self::TextLayer => "遮盖的文字可能仍在文字层中；应当去除文字层，或者打印遮盖后重新扫描",
            Self::HiddenSheet
            | Self::HiddenRows
            | Self::HiddenColumns
            | Self::HiddenText
            | Self::HiddenLayer
            | Self::HiddenName => "收到文件的人可以让它显示出来；不提供的内容应当删除",
            Self::PivotCache => "缓存中保存着全部原始数据；应当粘贴为数值后删除透视表",
            Self::CachedData => "缓存中保存着来源文件的数据；应当断开链接，图表粘贴为图片",
            Self::FormField => "请核对填写的内容；不再需要填写的，打印为新的PDF后提供",
            Self::Attached => "请打开核对；不提供的应当从文件中删除",
            Self::Revision => "收到文件的人可以恢复修改以前的内容；请另存或者打印为新的PDF",
            Self::Comment | Self::TrackedChange => "应当删除批注，接受或者拒绝全部修订",
            Self::Author => "可以在“文档检查”中删除文件属性",
            Self::Position => "应当去除照片的位置信息，或者截图后提供",
            Self::Thumbnail => "缩略图可能还是处理以前的样子；应当去除照片信息，或者截图后提供",
            Self::PictureNote => "应当去除图片的附带信息，或者截图后提供",
            Self::Encrypted => "请去除密码后重新上传；收到文件的人也打不开加密的文件",
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
