-- The whole of a node: who there is, what they said (logs), what is held of it (documents), and what is still to do.
-- One text for SQLite and PostgreSQL: TEXT, BIGINT, BYTEA, BOOLEAN. Times are milliseconds since the Unix epoch.
-- README.md beside this file says how to change it.

-- One row. Every transaction that touches documents begins by updating it: that lock makes the order of sequence
-- numbers the order of commits, on both engines.
CREATE TABLE heads (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    change_seq BIGINT NOT NULL,
    text_seq BIGINT NOT NULL
);
INSERT INTO heads (id, change_seq, text_seq) VALUES (1, 0, 0);

-- This node (own) and every node it follows. `node` is the identity; `handle` is the short local name in addresses.
CREATE TABLE nodes (
    seq BIGINT PRIMARY KEY,
    node TEXT NOT NULL UNIQUE,
    handle TEXT NOT NULL UNIQUE,
    own BOOLEAN NOT NULL,
    ods TEXT,
    name TEXT NOT NULL,
    base TEXT NOT NULL,
    contact TEXT,
    status TEXT NOT NULL CHECK (status IN ('active', 'left')),
    successor TEXT,
    version BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    expires BIGINT,
    added_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX nodes_one_own ON nodes (own) WHERE own;

-- Every accepted version of a node document, as signed.
CREATE TABLE node_documents (
    node_seq BIGINT NOT NULL REFERENCES nodes (seq),
    version BIGINT NOT NULL,
    digest BYTEA NOT NULL,
    note TEXT NOT NULL,
    accepted_at BIGINT NOT NULL,
    PRIMARY KEY (node_seq, version)
);

-- One public key has one role at one node, for ever.
CREATE TABLE node_keys (
    public_key BYTEA PRIMARY KEY,
    node_seq BIGINT NOT NULL REFERENCES nodes (seq),
    role TEXT NOT NULL CHECK (role IN ('root', 'log', 'witness')),
    revoked BOOLEAN NOT NULL
);
CREATE INDEX node_keys_by_node ON node_keys (node_seq);

-- One log per node and epoch. Epoch 0 is no log: it holds the revisions that this node keeps to itself.
CREATE TABLE logs (
    seq BIGINT PRIMARY KEY,
    node_seq BIGINT NOT NULL REFERENCES nodes (seq),
    epoch BIGINT NOT NULL,
    origin TEXT NOT NULL,
    size BIGINT NOT NULL,
    root BYTEA NOT NULL,
    frontier BYTEA NOT NULL,
    note TEXT,
    timestamp BIGINT,
    applied_note TEXT,
    applied_size BIGINT,
    applied_at BIGINT,
    UNIQUE (node_seq, epoch)
);

-- 256 entries a row: `entries` in the wire's bundle form, `hashes` their 32-byte leaf hashes (the tile of level 0).
CREATE TABLE log_bundles (
    log_seq BIGINT NOT NULL REFERENCES logs (seq),
    n BIGINT NOT NULL,
    entries BYTEA NOT NULL,
    hashes BYTEA NOT NULL,
    PRIMARY KEY (log_seq, n)
);

-- Tiles of level 1 and above: hashes of complete subtrees of 256^level leaves.
CREATE TABLE log_tiles (
    log_seq BIGINT NOT NULL REFERENCES logs (seq),
    level BIGINT NOT NULL,
    n BIGINT NOT NULL,
    hashes BYTEA NOT NULL,
    PRIMARY KEY (log_seq, level, n)
);

-- Fetched and not yet covered by a checked root.
CREATE TABLE staged_bundles (
    log_seq BIGINT NOT NULL REFERENCES logs (seq),
    n BIGINT NOT NULL,
    entries BYTEA NOT NULL,
    PRIMARY KEY (log_seq, n)
);

-- All that is known of polling a peer. A restart loses nothing and the operator sees all of it.
CREATE TABLE peers (
    node_seq BIGINT PRIMARY KEY REFERENCES nodes (seq),
    base TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('new', 'active', 'paused', 'halted', 'left')),
    allow_cidr TEXT NOT NULL,
    interval_secs BIGINT,
    agreed_size BIGINT,
    failures BIGINT NOT NULL,
    next_due BIGINT NOT NULL,
    nudged_at BIGINT,
    last_contact BIGINT,
    last_fresh BIGINT,
    stale BOOLEAN NOT NULL,
    fault_code TEXT,
    fault_text TEXT,
    fault_since BIGINT,
    node_etag TEXT,
    checkpoint_etag TEXT,
    lease_holder TEXT,
    lease_until BIGINT
);
CREATE INDEX peers_by_due ON peers (next_due);

-- Words. Rows are appended and never deleted, and erasing overwrites them in place with as many other bytes: so no page
-- of an SQLite file is ever split or merged while it holds words, and no copy is left behind in a page's free space
-- (`secure_delete` alone does leave some). All words lie in the three tables named `..._texts` and `file_paths`, and in
-- no index. `seq` comes from `heads.text_seq`. PostgreSQL deletes the rows.
CREATE TABLE document_texts (
    seq INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    slug TEXT NOT NULL,
    summary TEXT,
    card TEXT NOT NULL,
    private TEXT,
    body BYTEA NOT NULL
);
CREATE TABLE draft_texts (
    seq INTEGER PRIMARY KEY,
    path TEXT NOT NULL,
    title TEXT NOT NULL,
    faults TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE TABLE file_paths (
    seq INTEGER PRIMARY KEY,
    path TEXT NOT NULL
);

-- What is held under (node, id). `local`: kept here and in no log. `removed`: of a peer that was removed; nothing
-- but the pair is left, so that every search index learns of it. A withdrawn row is the tombstone.
-- `change_seq` is the index queue; it is null for what no index ever heard of.
CREATE TABLE documents (
    node_seq BIGINT NOT NULL REFERENCES nodes (seq),
    id TEXT NOT NULL,
    log_seq BIGINT REFERENCES logs (seq),
    rev BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (
        state IN ('live', 'local', 'pending', 'unavailable', 'quarantined', 'withdrawn', 'removed')
    ),
    leaf_index BIGINT,
    digest BYTEA,
    len BIGINT,
    first_seen BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    change_seq BIGINT,
    text_seq BIGINT,
    kind TEXT,
    visibility TEXT,
    lang TEXT,
    licence TEXT,
    published BIGINT,
    updated BIGINT,
    reviewed BIGINT,
    review_by TEXT,
    sort_at BIGINT,
    why TEXT,
    fault TEXT,
    next_try BIGINT,
    tries BIGINT NOT NULL,
    PRIMARY KEY (node_seq, id),
    CHECK (state IN ('live', 'local') OR (text_seq IS NULL AND kind IS NULL AND visibility IS NULL)),
    CHECK (state NOT IN ('live', 'local') OR (
        text_seq IS NOT NULL AND kind IS NOT NULL AND visibility IS NOT NULL AND sort_at IS NOT NULL
        AND change_seq IS NOT NULL
    ))
);
CREATE UNIQUE INDEX documents_by_change ON documents (change_seq) WHERE change_seq IS NOT NULL;
CREATE INDEX documents_missing ON documents (node_seq, leaf_index) WHERE state IN ('pending', 'unavailable');
CREATE INDEX documents_faulty ON documents (node_seq, state) WHERE state IN ('unavailable', 'quarantined');
CREATE INDEX documents_withdrawn ON documents (changed_at, node_seq, id) WHERE state = 'withdrawn';
CREATE INDEX documents_newest ON documents (sort_at, node_seq, id) WHERE state = 'live' AND visibility = 'public';
CREATE INDEX documents_newest_of_node ON documents (node_seq, sort_at, id)
    WHERE state = 'live' AND visibility = 'public';
CREATE INDEX documents_newest_of_kind ON documents (kind, sort_at, node_seq, id)
    WHERE state = 'live' AND visibility = 'public';

-- The history of this node's own documents; of others' only the current revision is held, in their row above.
-- A withdrawal nulls `text_seq` and keeps the rest: a digest that a leaf names is answered with 410.
CREATE TABLE revisions (
    log_seq BIGINT NOT NULL REFERENCES logs (seq),
    id TEXT NOT NULL,
    rev BIGINT NOT NULL,
    leaf_index BIGINT,
    digest BYTEA NOT NULL,
    at BIGINT NOT NULL,
    text_seq BIGINT,
    PRIMARY KEY (log_seq, id, rev)
);
CREATE INDEX revisions_by_digest ON revisions (digest);
CREATE UNIQUE INDEX revisions_by_index ON revisions (log_seq, leaf_index) WHERE leaf_index IS NOT NULL;

-- `replaces`, `based-on` and `about` of live documents, for back-links.
CREATE TABLE document_references (
    node_seq BIGINT NOT NULL,
    id TEXT NOT NULL,
    relation TEXT NOT NULL CHECK (relation IN ('replaces', 'based-on', 'about')),
    target_node TEXT NOT NULL,
    target_id TEXT NOT NULL,
    PRIMARY KEY (node_seq, id, relation, target_node, target_id)
);
CREATE INDEX document_references_by_target ON document_references (target_node, target_id);

-- What live documents say they have attached; names are in the body.
CREATE TABLE attachments (
    node_seq BIGINT NOT NULL,
    id TEXT NOT NULL,
    position BIGINT NOT NULL,
    digest BYTEA NOT NULL,
    len BIGINT NOT NULL,
    PRIMARY KEY (node_seq, id, position)
);
CREATE INDEX attachments_by_digest ON attachments (digest);

-- Leaves that were refused. They never stop a log.
CREATE TABLE quarantine (
    log_seq BIGINT NOT NULL REFERENCES logs (seq),
    leaf_index BIGINT NOT NULL,
    id TEXT,
    reason TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (log_seq, leaf_index)
);

-- What an import could read and not publish.
CREATE TABLE drafts (
    id TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    text_seq BIGINT NOT NULL,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL
);

-- Which file became which document or draft: what makes an import idempotent. `key` is the digest of source and path;
-- a withdrawal forgets the path (a file name can be personal data) and still knows the file again.
CREATE TABLE imported (
    key BYTEA PRIMARY KEY,
    source TEXT NOT NULL,
    path_seq BIGINT,
    digest BYTEA NOT NULL,
    document TEXT,
    draft TEXT,
    at BIGINT NOT NULL
);
CREATE INDEX imported_by_source ON imported (source);
CREATE INDEX imported_by_document ON imported (document) WHERE document IS NOT NULL;
CREATE INDEX imported_by_draft ON imported (draft) WHERE draft IS NOT NULL;
