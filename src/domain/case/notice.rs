//! What an act tells the applicant.

/// The letter or message that an act calls for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Notice {
    /// 登记回执.
    Receipt,
    /// 补正告知书.
    CorrectionWanted,
    /// 延期答复告知书.
    Extended,
    /// 说明理由通知书.
    ReasonsWanted,
    /// 延迟答复告知书.
    Delayed,
    /// 征求意见告知书: the time of asking others does not count.
    OthersAsked,
    /// 收费通知书.
    FeeDue,
    /// 答复书: the decision is ready.
    Decision,
    /// 终止办理告知书.
    Withdrawn,
    /// Handling goes on: a correction or payment was received, and the term starts anew.
    Resumed,
}
