-- 行政复议、行政诉讼 after a case was closed; section four counts them.

CREATE TABLE redress (
    id BLOB NOT NULL PRIMARY KEY,
    agency_id BLOB NOT NULL REFERENCES agencies (id),
    case_id BLOB NOT NULL REFERENCES cases (id),
    way TEXT NOT NULL
        CONSTRAINT redress_goes_a_known_way
        CHECK (way IN ('reconsideration', 'direct_litigation', 'after_reconsideration')),
    begun_on TEXT NOT NULL,
    begun_year INTEGER NOT NULL,
    authority TEXT NOT NULL,
    file_number TEXT NOT NULL,
    ended_on TEXT,
    ended_year INTEGER,
    ruling TEXT
        CONSTRAINT rulings_are_known
        CHECK (ruling IS NULL OR ruling IN ('upheld', 'corrected', 'other')),
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    CONSTRAINT ended_redress_has_a_ruling
        CHECK ((ended_on IS NULL) = (ruling IS NULL) AND (ended_on IS NULL) = (ended_year IS NULL)),
    CONSTRAINT no_redress_ends_before_it_begins CHECK (ended_on IS NULL OR ended_on >= begun_on)
) STRICT;

CREATE INDEX redress_by_case ON redress (case_id, begun_on, id);
CREATE INDEX redress_by_year ON redress (agency_id, begun_year, ended_year, way, ruling);
