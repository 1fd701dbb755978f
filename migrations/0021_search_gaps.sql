-- What people searched for on three days or more and no page has all the words of: the words, on how many days, and when
-- first and last. Never who searched. What was searched for on fewer days is in no table (docs/SEARCH.md).
CREATE TABLE search_gaps (
    words TEXT PRIMARY KEY,
    days BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);
