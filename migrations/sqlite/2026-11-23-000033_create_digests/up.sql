-- Of what each officer wants to be reminded by mail; the address is sealed.
CREATE TABLE reminders (
    officer_id BLOB NOT NULL PRIMARY KEY REFERENCES officers (id),
    wanted INTEGER NOT NULL,
    parts TEXT NOT NULL,
    email_sealed BLOB NOT NULL
) STRICT;

-- The digests of each day; one without a mail had nothing to say.
CREATE TABLE digests (
    officer_id BLOB NOT NULL REFERENCES officers (id),
    day TEXT NOT NULL,
    made_at TEXT NOT NULL,
    mail_id BLOB REFERENCES outbox (id),
    CONSTRAINT one_digest_for_each_officer_and_day PRIMARY KEY (officer_id, day)
) STRICT;
