-- The table of a tree counts the cases of thousands of agencies at once. Whether a case is of one
-- of them is asked for each of the year's cases, and a small number is asked faster than a UUID.

ALTER TABLE agencies ADD COLUMN unit INTEGER NOT NULL DEFAULT 0;
UPDATE agencies SET unit = rowid;
CREATE UNIQUE INDEX agencies_by_unit ON agencies (unit);
ALTER TABLE cases ADD COLUMN unit INTEGER NOT NULL DEFAULT 0;
UPDATE cases SET unit = (SELECT unit FROM agencies WHERE agencies.id = cases.agency_id);
CREATE TRIGGER cases_bear_the_unit_of_their_agency BEFORE INSERT ON cases
WHEN NEW.unit <> (SELECT unit FROM agencies WHERE id = NEW.agency_id)
BEGIN
    SELECT RAISE(ABORT, 'a case bears the unit of its agency');
END;

DROP INDEX cases_of_all_by_year;
DROP INDEX cases_of_all_across_years;
CREATE INDEX cases_of_all_by_year
    ON cases (received_year, applicant_kind, closed_year, outcome, unit);
CREATE INDEX cases_of_all_across_years
    ON cases (received_year, closed_year, applicant_kind, outcome, unit)
    WHERE closed_year IS NULL OR closed_year > received_year;
