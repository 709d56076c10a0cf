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
, server_remote TEXT, kept_revision INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE INDEX drafts_by_stage ON drafts (stage, next_attempt_at);

CREATE TABLE email_base (
  email_id  INTEGER PRIMARY KEY REFERENCES emails (id),
  keywords  TEXT NOT NULL,                     -- JSON array, lower-case, sorted
  mailboxes TEXT NOT NULL,                     -- JSON array of local ids, sorted
  is_gone   INTEGER NOT NULL DEFAULT 0         -- 1: the server said that it is destroyed
) STRICT;

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
, failures INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE INDEX email_bodies_by_use ON email_bodies (used_at, size);

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

CREATE VIEW email_people AS
  SELECT e.id AS email_id, e.sort_key, 1 AS is_author, a.value AS person FROM emails e, json_each(e.from_list) a WHERE a.key < 50
  UNION ALL
  SELECT e.id, e.sort_key, 0, a.value FROM emails e, json_each(e.to_list) a WHERE a.key < 50
  UNION ALL
  SELECT e.id, e.sort_key, 0, a.value FROM emails e, json_each(e.cc_list) a WHERE a.key < 50
  UNION ALL
  SELECT e.id, e.sort_key, 0, a.value FROM emails e, json_each(e.headers, '$.bcc') a WHERE a.key < 50;

CREATE VIRTUAL TABLE email_terms USING fts5vocab(email_words, instance);

CREATE VIRTUAL TABLE email_words USING fts5(
  subject, sender, recipients, copied, files, text,
  content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 2 tokenchars '_'"
);

CREATE TABLE 'email_words_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE 'email_words_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'email_words_docsize'(id INTEGER PRIMARY KEY, sz BLOB, origin INTEGER);

CREATE TABLE 'email_words_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

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
, is_hidden INTEGER NOT NULL DEFAULT 0, object_id TEXT, body_state INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE INDEX emails_by_thread ON emails (thread_id, sort_key);

CREATE INDEX emails_flagged ON emails (sort_key) WHERE instr(keywords, '"$flagged"') > 0;

CREATE INDEX emails_to_render ON emails (sort_key) WHERE body_state = 1;

CREATE INDEX emails_unread ON emails (sort_key) WHERE is_unread = 1;

CREATE INDEX emails_unreadable ON emails (sort_key) WHERE body_state = 3;

CREATE INDEX emails_without_body ON emails (size > 131072, sort_key) WHERE body_state = 0;

CREATE TABLE emails_unindexed (
  email_id INTEGER PRIMARY KEY REFERENCES emails (id) ON DELETE CASCADE
) STRICT;

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

CREATE TABLE mailbox_base (
  mailbox_id INTEGER PRIMARY KEY REFERENCES mailboxes (id),
  name       TEXT NOT NULL,
  parent_id  INTEGER,
  is_listed  INTEGER NOT NULL
) STRICT;

CREATE TABLE "mailboxes" (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  remote_id      TEXT UNIQUE,
  is_listed      INTEGER NOT NULL DEFAULT 0,  -- 0: only an email or a child named it so far, or it is being deleted
  name           TEXT NOT NULL DEFAULT '',
  parent_id      INTEGER,
  role           TEXT,
  sort_order     INTEGER NOT NULL DEFAULT 0,
  is_subscribed  INTEGER NOT NULL DEFAULT 0,
  rights         TEXT NOT NULL DEFAULT '{}',  -- JSON, RFC 8621 section 2 myRights
  is_filled      INTEGER NOT NULL DEFAULT 0,  -- 1: every email is held, so the held counters are the truth
  server_total   INTEGER NOT NULL DEFAULT 0,
  server_unread  INTEGER NOT NULL DEFAULT 0,
  pending_total  INTEGER NOT NULL DEFAULT 0,  -- what unsettled changes add to the server's counters until then
  pending_unread INTEGER NOT NULL DEFAULT 0,
  held_total     INTEGER NOT NULL DEFAULT 0,  -- kept by the triggers below, so right at every commit
  held_unread    INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX mailboxes_by_parent ON mailboxes (parent_id) WHERE parent_id IS NOT NULL;

CREATE INDEX mailboxes_by_role ON mailboxes (role) WHERE role IS NOT NULL;

CREATE TABLE pending_changes (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  type            TEXT NOT NULL,
  payload         TEXT NOT NULL,               -- JSON, the change as it was asked for, without its emails
  created_at      INTEGER NOT NULL,            -- ms since the epoch
  attempts        INTEGER NOT NULL DEFAULT 0,
  next_attempt_at INTEGER NOT NULL,
  stage           TEXT NOT NULL,               -- queued, inflight, acknowledged, failed, done
  outcome_unknown INTEGER NOT NULL DEFAULT 0,  -- 1: sent, and no answer came; settled by looking
  depends_on      TEXT NOT NULL DEFAULT '[]',  -- JSON array of changes that have to be settled first
  last_error      TEXT                         -- JSON {kind, message}
) STRICT;

CREATE INDEX pending_changes_by_stage ON pending_changes (stage, id);

CREATE INDEX pending_changes_dependent ON pending_changes (id) WHERE depends_on <> '[]';

CREATE INDEX pending_changes_due ON pending_changes (next_attempt_at) WHERE stage = 'queued';

CREATE INDEX pending_changes_of_mailboxes ON pending_changes (stage, id) WHERE type = 'mailbox';

CREATE INDEX pending_changes_unknown ON pending_changes (id) WHERE outcome_unknown = 1;

CREATE TABLE pending_emails (
  change_id   INTEGER NOT NULL REFERENCES pending_changes (id) ON DELETE CASCADE,
  email_id    INTEGER NOT NULL,
  stage       TEXT NOT NULL,                   -- as in pending_changes, of this email
  effect      TEXT NOT NULL,                   -- JSON, see EmailEffect
  overwritten TEXT NOT NULL, journal TEXT,                   -- JSON: the mailboxes the person saw it in, and what takes the effect back
  PRIMARY KEY (change_id, email_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX pending_emails_acknowledged ON pending_emails (change_id, email_id) WHERE stage = 'acknowledged';

CREATE INDEX pending_emails_active ON pending_emails (email_id, change_id, stage)
  WHERE stage IN ('queued', 'inflight', 'acknowledged');

CREATE INDEX pending_emails_by_stage ON pending_emails (change_id, stage, email_id);

CREATE INDEX pending_emails_inflight ON pending_emails (change_id) WHERE stage = 'inflight';

CREATE TABLE pending_mailboxes (
  change_id   INTEGER NOT NULL REFERENCES pending_changes (id) ON DELETE CASCADE,
  mailbox_id  INTEGER NOT NULL,
  effect      TEXT NOT NULL,                   -- JSON, see MailboxEffect
  overwritten TEXT NOT NULL,                   -- JSON: the name and parent the person saw
  PRIMARY KEY (change_id, mailbox_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX pending_mailboxes_by_mailbox ON pending_mailboxes (mailbox_id, change_id);

CREATE TABLE people (
  id       INTEGER PRIMARY KEY,
  key      TEXT NOT NULL UNIQUE,               -- the address in lower case
  email    TEXT NOT NULL,
  name     TEXT,                               -- as in the newest email that has one
  written  INTEGER NOT NULL,                   -- how often one wrote to them: emails in Sent
  seen     INTEGER NOT NULL,                   -- how often they are in other mail
  last_key INTEGER NOT NULL                    -- sort_key of the newest email with them, also where that is gone by now
) STRICT;

CREATE VIEW people_counted AS SELECT 0 AS email_id, '' AS role, 0 AS times WHERE 0;

CREATE VIRTUAL TABLE people_words USING fts5(
  words, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3'
);

CREATE TABLE 'people_words_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE 'people_words_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'people_words_docsize'(id INTEGER PRIMARY KEY, sz BLOB, origin INTEGER);

CREATE TABLE 'people_words_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TABLE settings (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL                          -- JSON
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
, origin INTEGER NOT NULL DEFAULT 0, lost INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE INDEX submissions_by_draft ON submissions (draft_id) WHERE draft_id IS NOT NULL;

CREATE INDEX submissions_by_stage ON submissions (stage, next_attempt_at);

CREATE TABLE superseded (
  message_id TEXT PRIMARY KEY,
  at         INTEGER NOT NULL                  -- ms since the epoch
) STRICT, WITHOUT ROWID;

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

CREATE TABLE thread_ids (
  message_id TEXT PRIMARY KEY,
  thread_id  INTEGER NOT NULL REFERENCES threads (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX thread_ids_by_thread ON thread_ids (thread_id);

CREATE TABLE thread_merges (
  thread_id INTEGER PRIMARY KEY REFERENCES threads (id),
  into_id   INTEGER NOT NULL REFERENCES threads (id)
) STRICT;

CREATE INDEX thread_merges_into ON thread_merges (into_id);

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

CREATE TRIGGER people_email_added AFTER INSERT ON email_mailboxes BEGIN
  INSERT INTO people_counted VALUES (NEW.email_id, (SELECT role FROM mailboxes WHERE id = NEW.mailbox_id), 1);
END;

CREATE TRIGGER people_email_moved AFTER UPDATE OF mailbox_id ON email_mailboxes BEGIN
  INSERT INTO people_counted VALUES (OLD.email_id, (SELECT role FROM mailboxes WHERE id = OLD.mailbox_id), -1);
  INSERT INTO people_counted VALUES (NEW.email_id, (SELECT role FROM mailboxes WHERE id = NEW.mailbox_id), 1);
END;

CREATE TRIGGER people_email_removed AFTER DELETE ON email_mailboxes BEGIN
  INSERT INTO people_counted VALUES (OLD.email_id, (SELECT role FROM mailboxes WHERE id = OLD.mailbox_id), -1);
END;

CREATE TRIGGER people_role AFTER UPDATE OF role ON mailboxes WHEN NEW.role IS NOT OLD.role BEGIN
  INSERT INTO people_counted SELECT email_id, OLD.role, -1 FROM email_mailboxes WHERE mailbox_id = OLD.id;
  INSERT INTO people_counted SELECT email_id, NEW.role, 1 FROM email_mailboxes WHERE mailbox_id = NEW.id;
END;

CREATE TRIGGER people_added AFTER INSERT ON people BEGIN
  INSERT INTO people_words (rowid, words) VALUES (NEW.id, coalesce(NEW.name, '') || ' ' || NEW.email);
END;

CREATE TRIGGER people_removed AFTER DELETE ON people BEGIN
  DELETE FROM people_words WHERE rowid = OLD.id;
END;

CREATE TRIGGER people_renamed AFTER UPDATE OF name ON people WHEN NEW.name IS NOT OLD.name BEGIN
  DELETE FROM people_words WHERE rowid = OLD.id;
  INSERT INTO people_words (rowid, words) VALUES (NEW.id, coalesce(NEW.name, '') || ' ' || NEW.email);
END;

CREATE TRIGGER people_count INSTEAD OF INSERT ON people_counted WHEN coalesce(NEW.role, '') NOT IN ('junk', 'drafts') BEGIN
  INSERT INTO people (key, email, name, written, seen, last_key)
    SELECT lower(person ->> 'email'), person ->> 'email', nullif(person ->> 'name', ''),
      iif(NEW.role = 'sent', NEW.times, 0), iif(NEW.role = 'sent', 0, NEW.times), sort_key
    FROM email_people
    WHERE email_id = NEW.email_id AND instr(person ->> 'email', '@') > 1 AND NOT (is_author AND NEW.role IS 'sent')
    ON CONFLICT (key) DO UPDATE SET
      written = written + excluded.written,
      seen = seen + excluded.seen,
      name = iif(NEW.times > 0 AND excluded.name IS NOT NULL AND (name IS NULL OR excluded.last_key >= last_key),
        excluded.name, name),
      last_key = max(last_key, excluded.last_key);
  DELETE FROM people WHERE NEW.times < 0 AND written <= 0 AND seen <= 0
    AND key IN (SELECT lower(person ->> 'email') FROM email_people WHERE email_id = NEW.email_id);
END;
