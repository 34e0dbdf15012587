-- Small facts about the office itself, by name.
CREATE TABLE meta (
    name text NOT NULL PRIMARY KEY,
    value text NOT NULL
);
