DROP TRIGGER seal_corrections_are_never_emptied ON seal_corrections;
DROP TRIGGER seal_files_are_never_emptied ON seal_files;
DROP TRIGGER seals_are_never_emptied ON seals;
DROP TRIGGER published_files_are_never_removed ON seal_files;
DROP FUNCTION refuse_to_remove_published_files;
DROP TRIGGER published_corrections_are_never_changed ON seal_corrections;
DROP TABLE seal_units;
ALTER TABLE seal_corrections DROP COLUMN whole_table;
