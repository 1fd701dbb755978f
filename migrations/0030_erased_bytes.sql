-- Bytes of words that were overwritten since the file was last rewritten (SQLite; PostgreSQL deletes the rows): what rewriting it would give back.
ALTER TABLE heads ADD COLUMN erased_bytes BIGINT NOT NULL DEFAULT 0;
-- What was overwritten before it was counted.
UPDATE heads SET erased_bytes = (
    SELECT COALESCE(CAST(SUM(octet_length(body)) AS BIGINT), 0) FROM document_texts
    WHERE seq NOT IN (SELECT text_seq FROM documents WHERE text_seq IS NOT NULL)
        AND seq NOT IN (SELECT text_seq FROM revisions WHERE text_seq IS NOT NULL)
) WHERE id = 1;
