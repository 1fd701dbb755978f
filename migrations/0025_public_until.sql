-- Until when a document was public that is not public now: those who list what is public, libraries among them, need to
-- know that it left. It says nothing about what happened to the document after that.
ALTER TABLE documents ADD COLUMN public_until BIGINT;
