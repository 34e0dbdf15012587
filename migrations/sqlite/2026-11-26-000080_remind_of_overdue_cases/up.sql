-- What an agency's own mailbox was told in the place of a head who is reminded of nothing.
CREATE TABLE agency_digests (
    agency_id BLOB NOT NULL REFERENCES agencies (id),
    day TEXT NOT NULL,
    mail_id BLOB REFERENCES outbox (id),
    CONSTRAINT one_digest_for_each_agency_and_day PRIMARY KEY (agency_id, day)
) STRICT;
-- Who is told of new applications is told by when they are to be confirmed, too.
UPDATE reminders SET parts = parts || ',confirm' WHERE ',' || parts || ',' LIKE '%,new,%';
-- A reminder that failed is no task: no applicant has to be told anything instead of it.
UPDATE outbox SET to_settle_at = NULL WHERE case_id IS NULL;
