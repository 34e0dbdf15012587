//! 文书: the letters of the catalogue, what an officer has to say in each, and their numbers.
//!
//! Which letter an act calls for follows from the act; what stands in it follows from the case
//! and from the [`Particulars`] that the officer fills in. Nothing is chosen twice.

mod blank;
mod number;
mod particulars;
mod service;

pub use blank::{Blank, NOT_ASKED, Shape, TOLD_NAME};
pub use number::LetterNumber;
pub use particulars::{Particulars, in_chinese};
pub use service::{ServedHow, Service};

use crate::domain::outcome::{Disposition, RemedyClass};

/// A letter of the catalogue (statute reading §6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LetterKind {
    /// 登记回执 (arts. 31, 45).
    Receipt,
    /// 补正告知书 (art. 30).
    Correct,
    /// 延期答复告知书 (art. 33(2)).
    Extend,
    /// 征求第三方意见书 (art. 32).
    ConsultThirdParty,
    /// 第三方意见书回执 (art. 32).
    ReplySlip,
    /// 征求意见告知书, to the applicant (art. 33(3)).
    ToldApplicant,
    /// 决定公开告知书, to the third party (art. 32).
    ToldThirdParty,
    /// 征求其他机关意见函 (art. 34).
    ConsultAgency,
    /// 说明理由通知书 (art. 35).
    Reasons,
    /// 延迟答复告知书 (art. 35).
    Delay,
    /// 收费通知书 (art. 42).
    Fee,
    /// 答复书 and every other letter that ends a case.
    Answer(Disposition),
    /// 更正告知书 (art. 41).
    RecordCorrected,
    /// 更正申请转送函 (art. 41).
    RecordForwarded,
}

/// Whom a letter is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recipient {
    /// 申请人.
    Applicant,
    /// 第三方.
    ThirdParty,
    /// 其他机关.
    Agency,
}

impl LetterKind {
    /// The letters that do not end a case.
    const STEPS: [Self; 13] = [
        Self::Receipt,
        Self::Correct,
        Self::Extend,
        Self::ConsultThirdParty,
        Self::ReplySlip,
        Self::ToldApplicant,
        Self::ToldThirdParty,
        Self::ConsultAgency,
        Self::Reasons,
        Self::Delay,
        Self::Fee,
        Self::RecordCorrected,
        Self::RecordForwarded,
    ];

    /// Every letter of the catalogue.
    pub fn all() -> impl Iterator<Item = Self> {
        let answers = Disposition::ALL.iter().map(|found| Self::Answer(*found));
        Self::STEPS.into_iter().chain(answers)
    }

    /// The identifier: the catalogue's key, as stored and as the template's name.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Receipt => "receipt",
            Self::Correct => "correct",
            Self::Extend => "extend",
            Self::ConsultThirdParty => "consult_3p",
            Self::ReplySlip => "reply_3p",
            Self::ToldApplicant => "told_applicant_3p",
            Self::ToldThirdParty => "told_3p",
            Self::ConsultAgency => "consult_org",
            Self::Reasons => "reasons",
            Self::Delay => "delay",
            Self::Fee => "fee",
            Self::Answer(found) => found.consequence().letter,
            Self::RecordCorrected => "correct_record",
            Self::RecordForwarded => "forward_record",
        }
    }

    /// The letter with this [`key`](Self::key).
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::all().find(|kind| kind.key() == key)
    }

    /// The title, as it stands on the paper.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Receipt => "政府信息公开申请登记回执",
            Self::Correct => "政府信息公开申请补正告知书",
            Self::Extend => "政府信息公开延期答复告知书",
            Self::ConsultThirdParty => "政府信息公开征求第三方意见书",
            Self::ReplySlip => "第三方意见书（回执）",
            Self::ToldApplicant => "政府信息公开征求意见告知书",
            Self::ToldThirdParty => "决定公开政府信息告知书",
            Self::ConsultAgency => "关于征求政府信息公开意见的函",
            Self::Reasons => "政府信息公开申请说明理由通知书",
            Self::Delay => "政府信息公开延迟答复告知书",
            Self::Fee => "政府信息公开信息处理费收费通知书",
            Self::Answer(found) => found.consequence().title,
            Self::RecordCorrected => "政府信息更正告知书",
            Self::RecordForwarded => "政府信息更正申请转送函",
        }
    }

    /// What tells its series of numbers from the others, within the 文号; `None` for what goes
    /// out as an enclosure of another letter.
    #[must_use]
    pub const fn series(self) -> Option<&'static str> {
        Some(match self {
            Self::Receipt => "登",
            Self::Correct => "补",
            Self::Extend => "延",
            Self::ConsultThirdParty => "征",
            Self::ConsultAgency => "函",
            Self::ReplySlip => return None,
            Self::ToldApplicant => "告",
            Self::ToldThirdParty => "公",
            Self::Reasons => "理",
            Self::Delay => "迟",
            Self::Fee => "费",
            Self::Answer(_) => "答",
            Self::RecordCorrected => "更",
            Self::RecordForwarded => "转",
        })
    }

    /// Whom it is for.
    #[must_use]
    pub const fn recipient(self) -> Recipient {
        match self {
            Self::ConsultThirdParty | Self::ReplySlip | Self::ToldThirdParty => {
                Recipient::ThirdParty
            }
            Self::ConsultAgency | Self::RecordForwarded => Recipient::Agency,
            _ => Recipient::Applicant,
        }
    }

    /// Which remedy clause it carries (statute reading §2): steps on the way carry none.
    #[must_use]
    pub const fn remedy(self) -> RemedyClass {
        match self {
            Self::Answer(found) => found.remedy(),
            Self::ToldThirdParty | Self::RecordCorrected => RemedyClass::Either,
            _ => RemedyClass::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_letter_of_the_catalogue_has_a_key_of_its_own() {
        let keys: BTreeSet<_> = LetterKind::all().map(LetterKind::key).collect();
        assert_eq!(keys.len(), LetterKind::all().count());
        for kind in LetterKind::all() {
            assert_eq!(LetterKind::from_key(kind.key()), Some(kind));
        }
        // The keys of statute reading §6.3, of which the last but one names two letters.
        let catalogue = [
            "receipt",
            "correct",
            "extend",
            "consult_3p",
            "reply_3p",
            "told_applicant_3p",
            "told_3p",
            "consult_org",
            "reasons",
            "delay",
            "fee",
            "granted_give",
            "granted_public",
            "partial",
            "refuse_secret",
            "refuse_law",
            "refuse_safety",
            "refuse_3p",
            "refuse_internal",
            "refuse_process",
            "refuse_file",
            "inquiry",
            "archive",
            "not_exist",
            "not_ours",
            "create",
            "unclear",
            "petition",
            "repeat",
            "publication",
            "excessive",
            "reconfirm",
            "dropped_correct",
            "dropped_fee",
            "withdrawn",
            "correct_record",
            "forward_record",
            "not_gov_info",
        ];
        assert_eq!(keys, catalogue.into_iter().collect());
    }

    #[test]
    fn what_is_a_step_on_the_way_carries_no_remedy_clause() {
        let procedural = [
            LetterKind::Receipt,
            LetterKind::Correct,
            LetterKind::Extend,
            LetterKind::ConsultThirdParty,
            LetterKind::ToldApplicant,
            LetterKind::ConsultAgency,
            LetterKind::Reasons,
            LetterKind::Delay,
            LetterKind::Fee,
        ];
        assert!(
            procedural
                .iter()
                .all(|kind| kind.remedy() == RemedyClass::None)
        );
        assert_eq!(LetterKind::ToldThirdParty.remedy(), RemedyClass::Either);
    }
}
