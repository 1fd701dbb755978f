-- Life after publishing: who looks after a document, what they were reminded of, and what peers have erased.

-- By when a document of this node promises a result that is not reported yet.
ALTER TABLE documents ADD COLUMN expected_by TEXT;
CREATE INDEX documents_by_promise ON documents (node_seq, expected_by, id) WHERE node_seq = 1 AND expected_by IS NOT NULL;
CREATE INDEX documents_by_review ON documents (node_seq, review_by, id) WHERE node_seq = 1 AND review_by IS NOT NULL;

-- Who looks after a document of this node, where that is not the author of its latest version.
CREATE TABLE document_owners (
    document TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id),
    since BIGINT NOT NULL
);

-- Reminders: one for each document, day and step. A review has three (30 days before its day, on it, 30 days after it), a promised
-- result one, on its day. A row without `sent_at` is one that is being sent; after a while it is tried again.
CREATE TABLE reminders (
    document TEXT NOT NULL,
    due TEXT NOT NULL,
    step TEXT NOT NULL CHECK (step IN ('before', 'due', 'after', 'promised')),
    account TEXT NOT NULL,
    tried_at BIGINT NOT NULL,
    sent_at BIGINT,
    PRIMARY KEY (document, due, step)
);

-- One-time links of reminders, by the SHA-256 of their secret part: with one, the person says that a revision is still true.
CREATE TABLE review_links (
    digest BYTEA PRIMARY KEY,
    document TEXT NOT NULL,
    rev BIGINT NOT NULL,
    account TEXT NOT NULL REFERENCES accounts (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX review_links_by_document ON review_links (document);
CREATE INDEX review_links_by_expiry ON review_links (expires_at);

-- Authors who ask an editor to withdraw what they have written.
CREATE TABLE withdrawal_requests (
    document TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id),
    why TEXT NOT NULL,
    at BIGINT NOT NULL
);

-- How much of this node's log each peer has applied, as its own signature says: the receipts of withdrawals.
CREATE TABLE receipts (
    node_seq BIGINT NOT NULL REFERENCES nodes (seq),
    epoch BIGINT NOT NULL,
    size BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (node_seq, epoch)
);
