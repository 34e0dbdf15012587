ALTER TABLE handed_in_tables RENAME COLUMN own_table TO table_json;
