//! What a line and a column of section three count.
//!
//! The rule of a line stands here once, as [`Terms`]: the table, the list of the cases behind
//! a number and the query that finds them all read it, so they cannot disagree.

use chrono::{Datelike, NaiveDate};

use crate::domain::applicant::ApplicantKind;
use crate::domain::outcome::{OtherEnding, Outcome};

/// A line (行) of section three, whichever layout prints it.
///
/// Source: 《政府信息公开工作年度报告格式》, 国办公开办函〔2019〕60号 and 〔2021〕30号.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Line {
    /// 一、本年新收政府信息公开申请数量.
    New,
    /// 二、上年结转政府信息公开申请数量.
    CarriedIn,
    /// 三、本年度办理结果: the line of one outcome.
    Closed(Outcome),
    /// 三（六）其他处理 as one line, all its endings together (2019 layout only).
    Other,
    /// 三（七）总计.
    Total,
    /// 四、结转下年度继续办理.
    CarriedOut,
}

/// In which year a case must have been received to be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// In this year.
    In(i32),
    /// In this year or before it.
    UpTo(i32),
    /// Whenever.
    Ever,
}

/// How a case must have ended, or not, to be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closing {
    /// Whether it is closed does not matter.
    Any,
    /// Closed in this year, with one of [`Line::outcomes`].
    In(i32),
    /// Not closed before this year began: open until today, or closed in it or later.
    NotBefore(i32),
}

/// What a line asks of a case: both must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// When it was received.
    pub received: Received,
    /// Whether, when and how it was closed.
    pub closing: Closing,
}

impl Line {
    /// Every line that is counted, that of the undivided endings among them, in printed order.
    pub fn all() -> impl Iterator<Item = Self> {
        [Self::New, Self::CarriedIn]
            .into_iter()
            .chain(Outcome::ALL.iter().copied().map(Self::Closed))
            .chain([Self::Other, Self::Total, Self::CarriedOut])
    }

    /// The line's identifier, as exchanged; the line of an outcome has the outcome's.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::CarriedIn => "carried_in",
            Self::Closed(outcome) => outcome.code(),
            Self::Other => "other_total",
            Self::Total => "total",
            Self::CarriedOut => "carried_out",
        }
    }

    /// The line with this [`id`](Self::id). `other_total` is the line that takes in all of
    /// 其他处理, not only what was recorded undivided.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        match id {
            "new" => Some(Self::New),
            "carried_in" => Some(Self::CarriedIn),
            "other_total" => Some(Self::Other),
            "total" => Some(Self::Total),
            "carried_out" => Some(Self::CarriedOut),
            code => Outcome::from_code(code).map(Self::Closed),
        }
    }

    /// What the line is called in a sentence, with its place in the form.
    #[must_use]
    pub fn title(self) -> String {
        match self {
            Self::New => "一、本年新收政府信息公开申请数量".to_owned(),
            Self::CarriedIn => "二、上年结转政府信息公开申请数量".to_owned(),
            Self::Closed(outcome) => format!("三、本年度办理结果：{}", outcome.full_label()),
            Self::Other => "三、本年度办理结果：其他处理".to_owned(),
            Self::Total => "三、本年度办理结果：总计".to_owned(),
            Self::CarriedOut => "四、结转下年度继续办理".to_owned(),
        }
    }

    /// What the line asks of a case, in the table of `year`.
    ///
    /// Source: statute reading §5.7: 新收 by the year of receipt, 办理结果 by the year of
    /// closing, 结转 by what was open on 31 December.
    #[must_use]
    pub const fn terms(self, year: i32) -> Terms {
        match self {
            Self::New => Terms { received: Received::In(year), closing: Closing::Any },
            Self::CarriedIn => Terms {
                received: Received::UpTo(year.saturating_sub(1)),
                closing: Closing::NotBefore(year),
            },
            Self::Closed(_) | Self::Other | Self::Total => {
                Terms { received: Received::Ever, closing: Closing::In(year) }
            }
            Self::CarriedOut => Terms {
                received: Received::UpTo(year),
                closing: Closing::NotBefore(year.saturating_add(1)),
            },
        }
    }

    /// Whether a case that ended so belongs on this line, if it ended in the line's year.
    #[must_use]
    pub fn takes(self, outcome: Outcome) -> bool {
        match self {
            Self::Closed(own) => own == outcome,
            Self::Other => matches!(outcome, Outcome::Other(_)),
            Self::Total => true,
            Self::New | Self::CarriedIn | Self::CarriedOut => false,
        }
    }

    /// The outcomes that this line [`takes`](Self::takes), in printed order.
    #[must_use]
    pub fn outcomes(self) -> Vec<Outcome> {
        Outcome::ALL
            .iter()
            .copied()
            .filter(|outcome| self.takes(*outcome))
            .collect()
    }

    /// Whether the table of `year` counts a case with these years on this line.
    #[must_use]
    pub fn counts(self, year: i32, received_year: i32, closed: Option<(i32, Outcome)>) -> bool {
        let terms = self.terms(year);
        let received = match terms.received {
            Received::In(wanted) => received_year == wanted,
            Received::UpTo(last) => received_year <= last,
            Received::Ever => true,
        };
        let closing = match (terms.closing, closed) {
            (Closing::Any, _) | (Closing::NotBefore(_), None) => true,
            (Closing::In(_), None) => false,
            (Closing::In(wanted), Some((in_year, outcome))) => {
                in_year == wanted && self.takes(outcome)
            }
            (Closing::NotBefore(first), Some((in_year, _))) => in_year >= first,
        };
        received && closing
    }
}

/// A column (列) of section three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// The applicants of one kind.
    Kind(ApplicantKind),
    /// 总计.
    Total,
}

impl Column {
    /// The seven columns, in printed order.
    pub const ALL: [Self; 7] = [
        Self::Kind(ApplicantKind::Natural),
        Self::Kind(ApplicantKind::Business),
        Self::Kind(ApplicantKind::Research),
        Self::Kind(ApplicantKind::PublicInterest),
        Self::Kind(ApplicantKind::LegalService),
        Self::Kind(ApplicantKind::Other),
        Self::Total,
    ];

    /// The column's identifier, as exchanged.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Kind(kind) => kind.code(),
            Self::Total => "total",
        }
    }

    /// The column with this [`id`](Self::id).
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.id() == id)
    }

    /// The column's official heading.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Kind(kind) => kind.label(),
            Self::Total => "总计",
        }
    }

    /// What the column is called in a sentence: 其他 alone would not say what.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Kind(ApplicantKind::Other) => "其他（法人或其他组织）",
            _ => self.label(),
        }
    }

    /// Whether the column counts applicants of this kind.
    #[must_use]
    pub fn takes(self, kind: ApplicantKind) -> bool {
        match self {
            Self::Kind(own) => own == kind,
            Self::Total => true,
        }
    }
}

/// What of a case decides where it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseFacts {
    /// The applicant's kind, fixed at intake.
    pub kind: ApplicantKind,
    /// 收到申请之日.
    pub received_on: NaiveDate,
    /// The day of closing and the outcome, if closed.
    pub closed: Option<(NaiveDate, Outcome)>,
}

/// One number of one year's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    /// The year of the table.
    pub year: i32,
    /// The line.
    pub line: Line,
    /// The column.
    pub column: Column,
}

impl Cell {
    /// Whether the cell counts this case.
    #[must_use]
    pub fn counts(self, facts: &CaseFacts) -> bool {
        let closed = facts.closed.map(|(on, outcome)| (on.year(), outcome));
        self.column.takes(facts.kind)
            && self
                .line
                .counts(self.year, facts.received_on.year(), closed)
    }

    /// Why the cell counts this case, as a Chinese sentence; nothing, if it does not.
    #[must_use]
    pub fn why(self, facts: &CaseFacts) -> Option<String> {
        self.counts(facts).then(|| {
            let year = self.year;
            let kind = Column::Kind(facts.kind).title();
            let received = chinese_date(facts.received_on);
            let title = self.line.title();
            let because = match (self.line, facts.closed) {
                (Line::New, _) => format!("收到日期为{received}，在{year}年度内"),
                (Line::CarriedIn, closed) => {
                    format!("{received}收到，至{}年12月31日尚未办结（{}）", year - 1, fate(closed))
                }
                (Line::CarriedOut, closed) => {
                    format!("{received}收到，至{year}年12月31日尚未办结（{}）", fate(closed))
                }
                (Line::Closed(_) | Line::Other | Line::Total, closed) => format!(
                    "{received}收到，{}，办结日期在{year}年度内{}",
                    fate(closed),
                    undivided_note(self.line, closed)
                ),
            };
            format!("申请人为{kind}；{because}，故计入“{title}”。")
        })
    }
}

/// What became of a case, for the middle of a sentence.
fn fate(closed: Option<(NaiveDate, Outcome)>) -> String {
    closed.map_or_else(
        || "目前仍在办理".to_owned(),
        |(on, outcome)| format!("于{}办结，结果为“{}”", chinese_date(on), outcome.full_label()),
    )
}

/// On the one line for all of 其他处理, which of its endings it was is worth a word.
const fn undivided_note(line: Line, closed: Option<(NaiveDate, Outcome)>) -> &'static str {
    match (line, closed) {
        (Line::Other, Some((_, Outcome::Other(OtherEnding::Undivided)))) => {
            "（登记时未区分其他处理的具体情形）"
        }
        (Line::Other, _) => "（2019年格式不区分其他处理的具体情形）",
        _ => "",
    }
}

/// A day as Chinese prose writes it: 2024年3月5日.
#[must_use]
pub fn chinese_date(day: NaiveDate) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::outcome::Exemption;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn lines() -> Vec<Line> {
        let mut lines = vec![
            Line::New,
            Line::CarriedIn,
            Line::Other,
            Line::Total,
            Line::CarriedOut,
        ];
        lines.extend(
            Outcome::ALL
                .iter()
                .filter(|outcome| **outcome != Outcome::Other(OtherEnding::Undivided))
                .map(|outcome| Line::Closed(*outcome)),
        );
        lines
    }

    #[test]
    fn every_line_and_column_is_found_again_by_its_id() {
        for line in lines() {
            assert_eq!(Line::from_id(line.id()), Some(line));
        }
        for column in Column::ALL {
            assert_eq!(Column::from_id(column.id()), Some(column));
        }
        assert_eq!(Line::from_id("granted "), None);
        assert_eq!(Column::from_id(""), None);
    }

    #[test]
    fn a_case_open_over_two_new_years_is_carried_in_each() {
        let granted = Some((2023, Outcome::Granted));
        let on = |line: Line, year| line.counts(year, 2021, granted);
        assert!(on(Line::New, 2021) && on(Line::CarriedOut, 2021) && !on(Line::CarriedIn, 2021));
        assert!(on(Line::CarriedIn, 2022) && on(Line::CarriedOut, 2022) && !on(Line::New, 2022));
        assert!(on(Line::CarriedIn, 2023) && !on(Line::CarriedOut, 2023));
        assert!(on(Line::Closed(Outcome::Granted), 2023) && on(Line::Total, 2023));
        assert!(!on(Line::Total, 2022) && !on(Line::Closed(Outcome::Partial), 2023));
        assert!(!on(Line::CarriedIn, 2024) && !on(Line::CarriedOut, 2020));
    }

    #[test]
    fn the_single_line_of_other_takes_all_its_endings_and_nothing_else() {
        let taken = Line::Other.outcomes();
        assert_eq!(taken.len(), 4);
        assert!(
            taken
                .iter()
                .all(|outcome| matches!(outcome, Outcome::Other(_)))
        );
        assert_eq!(Line::Total.outcomes(), Outcome::ALL);
        assert!(Line::New.outcomes().is_empty());
    }

    #[test]
    fn a_case_says_why_it_counts_and_is_silent_where_it_does_not() {
        let facts = CaseFacts {
            kind: ApplicantKind::Other,
            received_on: day("2023-12-20"),
            closed: Some((day("2024-01-09"), Outcome::Refused(Exemption::StateSecret))),
        };
        let cell = |year, line, column| Cell { year, line, column }.why(&facts);
        assert_eq!(
            cell(2024, Line::CarriedIn, Column::Total).unwrap(),
            "申请人为其他（法人或其他组织）；2023年12月20日收到，至2023年12月31日尚未办结（于2024年1月9日办结，\
             结果为“不予公开：属于国家秘密”），故计入“二、上年结转政府信息公开申请数量”。"
        );
        assert!(cell(2023, Line::New, Column::Kind(ApplicantKind::Other)).is_some());
        assert_eq!(cell(2023, Line::New, Column::Kind(ApplicantKind::Natural)), None);
        assert_eq!(cell(2024, Line::New, Column::Total), None);
        assert_eq!(cell(2024, Line::Closed(Outcome::Granted), Column::Total), None);
    }
}
