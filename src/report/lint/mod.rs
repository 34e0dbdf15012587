//! What is wrong with an annual report, ours before it is sealed or somebody's published one.
//!
//! Source: statute reading §5.5 and the faults that published reports usually have.

mod dates;
mod period;
mod prose;

use serde::Serialize;

use crate::report::line::Column;
use crate::report::published::{PublishedReport, squeezed};
use crate::report::reconcile::{self, Finding as Mismatch, across_years, reconcile};
use crate::report::section_four::COLUMNS;
use crate::report::table::Table;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// The figures contradict each other: such a report is not sealed.
    Hard,
    /// Somebody should look at it.
    Soft,
}

impl Weight {
    /// The weight, for people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Hard => "必须改正",
            Self::Soft => "请核对",
        }
    }
}

/// Something wrong: what, where, and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How much it weighs.
    pub weight: Weight,
    /// In which part of the report.
    pub place: String,
    /// What is wrong.
    pub what: String,
    /// How to mend it.
    pub mend: String,
}

impl Finding {
    /// A finding.
    pub(crate) fn new(weight: Weight, place: &str, what: impl Into<String>, mend: &str) -> Self {
        Self {
            weight,
            place: place.to_owned(),
            what: what.into(),
            mend: mend.to_owned(),
        }
    }
}

pub(crate) const THREE: &str = "第三部分 收到和处理政府信息公开申请情况";
const FOUR: &str = "第四部分 行政复议、行政诉讼情况";
pub(crate) const TWO: &str = "第二部分 主动公开政府信息情况";

/// Checks a report, and against last year's, if that is given. The hard findings come first.
#[must_use]
pub fn lint(report: &PublishedReport, last_year: Option<&PublishedReport>) -> Vec<Finding> {
    let mut findings = Vec::new();
    match &report.section_three {
        Some(table) => {
            findings.extend(section_three(table));
            findings.extend(prose::disagreements(&report.prose, table));
        }
        None => findings.push(Finding::new(
            Weight::Hard,
            THREE,
            "没有找到第三部分的表格",
            "按规定格式列出第三部分表格，没有申请的也应逐格填 0",
        )),
    }
    findings.extend(cells(report));
    findings.extend(section_four(report));
    findings.extend(note(report));
    findings.extend(period::findings(&report.prose));
    findings.extend(dates::findings(&report.prose, report.year));
    if let Some(before) = last_year {
        findings.extend(carried_over(report, before));
        findings.extend(in_force(report, before));
    }
    findings.sort_by_key(|finding| finding.weight);
    findings
}

/// The sums of section three, in every column and row.
fn section_three(table: &Table) -> Vec<Finding> {
    reconcile::findings(&reconcile(table))
        .iter()
        .map(|mismatch| Finding::new(Weight::Hard, THREE, mismatch.to_string(), mend(*mismatch)))
        .collect()
}

const fn mend(mismatch: Mismatch) -> &'static str {
    match mismatch {
        Mismatch::ColumnOff { column: Column::Total, .. } => {
            "逐件核对本年新收、上年结转、办结和结转的件数"
        }
        Mismatch::ColumnOff { .. } => {
            "核对这一类申请人的每一件申请：同一件申请从登记到办结应计在同一列，常见的原因是办结时改了申请人类型"
        }
        Mismatch::OutcomesOff { .. } => "核对这一列的各项办理结果，或改正（七）总计",
        Mismatch::RowOff { .. } => "核对这一行六类申请人的件数，或改正总计列",
        Mismatch::YearsApart { .. } => {
            "以上一年度已公布的报告为准填写“上年结转”；上一年度报告确有错误的，应当先更正并公布"
        }
        Mismatch::Undivided { .. } => "逐件补明其他处理的具体情形",
    }
}

/// Cells that are blank, or hold no number.
fn cells(report: &PublishedReport) -> Vec<Finding> {
    let blank: Vec<&str> = report
        .unreadable
        .iter()
        .filter(|cell| cell.found.is_empty())
        .map(|cell| cell.place.as_str())
        .collect();
    let mut findings: Vec<Finding> = report
        .unreadable
        .iter()
        .filter(|cell| !cell.found.is_empty())
        .map(|cell| {
            let what = format!("{}：{}", cell.place, cell.found);
            Finding::new(Weight::Hard, "表格", what, "填写阿拉伯数字，没有的填 0")
        })
        .collect();
    if let Some(first) = blank.first() {
        let what = match blank.len() {
            1 => format!("{first}空白（按 0 核对）"),
            count => format!("有 {count} 格空白（按 0 核对），第一处是{first}"),
        };
        findings.push(Finding::new(Weight::Soft, "表格", what, "没有的填 0，不留空白，也不画斜线"));
    }
    findings
}

fn section_four(report: &PublishedReport) -> Vec<Finding> {
    let Some(four) = report.section_four else {
        let missing = Finding::new(
            Weight::Soft,
            FOUR,
            "没有找到第四部分的表格",
            "按规定格式列出第四部分表格，没有复议、诉讼的也应逐格填 0",
        );
        return if report.is_table_alone {
            Vec::new()
        } else {
            vec![missing]
        };
    };
    let [.., pending, total] = COLUMNS;
    four.off()
        .map(|(block, sum, printed)| {
            let what = format!(
                "{}：结果维持、结果纠正、其他结果、{pending}之和为 {sum}，{total}为 {printed}",
                block.title()
            );
            Finding::new(Weight::Hard, FOUR, what, "核对各项结果，或改正总计")
        })
        .collect()
}

/// The form's note, where somebody has written it anew.
fn note(report: &PublishedReport) -> Option<Finding> {
    let plain = |text: &str| -> String {
        squeezed(text)
            .chars()
            .filter(|letter| letter.is_alphanumeric())
            .collect()
    };
    let printed = report.note.as_deref()?;
    let official = plain(crate::report::layout::NOTE);
    (!plain(printed).starts_with(&official)).then(|| {
        let what = format!("表头说明与规定文字不一致：{printed}");
        let mend = format!("改为{}", crate::report::layout::NOTE);
        Finding::new(Weight::Soft, THREE, what, &mend)
    })
}

/// Last year's published 结转下年度 against this year's 上年结转.
fn carried_over(report: &PublishedReport, before: &PublishedReport) -> Vec<Finding> {
    let (Some(later), Some(earlier)) = (&report.section_three, &before.section_three) else {
        return Vec::new();
    };
    let Some(review) = across_years(earlier, later) else {
        let what = format!("两份报告的年度不相连：{}年、{}年", earlier.year, later.year);
        return vec![Finding::new(
            Weight::Soft,
            THREE,
            what,
            "请给出上一年度的报告",
        )];
    };
    review
        .findings
        .iter()
        .map(|apart| Finding::new(Weight::Hard, THREE, apart.to_string(), mend(*apart)))
        .collect()
}

/// 现行有效 = last year's + 制发 − 废止.
fn in_force(report: &PublishedReport, before: &PublishedReport) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in &report.rules {
        let Some(last) = before.rules.iter().find(|last| last.label == rule.label) else {
            continue;
        };
        let had = last.in_force.saturating_add(rule.made);
        if had != rule.in_force.saturating_add(rule.repealed) {
            let what = format!(
                "{}：上年现行有效 {} ＋ 本年制发 {} － 本年废止 {}，与本年现行有效 {} 不符",
                rule.label, last.in_force, rule.made, rule.repealed, rule.in_force
            );
            findings.push(Finding::new(Weight::Hard, TWO, what, "核对制发、废止和现行有效的件数"));
        }
    }
    findings
}

#[cfg(test)]
mod tests;
