-- Since when people are to be sent mail about what became of a draft; null when they were. It is set in the transaction that
-- submits, returns or publishes the draft, so that no mail is lost with the program.
ALTER TABLE written_drafts ADD COLUMN mail_since BIGINT;
CREATE INDEX written_drafts_to_mail ON written_drafts (mail_since) WHERE mail_since IS NOT NULL;
