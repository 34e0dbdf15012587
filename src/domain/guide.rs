//! 七步法: the order of judgement that leads to a decision: 补不补, 是不是, 谁负责, 有没有, 给不给,
//! 怎么给, 怎么答.
//!
//! Source: 《江苏省政府信息公开申请办理答复规范》 (苏政办函〔2019〕98号); the articles are those of
//! 《政府信息公开条例》.

use crate::domain::case::ActKind;
use crate::domain::outcome::{Disposition as D, Exemption as E, NonProcessing as N};

/// A question of the guide. 怎么答 is the letter, which follows from the decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// 补不补: is it clear what is asked for? (art. 30)
    Clear,
    /// 是不是: is it an application for government information? (arts. 2, 39)
    Nature,
    /// 是不是: has it been dealt with before, or too often? (arts. 35, 36(6))
    Before,
    /// 是不是: was the applicant who asks too often heard? (art. 35)
    Reasons,
    /// 谁负责: whose is it to disclose? (arts. 10, 36(5), 36(7))
    Whose,
    /// 有没有: is it there? (arts. 36(4), 38)
    Held,
    /// 给不给: may it be given? (arts. 14–16, 36)
    Open,
    /// 给不给: what does the third party whose rights it touches say? (arts. 15, 32)
    ThirdParty,
    /// 给不给: on what ground is it withheld? (arts. 14–16)
    Ground,
    /// 给不给: can the part that may be given be told apart? (art. 37)
    Part,
    /// 怎么给: is it public already? (art. 36(1), (2))
    How,
}

/// Where an answer leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// To another question.
    Ask(Step),
    /// To a decision.
    Decide(D),
    /// To a step that has to be taken before anything can be decided.
    Instead(ActKind),
}

use Next::{Ask, Decide, Instead};

impl Step {
    /// Every question, in order.
    pub const ALL: [Self; 11] = [
        Self::Clear,
        Self::Nature,
        Self::Before,
        Self::Reasons,
        Self::Whose,
        Self::Held,
        Self::Open,
        Self::ThirdParty,
        Self::Part,
        Self::Ground,
        Self::How,
    ];

    /// The identifier, as it stands in addresses.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Nature => "nature",
            Self::Before => "before",
            Self::Reasons => "reasons",
            Self::Whose => "whose",
            Self::Held => "held",
            Self::Open => "open",
            Self::ThirdParty => "third_party",
            Self::Part => "part",
            Self::Ground => "ground",
            Self::How => "how",
        }
    }

    /// The step of the seven, and the question.
    #[must_use]
    pub const fn question(self) -> &'static str {
        match self {
            Self::Clear => "一、补不补：申请内容明确吗？",
            Self::Nature => "二、是不是：是政府信息公开申请吗？",
            Self::Before => "二、是不是：以前答复过、提供过吗？",
            Self::Reasons => "二、是不是：申请人说明理由了吗，理由合理吗？",
            Self::Whose => "三、谁负责：由本机关负责公开吗？",
            Self::Held => "四、有没有：检索到了吗？",
            Self::Open => "五、给不给：可以公开吗？",
            Self::ThirdParty => "五、给不给：第三方同意公开吗？",
            Self::Part => "五、给不给：能够区分处理吗？",
            Self::Ground => "五、给不给：不予公开的理由是哪一项？",
            Self::How => "六、怎么给：已经主动公开了吗？",
        }
    }

    /// What the Regulation says on it, in substance.
    #[must_use]
    pub const fn article(self) -> &'static str {
        match self {
            Self::Clear => {
                "第三十条：申请内容不明确的，应当给予指导和释明，自收到申请之日起7个工作日内一次性告知补正。"
            }
            Self::Nature => {
                "第二条：政府信息是行政机关在履行行政管理职能过程中制作或者获取、以一定形式记录保存的信息。第三十九条：以申请的形式进行信访、投诉、举报的，不作为申请处理；要求提供公开出版物的，可以告知获取途径。"
            }
            Self::Before => {
                "第三十六条第（六）项：已就申请作出答复、重复申请相同信息的，不予重复处理。第三十五条：数量、频次明显超过合理范围的，可以要求说明理由。"
            }
            Self::Reasons => {
                "第三十五条：申请的数量、频次明显超过合理范围的，可以要求申请人说明理由。理由不合理的，告知不予处理；理由合理，但是无法在规定的期限内答复的，可以确定延迟答复的合理期限并告知。没有要求说明理由的，不能以此不予处理。"
            }
            Self::Whose => {
                "第十条：谁制作谁公开，谁保存谁公开；共同制作的，由牵头制作的行政机关负责公开，可以征求其他机关的意见（第三十四条）。第三十六条第（五）项：不属于本机关负责公开的，告知并说明理由；第（七）项：法律、行政法规对信息的获取有特别规定的，依照其规定办理。《档案法》第十五条：提前移交档案馆的，在法定的移交期限届满以前，仍由本机关负责；期限届满的，按照档案利用规定办理。"
            }
            Self::Held => {
                "第三十六条第（四）项：经检索没有所申请公开信息的，告知不存在。第三十八条：应当是已制作或者获取的信息；需要加工、分析的，可以不予提供。"
            }
            Self::Open => {
                "第十三条：除第十四条至第十六条规定的以外，应当公开。第三十二条：公开会损害第三方合法权益的，应当书面征求第三方意见。"
            }
            Self::ThirdParty => {
                "第三十二条：应当书面征求第三方的意见，第三方自收到征求意见书之日起15个工作日内提出意见；逾期未提出的，由行政机关依照条例决定是否公开。第三方不同意公开且有合理理由的，不予公开；不公开可能对公共利益造成重大影响的，可以决定公开，并将决定公开的内容和理由书面告知第三方。"
            }
            Self::Part => {
                "第三十七条：含有不应当公开的内容，但是能够作区分处理的，应当提供可以公开的内容，并对不予公开的内容说明理由。"
            }
            Self::Ground => {
                "第十四条：国家秘密、法律行政法规禁止公开、危及“三安全一稳定”。第十五条：商业秘密、个人隐私等。第十六条：内部事务信息、过程性信息、行政执法案卷信息，可以不予公开，有规定应当公开的除外。"
            }
            Self::How => {
                "第三十六条第（一）项：已经主动公开的，告知获取的方式、途径；第（二）项：可以公开的，提供信息，或者告知获取的方式、途径和时间。第四十条：按照申请人要求的形式提供。"
            }
        }
    }

    /// The answers, and where each leads.
    #[must_use]
    pub const fn answers(self) -> &'static [(&'static str, Next)] {
        match self {
            Self::Clear => &[
                ("明确，知道要的是什么", Ask(Self::Nature)),
                ("不明确，还没有告知补正", Instead(ActKind::AskForCorrection)),
                ("补正以后仍然不明确", Decide(D::StillUnclear)),
            ],
            Self::Nature => &[
                ("是，要的是政府信息", Ask(Self::Before)),
                ("是信访、投诉、举报", Decide(D::NotProcessed(N::Petition))),
                ("要的是政府公报、报刊、书籍等公开出版物", Decide(D::NotProcessed(N::Publication))),
                ("要的不是政府信息，例如咨询", Decide(D::NotInformation)),
            ],
            Self::Before => &[
                ("没有", Ask(Self::Whose)),
                ("同一申请人申请过相同信息，已经答复", Decide(D::NotProcessed(N::Repeat))),
                ("要求确认或者重新出具已经取得的信息", Decide(D::NotProcessed(N::Reconfirm))),
                ("没有，但是申请的数量、频次明显超过合理范围", Ask(Self::Reasons)),
            ],
            Self::Reasons => &[
                ("还没有要求说明理由", Instead(ActKind::RequireReasons)),
                ("说明了，理由合理，能够按期答复", Ask(Self::Whose)),
                ("说明了，理由合理，但是无法按期答复", Instead(ActKind::DelayAnswer)),
                ("说明的理由不合理，或者期限届满没有说明", Decide(D::NotProcessed(N::Excessive))),
            ],
            Self::Whose => &[
                ("由本机关负责", Ask(Self::Held)),
                (
                    "与其他机关共同制作，由本机关牵头，还没有征求其意见（第三十四条）",
                    Instead(ActKind::Consult),
                ),
                ("由其他机关负责", Decide(D::NotOurs)),
                ("已经依法移交档案馆，并且法定的移交期限已经届满", Decide(D::Archived)),
                ("属于不动产登记、工商登记等，另有查询规定", Decide(D::Withheld(E::InquiryMatter))),
            ],
            Self::Held => &[
                ("有现成的信息", Ask(Self::Open)),
                ("经过检索，没有", Decide(D::NonExistent)),
                ("没有现成的，需要加工、分析", Decide(D::NeedsCreation)),
            ],
            Self::Open => &[
                ("可以公开", Ask(Self::How)),
                ("全部或者部分不应当公开", Ask(Self::Part)),
                ("公开可能损害第三方的合法权益", Ask(Self::ThirdParty)),
            ],
            Self::ThirdParty => &[
                ("还没有书面征求意见", Instead(ActKind::Consult)),
                ("同意公开；或者没有答复、理由不合理，经审查可以公开", Ask(Self::How)),
                ("不同意，但是不公开会对公共利益造成重大影响，决定公开", Decide(D::Given)),
                ("不同意，且有合理理由；或者没有答复，经审查不应当公开", Ask(Self::Part)),
            ],
            Self::Part => &[
                ("能够，提供可以公开的部分", Decide(D::PartlyGiven)),
                ("不能，全部不予公开", Ask(Self::Ground)),
            ],
            Self::Ground => &[
                ("属于国家秘密", Decide(D::Withheld(E::StateSecret))),
                ("法律、行政法规禁止公开", Decide(D::Withheld(E::OtherLaw))),
                ("危及“三安全一稳定”", Decide(D::Withheld(E::ThreeSafeties))),
                ("损害第三方合法权益", Decide(D::Withheld(E::ThirdParty))),
                ("属于内部事务信息", Decide(D::Withheld(E::InternalAffairs))),
                ("属于过程性信息", Decide(D::Withheld(E::ProcessInformation))),
                ("属于行政执法案卷信息", Decide(D::Withheld(E::EnforcementFile))),
            ],
            Self::How => &[
                ("没有，向申请人提供", Decide(D::Given)),
                ("已经主动公开，告知怎样获取", Decide(D::AlreadyPublic)),
            ],
        }
    }
}

impl Next {
    /// The identifier, as it stands in addresses; that of a decision is the decision's own.
    #[must_use]
    pub fn code(self) -> String {
        match self {
            Ask(step) => format!("guide_{}", step.code()),
            Decide(found) => found.code().to_owned(),
            Instead(act) => format!("first_{}", act.code()),
        }
    }

    /// Where this [`code`](Self::code) leads; `None` if no answer of the guide has it and it is
    /// not the guide's beginning.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        let answers = Step::ALL.iter().flat_map(|step| step.answers());
        let mut all = answers.map(|(_, next)| *next).chain([Ask(Step::Clear)]);
        all.find(|next| next.code() == code)
    }
}

/// A way through the guide from its beginning, as far as it was gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// What was asked, and what was answered.
    pub answered: Vec<(Step, &'static str)>,
    /// Where it leads.
    pub end: Next,
    /// The codes of the answers, as they stand in addresses.
    pub codes: String,
}

impl Way {
    /// The guide's beginning.
    #[must_use]
    pub const fn begin() -> Self {
        Self { answered: Vec::new(), end: Ask(Step::Clear), codes: String::new() }
    }

    /// The way that these codes go, one after the other; `None` if the guide knows no such way.
    #[must_use]
    pub fn along(codes: &str) -> Option<Self> {
        codes.split_whitespace().try_fold(Self::begin(), Self::then)
    }

    /// The way on from here by one more answer; `None` if that is none of the answers.
    #[must_use]
    pub fn then(mut self, code: &str) -> Option<Self> {
        let Ask(step) = self.end else { return None };
        let mut answers = step.answers().iter();
        let (label, next) = answers.find(|(_, next)| next.code() == code)?;
        self.answered.push((step, label));
        self.end = *next;
        if !self.codes.is_empty() {
            self.codes.push(' ');
        }
        self.codes.push_str(code);
        Some(self)
    }

    /// Every question with its answer, a line for each.
    #[must_use]
    pub fn told(&self) -> String {
        let lines = self.answered.iter();
        let lines = lines.map(|(step, answer)| format!("{}{answer}", step.question()));
        lines.collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where every path from `step` ends; panics on a path that comes back to where it was.
    fn ends(step: Step, before: &[Step]) -> Vec<Next> {
        assert!(!before.contains(&step), "{step:?} is asked twice");
        let path = [before, &[step]].concat();
        let answers = step.answers().iter();
        answers
            .flat_map(|(_, next)| match next {
                Ask(step) => ends(*step, &path),
                end => vec![*end],
            })
            .collect()
    }

    #[test]
    fn every_decision_is_reached_and_no_path_goes_in_circles() {
        let ends = ends(Step::Clear, &[]);
        for found in D::ALL {
            let reached = ends.contains(&Decide(*found));
            assert_eq!(reached, found.is_decided(), "{found:?}");
        }
        assert!(ends.contains(&Instead(ActKind::AskForCorrection)));
        assert!(ends.contains(&Instead(ActKind::Consult)));
        assert!(ends.contains(&Instead(ActKind::RequireReasons)));
        assert!(ends.contains(&Instead(ActKind::DelayAnswer)));
    }

    #[test]
    fn a_way_is_followed_by_its_codes_and_told_in_words() {
        let codes = "guide_nature guide_before guide_whose not_ours";
        let way = Way::along(codes).unwrap();
        assert_eq!((way.end, way.codes.as_str()), (Decide(D::NotOurs), codes));
        let told = way.told();
        let lines: Vec<_> = told.lines().collect();
        assert_eq!(lines.len(), 4, "{told}");
        assert_eq!(lines[3], "三、谁负责：由本机关负责公开吗？由其他机关负责");
        assert_eq!(Way::along(""), Some(Way::begin()));
        for wrong in [
            "not_ours",
            "guide_nature guide_whose",
            "guide_nature not_information given",
        ] {
            assert_eq!(Way::along(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_answer_tells_its_question_apart() {
        for step in Step::ALL {
            let codes: std::collections::BTreeSet<_> =
                step.answers().iter().map(|(_, next)| next.code()).collect();
            assert_eq!(codes.len(), step.answers().len(), "{step:?}");
        }
    }

    #[test]
    fn every_answer_is_found_again_by_its_code() {
        for (label, next) in Step::ALL.iter().flat_map(|step| step.answers()) {
            assert_eq!(Next::from_code(&next.code()), Some(*next), "{label}");
        }
        assert_eq!(Next::from_code("guide_clear"), Some(Ask(Step::Clear)));
        assert_eq!(Next::from_code("guide_nothing"), None);
    }
}
