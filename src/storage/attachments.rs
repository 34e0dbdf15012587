//! Attachments: what the database keeps of a sealed file on disk.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::schema::attachments;
use super::types::{Id, Instant};
use super::{Connection, StorageError};

/// What an attachment is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// 身份证明.
    Identity,
    /// What else the applicant enclosed.
    Support,
    /// 提供的信息: what is given to the applicant with the answer.
    Reply,
    /// 文书: a letter that was issued.
    Letter,
    /// 送达凭证 and whatever else came or went with an act of the office.
    Evidence,
}

impl Purpose {
    /// All purposes.
    pub const ALL: [Self; 5] = [
        Self::Identity,
        Self::Support,
        Self::Reply,
        Self::Letter,
        Self::Evidence,
    ];

    /// The identifier, as stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Support => "support",
            Self::Reply => "reply",
            Self::Letter => "letter",
            Self::Evidence => "evidence",
        }
    }

    /// The purpose with this [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.code() == code)
    }

    /// What people call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Identity => "身份证明",
            Self::Support => "申请材料",
            Self::Reply => "提供的信息",
            Self::Letter => "文书",
            Self::Evidence => "办理凭证",
        }
    }
}

/// What is kept of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its identity.
    pub id: Uuid,
    /// What it is for.
    pub purpose: Purpose,
    /// Its name, under the case's key.
    pub name_sealed: Vec<u8>,
    /// What its content is.
    pub media_type: String,
    /// The length of its content, in bytes.
    pub size: i64,
    /// The name of the sealed file on disk.
    pub stored_as: String,
    /// SHA-256 of the sealed file.
    pub sha256: Vec<u8>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = attachments)]
struct AttachmentRow {
    id: Id,
    purpose: String,
    name_sealed: Vec<u8>,
    media_type: String,
    size: i64,
    stored_as: String,
    sha256: Vec<u8>,
}

/// Keeps the attachments of a case.
///
/// # Errors
///
/// [`StorageError`].
pub fn insert(
    conn: &mut Connection,
    case: Uuid,
    files: &[Attachment],
    at: DateTime<Utc>,
) -> Result<(), StorageError> {
    for file in files {
        diesel::insert_into(attachments::table)
            .values((
                attachments::id.eq(Id(file.id)),
                attachments::case_id.eq(Id(case)),
                attachments::purpose.eq(file.purpose.code()),
                attachments::name_sealed.eq(file.name_sealed.as_slice()),
                attachments::media_type.eq(&file.media_type),
                attachments::size.eq(file.size),
                attachments::stored_as.eq(&file.stored_as),
                attachments::sha256.eq(file.sha256.as_slice()),
                attachments::created_at.eq(Instant(at)),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// The attachments of a case, in the order in which they came.
///
/// # Errors
///
/// [`StorageError::Inconsistent`] for a row that contradicts itself.
pub fn of_case(conn: &mut Connection, case: Uuid) -> Result<Vec<Attachment>, StorageError> {
    let rows: Vec<AttachmentRow> = attachments::table
        .filter(attachments::case_id.eq(Id(case)))
        .order((attachments::created_at, attachments::id))
        .select(AttachmentRow::as_select())
        .load(conn)?;
    rows.into_iter()
        .map(AttachmentRow::into_attachment)
        .collect()
}

/// When each attachment of a case was put on record.
///
/// # Errors
///
/// [`StorageError`].
pub fn kept_at(
    conn: &mut Connection,
    case: Uuid,
) -> Result<HashMap<Uuid, DateTime<Utc>>, StorageError> {
    let rows: Vec<(Id, Instant)> = attachments::table
        .filter(attachments::case_id.eq(Id(case)))
        .select((attachments::id, attachments::created_at))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, at)| (id.0, at.0)).collect())
}

impl AttachmentRow {
    fn into_attachment(self) -> Result<Attachment, StorageError> {
        let purpose = Purpose::from_code(&self.purpose).ok_or(StorageError::Inconsistent {
            table: "attachments",
            row: self.id.0.to_string(),
            why: "purpose unknown",
        })?;
        Ok(Attachment {
            id: self.id.0,
            purpose,
            name_sealed: self.name_sealed,
            media_type: self.media_type,
            size: self.size,
            stored_as: self.stored_as,
            sha256: self.sha256,
        })
    }
}
