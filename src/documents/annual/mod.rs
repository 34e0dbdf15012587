//! The annual report as files: paper (PDF, DOCX), page, workbook, open data.

pub mod grids;
mod open_data;
mod workbook;

use crate::documents::paper::{Block, Grid, Image, Paper, PaperError, Printed};
use crate::report::annual::AnnualReport;
use crate::report::layout::TITLE;
use crate::report::table::Table;
use chrono::{Datelike as _, NaiveDate};

pub use self::open_data::{FIELDS, csv, json};
pub use self::workbook::xlsx;

/// The report on official paper.
///
/// A report without 成文日期 bears the last day of its year; [`crate::report::annual::checks`]
/// says so.
#[must_use]
pub fn paper(report: &AnnualReport) -> Paper {
    let last_day = NaiveDate::from_ymd_opt(report.year, 12, 31).unwrap_or_default();
    let on = report.dated.unwrap_or(last_day);
    let title = match report.title.strip_prefix(&report.agency) {
        Some(rest) => format!("{}\n{rest}", report.agency),
        None => report.title.clone(),
    };
    let mut blocks = vec![Block::Title(title)];
    blocks.extend(report.preface.iter().cloned().map(Block::Paragraph));
    for part in &report.parts {
        blocks.push(Block::Heading(part.heading.clone()));
        blocks.extend(grids::of_part(report, part).into_iter().map(Block::Table));
        blocks.extend(part.paragraphs.iter().cloned().map(Block::Paragraph));
        blocks.extend(part.pictures.iter().map(|picture| {
            Block::Image(Image {
                caption: picture.caption.clone(),
                media_type: picture.media_type.clone(),
                width: picture.width,
                height: picture.height,
                content: picture.content.clone(),
            })
        }));
    }
    if let Some(dated) = report.dated {
        blocks.push(Block::Signature { agency: report.agency.clone(), date: in_words(dated) });
    }
    Paper { title: report.title.clone(), author: report.agency.clone(), on, blocks }
}

/// Section three alone, on official paper.
#[must_use]
pub fn section_three_paper(table: &Table) -> Paper {
    let title = format!("{}{}年{TITLE}", table.agency, table.year);
    Paper {
        author: table.agency.clone(),
        on: NaiveDate::from_ymd_opt(table.year, 12, 31).unwrap_or_default(),
        blocks: vec![
            Block::Title(title.clone()),
            Block::Table(grids::section_three(table)),
        ],
        title,
    }
}

/// The report as PDF and DOCX.
///
/// # Errors
///
/// [`PaperError`].
pub fn print(report: &AnnualReport) -> Result<Printed, PaperError> {
    paper(report).print()
}

/// The report as a piece of a page.
#[must_use]
pub fn html(report: &AnnualReport) -> String {
    paper(report).html()
}

/// The report as a document of its own, which a portal can take over as it is.
#[must_use]
pub fn html_page(report: &AnnualReport) -> String {
    let title = report
        .title
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    format!(
        "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n{}</body>\n</html>\n",
        html(report)
    )
}

/// How the page looks where no style sheet of a portal says otherwise.
const STYLE: &str = include_str!("../../../assets/report.css");

/// 成文日期 in numerals: 2024年1月12日.
fn in_words(day: NaiveDate) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

/// Every table of the report with the heading that it stands under.
fn tables(report: &AnnualReport) -> Vec<(&str, Grid)> {
    let parts = report.parts.iter();
    parts
        .flat_map(|part| {
            let grids = grids::of_part(report, part).into_iter();
            grids.map(|grid| (part.heading.as_str(), grid))
        })
        .collect()
}

#[cfg(test)]
mod tests;
