-- What people write here until it is published. A row stays after that: it says who wrote and who approved a revision.
-- `document` is the id that it is published under, `base` the revision that it began with (null for a new document).
-- `reason` is why its approver accepted what looked like patient data. Every change of a row raises `version`.
CREATE TABLE written_drafts (
    id TEXT PRIMARY KEY,
    document TEXT NOT NULL,
    base BIGINT,
    kind TEXT NOT NULL,
    author TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('writing', 'submitted', 'returned', 'published')),
    version BIGINT NOT NULL,
    text_seq BIGINT,
    reviewed_seq BIGINT,
    notes_seq BIGINT,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    changed_by TEXT NOT NULL,
    submitted_at BIGINT,
    submitted_by TEXT,
    returned_at BIGINT,
    returned_by TEXT,
    published_at BIGINT,
    published_rev BIGINT,
    approved_by TEXT,
    reason TEXT,
    CHECK ((state = 'published') = (text_seq IS NULL)),
    CHECK ((state = 'published') = (approved_by IS NOT NULL))
);
CREATE INDEX written_drafts_by_author ON written_drafts (author, changed_at);
CREATE INDEX written_drafts_by_document ON written_drafts (document);
CREATE INDEX written_drafts_waiting ON written_drafts (submitted_at) WHERE state = 'submitted';

-- The words of drafts: as they are, as they were last reviewed, and what the reviewer said. A row has room for more than its
-- words, and is overwritten in place until they need more: so it never moves, and an earlier version does not stay behind.
CREATE TABLE written_texts (
    seq INTEGER PRIMARY KEY,
    content BYTEA NOT NULL
);
