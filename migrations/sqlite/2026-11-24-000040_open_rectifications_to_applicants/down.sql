DROP TABLE rectification_files;
DROP INDEX rectifications_by_number;
DROP INDEX one_rectification_per_form_token;
ALTER TABLE rectifications DROP COLUMN query_code_mac;
ALTER TABLE rectifications DROP COLUMN form_token;
ALTER TABLE rectifications ADD COLUMN letter_number TEXT;
ALTER TABLE rectifications ADD COLUMN pdf BLOB;
ALTER TABLE rectifications ADD COLUMN docx BLOB;
DROP TABLE rectification_letters;
