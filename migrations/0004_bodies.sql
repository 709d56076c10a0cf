-- What emails say, so that a second opening needs no network.

-- 0: not held yet. 1: fetched, to be made safe and indexed. 2: held. 3: the server cannot hand it over. 4: taken out again
-- for its size or age; what the search knows of it stays.
ALTER TABLE emails ADD COLUMN body_state INTEGER NOT NULL DEFAULT 0;
CREATE INDEX emails_without_body ON emails (size > 131072, sort_key) WHERE body_state = 0;
CREATE INDEX emails_unreadable ON emails (sort_key) WHERE body_state = 3;
CREATE INDEX emails_to_render ON emails (sort_key) WHERE body_state = 1;

CREATE TABLE email_bodies (
  email_id       INTEGER PRIMARY KEY REFERENCES emails (id) ON DELETE CASCADE,
  source         TEXT NOT NULL,               -- JSON, see BodySource
  is_truncated   INTEGER NOT NULL,            -- 1: a text is only the beginning of what the server has; 2: and no more is to be had
  version        INTEGER NOT NULL DEFAULT 0,  -- of the rules by which it was made safe; 0: not yet
  html           TEXT,                        -- safe, remote content blocked; null: there is none
  text           TEXT NOT NULL DEFAULT '',
  words          TEXT,                        -- what it is found by, where that is not the text: its HTML says more
  text_html      TEXT,                        -- the text as safe HTML, where there is no other
  blocked_remote INTEGER NOT NULL DEFAULT 0,
  size           INTEGER NOT NULL,            -- characters of all that
  used_at        INTEGER NOT NULL             -- ms since the epoch: last opened, to the day, else when the email was received
) STRICT;
CREATE INDEX email_bodies_by_use ON email_bodies (used_at, size);

-- What the person set for the account; a key that is missing has its default.
CREATE TABLE settings (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL                          -- JSON
) STRICT, WITHOUT ROWID;
