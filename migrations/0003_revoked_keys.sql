-- Keys that a node has ever said to be revoked, also those that it never listed: it may list none of them again. Others may,
-- as what a node says of another's key means nothing.
CREATE TABLE revoked_keys (
    node_seq BIGINT NOT NULL REFERENCES nodes (seq),
    public_key BYTEA NOT NULL,
    PRIMARY KEY (node_seq, public_key)
);
