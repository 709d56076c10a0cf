-- What a person writes: drafts, and messages on their way out. Neither can be had again from a server, so every commit of
-- theirs is durable.

CREATE TABLE identities (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  remote_id      TEXT NOT NULL UNIQUE,
  name           TEXT NOT NULL,
  email          TEXT NOT NULL,                -- may be '*@domain', or empty: the account's own
  reply_to       TEXT NOT NULL,                -- JSON [{name, email}]
  bcc            TEXT NOT NULL,
  text_signature TEXT NOT NULL,
  html_signature TEXT NOT NULL
) STRICT;

CREATE TABLE drafts (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  content         TEXT NOT NULL,               -- JSON, see DraftContent
  stage           TEXT NOT NULL,               -- open, sending; gone: another client replaced or removed it
  revision        INTEGER NOT NULL DEFAULT 1,  -- grows by one with each save
  saved_revision  INTEGER NOT NULL DEFAULT 0,  -- the one that the server has
  server_email    INTEGER,                     -- local id of the email that it was opened from
  server_message  TEXT,                        -- Message-ID of what the server has of it
  was_seen        INTEGER NOT NULL DEFAULT 0,  -- 1: a pull has brought that
  filing          TEXT,                        -- JSON, see Filing: a revision on its way to the server
  attempts        INTEGER NOT NULL DEFAULT 0,
  next_attempt_at INTEGER NOT NULL,            -- ms since the epoch
  last_error      TEXT,                        -- JSON {kind, message}
  created_at      INTEGER NOT NULL,
  updated_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX drafts_by_stage ON drafts (stage, next_attempt_at);

CREATE TABLE draft_files (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  draft_id INTEGER NOT NULL REFERENCES drafts (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  name     TEXT NOT NULL,
  type     TEXT NOT NULL,
  size     INTEGER NOT NULL,
  cid      TEXT,                               -- shown within the text (RFC 2392)
  path     TEXT,                               -- within the account's folder; null: still to be had from the email
  email_id INTEGER,                            -- an email that it comes from, and which part of it; null: all of it
  part     TEXT
) STRICT;
CREATE INDEX draft_files_by_draft ON draft_files (draft_id, position);

-- Emails in Drafts that a newer revision replaced, or whose draft was sent or discarded: removed as soon as they are seen.
CREATE TABLE superseded (
  message_id TEXT PRIMARY KEY,
  at         INTEGER NOT NULL                  -- ms since the epoch
) STRICT, WITHOUT ROWID;

CREATE TABLE submissions (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  draft_id        INTEGER,                     -- null once it is sent
  stage           TEXT NOT NULL,               -- see SubmissionStage
  message_id      TEXT NOT NULL UNIQUE,
  subject         TEXT NOT NULL,
  identity        TEXT,                        -- what the server calls the identity
  mail_from       TEXT NOT NULL,
  recipients      TEXT NOT NULL,               -- JSON [{email, state, reply}]
  file            TEXT,                        -- within the account's folder: the bytes that are handed over, without Bcc
  copy            TEXT,                        -- the same with Bcc, for the person's own mailboxes
  size            INTEGER,                     -- of 'file', in bytes
  hash            TEXT,                        -- of 'file', SHA-256
  copy_size       INTEGER,
  remote_email    TEXT,                        -- the email by which the server holds it
  remote_id       TEXT,                        -- the server's submission, while it holds it back
  journal         TEXT,                        -- the driver's note of what is under way
  is_filed        INTEGER NOT NULL DEFAULT 0,  -- 1: it lies in Sent
  attempts        INTEGER NOT NULL DEFAULT 0,
  send_at         INTEGER NOT NULL,            -- ms since the epoch: not before
  next_attempt_at INTEGER NOT NULL,
  last_error      TEXT,                        -- JSON {kind, message}
  created_at      INTEGER NOT NULL,
  finished_at     INTEGER
) STRICT;
CREATE INDEX submissions_by_stage ON submissions (stage, next_attempt_at);
CREATE INDEX submissions_by_draft ON submissions (draft_id) WHERE draft_id IS NOT NULL;
