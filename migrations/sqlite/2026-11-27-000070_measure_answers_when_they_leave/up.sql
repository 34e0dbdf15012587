-- An answer is in time by the day on which it left the office, not by the day of the decision.
-- `state` is the case as it was decided, from which the clock is computed again when the answer
-- leaves and when a calendar arrives; answers from before have none.

ALTER TABLE answers RENAME TO answers_by_decision;
CREATE TABLE answers (
    case_id BLOB NOT NULL PRIMARY KEY REFERENCES cases (id),
    agency_id BLOB NOT NULL REFERENCES agencies (id),
    answered_on TEXT,
    working_days INTEGER
        CONSTRAINT no_answer_takes_less_than_no_time CHECK (working_days >= 0),
    is_late INTEGER,
    decided_on TEXT NOT NULL,
    state TEXT,
    due_on TEXT
) STRICT;
INSERT INTO answers (case_id, agency_id, decided_on, answered_on, working_days, is_late)
    SELECT case_id, agency_id, answered_on, answered_on, working_days, is_late
    FROM answers_by_decision;
DROP TABLE answers_by_decision;
CREATE INDEX answers_by_day ON answers (agency_id, answered_on, is_late, working_days);
CREATE INDEX answers_to_leave ON answers (agency_id, due_on) WHERE answered_on IS NULL;
