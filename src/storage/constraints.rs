//! The uniqueness rules that callers ask about, by the name they bear in both schemas.

/// One case for each form that was handed out: sending it twice makes no second case.
pub const ONE_CASE_PER_FORM_TOKEN: &str = "one_case_per_form_token";
/// One application for rectification for each form, likewise.
pub const ONE_RECTIFICATION_PER_FORM_TOKEN: &str = "one_rectification_per_form_token";
/// A 受理编号 is given once within an agency.
pub const CASE_NUMBERS_ARE_UNIQUE_WITHIN_AN_AGENCY: &str =
    "case_numbers_are_unique_within_an_agency";
/// An agency's code is its own.
pub const AGENCY_CODES_ARE_UNIQUE: &str = "agency_codes_are_unique";
/// A name to sign in with belongs to one officer.
pub const LOGINS_ARE_UNIQUE: &str = "logins_are_unique";
/// A message is put into the outbox once.
pub const MESSAGES_ARE_ENQUEUED_ONCE: &str = "messages_are_enqueued_once";
/// An officer gets one digest a day, however many servers there are.
pub const ONE_DIGEST_FOR_EACH_OFFICER_AND_DAY: &str = "one_digest_for_each_officer_and_day";
/// An agency's mailbox is told of overdue cases once a day, likewise.
pub const ONE_DIGEST_FOR_EACH_AGENCY_AND_DAY: &str = "one_digest_for_each_agency_and_day";

/// What SQLite says when a rule is broken: the columns, since it does not tell the name.
const COLUMNS: &[(&str, &str)] = &[
    (ONE_CASE_PER_FORM_TOKEN, "cases.form_token"),
    (ONE_RECTIFICATION_PER_FORM_TOKEN, "rectifications.form_token"),
    (CASE_NUMBERS_ARE_UNIQUE_WITHIN_AN_AGENCY, "cases.agency_id, cases.number"),
    (AGENCY_CODES_ARE_UNIQUE, "agencies.code"),
    (LOGINS_ARE_UNIQUE, "officers.login"),
    (MESSAGES_ARE_ENQUEUED_ONCE, "outbox.message_id"),
    (ONE_DIGEST_FOR_EACH_OFFICER_AND_DAY, "digests.officer_id, digests.day"),
    (ONE_DIGEST_FOR_EACH_AGENCY_AND_DAY, "agency_digests.agency_id, agency_digests.day"),
];

/// The name of the rule that was broken: PostgreSQL tells it, SQLite tells the columns.
pub(super) fn violated(name: Option<&str>, message: &str) -> String {
    if let Some(name) = name {
        return name.to_owned();
    }
    let columns = message
        .strip_prefix("UNIQUE constraint failed: ")
        .unwrap_or(message);
    COLUMNS
        .iter()
        .find(|(_, of)| *of == columns)
        .map_or(columns, |(name, _)| name)
        .to_owned()
}
