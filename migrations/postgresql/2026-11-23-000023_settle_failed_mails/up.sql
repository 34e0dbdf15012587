-- What people still have to do themselves: mails that were given up wait until somebody has told
-- the recipient by another way.
ALTER TABLE outbox ADD COLUMN to_settle_at TIMESTAMPTZ
    CONSTRAINT only_mails_given_up_wait_for_people
    CHECK (to_settle_at IS NULL OR state = 'given_up');
UPDATE outbox SET to_settle_at = created_at WHERE state = 'given_up';
CREATE INDEX mails_to_settle ON outbox (agency_id, to_settle_at, id)
    WHERE to_settle_at IS NOT NULL;
