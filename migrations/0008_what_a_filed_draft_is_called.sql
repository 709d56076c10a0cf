-- What the server calls the email that it was given of a draft, or that it is to remove: its Message-ID another client may keep.

ALTER TABLE drafts ADD COLUMN server_remote TEXT; -- until a pull has brought it
