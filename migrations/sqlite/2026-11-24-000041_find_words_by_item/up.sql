-- What is withdrawn from publication is no longer found.
CREATE INDEX words_by_item ON item_words (item_id);
