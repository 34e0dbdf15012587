//! 审计记录: what happened in the agency, for 安全审计员. It names cases by number, and holds
//! nothing of applicants.

use std::collections::{BTreeSet, HashMap};

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use crate::app::App;
use crate::casework::record;
use crate::domain::actor::Role;
use crate::domain::applicant::ApplicantKind;
use crate::domain::case::ActKind;
use crate::domain::channel::Channel;
use crate::domain::consultation::{Opinion, Party};
use crate::domain::outcome::{Disposition, Outcome};
use crate::domain::redress::{Ruling, Way};
use crate::storage::events::{self, ChainError, Event};
use crate::storage::{StorageError, cases, officers};
use crate::web::error::WebError;
use crate::web::page::{self, StaffFrame};
use crate::web::session::CurrentOfficer;
use crate::web::staff::form::DeskForm;
use crate::web::words;

/// How many events stand on a page.
const PAGE: i64 = 50;

/// Particulars that say nothing here: what was written is sealed, and files have no names.
const SEALED: [&str; 4] = ["words", "attachment", "attachments", "mail"];

/// An event in the list.
#[derive(Debug)]
struct Row {
    sequence: i64,
    at: String,
    actor: String,
    action: String,
    case: String,
    data: String,
}

/// What came of verifying the chain.
#[derive(Debug)]
struct Verdict {
    good: bool,
    title: &'static str,
    words: String,
}

#[derive(Debug, Template)]
#[template(path = "staff/audit.html")]
struct AuditPage {
    frame: StaffFrame,
    token: String,
    verdict: Option<Verdict>,
    rows: Vec<Row>,
    first_page: bool,
    next_href: Option<String>,
}

/// Which page of the record is asked for.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    before: Option<i64>,
}

/// The names that a page of the record needs.
struct Names {
    officers: HashMap<Uuid, String>,
    cases: HashMap<Uuid, String>,
}

/// `GET /staff/audit`
///
/// # Errors
///
/// [`WebError`].
pub async fn show(
    app: Data<App>,
    officer: CurrentOfficer,
    asked: Query<Asked>,
) -> Result<HttpResponse, WebError> {
    audit_page(&app, &officer, asked.before, None).await
}

/// `POST /staff/audit/verify`
///
/// # Errors
///
/// [`WebError`].
pub async fn verify(
    app: Data<App>,
    officer: CurrentOfficer,
    _form: DeskForm,
) -> Result<HttpResponse, WebError> {
    let verdict = match record::check(&app, officer.agency().id).await {
        Ok(count) => Verdict {
            good: true,
            title: "校验通过",
            words: format!("共{count}条记录，前后相连，没有改动、缺失或者添加。"),
        },
        Err(ChainError::Broken { sequence, what, .. }) => Verdict {
            good: false,
            title: "校验不通过",
            words: format!("第{sequence}条记录{what}。请保留现场，立即报告本机关负责人。"),
        },
        Err(ChainError::Storage(error)) => return Err(error.into()),
    };
    audit_page(&app, &officer, None, Some(verdict)).await
}

async fn audit_page(
    app: &App,
    officer: &CurrentOfficer,
    before: Option<i64>,
    verdict: Option<Verdict>,
) -> Result<HttpResponse, WebError> {
    let agency = officer.agency().id;
    let (found, names) = app
        .database
        .read(move |conn| {
            let found = events::page(conn, agency, before, PAGE)?;
            let officers = officers::list(conn, &[agency])?;
            let mut cases = HashMap::new();
            for case in found
                .iter()
                .filter_map(|event| event.case)
                .collect::<BTreeSet<_>>()
            {
                cases.insert(case, cases::find_any(conn, case)?.number.to_string());
            }
            let officers = officers
                .into_iter()
                .map(|officer| (officer.id, officer.name));
            Ok::<_, StorageError>((found, Names { officers: officers.collect(), cases }))
        })
        .await?;
    let last = found
        .last()
        .map(|event| event.sequence)
        .filter(|last| *last > 1);
    page::show(
        StatusCode::OK,
        &AuditPage {
            frame: super::frame(app, officer, "/staff/audit")?,
            token: officer.token(app)?,
            verdict,
            rows: found.iter().map(|event| names.row(event)).collect(),
            first_page: before.is_none(),
            next_href: last.map(|last| format!("/staff/audit?before={last}")),
        },
    )
}

impl Names {
    fn row(&self, event: &Event) -> Row {
        let case = event.case.and_then(|case| self.cases.get(&case));
        Row {
            sequence: event.sequence,
            at: words::moment(event.at),
            actor: self.actor(&event.actor),
            action: action(&event.action),
            case: case.cloned().unwrap_or_default(),
            data: self.particulars(&event.data),
        }
    }

    fn actor(&self, actor: &str) -> String {
        match actor {
            "applicant" => "申请人".to_owned(),
            "system" => "系统".to_owned(),
            other => {
                let id = other.strip_prefix("officer:").unwrap_or(other);
                self.officer(id).unwrap_or_else(|| other.to_owned())
            }
        }
    }

    fn officer(&self, id: &str) -> Option<String> {
        let id: Uuid = id.parse().ok()?;
        self.officers.get(&id).cloned()
    }

    /// The particulars of an event, one after the other; names instead of identities.
    fn particulars(&self, data: &str) -> String {
        let Ok(Value::Object(fields)) = serde_json::from_str(data) else {
            return String::new();
        };
        let told = fields
            .iter()
            .filter(|(name, _)| !SEALED.contains(&name.as_str()));
        let lines = told.filter_map(|(name, value)| {
            let text = self.text(value);
            (!text.is_empty()).then(|| format!("{}：{text}", field(name)))
        });
        lines.collect::<Vec<_>>().join("；")
    }

    fn text(&self, value: &Value) -> String {
        match value {
            Value::Null => String::new(),
            Value::Bool(true) => "是".to_owned(),
            Value::Bool(false) => "否".to_owned(),
            Value::Number(number) => number.to_string(),
            Value::String(text) => self.officer(text).unwrap_or_else(|| named(text)),
            Value::Array(values) => words::list(values.iter().map(|value| self.text(value))),
            Value::Object(fields) => words::list(
                fields
                    .iter()
                    .map(|(name, value)| format!("{} {}", field(name), self.text(value))),
            ),
        }
    }
}

/// What people call an action.
fn action(code: &str) -> String {
    let label = match code {
        "filed" => "提交申请",
        "registered" => "登记申请",
        "imported" => "导入",
        "reply_read" => "申请人下载答复",
        "revealed" => "查看完整信息",
        "attachment_read" => "下载附件",
        "outgoing_answered" => "处理文件检查发现",
        "archive_taken" => "导出案卷",
        "signed_in" => "登录",
        "sign_in_failed" => "登录失败",
        "signed_out" => "退出",
        "password_set" => "设置口令",
        "account_opened" => "添加账号",
        "account_reset" => "重置口令",
        "account_disabled" => "停用账号",
        "roles_changed" => "调整岗位",
        "agency_amended" => "修改机关信息",
        "mail_retried" => "重新发送邮件",
        "mail_returned" => "登记邮件退信",
        "redress_recorded" => "登记复议、诉讼",
        "redress_amended" => "修改复议、诉讼记录",
        "report_written" => "编写年度报告",
        "report_sealed" => "签发年度报告",
        "report_seal_taken_back" => "撤回签发",
        "report_published" => "公布年度报告",
        "report_corrected" => "公布更正",
        "table_handed_in" => "收下报送的表格",
        "opening_balance_set" => "登记上年结转",
        "reminders_chosen" => "设置每日提醒",
        "item_published" => "登记已公开信息",
        "item_withdrawn" => "撤下已公开信息",
        "split" => "拆分申请",
        "joined" => "关联申请",
        "rectification_filed" => "登记更正申请",
        "rectification_answered" => "答复更正申请",
        "rectification_letter_read" => "下载更正告知书",
        "rectification_revealed" => "查看更正申请人信息",
        "letter_issued" => "出具登记回执",
        "mail_settled" => "已用其他方式告知",
        code => {
            return ActKind::from_code(code)
                .map_or_else(|| code.to_owned(), |kind| kind.label().to_owned());
        }
    };
    label.to_owned()
}

/// What people call a particular of an event; its own name where there is no better one.
fn field(name: &str) -> &str {
    match name {
        "officer" => "账号",
        "unknown_name" => "不存在的用户名（校验值）",
        "roles" => "岗位",
        "from" => "原来",
        "to" => "改为",
        "changed" => "改动的项目",
        "own_review_allowed" => "允许审核自己拟办的决定",
        "reason" => "事由",
        "number" => "受理编号",
        "channel" => "渠道",
        "on" => "日期",
        "kind" | "applicant_kind" => "申请人类型",
        "arrived_on" => "到达日期",
        "received_on" => "收到申请之日",
        "confirmed_on" => "确认日期",
        "until" => "期限至",
        "as_exception" => "例外告知",
        "party" => "征求意见对象",
        "consultation" => "征求意见序号",
        "opinion" => "意见",
        "days" => "工作日",
        "yuan" => "金额（元）",
        "cases" | "numbers" => "件数",
        "year" => "年度",
        "disposition" => "决定",
        "outcome" | "ruling" => "结果",
        "stage" => "环节",
        "version" => "版本",
        "what" => "内容",
        "hash" => "摘要",
        "note" => "说明",
        "agency" => "机关",
        "file" => "文件",
        "way" => "途径",
        "begun_on" => "受理日期",
        "authority" => "机关或法院",
        "file_number" => "案号",
        "ended_on" => "审结日期",
        name => name,
    }
}

/// Codes of the house in words.
fn named(text: &str) -> String {
    let label = match text {
        "initials" => Some("机关代字"),
        "address" => Some("地址"),
        "postcode" => Some("邮政编码"),
        "telephone" => Some("电话"),
        "hours" => Some("办公时间"),
        "email" => Some("电子邮箱"),
        "review_authority" => Some("行政复议机关"),
        "court" => Some("法院"),
        "own_review_allowed" => Some("自审开关"),
        code => Role::from_code(code)
            .map(Role::label)
            .or_else(|| Channel::from_code(code).map(Channel::label))
            .or_else(|| ApplicantKind::from_code(code).map(ApplicantKind::label))
            .or_else(|| Party::from_code(code).map(Party::label))
            .or_else(|| Way::from_code(code).map(Way::label))
            .or_else(|| Ruling::from_code(code).map(Ruling::label))
            .or_else(|| Opinion::from_code(code).map(Opinion::label))
            .or_else(|| Disposition::from_code(code).map(Disposition::label))
            .or_else(|| Outcome::from_code(code).map(Outcome::label)),
    };
    label.map_or_else(|| text.to_owned(), str::to_owned)
}
