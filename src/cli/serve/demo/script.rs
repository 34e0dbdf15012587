//! What happens in the demonstration, and when: two years of closed cases, and one case at
//! each stage today.

use chrono::NaiveDate;

use super::before;
use crate::domain::application::Draft;
use crate::domain::calendar::WorkingCalendar;
use crate::domain::case::Act;
use crate::domain::channel::Channel;
use crate::domain::consultation::{Opinion, Party};
use crate::domain::outcome::{Disposition, Exemption, NonProcessing};

/// One case of the script.
pub(super) struct Part {
    pub(super) channel: Channel,
    pub(super) arrived_on: NaiveDate,
    pub(super) hour: u32,
    pub(super) papers: Draft,
    steps: Vec<(NaiveDate, Step)>,
}

/// What happens to a case on a day.
pub(super) struct Scene {
    pub(super) day: NaiveDate,
    pub(super) part: usize,
    pub(super) step: Step,
}

/// What can happen.
#[derive(Clone, Copy)]
pub(super) enum Step {
    File,
    Confirm,
    Assign,
    AskForCorrection(NaiveDate),
    Correct,
    Lapse,
    AskToExtend,
    Extend,
    RequireReasons(NaiveDate),
    ReasonsGiven,
    Delay(NaiveDate),
    Consult(Party),
    Opinion,
    Charge,
    FeeDelivered,
    Pay,
    Propose(Disposition),
    Approve,
    Withdraw,
}

impl Step {
    /// Who does it, what is written with it, and the act; none for the assignment, which needs
    /// the officer's identity.
    pub(super) fn direction(self) -> (&'static str, &'static str, Option<Act>) {
        match self {
            Self::File | Self::Assign => ("wangfang", "", None),
            Self::Confirm => ("wangfang", "电话确认", Some(Act::ConfirmReceipt)),
            Self::AskForCorrection(until) => (
                "wangfang",
                "请明确所需信息的年度和项目名称。",
                Some(Act::AskForCorrection { until, as_exception: false }),
            ),
            Self::Correct => ("applicant", "补充：需要2025年度的信息。", Some(Act::Correct)),
            Self::Lapse => ("wangfang", "期限届满未补正。", Some(Act::Lapse)),
            Self::AskToExtend => {
                ("wangfang", "需要到县档案馆查阅旧档。", Some(Act::AskToExtend { days: 10 }))
            }
            Self::Extend => {
                ("liguodong", "涉及档案较多，检索需要时间。", Some(Act::Extend { days: 15 }))
            }
            Self::RequireReasons(until) => ("wangfang", "", Some(Act::RequireReasons { until })),
            Self::ReasonsGiven => (
                "wangfang",
                "所申请的信息分属十户，用于办理征收补偿。",
                Some(Act::RecordReasons { given: true }),
            ),
            Self::Delay(until) => ("liguodong", "", Some(Act::DelayAnswer { until })),
            Self::Consult(party) => {
                ("wangfang", "所申请信息涉及对方合法权益。", Some(Act::Consult { party }))
            }
            Self::Opinion => (
                "wangfang",
                "",
                Some(Act::RecordOpinion { consultation: 1, opinion: Opinion::Agrees }),
            ),
            Self::Charge => ("liguodong", "提供纸质件一百页。", Some(Act::ChargeFee { yuan: 700 })),
            Self::FeeDelivered => ("wangfang", "", Some(Act::RecordFeeDelivery)),
            Self::Pay => ("wangfang", "", Some(Act::Pay)),
            Self::Propose(disposition) => {
                ("wangfang", "经检索和审查，拟按此答复。", Some(Act::Propose { disposition }))
            }
            Self::Approve => ("chenjing", "", Some(Act::Approve)),
            Self::Withdraw => ("applicant", "已从其他途径获取。", Some(Act::Withdraw)),
        }
    }
}

/// What people ask a sub-district for.
const TOPICS: &[(&str, &str)] = &[
    ("2025年度道路维修项目预算批复", "莲花街道2025年度辖区道路维修项目的预算批复文件"),
    ("老旧小区改造项目招标公告及中标通知书", "白羽路片区老旧小区改造项目的招标公告和中标通知书"),
    ("社区工作者招聘方案", "近两年社区工作者公开招聘的方案和岗位表"),
    ("征地补偿安置方案", "莲花片区征地补偿安置方案及公示材料"),
    ("环境卫生保洁服务合同", "辖区环境卫生保洁服务政府采购合同"),
    ("低保审核确认公示名单", "本社区最近一次低保审核确认的公示材料"),
    ("违法建设查处情况", "白羽路周边违法建设查处的处理决定"),
    ("街道办事处内设机构及职责", "街道办事处内设机构设置、职责及联系方式"),
    ("防汛应急预案", "街道现行防汛应急预案"),
    ("业主委员会备案材料", "本小区业主委员会备案的有关材料"),
    ("财政专项资金使用情况", "乡村振兴专项资金的分配和使用情况"),
    ("信访事项办理情况", "本人反映事项的办理过程记录"),
];

/// Who asks: column of section three, name, and a number that is right in form and nobody's: the
/// people would be of 1880.
const APPLICANTS: &[(&str, &str, &str)] = &[
    ("natural", "张建国", "110105188001010017"),
    ("natural", "刘秀英", "110105188001010025"),
    ("natural", "欧阳雪", "110105188001010033"),
    ("natural", "买买提·艾力", "110105188001010041"),
    ("business", "西峡县某某建筑工程有限公司", "91350100M000100Y1R"),
    ("natural", "陈小军", "11010518800101005X"),
    ("natural", "周玉兰", "110105188001010068"),
    ("legal_service", "河南某某律师事务所", "31350100M000100Y23"),
    ("natural", "吴𠮷", "110105188001010076"),
    ("public_interest", "西峡县某某志愿者协会", "51350100M000100Y34"),
    ("natural", "郑海涛", "110105188001010084"),
];

/// How the closed cases ended, the commonest oftener.
const ENDINGS: &[Disposition] = &[
    Disposition::Given,
    Disposition::NonExistent,
    Disposition::AlreadyPublic,
    Disposition::NotOurs,
    Disposition::PartlyGiven,
    Disposition::Given,
    Disposition::NotProcessed(NonProcessing::Petition),
    Disposition::Withheld(Exemption::ThirdParty),
    Disposition::NonExistent,
    Disposition::Withheld(Exemption::ProcessInformation),
    Disposition::NotProcessed(NonProcessing::Repeat),
    Disposition::Given,
    Disposition::Withheld(Exemption::InquiryMatter),
    Disposition::NeedsCreation,
];

const CHANNELS: &[Channel] = &[
    Channel::Online,
    Channel::InPerson,
    Channel::Online,
    Channel::RegisteredMail,
];

/// Every case.
pub(super) fn parts(today: NaiveDate, calendar: &WorkingCalendar) -> Vec<Part> {
    let closed = (0..56).map(|n| closed(n, before(today, 730 - 12 * u64::from(n)), calendar));
    closed.chain(open(today, calendar)).collect()
}

/// The scenes of all parts; what would lie ahead has not happened.
pub(super) fn scenes(parts: &[Part], today: NaiveDate) -> Vec<Scene> {
    parts
        .iter()
        .enumerate()
        .flat_map(|(part, script)| {
            let file = (script.arrived_on, Step::File);
            std::iter::once(file)
                .chain(script.steps.iter().copied())
                .map(move |(day, step)| Scene { day, part, step })
        })
        .filter(|scene| scene.day <= today)
        .collect()
}

/// The n-th closed case: every seventh is taken back, every ninth not corrected, the others are
/// decided.
fn closed(n: u32, arrived_on: NaiveDate, calendar: &WorkingCalendar) -> Part {
    let channel = pick(CHANNELS, n).copied().unwrap_or(Channel::Online);
    let after = |days| calendar.nth_working_day_after(arrived_on, days);
    let mut steps = Vec::new();
    if channel == Channel::Online {
        steps.push((after(1), Step::Confirm));
    }
    steps.push((after(1), Step::Assign));
    if n % 7 == 3 {
        steps.push((after(5), Step::Withdraw));
    } else if n % 9 == 5 {
        let until = after(18);
        steps.push((after(4), Step::AskForCorrection(until)));
        steps.push((calendar.nth_working_day_after(until, 1), Step::Lapse));
    } else {
        let ending = pick(ENDINGS, n).copied().unwrap_or(Disposition::Given);
        let decided = 6 + n % 12;
        steps.push((after(decided), Step::Propose(ending)));
        steps.push((after(decided + 1), Step::Approve));
    }
    part(n, channel, arrived_on, steps)
}

/// One case at each stage, and several that are due at different times.
fn open(today: NaiveDate, calendar: &WorkingCalendar) -> Vec<Part> {
    let ago = |days: u32| {
        let mut back = (1..90).map(|back| before(today, back));
        let fits = |day: &NaiveDate| calendar.working_days_between(*day, today) == days;
        back.find(|day| fits(day) && calendar.is_working(*day))
            .unwrap_or(today)
    };
    let later = |day: NaiveDate, days| calendar.nth_working_day_after(day, days);
    let (in_person, online) = (Channel::InPerson, Channel::Online);
    let handled = |n, arrived_on: NaiveDate, more: &[(NaiveDate, Step)]| {
        let mut steps = vec![(arrived_on, Step::Assign)];
        steps.extend_from_slice(more);
        part(n, in_person, arrived_on, steps)
    };
    let asked = |party| Step::Consult(party);
    vec![
        // 待确认
        part(60, online, today, Vec::new()),
        part(61, online, ago(3), Vec::new()),
        // 办理中: overdue, due today, due in three working days with an
        // extension asked for, not assigned, extended
        handled(62, ago(22), &[]),
        handled(63, ago(20), &[]),
        handled(64, ago(17), &[(ago(1), Step::AskToExtend)]),
        part(65, in_person, ago(2), Vec::new()),
        handled(66, ago(18), &[(ago(4), Step::Extend)]),
        // 征求意见中, and answered
        handled(67, ago(9), &[(ago(6), asked(Party::ThirdParty))]),
        handled(68, ago(14), &[(ago(12), asked(Party::Agency)), (ago(6), Step::Opinion)]),
        // 待审核
        handled(69, ago(8), &[(ago(1), Step::Propose(Disposition::Given))]),
        // 要求说明理由, and 延迟答复
        handled(74, ago(5), &[(ago(2), Step::RequireReasons(later(today, 5)))]),
        handled(
            75,
            ago(11),
            &[
                (ago(9), Step::RequireReasons(ago(4))),
                (ago(6), Step::ReasonsGiven),
                (ago(3), Step::Delay(later(today, 30))),
            ],
        ),
        // 待补正, and corrected
        handled(70, ago(6), &[(ago(2), Step::AskForCorrection(later(today, 10)))]),
        handled(
            71,
            ago(12),
            &[
                (ago(9), Step::AskForCorrection(later(today, 5))),
                (ago(4), Step::Correct),
            ],
        ),
        // 待缴费, and paid
        handled(72, ago(7), &[(ago(3), Step::Charge), (ago(2), Step::FeeDelivered)]),
        handled(
            73,
            ago(15),
            &[
                (ago(11), Step::Charge),
                (ago(10), Step::FeeDelivered),
                (ago(6), Step::Pay),
            ],
        ),
    ]
}

fn part(n: u32, channel: Channel, arrived_on: NaiveDate, steps: Vec<(NaiveDate, Step)>) -> Part {
    Part { channel, arrived_on, hour: 9 + n % 8, papers: papers(n), steps }
}

fn papers(n: u32) -> Draft {
    let (kind, name, number) = pick(APPLICANTS, n).copied().unwrap_or_default();
    let (title, description) = pick(TOPICS, n).copied().unwrap_or_default();
    let email = if n.is_multiple_of(3) {
        "applicant@example.com"
    } else {
        ""
    };
    let common = Draft {
        kind: kind.to_owned(),
        telephone: "13800000000".to_owned(),
        address: "西峡县白羽路某小区".to_owned(),
        email: email.to_owned(),
        title: title.to_owned(),
        description: description.to_owned(),
        form: "electronic".to_owned(),
        route: "online".to_owned(),
        ..Draft::default()
    };
    if kind == "natural" {
        Draft {
            name: name.to_owned(),
            document_kind: "resident_card".to_owned(),
            document_number: number.to_owned(),
            ..common
        }
    } else {
        Draft {
            organisation_name: name.to_owned(),
            credit_code: number.to_owned(),
            legal_representative: "钱某".to_owned(),
            contact_person: "孙某".to_owned(),
            ..common
        }
    }
}

/// The n-th of a list that begins again at its end.
fn pick<T>(list: &[T], n: u32) -> Option<&T> {
    let place = usize::try_from(n).unwrap_or_default() % list.len().max(1);
    list.get(place)
}
