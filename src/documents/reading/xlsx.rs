//! Every sheet of an XLSX as a table.

use std::io::Cursor;

use calamine::{DataRef, Dimensions, Reader as _, Xlsx, XlsxError};

use super::ReadingFault;
use crate::report::published::Piece;

/// The most columns and rows of a sheet that are followed.
const COLUMNS_AT_MOST: usize = 64;
const ROWS_AT_MOST: usize = 5_000;

pub(super) fn read(bytes: &[u8]) -> Result<Vec<Piece>, ReadingFault> {
    let broken = |_: XlsxError| ReadingFault::NotOffice;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let mut pieces = Vec::new();
    for name in book.sheet_names() {
        let merged = book.merge_cells_by_sheet_name(&name).unwrap_or_default();
        // A sheet may be a chart, which has no cells.
        let Ok(mut reader) = book.worksheet_cells_reader(&name) else {
            continue;
        };
        let mut rows: Vec<(u32, Vec<String>)> = Vec::new();
        while let Some(cell) = reader.next_cell().map_err(broken)? {
            let (row, column) = cell.get_position();
            let words = words(cell.get_value());
            if words.is_empty() {
                continue;
            }
            let column = usize::try_from(column).unwrap_or(usize::MAX);
            if column >= COLUMNS_AT_MOST || rows.len() > ROWS_AT_MOST {
                return Err(ReadingFault::TooLarge);
            }
            if rows.last().is_none_or(|(number, _)| *number != row) {
                rows.push((row, Vec::new()));
            }
            if let Some((_, cells)) = rows.last_mut() {
                cells.resize(column, String::new());
                cells.push(words);
            }
        }
        repeat_merged(&mut rows, &merged);
        let width = rows.iter().map(|(_, cells)| cells.len()).max().unwrap_or(0);
        let padded = rows.into_iter().map(|(_, mut cells)| {
            cells.resize(width, String::new());
            cells
        });
        pieces.push(Piece::Table(padded.collect()));
    }
    Ok(pieces)
}

/// Writes what stands in a merged field into all its cells, as the other formats have it.
fn repeat_merged(rows: &mut [(u32, Vec<String>)], merged: &[Dimensions]) {
    for field in merged {
        let column = |column: u32| usize::try_from(column).unwrap_or(usize::MAX);
        let (first, last) = (column(field.start.1), column(field.end.1));
        if last >= COLUMNS_AT_MOST {
            continue;
        }
        let origin = rows.iter().find(|(row, _)| *row == field.start.0);
        let said = origin.and_then(|(_, cells)| cells.get(first)).cloned();
        let Some(said) = said.filter(|said| !said.is_empty()) else {
            continue;
        };
        let within = |row: u32| (field.start.0..=field.end.0).contains(&row);
        for (_, cells) in rows.iter_mut().filter(|(row, _)| within(*row)) {
            if cells.len() <= last {
                cells.resize(last + 1, String::new());
            }
            for cell in cells.iter_mut().take(last + 1).skip(first) {
                cell.clone_from(&said);
            }
        }
    }
}

fn words(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(words) => words.trim().to_owned(),
        DataRef::SharedString(words) => words.trim().to_owned(),
        DataRef::Error(error) => error.to_string(),
        _ => String::new(),
    }
}
