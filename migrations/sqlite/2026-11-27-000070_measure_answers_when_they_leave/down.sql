ALTER TABLE answers RENAME TO answers_by_leaving;
CREATE TABLE answers (
    case_id BLOB NOT NULL PRIMARY KEY REFERENCES cases (id),
    agency_id BLOB NOT NULL REFERENCES agencies (id),
    answered_on TEXT NOT NULL,
    working_days INTEGER NOT NULL
        CONSTRAINT no_answer_takes_less_than_no_time CHECK (working_days >= 0),
    is_late INTEGER NOT NULL
) STRICT;
INSERT INTO answers SELECT case_id, agency_id, answered_on, working_days, is_late
    FROM answers_by_leaving WHERE answered_on IS NOT NULL AND working_days IS NOT NULL;
DROP TABLE answers_by_leaving;
CREATE INDEX answers_by_day ON answers (agency_id, answered_on, is_late, working_days);
