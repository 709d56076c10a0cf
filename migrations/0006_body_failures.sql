-- What could not be made safe is tried again a few times: a thread may fail for reasons that are not the email's.

-- How often these rules (`version`) failed on it: then what is shown is its plain text.
ALTER TABLE email_bodies ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;

-- `size` is in bytes by now, as UTF-8; of a body that was rendered before, in characters.
