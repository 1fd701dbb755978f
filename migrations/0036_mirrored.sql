-- What a peer asks of the public documents of another node: by their entries, and by their digests.
CREATE INDEX documents_by_leaf ON documents (log_seq, leaf_index) WHERE state = 'live' AND visibility = 'public';
CREATE INDEX documents_by_digest ON documents (node_seq, digest) WHERE state = 'live' AND visibility = 'public';
