//! `agency`: agencies and their tree.

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use clap::Subcommand;
use serde::Serialize;
use uuid::Uuid;

use super::{CliError, Format, agency_choice, office, print, print_json};
use crate::casework::agency::{self, Particulars};
use crate::casework::founding;
use crate::domain::actor::Actor;
use crate::domain::agency::Agency;

/// The command line of `agency`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// 增加机关
    Add {
        /// 机关代码，用于受理编号；字母、数字、连字符
        #[arg(value_name = "代码")]
        code: String,
        /// 机关名称
        #[arg(value_name = "名称")]
        name: String,
        /// 上级机关的代码或名称；不写时为最上一级
        #[arg(long, value_name = "机关")]
        parent: Option<String>,
        /// 机关代字，用于文号
        #[arg(long, value_name = "代字", default_value = "依申")]
        initials: String,
        /// 地址
        #[arg(
            long,
            value_name = "地址",
            default_value = "",
            hide_default_value = true
        )]
        address: String,
        /// 电话
        #[arg(
            long,
            value_name = "电话",
            default_value = "",
            hide_default_value = true
        )]
        telephone: String,
    },
    /// 列出机关及其上下级
    List {
        /// 输出格式
        #[arg(long, value_name = "格式", value_enum, default_value_t = Format::Text)]
        format: Format,
    },
}

/// An agency, as listed.
#[derive(Serialize)]
struct Listed<'a> {
    code: &'a str,
    name: &'a str,
    parent: Option<&'a str>,
}

pub(super) fn run(args: Args, config: Option<&Path>) -> Result<ExitCode, CliError> {
    let app = office::open(config)?;
    let known = founding::agencies(&app)?;
    match args.verb {
        Verb::Add { code, name, parent, initials, address, telephone } => {
            let parent = match parent.as_deref() {
                Some(parent) => Some(agency_choice::chosen(&known, Some(parent))?.id),
                None => None,
            };
            let to = Particulars { initials, address, telephone, ..Particulars::default() };
            let adding = agency::add(&app, &code, &name, parent, to, &Actor::System);
            let added = office::wait_for(adding)??;
            print(&format!("已增加机关 {}（{}）。\n", added.name, added.code))?;
        }
        Verb::List { format: Format::Json } => {
            let listed: Vec<Listed<'_>> =
                known.iter().map(|agency| listed(agency, &known)).collect();
            print_json(&listed)?;
        }
        Verb::List { format: Format::Text } => print(&tree(&known)?)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn listed<'a>(agency: &'a Agency, known: &'a [Agency]) -> Listed<'a> {
    let parent = known.iter().find(|other| Some(other.id) == agency.parent);
    Listed {
        code: &agency.code,
        name: &agency.name,
        parent: parent.map(|parent| parent.code.as_str()),
    }
}

/// Every agency below the one that stands above it.
fn tree(known: &[Agency]) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    let mut waiting = below(known, None, 0);
    while let Some((agency, depth)) = waiting.pop() {
        writeln!(text, "{}{}（{}）", "  ".repeat(depth), agency.name, agency.code)?;
        waiting.extend(below(known, Some(agency.id), depth + 1));
    }
    Ok(text)
}

/// The agencies right below one, the last first.
fn below(known: &[Agency], parent: Option<Uuid>, depth: usize) -> Vec<(&Agency, usize)> {
    let found = known.iter().filter(|agency| agency.parent == parent);
    found.rev().map(|agency| (agency, depth)).collect()
}
