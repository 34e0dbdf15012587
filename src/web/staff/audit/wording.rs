//! What the record says, in words: which action it was, and what may be read of its particulars.

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::casework::history;
use crate::domain::actor::Role;
use crate::domain::case::ActKind;
use crate::domain::digest::Part;
use crate::domain::rectification::RectificationAnswer;
use crate::storage::events::Event;
use crate::storage::officers::Officer;
use crate::web::words;

/// A kind of action, by which the record can be looked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// 查看、导出: who has looked at personal data.
    Looking,
    /// 登录和账号.
    Accounts,
    /// 办理: what was done to a case.
    Cases,
    /// 文书和邮件.
    Telling,
    /// 年度报告和表格.
    Reports,
    /// 更正申请 (art. 41).
    Rectifications,
    /// 机关和设置.
    House,
}

impl Kind {
    pub(super) const ALL: [Self; 7] = [
        Self::Looking,
        Self::Accounts,
        Self::Cases,
        Self::Telling,
        Self::Reports,
        Self::Rectifications,
        Self::House,
    ];

    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Looking => "looking",
            Self::Accounts => "accounts",
            Self::Cases => "cases",
            Self::Telling => "telling",
            Self::Reports => "reports",
            Self::Rectifications => "rectifications",
            Self::House => "house",
        }
    }

    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Looking => "查看和导出",
            Self::Accounts => "登录和账号",
            Self::Cases => "申请的登记和办理",
            Self::Telling => "文书送达和邮件",
            Self::Reports => "年度报告和表格",
            Self::Rectifications => "更正申请",
            Self::House => "机关和设置",
        }
    }

    pub(super) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The actions of this kind, as the record names them.
    pub(super) fn actions(self) -> Vec<&'static str> {
        let acts = ActKind::ALL.into_iter().map(ActKind::code);
        ACTIONS
            .iter()
            .filter(|(_, kind, _)| *kind == self)
            .map(|(code, _, _)| *code)
            .chain(acts.filter(|_| self == Self::Cases))
            .collect()
    }
}

/// Every action but the acts of a case, with its kind and what people call it.
const ACTIONS: &[(&str, Kind, &str)] = &[
    ("filed", Kind::Cases, "提交或者登记申请"),
    ("imported", Kind::Cases, "导入历史办件"),
    ("split", Kind::Cases, "拆分申请"),
    ("joined", Kind::Cases, "关联申请"),
    ("outgoing_answered", Kind::Cases, "处理对外提供文件的检查发现"),
    ("redress_recorded", Kind::Cases, "登记复议、诉讼"),
    ("redress_amended", Kind::Cases, "修改复议、诉讼记录"),
    ("item_published", Kind::Cases, "登记已公开信息"),
    ("item_withdrawn", Kind::Cases, "撤下已公开信息"),
    ("revealed", Kind::Looking, "查看个人信息"),
    ("attachment_read", Kind::Looking, "查看附件"),
    ("archive_taken", Kind::Looking, "导出案卷"),
    ("reply_read", Kind::Looking, "申请人下载答复"),
    ("exported", Kind::Looking, "批量导出"),
    ("rectification_revealed", Kind::Looking, "查看更正申请人的信息"),
    ("rectification_letter_read", Kind::Looking, "更正申请人下载文书"),
    ("signed_in", Kind::Accounts, "登录"),
    ("sign_in_failed", Kind::Accounts, "登录失败"),
    ("signed_out", Kind::Accounts, "退出"),
    ("password_set", Kind::Accounts, "设置口令"),
    ("account_opened", Kind::Accounts, "添加账号"),
    ("account_reset", Kind::Accounts, "重置口令"),
    ("account_disabled", Kind::Accounts, "停用账号"),
    ("roles_changed", Kind::Accounts, "调整岗位"),
    ("letter_issued", Kind::Telling, "出具登记回执"),
    ("letter_served", Kind::Telling, "登记文书送达"),
    ("rectification_letter_served", Kind::Telling, "登记更正答复的送达"),
    ("letter_came_back", Kind::Telling, "登记文书退回"),
    ("mail_retried", Kind::Telling, "重新发送邮件"),
    ("mail_returned", Kind::Telling, "登记邮件退信"),
    ("mail_settled", Kind::Telling, "邮件未能送达，已用其他方式告知"),
    ("report_written", Kind::Reports, "编写年度报告"),
    ("report_sealed", Kind::Reports, "签发年度报告"),
    ("report_seal_taken_back", Kind::Reports, "撤回年度报告的签发"),
    ("report_published", Kind::Reports, "公布年度报告"),
    ("report_corrected", Kind::Reports, "公布年度报告的更正"),
    ("table_handed_in", Kind::Reports, "收下报送的表格"),
    ("opening_balance_set", Kind::Reports, "登记上年结转"),
    ("rectification_filed", Kind::Rectifications, "登记更正申请"),
    ("rectification_answered", Kind::Rectifications, "答复更正申请"),
    ("agency_added", Kind::House, "添加机关"),
    ("agency_amended", Kind::House, "修改机关信息"),
    ("reminders_chosen", Kind::House, "设置每日提醒"),
];

/// What people call an action. One that is not known here is not shown as a code.
pub(super) fn action(code: &str) -> &'static str {
    let other = || {
        ACTIONS
            .iter()
            .find(|(known, _, _)| *known == code)
            .map_or("其他事项", |(_, _, label)| *label)
    };
    ActKind::from_code(code).map_or_else(other, ActKind::label)
}

/// What may be read of an event's particulars: named one by one, so that what is sealed, and
/// identities and checksums that say nothing to people, never come here.
pub(super) fn particulars(event: &Event, officers: &[Officer]) -> String {
    if event.case.is_some()
        && let Some(told) = history::told(event, officers)
    {
        return told;
    }
    let Ok(Value::Object(fields)) = serde_json::from_str(&event.data) else {
        return String::new();
    };
    let said = Said { fields: &fields, officers };
    let parts = match event.action.as_str() {
        "sign_in_failed" if fields.contains_key("unknown_name") => {
            vec![Some("用户名不存在".to_owned())]
        }
        "sign_in_failed" | "account_reset" | "account_disabled" => vec![said.officer()],
        "account_opened" => vec![said.officer(), said.roles("roles", "岗位")],
        "roles_changed" => {
            vec![
                said.officer(),
                said.roles("from", "原来"),
                said.roles("to", "改为"),
            ]
        }
        "agency_added" => vec![said.text("name", ""), said.text("code", "代码")],
        "agency_amended" => vec![said.changed()],
        "reminders_chosen" => vec![Some(said.reminders())],
        "item_published" => vec![said.text("title", "")],
        "exported" => vec![
            said.year().or_else(|| Some("全部年度".to_owned())),
            Some("办件".into()),
        ],
        "imported" => vec![said.count("cases", "件")],
        "rectification_filed" => vec![said.text("number", "编号")],
        "rectification_answered" => vec![said.answer()],
        "rectification_letter_read" => vec![said.text("number", "文号")],
        "report_seal_taken_back" => vec![said.year(), said.text("reason", "事由")],
        "report_corrected" => vec![said.year(), said.text("note", "说明")],
        "table_handed_in" => {
            vec![
                said.year(),
                said.text("agency", "机关代码"),
                said.text("file", "文件"),
            ]
        }
        _ => vec![said.year()],
    };
    parts.into_iter().flatten().collect::<Vec<_>>().join("，")
}

/// The particulars of an event.
struct Said<'a> {
    fields: &'a Map<String, Value>,
    officers: &'a [Officer],
}

impl Said<'_> {
    fn str(&self, name: &str) -> Option<&str> {
        let text = self.fields.get(name).and_then(Value::as_str)?;
        (!text.is_empty()).then_some(text)
    }

    fn text(&self, name: &str, label: &str) -> Option<String> {
        let text = self.str(name)?;
        Some(if label.is_empty() {
            text.to_owned()
        } else {
            format!("{label}：{text}")
        })
    }

    fn count(&self, name: &str, unit: &str) -> Option<String> {
        let count = self.fields.get(name).and_then(Value::as_u64)?;
        Some(format!("{count}{unit}"))
    }

    fn year(&self) -> Option<String> {
        self.count("year", "年度")
    }

    fn strs(&self, name: &str) -> Vec<&str> {
        let all = self.fields.get(name).and_then(Value::as_array);
        all.into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    }

    fn officer(&self) -> Option<String> {
        let id: Uuid = self.str("officer")?.parse().ok()?;
        let found = self.officers.iter().find(|officer| officer.id == id);
        let name = found.map_or("其他机关的账号", |officer| &officer.name);
        Some(format!("账号：{name}"))
    }

    fn roles(&self, name: &str, label: &str) -> Option<String> {
        let held = self.strs(name).into_iter().filter_map(Role::from_code);
        let held = words::list(held.map(Role::label));
        (!held.is_empty()).then(|| format!("{label}：{held}"))
    }

    fn changed(&self) -> Option<String> {
        let changed = self.strs("changed").into_iter().filter_map(|field| {
            Some(match field {
                "name" => "名称",
                "code" => "代码",
                "parent" => "上级机关",
                "initials" => "机关代字",
                "address" => "地址",
                "postcode" => "邮政编码",
                "telephone" => "电话",
                "hours" => "办公时间",
                "email" => "电子邮箱",
                "review_authority" => "行政复议机关",
                "court" => "法院",
                "own_review_allowed" => {
                    let allowed = self
                        .fields
                        .get("own_review_allowed")
                        .and_then(Value::as_bool);
                    if allowed == Some(true) {
                        "允许审核自己拟办的决定"
                    } else {
                        "不允许审核自己拟办的决定"
                    }
                }
                _ => return None,
            })
        });
        let changed = words::list(changed);
        (!changed.is_empty()).then(|| format!("改动：{changed}"))
    }

    fn reminders(&self) -> String {
        if self.fields.get("wanted").and_then(Value::as_bool) == Some(false) {
            return "不接收".to_owned();
        }
        let parts = self.strs("parts").into_iter().filter_map(Part::from_code);
        format!("接收：{}", words::list(parts.map(Part::label)))
    }

    fn answer(&self) -> Option<String> {
        let answer = RectificationAnswer::from_code(self.str("answer")?)?;
        Some(answer.label().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn event(action: &str, data: &str) -> Event {
        Event {
            sequence: 1,
            case: None,
            at: DateTime::UNIX_EPOCH,
            actor: "system".to_owned(),
            action: action.to_owned(),
            data: data.to_owned(),
            previous_hash: Vec::new(),
            hash: Vec::new(),
        }
    }

    #[test]
    fn what_is_sealed_and_what_says_nothing_is_not_shown() {
        let sealed = r#"{"words":"c2VhbGVk","particulars":"c2VhbGVk","year":2026,"hash":"ab12"}"#;
        for (action, _, _) in ACTIONS {
            let told = particulars(&event(action, sealed), &[]);
            assert!(!told.contains("c2VhbGVk") && !told.contains("ab12"), "{action}: {told}");
        }
        assert_eq!(particulars(&event("report_sealed", sealed), &[]), "2026年度");
    }

    #[test]
    fn what_is_known_is_said_in_words() {
        let id = Uuid::from_u128(5);
        let names = [Officer {
            id,
            agency_id: Uuid::from_u128(1),
            login: "wangfang".to_owned(),
            name: "王芳".to_owned(),
            roles: vec![Role::Clerk],
            password_hash: None,
            setup: None,
            disabled_at: None,
            failures: 0,
            locked_until: None,
            version: 0,
        }];
        let told = |action, data: &str| particulars(&event(action, data), &names);
        let changed = format!(r#"{{"officer":"{id}","from":["clerk"],"to":["clerk","head"]}}"#);
        assert_eq!(
            told("roles_changed", &changed),
            "账号：王芳，原来：经办人，改为：经办人、工作机构负责人"
        );
        assert_eq!(told("sign_in_failed", r#"{"unknown_name":"00ff"}"#), "用户名不存在");
        assert_eq!(told("agency_amended", r#"{"changed":["court"]}"#), "改动：法院");
        assert_eq!(action("no_such_action"), "其他事项");
    }
}
