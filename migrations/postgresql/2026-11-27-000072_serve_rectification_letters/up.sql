-- Letters that end a rectification are sealed under its own key like all that names the applicant
-- (the program seals those of before when it starts), and bear how they were served.
ALTER TABLE rectification_letters ADD COLUMN sealed BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE rectification_letters ADD COLUMN served_on DATE;
ALTER TABLE rectification_letters ADD COLUMN served_how TEXT;
ALTER TABLE rectification_letters ADD COLUMN postal_number TEXT;
CREATE INDEX rectification_letters_to_serve ON rectification_letters (rectification_id)
    WHERE served_on IS NULL;
CREATE INDEX rectification_letters_to_seal ON rectification_letters (rectification_id)
    WHERE NOT sealed;
-- What a file is for: what shows that a record is wrong, or that a letter was served.
ALTER TABLE rectification_files ADD COLUMN purpose TEXT NOT NULL DEFAULT 'support'
    CONSTRAINT rectification_files_show_something CHECK (purpose IN ('support', 'evidence'));
