//! Pictures in the text of a report: added and taken out while it is written.

use serde_json::json;
use uuid::Uuid;

use super::AnnualError;
use super::write::WRITERS;
use crate::app::App;
use crate::casework::ids;
use crate::casework::record::{self, Happened};
use crate::documents::paper::{Block, Image, Paper, Unfit, measure};
use crate::domain::actor::Actor;
use crate::report::annual::Picture;
use crate::storage::{Connection, report_images, seals};

/// The most pictures of a report.
const AT_MOST: usize = 10;
/// The largest picture, in MiB.
pub const MIB: usize = 3;

/// A file that is to become a picture.
#[derive(Debug, Clone)]
pub struct PictureFile {
    /// The part that it is to stand in.
    pub part: String,
    /// What is to be seen.
    pub caption: String,
    /// What its content is, found by looking at it.
    pub media_type: String,
    /// Its bytes.
    pub content: Vec<u8>,
}

/// Adds a picture below the text of a part.
///
/// # Errors
///
/// [`AnnualError::Picture`] or [`AnnualError::Unfit`], if it cannot be shown or is too large;
/// [`AnnualError::Sealed`].
pub async fn add(
    app: &App,
    agency: Uuid,
    year: i32,
    file: PictureFile,
    by: &Actor,
) -> Result<(), AnnualError> {
    if !by.holds(WRITERS) {
        return Err(AnnualError::NotYours("编写年度报告"));
    }
    let part = file.part.clone();
    let picture = tokio::task::spawn_blocking(move || read(file))
        .await
        .map_err(|error| AnnualError::Paper(error.to_string()))??;
    let (office, by, now, id) = (app.clone(), by.clone(), app.clock.now(), ids::new());
    let write = move |conn: &mut Connection| {
        if seals::find(conn, agency, year)?.is_some() {
            return Err(AnnualError::Sealed(year));
        }
        if report_images::list(conn, agency, year)?.len() >= AT_MOST {
            return Err(AnnualError::Picture("一份报告最多 10 张图片"));
        }
        report_images::insert(conn, agency, year, (id, &part, &picture), now)?;
        let data = json!({ "year": year, "what": part, "picture": picture.caption }).to_string();
        let (action, by) = ("report_written", &by);
        let happened = Happened { agency, case: None, at: now, by, action, data: &data };
        record::append(conn, &office.vault, &happened)?;
        Ok(())
    };
    app.database.write(write).await
}

/// Looks at the file: its size, and whether it can be printed.
fn read(file: PictureFile) -> Result<Picture, AnnualError> {
    if file.content.len() > MIB * 1024 * 1024 {
        return Err(AnnualError::Picture("图片不能超过 3 MB，请压缩后上传"));
    }
    if !matches!(file.media_type.as_str(), "image/png" | "image/jpeg") {
        return Err(AnnualError::Picture("图片应为 PNG 或者 JPEG"));
    }
    let (width, height) = measure(&file.content).map_err(AnnualError::Unfit)?;
    let image = Image {
        caption: file.caption.clone(),
        media_type: file.media_type.clone(),
        width,
        height,
        content: file.content.clone(),
    };
    let trial = Paper {
        title: String::new(),
        author: String::new(),
        on: chrono::NaiveDate::default(),
        blocks: vec![Block::Image(image)],
    };
    // Better told now than on the day of the seal.
    trial
        .print()
        .map_err(|_| AnnualError::Unfit(Unfit::Broken))?;
    Ok(Picture {
        caption: file.caption,
        media_type: file.media_type,
        width,
        height,
        content: file.content,
    })
}

/// Takes a picture out.
///
/// # Errors
///
/// [`AnnualError::Sealed`], if the report is sealed.
pub async fn remove(
    app: &App,
    agency: Uuid,
    year: i32,
    id: Uuid,
    by: &Actor,
) -> Result<(), AnnualError> {
    if !by.holds(WRITERS) {
        return Err(AnnualError::NotYours("编写年度报告"));
    }
    let (office, by, now) = (app.clone(), by.clone(), app.clock.now());
    let write = move |conn: &mut Connection| {
        if seals::find(conn, agency, year)?.is_some() {
            return Err(AnnualError::Sealed(year));
        }
        report_images::remove(conn, agency, year, id)?;
        let data = json!({ "year": year, "what": "picture" }).to_string();
        let (action, by) = ("report_written", &by);
        let happened = Happened { agency, case: None, at: now, by, action, data: &data };
        record::append(conn, &office.vault, &happened)?;
        Ok(())
    };
    app.database.write(write).await
}
