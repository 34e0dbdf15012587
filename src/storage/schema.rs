//! The tables as Diesel sees them. `tests/it/storage_schema.rs` compares every column with what
//! the migrations make, on both engines.

diesel::table! {
    meta (name) {
        name -> Text,
        value -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{Bool, Nullable, Text};
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
    use diesel::sql_types::{Integer, Text};
    use crate::storage::types::{SqlId};

    counters (agency_id, series, year) {
        agency_id -> SqlId,
        series -> Text,
        year -> Integer,
        last -> Integer,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    agencies,
    attachments,
    case_secrets,
    cases,
    chain_heads,
    counters,
    events,
    letters,
    meta,
    officers,
    outbox,
    sessions,
);
