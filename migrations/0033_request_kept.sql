-- When an editor kept a page that someone had asked to withdraw; null while the request waits. Who asked is sent mail then, and sees
-- it on their own page.
ALTER TABLE withdrawal_requests ADD COLUMN kept_at BIGINT;
