-- How long each answer took by the case's own clock: what figures of timeliness count.

CREATE TABLE answers (
    case_id UUID NOT NULL PRIMARY KEY REFERENCES cases (id),
    agency_id UUID NOT NULL REFERENCES agencies (id),
    answered_on DATE NOT NULL,
    working_days INTEGER NOT NULL
        CONSTRAINT no_answer_takes_less_than_no_time CHECK (working_days >= 0),
    is_late BOOLEAN NOT NULL
);

CREATE INDEX answers_by_day ON answers (agency_id, answered_on, is_late, working_days);
-- Figures of a year: by day, channel and column.
CREATE INDEX cases_by_day_of_receipt
    ON cases (agency_id, received_year, received_on, channel, applicant_kind);
CREATE INDEX cases_by_day_of_closing ON cases (agency_id, closed_year, closed_on, outcome)
    WHERE closed_on IS NOT NULL;
