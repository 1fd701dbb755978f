-- The name that was shown for a node before the one that is shown, so that a search for it finds the organisation; null for one
-- that was never renamed since this column is there.
ALTER TABLE nodes ADD COLUMN former_name TEXT;
