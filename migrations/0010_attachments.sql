-- Files that are attached to drafts and to documents, each kept once by its digest. Which documents of this node have it
-- attached is in `attachments`; a file with no document and no draft is erased.
CREATE TABLE attachment_files (
    digest BYTEA PRIMARY KEY,
    kind TEXT NOT NULL,
    len BIGINT NOT NULL,
    bytes_seq BIGINT NOT NULL,
    added_at BIGINT NOT NULL
);

-- What a draft has attached. Its name and what it shows are words.
CREATE TABLE draft_attachments (
    draft TEXT NOT NULL,
    digest BYTEA NOT NULL REFERENCES attachment_files (digest),
    position BIGINT NOT NULL,
    words_seq BIGINT NOT NULL,
    PRIMARY KEY (draft, digest)
);
CREATE INDEX draft_attachments_by_digest ON draft_attachments (digest);

-- The bytes, and the names: appended, and erased in place, like all tables of text.
CREATE TABLE attachment_bytes (
    seq INTEGER PRIMARY KEY,
    content BYTEA NOT NULL
);
CREATE TABLE attachment_words (
    seq INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    alt TEXT NOT NULL
);
