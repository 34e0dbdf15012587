-- A table is kept in one short line of numbers; those kept before stay JSON, and are read too.
ALTER TABLE handed_in_tables RENAME COLUMN table_json TO own_table;
