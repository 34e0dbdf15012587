UPDATE outbox SET to_settle_at = created_at WHERE case_id IS NULL AND state = 'given_up';
UPDATE reminders SET parts = REPLACE(parts, ',confirm', '');
DROP TABLE agency_digests;
