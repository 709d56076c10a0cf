-- What the server calls the email that it was given of a draft: its Message-ID another client may keep. And how often a message
-- was handed over without an answer, and certainly not sent.

ALTER TABLE drafts ADD COLUMN server_remote TEXT; -- until a pull has brought it
ALTER TABLE submissions ADD COLUMN lost INTEGER NOT NULL DEFAULT 0;
