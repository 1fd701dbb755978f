-- What a peer's node document states, while it differs from what is shown and waits for the operator's decision; all null
-- when nothing waits. `name`, `ods`, `contact` are what is shown, and `base` is the address that is polled.
ALTER TABLE nodes ADD COLUMN stated_name TEXT;
ALTER TABLE nodes ADD COLUMN stated_ods TEXT;
ALTER TABLE nodes ADD COLUMN stated_base TEXT;
ALTER TABLE nodes ADD COLUMN stated_contact TEXT;
UPDATE nodes SET stated_name = name, stated_ods = ods, stated_contact = contact, stated_base = RTRIM(base, '/')
    WHERE version > 1 AND EXISTS (SELECT 1 FROM peers p WHERE p.node_seq = nodes.seq AND p.base <> RTRIM(nodes.base, '/'));
UPDATE nodes SET base = (SELECT p.base FROM peers p WHERE p.node_seq = nodes.seq)
    WHERE EXISTS (SELECT 1 FROM peers p WHERE p.node_seq = nodes.seq);
