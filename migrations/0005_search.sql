-- Words of emails, so that they are found by what they say.

-- The rowid is the email's sort_key, so that newest first is the order of the index itself. Nothing is kept but the words
-- (docs/search.md). Words of subject and participants are followed by what is found within them, marked by '_'.
CREATE VIRTUAL TABLE email_words USING fts5(
  subject, sender, recipients, copied, files, text,
  content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 2 tokenchars '_'"
);
-- Segments are merged a little with each commit, instead of much with some (searchIndex.ts).
INSERT INTO email_words (email_words, rank) VALUES ('automerge', 0);
INSERT INTO email_words (email_words, rank) VALUES ('crisismerge', 64);

-- The words that the index has.
CREATE VIRTUAL TABLE email_terms USING fts5vocab(email_words, instance);

-- So that few unread or flagged emails are found among many.
CREATE INDEX emails_unread ON emails (sort_key) WHERE is_unread = 1;
CREATE INDEX emails_flagged ON emails (sort_key) WHERE instr(keywords, '"$flagged"') > 0;

-- Emails from before there was an index.
CREATE TABLE emails_unindexed (
  email_id INTEGER PRIMARY KEY REFERENCES emails (id) ON DELETE CASCADE
) STRICT;
INSERT INTO emails_unindexed (email_id) SELECT id FROM emails;
