-- The accounts that have ever changed the words of a draft, separated by spaces: none of them is the second person who approves it.
ALTER TABLE written_drafts ADD COLUMN writers TEXT NOT NULL DEFAULT '';
