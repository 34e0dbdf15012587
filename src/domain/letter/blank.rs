//! What has to be filled in for each letter: what the article demands, and the evidence that
//! the office must be able to show.

use chrono::NaiveDate;

use super::LetterKind;
use crate::domain::outcome::{Disposition as D, Exemption as E, NonProcessing as N};

/// How a blank is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One line.
    Line,
    /// Several lines.
    Text,
    /// A day.
    Day,
    /// One of these: (code, what people read).
    One(&'static [(&'static str, &'static str)]),
    /// Some of these, their codes separated by commas.
    Many(&'static [(&'static str, &'static str)]),
}

/// Something that an officer fills in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blank {
    /// The identifier, in forms, templates and the record.
    pub id: &'static str,
    /// What it is called.
    pub label: &'static str,
    /// What belongs there; may be empty.
    pub hint: &'static str,
    /// How it is filled in.
    pub shape: Shape,
    /// Whether the letter cannot do without.
    pub required: bool,
    /// Whether it stands in the letter, or is kept as evidence only.
    pub printed: bool,
}

/// The blank that says why art. 32 was not followed; filled in, it is a recorded exception.
pub const NOT_ASKED: &str = "not_asked";

/// What each ground of a partial answer needs besides (statute reading §6.4): the evidence that
/// a whole refusal on that ground needs.
pub(super) const EVIDENCE: [(&str, &[&str]); 4] = [
    ("state_secret", &["secrecy_level", "secrecy_basis"]),
    ("other_law", &["law"]),
    ("three_safeties", &["harm"]),
    ("third_party", &["weighing"]),
];

/// The blank that names the third parties to be told, one a line.
pub const TOLD_NAME: &str = "told_name";

const LINE_AT_MOST: usize = 200;
const TEXT_AT_MOST: usize = 4000;

impl Blank {
    /// What is wrong with what was filled in, if anything.
    #[must_use]
    pub fn fault(&self, text: &str) -> Option<String> {
        let label = self.label;
        if text.is_empty() {
            let verb = if matches!(self.shape, Shape::One(_) | Shape::Many(_)) {
                "选择"
            } else {
                "填写"
            };
            return self.required.then(|| format!("请{verb}{label}"));
        }
        let at_most = match self.shape {
            Shape::Text => TEXT_AT_MOST,
            _ => LINE_AT_MOST,
        };
        let length = text.chars().count();
        if length > at_most {
            return Some(format!("{label}不能超过{at_most}字，现有{length}字"));
        }
        let stray = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
        if text.chars().any(stray) {
            return Some(format!("{label}含有无法识别的控制字符，请删除后重新填写"));
        }
        let known = |choices: &[(&str, &str)], text: &str| {
            let mut chosen = text.split(',');
            chosen.all(|one| choices.iter().any(|(code, _)| *code == one))
        };
        match self.shape {
            Shape::Day if text.parse::<NaiveDate>().is_err() => {
                Some(format!("{label}应为日期，例如 2026-03-02"))
            }
            Shape::One(choices) if text.contains(',') || !known(choices, text) => {
                Some(format!("请选择{label}"))
            }
            Shape::Many(choices) if !known(choices, text) => Some(format!("请选择{label}")),
            _ => None,
        }
    }

    const fn optional(self) -> Self {
        Self { required: false, ..self }
    }

    /// Kept with the case for a court that asks, not printed (statute reading §6.4).
    const fn evidence(self) -> Self {
        Self { printed: false, ..self }
    }
}

const fn blank(id: &'static str, label: &'static str, hint: &'static str, shape: Shape) -> Blank {
    Blank { id, label, hint, shape, required: true, printed: true }
}

const fn line(id: &'static str, label: &'static str, hint: &'static str) -> Blank {
    blank(id, label, hint, Shape::Line)
}

const fn text(id: &'static str, label: &'static str, hint: &'static str) -> Blank {
    blank(id, label, hint, Shape::Text)
}

/// The grounds of arts. 14–16, for the withheld part of a partial answer.
const GROUNDS: &[(&str, &str)] = &[
    ("state_secret", "属于国家秘密（第十四条）"),
    ("other_law", "法律、行政法规禁止公开（第十四条）"),
    ("three_safeties", "公开后可能危及国家安全、公共安全、经济安全、社会稳定（第十四条）"),
    ("third_party", "涉及商业秘密、个人隐私等，公开会对第三方合法权益造成损害（第十五条）"),
    ("internal_affairs", "属于内部事务信息（第十六条第一款）"),
    ("process", "属于过程性信息（第十六条第二款）"),
    ("enforcement_file", "属于行政执法案卷信息（第十六条第二款）"),
];

/// Why something is given although its third party does not agree (art. 32).
const AGAINST_THEIR_WILL: &[(&str, &str)] = &[
    ("interest", "不公开可能对公共利益造成重大影响"),
    ("no_reason", "不同意公开的理由不合理"),
];

/// Art. 34 takes silence for consent where the information was made together, and only there.
const JOINT: &[(&str, &str)] = &[
    ("joint", "由本机关牵头、与对方共同制作（逾期不答复视为同意公开）"),
    ("other", "不是共同制作，涉及对方的职责"),
];

const SAFETIES: &[(&str, &str)] = &[
    ("national", "国家安全"),
    ("public", "公共安全"),
    ("economic", "经济安全"),
    ("social", "社会稳定"),
];

const INTERESTS: &[(&str, &str)] = &[
    ("trade_secret", "商业秘密"),
    ("privacy", "个人隐私"),
    ("other", "第三方的其他合法权益"),
];

const INTERNAL: &[(&str, &str)] = &[
    ("personnel", "人事管理"),
    ("logistics", "后勤管理"),
    ("workflow", "内部工作流程"),
];

const PROCESS: &[(&str, &str)] = &[
    ("minutes", "讨论记录"),
    ("drafts", "过程稿"),
    ("letters", "磋商信函"),
    ("requests", "请示报告"),
];

const MORE: Blank = text("more", "补充说明", "印在正文之后，可以不填").optional();

impl LetterKind {
    /// What has to be filled in, in the order of the form.
    #[must_use]
    pub fn blanks(self) -> Vec<Blank> {
        let mut blanks = match self {
            Self::Answer(found) => of_answer(found),
            step => of_step(step),
        };
        if self != Self::ReplySlip {
            blanks.push(MORE);
        }
        blanks
    }

    /// Blanks of which at least one is needed.
    #[must_use]
    pub(super) const fn one_of(self) -> &'static [&'static str] {
        match self {
            Self::Correct => &["defect_identity", "defect_content", "defect_form"],
            _ => &[],
        }
    }
}

/// The steps on the way.
fn of_step(kind: LetterKind) -> Vec<Blank> {
    use LetterKind as K;
    match kind {
        // art. 30: all at once, with guidance; the three grounds as practice lists them.
        K::Correct => vec![
            text(
                "defect_identity",
                "姓名（名称）、身份证明、联系方式",
                "未提供或者不符的，写明需要补什么",
            )
            .optional(),
            text(
                "defect_content",
                "所需信息的名称、文号或者特征描述",
                "不明确或者有歧义的，写明哪里不明确",
            )
            .optional(),
            text("defect_form", "形式要求、获取方式和途径", "未明确的，写明需要明确什么")
                .optional(),
            text("guidance", "指导和释明", "怎样补正，例如可以补充文号、年份、项目名称"),
        ],
        K::Extend => vec![text("reason", "延期理由", "写给申请人看的理由")],
        K::ConsultThirdParty => vec![
            line("party_name", "被征求意见的单位或者个人", "全称或者姓名"),
            line("party_address", "对方的地址", "文书寄送的地址")
                .optional()
                .evidence(),
            text("part", "征求意见的内容", "申请公开的信息中哪些内容涉及对方；不写申请人是谁"),
        ],
        K::ConsultAgency => vec![
            line("party_name", "被征求意见的单位或者个人", "全称或者姓名"),
            text("part", "征求意见的内容", "申请公开的信息中哪些内容涉及对方；不写申请人是谁"),
            blank("joint", "与对方的关系", "", Shape::One(JOINT)).evidence(),
        ],
        // art. 32: told in writing what is disclosed, and why.
        K::ToldThirdParty => vec![
            text(TOLD_NAME, "第三方姓名或者名称", "每行写一个，各出具一份告知书"),
            text("disclosed", "决定公开的内容", ""),
            blank("told_ground", "不采纳第三方意见的依据", "", Shape::One(AGAINST_THEIR_WILL)),
            text(
                "disclosed_why",
                "公开的理由",
                "对公共利益有什么重大影响，或者第三方的理由为什么不合理",
            ),
        ],
        K::Reasons => vec![text(
            "numbers",
            "申请的数量和频次",
            "一段时间内提交申请多少件、间隔多久，为什么明显超过合理范围",
        )],
        K::Delay => vec![text(
            "reason",
            "延迟答复的理由",
            "为什么无法在法定期限内答复",
        )],
        K::Fee => vec![
            text("working", "计算明细", "按件还是按量，数量、单价和算式"),
            text("payment", "缴纳方式", "缴到哪里、怎样缴，例如非税收入缴款码、窗口地址"),
        ],
        K::RecordCorrected => vec![
            text("record", "要求更正的政府信息", ""),
            text("finding", "核实情况和处理结果", ""),
        ],
        K::RecordForwarded => vec![
            line("party_name", "有权更正的机关", ""),
            text("record", "要求更正的政府信息", ""),
        ],
        K::Receipt | K::ReplySlip | K::ToldApplicant | K::Answer(_) => Vec::new(),
    }
}

/// The answers.
fn of_answer(found: D) -> Vec<Blank> {
    let reason = |hint| text("reason", "理由", hint);
    match found {
        D::Given => vec![
            text("given", "提供的政府信息", "名称、文号、份数、页数"),
            line("given_how", "提供的形式和途径", "例如：电子文件，可在查询页下载"),
            line("given_when", "获取时间", "不能随文书提供的，写明何时、何处可以取得").optional(),
        ],
        D::AlreadyPublic => vec![text(
            "public_where",
            "获取方式、途径",
            "写到能直接找到：网址、栏目、公报年份和期号",
        )],
        D::PartlyGiven => vec![
            text("given", "提供的政府信息", "名称、文号、份数、页数"),
            text("withheld", "不予公开的内容", "哪些内容作了区分处理，不写内容本身"),
            blank("grounds", "不予公开的依据", "", Shape::Many(GROUNDS)),
            reason("每部分内容为什么不予公开"),
            line("law", "禁止公开的法律、行政法规", "名称和条款；以此为依据的，必须填写")
                .optional(),
            line("secrecy_level", "密级", "秘密、机密或者绝密；以国家秘密为依据的，必须填写")
                .optional(),
            text("secrecy_basis", "定密依据", "以国家秘密为依据的，必须填写；不印在文书上")
                .optional()
                .evidence(),
            text("harm", "危害的证据", "以“三安全一稳定”为依据的，必须填写；不印在文书上")
                .optional()
                .evidence(),
            text(
                "weighing",
                "利益衡量",
                "以第三方合法权益为依据的，必须填写：第三方的意见，不公开对公共利益的影响",
            )
            .optional()
            .evidence(),
            not_asked(),
        ],
        D::Withheld(ground) => of_ground(ground),
        D::Archived => vec![
            line("archive", "档案馆", "名称"),
            blank("transferred_on", "移交日期", "", Shape::Day),
            blank(
                "term_ended_on",
                "法定移交期限届满之日",
                "自形成之日起：中央、省、设区的市二十年，县十年；没有届满的，仍由本机关办理",
                Shape::Day,
            ),
            text("archive_use", "怎样查阅利用", "地址、电话、开放时间、手续"),
        ],
        // art. 36(4): no answer that nothing exists without a search.
        D::NonExistent => vec![
            text("search_where", "检索的范围", "查了哪些科室、系统、档案"),
            text("search_how", "检索的方法", "用了哪些关键词、文号、时间段"),
            blank("search_on", "检索日期", "", Shape::Day),
            line("search_by", "检索人", "谁查的，留作证据，不印在文书上").evidence(),
            text("reason", "不存在的原因", "例如未制作、已过保管期限销毁").optional(),
        ],
        D::NotOurs => vec![
            reason("为什么不属于本机关负责公开"),
            line("agency_named", "负责公开的机关", "能够确定的，写名称").optional(),
            line("agency_contact", "该机关的联系方式", "地址、电话").optional(),
        ],
        D::NeedsCreation => vec![reason("为什么没有现成信息，需要怎样加工、分析")],
        D::StillUnclear => vec![text("unclear", "仍不明确之处", "补正后哪些内容仍然不明确")],
        D::NotProcessed(reason) => of_reason(reason),
        D::NotInformation => vec![reason("为什么不属于条例第二条所称政府信息，例如属于咨询")],
        D::NotCorrected | D::FeeUnpaid | D::Withdrawn => Vec::new(),
    }
}

/// Why a third party was not asked although its rights are the ground (art. 32).
fn not_asked() -> Blank {
    text(
        NOT_ASKED,
        "没有书面征求第三方意见的理由",
        "征求过的不填；没有征求的，写明为什么，例如无法联系。作为例外记入流转记录，以红色标明",
    )
    .optional()
    .evidence()
}

/// 不予公开.
fn of_ground(ground: E) -> Vec<Blank> {
    let reason = |hint| text("reason", "理由", hint);
    match ground {
        E::StateSecret => vec![
            line("secrecy_level", "密级", "秘密、机密或者绝密"),
            text("secrecy_basis", "定密依据", "依据哪一规定确定，不写信息内容"),
            line("secrecy_term", "保密期限", "留作证据，不印在文书上").evidence(),
        ],
        E::OtherLaw => vec![
            line("law", "禁止公开的法律、行政法规", "名称和条款，例如《……法》第×条"),
            reason("信息为什么属于该条款禁止公开的"),
        ],
        E::ThreeSafeties => vec![
            blank("safety", "可能危及的方面", "", Shape::Many(SAFETIES)),
            reason("公开后怎样危及"),
            text("harm", "危害的证据", "留作证据，不印在文书上").evidence(),
        ],
        E::ThirdParty => vec![
            blank("interest", "涉及的权益", "", Shape::Many(INTERESTS)),
            text("opinion", "征求意见的情况", "何时征求意见，第三方是否同意、理由是什么"),
            text("weighing", "公共利益的衡量", "不公开是否会对公共利益造成重大影响"),
            not_asked(),
        ],
        E::InternalAffairs => vec![
            blank("internal_kind", "内部事务信息的类别", "", Shape::Many(INTERNAL)),
            reason("为什么属于该类"),
        ],
        E::ProcessInformation => vec![
            blank("process_kind", "过程性信息的类别", "", Shape::Many(PROCESS)),
            reason("在什么事项的决策过程中形成，是否有应当公开的规定"),
        ],
        E::EnforcementFile => vec![
            line("file_name", "行政执法案卷", "哪一案件的案卷"),
            text("inspection", "当事人查阅案卷的途径", "申请人是当事人的，告知怎样阅卷").optional(),
        ],
        E::InquiryMatter => vec![
            line("law", "专门规定", "法律、行政法规的名称和条款"),
            text("apply_where", "查询的途径", "到哪里、怎样查询"),
        ],
    }
}

/// 不予处理.
fn of_reason(reason: N) -> Vec<Blank> {
    match reason {
        N::Petition => vec![
            text("nature", "申请的实质", "属于信访、投诉还是举报，从哪些内容看出"),
            text("channel_told", "可以通过的渠道", "受理的机关和途径"),
        ],
        N::Repeat => vec![
            line("earlier_number", "此前答复的文号", ""),
            blank("earlier_on", "此前答复的日期", "", Shape::Day),
        ],
        N::Publication => vec![text(
            "publication_where",
            "获取途径",
            "出版物名称，到哪里可以获取",
        )],
        N::Excessive => vec![
            text("numbers", "申请的数量和频次", ""),
            text(
                "reasons_given",
                "申请人说明的理由",
                "何时通知说明理由，申请人怎样说明；未说明的也写明",
            ),
            text("reason", "认定理由不合理的依据", ""),
        ],
        N::Reconfirm => vec![text(
            "obtained",
            "此前获取信息的情况",
            "何时、以何种方式取得",
        )],
    }
}
