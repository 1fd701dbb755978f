-- The earliest time to which a nudge can bring the next poll forward. Anyone can send a nudge, so it never overrides what
-- the peer asked for with `Retry-After`, nor the delay of a fault other than `transport`. Null: at once.
ALTER TABLE peers ADD COLUMN not_before BIGINT;
