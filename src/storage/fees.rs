//! 信息处理费 that applicants paid.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use super::schema::fee_payments;
use super::types::Id;
use super::{Connection, StorageError};

/// Keeps a payment of whole yuan.
///
/// # Errors
///
/// [`StorageError`].
pub fn insert(
    conn: &mut Connection,
    agency: Uuid,
    case: Uuid,
    paid_on: NaiveDate,
    yuan: u32,
) -> Result<(), StorageError> {
    diesel::insert_into(fee_payments::table)
        .values((
            fee_payments::case_id.eq(Id(case)),
            fee_payments::agency_id.eq(Id(agency)),
            fee_payments::paid_on.eq(paid_on),
            fee_payments::yuan.eq(i64::from(yuan)),
        ))
        .execute(conn)?;
    Ok(())
}

/// What these agencies were paid within a year, in yuan.
///
/// # Errors
///
/// [`StorageError`].
pub fn of_year(conn: &mut Connection, agencies: &[Uuid], year: i32) -> Result<u64, StorageError> {
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
    let yuan: Vec<i64> = fee_payments::table
        .filter(fee_payments::agency_id.eq_any(agencies.iter().copied().map(Id)))
        .filter(fee_payments::paid_on.between(day(year, 1, 1), day(year, 12, 31)))
        .select(fee_payments::yuan)
        .load(conn)?;
    Ok(yuan
        .into_iter()
        .filter_map(|yuan| u64::try_from(yuan).ok())
        .sum())
}
