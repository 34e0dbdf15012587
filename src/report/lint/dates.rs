//! 成文日期: after the year that is reported on, and in time (art. 50).

use chrono::{Datelike as _, NaiveDate};

use super::{Finding, Weight};
use crate::report::published::squeezed;

const PLACE: &str = "落款";

/// Flags a signature whose day cannot be, or is later than the Regulation allows: 31 January
/// for an agency, 31 March for the report of a government, which sums those of others.
pub(super) fn findings(prose: &[String], year: Option<i32>) -> Vec<Finding> {
    let (Some(year), Some(dated)) = (year, signed_on(prose)) else {
        return Vec::new();
    };
    let is_government = prose
        .iter()
        .map(|line| squeezed(line))
        .any(|line| line.contains("年度报告") && line.contains("人民政府"));
    let (month, day) = if is_government { (3, 31) } else { (1, 31) };
    let last = NaiveDate::from_ymd_opt(year.saturating_add(1), month, day);
    let told = format!("成文日期为{}年{}月{}日", dated.year(), dated.month(), dated.day());
    if dated.year() <= year {
        let what = format!("{told}，{year}年度尚未结束");
        return vec![Finding::new(
            Weight::Soft,
            PLACE,
            what,
            "年度结束之后再编制报告",
        )];
    }
    if last.is_some_and(|last| dated > last) {
        let what = format!("{told}，晚于法定期限{}年{month}月{day}日", year.saturating_add(1));
        let mend = "依照《条例》第四十九条、第五十条，县级以上人民政府部门应当在1月31日前公布，\
                    县级以上地方人民政府在3月31日前公布";
        return vec![Finding::new(Weight::Soft, PLACE, what, mend)];
    }
    Vec::new()
}

/// The day of the last line that is a date and nothing else.
fn signed_on(prose: &[String]) -> Option<NaiveDate> {
    prose.iter().rev().find_map(|line| date(&squeezed(line)))
}

fn date(line: &str) -> Option<NaiveDate> {
    let (year, rest) = line.split_once('年')?;
    let (month, rest) = rest.split_once('月')?;
    let day = rest.strip_suffix('日')?;
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(title: &str, signed: &str) -> Vec<String> {
        let prose = [
            title,
            "2022年1月1日起至2022年12月31日止。",
            "某机关",
            signed,
        ];
        findings(&prose.map(str::to_owned), Some(2022))
            .into_iter()
            .map(|finding| finding.what)
            .collect()
    }

    #[test]
    fn a_signature_is_held_against_the_year_and_the_last_day() {
        let bureau = "某局2022年政府信息公开工作年度报告";
        assert!(told(bureau, "2023 年1月12日").is_empty());
        assert!(told(bureau, "二〇二三年一月").is_empty(), "what is not understood is let alone");
        assert!(told(bureau, "2023年2月1日")[0].contains("晚于法定期限2023年1月31日"));
        assert!(told(bureau, "2022年12月30日")[0].contains("尚未结束"));
        let county = "某县人民政府2022年政府信息公开工作年度报告";
        assert!(told(county, "2023年3月31日").is_empty());
        assert!(told(county, "2023年4月1日")[0].contains("3月31日"));
    }
}
