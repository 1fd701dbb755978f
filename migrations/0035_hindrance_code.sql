-- Which kind of reason keeps the node from signing, and which peer has shown it: the text next to it is for people, and its
-- words may change. What an earlier program has recorded is found by the words that it wrote.
ALTER TABLE own_signing ADD COLUMN hindrance_code TEXT;
ALTER TABLE own_signing ADD COLUMN hindrance_peer TEXT;
UPDATE own_signing SET hindrance_code = CASE
    WHEN hindrance LIKE '% of this node''s document, and the database has %' THEN 'older-document'
    WHEN hindrance LIKE '% has seen another history of this node''s log%' THEN 'forked'
    WHEN hindrance LIKE '% entries of this node''s log, and the database has %' THEN 'behind'
    WHEN hindrance LIKE 'the database is a restored copy, and no peer has answered%' THEN 'unconfirmed'
    WHEN hindrance LIKE 'another process signs for this node%' THEN 'other-process'
    WHEN hindrance LIKE '`server.read_only` is set%' THEN 'read-only'
    WHEN fix LIKE 'put the keys that belong to the node document%' THEN 'keys'
    ELSE 'unknown' END
    WHERE hindrance IS NOT NULL;
UPDATE own_signing SET hindrance_peer = (SELECT handle FROM nodes
        WHERE SUBSTR(own_signing.hindrance, 1, LENGTH(handle) + 3) = '`' || handle || '` ')
    WHERE hindrance_code IN ('older-document', 'forked', 'behind');
