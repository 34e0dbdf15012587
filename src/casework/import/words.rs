//! The words that a file may use for kinds, channels, outcomes and days, however punctuated.

use chrono::NaiveDate;

use crate::domain::applicant::ApplicantKind;
use crate::domain::channel::Channel;
use crate::domain::number::half_width;
use crate::domain::outcome::{Inability, NonProcessing, OtherEnding, Outcome};

/// The Chinese digits that number the groups of the form.
const HAN_NUMBERS: &str = "一二三四五六七八九十";

/// The letters and digits of `text` alone: half-width, small, without blanks, punctuation and
/// the numbers of list items (1. 1、 （三） 三、).
#[must_use]
pub fn bare(text: &str) -> String {
    let letters: Vec<char> = text
        .chars()
        .map(half_width)
        .filter(|letter| !letter.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect();
    let mut bare = String::new();
    let mut rest = letters.as_slice();
    while let Some((letter, after)) = rest.split_first() {
        if let Some(length) = item_number(rest, bare.is_empty()) {
            rest = rest.get(length..).unwrap_or_default();
            continue;
        }
        if letter.is_alphanumeric() || *letter == '_' {
            bare.push(*letter);
        }
        rest = after;
    }
    bare
}

/// How long the number of a list item at the beginning of `letters` is, if there is one.
fn item_number(letters: &[char], at_start: bool) -> Option<usize> {
    let digits = |letters: &[char], is_digit: fn(&char) -> bool| {
        letters.iter().take_while(|letter| is_digit(letter)).count()
    };
    let is_han = |letter: &char| HAN_NUMBERS.contains(*letter);
    let ascii = digits(letters, char::is_ascii_digit);
    let han = digits(letters, is_han);
    let follows = |length: usize, marks: &str| {
        letters
            .get(length)
            .is_some_and(|letter| marks.contains(*letter))
    };
    if ascii > 0 && follows(ascii, ".、)") {
        return Some(ascii + 1);
    }
    if at_start && han > 0 && follows(han, "、.") {
        return Some(han + 1);
    }
    let inner = letters.strip_prefix(&['('])?;
    let number = digits(inner, char::is_ascii_digit).max(digits(inner, is_han));
    (number > 0 && inner.get(number) == Some(&')')).then_some(number + 2)
}

/// The kind of applicant that `text` means: a column's identifier or its heading.
#[must_use]
pub fn applicant_kind(text: &str) -> Option<ApplicantKind> {
    let bare = bare(text);
    let own = bare
        .strip_prefix("法人或其他组织")
        .or_else(|| bare.strip_prefix("法人或者其他组织"));
    let own = own.unwrap_or(&bare);
    match own {
        "公民" | "个人" => Some(ApplicantKind::Natural),
        "其他法人或其他组织" => Some(ApplicantKind::Other),
        _ => ApplicantKind::ALL
            .into_iter()
            .find(|kind| kind.code() == own || kind.label() == own),
    }
}

/// The channel that `text` means: its identifier, its name, or what people write for it.
#[must_use]
pub fn channel(text: &str) -> Option<Channel> {
    let bare = bare(text);
    let found = Channel::ALL
        .into_iter()
        .find(|channel| channel.code() == bare || self::bare(channel.label()) == bare);
    found.or(match bare.as_str() {
        "当面" | "当面申请" | "现场" | "现场提交" | "窗口" => Some(Channel::InPerson),
        "邮寄" | "挂号信" | "挂号" | "ems" | "特快专递" | "快递" => {
            Some(Channel::RegisteredMail)
        }
        "平信" | "平常信函" | "普通信函" | "平邮" => Some(Channel::OrdinaryMail),
        "网上" | "网络" | "在线" | "网站" | "互联网渠道" | "网上申请" | "在线申请" => {
            Some(Channel::Online)
        }
        "传真件" => Some(Channel::Fax),
        _ => None,
    })
}

/// The outcome that `text` means: a row's identifier or its official wording, with or without
/// the group above it and the numbers before both.
#[must_use]
pub fn outcome(text: &str) -> Option<Outcome> {
    let bare = bare(text);
    let own = bare.strip_prefix("本年度办理结果").unwrap_or(&bare);
    let found = Outcome::ALL.iter().copied().find(|outcome| {
        let label = self::bare(outcome.label());
        own == outcome.code() || own == label || own == format!("{}{label}", outcome.group())
    });
    found.or(match own {
        "部分公开区分处理的只计这一情形不计其他情形" => Some(Outcome::Partial),
        "不掌握相关政府信息" => Some(Outcome::Unable(Inability::NotHeld)),
        // So printed by some offices.
        "需要提供公开出版物" | "不予处理需要提供公开出版物" => {
            Some(Outcome::NotProcessed(NonProcessing::Publication))
        }
        "申请人无正当理由逾期不补正" | "逾期不补正" => {
            Some(Outcome::Other(OtherEnding::NotCorrected))
        }
        "申请人逾期未按收费通知要求缴纳费用" | "逾期未缴费" => {
            Some(Outcome::Other(OtherEnding::FeeUnpaid))
        }
        // 撤回 is counted under 3.其他 (statute reading §5.7).
        "申请人撤回" | "申请人主动撤回" | "撤回申请" | "申请人撤回申请" | "申请人主动撤回申请" => {
            Some(Outcome::Other(OtherEnding::Misc))
        }
        _ => None,
    })
}

/// The day that `text` means: year, month and day in this order, however divided; a time of
/// day behind it is passed over.
#[must_use]
pub fn day(text: &str) -> Option<NaiveDate> {
    let text: String = text.trim().chars().map(half_width).collect();
    let date = text
        .split_once([' ', 'T'])
        .map_or(text.as_str(), |(date, time)| if is_time(time) { date } else { &text });
    if date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit()) {
        return NaiveDate::parse_from_str(date, "%Y%m%d").ok();
    }
    let date = date.strip_suffix(['日', '号']).unwrap_or(date);
    let mut parts = date.split(['-', '/', '.', '年', '月']).map(str::trim);
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    NaiveDate::from_ymd_opt(digits(year)?.try_into().ok()?, digits(month)?, digits(day)?)
}

/// A number written in digits alone: no sign, no blank.
#[must_use]
pub fn digits(text: &str) -> Option<u32> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

/// Whether `text` is a time of day, as programs append it to dates.
fn is_time(text: &str) -> bool {
    let text = text.trim().trim_end_matches('Z');
    !text.is_empty()
        && text
            .chars()
            .all(|letter| letter.is_ascii_digit() || ":.".contains(letter))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::outcome::Exemption;
    use crate::report::layout::Layout;
    use crate::report::line::Line;

    #[test]
    fn every_line_of_both_forms_is_understood_as_it_is_printed() {
        for layout in Layout::ALL {
            for row in layout.rows() {
                let expected = match row.line {
                    Line::Closed(outcome) => outcome,
                    Line::Other => Outcome::Other(OtherEnding::Undivided),
                    _ => continue,
                };
                let own = row.path.last().unwrap();
                for text in [row.path.concat(), row.path[1..].join(" "), own.clone()] {
                    assert_eq!(outcome(&text), Some(expected), "{text}");
                }
                assert_eq!(outcome(&own.replacen('.', "、", 1)), Some(expected));
                assert_eq!(outcome(&expected.full_label()), Some(expected));
                assert_eq!(outcome(&expected.code().to_uppercase()), Some(expected));
            }
        }
    }

    #[test]
    fn punctuation_blanks_and_width_do_not_matter() {
        let three_safeties = Some(Outcome::Refused(Exemption::ThreeSafeties));
        for text in [
            "3、危及“三安全一稳定”",
            "３．危及\"三安全 一 稳定\"",
            "危及三安全一稳定",
            "不予公开-危及‘三安全一稳定’",
            "（三）不予公开　3. 危及「三安全一稳定」",
            "(三)不予公开(3)危及三安全一稳定",
        ] {
            assert_eq!(outcome(text), three_safeties, "{text}");
        }
        assert_eq!(
            outcome("部分公开(区分处理的,只计这一情形,不计其他情形)"),
            Some(Outcome::Partial)
        );
        assert_eq!(
            outcome("3、需要提供公开出版物"),
            Some(Outcome::NotProcessed(NonProcessing::Publication))
        );
        assert_eq!(outcome("其他"), Some(Outcome::Other(OtherEnding::Misc)));
        assert_eq!(outcome("（六）其他处理"), Some(Outcome::Other(OtherEnding::Undivided)));
        for unknown in ["", "公开了", "不予公开", "总计", "其他法律行政止公开"] {
            assert_eq!(outcome(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn kinds_and_channels_are_understood_by_code_and_by_name() {
        for kind in ApplicantKind::ALL {
            for text in [
                kind.code().to_owned(),
                kind.label().to_owned(),
                format!(" {} ", kind.label()),
            ] {
                assert_eq!(applicant_kind(&text), Some(kind), "{text}");
            }
        }
        assert_eq!(applicant_kind("法人或其他组织－商业企业"), Some(ApplicantKind::Business));
        assert_eq!(applicant_kind("其他（法人或其他组织）"), Some(ApplicantKind::Other));
        assert_eq!(applicant_kind("法人或其他组织"), None);
        assert_eq!(applicant_kind("公民"), Some(ApplicantKind::Natural));
        for known in Channel::ALL {
            assert_eq!(channel(known.code()), Some(known));
            assert_eq!(channel(known.label()), Some(known));
        }
        assert_eq!(channel("ＥＭＳ"), Some(Channel::RegisteredMail));
        assert_eq!(channel("平信"), Some(Channel::OrdinaryMail));
        assert_eq!(channel("飞鸽传书"), None);
    }

    #[test]
    fn days_are_read_in_the_ways_people_write_them() {
        let expected = NaiveDate::from_ymd_opt(2024, 1, 5);
        for text in [
            "2024-01-05",
            "2024-1-5",
            "2024/1/5",
            "2024/01/05",
            "2024.1.5",
            "2024年1月5日",
            "2024年01月05日",
            "２０２４年１月５日",
            "20240105",
            "2024/1/5 0:00",
            "2024-01-05T00:00:00",
            "2024-01-05 13:45:10",
            " 2024 年 1 月 5 日 ",
        ] {
            assert_eq!(day(text), expected, "{text}");
        }
        for text in [
            "",
            "1/5/2024",
            "2024-02-30",
            "24-1-5",
            "2024-1",
            "2024-1-5-6",
            "2024年1月",
            "昨天",
            "2024-+1-5",
            "45296",
            "2024-13-01",
            "-2024-1-5",
        ] {
            assert_eq!(day(text), None, "{text}");
        }
    }
}
