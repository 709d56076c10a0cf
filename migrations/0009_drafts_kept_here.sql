-- The revision of a draft that stays on this machine alone: there is no place for it, or the person said so.

ALTER TABLE drafts ADD COLUMN kept_revision INTEGER NOT NULL DEFAULT 0;
