DROP INDEX rectification_letters_to_serve;
DROP INDEX rectification_letters_to_seal;
ALTER TABLE rectification_letters DROP COLUMN postal_number;
ALTER TABLE rectification_letters DROP COLUMN served_how;
ALTER TABLE rectification_letters DROP COLUMN served_on;
ALTER TABLE rectification_letters DROP COLUMN sealed;
ALTER TABLE rectification_files DROP COLUMN purpose;
