-- 更正 (art. 41): a kind of case of its own, which no statutory table counts.
CREATE TABLE rectifications (
    id BLOB NOT NULL PRIMARY KEY,
    agency_id BLOB NOT NULL REFERENCES agencies (id),
    number TEXT NOT NULL,
    received_on TEXT NOT NULL,
    wrapped_key BLOB,
    papers BLOB NOT NULL,
    answer TEXT
        CONSTRAINT rectifications_end_as_article_41_says
        CHECK (answer IS NULL OR answer IN ('corrected', 'declined', 'forwarded', 'referred')),
    answered_on TEXT,
    letter_number TEXT,
    pdf BLOB,
    docx BLOB,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    CONSTRAINT rectification_numbers_are_unique_within_an_agency UNIQUE (agency_id, number),
    CONSTRAINT answered_rectifications_say_when
        CHECK ((answer IS NULL) = (answered_on IS NULL)),
    CONSTRAINT no_rectification_is_answered_before_it_came
        CHECK (answered_on IS NULL OR answered_on >= received_on)
) STRICT;
CREATE INDEX open_rectifications ON rectifications (agency_id, received_on, id)
    WHERE answer IS NULL;
CREATE INDEX rectifications_by_receipt ON rectifications (agency_id, received_on, id);
