DROP TABLE digests;
DROP TABLE reminders;
