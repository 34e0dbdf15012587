//! 流转记录: what happened to a case, for people to read.

use std::collections::HashMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use uuid::Uuid;

use crate::casework::archive::ARCHIVED;
use crate::casework::families::{JOINED, SPLIT};
use crate::casework::file::FILED;
use crate::casework::letters::{CAME_BACK, ISSUED, SERVED};
use crate::casework::mail::{RETRIED, RETURNED, SETTLED};
use crate::casework::outgoing::ANSWERED;
use crate::casework::record::officer_of;
use crate::casework::recorded::{IssuedPaper, Recorded};
use crate::casework::redress::{self, AMENDED, RECORDED};
use crate::casework::reveal::{ATTACHMENT_READ, REVEALED};
use crate::casework::track::REPLY_READ;
use crate::casework::{CaseworkError, mail, papers, publish};
use crate::domain::case::{Act, ActKind};
use crate::domain::channel::Channel;
use crate::domain::letter::{NOT_ASKED, Particulars, ServedHow, in_chinese};
use crate::domain::outgoing::Answer;
use crate::storage::events::Event;
use crate::storage::officers::Officer;
use crate::vault::CaseKey;

/// What a correction keeps of the application as it was: the title,
pub const WAS_TITLE: &str = "was_title";
/// the 文号,
pub const WAS_REFERENCE: &str = "was_reference";
/// and the description.
pub const WAS_DESCRIPTION: &str = "was_description";
/// What a proposal keeps of the guide that led to it.
pub const GUIDE: &str = "guide";

/// One line of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    /// When it was put on record.
    pub at: DateTime<Utc>,
    /// The day on which it happened, if it is an act.
    pub on: Option<NaiveDate>,
    /// Who: a member of staff by name, 申请人, or 系统.
    pub actor: String,
    /// Which act it is, if it is one.
    pub act: Option<ActKind>,
    /// The same with what it was done with.
    pub done: Option<Act>,
    /// What happened.
    pub title: String,
    /// The particulars; empty where there are none.
    pub detail: String,
    /// What was written with it.
    pub words: Option<String>,
    /// What was filled in for its letters.
    pub particulars: Particulars,
    /// The attachments that came or went with it.
    pub attachments: Vec<Uuid>,
    /// The letters that it was clothed in.
    pub letters: Vec<IssuedPaper>,
    /// Whether it is a recorded exception to a rule of the Regulation.
    pub is_exception: bool,
    /// Whether it proposes to hand information over.
    pub gives: bool,
}

impl HistoryEntry {
    /// What is kept with it and stands in no letter, each under its name: what the application
    /// said before a correction changed it, and the answers that led to a proposal.
    pub fn kept_beside(&self) -> impl Iterator<Item = (&'static str, &str)> {
        const FIELDS: [(&str, &str); 4] = [
            (WAS_TITLE, "原所需信息名称"),
            (WAS_REFERENCE, "原文号"),
            (WAS_DESCRIPTION, "原内容描述"),
            (GUIDE, "七步判断"),
        ];
        let kept = FIELDS.map(|(id, label)| (label, self.particulars.text(id)));
        kept.into_iter().filter(|(_, words)| !words.is_empty())
    }

    /// Whether the applicant is shown it: what was told to them or done by them, not how the
    /// office works inside.
    #[must_use]
    pub fn is_public(&self) -> bool {
        match self.act {
            Some(act) => !matches!(
                act,
                ActKind::Assign
                    | ActKind::AskToExtend
                    | ActKind::DeclineExtension
                    | ActKind::Propose
                    | ActKind::Return
                    | ActKind::RecordDelivery
                    | ActKind::RecordFeeDelivery
            ),
            None => self.title.starts_with("提交申请") || self.title == "拆分申请",
        }
    }

    /// The same line as the applicant sees it: the office instead of a name, and the words
    /// only where they are the applicant's or meant for them.
    #[must_use]
    pub fn for_applicant(mut self) -> Self {
        let own = self.actor == APPLICANT;
        if !own {
            "本机关".clone_into(&mut self.actor);
        }
        if let Some(title) = self.act.and_then(|act| told_to_applicant(act, own)) {
            title.clone_into(&mut self.title);
        }
        // What staff write beside an act is for the office, but for what they take down from the
        // applicant.
        if !own && self.act != Some(ActKind::Correct) {
            self.words = None;
        }
        // What the applicant is told stands in the letters.
        self.particulars = Particulars::default();
        // Whom the office asks, and what they answered, is between it and them.
        if matches!(self.act, Some(ActKind::RecordOpinion)) {
            self.detail.clear();
        }
        self
    }
}

/// What an act is called towards the applicant, where the office calls it otherwise.
const fn told_to_applicant(act: ActKind, own: bool) -> Option<&'static str> {
    Some(match act {
        ActKind::Correct => "收到您的补正",
        ActKind::RecordReasons if own => "收到您说明的理由",
        ActKind::RecordOpinion => "收到征求的意见",
        ActKind::ChargeFee => "通知缴纳信息处理费",
        ActKind::Pay => "收到您缴纳的费用",
        ActKind::DelayAnswer => "延迟答复",
        ActKind::Approve => "作出答复",
        _ => return None,
    })
}

const APPLICANT: &str = "申请人";

/// Reads a case's events; `names` are those of the officers.
///
/// # Errors
///
/// [`CaseworkError::Garbled`] or [`CaseworkError::Vault`], for an event that cannot be read.
pub(super) fn read(
    case: Uuid,
    key: Option<&CaseKey>,
    events: &[Event],
    names: &HashMap<Uuid, String>,
) -> Result<Vec<HistoryEntry>, CaseworkError> {
    events
        .iter()
        .map(|event| read_one(case, key, event, names))
        .collect()
}

fn read_one(
    case: Uuid,
    key: Option<&CaseKey>,
    event: &Event,
    names: &HashMap<Uuid, String>,
) -> Result<HistoryEntry, CaseworkError> {
    let actor = match (officer_of(&event.actor), event.actor.as_str()) {
        (Some(officer), _) => names
            .get(&officer)
            .cloned()
            .unwrap_or_else(|| "工作人员".to_owned()),
        (None, "applicant") => APPLICANT.to_owned(),
        (None, _) => "系统".to_owned(),
    };
    let open = |sealed: Option<Vec<u8>>| -> Result<Option<String>, CaseworkError> {
        let (Some(key), Some(sealed)) = (key, sealed) else {
            return Ok(None);
        };
        let words = key.open(&sealed, &papers::context(case, "words"))?;
        Ok(Some(String::from_utf8_lossy(&words).into_owned()))
    };
    if let Some(recorded) = Recorded::from_json(&event.action, &event.data)? {
        let particulars = match (key, &recorded.particulars) {
            (Some(key), Some(sealed)) => papers::open_particulars(key, case, sealed)?,
            _ => Particulars::default(),
        };
        let is_exception = matches!(recorded.act, Act::AskForCorrection { as_exception: true, .. })
            || !particulars.text(NOT_ASKED).is_empty();
        return Ok(HistoryEntry {
            at: event.at,
            on: Some(recorded.on),
            actor,
            act: Some(recorded.act.kind()),
            done: Some(recorded.act.clone()),
            title: recorded.act.kind().label().to_owned(),
            detail: detail(&recorded.act, names),
            words: open(recorded.words)?,
            particulars,
            attachments: recorded.attachments,
            letters: recorded.letters,
            is_exception,
            gives: matches!(recorded.act, Act::Propose { disposition } if disposition.gives()),
        });
    }
    let data: Value = serde_json::from_str(&event.data).unwrap_or_default();
    let detail = match event.action.as_str() {
        SERVED | CAME_BACK => service(&data),
        RECORDED | AMENDED => redress::told(&data),
        ANSWERED => answered(&data),
        SPLIT | JOINED => beside(&data),
        SETTLED => mail::told(&data),
        _ => String::new(),
    };
    let sealed = |name: &str| {
        let text = data.get(name).and_then(Value::as_str);
        text.and_then(|text| BASE64_STANDARD.decode(text).ok())
    };
    let particulars = match (key, sealed("particulars")) {
        (Some(key), Some(sealed)) => papers::open_particulars(key, case, &sealed)?,
        _ => Particulars::default(),
    };
    let title = title_of(event, &data);
    Ok(HistoryEntry {
        at: event.at,
        on: None,
        actor,
        act: None,
        done: None,
        title,
        detail,
        words: open(sealed("words"))?,
        particulars,
        attachments: Vec::new(),
        letters: Vec::new(),
        is_exception: false,
        gives: false,
    })
}

/// What an event that is no act is called.
fn title_of(event: &Event, data: &Value) -> String {
    let channel = data
        .get("channel")
        .and_then(Value::as_str)
        .and_then(Channel::from_code);
    match event.action.as_str() {
        FILED => {
            let channel = channel.map_or("渠道不详", Channel::label);
            match data.get("split_from").and_then(Value::as_str) {
                Some(whole) => format!("提交申请（{channel}，由{whole}拆分）"),
                None => format!("提交申请（{channel}）"),
            }
        }
        SPLIT => "拆分申请".to_owned(),
        JOINED => "关联申请".to_owned(),
        publish::PUBLISHED => "纳入主动公开".to_owned(),
        REVEALED => "查看个人信息".to_owned(),
        ATTACHMENT_READ => "查看附件".to_owned(),
        ARCHIVED => "导出案卷".to_owned(),
        ANSWERED => "处理对外提供文件的检查发现".to_owned(),
        REPLY_READ => "下载答复文书".to_owned(),
        ISSUED => "出具登记回执".to_owned(),
        SERVED => "登记文书送达".to_owned(),
        CAME_BACK => "登记文书退回".to_owned(),
        RECORDED => "登记复议、诉讼".to_owned(),
        AMENDED => "修改复议、诉讼记录".to_owned(),
        "imported" => "导入历史办件".to_owned(),
        RETRIED => "重新发送邮件".to_owned(),
        RETURNED => "登记邮件退信".to_owned(),
        SETTLED => "邮件未能送达，已用其他方式告知".to_owned(),
        other => other.to_owned(),
    }
}

/// The particulars of what happened to a case, for somebody who holds no key: what is sealed stays
/// out of it. `None`, if the record says nothing more of such an event than its name.
#[must_use]
pub fn told(event: &Event, officers: &[Officer]) -> Option<String> {
    let case = event.case?;
    let names = officers
        .iter()
        .map(|officer| (officer.id, officer.name.clone()))
        .collect();
    let detail = read_one(case, None, event, &names).ok()?.detail;
    let letters = Recorded::from_json(&event.action, &event.data).ok()?;
    let numbers = letters
        .into_iter()
        .flat_map(|recorded| recorded.letters)
        .filter_map(|letter| letter.number);
    let parts: Vec<String> = std::iter::once(detail).chain(numbers).collect();
    let said = parts.iter().filter(|part| !part.is_empty());
    let said: Vec<&str> = said.map(String::as_str).collect();
    (!said.is_empty()).then(|| said.join("，"))
}

/// The information that was given to the applicant: what was enclosed with the draft that was
/// approved, if that draft gives anything. What was put forward and returned, or overtaken by a withdrawal, was never given.
#[must_use]
pub(super) fn given(history: &[HistoryEntry]) -> Vec<Uuid> {
    let mut acts = history.iter().rev().filter(|entry| entry.act.is_some());
    match acts.next().and_then(|last| last.act) {
        Some(ActKind::Approve) => acts
            .find(|entry| entry.act == Some(ActKind::Propose))
            .filter(|proposal| proposal.gives)
            .map(|proposal| proposal.attachments.clone())
            .unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// How a letter was served, or that it came back, in words.
fn service(data: &Value) -> String {
    let text = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default();
    let how = ServedHow::from_code(text("how")).map_or("退回", ServedHow::label);
    let mut words = format!("{}，{}，{how}", text("number"), text("on"));
    if !text("postal_number").is_empty() {
        words.push_str("，邮件号 ");
        words.push_str(text("postal_number"));
    }
    words
}

/// The cases that one was split into or put beside, in words.
fn beside(data: &Value) -> String {
    let into = data.get("into").and_then(Value::as_array);
    let numbers: Vec<_> = into
        .into_iter()
        .flatten()
        .chain(data.get("number"))
        .filter_map(Value::as_str)
        .collect();
    numbers.join("、")
}

/// How findings in files were answered, in words.
fn answered(data: &Value) -> String {
    let answer = data.get("answer").and_then(Value::as_str);
    let answer = answer.and_then(Answer::from_code).map_or("", Answer::label);
    let findings = data.get("findings").and_then(Value::as_object);
    let findings = findings.into_iter().flatten();
    let counted: Vec<_> = findings
        .map(|(label, count)| format!("{label}{count}项"))
        .collect();
    format!("{answer}：{}", counted.join("、"))
}

fn detail(act: &Act, names: &HashMap<Uuid, String>) -> String {
    match act {
        Act::Assign { to } => names
            .get(to)
            .map(|name| format!("承办人：{name}"))
            .unwrap_or_default(),
        Act::AskForCorrection { until, as_exception } => {
            let exception = if *as_exception {
                "（例外告知）"
            } else {
                ""
            };
            format!("补正期限至{}{exception}", in_chinese(*until))
        }
        Act::AskToExtend { days } => format!("申请延长{days}个工作日"),
        Act::Extend { days } => format!("延长{days}个工作日"),
        Act::RequireReasons { until } => format!("说明理由的期限至{}", in_chinese(*until)),
        Act::RecordReasons { given: true } => "申请人说明了理由".to_owned(),
        Act::RecordReasons { given: false } => "期限届满，申请人没有说明理由".to_owned(),
        Act::DelayAnswer { until } => format!("将于{}前（含当日）答复", in_chinese(*until)),
        Act::Consult { party } => format!("征求{}意见", party.label()),
        Act::RecordDelivery { consultation } => format!("第{consultation}份征求意见书已送达"),
        Act::RecordOpinion { consultation, opinion } => {
            format!("第{consultation}份征求意见书：{}", opinion.label())
        }
        Act::ChargeFee { yuan } => format!("应缴{yuan}元"),
        Act::Propose { disposition } => {
            format!("{}（{}）", disposition.label(), disposition.outcome().full_label())
        }
        Act::ConfirmReceipt
        | Act::Correct
        | Act::Lapse
        | Act::DeclineExtension
        | Act::RecordFeeDelivery
        | Act::Pay
        | Act::Return
        | Act::Approve
        | Act::Withdraw => String::new(),
    }
}
