//! 年度报告: gathered from cases, written by people, sealed by the head, published.

mod corrections;
mod gather;
mod hand_in;
pub mod pictures;
mod seal;
mod write;

use thiserror::Error;

use crate::documents::paper::{PaperError, Unfit};
use crate::report::lint::Finding;
use crate::report::table::Table;
use crate::storage::StorageError;

pub use self::corrections::{Correction, UnitChange, corrections};
pub use self::gather::{Gathered, Source, default_form, gather, section_of};
pub use self::hand_in::{HandedInFile, hand_in, set_opening};
pub use self::seal::{correct, publish, seal, take_back};
pub use self::write::{Change, FRAME, TEXT_FIELD, fields, figure_field, mark, was_shown, write};

/// Why a report cannot be written, sealed or published so.
#[derive(Debug, Error)]
pub enum AnnualError {
    /// Not this person's duty.
    #[error("您的岗位无权{0}")]
    NotYours(&'static str),
    /// There is no such form, part or number.
    #[error("没有这一项：{0}")]
    Unknown(String),
    /// The year cannot be reported on.
    #[error("{0}年度不能编制报告")]
    Year(i32),
    /// The report is sealed: it cannot be written any more.
    #[error("{0}年度报告已经签发，不能再改")]
    Sealed(i32),
    /// There is no seal to publish or to take back.
    #[error("{0}年度报告没有签发，或者已经公布")]
    NotSealed(i32),
    /// The cases give what was published.
    #[error("{0}年度的办件与已公布的表格一致，没有需要更正的数字")]
    NothingToCorrect(i32),
    /// Findings that have to be mended first.
    #[error("还有必须改正的问题，不能签发")]
    Findings(Vec<Finding>),
    /// The agency counts its cases here, so it has nothing to hand in.
    #[error("{0}在本系统中有办件，其表格由办件统计，不需要报送")]
    CountsHere(String),
    /// A table that does not add up.
    #[error("报送的表格不平衡")]
    Unbalanced(Box<Table>, Vec<String>),
    /// A picture that cannot be taken.
    #[error("{0}")]
    Picture(&'static str),
    /// A picture that cannot be printed.
    #[error(transparent)]
    Unfit(Unfit),
    /// A reason is asked for.
    #[error("请填写理由")]
    ReasonMissing,
    /// The report cannot be printed.
    #[error("报告无法生成文件：{0}")]
    Paper(String),
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl From<PaperError> for AnnualError {
    fn from(error: PaperError) -> Self {
        Self::Paper(error.to_string())
    }
}
