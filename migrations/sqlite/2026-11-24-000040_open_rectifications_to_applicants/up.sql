-- The letters that end a rectification: to the applicant, and to the agency that it is sent on to.
CREATE TABLE rectification_letters (
    rectification_id BLOB NOT NULL REFERENCES rectifications (id),
    kind TEXT NOT NULL
        CONSTRAINT rectifications_have_letters_of_their_own
        CHECK (kind IN ('correct_record', 'forward_record')),
    number TEXT NOT NULL,
    pdf BLOB NOT NULL,
    docx BLOB NOT NULL,
    CONSTRAINT a_rectification_has_a_letter_once PRIMARY KEY (rectification_id, kind)
) STRICT;
INSERT INTO rectification_letters (rectification_id, kind, number, pdf, docx)
    SELECT id, CASE answer WHEN 'forwarded' THEN 'forward_record' ELSE 'correct_record' END,
        letter_number, pdf, docx
    FROM rectifications WHERE pdf IS NOT NULL;
ALTER TABLE rectifications DROP COLUMN letter_number;
ALTER TABLE rectifications DROP COLUMN pdf;
ALTER TABLE rectifications DROP COLUMN docx;

-- Filed on the web: one for each form, and opened by number and 查询码.
ALTER TABLE rectifications ADD COLUMN form_token BLOB;
ALTER TABLE rectifications ADD COLUMN query_code_mac BLOB;
CREATE UNIQUE INDEX one_rectification_per_form_token ON rectifications (form_token);
CREATE INDEX rectifications_by_number ON rectifications (number);

-- What shows that the record is wrong, sealed under the application's own key.
CREATE TABLE rectification_files (
    id BLOB NOT NULL PRIMARY KEY,
    rectification_id BLOB NOT NULL REFERENCES rectifications (id),
    name_sealed BLOB NOT NULL,
    media_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    stored_as TEXT NOT NULL CONSTRAINT rectification_files_are_stored_once UNIQUE,
    sha256 BLOB NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX rectification_files_by_rectification
    ON rectification_files (rectification_id, created_at, id);
