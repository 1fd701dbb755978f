-- One row. Which process signs for this node, and until when; since when the database is a restored copy that no peer has
-- confirmed: until one does, nothing is signed; and why nothing is signed now, with what to do, for `doctor`.
CREATE TABLE own_signing (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    holder TEXT,
    held_until BIGINT,
    restored_at BIGINT,
    hindrance TEXT,
    fix TEXT
);
INSERT INTO own_signing (id) VALUES (1);
