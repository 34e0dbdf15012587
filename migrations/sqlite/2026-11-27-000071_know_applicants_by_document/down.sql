DROP INDEX cases_by_document;
ALTER TABLE cases DROP COLUMN document_index;
