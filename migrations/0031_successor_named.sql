-- The page that an author names who asks to withdraw one, because it replaces that; null where they name none.
ALTER TABLE withdrawal_requests ADD COLUMN successor TEXT;
