//! 处理决定: the decision that closes a case, its row, its articles, its letter and remedy.

use Exemption as E;
use Inability as U;
use NonProcessing as N;
use OtherEnding as O;

/// The decision that closes a case (处理决定).
///
/// There is one value for each line of 「三、本年度办理结果」 in section three of the annual
/// report, in printed order: a closed case is counted on one line and no other.
///
/// Source: 《政府信息公开工作年度报告格式》 (国办公开办函〔2021〕30号), table of section three;
/// [`OtherEnding::Undivided`] from the trial form (国办公开办函〔2019〕60号).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// 予以公开: the information is given, or is already public (art. 36(1), (2)).
    Granted,
    /// 部分公开 (art. 37). The withheld part is **not** counted on its own line as well.
    Partial,
    /// 不予公开 (art. 36(3)).
    Refused(Exemption),
    /// 无法提供 (art. 36(4), (5) and art. 38).
    Unable(Inability),
    /// 不予处理 (art. 35, art. 36(6), art. 39).
    NotProcessed(NonProcessing),
    /// 其他处理.
    Other(OtherEnding),
}

/// Why information is withheld (不予公开), one value for each of the eight lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Exemption {
    /// 属于国家秘密 (art. 14).
    StateSecret,
    /// 其他法律行政法规禁止公开 (art. 14).
    OtherLaw,
    /// 危及“三安全一稳定” (art. 14).
    ThreeSafeties,
    /// 保护第三方合法权益 (art. 15, art. 32).
    ThirdParty,
    /// 属于三类内部事务信息 (art. 16(1)).
    InternalAffairs,
    /// 属于四类过程性信息 (art. 16(2)).
    ProcessInformation,
    /// 属于行政执法案卷 (art. 16(2)).
    EnforcementFile,
    /// 属于行政查询事项 (art. 36(7)).
    InquiryMatter,
}

/// Why information cannot be provided (无法提供).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Inability {
    /// 本机关不掌握相关政府信息 (art. 36(4), (5)).
    NotHeld,
    /// 没有现成信息需要另行制作 (art. 38).
    NeedsCreation,
    /// 补正后申请内容仍不明确 (art. 30).
    StillUnclear,
}

/// Why an application is not processed (不予处理).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NonProcessing {
    /// 信访举报投诉类申请 (art. 39(1)).
    Petition,
    /// 重复申请 (art. 36(6)).
    Repeat,
    /// 要求提供公开出版物 (art. 39(2)).
    Publication,
    /// 无正当理由大量反复申请 (art. 35).
    Excessive,
    /// 要求行政机关确认或重新出具已获取信息.
    Reconfirm,
}

/// How else a case ended (其他处理).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OtherEnding {
    /// 申请人无正当理由逾期不补正 (art. 30).
    NotCorrected,
    /// 申请人逾期未按收费通知要求缴纳费用 (国办函〔2020〕109号 art. 6).
    FeeUnpaid,
    /// 其他, withdrawals by the applicant among them.
    Misc,
    /// 其他处理 as the 2019 form has it, undivided: only for years counted on that form.
    Undivided,
}

/// Which remedy clause a letter of this outcome carries (statute reading §2).
///
/// Source: 《行政复议法》 (2023) art. 20, art. 23(1)4; 《行政诉讼法》 art. 45, art. 46.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemedyClass {
    /// 复议前置: reconsideration first, for information withheld under arts. 14–16.
    ReconsiderationFirst,
    /// Reconsideration within 60 days or a suit within six months, as the applicant likes.
    Either,
    /// No clause of its own: the applicant ended the matter.
    None,
}

impl Outcome {
    /// Every outcome, in printed order.
    pub const ALL: &'static [Self] = &[
        Self::Granted,
        Self::Partial,
        Self::Refused(E::StateSecret),
        Self::Refused(E::OtherLaw),
        Self::Refused(E::ThreeSafeties),
        Self::Refused(E::ThirdParty),
        Self::Refused(E::InternalAffairs),
        Self::Refused(E::ProcessInformation),
        Self::Refused(E::EnforcementFile),
        Self::Refused(E::InquiryMatter),
        Self::Unable(U::NotHeld),
        Self::Unable(U::NeedsCreation),
        Self::Unable(U::StillUnclear),
        Self::NotProcessed(N::Petition),
        Self::NotProcessed(N::Repeat),
        Self::NotProcessed(N::Publication),
        Self::NotProcessed(N::Excessive),
        Self::NotProcessed(N::Reconfirm),
        Self::Other(O::Undivided),
        Self::Other(O::NotCorrected),
        Self::Other(O::FeeUnpaid),
        Self::Other(O::Misc),
    ];

    /// The row's identifier in section three, as stored and exchanged.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Partial => "partial",
            Self::Refused(E::StateSecret) => "refused_state_secret",
            Self::Refused(E::OtherLaw) => "refused_other_law",
            Self::Refused(E::ThreeSafeties) => "refused_three_safeties",
            Self::Refused(E::ThirdParty) => "refused_third_party",
            Self::Refused(E::InternalAffairs) => "refused_internal_affairs",
            Self::Refused(E::ProcessInformation) => "refused_process",
            Self::Refused(E::EnforcementFile) => "refused_enforcement_file",
            Self::Refused(E::InquiryMatter) => "refused_inquiry_matter",
            Self::Unable(U::NotHeld) => "unable_not_held",
            Self::Unable(U::NeedsCreation) => "unable_needs_creation",
            Self::Unable(U::StillUnclear) => "unable_still_unclear",
            Self::NotProcessed(N::Petition) => "not_processed_petition",
            Self::NotProcessed(N::Repeat) => "not_processed_repeat",
            Self::NotProcessed(N::Publication) => "not_processed_publication",
            Self::NotProcessed(N::Excessive) => "not_processed_excessive",
            Self::NotProcessed(N::Reconfirm) => "not_processed_reconfirm",
            Self::Other(O::Undivided) => "other_total",
            Self::Other(O::NotCorrected) => "other_not_corrected",
            Self::Other(O::FeeUnpaid) => "other_fee_unpaid",
            Self::Other(O::Misc) => "other_misc",
        }
    }

    /// The outcome with this [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|outcome| outcome.code() == code)
    }

    /// The form's own words for the line, without its number.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Granted => "予以公开",
            Self::Partial => "部分公开",
            Self::Refused(E::StateSecret) => "属于国家秘密",
            Self::Refused(E::OtherLaw) => "其他法律行政法规禁止公开",
            Self::Refused(E::ThreeSafeties) => "危及“三安全一稳定”",
            Self::Refused(E::ThirdParty) => "保护第三方合法权益",
            Self::Refused(E::InternalAffairs) => "属于三类内部事务信息",
            Self::Refused(E::ProcessInformation) => "属于四类过程性信息",
            Self::Refused(E::EnforcementFile) => "属于行政执法案卷",
            Self::Refused(E::InquiryMatter) => "属于行政查询事项",
            Self::Unable(U::NotHeld) => "本机关不掌握相关政府信息",
            Self::Unable(U::NeedsCreation) => "没有现成信息需要另行制作",
            Self::Unable(U::StillUnclear) => "补正后申请内容仍不明确",
            Self::NotProcessed(N::Petition) => "信访举报投诉类申请",
            Self::NotProcessed(N::Repeat) => "重复申请",
            Self::NotProcessed(N::Publication) => "要求提供公开出版物",
            Self::NotProcessed(N::Excessive) => "无正当理由大量反复申请",
            Self::NotProcessed(N::Reconfirm) => "要求行政机关确认或重新出具已获取信息",
            Self::Other(O::Undivided) => "其他处理",
            Self::Other(O::NotCorrected) => {
                "申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请"
            }
            Self::Other(O::FeeUnpaid) => {
                "申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请"
            }
            Self::Other(O::Misc) => "其他",
        }
    }

    /// The group of the form that the line belongs to.
    #[must_use]
    pub const fn group(self) -> &'static str {
        match self {
            Self::Granted => "予以公开",
            Self::Partial => "部分公开",
            Self::Refused(_) => "不予公开",
            Self::Unable(_) => "无法提供",
            Self::NotProcessed(_) => "不予处理",
            Self::Other(_) => "其他处理",
        }
    }

    /// Group and line together, for lists and histories: 「不予公开：属于国家秘密」.
    #[must_use]
    pub fn full_label(self) -> String {
        match self {
            Self::Granted | Self::Partial | Self::Other(O::Undivided) => self.label().to_owned(),
            _ => format!("{}：{}", self.group(), self.label()),
        }
    }

    /// Which remedy clause the letter carries; from 2024-01-01 the classes differ in wording.
    #[must_use]
    pub const fn remedy(self) -> RemedyClass {
        match self {
            // art. 36(7) is outside arts. 14–16, so reconsideration need not come first.
            Self::Refused(E::InquiryMatter)
            | Self::Granted
            | Self::Unable(_)
            | Self::NotProcessed(_)
            | Self::Other(O::NotCorrected | O::FeeUnpaid | O::Undivided) => RemedyClass::Either,
            Self::Partial | Self::Refused(_) => RemedyClass::ReconsiderationFirst,
            Self::Other(O::Misc) => RemedyClass::None,
        }
    }
}

/// What the office found, one value for each answering letter of the catalogue.
///
/// A disposition is finer than an [`Outcome`]: several letters share a row of the table
/// (信息不存在 and 非本机关负责 are both 本机关不掌握相关政府信息).
///
/// Source: 《政府信息公开条例》 arts. 14–16, 30, 35–39; statute reading §6.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Disposition {
    /// 可以公开，予以提供 (art. 36(2)).
    Given,
    /// 已经主动公开 (art. 36(1)).
    AlreadyPublic,
    /// 区分处理，部分公开 (art. 37).
    PartlyGiven,
    /// 不予公开, for one of the grounds of arts. 14–16.
    Withheld(Exemption),
    /// 已依法移交档案馆, told how archives are used (档案法 art. 15).
    Archived,
    /// 经检索没有所申请公开信息 (art. 36(4)).
    NonExistent,
    /// 不属于本机关负责公开 (art. 36(5)).
    NotOurs,
    /// 需要加工、分析 (art. 38).
    NeedsCreation,
    /// 补正后仍不明确 (art. 30).
    StillUnclear,
    /// 不予处理 for one of the reasons of arts. 35, 36(6), 39.
    NotProcessed(NonProcessing),
    /// 逾期不补正 (art. 30).
    NotCorrected,
    /// 逾期未缴费 (国办函〔2020〕109号 art. 6).
    FeeUnpaid,
    /// 申请人撤回.
    Withdrawn,
    /// 非政府信息 (art. 2).
    NotInformation,
}

/// What follows from a [`Disposition`]; the parts cannot disagree since one value gives all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consequence {
    /// The row of section three.
    pub outcome: Outcome,
    /// The articles the letter cites, in order.
    pub articles: &'static [&'static str],
    /// The letter's key in the catalogue.
    pub letter: &'static str,
    /// The letter's title.
    pub title: &'static str,
}

impl Disposition {
    /// Every disposition, in the order of art. 36 and of the form.
    pub const ALL: &'static [Self] = &[
        Self::Given,
        Self::AlreadyPublic,
        Self::PartlyGiven,
        Self::Withheld(E::StateSecret),
        Self::Withheld(E::OtherLaw),
        Self::Withheld(E::ThreeSafeties),
        Self::Withheld(E::ThirdParty),
        Self::Withheld(E::InternalAffairs),
        Self::Withheld(E::ProcessInformation),
        Self::Withheld(E::EnforcementFile),
        Self::Withheld(E::InquiryMatter),
        Self::Archived,
        Self::NonExistent,
        Self::NotOurs,
        Self::NeedsCreation,
        Self::StillUnclear,
        Self::NotProcessed(N::Petition),
        Self::NotProcessed(N::Repeat),
        Self::NotProcessed(N::Publication),
        Self::NotProcessed(N::Excessive),
        Self::NotProcessed(N::Reconfirm),
        Self::NotCorrected,
        Self::FeeUnpaid,
        Self::Withdrawn,
        Self::NotInformation,
    ];

    /// Row, articles and letter (statute reading §5.4, §6.3).
    #[must_use]
    #[expect(
        clippy::too_many_lines,
        reason = "the catalogue of letters is one table"
    )]
    pub const fn consequence(self) -> Consequence {
        const fn of(
            outcome: Outcome,
            articles: &'static [&'static str],
            letter: &'static str,
            title: &'static str,
        ) -> Consequence {
            Consequence { outcome, articles, letter, title }
        }
        use Outcome::{Granted, NotProcessed, Other, Partial, Refused, Unable};
        match self {
            Self::Given => of(
                Granted,
                &["第三十六条第（二）项", "第四十条"],
                "granted_give",
                "政府信息公开告知书",
            ),
            Self::AlreadyPublic => {
                of(Granted, &["第三十六条第（一）项"], "granted_public", "已主动公开告知书")
            }
            Self::PartlyGiven => of(
                Partial,
                &["第三十七条", "第三十六条第（三）项"],
                "partial",
                "政府信息部分公开告知书",
            ),
            Self::Withheld(E::StateSecret) => of(
                Refused(E::StateSecret),
                &["第十四条", "第三十六条第（三）项"],
                "refuse_secret",
                "不予公开告知书（国家秘密）",
            ),
            Self::Withheld(E::OtherLaw) => of(
                Refused(E::OtherLaw),
                &["第十四条", "第三十六条第（三）项"],
                "refuse_law",
                "不予公开告知书（法律、行政法规禁止）",
            ),
            Self::Withheld(E::ThreeSafeties) => of(
                Refused(E::ThreeSafeties),
                &["第十四条", "第三十六条第（三）项"],
                "refuse_safety",
                "不予公开告知书（三安全一稳定）",
            ),
            Self::Withheld(E::ThirdParty) => of(
                Refused(E::ThirdParty),
                &["第十五条", "第三十二条", "第三十六条第（三）项"],
                "refuse_3p",
                "不予公开告知书（第三方合法权益）",
            ),
            Self::Withheld(E::InternalAffairs) => of(
                Refused(E::InternalAffairs),
                &["第十六条第一款", "第三十六条第（三）项"],
                "refuse_internal",
                "不予公开告知书（内部事务信息）",
            ),
            Self::Withheld(E::ProcessInformation) => of(
                Refused(E::ProcessInformation),
                &["第十六条第二款", "第三十六条第（三）项"],
                "refuse_process",
                "不予公开告知书（过程性信息）",
            ),
            Self::Withheld(E::EnforcementFile) => of(
                Refused(E::EnforcementFile),
                &["第十六条第二款", "第三十六条第（三）项"],
                "refuse_file",
                "不予公开告知书（行政执法案卷）",
            ),
            Self::Withheld(E::InquiryMatter) => of(
                Refused(E::InquiryMatter),
                &["第三十六条第（七）项"],
                "inquiry",
                "依法查询告知书",
            ),
            // 《档案法》 art. 15(2): the law on archives is a special rule of access.
            Self::Archived => of(
                Refused(E::InquiryMatter),
                &[
                    "第三十六条第（七）项",
                    "《中华人民共和国档案法》第十五条第二款",
                ],
                "archive",
                "档案移交告知书",
            ),
            Self::NonExistent => of(
                Unable(U::NotHeld),
                &["第三十六条第（四）项"],
                "not_exist",
                "政府信息不存在告知书",
            ),
            Self::NotOurs => of(
                Unable(U::NotHeld),
                &["第三十六条第（五）项", "第十条"],
                "not_ours",
                "非本机关负责公开告知书",
            ),
            Self::NeedsCreation => {
                of(Unable(U::NeedsCreation), &["第三十八条"], "create", "需加工分析不予提供告知书")
            }
            Self::StillUnclear => {
                of(Unable(U::StillUnclear), &["第三十条"], "unclear", "补正后仍不明确告知书")
            }
            Self::NotProcessed(N::Petition) => of(
                NotProcessed(N::Petition),
                &["第三十九条第一款"],
                "petition",
                "信访、投诉、举报类告知书",
            ),
            Self::NotProcessed(N::Repeat) => of(
                NotProcessed(N::Repeat),
                &["第三十六条第（六）项"],
                "repeat",
                "不予重复处理告知书",
            ),
            Self::NotProcessed(N::Publication) => of(
                NotProcessed(N::Publication),
                &["第三十九条第二款"],
                "publication",
                "公开出版物告知书",
            ),
            Self::NotProcessed(N::Excessive) => of(
                NotProcessed(N::Excessive),
                &["第三十五条"],
                "excessive",
                "不予处理告知书（大量反复申请）",
            ),
            Self::NotProcessed(N::Reconfirm) => of(
                NotProcessed(N::Reconfirm),
                &["第二条", "第三十六条第（六）项", "第三十八条"],
                "reconfirm",
                "不予处理告知书（确认或重新出具）",
            ),
            Self::NotCorrected => of(
                Other(O::NotCorrected),
                &["第三十条"],
                "dropped_correct",
                "不再处理告知书（逾期不补正）",
            ),
            Self::FeeUnpaid => of(
                Other(O::FeeUnpaid),
                &["第四十二条", "《政府信息公开信息处理费管理办法》第六条"],
                "dropped_fee",
                "不再处理告知书（逾期未缴费）",
            ),
            Self::Withdrawn => of(Other(O::Misc), &[], "withdrawn", "终止办理告知书（申请人撤回）"),
            Self::NotInformation => {
                of(Other(O::Misc), &["第二条"], "not_gov_info", "非政府信息告知书")
            }
        }
    }

    /// The row of section three on which a case that ended so is counted.
    #[must_use]
    pub const fn outcome(self) -> Outcome {
        self.consequence().outcome
    }

    /// Which remedy clause the letter carries.
    #[must_use]
    pub const fn remedy(self) -> RemedyClass {
        match self {
            // Only what the applicant ended himself has no clause; a finding of ours has one.
            Self::NotInformation => RemedyClass::Either,
            _ => self.outcome().remedy(),
        }
    }

    /// The identifier, as stored: the letter's key, which is unique to each disposition.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.consequence().letter
    }

    /// The disposition with this [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|disposition| disposition.code() == code)
    }

    /// The finding in a few words, for the clerk's choice.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Given => "可以公开，予以提供",
            Self::AlreadyPublic => "已经主动公开，告知获取方式",
            Self::PartlyGiven => "区分处理，部分公开",
            Self::Withheld(ground) => Outcome::Refused(ground).label(),
            Self::Archived => "已移交档案馆，依照档案管理规定查询",
            Self::NonExistent => "经检索，所申请的政府信息不存在",
            Self::NotOurs => "不属于本机关负责公开",
            Self::NeedsCreation => "没有现成信息，需要另行制作",
            Self::StillUnclear => "补正后申请内容仍不明确",
            Self::NotProcessed(reason) => Outcome::NotProcessed(reason).label(),
            Self::NotCorrected => "申请人无正当理由逾期不补正",
            Self::FeeUnpaid => "申请人逾期未缴纳信息处理费",
            Self::Withdrawn => "申请人撤回申请",
            Self::NotInformation => "所申请内容不是政府信息",
        }
    }

    /// Whether information is handed over with it (arts. 36(2), 37).
    #[must_use]
    pub const fn gives(self) -> bool {
        matches!(self, Self::Given | Self::PartlyGiven)
    }

    /// Whether a clerk may propose it: lapses and withdrawals have acts of their own.
    #[must_use]
    pub const fn is_decided(self) -> bool {
        !matches!(self, Self::NotCorrected | Self::FeeUnpaid | Self::Withdrawn)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_names_one_outcome() {
        let codes: BTreeSet<_> = Outcome::ALL.iter().map(|outcome| outcome.code()).collect();
        assert_eq!(codes.len(), Outcome::ALL.len());
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::from_code(outcome.code()), Some(*outcome));
        }
    }

    #[test]
    fn every_letter_belongs_to_one_disposition() {
        for disposition in Disposition::ALL {
            assert_eq!(Disposition::from_code(disposition.code()), Some(*disposition));
        }
    }

    #[test]
    fn every_row_of_the_2021_form_can_be_reached() {
        let reached: BTreeSet<_> = Disposition::ALL
            .iter()
            .map(|disposition| disposition.outcome())
            .collect();
        let rows: BTreeSet<_> = Outcome::ALL
            .iter()
            .copied()
            .filter(|outcome| *outcome != Outcome::Other(OtherEnding::Undivided))
            .collect();
        assert_eq!(reached, rows);
    }

    #[test]
    fn what_articles_14_to_16_withhold_goes_to_reconsideration_first() {
        for outcome in Outcome::ALL {
            let first = matches!(outcome, Outcome::Partial | Outcome::Refused(_))
                && *outcome != Outcome::Refused(Exemption::InquiryMatter);
            assert_eq!(outcome.remedy() == RemedyClass::ReconsiderationFirst, first, "{outcome:?}");
        }
    }
}
