//! The operator's verbs: one file for each.
//!
//! Results go to standard output, the log to standard error; the exit code is 0 only on
//! success. A verb is `Args`, which clap fills in, and `run`.

mod agency;
mod agency_choice;
mod audit;
mod calendar;
mod check;
mod chinese;
mod confined;
mod due;
mod error;
mod export;
mod import;
mod migrate;
mod office;
mod output;
mod report;
mod section_three;
mod serve;
mod user;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{FromArgMatches, Parser, Subcommand};

pub use self::error::CliError;
pub(crate) use self::output::{Format, print, print_json};

/// 依申：政府信息公开申请的接收、办理、答复和年度统计。
#[derive(Debug, Parser)]
#[command(name = "yishen", version)]
struct Cli {
    /// 配置文件；不指定时依次读取 config/default.toml 和 config/local.toml
    #[arg(long, global = true, value_name = "文件")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// 打开系统，提供网页服务（不写命令时即为此项）
    Serve(serve::Args),
    /// 计算答复期限，并逐日说明理由（不需要数据库）
    Due(due::Args),
    /// 查看工作日安排
    Calendar(calendar::Args),
    /// 工作人员账号
    User(user::Args),
    /// 机关
    Agency(agency::Args),
    /// 校验记录
    Audit(audit::Args),
    /// 检查配置、数据库、主密钥、工作日、邮件和磁盘
    Check(check::Args),
    /// 升级数据库结构
    Migrate(migrate::Args),
    /// 统计第三部分：收到和处理政府信息公开申请情况
    SectionThree(section_three::Args),
    /// 政府信息公开工作年度报告
    Report(report::Args),
    /// 批量导入
    Import(import::Args),
    /// 批量导出
    Export(export::Args),
    /// 在受限的子进程中读取外来文件（内部使用）
    #[command(hide = true)]
    Confined(confined::Args),
}

/// Parses the command line and runs one verb.
#[must_use]
pub fn main() -> ExitCode {
    let command = chinese::localised(<Cli as clap::CommandFactory>::command());
    let parsed = command
        .try_get_matches()
        .and_then(|matches| Cli::from_arg_matches(&matches));
    match parsed {
        Ok(cli) => cli.run().unwrap_or_else(|error| error.report()),
        Err(error) => chinese::report(&error),
    }
}

impl Cli {
    fn run(self) -> Result<ExitCode, CliError> {
        let config = self.config.as_deref();
        match self.verb {
            Some(Verb::Serve(args)) => serve::run(&args, config),
            Some(Verb::Due(args)) => due::run(&args, config),
            Some(Verb::Calendar(args)) => calendar::run(&args, config),
            Some(Verb::User(args)) => user::run(args, config),
            Some(Verb::Agency(args)) => agency::run(args, config),
            Some(Verb::Audit(args)) => audit::run(&args, config),
            Some(Verb::Check(args)) => check::run(&args, config),
            Some(Verb::Migrate(args)) => migrate::run(&args, config),
            Some(Verb::SectionThree(args)) => section_three::run(&args, config),
            Some(Verb::Import(args)) => import::run(&args, config),
            Some(Verb::Export(args)) => export::run(&args, config),
            Some(Verb::Report(args)) => report::run(&args, config),
            Some(Verb::Confined(args)) => confined::run(&args),
            None => serve::run(&serve::Args::default(), config),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        super::chinese::localised(super::Cli::command()).debug_assert();
    }
}
