-- Warnings of the check for patient data that a person accepted, each with the reason, for every revision that was published
-- in spite of them. `reason` is a sentence of that person and no text of the document; it stays when the document is
-- withdrawn.
CREATE TABLE accepted_warnings (
    id TEXT NOT NULL,
    rev BIGINT NOT NULL,
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (id, rev, kind)
);
