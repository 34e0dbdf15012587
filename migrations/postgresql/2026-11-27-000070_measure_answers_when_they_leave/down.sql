DROP INDEX answers_to_leave;
DELETE FROM answers WHERE answered_on IS NULL OR working_days IS NULL;
ALTER TABLE answers
    DROP COLUMN decided_on,
    DROP COLUMN state,
    DROP COLUMN due_on,
    ALTER COLUMN answered_on SET NOT NULL,
    ALTER COLUMN working_days SET NOT NULL,
    ALTER COLUMN is_late SET NOT NULL;
