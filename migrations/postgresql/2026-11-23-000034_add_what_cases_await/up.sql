-- What a case waits for inside the office, so that who reviews and who heads it finds it.
ALTER TABLE cases ADD COLUMN awaits TEXT
    CONSTRAINT only_cases_in_hand_wait_for_the_office
    CHECK (awaits IS NULL OR (stage = 'handling' AND awaits IN ('review', 'extension')));
UPDATE cases SET awaits = 'review'
    WHERE stage = 'handling' AND state::jsonb -> 'draft' IS NOT NULL;
CREATE INDEX cases_awaiting_the_office ON cases (agency_id, attention_on, id, awaits)
    WHERE awaits IS NOT NULL;
