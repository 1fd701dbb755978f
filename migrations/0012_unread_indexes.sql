-- No statement reads them any more: lists of one kind come from the search index. Each new document was written into one.
DROP INDEX documents_newest_of_kind;
DROP INDEX documents_protected_of_kind;
