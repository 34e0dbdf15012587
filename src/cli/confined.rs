//! `confined`: the hidden verb by which the program reads files of strangers in a child.

use std::io::{self, Read as _};
use std::process::ExitCode;

use clap::ValueEnum;

use super::CliError;
use super::output::deliver;
use crate::confined;
use crate::documents::outgoing::{self, Own};
use crate::documents::reading;

/// The most bytes of a file that are looked at.
const AT_MOST: u64 = 64 << 20;

/// The command line of `confined`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 任务
    #[arg(value_enum)]
    task: Task,
    /// 内存上限（字节）
    #[arg(long)]
    memory: u64,
    /// 时间上限（秒）
    #[arg(long)]
    seconds: u64,
}

/// What a child can be asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Task {
    /// A published report, as texts and tables.
    ReadReport,
    /// A file that is to leave the office, as what has to be looked at.
    LookInto,
    /// Nothing, without end: by this the limit on time is tested.
    Hang,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, CliError> {
    confined::limit(args.memory, args.seconds)?;
    match args.task {
        Task::ReadReport => {
            let pieces = reading::read(&input()?)?;
            deliver(&serde_json::to_vec(&pieces)?, None, false)?;
            Ok(ExitCode::SUCCESS)
        }
        Task::LookInto => {
            let parcel = input()?;
            let (own, file) = Own::unpack(&parcel).ok_or_else(|| CliError::new("没有收到文件"))?;
            let findings = outgoing::look(file, &own);
            deliver(&serde_json::to_vec(&findings)?, None, false)?;
            Ok(ExitCode::SUCCESS)
        }
        Task::Hang => loop {
            std::thread::park();
        },
    }
}

/// The file, from the standard input.
fn input() -> Result<Vec<u8>, CliError> {
    let mut bytes = Vec::new();
    io::stdin().take(AT_MOST + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > AT_MOST {
        return Err(CliError::new("文件过大（超过 64 MB），无法读取"));
    }
    Ok(bytes)
}
