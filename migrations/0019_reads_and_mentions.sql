-- How often the pages of this node's documents were read here, by day (`YYYY-MM-DD`, UTC): counts only. Nothing says who
-- read, and no search is kept. `from_search` is how many of them came from a page of results.
CREATE TABLE document_reads (
    id TEXT NOT NULL,
    day TEXT NOT NULL,
    reads BIGINT NOT NULL,
    from_search BIGINT NOT NULL,
    PRIMARY KEY (id, day)
);
CREATE INDEX document_reads_by_day ON document_reads (day);

-- The documents to which the text of a live document links.
CREATE TABLE document_mentions (
    node_seq BIGINT NOT NULL,
    id TEXT NOT NULL,
    target_node TEXT NOT NULL,
    target_id TEXT NOT NULL,
    PRIMARY KEY (node_seq, id, target_node, target_id)
);
CREATE INDEX document_mentions_by_target ON document_mentions (target_node, target_id);

-- Whether the reviewer who returned a draft has declined it: nothing more is expected of its author.
ALTER TABLE written_drafts ADD COLUMN declined BOOLEAN NOT NULL DEFAULT FALSE;
