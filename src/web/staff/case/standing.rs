//! Where a case stands, and by which day somebody has to do something.

use chrono::NaiveDate;

use crate::app::App;
use crate::casework::view::CaseView;
use crate::domain::case::{Handling, Heard, Stage, payment_due};
use crate::domain::channel::ReceiptRule;
use crate::web::words::{self, Left, Tone};

/// Where a case stands.
#[derive(Debug, Default)]
pub struct Standing {
    /// What the day is.
    pub label: &'static str,
    /// The day.
    pub day: String,
    /// How much time is left, in words; may be empty.
    pub left: String,
    /// The class of these words.
    pub tone: &'static str,
    /// Whether the day may still move.
    pub provisional: bool,
    /// What there is to say besides.
    pub lines: Vec<String>,
}

/// What the law says of the day of receipt on a channel.
#[must_use]
pub const fn rule_in_words(rule: ReceiptRule) -> &'static str {
    match rule {
        ReceiptRule::Submitted => "当面提交的，以提交之日为收到申请之日。",
        ReceiptRule::SignedFor => "以邮寄方式提交的，以行政机关签收之日为收到申请之日。",
        ReceiptRule::Confirmed => {
            "以平常信函等无需签收的邮寄方式提交的，应当于收到申请的当日与申请人确认，确认之日为收到申请之日。"
        }
        ReceiptRule::ConfirmedByBoth => {
            "通过互联网渠道或者传真提交的，以双方确认之日为收到申请之日。"
        }
    }
}

/// Where a case stands in the hearing of art. 35.
fn of_reasons(handling: &Handling) -> Vec<String> {
    let asked = handling.course.reasons.map(|asked| match asked.heard {
        None => {
            format!(
                "已要求申请人说明理由，期限至{}，答复期限照常计算",
                words::full_day(asked.until)
            )
        }
        Some(Heard::Given(on)) => format!("{}申请人说明了理由", words::full_day(on)),
        Some(Heard::Silent(_)) => "申请人没有在期限内说明理由".to_owned(),
    });
    let delay = handling
        .term
        .delay
        .map(|delay| format!("已确定延迟答复的期限，至{}", words::full_day(delay.until)));
    asked.into_iter().chain(delay).collect()
}

impl Standing {
    /// Where a case stands today.
    #[must_use]
    pub fn of(view: &CaseView, app: &App) -> Self {
        let today = app.clock.today();
        let left = |on| Left::until(on, today, &app.calendar);
        match &view.case.stage {
            Stage::Filed { arrived_on } => {
                let within = app.settings.intake.confirm_within_days;
                let attention = view.case.stage.attention_on(within, &app.calendar);
                let on = attention.ok().flatten().unwrap_or(*arrived_on);
                Self {
                    label: "请在这一天之前与申请人确认",
                    lines: vec![rule_in_words(view.channel.receipt_rule()).to_owned()],
                    ..Self::by(on, left(on), true)
                }
            }
            Stage::Handling(handling) => {
                let Some(due) = view.due else {
                    return Self { label: "答复期限", ..Self::default() };
                };
                let mut lines = vec![format!(
                    "{}收到",
                    words::full_day(handling.course.received_on)
                )];
                if handling.course.terms > 1 {
                    let started = words::full_day(handling.term.started_on);
                    lines.push(format!("{started}重新起算"));
                }
                if let Some(extension) = handling.term.extension {
                    lines.push(format!("已经延长{}个工作日", extension.days));
                }
                lines.extend(of_reasons(handling));
                if handling.is_paused_on(today, &app.calendar) {
                    lines.push("正在征求意见，期限暂停计算".to_owned());
                }
                Self {
                    label: "答复期限",
                    provisional: due.provisional,
                    lines,
                    ..Self::by(due.on, left(due.on), false)
                }
            }
            Stage::AwaitingCorrection { until, .. } => Self {
                label: "等待申请人补正，到这一天为止",
                ..Self::by(*until, left(*until), true)
            },
            Stage::AwaitingPayment { notified_on, delivered_on, yuan, .. } => {
                let from = delivered_on.unwrap_or(*notified_on);
                let on = payment_due(from, &app.calendar).map_or(from, |due| due.on);
                Self {
                    label: "等待申请人缴费，到这一天为止",
                    lines: vec![format!("应缴{yuan}元")],
                    ..Self::by(on, left(on), true)
                }
            }
            Stage::Closed { on, .. } => Self {
                label: "办结日期",
                day: words::full_day(*on),
                tone: Tone::Closed.class(),
                ..Self::default()
            },
        }
    }

    /// A day with what is left until then; what is not a term of ours is never red.
    fn by(on: NaiveDate, left: Left, soft: bool) -> Self {
        let (words, tone) = match left.tone {
            Tone::Late if soft => ("这一天已经过去".to_owned(), Tone::Soon),
            tone => (left.words, tone),
        };
        Self {
            day: words::full_day(on),
            left: words,
            tone: tone.class(),
            ..Self::default()
        }
    }
}
