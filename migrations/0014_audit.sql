-- Who did what. Rows are only appended. `hash` is the SHA-256 of the hash before it and of everything that the row says
-- (crates/audit/src/chain.rs), so that an edited, removed or moved row is found by `wardround verify`. `by_name` is the name at
-- the time. No row has a password, a token, an address of a person or a text of a document. There is no other index: a row is
-- written at each act, and a page of the audit may take a moment.
CREATE TABLE audit (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    by_kind TEXT NOT NULL,
    by_id TEXT NOT NULL,
    by_name TEXT NOT NULL,
    act TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object_id TEXT NOT NULL,
    detail TEXT NOT NULL,
    why TEXT NOT NULL,
    hash BYTEA NOT NULL
);

-- The end of the chain. Every transaction that appends to it updates this row last of all its locks, so that two of them
-- never wait for each other.
CREATE TABLE audit_head (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    seq BIGINT NOT NULL,
    hash BYTEA
);
INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, NULL);
