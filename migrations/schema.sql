-- Generated from the migrations by 'npm run generate'. Do not edit.

CREATE TABLE account (
  id         TEXT PRIMARY KEY,
  email      TEXT NOT NULL,
  name       TEXT NOT NULL,
  config     TEXT NOT NULL,              -- JSON, see configSchema
  credential TEXT NOT NULL,              -- sealed by the host, bound to the account's id
  paused     INTEGER NOT NULL DEFAULT 0,
  sort_order INTEGER NOT NULL DEFAULT 0,
  colour     TEXT
) STRICT;

CREATE TABLE attachments (
  email_id    INTEGER NOT NULL REFERENCES emails (id) ON DELETE CASCADE,
  part        TEXT NOT NULL,
  blob_id     TEXT,
  name        TEXT,
  type        TEXT NOT NULL,
  size        INTEGER NOT NULL,
  cid         TEXT,
  disposition TEXT,
  PRIMARY KEY (email_id, part)
) STRICT, WITHOUT ROWID;

CREATE TABLE email_mailboxes (
  mailbox_id   INTEGER NOT NULL REFERENCES mailboxes (id),
  sort_key     INTEGER NOT NULL,
  email_id     INTEGER NOT NULL REFERENCES emails (id),
  thread_id    INTEGER NOT NULL,
  is_unread    INTEGER NOT NULL,
  PRIMARY KEY (mailbox_id, sort_key)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX email_mailboxes_by_email ON email_mailboxes (email_id, mailbox_id);

CREATE INDEX email_mailboxes_by_thread ON email_mailboxes (mailbox_id, thread_id, sort_key);

CREATE INDEX email_mailboxes_unread ON email_mailboxes (mailbox_id, sort_key) WHERE is_unread = 1;

CREATE TABLE emails (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  remote_id      TEXT UNIQUE,
  blob_id        TEXT,
  thread_id      INTEGER NOT NULL REFERENCES threads (id),
  sort_key       INTEGER NOT NULL UNIQUE,
  sent_at        TEXT,
  subject        TEXT,
  from_list      TEXT NOT NULL,               -- JSON [{name, email}]
  to_list        TEXT NOT NULL,
  cc_list        TEXT NOT NULL,
  headers        TEXT NOT NULL,               -- JSON {bcc, replyTo, sender, messageId, inReplyTo, references, listUnsubscribe}
  preview        TEXT NOT NULL,
  size           INTEGER NOT NULL,
  has_attachment INTEGER NOT NULL,
  keywords       TEXT NOT NULL,               -- JSON array, lower-case, sorted
  is_unread      INTEGER NOT NULL,            -- neither $seen nor $draft
  pending        INTEGER NOT NULL DEFAULT 0   -- changes of the person's that are not settled
) STRICT;

CREATE INDEX emails_by_thread ON emails (thread_id, sort_key);

CREATE TABLE mailboxes (
  id               INTEGER PRIMARY KEY AUTOINCREMENT,
  remote_id        TEXT NOT NULL UNIQUE,
  is_listed        INTEGER NOT NULL DEFAULT 0,
  name             TEXT NOT NULL DEFAULT '',
  parent_remote_id TEXT,
  role             TEXT,
  sort_order       INTEGER NOT NULL DEFAULT 0,
  is_subscribed    INTEGER NOT NULL DEFAULT 0,
  rights           TEXT NOT NULL DEFAULT '{}',  -- JSON, RFC 8621 section 2 myRights
  is_filled        INTEGER NOT NULL DEFAULT 0,  -- 1: every email is held, so the held counters are the truth
  server_total     INTEGER NOT NULL DEFAULT 0,
  server_unread    INTEGER NOT NULL DEFAULT 0,
  held_total       INTEGER NOT NULL DEFAULT 0,  -- kept by the triggers below, so right at every commit
  held_unread      INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX mailboxes_by_role ON mailboxes (role) WHERE role IS NOT NULL;

CREATE TABLE pending_changes (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  type            TEXT NOT NULL,
  payload         TEXT NOT NULL,               -- JSON, parsed when loaded
  targets         TEXT NOT NULL,               -- JSON array of local ids
  overwritten     TEXT NOT NULL,               -- JSON: per email the values the change replaced
  created_at      INTEGER NOT NULL,
  attempts        INTEGER NOT NULL DEFAULT 0,
  next_attempt_at INTEGER NOT NULL,
  stage           TEXT NOT NULL,
  outcome_unknown INTEGER NOT NULL DEFAULT 0,
  depends_on      INTEGER REFERENCES pending_changes (id),
  last_error      TEXT
) STRICT;

CREATE INDEX pending_changes_due ON pending_changes (stage, next_attempt_at, id);

CREATE TABLE sync_log (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  trigger_name  TEXT NOT NULL,
  started_at    INTEGER NOT NULL,              -- ms since the epoch
  finished_at   INTEGER NOT NULL,
  error_kind    TEXT,                          -- null: the cycle was ok
  error_message TEXT,
  counts        TEXT NOT NULL,                 -- JSON {mailboxes, created, updated, destroyed, pushed}
  round_trips   INTEGER NOT NULL,
  bytes         INTEGER NOT NULL,
  lag_ms        INTEGER
) STRICT;

CREATE INDEX sync_log_by_time ON sync_log (finished_at, id);

CREATE INDEX sync_log_ok ON sync_log (finished_at) WHERE error_kind IS NULL;

CREATE TABLE sync_state (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE threads (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  remote_id TEXT UNIQUE
) STRICT;

CREATE TRIGGER email_mailboxes_added AFTER INSERT ON email_mailboxes BEGIN
  UPDATE mailboxes SET held_total = held_total + 1, held_unread = held_unread + NEW.is_unread WHERE id = NEW.mailbox_id;
END;

CREATE TRIGGER email_mailboxes_read AFTER UPDATE OF is_unread ON email_mailboxes WHEN NEW.is_unread <> OLD.is_unread BEGIN
  UPDATE mailboxes SET held_unread = held_unread + NEW.is_unread - OLD.is_unread WHERE id = NEW.mailbox_id;
END;

CREATE TRIGGER email_mailboxes_removed AFTER DELETE ON email_mailboxes BEGIN
  UPDATE mailboxes SET held_total = held_total - 1, held_unread = held_unread - OLD.is_unread WHERE id = OLD.mailbox_id;
END;
