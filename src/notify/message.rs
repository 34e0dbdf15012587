//! What is written to applicants.
//!
//! Mail travels in the clear and is read on many screens, so that a message says as little as
//! it can: the case's number and the agency. Neither name nor query code nor what was asked ever
//! stand in it, and its links are made from the configured address.

use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};
use minijinja::{Environment, UndefinedBehavior, context};
use thiserror::Error;

use crate::domain::agency::Agency;
use crate::domain::case::Notice;
use crate::domain::number::CaseNumber;

/// A message could not be written; only a template that does not fit can cause it.
#[derive(Debug, Error)]
#[error("邮件模板有误：{0}")]
pub struct MessageError(String);

/// What an applicant is told by mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Message {
    /// The application was kept.
    Filed {
        /// The day on which it was filed.
        on: NaiveDate,
        /// The day by which the office confirms, if it still has to (art. 31(3)).
        confirm_by: Option<NaiveDate>,
    },
    /// A part of the application became a case of its own.
    Split,
    /// An act told the applicant something.
    Told(Notice),
}

/// The case that a message is about.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// 受理编号.
    pub number: &'a CaseNumber,
    /// Who writes.
    pub agency: &'a Agency,
    /// The public address of the office.
    pub base_url: &'a str,
    /// The last day for the answer, while a term runs.
    pub due_on: Option<NaiveDate>,
    /// The last day of what the applicant is asked to do, where that is known.
    pub until: Option<NaiveDate>,
    /// Where whoever reads the mailbox says whether mails are welcome, until something is said.
    pub mailbox_url: Option<&'a str>,
}

/// A message as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Its subject line.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// The same as a page.
    pub html: String,
}

impl Message {
    /// The identifier, as kept in the outbox.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Filed { .. } => "receipt",
            Self::Told(Notice::Decision) => "decision_ready",
            Self::Split | Self::Told(_) => "stage_changed",
        }
    }

    /// Writes the message.
    ///
    /// # Errors
    ///
    /// [`MessageError`].
    pub fn write(self, about: &About<'_>) -> Result<Mail, MessageError> {
        let (agency, number) = (about.agency.name.as_str(), about.number.as_str());
        let subject = format!("{agency}：您的政府信息公开申请{}（{number}）", self.subject());
        let (filed_on, confirm_by) = match self {
            Self::Filed { on, confirm_by } => (Some(on), confirm_by),
            Self::Split | Self::Told(_) => (None, None),
        };
        let facts = context! {
            subject => subject.as_str(),
            number => number,
            agency => agency,
            telephone => about.agency.telephone.as_str(),
            track_url => format!("{}/track?number={number}", about.base_url),
            told => self.told(),
            filed_on => filed_on.map(in_chinese),
            confirm_by => confirm_by.map(in_chinese),
            due_on => about.due_on.map(in_chinese),
            until => about.until.map(in_chinese),
            mailbox_url => about.mailbox_url,
        };
        let text = render(&format!("{}.txt", self.code()), &facts)?;
        let html = render(&format!("{}.html", self.code()), &facts)?;
        Ok(Mail { subject, text, html })
    }

    /// What follows 您的申请 in the subject line.
    const fn subject(self) -> &'static str {
        match self {
            Self::Filed { .. } => "已收到",
            Self::Split => "已拆分办理",
            Self::Told(notice) => match notice {
                Notice::Receipt => "已确认收到",
                Notice::CorrectionWanted => "需要补正",
                Notice::Extended => "延期答复",
                Notice::ReasonsWanted => "需要您说明理由",
                Notice::Delayed => "延迟答复",
                Notice::OthersAsked => "正在征求意见",
                Notice::FeeDue => "需要缴纳信息处理费",
                Notice::Decision => "已有答复",
                Notice::Withdrawn => "已终止办理",
                Notice::Resumed => "继续办理",
            },
        }
    }

    /// What a change of stage means to the applicant.
    const fn told(self) -> &'static str {
        match self {
            Self::Filed { .. } | Self::Told(Notice::Decision) => "",
            Self::Split => {
                "您的申请包含几项内容。为了逐项办理和答复，本机关把其中一项单独登记，\
                 受理编号见本邮件。请用这个编号和原来的查询码查询；其余各项的编号在查询页列出。"
            }
            Self::Told(Notice::Receipt) => "您的政府信息公开申请已经双方确认收到，现在开始办理。",
            Self::Told(Notice::CorrectionWanted) => {
                "您的申请有需要补充或者明确的地方。补正的事项写在补正告知书里，\
                 请您到查询页查看，可以在那里直接补正。无正当理由逾期不补正的，视为放弃申请。\
                 答复期限自我们收到补正的申请之日起重新计算。"
            }
            Self::Told(Notice::Extended) => {
                "您的申请难以在原定期限内办结，经本机关政府信息公开工作机构负责人同意，\
                 依照《政府信息公开条例》第三十三条延长了答复期限，详见查询页的延期答复告知书。\
                 给您带来不便，敬请谅解。"
            }
            Self::Told(Notice::ReasonsWanted) => {
                "您申请公开政府信息的数量、频次明显超过合理范围。依照《政府信息公开条例》\
                 第三十五条，请您书面说明理由，可以在查询页直接填写。理由不合理，或者期限内没有说明的，可能不予处理。答复期限照常计算。"
            }
            Self::Told(Notice::Delayed) => {
                "您说明的理由合理，但是您的申请无法在规定的期限内答复。依照《政府信息公开条例》\
                 第三十五条，本机关确定了延迟答复的期限，详见查询页的延迟答复告知书。\
                 给您带来不便，敬请谅解。"
            }
            Self::Told(Notice::OthersAsked) => {
                "办理您的申请，需要征求第三方或者其他机关的意见。依照《政府信息公开条例》\
                 第三十三条，征求意见所需时间不计算在答复期限内。"
            }
            Self::Told(Notice::FeeDue) => {
                "办理您的申请，需要依照《政府信息公开信息处理费管理办法》收取信息处理费。\
                 依据、数额和缴纳方式写在收费通知书里，请您到查询页查看，\
                 自收到通知次日起20个工作日内缴纳。逾期未缴纳的，视为放弃申请。答复期限自您缴费的次日起重新计算。"
            }
            Self::Told(Notice::Withdrawn) => {
                "按照您的意愿，您的政府信息公开申请已经撤回，我们不再办理。\
                 今后如有需要，欢迎您重新提出申请。"
            }
            Self::Told(Notice::Resumed) => {
                "您补正的材料或者缴纳的费用我们已经收到，您的申请继续办理，答复期限重新计算。"
            }
        }
    }
}

pub(super) fn in_chinese(day: NaiveDate) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

/// The templates, read once.
static TEMPLATES: LazyLock<Result<Environment<'static>, String>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    for (name, source) in SOURCES {
        environment
            .add_template(name, source)
            .map_err(|error| error.to_string())?;
    }
    Ok(environment)
});

const SOURCES: [(&str, &str); 11] = [
    ("page.html", include_str!("../../templates/mail/page.html")),
    ("layout.html", include_str!("../../templates/mail/layout.html")),
    ("closing.txt", include_str!("../../templates/mail/closing.txt")),
    ("receipt.txt", include_str!("../../templates/mail/receipt.txt")),
    ("receipt.html", include_str!("../../templates/mail/receipt.html")),
    ("stage_changed.txt", include_str!("../../templates/mail/stage_changed.txt")),
    ("stage_changed.html", include_str!("../../templates/mail/stage_changed.html")),
    ("decision_ready.txt", include_str!("../../templates/mail/decision_ready.txt")),
    ("decision_ready.html", include_str!("../../templates/mail/decision_ready.html")),
    ("digest.txt", include_str!("../../templates/mail/digest.txt")),
    ("digest.html", include_str!("../../templates/mail/digest.html")),
];

pub(super) fn render(name: &str, facts: &minijinja::Value) -> Result<String, MessageError> {
    let environment = TEMPLATES
        .as_ref()
        .map_err(|why| MessageError(why.clone()))?;
    environment
        .get_template(name)
        .and_then(|template| template.render(facts))
        .map_err(|error| MessageError(error.to_string()))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const NOTICES: [Notice; 10] = [
        Notice::Receipt,
        Notice::CorrectionWanted,
        Notice::Extended,
        Notice::ReasonsWanted,
        Notice::Delayed,
        Notice::OthersAsked,
        Notice::FeeDue,
        Notice::Decision,
        Notice::Withdrawn,
        Notice::Resumed,
    ];

    fn agency() -> Agency {
        Agency {
            id: Uuid::nil(),
            code: "LHJD".to_owned(),
            name: "莲花街道办事处".to_owned(),
            parent: None,
            initials: "莲办依申".to_owned(),
            address: "莲花路1号".to_owned(),
            postcode: "474500".to_owned(),
            telephone: "0377-00000000".to_owned(),
            hours: String::new(),
            email: String::new(),
            review_authority: String::new(),
            court: String::new(),
            own_review_allowed: false,
        }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn written(message: Message, due_on: Option<NaiveDate>) -> Mail {
        let number = "LHJD-2026-0007".parse().unwrap();
        let agency = agency();
        let about = About {
            number: &number,
            agency: &agency,
            base_url: "https://ysq.example.gov.cn",
            due_on,
            until: Some(day("2026-12-07")),
            mailbox_url: None,
        };
        message.write(&about).unwrap()
    }

    fn every_message() -> Vec<Message> {
        let filed = |confirm_by| Message::Filed { on: day("2026-11-23"), confirm_by };
        [filed(None), filed(Some(day("2026-11-25"))), Message::Split]
            .into_iter()
            .chain(NOTICES.map(Message::Told))
            .collect()
    }

    #[test]
    fn every_message_names_the_case_and_nobody() {
        for message in every_message() {
            let mail = written(message, Some(day("2026-12-21")));
            for part in [&mail.subject, &mail.text, &mail.html] {
                assert!(part.contains("LHJD-2026-0007"), "{part}");
            }
            for part in [&mail.text, &mail.html] {
                assert!(part.contains("尊敬的申请人："), "{part}");
                assert!(
                    part.contains("https://ysq.example.gov.cn/track?number=LHJD-2026-0007"),
                    "{part}"
                );
                assert!(!part.contains("{{") && !part.contains("none"), "{part}");
                assert!(part.contains("莲花街道办事处") && part.contains("0377-00000000"));
            }
            assert_eq!(mail.text.matches("://").count(), 1, "{}", mail.text);
            assert!(!mail.subject.contains(['\r', '\n']));
        }
    }

    #[test]
    fn a_receipt_says_what_comes_next_and_by_which_day() {
        let on = day("2026-11-23");
        let confirm_by = Some(day("2026-11-25"));
        let online = written(Message::Filed { on, confirm_by }, Some(day("2026-12-23")));
        assert!(online.text.contains("2026年11月25日或者之前与您确认"), "{}", online.text);
        assert!(!online.text.contains("12月23日"));
        let confirm_by = None;
        let by_hand = written(Message::Filed { on, confirm_by }, Some(day("2026-12-21")));
        assert!(by_hand.text.contains("2026年12月21日或者之前答复"), "{}", by_hand.text);
        assert_eq!(by_hand.subject, "莲花街道办事处：您的政府信息公开申请已收到（LHJD-2026-0007）");
    }

    #[test]
    fn each_change_of_stage_is_told_in_its_own_words() {
        let mut told: Vec<&str> = NOTICES
            .iter()
            .map(|notice| Message::Told(*notice).told())
            .collect();
        told.sort_unstable();
        told.dedup();
        assert_eq!(told.len(), NOTICES.len());
        let mail = written(Message::Told(Notice::Extended), Some(day("2026-12-21")));
        assert!(mail.text.contains("第三十三条") && mail.text.contains("2026年12月21日"));
        let without = written(Message::Told(Notice::Withdrawn), None);
        assert!(!without.text.contains("或者之前答复"));
    }

    #[test]
    fn what_the_applicant_has_to_do_is_told_with_its_last_day() {
        for notice in [Notice::CorrectionWanted, Notice::ReasonsWanted] {
            let mail = written(Message::Told(notice), None);
            assert!(mail.text.contains("期限至2026年12月7日（含当日）"), "{}", mail.text);
            assert!(mail.html.contains("2026年12月7日"), "{}", mail.html);
        }
    }
}
