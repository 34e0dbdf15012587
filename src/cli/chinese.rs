//! The command line's own words, in Chinese.

use std::process::ExitCode;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use clap::{Arg, ArgAction, Command};

use super::output::complain;

/// What shells take for a wrong command line.
const USAGE: u8 = 2;
const TEMPLATE: &str = "{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}";
const OPTIONS: &str = "选项";

/// The command with its help in Chinese, and all that are below it.
pub(super) fn localised(command: Command) -> Command {
    let version = command.get_version().is_some();
    let command = command
        .help_template(TEMPLATE)
        .subcommand_help_heading("命令")
        .subcommand_value_name("命令")
        .disable_help_subcommand(true)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .mut_args(with_values_told)
        .arg(
            Arg::new("help")
                .short('h')
                .long("help")
                .action(ArgAction::Help)
                .help("显示帮助")
                .help_heading(OPTIONS),
        )
        .mut_subcommands(localised);
    if version {
        let flag = Arg::new("version").short('V').long("version");
        command.arg(
            flag.action(ArgAction::Version)
                .help("显示版本")
                .help_heading(OPTIONS),
        )
    } else {
        command
    }
}

/// The argument with its choices and its default in its help.
fn with_values_told(argument: Arg) -> Arg {
    let choices: Vec<String> = argument
        .get_possible_values()
        .iter()
        .map(|value| value.get_name().to_owned())
        .collect();
    let takes_value = argument.get_action().takes_values();
    let mut told = argument
        .get_help()
        .map(StyledStr::to_string)
        .unwrap_or_default();
    if takes_value && !choices.is_empty() {
        told = format!("{told}：{}", choices.join("、"));
    }
    if takes_value
        && let [default, ..] = argument.get_default_values()
        && !default.is_empty()
    {
        told = format!("{told}（默认 {}）", default.to_string_lossy());
    }
    let heading = if argument.is_positional() {
        "参数"
    } else {
        OPTIONS
    };
    let told = argument.help(told).help_heading(heading);
    // A switch has neither, and may not hide them.
    if takes_value {
        told.hide_possible_values(true).hide_default_value(true)
    } else {
        told
    }
}

/// Says what is wrong with the command line, or shows the help that was asked for.
pub(super) fn report(error: &Error) -> ExitCode {
    if !error.use_stderr() {
        return match super::print(&help(error)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => error.report(),
        };
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        complain(help(error).trim_end());
    } else {
        complain(&format!("{}\n加 --help 可查看用法。", explained(error)));
    }
    ExitCode::from(USAGE)
}

/// The help or the version, as a whole number of lines.
fn help(error: &Error) -> String {
    let text = error.to_string().replace("[OPTIONS]", "[选项]");
    format!("{}\n", text.trim_end())
}

/// What is wrong, in a sentence.
fn explained(error: &Error) -> String {
    let argument = told(error, ContextKind::InvalidArg);
    let value = told(error, ContextKind::InvalidValue);
    match error.kind() {
        ErrorKind::UnknownArgument => format!("没有名为 {argument} 的选项"),
        ErrorKind::InvalidSubcommand => {
            format!("没有名为 {} 的命令", told(error, ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingRequiredArgument => format!("缺少必需的选项 {argument}"),
        ErrorKind::MissingSubcommand => "缺少命令".to_owned(),
        ErrorKind::ArgumentConflict => {
            format!("选项 {argument} 不能与 {} 同用", told(error, ContextKind::PriorArg))
        }
        ErrorKind::InvalidValue if value.is_empty() => format!("选项 {argument} 缺少取值"),
        ErrorKind::InvalidValue => format!(
            "选项 {argument} 的取值“{value}”不对，可用的有：{}",
            told(error, ContextKind::ValidValue)
        ),
        ErrorKind::ValueValidation => {
            let why = std::error::Error::source(error).map(ToString::to_string);
            format!("选项 {argument} 的取值“{value}”不对：{}", why.unwrap_or_default())
        }
        _ => error.to_string(),
    }
}

/// What clap knows about one side of the mistake.
fn told(error: &Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join("、"),
        Some(ContextValue::StyledStr(text)) => text.to_string(),
        _ => String::new(),
    }
}
