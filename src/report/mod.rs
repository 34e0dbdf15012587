//! 年度报告: the year as statutory tables, pure functions of counted cases.
//!
//! A [`section_three::Tally`] comes up from storage, [`section_three::SectionThree`] counts it,
//! a [`table::Table`] is what one [`layout::Layout`] prints of it, and [`reconcile`] checks
//! printed tables, our own and other people's alike.

pub mod annual;
pub mod figures;
pub mod layout;
pub mod line;
pub mod lint;
pub mod published;
pub mod reconcile;
pub mod section_four;
pub mod section_three;
pub mod table;
pub mod workload;

/// Where the snapshots of this room's tables are kept: beside the other tests.
#[cfg(test)]
pub(crate) fn snapshots() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../tests/snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}
