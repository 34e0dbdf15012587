DROP INDEX cases_of_all_by_year;
DROP INDEX cases_of_all_across_years;
DROP TRIGGER cases_bear_the_unit_of_their_agency ON cases;
DROP FUNCTION check_the_unit_of_a_case();
ALTER TABLE cases DROP COLUMN unit;
DROP INDEX agencies_by_unit;
ALTER TABLE agencies DROP COLUMN unit;
CREATE INDEX cases_of_all_by_year
    ON cases (received_year, applicant_kind, closed_year, outcome, agency_id);
CREATE INDEX cases_of_all_across_years
    ON cases (received_year, closed_year, applicant_kind, outcome, agency_id)
    WHERE closed_year IS NULL OR closed_year > received_year;
