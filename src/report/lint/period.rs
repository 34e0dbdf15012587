//! 统计期限: from 1 January to 31 December, or a day falls between two years.

use super::{Finding, Weight};
use crate::report::published::squeezed;

/// Flags every sentence that tells another period.
pub(super) fn findings(prose: &[String]) -> Vec<Finding> {
    prose
        .iter()
        .map(|line| squeezed(line))
        .flat_map(|line| sentences(&line))
        .filter(|sentence| {
            ["期限", "期间", "统计时间", "数据"]
                .iter()
                .any(|word| sentence.contains(word))
        })
        .filter_map(|sentence| {
            let [from, to] = days(&sentence).try_into().ok()?;
            (from != (1, 1) || to != (12, 31)).then(|| {
                let what = format!(
                    "统计期限为{}月{}日至{}月{}日，应为1月1日至12月31日",
                    from.0, from.1, to.0, to.1
                );
                Finding::new(
                    Weight::Soft,
                    "报告说明",
                    what,
                    "统计期限改为当年1月1日至12月31日，否则有的日子收到的申请两年都不计",
                )
            })
        })
        .collect()
}

fn sentences(line: &str) -> Vec<String> {
    line.split(['。', '；', ';']).map(str::to_owned).collect()
}

/// Every “月日” of the sentence.
fn days(sentence: &str) -> Vec<(u32, u32)> {
    let numbers: Vec<(u32, char)> = numbers(sentence);
    numbers
        .windows(2)
        .filter_map(|pair| match pair {
            [(month, '月'), (day, '日')] => Some((*month, *day)),
            _ => None,
        })
        .collect()
}

/// Every number with the character that follows it.
fn numbers(text: &str) -> Vec<(u32, char)> {
    let mut found = Vec::new();
    let mut digits = String::new();
    for letter in text.chars() {
        if letter.is_ascii_digit() {
            digits.push(letter);
        } else if !digits.is_empty() {
            if let Ok(number) = digits.parse() {
                found.push((number, letter));
            }
            digits.clear();
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Vec<String> {
        findings(&[line.to_owned()])
            .into_iter()
            .map(|finding| finding.what)
            .collect()
    }

    #[test]
    fn only_the_calendar_year_is_a_year() {
        assert_eq!(
            of("所列数据的统计期限自202 2 年1月1日起至202 2 年1 2 月 30 日止。2023年1月12日"),
            ["统计期限为1月1日至12月30日，应为1月1日至12月31日"]
        );
        assert!(of("所列数据的统计期限自2022年1月1日起至2022年12月31日止。").is_empty());
        assert!(of("2022年3月1日至4月2日举办培训。").is_empty());
    }
}
