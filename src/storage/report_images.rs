//! Pictures in the text of an annual report.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::schema::report_images;
use super::types::{Id, Instant};
use super::{Connection, StorageError};
use crate::report::annual::Picture;

/// A picture as a page lists it, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its identity.
    pub id: Uuid,
    /// The part that it stands in.
    pub part: String,
    /// What is to be seen.
    pub caption: String,
}

/// Keeps a picture.
///
/// # Errors
///
/// [`StorageError`].
pub fn insert(
    conn: &mut Connection,
    agency: Uuid,
    year: i32,
    (id, part, picture): (Uuid, &str, &Picture),
    at: DateTime<Utc>,
) -> Result<(), StorageError> {
    diesel::insert_into(report_images::table)
        .values((
            report_images::id.eq(Id(id)),
            report_images::agency_id.eq(Id(agency)),
            report_images::year.eq(year),
            report_images::part.eq(part),
            report_images::caption.eq(&picture.caption),
            report_images::media_type.eq(&picture.media_type),
            report_images::width.eq(i32::try_from(picture.width).unwrap_or(i32::MAX)),
            report_images::height.eq(i32::try_from(picture.height).unwrap_or(i32::MAX)),
            report_images::content.eq(&picture.content),
            report_images::created_at.eq(Instant(at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The pictures of a report, in the order in which they were added.
///
/// # Errors
///
/// [`StorageError`].
pub fn list(conn: &mut Connection, agency: Uuid, year: i32) -> Result<Vec<Listed>, StorageError> {
    let rows: Vec<(Id, String, String)> = report_images::table
        .filter(report_images::agency_id.eq(Id(agency)))
        .filter(report_images::year.eq(year))
        .order((report_images::created_at, report_images::id))
        .select((report_images::id, report_images::part, report_images::caption))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(Id(id), part, caption)| Listed { id, part, caption })
        .collect())
}

type PictureRow = (String, String, String, i32, i32, Vec<u8>);

/// The pictures of a report with their bytes, each with the part that it stands in.
///
/// # Errors
///
/// [`StorageError`].
pub fn pictures(
    conn: &mut Connection,
    agency: Uuid,
    year: i32,
) -> Result<Vec<(String, Picture)>, StorageError> {
    let rows: Vec<PictureRow> = report_images::table
        .filter(report_images::agency_id.eq(Id(agency)))
        .filter(report_images::year.eq(year))
        .order((report_images::created_at, report_images::id))
        .select((
            report_images::part,
            report_images::caption,
            report_images::media_type,
            report_images::width,
            report_images::height,
            report_images::content,
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(part, caption, media_type, width, height, content)| {
            let (width, height) = (width.unsigned_abs(), height.unsigned_abs());
            (part, Picture { caption, media_type, width, height, content })
        })
        .collect())
}

/// Takes a picture out of a report that is not sealed.
///
/// # Errors
///
/// [`StorageError::NotFound`].
pub fn remove(
    conn: &mut Connection,
    agency: Uuid,
    year: i32,
    id: Uuid,
) -> Result<(), StorageError> {
    let removed = diesel::delete(
        report_images::table
            .find(Id(id))
            .filter(report_images::agency_id.eq(Id(agency)))
            .filter(report_images::year.eq(year)),
    )
    .execute(conn)?;
    if removed == 0 {
        return Err(StorageError::NotFound("picture"));
    }
    Ok(())
}
