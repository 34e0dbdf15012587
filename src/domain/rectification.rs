//! 更正: somebody shows that a record about themselves is inaccurate (art. 41). A kind of case of
//! its own: no term of the Regulation runs, and no statutory table counts it.

use chrono::NaiveDate;

use crate::domain::letter::LetterKind;

/// How an application for rectification ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RectificationAnswer {
    /// 予以更正: the agency may correct it, found it inaccurate, and did.
    Corrected,
    /// 不予更正: it is accurate, or not about the applicant.
    Declined,
    /// 转送: sent on to the agency that may correct it.
    Forwarded,
    /// 告知: the applicant is told which agency to ask.
    Referred,
}

impl RectificationAnswer {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Corrected,
        Self::Declined,
        Self::Forwarded,
        Self::Referred,
    ];

    /// The identifier, as stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Corrected => "corrected",
            Self::Declined => "declined",
            Self::Forwarded => "forwarded",
            Self::Referred => "referred",
        }
    }

    /// The one with this [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|answer| answer.code() == code)
    }

    /// What people call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Corrected => "予以更正",
            Self::Declined => "不予更正",
            Self::Forwarded => "转送有权更正的机关",
            Self::Referred => "告知向有权更正的机关提出",
        }
    }

    /// What it means, and when it fits.
    #[must_use]
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Corrected => "本机关有权更正，核实后记录确实不准确，已经更正",
            Self::Declined => "核实后记录准确，或者不是与申请人自身相关的信息",
            Self::Forwarded => "本机关无权更正，把申请转送有权更正的机关，并告知申请人",
            Self::Referred => "本机关无权更正，告知申请人向有权更正的机关提出",
        }
    }

    /// The letters that it is clothed in: the applicant is told in any case (art. 41).
    #[must_use]
    pub const fn letters(self) -> &'static [LetterKind] {
        match self {
            Self::Forwarded => &[LetterKind::RecordCorrected, LetterKind::RecordForwarded],
            Self::Corrected | Self::Declined | Self::Referred => &[LetterKind::RecordCorrected],
        }
    }

    /// What the letter to the applicant says of it; `responsible` is the agency that may correct
    /// the record, where it is not this one.
    #[must_use]
    pub fn told(self, responsible: &str) -> String {
        match self {
            Self::Corrected | Self::Declined => format!("{}。", self.label()),
            Self::Forwarded => {
                format!("本机关无权更正该信息，已将您的申请转送{responsible}处理。")
            }
            Self::Referred => format!("本机关无权更正该信息，请向{responsible}提出。"),
        }
    }

    /// Whether another agency has to be named.
    #[must_use]
    pub const fn names_agency(self) -> bool {
        matches!(self, Self::Forwarded | Self::Referred)
    }
}

/// How one ended, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answered {
    /// How.
    pub answer: RectificationAnswer,
    /// The day of the answer.
    pub on: NaiveDate,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::letter::Recipient;

    #[test]
    fn the_applicant_is_told_whatever_becomes_of_it() {
        for answer in RectificationAnswer::ALL {
            assert_eq!(RectificationAnswer::from_code(answer.code()), Some(answer));
            let to: Vec<_> = answer
                .letters()
                .iter()
                .map(|kind| kind.recipient())
                .collect();
            assert_eq!(to[0], Recipient::Applicant, "{answer:?}");
            assert_eq!(to.contains(&Recipient::Agency), answer == RectificationAnswer::Forwarded);
            assert_eq!(answer.told("县公安局").contains("县公安局"), answer.names_agency());
        }
    }
}
