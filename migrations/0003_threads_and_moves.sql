-- For servers that have no threads, give an email another id when it is moved, and take several steps for one change.

-- Ids that emails name in Message-ID, In-Reply-To and References, where the server has no threads: emails that name the
-- same id are of one thread.
CREATE TABLE thread_ids (
  message_id TEXT PRIMARY KEY,
  thread_id  INTEGER NOT NULL REFERENCES threads (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX thread_ids_by_thread ON thread_ids (thread_id);

-- Threads that an email showed to be one: a few emails go over with each commit, and the emptied thread goes at the end.
CREATE TABLE thread_merges (
  thread_id INTEGER PRIMARY KEY REFERENCES threads (id),
  into_id   INTEGER NOT NULL REFERENCES threads (id)
) STRICT;
CREATE INDEX thread_merges_into ON thread_merges (into_id);

-- Names the message wherever it is moved: EMAILID (RFC 8474) or X-GM-MSGID.
ALTER TABLE emails ADD COLUMN object_id TEXT;

-- What the driver noted of the steps it took for an email, until the outcome is final.
ALTER TABLE pending_emails ADD COLUMN journal TEXT;
