-- The revision that an import made of a file, so that the next import does not replace a later one. NULL for a file that an
-- earlier program imported.
ALTER TABLE imported ADD COLUMN rev BIGINT;
