-- Letters that were issued, with their numbers and how they reached whom they are for. The
-- papers themselves are attachments: sealed files that never change.

CREATE TABLE letters (
    id BLOB NOT NULL PRIMARY KEY,
    agency_id BLOB NOT NULL REFERENCES agencies (id),
    case_id BLOB NOT NULL REFERENCES cases (id),
    kind TEXT NOT NULL,
    series TEXT,
    year INTEGER,
    ordinal INTEGER,
    number TEXT,
    issued_on TEXT NOT NULL,
    recipient TEXT NOT NULL
        CONSTRAINT letters_are_for_somebody
        CHECK (recipient IN ('applicant', 'third_party', 'agency')),
    pdf_id BLOB NOT NULL REFERENCES attachments (id),
    docx_id BLOB NOT NULL REFERENCES attachments (id),
    served_on TEXT,
    served_how TEXT
        CONSTRAINT letters_are_served_in_a_known_way
        CHECK (served_how IS NULL OR served_how IN
            ('handed_over', 'posted', 'online', 'email', 'fax')),
    postal_number TEXT,
    evidence_id BLOB REFERENCES attachments (id),
    failed_on TEXT,
    created_at TEXT NOT NULL,
    CONSTRAINT letter_numbers_are_given_once UNIQUE (agency_id, series, year, ordinal),
    CONSTRAINT numbered_letters_have_a_whole_number
        CHECK ((series IS NULL) = (number IS NULL)
            AND (year IS NULL) = (number IS NULL)
            AND (ordinal IS NULL) = (number IS NULL)),
    CONSTRAINT served_letters_say_how CHECK ((served_on IS NULL) = (served_how IS NULL)),
    CONSTRAINT no_letter_is_served_before_it_is_issued
        CHECK (served_on IS NULL OR served_on >= issued_on)
) STRICT;

CREATE INDEX letters_by_case ON letters (case_id, created_at, id);
-- What still has to be handed over or posted.
CREATE INDEX letters_to_serve ON letters (agency_id, issued_on, id) WHERE served_on IS NULL;
