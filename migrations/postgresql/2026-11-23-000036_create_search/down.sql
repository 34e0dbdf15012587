DROP INDEX cases_to_read;
ALTER TABLE cases DROP COLUMN asked_by;
DROP TABLE case_words;
DROP TABLE item_words;
DROP TABLE published_items;
