-- When a peer was last claimed for a poll, or added. Later than now, it proves that the clock was set back since, and that
-- `next_due`, `lease_until` and `nudged_at` beside it, which were reckoned from then, mean nothing any more.
ALTER TABLE peers ADD COLUMN claimed_at BIGINT;
