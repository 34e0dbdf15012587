-- What was found in files that are to leave the office, and how a clerk answered. Where it was
-- found and the reason of the answer are sealed under the case's key.

CREATE TABLE outgoing_findings (
    id BLOB NOT NULL PRIMARY KEY,
    case_id BLOB NOT NULL REFERENCES cases (id),
    attachment_id BLOB NOT NULL REFERENCES attachments (id),
    kind TEXT NOT NULL,
    told_sealed BLOB NOT NULL,
    answer TEXT
        CONSTRAINT findings_are_answered_in_a_known_way
        CHECK (answer IS NULL OR answer IN ('replaced', 'confirmed')),
    answered_by BLOB REFERENCES officers (id),
    answered_at TEXT,
    reason_sealed BLOB,
    created_at TEXT NOT NULL,
    CONSTRAINT answered_findings_say_when
        CHECK ((answer IS NULL) = (answered_at IS NULL)),
    CONSTRAINT confirmed_findings_say_why
        CHECK (answer IS NULL OR answer <> 'confirmed' OR reason_sealed IS NOT NULL)
) STRICT;

CREATE INDEX findings_by_case ON outgoing_findings (case_id, id);
