//! 提交渠道: how an application came in, and which day is 收到申请之日.

use chrono::NaiveDate;

/// How the application came to the office.
///
/// Source: 《政府信息公开条例》 art. 29, art. 31.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// 当面提交.
    InPerson,
    /// 邮寄（需签收）: EMS, 挂号信.
    RegisteredMail,
    /// 平常信函等无需签收的邮寄.
    OrdinaryMail,
    /// 互联网渠道.
    Online,
    /// 传真.
    Fax,
}

/// What makes a day 收到申请之日 on a channel (art. 31).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiptRule {
    /// 提交之日: the day on which it was handed over.
    Submitted,
    /// 签收之日: the day on which the office signed for it.
    SignedFor,
    /// 确认之日: the office confirms with the applicant on the day on which it gets the letter.
    Confirmed,
    /// 双方确认之日: the day on which both sides confirmed.
    ConfirmedByBoth,
}

impl Channel {
    /// All channels, in the order of art. 31.
    pub const ALL: [Self; 5] = [
        Self::InPerson,
        Self::RegisteredMail,
        Self::OrdinaryMail,
        Self::Online,
        Self::Fax,
    ];

    /// The identifier, as stored and exchanged.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::InPerson => "in_person",
            Self::RegisteredMail => "registered_mail",
            Self::OrdinaryMail => "ordinary_mail",
            Self::Online => "online",
            Self::Fax => "fax",
        }
    }

    /// The channel with this [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.code() == code)
    }

    /// What people call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::InPerson => "当面提交",
            Self::RegisteredMail => "邮寄（挂号、EMS）",
            Self::OrdinaryMail => "平常信函",
            Self::Online => "互联网",
            Self::Fax => "传真",
        }
    }

    /// Which day counts as the day of receipt on this channel (art. 31).
    #[must_use]
    pub const fn receipt_rule(self) -> ReceiptRule {
        match self {
            Self::InPerson => ReceiptRule::Submitted,
            Self::RegisteredMail => ReceiptRule::SignedFor,
            Self::OrdinaryMail => ReceiptRule::Confirmed,
            Self::Online | Self::Fax => ReceiptRule::ConfirmedByBoth,
        }
    }

    /// Whether the day on which it came is the day of receipt, with no confirmation needed.
    #[must_use]
    pub const fn is_received_on_arrival(self) -> bool {
        matches!(self.receipt_rule(), ReceiptRule::Submitted | ReceiptRule::SignedFor)
    }

    /// 收到申请之日 (art. 31): the day of arrival where that decides, the day of confirmation
    /// where the law asks for one; `None` while it is still to be confirmed.
    #[must_use]
    pub const fn received_on(
        self,
        arrived_on: NaiveDate,
        confirmed_on: Option<NaiveDate>,
    ) -> Option<NaiveDate> {
        if self.is_received_on_arrival() {
            Some(arrived_on)
        } else {
            confirmed_on
        }
    }
}

impl ReceiptRule {
    /// The words of art. 31.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Submitted => "提交之日",
            Self::SignedFor => "行政机关签收之日",
            Self::Confirmed => "确认之日",
            Self::ConfirmedByBoth => "双方确认之日",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, day).unwrap()
    }

    #[test]
    fn what_is_handed_over_or_signed_for_is_received_that_day() {
        for channel in [Channel::InPerson, Channel::RegisteredMail] {
            assert_eq!(channel.received_on(day(2), None), Some(day(2)));
            assert_eq!(channel.received_on(day(2), Some(day(5))), Some(day(2)));
        }
    }

    #[test]
    fn letters_faxes_and_the_web_wait_for_confirmation() {
        for channel in [Channel::OrdinaryMail, Channel::Online, Channel::Fax] {
            assert_eq!(channel.received_on(day(2), None), None);
            assert_eq!(channel.received_on(day(2), Some(day(5))), Some(day(5)));
        }
    }
}
