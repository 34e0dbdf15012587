-- The office: who answers, who works there, the cases, the record and the mail.
-- Times are UTC instants, dates are Beijing dates. What is sealed is ciphertext under the
-- case's own key, which is itself wrapped under the office's master key.

CREATE TABLE agencies (
    id UUID NOT NULL PRIMARY KEY,
    code TEXT COLLATE "C" NOT NULL CONSTRAINT agency_codes_are_unique UNIQUE,
    name TEXT NOT NULL,
    parent_id UUID REFERENCES agencies (id),
    initials TEXT NOT NULL DEFAULT '',
    address TEXT NOT NULL DEFAULT '',
    postcode TEXT NOT NULL DEFAULT '',
    telephone TEXT NOT NULL DEFAULT '',
    hours TEXT NOT NULL DEFAULT '',
    email TEXT NOT NULL DEFAULT '',
    review_authority TEXT NOT NULL DEFAULT '',
    court TEXT NOT NULL DEFAULT '',
    own_review_allowed BOOLEAN NOT NULL DEFAULT FALSE,
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT no_agency_is_its_own_parent CHECK (parent_id IS NULL OR parent_id <> id)
);

CREATE INDEX agencies_by_parent ON agencies (parent_id);

CREATE TABLE officers (
    id UUID NOT NULL PRIMARY KEY,
    agency_id UUID NOT NULL REFERENCES agencies (id),
    login TEXT COLLATE "C" NOT NULL CONSTRAINT logins_are_unique UNIQUE,
    name TEXT NOT NULL,
    roles TEXT NOT NULL,
    password_hash TEXT,
    setup_hash BYTEA CONSTRAINT setup_codes_are_unique UNIQUE,
    setup_expires_at TIMESTAMPTZ,
    disabled_at TIMESTAMPTZ,
    failures INTEGER NOT NULL DEFAULT 0,
    locked_until TIMESTAMPTZ,
    version INTEGER NOT NULL DEFAULT 1,
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT setup_codes_expire CHECK ((setup_hash IS NULL) = (setup_expires_at IS NULL))
);

CREATE INDEX officers_by_agency ON officers (agency_id, login);

CREATE TABLE sessions (
    id_hash BYTEA NOT NULL PRIMARY KEY,
    officer_id UUID NOT NULL REFERENCES officers (id),
    created_at TIMESTAMPTZ NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL
);

CREATE INDEX sessions_by_officer ON sessions (officer_id);

CREATE TABLE cases (
    id UUID NOT NULL PRIMARY KEY,
    agency_id UUID NOT NULL REFERENCES agencies (id),
    number TEXT COLLATE "C" NOT NULL,
    channel TEXT NOT NULL
        CONSTRAINT channels_are_those_of_article_31
        CHECK (channel IN ('in_person', 'registered_mail', 'ordinary_mail', 'online', 'fax')),
    applicant_kind TEXT NOT NULL
        CONSTRAINT applicants_are_in_six_columns
        CHECK (applicant_kind IN
            ('natural', 'business', 'research', 'public_interest', 'legal_service', 'other')),
    stage TEXT NOT NULL
        CONSTRAINT stages_are_known
        CHECK (stage IN
            ('filed', 'handling', 'awaiting_correction', 'awaiting_payment', 'closed')),
    state TEXT NOT NULL,
    filed_at TIMESTAMPTZ NOT NULL,
    arrived_on DATE NOT NULL,
    received_on DATE,
    received_year INTEGER,
    closed_on DATE,
    closed_year INTEGER,
    outcome TEXT
        CONSTRAINT outcomes_are_rows_of_section_three
        CHECK (outcome IS NULL OR outcome IN
            ('granted', 'partial', 'refused_state_secret', 'refused_other_law',
             'refused_three_safeties', 'refused_third_party', 'refused_internal_affairs',
             'refused_process', 'refused_enforcement_file', 'refused_inquiry_matter',
             'unable_not_held', 'unable_needs_creation', 'unable_still_unclear',
             'not_processed_petition', 'not_processed_repeat',
             'not_processed_publication', 'not_processed_excessive',
             'not_processed_reconfirm', 'other_total', 'other_not_corrected',
             'other_fee_unpaid', 'other_misc')),
    due_on DATE,
    due_provisional BOOLEAN NOT NULL DEFAULT FALSE,
    attention_on DATE,
    handler_id UUID REFERENCES officers (id),
    name_index BYTEA,
    form_token BYTEA CONSTRAINT one_case_per_form_token UNIQUE,
    query_code_mac BYTEA,
    imported BOOLEAN NOT NULL DEFAULT FALSE,
    version INTEGER NOT NULL DEFAULT 1,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT case_numbers_are_unique_within_an_agency UNIQUE (agency_id, number),
    CONSTRAINT closed_cases_have_an_outcome
        CHECK ((stage = 'closed') = (outcome IS NOT NULL)
            AND (stage = 'closed') = (closed_on IS NOT NULL)),
    CONSTRAINT only_filed_cases_are_not_received
        CHECK ((stage = 'filed') = (received_on IS NULL)),
    CONSTRAINT open_cases_ask_for_attention
        CHECK ((stage = 'closed') = (attention_on IS NULL)),
    CONSTRAINT only_handled_cases_are_due
        CHECK ((stage = 'handling') = (due_on IS NOT NULL)),
    CONSTRAINT nothing_is_closed_before_it_is_received
        CHECK (closed_on IS NULL OR closed_on >= received_on),
    CONSTRAINT received_year_is_the_year_of_received_on
        CHECK ((received_on IS NULL) = (received_year IS NULL)
            AND (received_on IS NULL OR received_year = EXTRACT(YEAR FROM received_on))),
    CONSTRAINT closed_year_is_the_year_of_closed_on
        CHECK ((closed_on IS NULL) = (closed_year IS NULL)
            AND (closed_on IS NULL OR closed_year = EXTRACT(YEAR FROM closed_on)))
);

CREATE INDEX cases_by_number ON cases (number);
CREATE INDEX cases_by_name ON cases (agency_id, name_index, id);
-- The queue: what is open by the day on which it asks for attention, with what it is filtered
-- by; the rest by the day of arrival or receipt.
CREATE INDEX open_cases_by_attention
    ON cases (agency_id, attention_on, id, stage, channel, applicant_kind, handler_id)
    WHERE attention_on IS NOT NULL;
CREATE INDEX cases_by_arrival ON cases (agency_id, arrived_on, id);
CREATE INDEX cases_by_receipt ON cases (agency_id, received_on, id);
-- The archive grows for ever: what is rare in it is found by an index of its own.
CREATE INDEX closed_cases_by_channel ON cases (agency_id, channel, received_on, id)
    WHERE closed_on IS NOT NULL;
CREATE INDEX closed_cases_by_kind ON cases (agency_id, applicant_kind, received_on, id)
    WHERE closed_on IS NOT NULL;
CREATE INDEX closed_cases_by_handler ON cases (agency_id, handler_id, received_on, id)
    WHERE closed_on IS NOT NULL;
-- Section three: what was received in a year, and what crossed from one year into another.
CREATE INDEX cases_by_year
    ON cases (agency_id, received_year, applicant_kind, closed_year, outcome, id);
CREATE INDEX cases_across_years
    ON cases (agency_id, received_year, closed_year, applicant_kind, outcome)
    WHERE closed_year IS NULL OR closed_year > received_year;

CREATE TABLE case_secrets (
    case_id UUID NOT NULL PRIMARY KEY REFERENCES cases (id),
    wrapped_key BYTEA,
    applicant BYTEA NOT NULL,
    content BYTEA NOT NULL
);

CREATE TABLE attachments (
    id UUID NOT NULL PRIMARY KEY,
    case_id UUID NOT NULL REFERENCES cases (id),
    purpose TEXT NOT NULL
        CONSTRAINT attachments_have_a_known_purpose
        CHECK (purpose IN ('identity', 'support', 'reply', 'letter', 'evidence')),
    name_sealed BYTEA NOT NULL,
    media_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    stored_as TEXT NOT NULL CONSTRAINT attachments_are_stored_once UNIQUE,
    sha256 BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE INDEX attachments_by_case ON attachments (case_id, created_at);

-- The record: appended to, never changed; one chain for each agency.
CREATE TABLE events (
    agency_id UUID NOT NULL REFERENCES agencies (id),
    sequence BIGINT NOT NULL,
    case_id UUID REFERENCES cases (id),
    at TIMESTAMPTZ NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    data TEXT NOT NULL,
    previous_hash BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (agency_id, sequence)
);

CREATE INDEX events_by_case ON events (case_id, sequence);

CREATE TABLE chain_heads (
    agency_id UUID NOT NULL PRIMARY KEY REFERENCES agencies (id),
    sequence BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    mac BYTEA NOT NULL
);

CREATE FUNCTION refuse_to_change_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are never changed';
END;
$$;

CREATE TRIGGER events_are_never_changed BEFORE UPDATE OR DELETE ON events
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_events();

CREATE TRIGGER events_are_never_truncated BEFORE TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_events();

CREATE TABLE outbox (
    id UUID NOT NULL PRIMARY KEY,
    agency_id UUID NOT NULL REFERENCES agencies (id),
    case_id UUID REFERENCES cases (id),
    message_id TEXT NOT NULL CONSTRAINT messages_are_enqueued_once UNIQUE,
    kind TEXT NOT NULL,
    recipient_sealed BYTEA NOT NULL,
    subject TEXT NOT NULL,
    body_text TEXT NOT NULL,
    body_html TEXT NOT NULL,
    state TEXT NOT NULL
        CONSTRAINT mails_are_in_a_known_state
        CHECK (state IN ('waiting', 'sending', 'sent', 'given_up')),
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at TIMESTAMPTZ,
    last_error TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    sent_at TIMESTAMPTZ,
    CONSTRAINT sent_mails_say_when CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
    CONSTRAINT mails_are_taken_up_again_until_they_are_done
        CHECK ((state IN ('waiting', 'sending')) = (next_at IS NOT NULL))
);

CREATE INDEX mails_to_send ON outbox (next_at, id) WHERE next_at IS NOT NULL;
CREATE INDEX mails_by_case ON outbox (case_id);
CREATE INDEX mails_by_agency ON outbox (agency_id, created_at, id);

CREATE TABLE counters (
    agency_id UUID NOT NULL REFERENCES agencies (id),
    series TEXT COLLATE "C" NOT NULL,
    year INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (agency_id, series, year)
);
