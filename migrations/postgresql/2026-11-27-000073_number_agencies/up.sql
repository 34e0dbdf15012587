-- The table of a tree counts the cases of thousands of agencies at once. Whether a case is of one
-- of them is asked for each of the year's cases, and a small number is asked faster than a UUID.

ALTER TABLE agencies ADD COLUMN unit INTEGER;
UPDATE agencies SET unit = numbered.unit
    FROM (SELECT id, row_number() OVER (ORDER BY created_at, id) AS unit FROM agencies) AS numbered
    WHERE agencies.id = numbered.id;
ALTER TABLE agencies ALTER COLUMN unit SET NOT NULL;
CREATE UNIQUE INDEX agencies_by_unit ON agencies (unit);
ALTER TABLE cases ADD COLUMN unit INTEGER;
UPDATE cases SET unit = agencies.unit FROM agencies WHERE agencies.id = cases.agency_id;
ALTER TABLE cases ALTER COLUMN unit SET NOT NULL;
CREATE FUNCTION check_the_unit_of_a_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.unit <> (SELECT unit FROM agencies WHERE id = NEW.agency_id) THEN
        RAISE EXCEPTION 'a case bears the unit of its agency';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER cases_bear_the_unit_of_their_agency BEFORE INSERT ON cases
    FOR EACH ROW EXECUTE FUNCTION check_the_unit_of_a_case();

DROP INDEX cases_of_all_by_year;
DROP INDEX cases_of_all_across_years;
CREATE INDEX cases_of_all_by_year
    ON cases (received_year, applicant_kind, closed_year, outcome, unit);
CREATE INDEX cases_of_all_across_years
    ON cases (received_year, closed_year, applicant_kind, outcome, unit)
    WHERE closed_year IS NULL OR closed_year > received_year;
