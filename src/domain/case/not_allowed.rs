//! Why an act is not allowed on a case as it stands, in sentences for the person who tried.

use chrono::NaiveDate;
use thiserror::Error;

use crate::domain::deadline::UnknownYear;

/// Why an act is not allowed on a case as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotAllowed {
    /// The act does not belong to this stage.
    #[error("案件处于“{stage}”，不能{act}")]
    AtThisStage {
        /// Where the case stands.
        stage: &'static str,
        /// What was tried.
        act: &'static str,
    },
    /// The act is not this actor's to do.
    #[error("您的岗位无权{0}")]
    NotYours(&'static str),
    /// The day lies before the stage began.
    #[error("日期不能早于 {since}")]
    BeforeItsTime {
        /// The first day possible.
        since: NaiveDate,
    },
    /// 延期 and 收费通知 must be told on or before the last day (art. 33(2); fee rules art. 6).
    #[error("答复期限已于 {due_on} 届满，不能再办理此事项")]
    TermOver {
        /// The last day of the term.
        due_on: NaiveDate,
    },
    /// art. 33(2) knows one extension.
    #[error("本期限内已经延期一次，不能再次延期")]
    ExtendedBefore,
    /// art. 33(2): at most 20 working days.
    #[error("延长期限应为 1 至 20 个工作日")]
    ExtensionTooLong,
    /// 延期申请 waits for the head already.
    #[error("已经申请延期，等待工作机构负责人决定")]
    ExtensionWanted,
    /// There is nothing to decline.
    #[error("没有待批准的延期申请")]
    NoExtensionWanted,
    /// art. 30: on or before the seventh working day.
    #[error("补正应在收到申请之日起7个工作日内（{by} 前）告知；确需逾期告知的，请作为例外说明理由")]
    CorrectionTooLate {
        /// The last day for the notice.
        by: NaiveDate,
    },
    /// art. 30: 一次性告知.
    #[error("补正内容应当一次性告知，本案已告知过补正；确需再次告知的，请作为例外说明理由")]
    CorrectionAskedBefore,
    /// 合理的补正期限 ends after the notice.
    #[error("补正期限应晚于告知之日")]
    NoTimeGiven,
    /// The time that the applicant has is not over.
    #[error("申请人的期限至 {until} 届满，届满之前不能作逾期处理")]
    StillTime {
        /// The applicant's last day.
        until: NaiveDate,
    },
    /// The time to pay runs from the day on which the notice was received.
    #[error("尚未登记收费通知的送达日期，无法认定缴费逾期")]
    NotDelivered,
    /// A fee of nothing is no fee.
    #[error("应缴金额为零，无需通知收费")]
    NothingToPay,
    /// Fee rules art. 3: one application is charged once.
    #[error("本案已经收取过信息处理费，一件申请只能收取一次")]
    ChargedBefore,
    /// No such consultation, or none at all.
    #[error("没有对应的征求意见记录")]
    NoConsultation,
    /// It was recorded before.
    #[error("该事项已经登记，不能重复登记")]
    AlreadyOnRecord,
    /// A draft is about the whole application, and goes first.
    #[error("拟办意见正在等待审核，请先退回或者批准")]
    DraftWaits,
    /// There is no draft to review.
    #[error("尚未拟办，没有可以审核的处理意见")]
    NothingProposed,
    /// Nobody reviews a decision that they drafted.
    #[error("不能审核本人拟办的处理意见，请由其他审核人办理")]
    OwnDraft,
    /// Lapses and withdrawals have acts of their own.
    #[error("“{0}”不能作为处理意见提出，请使用相应的办理动作")]
    NotADecision(&'static str),
    /// 补正后申请内容仍不明确 needs a correction that was asked for.
    #[error("本案未告知过补正，不能以“补正后申请内容仍不明确”答复")]
    NeverAskedForCorrection,
    /// Nothing is decided on opinions while those concerned are still being heard.
    #[error("征求意见尚未结束，不能作出这一决定")]
    OpinionAwaited,
    /// art. 35: asked once, and judged.
    #[error("本案已经要求过说明理由，不能再次要求")]
    ReasonsAskedBefore,
    /// art. 35: the reasons are those that the office asked for.
    #[error("本案没有要求申请人说明理由")]
    ReasonsNotAsked,
    /// The time to give reasons ends after the letter.
    #[error("说明理由的期限应晚于通知之日")]
    NoTimeForReasons,
    /// art. 35: an answer is put off only where there are sound reasons.
    #[error("没有登记申请人说明的理由，不能确定延迟答复的期限")]
    ReasonsNotGiven,
    /// 延迟答复 sets the last day of a term once, and for good.
    #[error("本期限已经确定延迟答复的期限，不能再次延迟或者延期")]
    DelayedBefore,
    /// 延迟答复 is later than what the term gives anyway.
    #[error("延迟答复的期限应晚于现在的答复期限届满日（{due_on}）")]
    DelayTooShort {
        /// The last day as it stands.
        due_on: NaiveDate,
    },
    /// Though the law sets no cap, a day years ahead is a slip of the pen.
    #[error("延迟答复的期限应当合理，不能晚于 {at_most}，请核对年份")]
    DelayTooLong {
        /// The last day that is believed.
        at_most: NaiveDate,
    },
    /// A last day is a day on which the office works.
    #[error("延迟答复的期限届满日应为工作日")]
    DelayToADayOff,
    /// art. 35: not without having asked.
    #[error(
        "本案没有要求申请人说明理由，不能以“无正当理由大量反复申请”不予处理；请先办理“要求说明理由”"
    )]
    ExcessiveUnheard,
    /// art. 35: an answer is put off since the reasons are sound.
    #[error("已告知申请人理由合理并延迟答复，不能再以“无正当理由大量反复申请”不予处理")]
    ReasonsFoundSound,
    /// art. 35: not before the applicant had the time that was given.
    #[error(
        "已要求申请人说明理由，期限至 {until} 届满；登记申请人说明的理由或者期限届满之前，不能以“无正当理由大量反复申请”不予处理"
    )]
    ReasonsAwaited {
        /// The applicant's last day.
        until: NaiveDate,
    },
    /// Files for the applicant go with what is given, and with nothing else.
    #[error("“{0}”不向申请人提供信息，不能附提供给申请人的文件")]
    NothingGiven(&'static str),
    /// A date cannot be computed.
    #[error(transparent)]
    UnknownYear(#[from] UnknownYear),
}
