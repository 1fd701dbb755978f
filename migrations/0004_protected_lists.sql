-- Lists for peers and for this node's own staff. They hold only what is not public, so a public document costs them nothing.
CREATE INDEX documents_protected ON documents (sort_at, node_seq, id)
    WHERE state IN ('live', 'local') AND visibility IN ('network', 'organisation');
CREATE INDEX documents_protected_of_node ON documents (node_seq, sort_at, id)
    WHERE state IN ('live', 'local') AND visibility IN ('network', 'organisation');
CREATE INDEX documents_protected_of_kind ON documents (kind, sort_at, node_seq, id)
    WHERE state IN ('live', 'local') AND visibility IN ('network', 'organisation');
