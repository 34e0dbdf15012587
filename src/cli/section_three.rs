//! `section-three`: 第三部分 of the annual report, counted from the cases.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;

use super::agency_choice::chosen;
use super::output::{complain, deliver};
use super::{CliError, office};
use crate::casework::annual::section_of;
use crate::casework::founding;
use crate::casework::import::layout_of;
use crate::documents::{annual, section_three, xlsx};
use crate::report::layout::Layout;
use crate::report::reconcile::{Review, review};
use crate::storage;

/// The command line of `section-three`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 报告年度
    #[arg(long, value_name = "年", value_parser = clap::value_parser!(i32).range(2008..=2999))]
    year: i32,
    /// 机关代码；只有一个机关或一个最上级机关时可省略
    #[arg(long, value_name = "代码")]
    agency: Option<String>,
    /// 连同其下各级机关汇总
    #[arg(long)]
    roll_up: bool,
    /// 表格格式；不指定时 2019、2020 年度用 2019 年格式，其后用 2021 年格式
    #[arg(long, value_name = "格式", value_enum)]
    layout: Option<LayoutChoice>,
    /// 输出格式
    #[arg(long, value_name = "格式", value_enum, default_value_t = Output::Text)]
    format: Output,
    /// 写入文件，而不是标准输出
    #[arg(long, value_name = "文件")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LayoutChoice {
    #[value(name = "2019")]
    Trial2019,
    #[value(name = "2021")]
    Form2021,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    Text,
    Json,
    Csv,
    Xlsx,
    Html,
    Docx,
    Pdf,
}

pub(super) fn run(args: &Args, config: Option<&Path>) -> Result<ExitCode, CliError> {
    let app = office::open(config)?;
    let agencies = founding::agencies(&app)?;
    let agency = chosen(&agencies, args.agency.as_deref())?;
    let (id, year, roll_up) = (agency.id, args.year, args.roll_up);
    let (section, _) = app.database.read_blocking(move |conn| {
        let counted = if roll_up {
            storage::agencies::subtree(conn, id)?
        } else {
            vec![id]
        };
        section_of(conn, &counted, year)
    })?;
    let layout = args
        .layout
        .map(LayoutChoice::layout)
        .or(layout_of(app.settings.report.layout))
        .unwrap_or_else(|| Layout::of_year(year));
    let reviews = review(&section, layout);
    let table = section.table(&*agency.name, layout);
    let bytes = match args.format {
        Output::Text => section_three::text(&table, &reviews).into_bytes(),
        Output::Json => format!("{}\n", table.to_json()?).into_bytes(),
        Output::Csv => section_three::csv(&table)?,
        Output::Xlsx => xlsx::section_three(&table)?,
        Output::Html => section_three::html_page(&table)?.into_bytes(),
        Output::Docx => annual::section_three_paper(&table).print()?.docx,
        Output::Pdf => annual::section_three_paper(&table).print()?.pdf,
    };
    if args.format != Output::Text {
        complain_of(&reviews);
    }
    deliver(&bytes, args.output.as_deref(), args.format.is_binary())?;
    Ok(ExitCode::SUCCESS)
}

impl Output {
    const fn is_binary(self) -> bool {
        matches!(self, Self::Xlsx | Self::Docx | Self::Pdf)
    }
}

impl LayoutChoice {
    const fn layout(self) -> Layout {
        match self {
            Self::Trial2019 => Layout::Trial2019,
            Self::Form2021 => Layout::Form2021,
        }
    }
}

/// Tells what does not add up beside a result that has no place for it.
fn complain_of(reviews: &[Review]) {
    for finding in reviews.iter().flat_map(|review| &review.findings) {
        complain(&format!("勾稽不符：{finding}"));
    }
}
