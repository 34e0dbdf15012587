//! The report's tables as a workbook: a sheet for each part that has tables.

use super::grids;
use crate::documents::paper::Grid;
use crate::documents::xlsx::{Book, XlsxError};
use crate::report::annual::AnnualReport;

/// The tables of the report, with the merged headings of the forms.
///
/// # Errors
///
/// [`XlsxError`].
pub fn xlsx(report: &AnnualReport) -> Result<Vec<u8>, XlsxError> {
    let mut book = Book::new(&report.title, report.year)?;
    for part in &report.parts {
        let grids: Vec<Grid> = grids::of_part(report, part);
        if !grids.is_empty() {
            book.sheet(&part.heading, &report.title, &grids)?;
        }
    }
    book.finish()
}
