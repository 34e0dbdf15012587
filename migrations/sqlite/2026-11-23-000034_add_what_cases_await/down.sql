DROP INDEX cases_awaiting_the_office;
ALTER TABLE cases DROP COLUMN awaits;
