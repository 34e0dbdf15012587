//! 征求意见: each party that was asked, what came of it, and which days stand still for it.

use super::parts::{self, FileLine};
use crate::app::App;
use crate::casework::papers;
use crate::casework::view::CaseView;
use crate::domain::case::Act;
use crate::domain::consultation::{Consultation, Opinion};
use crate::web::words;

/// A party that was asked.
#[derive(Debug)]
pub struct Asked {
    /// 第三方 or 其他机关, with its name; a person's masked.
    pub party: String,
    /// When the letter was sent, received and answered.
    pub sent: String,
    /// Empty until it is known.
    pub received: String,
    /// Empty until there is one; then with what it says.
    pub replied: String,
    /// The day by which it is to answer.
    pub answer_by: String,
    /// Which days of the term stand still for it (art. 33(3)).
    pub still: String,
    /// What came with it.
    pub files: Vec<FileLine>,
}

/// Everybody who was asked, in order, as the record has it: also when the case is closed.
#[must_use]
pub fn of(view: &CaseView, app: &App) -> Vec<Asked> {
    let mut asked: Vec<(Consultation, String, Vec<uuid::Uuid>)> = Vec::new();
    for entry in &view.history {
        let (Some(act), Some(on)) = (&entry.done, entry.on) else {
            continue;
        };
        let number = match act {
            Act::Consult { party } => {
                let number = u32::try_from(asked.len())
                    .unwrap_or(u32::MAX)
                    .saturating_add(1);
                let consultation = Consultation {
                    number,
                    term: 0,
                    party: *party,
                    sent_on: on,
                    delivered_on: None,
                    reply: None,
                };
                let name = entry.particulars.text("party_name").to_owned();
                asked.push((consultation, name, entry.attachments.clone()));
                continue;
            }
            Act::RecordDelivery { consultation } | Act::RecordOpinion { consultation, .. } => {
                *consultation
            }
            _ => continue,
        };
        let Some((found, _, files)) = asked.iter_mut().find(|(one, _, _)| one.number == number)
        else {
            continue;
        };
        files.extend(&entry.attachments);
        match act {
            Act::RecordOpinion { opinion, .. } => found.reply = Some((on, *opinion)),
            _ => found.delivered_on = Some(on),
        }
    }
    asked
        .into_iter()
        .map(|(consultation, name, files)| {
            let files = parts::files(view, Some(&files));
            line(&consultation, &name, files, view, app)
        })
        .collect()
}

fn line(
    asked: &Consultation,
    name: &str,
    files: Vec<FileLine>,
    view: &CaseView,
    app: &App,
) -> Asked {
    let calendar = &app.calendar;
    let (first, last) =
        (asked.sent_on.succ_opt().unwrap_or(asked.sent_on), asked.ends_on(calendar));
    let days = calendar.working_days_between(asked.sent_on, last);
    let is_open =
        asked.is_open_on(app.clock.today(), calendar) && view.case.stage.course().is_some();
    let still = if is_open {
        format!(
            "自{}起停止计算，最迟到{}",
            words::full_day(first),
            words::full_day(asked.answer_by(calendar))
        )
    } else if last < first {
        "没有停止计算的日子".to_owned()
    } else {
        format!(
            "{}至{}，{days}个工作日不计算在期限内",
            words::full_day(first),
            words::full_day(last)
        )
    };
    let day = |on: Option<_>| on.map(words::full_day).unwrap_or_default();
    Asked {
        party: format!("{}　{}", asked.party.label(), papers::masked_party(name)),
        sent: words::full_day(asked.sent_on),
        received: day(asked.delivered_on),
        replied: asked
            .reply
            .map_or_else(String::new, |(on, opinion)| said(on, opinion)),
        answer_by: words::full_day(asked.answer_by(calendar)),
        still,
        files,
    }
}

fn said(on: chrono::NaiveDate, opinion: Opinion) -> String {
    format!("{}，{}", words::full_day(on), opinion.label())
}
