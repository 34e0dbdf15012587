//! `user`: staff accounts. Nobody is given a password: who gets an account sets one, with a
//! code that is shown once.

use std::path::Path;
use std::process::ExitCode;

use clap::Subcommand;
use serde::Serialize;

use super::{CliError, Format, agency_choice, office, print, print_json};
use crate::app::App;
use crate::casework::accounts::{self, Invitation, NewAccount};
use crate::casework::founding;
use crate::clock::beijing;
use crate::domain::actor::{Actor, Role};
use crate::domain::agency::Agency;
use crate::storage::officers::{self, Officer};

/// The command line of `user`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// 建立账号，显示一次性设置码
    Add {
        /// 用户名
        #[arg(value_name = "用户名")]
        login: String,
        /// 岗位，可多次给出：clerk 经办人、reviewer 审核人、head 工作机构负责人、admin 系统管理员、
        /// auditor 安全审计员
        #[arg(long = "role", value_name = "岗位", required = true, value_parser = role)]
        roles: Vec<Role>,
        /// 所在机关的代码或名称；只有一个机关时可以不写
        #[arg(long, value_name = "机关")]
        agency: Option<String>,
        /// 姓名；不写时与用户名相同
        #[arg(long, value_name = "姓名")]
        name: Option<String>,
    },
    /// 列出账号
    List {
        /// 机关的代码或名称；不写时列出全部
        #[arg(long, value_name = "机关")]
        agency: Option<String>,
        /// 输出格式
        #[arg(long, value_name = "格式", value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// 停用账号，并立即退出其登录
    Disable {
        /// 用户名
        #[arg(value_name = "用户名")]
        login: String,
    },
    /// 收回口令，重新发给一次性设置码；停用的账号随之启用
    Reset {
        /// 用户名
        #[arg(value_name = "用户名")]
        login: String,
    },
}

fn role(code: &str) -> Result<Role, String> {
    let known: Vec<&str> = Role::ALL.into_iter().map(Role::code).collect();
    Role::from_code(code).ok_or_else(|| format!("可用的岗位有 {}", known.join("、")))
}

pub(super) fn run(args: Args, config: Option<&Path>) -> Result<ExitCode, CliError> {
    let app = office::open(config)?;
    let agencies = founding::agencies(&app)?;
    match args.verb {
        Verb::Add { login, roles, agency, name } => {
            let agency = agency_choice::chosen(&agencies, agency.as_deref())?;
            let name = name.unwrap_or_else(|| login.clone());
            let account = NewAccount { agency: agency.id, login, name, roles };
            let opened = office::wait_for(accounts::open(&app, account, &Actor::System))??;
            print(&format!("已在{}建立账号 {}。\n", agency.name, opened.login))?;
            print(&invitation(&app, &opened))?;
        }
        Verb::List { agency, format } => list(&app, &agencies, agency.as_deref(), format)?,
        Verb::Disable { login } => {
            let officer = find(&app, &login)?;
            let (agency, id) = (officer.agency_id, officer.id);
            office::wait_for(accounts::disable(&app, agency, id, &Actor::System))??;
            print(&format!("账号 {login} 已停用。\n"))?;
        }
        Verb::Reset { login } => {
            let officer = find(&app, &login)?;
            let (agency, id) = (officer.agency_id, officer.id);
            let reset = office::wait_for(accounts::reset(&app, agency, id, &Actor::System))??;
            print(&format!("账号 {login} 的口令已收回。\n"))?;
            print(&invitation(&app, &reset))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Where to set a password, and the code for it. The code stands beside the address and not in
/// it: addresses are logged on their way.
pub(super) fn invitation(app: &App, invitation: &Invitation) -> String {
    let until = beijing(invitation.expires_at).format("%Y-%m-%d %H:%M");
    format!(
        "请本人打开  {}/staff/setup\n填写设置码  {}\n设置码只显示这一次，{until} 前有效，用后即失效。\n",
        app.settings.base_url(),
        invitation.code
    )
}

fn find(app: &App, login: &str) -> Result<Officer, CliError> {
    let wanted = login.to_owned();
    let found = app
        .database
        .read_blocking(move |conn| officers::find_by_login(conn, &wanted))?;
    found.ok_or_else(|| CliError::new(format!("没有用户名为 {login} 的账号")))
}

/// An account, as listed.
#[derive(Serialize)]
struct Listed {
    login: String,
    name: String,
    agency: String,
    roles: Vec<&'static str>,
    state: &'static str,
}

fn list(
    app: &App,
    agencies: &[Agency],
    wanted: Option<&str>,
    format: Format,
) -> Result<(), CliError> {
    let shown = match wanted {
        Some(_) => vec![agency_choice::chosen(agencies, wanted)?],
        None => agencies.iter().collect(),
    };
    let ids: Vec<_> = shown.iter().map(|agency| agency.id).collect();
    let accounts = app
        .database
        .read_blocking(move |conn| officers::list(conn, &ids))?;
    let listed: Vec<Listed> = accounts
        .into_iter()
        .map(|officer| {
            let agency = shown.iter().find(|agency| agency.id == officer.agency_id);
            Listed {
                state: state(&officer),
                login: officer.login,
                name: officer.name,
                agency: agency.map(|agency| agency.code.clone()).unwrap_or_default(),
                roles: officer.roles.into_iter().map(Role::code).collect(),
            }
        })
        .collect();
    match format {
        Format::Json => print_json(&listed),
        Format::Text if listed.is_empty() => print("尚无账号。\n"),
        Format::Text => print(&text(&listed)),
    }
}

const fn state(officer: &Officer) -> &'static str {
    match (&officer.disabled_at, &officer.password_hash) {
        (Some(_), _) => "disabled",
        (None, Some(_)) => "active",
        (None, None) => "invited",
    }
}

fn text(listed: &[Listed]) -> String {
    let lines = listed.iter().map(|account| {
        let roles: Vec<&str> = account
            .roles
            .iter()
            .filter_map(|code| Role::from_code(code).map(Role::label))
            .collect();
        let state = match account.state {
            "disabled" => "已停用",
            "invited" => "待设置口令",
            _ => "正常",
        };
        let Listed { login, name, agency, .. } = account;
        format!("{login}\t{name}\t{agency}\t{}\t{state}\n", roles.join("、"))
    });
    format!("用户名\t姓名\t机关\t岗位\t状态\n{}", lines.collect::<String>())
}
