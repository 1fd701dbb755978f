-- Since when people are to be sent mail about a request to withdraw a document, and about documents that someone else made them look
-- after; null when they were. It is set in the transaction of the act, so that no mail is lost with the program.
ALTER TABLE withdrawal_requests ADD COLUMN mail_since BIGINT;
CREATE INDEX withdrawal_requests_to_mail ON withdrawal_requests (mail_since) WHERE mail_since IS NOT NULL;
ALTER TABLE document_owners ADD COLUMN mail_since BIGINT;
CREATE INDEX document_owners_to_mail ON document_owners (mail_since) WHERE mail_since IS NOT NULL;
