-- Whether a document says that its organisation has tried what the other one describes, and does not only think about it.
ALTER TABLE document_references ADD COLUMN tried BOOLEAN NOT NULL DEFAULT FALSE;
