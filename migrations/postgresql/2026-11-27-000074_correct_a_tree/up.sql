-- A report that sums a tree is corrected as the tree's: beside the agency's own table stands the
-- whole that is published. What was summed is kept agency by agency, so that it can be said whose
-- numbers changed since; ordinal 0 is the seal's, n that of its n-th correction.
ALTER TABLE seal_corrections ADD COLUMN whole_table TEXT;
CREATE TABLE seal_units (
    agency_id UUID NOT NULL,
    year INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    unit_id UUID NOT NULL REFERENCES agencies (id),
    own_table TEXT NOT NULL,
    PRIMARY KEY (agency_id, year, ordinal, unit_id),
    FOREIGN KEY (agency_id, year) REFERENCES seals (agency_id, year) ON DELETE CASCADE
);
CREATE TRIGGER sealed_units_are_never_changed BEFORE UPDATE ON seal_units
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_sealed_files();
CREATE TRIGGER published_corrections_are_never_changed BEFORE UPDATE OR DELETE ON seal_corrections
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_sealed_files();
CREATE FUNCTION refuse_to_remove_published_files() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM seals WHERE agency_id = OLD.agency_id AND year = OLD.year
        AND published_at IS NOT NULL) THEN
        RAISE EXCEPTION 'published files are never removed';
    END IF;
    RETURN OLD;
END;
$$;
CREATE TRIGGER published_files_are_never_removed BEFORE DELETE ON seal_files
    FOR EACH ROW EXECUTE FUNCTION refuse_to_remove_published_files();
CREATE TRIGGER seals_are_never_emptied BEFORE TRUNCATE ON seals
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_sealed_files();
CREATE TRIGGER seal_files_are_never_emptied BEFORE TRUNCATE ON seal_files
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_sealed_files();
CREATE TRIGGER seal_corrections_are_never_emptied BEFORE TRUNCATE ON seal_corrections
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_sealed_files();
CREATE TRIGGER seal_units_are_never_emptied BEFORE TRUNCATE ON seal_units
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_sealed_files();
