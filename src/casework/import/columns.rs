//! The columns of an import file (contract §4), found by their headings.

use crate::casework::import::words::bare;

/// A column of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// 受理编号; blank: assigned.
    Number,
    /// 机关: code or name; blank: the only one.
    Agency,
    /// 渠道.
    Channel,
    /// 申请人类型.
    ApplicantKind,
    /// 申请人.
    ApplicantName,
    /// 申请内容.
    Content,
    /// 收到日期.
    Received,
    /// 办结日期; blank: still open.
    Closed,
    /// 办理结果; blank: still open.
    Outcome,
    /// 期限.
    Due,
    /// 延期工作日.
    Extended,
    /// 备注.
    Note,
}

impl Column {
    /// All columns, in the order in which they are exported.
    pub const ALL: [Self; 12] = [
        Self::Number,
        Self::Agency,
        Self::Channel,
        Self::ApplicantKind,
        Self::ApplicantName,
        Self::Content,
        Self::Received,
        Self::Closed,
        Self::Outcome,
        Self::Due,
        Self::Extended,
        Self::Note,
    ];

    /// The columns without which no row can be understood.
    const NEEDED: [Self; 5] = [
        Self::Channel,
        Self::ApplicantKind,
        Self::ApplicantName,
        Self::Content,
        Self::Received,
    ];

    /// The English heading.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Agency => "agency",
            Self::Channel => "channel",
            Self::ApplicantKind => "applicant_kind",
            Self::ApplicantName => "applicant_name",
            Self::Content => "content",
            Self::Received => "received",
            Self::Closed => "closed",
            Self::Outcome => "outcome",
            Self::Due => "due",
            Self::Extended => "extended",
            Self::Note => "note",
        }
    }

    /// The Chinese heading.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Number => "受理编号",
            Self::Agency => "机关",
            Self::Channel => "渠道",
            Self::ApplicantKind => "申请人类型",
            Self::ApplicantName => "申请人",
            Self::Content => "申请内容",
            Self::Received => "收到日期",
            Self::Closed => "办结日期",
            Self::Outcome => "办理结果",
            Self::Due => "期限",
            Self::Extended => "延期工作日",
            Self::Note => "备注",
        }
    }

    /// The column with this heading.
    #[must_use]
    pub fn from_heading(heading: &str) -> Option<Self> {
        let heading = bare(heading);
        Self::ALL
            .into_iter()
            .find(|column| column.label() == heading || column.code() == heading)
    }
}

/// Where each column stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns(Vec<Option<Column>>);

impl Columns {
    /// Finds the columns by their headings.
    ///
    /// # Errors
    ///
    /// What is wrong with the headings, each as a Chinese sentence: unknown ones by name, those
    /// that stand twice, those that are missing.
    pub fn find(headings: &[String]) -> Result<Self, Vec<String>> {
        let mut faults = Vec::new();
        let mut found: Vec<Option<Column>> = Vec::with_capacity(headings.len());
        for (heading, place) in headings.iter().zip(1_usize..) {
            let column = Column::from_heading(heading);
            match column {
                None if heading.is_empty() => {}
                None => faults.push(format!("第 {place} 列的表头“{heading}”无法识别")),
                Some(known) if found.contains(&Some(known)) => {
                    faults.push(format!("表头“{}”出现了两次", known.label()));
                }
                Some(_) => {}
            }
            found.push(column);
        }
        for needed in Self::missing(&found) {
            faults.push(format!("缺少“{}”列（{}）", needed.label(), needed.code()));
        }
        if faults.is_empty() {
            Ok(Self(found))
        } else {
            Err(faults)
        }
    }

    fn missing(found: &[Option<Column>]) -> impl Iterator<Item = Column> {
        Column::NEEDED
            .into_iter()
            .filter(|needed| !found.contains(&Some(*needed)))
    }

    /// Where a column stands, counted from 0.
    #[must_use]
    pub fn place(&self, column: Column) -> Option<usize> {
        self.0.iter().position(|found| *found == Some(column))
    }

    /// Whether the place, counted from 0, has a heading.
    #[must_use]
    pub fn is_headed(&self, place: usize) -> bool {
        self.0.get(place).is_some_and(Option::is_some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(headings: &str) -> Result<Columns, Vec<String>> {
        let headings: Vec<String> = headings.split(',').map(str::to_owned).collect();
        Columns::find(&headings)
    }

    #[test]
    fn headings_are_found_in_both_languages_and_any_order() {
        let columns = find("收到日期,Channel, 申请人 类型,applicant_name,申请内容,,note").unwrap();
        assert_eq!(columns.place(Column::Received), Some(0));
        assert_eq!(columns.place(Column::Channel), Some(1));
        assert_eq!(columns.place(Column::ApplicantKind), Some(2));
        assert_eq!(columns.place(Column::Note), Some(6));
        assert_eq!(columns.place(Column::Closed), None);
        assert!(columns.is_headed(6) && !columns.is_headed(5) && !columns.is_headed(9));
    }

    #[test]
    fn unknown_double_and_missing_headings_are_named() {
        assert_eq!(
            find("收到日期,渠道,申请人类型,申请人,内容,渠道").unwrap_err(),
            [
                "第 5 列的表头“内容”无法识别",
                "表头“渠道”出现了两次",
                "缺少“申请内容”列（content）"
            ]
        );
    }
}
