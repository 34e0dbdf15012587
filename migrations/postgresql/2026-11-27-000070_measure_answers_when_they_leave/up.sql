-- An answer is in time by the day on which it left the office, not by the day of the decision.
-- `state` is the case as it was decided, from which the clock is computed again when the answer
-- leaves and when a calendar arrives; answers from before have none.

ALTER TABLE answers
    ADD COLUMN decided_on DATE,
    ADD COLUMN state TEXT,
    ADD COLUMN due_on DATE,
    ALTER COLUMN answered_on DROP NOT NULL,
    ALTER COLUMN working_days DROP NOT NULL,
    ALTER COLUMN is_late DROP NOT NULL;
UPDATE answers SET decided_on = answered_on;
ALTER TABLE answers ALTER COLUMN decided_on SET NOT NULL;
CREATE INDEX answers_to_leave ON answers (agency_id, due_on) WHERE answered_on IS NULL;
