import { deepEqual } from 'node:assert/strict';
import { it } from 'node:test';
import { Store } from '../../src-main/store/db.ts';
import { loadMigrations, migrate } from '../../src-main/store/migrate.ts';
import { addSubmission, allSubmissions, submissionOfSent } from '../../src-main/store/submissions.ts';

const about = {
  subject: 'Lunch',
  identity: null,
  mailFrom: 'alice@example.test',
  recipients: [],
  sendAt: 0,
  nextAttemptAt: 0,
  createdAt: 0,
};

it('a message on its way in a database of version 7 is still that of its draft, and others go out beside it', () => {
  const store = Store.open(':memory:', { create: true });
  migrate(store, loadMigrations().slice(0, 7));
  store.script(`
    INSERT INTO submissions (draft_id, stage, message_id, subject, mail_from, recipients, send_at, next_attempt_at, created_at)
      VALUES (5, 'composed', 'old@tern.test', 'Lunch', 'alice@example.test', '[]', 0, 0, 0),
        (NULL, 'done', 'sent@tern.test', 'Lunch', 'alice@example.test', '[]', 0, 0, 0)`);
  migrate(store);
  store.write((tx) => addSubmission(tx, { ...about, draft: 6, messageId: 'new@tern.test' }));
  deepEqual(
    store.read((db) => [5, 6].map((draft) => submissionOfSent(db, draft)?.messageId)),
    ['old@tern.test', 'new@tern.test'],
  );
  deepEqual(
    store.read(allSubmissions).map(({ draft }) => draft),
    [6, null, 5],
  );
  store.close();
});
