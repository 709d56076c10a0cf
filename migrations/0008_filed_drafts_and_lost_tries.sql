-- What the server calls the email that it was given of a draft: its Message-ID another client may keep. Which draft a message was
-- made of, also when that is gone. And how often it was handed over without an answer, and certainly not sent.

ALTER TABLE drafts ADD COLUMN server_remote TEXT; -- until a pull has brought it
ALTER TABLE submissions ADD COLUMN origin INTEGER NOT NULL DEFAULT 0;
UPDATE submissions SET origin = draft_id WHERE draft_id IS NOT NULL;
ALTER TABLE submissions ADD COLUMN lost INTEGER NOT NULL DEFAULT 0;
