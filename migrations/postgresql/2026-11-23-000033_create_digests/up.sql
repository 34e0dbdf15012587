-- Of what each officer wants to be reminded by mail; the address is sealed.
CREATE TABLE reminders (
    officer_id UUID NOT NULL PRIMARY KEY REFERENCES officers (id),
    wanted BOOLEAN NOT NULL,
    parts TEXT NOT NULL,
    email_sealed BYTEA NOT NULL
);

-- The digests of each day; one without a mail had nothing to say.
CREATE TABLE digests (
    officer_id UUID NOT NULL REFERENCES officers (id),
    day DATE NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    mail_id UUID REFERENCES outbox (id),
    CONSTRAINT one_digest_for_each_officer_and_day PRIMARY KEY (officer_id, day)
);
