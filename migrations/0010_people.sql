-- Whom one writes to and hears from, to be offered where an address is typed.

-- Made of the emails that are held, in the mailboxes that list them. Junk makes nobody known, nor does a draft.
CREATE TABLE people (
  id       INTEGER PRIMARY KEY,
  key      TEXT NOT NULL UNIQUE,               -- the address in lower case
  email    TEXT NOT NULL,
  name     TEXT,                               -- as in the newest email that has one
  written  INTEGER NOT NULL,                   -- how often one wrote to them: emails in Sent
  seen     INTEGER NOT NULL,                   -- how often they are in other mail
  last_key INTEGER NOT NULL                    -- sort_key of the newest email with them, also where that is gone by now
) STRICT;

-- Names and addresses, found by how their words begin.
CREATE VIRTUAL TABLE people_words USING fts5(
  words, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3'
);
CREATE TRIGGER people_added AFTER INSERT ON people BEGIN
  INSERT INTO people_words (rowid, words) VALUES (NEW.id, coalesce(NEW.name, '') || ' ' || NEW.email);
END;
CREATE TRIGGER people_renamed AFTER UPDATE OF name ON people WHEN NEW.name IS NOT OLD.name BEGIN
  DELETE FROM people_words WHERE rowid = OLD.id;
  INSERT INTO people_words (rowid, words) VALUES (NEW.id, coalesce(NEW.name, '') || ' ' || NEW.email);
END;
CREATE TRIGGER people_removed AFTER DELETE ON people BEGIN
  DELETE FROM people_words WHERE rowid = OLD.id;
END;

-- Everybody that an email names; of lists that are longer than people write them, the beginning.
CREATE VIEW email_people AS
  SELECT e.id AS email_id, e.sort_key, 1 AS is_author, a.value AS person FROM emails e, json_each(e.from_list) a WHERE a.key < 50
  UNION ALL
  SELECT e.id, e.sort_key, 0, a.value FROM emails e, json_each(e.to_list) a WHERE a.key < 50
  UNION ALL
  SELECT e.id, e.sort_key, 0, a.value FROM emails e, json_each(e.cc_list) a WHERE a.key < 50
  UNION ALL
  SELECT e.id, e.sort_key, 0, a.value FROM emails e, json_each(e.headers, '$.bcc') a WHERE a.key < 50;

-- An email that a mailbox of this role lists from now on ('times' is 1), or no longer (-1).
CREATE VIEW people_counted AS SELECT 0 AS email_id, '' AS role, 0 AS times WHERE 0;
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

CREATE TRIGGER people_email_added AFTER INSERT ON email_mailboxes BEGIN
  INSERT INTO people_counted VALUES (NEW.email_id, (SELECT role FROM mailboxes WHERE id = NEW.mailbox_id), 1);
END;
CREATE TRIGGER people_email_removed AFTER DELETE ON email_mailboxes BEGIN
  INSERT INTO people_counted VALUES (OLD.email_id, (SELECT role FROM mailboxes WHERE id = OLD.mailbox_id), -1);
END;
CREATE TRIGGER people_email_moved AFTER UPDATE OF mailbox_id ON email_mailboxes BEGIN
  INSERT INTO people_counted VALUES (OLD.email_id, (SELECT role FROM mailboxes WHERE id = OLD.mailbox_id), -1);
  INSERT INTO people_counted VALUES (NEW.email_id, (SELECT role FROM mailboxes WHERE id = NEW.mailbox_id), 1);
END;
CREATE TRIGGER people_role AFTER UPDATE OF role ON mailboxes WHEN NEW.role IS NOT OLD.role BEGIN
  INSERT INTO people_counted SELECT email_id, OLD.role, -1 FROM email_mailboxes WHERE mailbox_id = OLD.id;
  INSERT INTO people_counted SELECT email_id, NEW.role, 1 FROM email_mailboxes WHERE mailbox_id = NEW.id;
END;

INSERT INTO people_counted SELECT email_id, role, 1 FROM email_mailboxes JOIN mailboxes ON mailboxes.id = mailbox_id;
