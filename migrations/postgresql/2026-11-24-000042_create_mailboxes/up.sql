-- What whoever reads a mailbox said of it, by the link in the first mail.
CREATE TABLE mailboxes (
    address_index BYTEA NOT NULL PRIMARY KEY,
    word TEXT NOT NULL
        CONSTRAINT mailboxes_are_confirmed_or_refused CHECK (word IN ('confirmed', 'refused')),
    said_at TIMESTAMPTZ NOT NULL
);
