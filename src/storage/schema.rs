//! The tables as Diesel sees them. `tests/it/storage_schema.rs` compares every column with what
//! the migrations make, on both engines.

diesel::table! {
    meta (name) {
        name -> Text,
        value -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{Bool, Integer, Nullable, Text};
    use crate::storage::types::{SqlId, SqlInstant};

    agencies (id) {
        id -> SqlId,
        code -> Text,
        name -> Text,
        parent_id -> Nullable<SqlId>,
        initials -> Text,
        address -> Text,
        postcode -> Text,
        telephone -> Text,
        hours -> Text,
        email -> Text,
        review_authority -> Text,
        court -> Text,
        own_review_allowed -> Bool,
        created_at -> SqlInstant,
        unit -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Integer, Nullable, Text};
    use crate::storage::types::{SqlId, SqlInstant};

    officers (id) {
        id -> SqlId,
        agency_id -> SqlId,
        login -> Text,
        name -> Text,
        roles -> Text,
        password_hash -> Nullable<Text>,
        setup_hash -> Nullable<Binary>,
        setup_expires_at -> Nullable<SqlInstant>,
        disabled_at -> Nullable<SqlInstant>,
        failures -> Integer,
        locked_until -> Nullable<SqlInstant>,
        version -> Integer,
        created_at -> SqlInstant,
    }
}

diesel::table! {
    use diesel::sql_types::Binary;
    use crate::storage::types::{SqlId, SqlInstant};

    sessions (id_hash) {
        id_hash -> Binary,
        officer_id -> SqlId,
        created_at -> SqlInstant,
        seen_at -> SqlInstant,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Bool, Date, Integer, Nullable, Text};
    use crate::storage::types::{SqlId, SqlInstant};

    cases (id) {
        id -> SqlId,
        agency_id -> SqlId,
        number -> Text,
        channel -> Text,
        applicant_kind -> Text,
        stage -> Text,
        state -> Text,
        filed_at -> SqlInstant,
        arrived_on -> Date,
        received_on -> Nullable<Date>,
        received_year -> Nullable<Integer>,
        closed_on -> Nullable<Date>,
        closed_year -> Nullable<Integer>,
        outcome -> Nullable<Text>,
        due_on -> Nullable<Date>,
        due_provisional -> Bool,
        attention_on -> Nullable<Date>,
        handler_id -> Nullable<SqlId>,
        name_index -> Nullable<Binary>,
        form_token -> Nullable<Binary>,
        query_code_mac -> Nullable<Binary>,
        imported -> Bool,
        version -> Integer,
        created_at -> SqlInstant,
        updated_at -> SqlInstant,
        awaits -> Nullable<Text>,
        family_id -> Nullable<SqlId>,
        asked_by -> Nullable<Integer>,
        document_index -> Nullable<Binary>,
        unit -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable};
    use crate::storage::types::{SqlId};

    case_secrets (case_id) {
        case_id -> SqlId,
        wrapped_key -> Nullable<Binary>,
        applicant -> Binary,
        content -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Text};
    use crate::storage::types::{SqlId, SqlInstant};

    attachments (id) {
        id -> SqlId,
        case_id -> SqlId,
        purpose -> Text,
        name_sealed -> Binary,
        media_type -> Text,
        size -> BigInt,
        stored_as -> Text,
        sha256 -> Binary,
        created_at -> SqlInstant,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use crate::storage::types::{SqlId, SqlInstant};

    events (agency_id, sequence) {
        agency_id -> SqlId,
        sequence -> BigInt,
        case_id -> Nullable<SqlId>,
        at -> SqlInstant,
        actor -> Text,
        action -> Text,
        data -> Text,
        previous_hash -> Binary,
        hash -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary};
    use crate::storage::types::{SqlId};

    chain_heads (agency_id) {
        agency_id -> SqlId,
        sequence -> BigInt,
        hash -> Binary,
        mac -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Integer, Nullable, Text};
    use crate::storage::types::{SqlId, SqlInstant};

    outbox (id) {
        id -> SqlId,
        agency_id -> SqlId,
        case_id -> Nullable<SqlId>,
        message_id -> Text,
        kind -> Text,
        recipient_sealed -> Binary,
        subject -> Text,
        body_text -> Text,
        body_html -> Text,
        state -> Text,
        attempts -> Integer,
        next_at -> Nullable<SqlInstant>,
        last_error -> Nullable<Text>,
        created_at -> SqlInstant,
        sent_at -> Nullable<SqlInstant>,
        to_settle_at -> Nullable<SqlInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::{Date, Integer, Nullable, Text};
    use crate::storage::types::{SqlId, SqlInstant};

    published_items (id) {
        id -> SqlId,
        agency_id -> SqlId,
        title -> Text,
        summary -> Text,
        place -> Text,
        published_on -> Date,
        case_id -> Nullable<SqlId>,
        found -> Integer,
        created_at -> SqlInstant,
        withdrawn_at -> Nullable<SqlInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::BigInt;
    use crate::storage::types::SqlId;

    item_words (word, item_id) {
        word -> BigInt,
        item_id -> SqlId,
    }
}

diesel::table! {
    use diesel::sql_types::BigInt;
    use crate::storage::types::SqlId;

    case_words (agency_id, word, case_id) {
        agency_id -> SqlId,
        word -> BigInt,
        case_id -> SqlId,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Date, Integer, Nullable, Text};
    use crate::storage::types::{SqlId, SqlInstant};

    rectifications (id) {
        id -> SqlId,
        agency_id -> SqlId,
        number -> Text,
        received_on -> Date,
        wrapped_key -> Nullable<Binary>,
        papers -> Binary,
        answer -> Nullable<Text>,
        answered_on -> Nullable<Date>,
        version -> Integer,
        created_at -> SqlInstant,
        form_token -> Nullable<Binary>,
        query_code_mac -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Text};
    use crate::storage::types::{SqlId, SqlInstant};

    rectification_files (id) {
        id -> SqlId,
        rectification_id -> SqlId,
        name_sealed -> Binary,
        media_type -> Text,
        size -> BigInt,
        stored_as -> Text,
        sha256 -> Binary,
        created_at -> SqlInstant,
        purpose -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Bool, Date, Nullable, Text};
    use crate::storage::types::SqlId;

    rectification_letters (rectification_id, kind) {
        rectification_id -> SqlId,
        kind -> Text,
        number -> Text,
        pdf -> Binary,
        docx -> Binary,
        sealed -> Bool,
        served_on -> Nullable<Date>,
        served_how -> Nullable<Text>,
        postal_number -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::Binary;
    use crate::storage::types::{SqlId, SqlInstant};

    first_mails (id) {
        id -> SqlId,
        address_index -> Binary,
        at -> SqlInstant,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Text};
    use crate::storage::types::SqlInstant;

    mailboxes (address_index) {
        address_index -> Binary,
        word -> Text,
        said_at -> SqlInstant,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Bool, Text};
    use crate::storage::types::{SqlId};

    reminders (officer_id) {
        officer_id -> SqlId,
        wanted -> Bool,
        parts -> Text,
        email_sealed -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::{Date, Nullable};
    use crate::storage::types::{SqlId, SqlInstant};

    digests (officer_id, day) {
        officer_id -> SqlId,
        day -> Date,
        made_at -> SqlInstant,
        mail_id -> Nullable<SqlId>,
    }
}

diesel::table! {
    use diesel::sql_types::{Date, Nullable};
    use crate::storage::types::SqlId;

    agency_digests (agency_id, day) {
        agency_id -> SqlId,
        day -> Date,
        mail_id -> Nullable<SqlId>,
    }
}

diesel::table! {
    use diesel::sql_types::{Date, Integer, Nullable, Text};
    use crate::storage::types::{SqlId, SqlInstant};

    letters (id) {
        id -> SqlId,
        agency_id -> SqlId,
        case_id -> SqlId,
        kind -> Text,
        series -> Nullable<Text>,
        year -> Nullable<Integer>,
        ordinal -> Nullable<Integer>,
        number -> Nullable<Text>,
        issued_on -> Date,
        recipient -> Text,
        pdf_id -> SqlId,
        docx_id -> SqlId,
        served_on -> Nullable<Date>,
        served_how -> Nullable<Text>,
        postal_number -> Nullable<Text>,
        evidence_id -> Nullable<SqlId>,
        failed_on -> Nullable<Date>,
        created_at -> SqlInstant,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable, Text};
    use crate::storage::types::{SqlId, SqlInstant};

    outgoing_findings (id) {
        id -> SqlId,
        case_id -> SqlId,
        attachment_id -> SqlId,
        kind -> Text,
        told_sealed -> Binary,
        answer -> Nullable<Text>,
        answered_by -> Nullable<SqlId>,
        answered_at -> Nullable<SqlInstant>,
        reason_sealed -> Nullable<Binary>,
        created_at -> SqlInstant,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Text};
    use crate::storage::types::{SqlId};

    counters (agency_id, series, year) {
        agency_id -> SqlId,
        series -> Text,
        year -> Integer,
        last -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::{Bool, Integer, Text};
    use crate::storage::types::{SqlId, SqlInstant};

    annual_reports (agency_id, year) {
        agency_id -> SqlId,
        year -> Integer,
        form -> Text,
        roll_up -> Bool,
        draft -> Text,
        version -> Integer,
        changed_at -> SqlInstant,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Bool, Integer, Nullable, Text};
    use crate::storage::types::{SqlId, SqlInstant};

    seals (agency_id, year) {
        agency_id -> SqlId,
        year -> Integer,
        sealed_at -> SqlInstant,
        signer -> Text,
        roll_up -> Bool,
        report -> Text,
        own_table -> Text,
        cases -> Text,
        hash -> Binary,
        published_at -> Nullable<SqlInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Integer, Text};
    use crate::storage::types::{SqlId};

    seal_files (agency_id, year, ending) {
        agency_id -> SqlId,
        year -> Integer,
        ending -> Text,
        content -> Binary,
        sha256 -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Nullable, Text};
    use crate::storage::types::{SqlId, SqlInstant};

    seal_corrections (agency_id, year, ordinal) {
        agency_id -> SqlId,
        year -> Integer,
        ordinal -> Integer,
        corrected_at -> SqlInstant,
        signer -> Text,
        note -> Text,
        own_table -> Text,
        whole_table -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Text};
    use crate::storage::types::SqlId;

    seal_units (agency_id, year, ordinal, unit_id) {
        agency_id -> SqlId,
        year -> Integer,
        ordinal -> Integer,
        unit_id -> SqlId,
        own_table -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Integer, Text};
    use crate::storage::types::{SqlId, SqlInstant};

    handed_in_tables (agency_id, year) {
        agency_id -> SqlId,
        year -> Integer,
        own_table -> Text,
        file_name -> Text,
        sha256 -> Binary,
        handed_in_at -> SqlInstant,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Text};
    use crate::storage::types::{SqlId};

    opening_balances (agency_id, year) {
        agency_id -> SqlId,
        year -> Integer,
        numbers -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Date};
    use crate::storage::types::{SqlId};

    fee_payments (case_id, paid_on) {
        case_id -> SqlId,
        agency_id -> SqlId,
        paid_on -> Date,
        yuan -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{Date, Integer, Nullable, Text};
    use crate::storage::types::{SqlId, SqlInstant};

    redress (id) {
        id -> SqlId,
        agency_id -> SqlId,
        case_id -> SqlId,
        way -> Text,
        begun_on -> Date,
        begun_year -> Integer,
        authority -> Text,
        file_number -> Text,
        ended_on -> Nullable<Date>,
        ended_year -> Nullable<Integer>,
        ruling -> Nullable<Text>,
        version -> Integer,
        created_at -> SqlInstant,
    }
}

diesel::table! {
    use diesel::sql_types::{Bool, Date, Integer, Nullable, Text};
    use crate::storage::types::{SqlId};

    answers (case_id) {
        case_id -> SqlId,
        agency_id -> SqlId,
        answered_on -> Nullable<Date>,
        working_days -> Nullable<Integer>,
        is_late -> Nullable<Bool>,
        decided_on -> Date,
        state -> Nullable<Text>,
        due_on -> Nullable<Date>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Integer, Text};
    use crate::storage::types::{SqlId, SqlInstant};

    report_images (id) {
        id -> SqlId,
        agency_id -> SqlId,
        year -> Integer,
        part -> Text,
        caption -> Text,
        media_type -> Text,
        width -> Integer,
        height -> Integer,
        content -> Binary,
        created_at -> SqlInstant,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    agencies,
    annual_reports,
    answers,
    attachments,
    case_secrets,
    cases,
    chain_heads,
    counters,
    agency_digests,
    digests,
    events,
    fee_payments,
    handed_in_tables,
    letters,
    meta,
    officers,
    opening_balances,
    outbox,
    reminders,
    rectification_letters,
    rectifications,
    redress,
    report_images,
    seal_corrections,
    seal_files,
    seal_units,
    seals,
    outgoing_findings,
    sessions,
);
