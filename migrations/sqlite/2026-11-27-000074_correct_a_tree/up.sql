-- A report that sums a tree is corrected as the tree's: beside the agency's own table stands the
-- whole that is published. What was summed is kept agency by agency, so that it can be said whose
-- numbers changed since; ordinal 0 is the seal's, n that of its n-th correction.
ALTER TABLE seal_corrections ADD COLUMN whole_table TEXT;
CREATE TABLE seal_units (
    agency_id BLOB NOT NULL,
    year INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    unit_id BLOB NOT NULL REFERENCES agencies (id),
    own_table TEXT NOT NULL,
    PRIMARY KEY (agency_id, year, ordinal, unit_id),
    FOREIGN KEY (agency_id, year) REFERENCES seals (agency_id, year) ON DELETE CASCADE
) STRICT;
CREATE TRIGGER sealed_units_are_never_changed BEFORE UPDATE ON seal_units
BEGIN
    SELECT RAISE(ABORT, 'what was sealed is never changed');
END;
CREATE TRIGGER published_corrections_are_never_changed BEFORE UPDATE ON seal_corrections
BEGIN
    SELECT RAISE(ABORT, 'published corrections are never changed');
END;
CREATE TRIGGER published_corrections_are_never_removed BEFORE DELETE ON seal_corrections
BEGIN
    SELECT RAISE(ABORT, 'published corrections are never removed');
END;
CREATE TRIGGER published_files_are_never_removed BEFORE DELETE ON seal_files
WHEN EXISTS (SELECT 1 FROM seals WHERE agency_id = OLD.agency_id AND year = OLD.year
    AND published_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'published files are never removed');
END;
