DROP INDEX words_by_item;
