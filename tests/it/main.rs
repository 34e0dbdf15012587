//! The office as a whole, seen from its doors.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod calendar_arrives;
mod cases_are_imported;
mod citizen_files_an_application;
mod citizen_fills_in_the_form;
mod citizen_tracks_an_application;
mod cli_audit;
mod cli_calendar;
mod cli_check;
mod cli_due;
mod cli_report;
mod cli_serve;
mod cli_staff;
mod files_are_looked_at_before_they_leave;
mod head_decides_on_an_extension;
mod head_looks_at_figures;
mod head_seals_a_year;
mod import_files_are_read;
mod mail_is_delivered;
mod mail_is_handed_over;
mod mail_survives_being_killed;
mod nothing_acknowledged_is_lost;
mod office_counts_its_year;
mod office_is_reviewed;
mod office_looks_ahead;
mod office_splits_an_application;
mod page_and_program_tell_the_same_day;
mod public_finds_what_is_published;
mod published;
mod record_rebuilds_the_cases;
mod records_are_rectified;
mod report_of_the_seed_is_rebuilt;
mod staff_finds_cases;
mod staff_is_reminded;
mod staff_keeps_the_house;
mod staff_serves_what_is_left;
mod staff_sign_in;
mod staff_takes_down_letters;
mod staff_takes_every_step;
mod staff_takes_out_the_file;
mod staff_works_off_a_case;
mod storage_at_scale;
mod storage_engine;
mod storage_queue;
mod storage_record;
mod storage_repositories;
mod storage_schema;
mod storage_yearly;
mod strangers_are_kept_out;
mod strangers_meet_the_door;
mod supervisor_writes_the_report;
mod support;
mod two_clerks_at_once;
mod what_cannot_be_kept_is_said;
