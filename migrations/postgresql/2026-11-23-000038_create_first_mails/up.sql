-- Mails of receipt to addresses that nobody has confirmed, so that the form bombs no mailbox.
CREATE TABLE first_mails (
    id UUID NOT NULL PRIMARY KEY,
    address_index BYTEA NOT NULL,
    at TIMESTAMPTZ NOT NULL
);
CREATE INDEX first_mails_by_address ON first_mails (address_index, at);
