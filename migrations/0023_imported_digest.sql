-- A file that is published by itself is compared with the files of the same bytes, and not with all that were imported.
CREATE INDEX imported_by_digest ON imported (digest);
