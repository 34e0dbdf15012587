//! 救济途径: the remedy clause of a letter, by its class and the day of the decision.

use chrono::NaiveDate;

use crate::domain::letter::LetterKind;
use crate::domain::outcome::{Disposition, RemedyClass};

/// The day from which 不予公开 goes to reconsideration first.
///
/// Source: 《行政复议法》 (2023-09-01 修订) art. 23(1)4, in force on this day.
pub const RECONSIDERATION_FIRST_SINCE: NaiveDate = match NaiveDate::from_ymd_opt(2024, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// The clause that a letter carries if it was decided on this day; `None` for one that carries
/// none. In a partial answer what is withheld goes to reconsideration first, the rest need not.
///
/// Source: 《行政复议法》 arts. 20, 23(1)4, 23(2), 34; 《行政诉讼法》 arts. 45, 46.
#[must_use]
pub fn clause(
    kind: LetterKind,
    decided_on: NaiveDate,
    review_authority: &str,
    court: &str,
) -> Option<String> {
    let either = |against: &str| {
        format!(
            "{against}，可以自收到之日起六十日内向{review_authority}申请行政复议，\
             或者自收到之日起六个月内向{court}提起行政诉讼。"
        )
    };
    let first = |against: &str| {
        format!(
            "{against}，应当先自收到之日起六十日内向{review_authority}申请行政复议；\
             对行政复议决定不服的，可以自收到行政复议决定书之日起十五日内向{court}提起行政诉讼。"
        )
    };
    match kind.remedy() {
        RemedyClass::None => None,
        RemedyClass::ReconsiderationFirst if decided_on < RECONSIDERATION_FIRST_SINCE => {
            Some(either("如不服本告知"))
        }
        RemedyClass::ReconsiderationFirst
            if kind == LetterKind::Answer(Disposition::PartlyGiven) =>
        {
            Some(first("如对不予公开的部分不服") + &either("对其他部分不服的"))
        }
        RemedyClass::ReconsiderationFirst => Some(first("如不服本告知")),
        RemedyClass::Either => Some(either("如不服本告知")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::outcome::Exemption;

    const WITHHELD: LetterKind = LetterKind::Answer(Disposition::Withheld(Exemption::StateSecret));

    fn of(kind: LetterKind, day: &str) -> Option<String> {
        clause(kind, day.parse().unwrap(), "西峡县人民政府", "西峡县人民法院")
    }

    #[test]
    fn what_is_withheld_since_2024_goes_to_reconsideration_first() {
        let before = of(WITHHELD, "2023-12-31").unwrap();
        assert!(before.contains("或者自收到之日起六个月内") && !before.contains("应当先"));
        let since = of(WITHHELD, "2024-01-01").unwrap();
        assert!(since.contains("应当先") && since.contains("十五日内向西峡县人民法院"));
        assert!(!since.contains("六个月"));
    }

    #[test]
    fn in_a_partial_answer_the_withheld_part_goes_to_reconsideration_first() {
        let partial = of(LetterKind::Answer(Disposition::PartlyGiven), "2026-03-02").unwrap();
        assert!(partial.starts_with("如对不予公开的部分不服，应当先"));
        assert!(partial.contains("对其他部分不服的，可以"));
    }

    #[test]
    fn other_answers_leave_the_choice_and_steps_carry_no_clause() {
        for day in ["2023-06-01", "2026-06-01"] {
            let either = of(LetterKind::Answer(Disposition::NonExistent), day).unwrap();
            assert!(either.contains("六十日") && either.contains("六个月"));
            assert_eq!(of(LetterKind::Extend, day), None);
        }
    }
}
