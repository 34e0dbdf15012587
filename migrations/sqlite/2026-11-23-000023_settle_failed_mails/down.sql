DROP INDEX mails_to_settle;
ALTER TABLE outbox DROP COLUMN to_settle_at;
