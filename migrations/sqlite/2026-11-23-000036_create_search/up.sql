-- What was published or answered before, so that nobody has to apply for it again (art. 44).
CREATE TABLE published_items (
    id BLOB NOT NULL PRIMARY KEY,
    agency_id BLOB NOT NULL REFERENCES agencies (id),
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    place TEXT NOT NULL,
    published_on TEXT NOT NULL,
    case_id BLOB REFERENCES cases (id),
    found INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL,
    withdrawn_at TEXT,
    CONSTRAINT nobody_finds_less_than_nothing CHECK (found >= 0)
) STRICT;
CREATE INDEX items_by_day ON published_items (published_on, id) WHERE withdrawn_at IS NULL;
CREATE INDEX items_by_agency ON published_items (agency_id, published_on, id);

-- The words of texts, as keyed hashes: which texts share some, and not what they say.
CREATE TABLE item_words (
    word INTEGER NOT NULL,
    item_id BLOB NOT NULL REFERENCES published_items (id),
    CONSTRAINT an_item_has_a_word_once PRIMARY KEY (word, item_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE case_words (
    agency_id BLOB NOT NULL,
    word INTEGER NOT NULL,
    case_id BLOB NOT NULL REFERENCES cases (id),
    CONSTRAINT a_case_has_a_word_once PRIMARY KEY (agency_id, word, case_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX words_by_case ON case_words (case_id);

-- How many different applicants have asked for the same, this one included; null until the
-- case's words were looked at.
ALTER TABLE cases ADD COLUMN asked_by INTEGER;
CREATE INDEX cases_to_read ON cases (id) WHERE asked_by IS NULL;
