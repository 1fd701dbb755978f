-- A picture is written again without metadata before it is kept. Which kept file the bytes of one in a folder became, by their
-- digests, so that an import sees that a picture is the same without writing it again.
CREATE TABLE attachment_originals (
    original BYTEA PRIMARY KEY,
    digest BYTEA NOT NULL
);
CREATE INDEX attachment_originals_by_digest ON attachment_originals (digest);
