-- Mails of receipt to addresses that nobody has confirmed, so that the form bombs no mailbox.
CREATE TABLE first_mails (
    id BLOB NOT NULL PRIMARY KEY,
    address_index BLOB NOT NULL,
    at TEXT NOT NULL
) STRICT;
CREATE INDEX first_mails_by_address ON first_mails (address_index, at);
