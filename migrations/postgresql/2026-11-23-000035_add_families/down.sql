DROP INDEX cases_by_family;
ALTER TABLE cases DROP COLUMN family_id;
