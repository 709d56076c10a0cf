-- What the person did and the server has not settled: changes, what each does to which email or mailbox, and what the
-- server had before. Rows of emails and mailboxes hold the effective state, so their base is kept beside them.

-- Mailboxes made here have no remote_id until the server has them, and name their parent by its local id.
DROP TRIGGER email_mailboxes_added;
DROP TRIGGER email_mailboxes_removed;
DROP TRIGGER email_mailboxes_read;
CREATE TABLE mailboxes_new (
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
INSERT INTO mailboxes_new (id, remote_id, is_listed, name, parent_id, role, sort_order, is_subscribed, rights, is_filled,
    server_total, server_unread, held_total, held_unread)
  SELECT id, remote_id, is_listed, name, (SELECT p.id FROM mailboxes p WHERE p.remote_id = m.parent_remote_id), role,
    sort_order, is_subscribed, rights, is_filled, server_total, server_unread, held_total, held_unread
  FROM mailboxes m;
-- An id once shown never comes back: the counter moves with the rows.
DELETE FROM sqlite_sequence WHERE name = 'mailboxes_new';
INSERT INTO sqlite_sequence (name, seq) SELECT 'mailboxes_new', seq FROM sqlite_sequence WHERE name = 'mailboxes';
DROP TABLE mailboxes;
ALTER TABLE mailboxes_new RENAME TO mailboxes;
CREATE INDEX mailboxes_by_role ON mailboxes (role) WHERE role IS NOT NULL;
CREATE INDEX mailboxes_by_parent ON mailboxes (parent_id) WHERE parent_id IS NOT NULL;
CREATE TRIGGER email_mailboxes_added AFTER INSERT ON email_mailboxes BEGIN
  UPDATE mailboxes SET held_total = held_total + 1, held_unread = held_unread + NEW.is_unread WHERE id = NEW.mailbox_id;
END;
CREATE TRIGGER email_mailboxes_removed AFTER DELETE ON email_mailboxes BEGIN
  UPDATE mailboxes SET held_total = held_total - 1, held_unread = held_unread - OLD.is_unread WHERE id = OLD.mailbox_id;
END;
CREATE TRIGGER email_mailboxes_read AFTER UPDATE OF is_unread ON email_mailboxes WHEN NEW.is_unread <> OLD.is_unread BEGIN
  UPDATE mailboxes SET held_unread = held_unread + NEW.is_unread - OLD.is_unread WHERE id = NEW.mailbox_id;
END;

-- 1: destroyed here, not yet on the server. It is in no mailbox then, and no thread counts it.
ALTER TABLE emails ADD COLUMN is_hidden INTEGER NOT NULL DEFAULT 0;

-- What the server has of an email or a mailbox that unsettled changes lie on.
CREATE TABLE email_base (
  email_id  INTEGER PRIMARY KEY REFERENCES emails (id),
  keywords  TEXT NOT NULL,                     -- JSON array, lower-case, sorted
  mailboxes TEXT NOT NULL,                     -- JSON array of local ids, sorted
  is_gone   INTEGER NOT NULL DEFAULT 0         -- 1: the server said that it is destroyed
) STRICT;
CREATE TABLE mailbox_base (
  mailbox_id INTEGER PRIMARY KEY REFERENCES mailboxes (id),
  name       TEXT NOT NULL,
  parent_id  INTEGER,
  is_listed  INTEGER NOT NULL
) STRICT;

DROP TABLE pending_changes;
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
CREATE INDEX pending_changes_due ON pending_changes (next_attempt_at) WHERE stage = 'queued';
CREATE INDEX pending_changes_of_mailboxes ON pending_changes (stage, id) WHERE type = 'mailbox';
CREATE INDEX pending_changes_dependent ON pending_changes (id) WHERE depends_on <> '[]';
CREATE INDEX pending_changes_unknown ON pending_changes (id) WHERE outcome_unknown = 1;

-- No reference to emails: what failed stays visible when its email is gone.
CREATE TABLE pending_emails (
  change_id   INTEGER NOT NULL REFERENCES pending_changes (id) ON DELETE CASCADE,
  email_id    INTEGER NOT NULL,
  stage       TEXT NOT NULL,                   -- as in pending_changes, of this email
  effect      TEXT NOT NULL,                   -- JSON, see EmailEffect
  overwritten TEXT NOT NULL,                   -- JSON: the mailboxes the person saw it in, and what takes the effect back
  PRIMARY KEY (change_id, email_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX pending_emails_active ON pending_emails (email_id, change_id, stage)
  WHERE stage IN ('queued', 'inflight', 'acknowledged');
CREATE INDEX pending_emails_inflight ON pending_emails (change_id) WHERE stage = 'inflight';
CREATE INDEX pending_emails_acknowledged ON pending_emails (change_id, email_id) WHERE stage = 'acknowledged';
CREATE INDEX pending_emails_by_stage ON pending_emails (change_id, stage, email_id);

CREATE TABLE pending_mailboxes (
  change_id   INTEGER NOT NULL REFERENCES pending_changes (id) ON DELETE CASCADE,
  mailbox_id  INTEGER NOT NULL,
  effect      TEXT NOT NULL,                   -- JSON, see MailboxEffect
  overwritten TEXT NOT NULL,                   -- JSON: the name and parent the person saw
  PRIMARY KEY (change_id, mailbox_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX pending_mailboxes_by_mailbox ON pending_mailboxes (mailbox_id, change_id);
